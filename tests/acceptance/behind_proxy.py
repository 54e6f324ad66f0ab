"""The services in processes of their own behind one public address: each under its own login and without the others'
rights as in production, or all under the owner's as in a demonstration.
"""

from __future__ import annotations

import re
import secrets
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import httpx2 as httpx
from psycopg import sql
from psycopg.conninfo import make_conninfo

from services.redress.assembly import make_key_file
from services.redress.main import WITHOUT_HTTP
from services.redress.parts import SERVICES
from shared.database.pool import Database
from shared.identity.sessions import begin_session, credential
from shared.runtime.clock import SystemClock
from tests.acceptance.running import COMMAND, RunningProcess, environment
from tests.following.resident import plain
from tests.support.ports import free_port
from tests.support.postgres import TestDatabase
from tests.support.proxies import nginx, nginx_path, small_proxy

LANDLORD = "riverside"  # the demonstration's
PUBLIC_NAME = "complaints.example"
WITH_HTTP = tuple(name for name in SERVICES if name not in WITHOUT_HTTP)
STARTED = (*WITH_HTTP, "relay")
# Under which role a process works, where that is not the one of its name.
ROLE_OF = {"relay": "workflow"}
SEEDED_WITHIN_SECONDS = SERVING_WITHIN_SECONDS = 240.0  # all start at once, beside other tests


@dataclass(frozen=True)
class Site:
    """Where it is, and what its people need to come in."""

    public: str
    plain: int | None
    ports: Mapping[str, int]
    database: Database
    outbox: Path
    is_demonstration: bool

    @property
    def internal(self) -> re.Pattern[str]:
        """What no page may say: where a service listens."""
        inside = "|".join(str(port) for port in self.ports.values())
        return re.compile(rf"127\.0\.0\.1|localhost|:({inside})\b|http://{PUBLIC_NAME}")

    def session_of(self, officer: str) -> str:
        """The credential of a session that was begun for an officer, as operators do in production."""
        token = secrets.token_urlsafe(32)
        now = SystemClock().now()
        with self.database.transaction(LANDLORD) as cursor:
            begin_session(cursor, landlord=LANDLORD, officer=officer, token=token, now=now)
        return credential(LANDLORD, token)

    def has_taken(self, reference: str) -> bool:
        """Whether those who follow the feed know a complaint."""
        with self.database.transaction(LANDLORD) as cursor:
            found = cursor.execute(
                "SELECT EXISTS (SELECT FROM notifier.complaint WHERE reference = %(reference)s)"
                " AND EXISTS (SELECT FROM projections.complaint WHERE reference = %(reference)s)"
                " AS both",
                {"reference": reference},
            ).fetchone()
        return found is not None and bool(found["both"])

    def letters(self) -> list[str]:
        """What was sent, oldest first."""
        paths = sorted(self.outbox.rglob("*.eml"), key=lambda path: path.stat().st_mtime_ns)
        return [plain(message_from_bytes(path.read_bytes(), policy=default)) for path in paths]

    def asked(self, method: str, path: str, **more: Any) -> httpx.Response:
        """A program's request to the public address."""
        named = {"Host": self.public.removeprefix("https://")} | more.pop("headers", {})
        address = self.public.replace(PUBLIC_NAME, "127.0.0.1")
        return httpx.request(
            method, f"{address}{path}", headers=named, verify=False, timeout=40.0, **more
        )


@contextmanager
def site(
    database: TestDatabase, rabbit_url: str, folder: Path, *, is_demonstration: bool
) -> Iterator[Site]:
    """Everything running; the demonstration behind the small proxy, production behind nginx where there is one."""
    data = folder / "data"
    make_key_file(data / "vault.key")
    port = free_port()
    public = f"https://{PUBLIC_NAME}:{port}"
    variables = environment(
        data,
        DATABASE_URL=database.conninfo,
        RABBITMQ_URL=rabbit_url,
        REDRESS_LANDLORD=LANDLORD,
        REDRESS_PUBLIC_URL=public,
    )
    seed(variables)
    ports = {name: free_port() for name in WITH_HTTP}
    processes: list[RunningProcess] = []
    with ExitStack() as ending:
        owner = ending.enter_context(Database(database.conninfo, role=None))
        for name in STARTED:
            own = {} if is_demonstration else ending.enter_context(own_login(database, owner, name))
            process = RunningProcess(
                name, variables=variables | own, log=folder / f"{name}.log", port=ports.get(name)
            )
            process.start()
            ending.callback(process.end)
            processes.append(process)
        for process in processes[: len(ports)]:
            process.serving(within_seconds=SERVING_WITHIN_SECONDS)
        proxy = small_proxy if is_demonstration or nginx_path() is None else nginx
        plain = ending.enter_context(
            proxy(folder / "proxy", name=PUBLIC_NAME, port=port, services=ports)
        )
        yield Site(public, plain, ports, owner, data / "outbox", is_demonstration)


def seed(variables: Mapping[str, str]) -> None:
    """Puts the demonstration's people and cases in."""
    done = subprocess.run(
        [COMMAND, "seed"],
        env=dict(variables),
        capture_output=True,
        text=True,
        timeout=SEEDED_WITHIN_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


@contextmanager
def own_login(database: TestDatabase, owner: Database, service: str) -> Iterator[dict[str, str]]:
    """A login that may do what the role of one service may, as deploy/README.md says; its settings."""
    login = f"login_{service}_{secrets.token_hex(4)}"
    role = f"redress_{ROLE_OF.get(service, service)}"
    names = sql.Identifier(login), sql.Identifier(role)
    with owner.directory() as cursor:
        cursor.execute(sql.SQL("CREATE ROLE {} LOGIN IN ROLE {}").format(*names))
    try:
        yield {
            "DATABASE_URL": make_conninfo(database.conninfo, user=login),
            "REDRESS_ENVIRONMENT": "production",
        }
    finally:
        with owner.directory() as cursor:
            cursor.execute(sql.SQL("DROP ROLE {}").format(names[0]))

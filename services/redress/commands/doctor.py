"""`redress doctor`: looks whether an installation can work here, and says for each fault how to mend it."""

import asyncio
import os
import shutil
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import urlsplit

import aio_pika
import psycopg
from rich.console import Console
from rich.table import Table

from services.redress.failures import EXPECTED_FAILURES, in_one_sentence
from shared.calendars.england import england_calendar_document, load_calendar
from shared.database.pool import Database, refuse_dangerous_role
from shared.documents.scanning import scanner_at
from shared.embedded.postgres import find_binaries
from shared.policy_packs.loader import load_policy, shipped_pack, shipped_policies
from shared.runtime.settings import Settings
from shared.vault.sealing import LandlordKeys

ROLES = (
    "redress_intake",
    "redress_workflow",
    "redress_notifier",
    "redress_projections",
    "redress_webhooks",
    "redress_administration",
)
SMALLEST_FREE_BYTES = 500_000_000
CONNECT_SECONDS = 5


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at: what was found, whether it will do, and what to do when it will not."""

    subject: str
    found: str
    well: bool
    mend: str = ""


def examine(settings: Settings) -> Iterator[Finding]:
    """Looks at one thing after the other; nothing is changed."""
    yield _looked("Python", lambda: sys.version.split()[0], mend="install Python 3.11 or newer")
    yield _looked("policy packs", _policies, mend="install the package again")
    yield _looked("calendar", _calendar, mend="install the package again")
    yield _disk(settings)
    if settings.database_url is None:
        yield _looked(
            "PostgreSQL",
            lambda: f"{find_binaries().version}, private",
            mend="install PostgreSQL, or set DATABASE_URL",
        )
    else:
        yield from _database(settings.database_url.get_secret_value())
    yield _broker(settings)
    yield _key(settings)
    yield _documents(settings)
    yield _scanner(settings)
    mail = f"{settings.smtp_host}:{settings.smtp_port}" if settings.smtp_host else "outbox folder"
    yield Finding("letters", mail, well=True)
    yield _public_address(settings)
    yield Finding("environment", settings.environment, well=True)


def doctor(settings: Settings, console: Console) -> int:
    """Prints what was found; exit code 1 when something will not do."""
    findings = list(examine(settings))
    table = Table(box=None, header_style="bold")
    for heading in ("", "looked at", "found", "to mend it"):
        table.add_column(heading, overflow="fold")
    for each in findings:
        mark = "[green]well[/]" if each.well else "[red]fault[/]"
        table.add_row(mark, each.subject, each.found, "" if each.well else each.mend)
    console.print(table)
    return 0 if all(each.well for each in findings) else 1


def _looked(subject: str, look: Callable[[], str], *, mend: str) -> Finding:
    try:
        return Finding(subject, look(), well=True)
    except (*EXPECTED_FAILURES, OSError, ValueError) as fault:
        return Finding(subject, in_one_sentence(fault), well=False, mend=mend)


def _policies() -> str:
    names = shipped_policies()
    for name in names:
        load_policy(shipped_pack(name), source=name)
    return ", ".join(names)


def _calendar() -> str:
    calendar = load_calendar(england_calendar_document())
    return f"{calendar.revision}, {calendar.first_day.year} to {calendar.last_day.year}"


def _disk(settings: Settings) -> Finding:
    folder = settings.data_directory
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free
    return Finding(
        "disk",
        f"{free // 1_000_000} MB free for {settings.data_directory}",
        well=free > SMALLEST_FREE_BYTES,
        mend="free 500 MB or choose another folder with --data DIR",
    )


def _database(conninfo: str) -> Iterator[Finding]:
    def version() -> str:
        with psycopg.connect(conninfo, connect_timeout=CONNECT_SECONDS) as connection:
            return f"PostgreSQL {connection.info.server_version // 10000}"

    yield _looked("PostgreSQL", version, mend="check DATABASE_URL and that the server runs")

    def roles() -> str:
        usable = []
        for role in ROLES:
            with psycopg.connect(conninfo, connect_timeout=CONNECT_SECONDS) as connection:
                granted = connection.execute("SELECT pg_has_role(%s, 'MEMBER')", [role]).fetchone()
                if granted is not None and granted[0]:
                    usable.append(role.removeprefix("redress_"))
        return "usable: " + (", ".join(usable) or "none")

    yield _looked("roles", roles, mend="run redress migrate as the owner; see deploy/README.md")
    yield _looked(
        "tables", lambda: _own_nothing(conninfo), mend="give the service a role of its own"
    )


def _own_nothing(conninfo: str) -> str:
    with Database(conninfo, role=ROLES[1], max_size=1) as database, database.directory() as cursor:
        refuse_dangerous_role(cursor)
    return "row-level security binds the services"


def _broker(settings: Settings) -> Finding:
    if settings.rabbitmq_url is None:
        return Finding(
            "broker",
            "in-process bus",
            well=settings.is_demonstration,
            mend="set RABBITMQ_URL in production",
        )
    url = settings.rabbitmq_url.get_secret_value()

    async def reach() -> str:
        connection = await aio_pika.connect(url, timeout=CONNECT_SECONDS)
        await connection.close()
        return "RabbitMQ answers"

    return _looked(
        "broker", lambda: asyncio.run(reach()), mend="check RABBITMQ_URL and that the broker runs"
    )


def _documents(settings: Settings) -> Finding:
    folder = settings.documents

    def writable() -> str:
        existing = folder
        while not existing.exists():
            existing = existing.parent
        if not os.access(existing, os.W_OK | os.X_OK):
            raise PermissionError(f"{existing} cannot be written to")
        return f"{folder}, encrypted"

    return _looked(
        "documents",
        writable,
        mend="give this account the folder, or set REDRESS_DOCUMENTS_FOLDER; every process needs the same one",
    )


def _scanner(settings: Settings) -> Finding:
    scanner = scanner_at(settings.clamd)
    if not scanner.checks:
        return Finding(
            "virus scanner",
            scanner.described(),
            well=settings.is_demonstration,
            mend="set REDRESS_CLAMD to host:port or the socket of ClamAV's daemon in production",
        )
    return _looked(
        "virus scanner", scanner.described, mend="check REDRESS_CLAMD and that the daemon runs"
    )


def _public_address(settings: Settings) -> Finding:
    """Where letters, calendars and saved complaints send people: in production to the public site, over https."""
    parts = urlsplit(settings.public_url)
    is_public = parts.scheme == "https" and parts.hostname not in {None, "localhost", "127.0.0.1"}
    return Finding(
        "public address",
        settings.public_url,
        well=is_public or settings.is_demonstration,
        mend="set REDRESS_PUBLIC_URL to the address that people use, https://…: letters lead there",
    )


def _key(settings: Settings) -> Finding:
    if not settings.key_file.exists() and settings.is_demonstration:
        return Finding("vault key", "will be made at the first start", well=True)

    def read() -> str:
        LandlordKeys.from_file(settings.key_file)
        return str(settings.key_file)

    return _looked(
        "vault key",
        read,
        mend="put 32 random bytes there with mode 0600, or set REDRESS_VAULT_KEY_FILE",
    )

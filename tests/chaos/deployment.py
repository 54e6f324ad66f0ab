"""A whole installation of separate processes on a private PostgreSQL and a private RabbitMQ."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event, Lock, Thread
from typing import Any

import httpx2 as httpx
import psycopg
from psycopg.conninfo import make_conninfo

from services.redress.assembly import make_key_file
from services.redress.parts import SERVICES
from shared.calendars.england import england_calendar_document
from shared.database.migrate import migrate
from shared.database.pool import Database
from shared.embedded.postgres import SUPERUSER, EmbeddedPostgres
from shared.identity.sessions import begin_session, credential
from shared.policy_packs.loader import shipped_pack
from shared.registry.adoptions import adopt_policy
from shared.registry.calendars import adopt_calendar
from shared.registry.landlords import (
    Landlord,
    Organisation,
    register_landlord,
    register_organisation,
)
from shared.registry.officers import Officer, register_officer
from tests.acceptance.running import COMMAND, RunningProcess, environment
from tests.chaos.outside import Outside
from tests.support.eventually import eventually
from tests.support.ports import free_port
from tests.support.rabbitmq import RabbitServer

LANDLORD, ORGANISATION, OFFICER = "northgate", "north-tmo", "team"
TOKEN = "the-team-0123456789"
WITH_HTTP = ("intake", "workflow", "notifier", "projections", "administration")
# Two of each of those that must take over from one another.
IN_PAIRS = ("timers", "relay")
NAMES = (
    *(name for name in SERVICES if name not in IN_PAIRS),
    *(f"{name} {which}" for name in IN_PAIRS for which in (1, 2)),
)
VERIFIED_WITHIN_SECONDS = 300
SERVING_WITHIN_SECONDS = 240.0
RESTARTED_AFTER_SECONDS = 0.5


@dataclass(frozen=True)
class Deployment:
    """The processes by name, with their servers."""

    processes: Mapping[str, RunningProcess]
    postgres: EmbeddedPostgres
    broker: RabbitServer
    data: Path
    variables: Mapping[str, str]
    hands: Lock = field(default_factory=Lock)  # who starts and ends processes takes turns

    def look_after(self, until: Event) -> None:
        """Start again what ended by itself, as `restart: unless-stopped` of deploy/compose.yaml."""
        while not until.wait(RESTARTED_AFTER_SECONDS):
            with self.hands:
                for process in self.processes.values():
                    if process.has_ended:
                        process.start()

    def serves(self) -> bool:
        """Whether every process with pages answers."""
        for name in WITH_HTTP:
            address = f"{self.processes[name].address}/health/live"
            try:
                if httpx.get(address, timeout=2.0).status_code != 200:
                    return False
            except httpx.TransportError:
                return False
        return True

    @property
    def conninfo(self) -> str:
        """The owner's."""
        return self.variables["DATABASE_URL"]

    @property
    def headers(self) -> dict[str, str]:
        """Of a request by the officer."""
        return {"Authorization": f"Bearer {credential(LANDLORD, TOKEN)}"}

    def superuser(self, database: str = "postgres") -> psycopg.Connection[tuple[Any, ...]]:
        """A connection of the server's operator."""
        conninfo = make_conninfo(self.conninfo, user=SUPERUSER, dbname=database)
        return psycopg.connect(conninfo, autocommit=True, connect_timeout=10)

    def rows(self, statement: str) -> list[dict[str, Any]]:
        """What the owner finds among the landlord's rows."""
        with (
            Database(self.conninfo, role=None, max_size=1) as owner,
            owner.transaction(LANDLORD) as cursor,
        ):
            return cursor.execute(statement.encode()).fetchall()

    def scalar(self, statement: str) -> Any:
        """One figure."""
        rows = self.rows(statement)
        return next(iter(rows[0].values())) if rows else 0

    def verify(self) -> subprocess.CompletedProcess[str]:
        """`redress verify`: chain, numbers, positions, timers against replay, read models."""
        return subprocess.run(
            [COMMAND, "verify"],
            env=dict(self.variables),
            capture_output=True,
            text=True,
            timeout=VERIFIED_WITHIN_SECONDS,
            check=False,
        )


@contextmanager
def deployed(folder: Path) -> Iterator[Deployment]:
    """Everything running and serving; ended and removed afterwards."""
    with ExitStack() as ending:
        postgres = EmbeddedPostgres(folder / "data")
        ending.callback(postgres.remove)
        conninfo = postgres.start()
        migrate(conninfo)
        register(conninfo)
        broker = ending.enter_context(RabbitServer(folder / "rabbitmq"))
        # Before anything is published: who subscribes later is told of what comes later.
        Outside(broker.url()).subscribe()
        make_key_file(folder / "data" / "vault.key")
        variables = environment(
            folder / "data",
            DATABASE_URL=conninfo,
            RABBITMQ_URL=broker.url(),
            REDRESS_LANDLORD=LANDLORD,
        )
        processes = {}
        for name in NAMES:
            processes[name] = RunningProcess(
                name.partition(" ")[0],
                variables=variables,
                log=folder / f"{name.replace(' ', '-')}.log",
                port=free_port() if name in WITH_HTTP else None,
            )
            processes[name].start()
            ending.callback(processes[name].kill)
        deployment = Deployment(processes, postgres, broker, folder / "data", variables)
        done = Event()
        looking_after = Thread(target=deployment.look_after, args=(done,))
        looking_after.start()
        ending.callback(looking_after.join)
        ending.callback(done.set)
        eventually(deployment.serves, within_seconds=SERVING_WITHIN_SECONDS)
        yield deployment


def register(conninfo: str) -> None:
    """A landlord with one TMO, whose complaints team gets the reminders and is signed in."""
    now = datetime.now(UTC)
    with Database(conninfo, role=None) as owner, owner.transaction(LANDLORD) as cursor:
        register_landlord(cursor, Landlord(LANDLORD, "Northgate Council", "council", "NG"), now=now)
        register_organisation(cursor, Organisation(LANDLORD, ORGANISATION, "North TMO", "tmo"))
        team = Officer(
            LANDLORD, OFFICER, ORGANISATION, "The Team", "team@example.org", "complaints_team"
        )
        register_officer(cursor, team)
        adopt_calendar(cursor, LANDLORD, england_calendar_document(), now)
        adopt_policy(
            cursor,
            landlord=LANDLORD,
            organisation=ORGANISATION,
            document=shipped_pack("kctmo-2010"),
            effective_from=date(2010, 5, 1),
            adopted_by="operator",
            now=now,
        )
        begin_session(cursor, landlord=LANDLORD, officer=OFFICER, token=TOKEN, now=now)

"""A landlord at work: a council with an ALMO and a TMO, its officers, a clock that can be set."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from random import Random
from uuid import UUID, uuid5

from fastapi import FastAPI
from starlette.testclient import TestClient

from services.workflow import action_pages, api, document_pages
from services.workflow.deciding import LoadedComplaint
from services.workflow.domain.commands import Command, OpenComplaint
from services.workflow.handling import Handled, Handling
from services.workflow.importing import HistoryImporter
from services.workflow.staff import StaffDesk
from services.workflow.timers import TimerService
from shared.calendars.england import england_calendar_document
from shared.complaints.values import Channel, Issue, Moment, Route
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.documents.scanning import NoScanner, Scanner
from shared.documents.shelf import Shelf
from shared.documents.store import FolderStore
from shared.eventstore.recorder import FeedRecorder
from shared.identity.sessions import begin_session, credential
from shared.identity.sign_in import install_identity
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
from shared.runtime.clock import SettableClock
from shared.runtime.settings import Settings
from shared.vault.sealing import LandlordKeys
from shared.vault.vault import Vault
from shared.web.site import install_web

MON_2_MAR_2026 = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LANDLORD = "riverside"
TESTS = UUID("6b0a6a3c-3a3c-4f1c-9a51-0c5d5a4b7d01")

ORGANISATIONS = {
    "riverside": ("council", "hos-code-2024"),
    "riverside-homes": ("almo", "kctmo-2010"),
    "mill-lane": ("tmo", "kctmo-2010"),
}
OFFICERS = {
    "ada": ("riverside", "Ada Oakley", "complaints_team"),
    "ben": ("riverside-homes", "Ben Marsh", "complaints_team"),
    "cora": ("riverside-homes", "Cora Field", "manager"),
    "dev": ("riverside-homes", "Dev Rai", "head_of_service"),
    "edith": ("mill-lane", "Edith Stone", "manager"),
    "flora": ("riverside-homes", "Flora Beck", "caseworker"),
}


@dataclass
class Office:
    """The parts that tests of workflow need, on one database."""

    conninfo: str
    owner: Database
    database: Database
    recorder: FeedRecorder
    clock: SettableClock
    vault: Vault
    settings: Settings
    appended: list[str] = field(default_factory=list)
    sessions: set[str] = field(default_factory=set)

    @property
    def handling(self) -> Handling:
        """Handling as the service has it."""
        return self.handling_on(self.recorder, self.database)

    def handling_on(self, recorder: FeedRecorder, database: Database) -> Handling:
        """Handling on other connections."""
        return Handling(
            recorder=recorder,
            database=database,
            clock=self.clock,
            vault=self.vault,
            chance=Random(1),
            after_append=self.appended.append,
        )

    @property
    def store(self) -> FolderStore:
        """Where the contents of documents lie."""
        return FolderStore(self.settings.documents)

    def shelf(self, scanner: Scanner | None = None) -> Shelf:
        """The documents, with a scanner or without one."""
        return Shelf(
            database=self.database,
            vault=self.vault,
            store=self.store,
            scanner=scanner or NoScanner(),
            clock=self.clock,
        )

    @property
    def timers(self) -> TimerService:
        """A timer service that has not begun."""
        return TimerService(recorder=self.recorder, database=self.database, clock=self.clock)

    @property
    def importer(self) -> HistoryImporter:
        """The importer of histories."""
        return HistoryImporter(
            recorder=self.recorder, database=self.database, clock=self.clock, vault=self.vault
        )

    def opening(self, reference: str, organisation: str = "riverside-homes") -> OpenComplaint:
        """A complaint about a boiler, received now."""
        now = self.clock.now()
        received = Moment(on=london_day(now), at=now)
        return OpenComplaint(
            reference=reference,
            organisation=organisation,
            route=Route.COMPLAINT,
            channel=Channel.PHONE,
            received=received,
            issues=(Issue(1, "repairs"),),
            complainant=str(uuid5(TESTS, reference)),
            happened=received,
            actor="complainant",
        )

    def register_officers(self, people: dict[str, tuple[str, str, str]]) -> None:
        """More officers: organisation, name and role of each."""
        with self.owner.transaction(LANDLORD) as cursor:
            for officer, (organisation, name, role) in people.items():
                email = f"{officer}@example.org"
                known = Officer(LANDLORD, officer, organisation, name, email, role)
                register_officer(cursor, known)

    def open(self, reference: str, organisation: str = "riverside-homes") -> str:
        """Opens it, and returns its reference."""
        self.give(reference, self.opening(reference, organisation), key="open")
        return reference

    def give(
        self, reference: str, command: Command, *, key: str, landlord: str = LANDLORD
    ) -> Handled:
        """Gives a command under an id of its own."""
        return self.handling.handle(
            landlord,
            reference,
            command,
            command_id=command_id(reference, key),
            fingerprint=fingerprint(reference, key),
            correlation_id="test",
            causation_id="test",
        )

    def now(self) -> Moment:
        """This moment, as commands have it."""
        return Moment(on=london_day(self.clock.now()), at=self.clock.now())

    def case(self, reference: str) -> LoadedComplaint:
        """The complaint as its log says."""
        found = self.handling.load(LANDLORD, reference)
        assert found is not None
        return found

    def names(self, reference: str) -> list[str]:
        """The names of its events in short: `acknowledged`, `deadline-set`."""
        return [record.name.split(".")[1] for record in self.case(reference).events]

    def run_until(self, until: datetime, *services: TimerService) -> None:
        """Moves the clock from due timer to due timer until `until`, as time does."""
        while True:
            with self.owner.transaction(LANDLORD) as cursor:
                row = cursor.execute(
                    "SELECT min(due_at) AS due_at FROM workflow.timer"
                    " WHERE landlord = %s AND ended_at IS NULL AND due_at <= %s",
                    (LANDLORD, until),
                ).fetchone()
            if row is None or row["due_at"] is None:
                break
            self.clock.set(max(row["due_at"], self.clock.now()))
            for service in services or (self.timers,):
                service.fire_due(LANDLORD)
        self.clock.set(until)

    def client(self, shelf: Shelf | None = None) -> TestClient:
        """A program or browser on the API and the pages, which follows no redirect."""
        app = FastAPI()
        app.include_router(api.router(self.handling))
        app.include_router(document_pages.router(StaffDesk(self.handling), shelf or self.shelf()))
        app.include_router(action_pages.router(self.handling))
        install_web(app, settings=self.settings, services={"workflow": "services.workflow"})
        install_identity(app, database=self.owner, clock=self.clock, settings=self.settings)
        return TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)

    def signed_in(self, officer: str) -> dict[str, str]:
        """The headers of a request by that officer."""
        token = f"token-of-{officer}-0123456789"
        if officer not in self.sessions:
            self.sessions.add(officer)
            with self.owner.transaction(LANDLORD) as cursor:
                begin_session(
                    cursor, landlord=LANDLORD, officer=officer, token=token, now=self.clock.now()
                )
        return {"Authorization": f"Bearer {credential(LANDLORD, token)}"}


def command_id(reference: str, key: str) -> UUID:
    """An id that follows from what a test calls the command."""
    return uuid5(TESTS, f"{reference}/{key}")


def fingerprint(reference: str, key: str) -> bytes:
    """The same."""
    return hashlib.sha256(f"{reference}/{key}".encode()).digest()


def new_office(conninfo: str, folder: Path, connect: Callable[..., Database]) -> Office:
    """The office with its landlord, its policies and its officers."""
    owner = connect(conninfo, role=None)
    database = connect(conninfo, role="redress_workflow")
    office = Office(
        conninfo=conninfo,
        owner=owner,
        database=database,
        recorder=FeedRecorder(database),
        clock=SettableClock(MON_2_MAR_2026),
        vault=Vault(LandlordKeys(bytes(range(32)))),
        settings=Settings(data_directory=folder, landlord=LANDLORD),
    )
    register(office, LANDLORD, "RC", ORGANISATIONS)
    with owner.transaction(LANDLORD) as cursor:
        for officer, (organisation, name, role) in OFFICERS.items():
            email = f"{officer}@example.org"
            register_officer(cursor, Officer(LANDLORD, officer, organisation, name, email, role))
    return office


def register(
    office: Office, landlord: str, prefix: str, bodies: dict[str, tuple[str, str]]
) -> None:
    """Registers a landlord whose organisations have adopted these policies long ago."""
    now = office.clock.now()
    with office.owner.transaction(landlord) as cursor:
        register_landlord(cursor, Landlord(landlord, landlord.title(), "council", prefix), now=now)
        adopt_calendar(cursor, landlord, england_calendar_document(), now)
    for organisation, (kind, policy) in bodies.items():
        register_under(office, landlord, organisation, kind, policy)


def register_under(
    office: Office, landlord: str, organisation: str, kind: str, policy: str
) -> None:
    """Registers one more organisation of a landlord, under a shipped policy."""
    name = organisation.replace("-", " ").title()
    with office.owner.transaction(landlord) as cursor:
        register_organisation(cursor, Organisation(landlord, organisation, name, kind))
        adopt_policy(
            cursor,
            landlord=landlord,
            organisation=organisation,
            document=shipped_pack(policy),
            effective_from=date(2000, 1, 1),
            adopted_by="test",
            now=office.clock.now(),
        )

"""A landlord to take complaints for: a council with an ALMO and a TMO, officers and policies."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.intake.api import router
from services.intake.submissions import Intake
from shared.calendars.england import england_calendar_document
from shared.database.pool import Database
from shared.documents.scanning import NoScanner, Scanner
from shared.documents.shelf import Shelf
from shared.documents.store import FolderStore
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
from tests.support.postgres import TestDatabase

MON_2_MAR_2026 = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
LONG_AGO = date(2000, 1, 1)

OFFICERS = {
    "team-council": ("riverside", "Ada Oakley", "complaints_team"),
    "team-homes": ("riverside-homes", "Ben Marsh", "complaints_team"),
    "manager-homes": ("riverside-homes", "Cora Field", "manager"),
    "manager-mill": ("mill-lane", "Dev Rai", "manager"),
}


@dataclass(frozen=True)
class Setting:
    """The parts that tests of intake and notifier need."""

    conninfo: str
    owner: Database
    database: Callable[[str], Database]
    vault: Vault
    clock: SettableClock
    settings: Settings

    def intake(self, after_commit: Callable[[], None] = lambda: None) -> Intake:
        """Intake under its own role."""
        return Intake(
            database=self.database("redress_intake"),
            vault=self.vault,
            clock=self.clock,
            default_landlord="riverside",
            after_commit=after_commit,
        )

    def shelf(self, scanner: Scanner | None = None) -> Shelf:
        """The documents under intake's role, with a scanner or without one."""
        return Shelf(
            database=self.database("redress_intake"),
            vault=self.vault,
            store=FolderStore(self.settings.documents),
            scanner=scanner or NoScanner(),
            clock=self.clock,
        )

    def client(self, app: FastAPI) -> TestClient:
        """A browser that does not follow redirects, on pages with layout and identity."""
        install_web(
            app,
            settings=self.settings,
            services={"intake": "services.intake", "notifier": "services.notifier"},
        )
        install_identity(app, database=self.owner, clock=self.clock, settings=self.settings)
        return TestClient(app, base_url="http://127.0.0.1:8000", follow_redirects=False)

    def intake_client(self, shelf: Shelf | None = None) -> TestClient:
        """A browser on the pages and the API of intake."""
        app = FastAPI()
        app.include_router(
            router(self.intake(), settings=self.settings, shelf=shelf or self.shelf())
        )
        return self.client(app)

    def signed_in(self, officer: str, landlord: str = "riverside") -> dict[str, str]:
        """The headers of a request by that officer."""
        token = f"token-of-{officer}-0123456789"
        with self.owner.transaction(landlord) as cursor:
            begin_session(
                cursor, landlord=landlord, officer=officer, token=token, now=self.clock.now()
            )
        return {"Authorization": f"Bearer {credential(landlord, token)}"}

    def read(self, reference: dict[str, str]) -> str:
        """Words of Riverside's vault, by the reference that a row has of them."""
        with self.owner.transaction("riverside") as cursor:
            text = self.vault.read(cursor, "riverside", UUID(reference["words"]))
        assert text is not None
        return text

    def rows(self, query: str, landlord: str = "riverside") -> list[dict[str, Any]]:
        """What a query finds, as the owner sees it."""
        with self.owner.transaction(landlord) as cursor:
            return cursor.execute(query.encode()).fetchall()


def registered(setting: Setting) -> Setting:
    """Two landlords: Riverside with two organisations under it, and Hillside by itself."""
    now = setting.clock.now()
    for slug, prefix in (("riverside", "RC"), ("hillside", "HC")):
        with setting.owner.transaction(slug) as cursor:
            register_landlord(cursor, Landlord(slug, slug.title(), "council", prefix), now=now)
            adopt_calendar(cursor, slug, england_calendar_document(), now)
            own = [(slug, "council", "hos-code-2024")]
            if slug == "riverside":
                own += [
                    ("riverside-homes", "almo", "kctmo-2010"),
                    ("mill-lane", "tmo", "kctmo-2010"),
                ]
            for organisation, kind, policy in own:
                name = organisation.replace("-", " ").title()
                register_organisation(cursor, Organisation(slug, organisation, name, kind))
                adopt_policy(
                    cursor,
                    landlord=slug,
                    organisation=organisation,
                    document=shipped_pack(policy),
                    effective_from=LONG_AGO,
                    adopted_by="test",
                    now=now,
                )
            if slug == "riverside":
                for officer, (organisation, name, role) in OFFICERS.items():
                    email = f"{officer}@example.org"
                    register_officer(
                        cursor, Officer(slug, officer, organisation, name, email, role)
                    )
    return setting


@pytest.fixture
def setting(database: TestDatabase, tmp_path: Path) -> Iterator[Setting]:
    """The setting on a fresh database; its connections are closed afterwards."""
    opened: dict[str, Database] = {}

    def as_role(role: str) -> Database:
        if role not in opened:
            opened[role] = Database(database.conninfo, role=role, max_size=10)
        return opened[role]

    with Database(database.conninfo, role=None, max_size=4) as owner:
        yield registered(
            Setting(
                conninfo=database.conninfo,
                owner=owner,
                database=as_role,
                vault=Vault(LandlordKeys(bytes(range(32)))),
                clock=SettableClock(MON_2_MAR_2026),
                settings=Settings(data_directory=tmp_path, landlord="riverside"),
            )
        )
        for connections in opened.values():
            connections.close()

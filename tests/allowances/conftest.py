"""Services in processes of their own whose API is limited, on one database and under one clock."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.redress.assembly import Installation
from services.redress.parts import SERVICES
from services.redress.serving import application
from shared.database.pool import Database
from shared.identity.sessions import begin_session, credential
from shared.messaging.local_bus import LocalBus
from shared.runtime.clock import SettableClock
from shared.runtime.settings import Settings
from tests.chaos.deployment import LANDLORD, OFFICER, TOKEN, register
from tests.support.postgres import TestDatabase

BY_TOKEN, BY_ADDRESS = 6, 3  # requests an hour


class Installed:
    """Services in processes of their own, on one database and under one clock."""

    def __init__(self, conninfo: str, folder: Path) -> None:
        self.clock = SettableClock(datetime.now(UTC))
        settings = Settings(
            data_directory=folder,
            landlord=LANDLORD,
            api_requests_per_token_per_hour=BY_TOKEN,
            api_requests_per_address_per_hour=BY_ADDRESS,
        )
        self._folder = folder
        self.parts = Installation(settings=settings, conninfo=conninfo, clock=self.clock)

    @property
    def owner(self) -> Database:
        return self.parts.owner

    def process(self, service: str) -> TestClient:
        """What a program calls."""
        bus = LocalBus(self._folder / "parked")
        app = application(self.parts, bus, (SERVICES[service](self.parts, bus),))
        return TestClient(app, follow_redirects=False)

    def session(self, token: str = TOKEN) -> dict[str, str]:
        """The headers of an officer's session, begun now."""
        if token != TOKEN:
            with self.owner.transaction(LANDLORD) as cursor:
                now = self.clock.now()
                begin_session(cursor, landlord=LANDLORD, officer=OFFICER, token=token, now=now)
        return {"Authorization": f"Bearer {credential(LANDLORD, token)}"}

    def buckets(self, landlord: str = LANDLORD) -> list[dict[str, Any]]:
        with self.owner.transaction(landlord) as cursor:
            return cursor.execute("SELECT * FROM registry.allowance").fetchall()


@pytest.fixture
def installed(database: TestDatabase, tmp_path: Path) -> Iterator[Installed]:
    """A landlord with an officer who is signed in."""
    register(database.conninfo)
    made = Installed(database.conninfo, tmp_path / "data")
    yield made
    made.parts.close()

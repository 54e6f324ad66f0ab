"""The office that tests of workflow work in."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared.database.pool import Database
from tests.support.postgres import TestDatabase
from tests.workflow.administration import OPEN, Administration, administration
from tests.workflow.office import Office, new_office


@pytest.fixture
def connections() -> Iterator[ExitStack]:
    """What a test opened, closed after it."""
    with ExitStack() as opened:
        yield opened


@pytest.fixture
def office(database: TestDatabase, tmp_path: Path, connections: ExitStack) -> Office:
    """A landlord at work, on Monday 2 March 2026 at half past nine."""

    def connect(conninfo: str, *, role: str | None) -> Database:
        return connections.enter_context(Database(conninfo, role=role, max_size=4))

    return new_office(database.conninfo, tmp_path, connect)


@pytest.fixture
def pages(office: Office) -> Administration:
    """The pages of administration; a complaint of the ALMO is open, received on Monday 2 March 2026."""
    office.open(OPEN)
    return administration(office)

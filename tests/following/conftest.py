"""The landlord of the workflow's tests, with the pages of all three services that a resident meets."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from shared.database.pool import Database
from tests.following.resident import Town
from tests.following.sending import Resident
from tests.support.postgres import TestDatabase
from tests.workflow.office import new_office


@pytest.fixture
def town(database: TestDatabase, tmp_path: Path) -> Iterator[Town]:
    """The town on a fresh database; its connections are closed afterwards."""
    opened: list[Database] = []

    def connect(conninfo: str, *, role: str | None) -> Database:
        opened.append(Database(conninfo, role=role, max_size=4))
        return opened[-1]

    office = new_office(database.conninfo, tmp_path, connect)
    notifier = connect(database.conninfo, role="redress_notifier")
    projections = connect(database.conninfo, role="redress_projections")
    yield Town(office=office, notifier=notifier, projections=projections, folder=tmp_path)
    for connections in opened:
        connections.close()


@pytest.fixture
def resident(town: Town) -> Resident:
    """Somebody who complained and is signed in."""
    town.complained()
    return Resident(town, town.signed_in())

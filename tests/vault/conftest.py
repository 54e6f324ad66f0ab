"""A database with two landlords, and the roles that write and read words."""

from collections.abc import Iterator

import pytest

from shared.database.pool import Database
from tests.eventstore.building import HILLTOP, RIVERSIDE, register
from tests.support.postgres import TestDatabase


@pytest.fixture
def owner(database: TestDatabase) -> Iterator[Database]:
    """The owner's connections; two landlords are registered."""
    with Database(database.conninfo, role=None) as owner:
        register(owner, RIVERSIDE, HILLTOP)
        yield owner


@pytest.fixture
def intake(owner: Database) -> Iterator[Database]:
    """A service that may write words."""
    with Database(owner.conninfo, role="redress_intake") as intake:
        yield intake

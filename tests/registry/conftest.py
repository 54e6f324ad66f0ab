"""A database with two landlords."""

from collections.abc import Iterator

import pytest

from shared.database.pool import Database
from shared.registry.landlords import Organisation, register_organisation
from tests.eventstore.building import HILLTOP, RIVERSIDE, register
from tests.support.postgres import TestDatabase

ORGANISATIONS = (
    Organisation(RIVERSIDE, "riverside", "Riverside Borough Council", "council"),
    Organisation(RIVERSIDE, "mill-lane", "Mill Lane TMO", "tmo"),
)


@pytest.fixture
def owner(database: TestDatabase) -> Iterator[Database]:
    """The owner's connections; two landlords, two organisations inside the first."""
    with Database(database.conninfo, role=None) as owner:
        register(owner, RIVERSIDE, HILLTOP)
        with owner.transaction(RIVERSIDE) as cursor:
            for organisation in ORGANISATIONS:
                register_organisation(cursor, organisation)
        yield owner

"""A database in which everybody is registered."""

from collections.abc import Iterator

import pytest

from shared.database.pool import Database
from tests.identity.building import register_everybody
from tests.support.postgres import TestDatabase


@pytest.fixture
def owner(database: TestDatabase) -> Iterator[Database]:
    """The owner's connections."""
    with Database(database.conninfo, role=None) as owner:
        register_everybody(owner)
        yield owner


@pytest.fixture
def workflow(owner: Database) -> Iterator[Database]:
    """Connections under the role that may begin and end sessions."""
    with Database(owner.conninfo, role="redress_workflow") as workflow:
        yield workflow

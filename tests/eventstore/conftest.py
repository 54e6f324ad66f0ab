"""A database with two landlords, and the recorder of the workflow service."""

from collections.abc import Iterator

import pytest

from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder
from tests.eventstore.building import HILLTOP, RIVERSIDE, register
from tests.support.postgres import TestDatabase


@pytest.fixture
def owner(database: TestDatabase) -> Iterator[Database]:
    """The owner's connections; two landlords are registered."""
    with Database(database.conninfo, role=None) as owner:
        register(owner, RIVERSIDE, HILLTOP)
        yield owner


@pytest.fixture
def workflow(owner: Database) -> Iterator[Database]:
    """Connections under the role that may append."""
    with Database(owner.conninfo, role="redress_workflow", max_size=16) as workflow:
        yield workflow


@pytest.fixture
def recorder(workflow: Database) -> FeedRecorder:
    """The log as the workflow service writes it."""
    return FeedRecorder(workflow, environment={})

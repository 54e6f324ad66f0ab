"""The fixtures of the contract suites, on the models instead of the servers."""

from collections.abc import Iterator

import pytest

from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder
from tests.eventstore.building import HILLTOP, RIVERSIDE, register
from tests.simulation.postgres.connections import ModelDatabase
from tests.simulation.postgres.direct import DirectTurns
from tests.simulation.postgres.server import Server


@pytest.fixture
def server() -> Server:
    """An empty model of PostgreSQL, with the tables of all migrations."""
    return Server()


@pytest.fixture
def turns() -> DirectTurns:
    """Real threads, one statement at a time."""
    return DirectTurns()


@pytest.fixture
def owner(server: Server, turns: DirectTurns) -> Iterator[Database]:
    """The owner's connections; two landlords are registered."""
    with ModelDatabase(server, turns, role=None, name="owner") as owner:
        register(owner, RIVERSIDE, HILLTOP)
        yield owner


@pytest.fixture
def workflow(server: Server, turns: DirectTurns, owner: Database) -> Iterator[Database]:
    """Connections of the service that appends."""
    with ModelDatabase(server, turns, role="redress_workflow", name="workflow") as workflow:
        yield workflow


@pytest.fixture
def recorder(workflow: Database) -> FeedRecorder:
    """The log as the workflow service writes it."""
    return FeedRecorder(workflow, environment={})

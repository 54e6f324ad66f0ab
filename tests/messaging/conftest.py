"""What the tests of messaging share: a broker without old queues, and a feed with a follower."""

from collections.abc import Iterator
from pathlib import Path

import aio_pika
import pytest

from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder
from shared.messaging.topology import EVENTS_EXCHANGE, PARKED_EXCHANGE, QUEUES
from tests.eventstore.building import HILLTOP, RIVERSIDE, register
from tests.messaging.following import Feed, make_effects_table
from tests.support.postgres import TestDatabase


@pytest.fixture
async def fresh_rabbit_url(rabbit_url: str) -> str:
    """A broker that holds none of our queues, also when one broker is given for all tests."""
    async with await aio_pika.connect(rabbit_url) as connection:
        channel = await connection.channel()
        for queue in QUEUES:
            await channel.queue_delete(queue.name)
            await channel.queue_delete(queue.parked_name)
        await channel.exchange_delete(EVENTS_EXCHANGE)
        await channel.exchange_delete(PARKED_EXCHANGE)
    return rabbit_url


@pytest.fixture
def owner(database: TestDatabase) -> Iterator[Database]:
    """The owner's connections; two landlords are registered, and effects can be counted."""
    with Database(database.conninfo, role=None) as owner:
        register(owner, RIVERSIDE, HILLTOP)
        make_effects_table(owner)
        yield owner


@pytest.fixture
def feed(owner: Database, tmp_path: Path) -> Iterator[Feed]:
    """The feeds of the two landlords, empty."""
    with (
        Database(owner.conninfo, role="redress_workflow") as workflow,
        Database(owner.conninfo, role="redress_projections") as projections,
    ):
        yield Feed(projections, FeedRecorder(workflow, environment={}), tmp_path)

"""Messages into a read model: our consumer beside FastStream with one transaction a message.

Both make the same upsert, and both acknowledge after their commit.
"""

import asyncio
import time
from typing import Any

import aio_pika
import orjson
import psycopg
from faststream import AckPolicy
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitQueue
from psycopg import Cursor
from psycopg_pool import AsyncConnectionPool

from benchmarks.reporting import Measured
from benchmarks.servers import Servers
from benchmarks.setting import notes, register
from services.workflow.relay import Relay, cursor_seq
from shared.database.pool import Database
from shared.eventstore.record import RecordedEvent
from shared.eventstore.recorder import FeedRecorder
from shared.messaging.follower import FeedFollower
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.topology import EVENTS_EXCHANGE, PROJECTIONS_FEED
from shared.runtime.clock import SystemClock
from tests.support.eventually import eventually_async

LANDLORD = "consuming"
FACTS, FACTS_EACH = 3_000, 20
BESIDE = "bench.faststream"
UPSERT = (
    "INSERT INTO public.counted VALUES (%s, 1)"
    " ON CONFLICT (stream) DO UPDATE SET facts = counted.facts + 1"
)


def measure(servers: Servers) -> list[Measured]:
    """Both queues are filled by the relay before either is consumed."""
    conninfo, url = servers.database(), servers.broker()
    with psycopg.connect(conninfo, autocommit=True) as bare:
        bare.execute("CREATE TABLE public.counted (stream text PRIMARY KEY, facts int NOT NULL)")
        bare.execute("GRANT SELECT, INSERT, UPDATE ON public.counted TO redress_projections")
    with (
        Database(conninfo, role=None) as owner,
        Database(conninfo, role="redress_workflow") as workflow,
        Database(conninfo, role="redress_projections") as projections,
    ):
        register(owner, LANDLORD)
        recorder = FeedRecorder(workflow)
        for _ in range(FACTS // FACTS_EACH):
            recorder.append(notes(LANDLORD, FACTS_EACH))
        return asyncio.run(_measured(workflow, projections, conninfo, url))


async def _measured(
    workflow: Database, projections: Database, conninfo: str, url: str
) -> list[Measured]:
    bus = RabbitBus(url)
    await bus.start()
    await eventually_async(bus.connected)
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        # What another benchmark left in it is none of this one's.
        await (await channel.get_queue(PROJECTIONS_FEED.name)).purge()
        beside = await channel.declare_queue(
            BESIDE, durable=True, arguments={"x-queue-type": "quorum"}
        )
        await beside.bind(EVENTS_EXCHANGE, f"{LANDLORD}.complaint.#")
        await _publish(workflow, bus)
        theirs = await _by_faststream(url, conninfo)
        ours = await _by_follower(projections, bus)
        await beside.delete(if_unused=False, if_empty=False)
    await bus.stop()
    return [
        Measured(
            f"messages into a read model, {FACTS:,} waiting",
            ours,
            "/s",
            {"FastStream, a transaction each": theirs},
            aim="5 times FastStream",
        )
    ]


async def _publish(workflow: Database, bus: RabbitBus) -> None:
    relay = Relay(database=workflow, bus=bus, clock=SystemClock())
    reached = 0
    while reached < FACTS:
        await relay.step()
        with workflow.transaction(LANDLORD) as cursor:
            reached = cursor_seq(cursor, LANDLORD)
    relay.step_down()


async def _by_follower(projections: Database, bus: RabbitBus) -> float:
    def upsert(cursor: Cursor[dict[str, Any]], event: RecordedEvent) -> None:
        cursor.execute(UPSERT, (event.stream,))

    follower = FeedFollower(
        name=PROJECTIONS_FEED.name,
        database=projections,
        bus=bus,
        queue=PROJECTIONS_FEED,
        schema="projections",
        apply=upsert,
        clock=SystemClock(),
    )
    # Messages alone: looking at the feed by itself would read it without the broker.
    began = time.perf_counter()
    await bus.subscribe(PROJECTIONS_FEED, follower.receive)
    while True:
        await asyncio.sleep(0.02)
        with projections.transaction(LANDLORD) as cursor:
            if follower.position(cursor, LANDLORD) >= FACTS:
                return FACTS / (time.perf_counter() - began)


async def _by_faststream(url: str, conninfo: str) -> float:
    broker = RabbitBroker(url, ack_policy=AckPolicy.NACK_ON_ERROR, apply_types=False, logger=None)
    taken, done = 0, asyncio.Event()
    pool = AsyncConnectionPool(conninfo, min_size=4, max_size=4, open=False)

    async def handle(body: bytes) -> None:
        nonlocal taken
        stream = orjson.loads(body)["subject"]
        async with pool.connection() as connection:
            await connection.execute(UPSERT, (f"beside {stream}",))
        taken += 1
        if taken == FACTS:
            done.set()

    subscriber = broker.subscriber(
        RabbitQueue(BESIDE, queue_type=QueueType.QUORUM, declare=False),
        channel=Channel(prefetch_count=PROJECTIONS_FEED.prefetch),
        no_reply=True,
    )
    subscriber(handle)
    async with pool, broker:
        began = time.perf_counter()
        await broker.start()
        await done.wait()
        return FACTS / (time.perf_counter() - began)

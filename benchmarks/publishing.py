"""The feed to the broker with confirms: the relay beside aio-pika with a hundred messages in flight.

And how long an event takes from its commit to the broker's yes.
"""

import asyncio
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

import aio_pika

from benchmarks.paced import at_rate
from benchmarks.reporting import Measured, milliseconds
from benchmarks.servers import Servers
from benchmarks.setting import notes, register
from services.workflow.relay import PAGE, Relay, cursor_seq
from shared.database.pool import Database
from shared.eventstore.feed import read_stored
from shared.eventstore.recorder import FeedRecorder
from shared.messaging.bus import Handler, Message
from shared.messaging.envelope import to_message
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.topology import EVENTS_EXCHANGE, Queue
from shared.runtime.clock import SystemClock
from tests.support.eventually import eventually_async

LANDLORD = "publishing"
FACTS, FACTS_EACH = 10_000, 50
COMMITTED_A_SECOND, COMMITTED_SECONDS = 100, 10.0


def measure(servers: Servers) -> list[Measured]:
    """One landlord's feed to the queues that an installation has."""
    conninfo, url = servers.database(), servers.broker()
    with (
        Database(conninfo, role=None) as owner,
        Database(conninfo, role="redress_workflow") as database,
    ):
        register(owner, LANDLORD)
        recorder = FeedRecorder(database)
        for _ in range(FACTS // FACTS_EACH):
            recorder.append(notes(LANDLORD, FACTS_EACH))
        return asyncio.run(_measured(database, recorder, url))


async def _measured(database: Database, recorder: FeedRecorder, url: str) -> list[Measured]:
    bus = _Confirming(url)
    await bus.start()
    await eventually_async(bus.connected)
    relay = Relay(database=database, bus=bus, clock=SystemClock())
    await relay.step()  # takes the lead and tells the head of the feed
    began, before = time.perf_counter(), _cursor(database)
    while _cursor(database) < FACTS:
        await relay.step()
    ours = (FACTS - before) / (time.perf_counter() - began)
    floor = await _by_aio_pika(database, url)
    late = await _from_commit(recorder, relay, bus)
    relay.step_down()
    await bus.stop()
    return [
        Measured(
            "feed published with confirms, cursor kept",
            ours,
            "/s",
            {f"aio-pika, {PAGE} in flight, bodies at hand": floor},
            aim="0.9 of aio-pika; 4,000 /s",
        ),
        *milliseconds(
            f"commit to confirmed at {COMMITTED_A_SECOND} events a second",
            late,
            aims=("10 ms", "30 ms"),
        ),
    ]


async def _by_aio_pika(database: Database, url: str) -> float:
    """The same messages through the library, made before the clock runs."""
    messages: list[Message] = []
    with database.transaction(LANDLORD) as cursor:
        while page := read_stored(cursor, LANDLORD, after=len(messages), limit=PAGE):
            messages += map(to_message, page)
    connection = await aio_pika.connect(url)
    async with connection:
        channel = await connection.channel(publisher_confirms=True)
        exchange = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
        began = time.perf_counter()
        for place in range(0, len(messages), PAGE):
            await asyncio.gather(
                *(
                    exchange.publish(
                        aio_pika.Message(one.body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT),
                        one.routing_key,
                    )
                    for one in messages[place : place + PAGE]
                )
            )
        return len(messages) / (time.perf_counter() - began)


async def _from_commit(recorder: FeedRecorder, relay: Relay, bus: "_Confirming") -> list[float]:
    committed: dict[str, float] = {}

    def append(_: int) -> None:
        one = notes(LANDLORD)
        recorder.append(one)
        committed[str(one.records[0].event_id)] = time.perf_counter()
        relay.wake()

    stop = asyncio.Event()
    relaying = asyncio.create_task(relay.run(stop))
    loop = asyncio.get_running_loop()
    bus.confirmed.clear()
    with ThreadPoolExecutor(1) as pool:
        await loop.run_in_executor(
            pool,
            lambda: at_rate(append, per_second=COMMITTED_A_SECOND, seconds=COMMITTED_SECONDS),
        )

    async def all_were_confirmed() -> bool:
        return committed.keys() <= bus.confirmed.keys()

    await eventually_async(all_were_confirmed)
    stop.set()
    await relaying
    # The answer may be on its way before the appending thread has looked at its clock.
    return [max(0.0, bus.confirmed[one] - at) for one, at in committed.items()]


def _cursor(database: Database) -> int:
    with database.transaction(LANDLORD) as cursor:
        return cursor_seq(cursor, LANDLORD)


class _Confirming(RabbitBus):
    """Remembers when each message was confirmed."""

    def __init__(self, url: str) -> None:
        super().__init__(url)
        self.confirmed: dict[str, float] = {}

    async def publish(self, messages: Sequence[Message]) -> int:
        count = await super().publish(messages)
        at = time.perf_counter()
        self.confirmed |= {message.message_id: at for message in messages[:count]}
        return count

    async def subscribe(self, queue: Queue, handler: Handler) -> None:
        raise NotImplementedError("nothing is consumed here")

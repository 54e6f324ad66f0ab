"""Several workers share one feed complaint by complaint: every effect once, in the complaint's order, nothing lost."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from random import Random
from typing import Any

import pytest
from psycopg import Cursor

from shared.database.pool import Database
from shared.eventstore.record import RecordedEvent
from shared.messaging import by_complaint
from shared.messaging.ahead import Ahead
from shared.messaging.bus import RejectMessage
from shared.messaging.follower import FeedFollower
from shared.messaging.local_bus import LocalBus
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.topology import (
    NOTIFIER_FEED,
    partitions_of,
    queues_with,
)
from shared.runtime.clock import SettableClock
from tests.eventstore.building import RIVERSIDE, WED_11_MAR_2026
from tests.messaging.bus_contract import QUICK
from tests.messaging.following import Feed
from tests.messaging.sharing import (
    STREAMS,
    WORKERS,
    Effects,
    Row,
    expected,
    follower,
    grown,
    messages,
    removed,
)
from tests.support.eventually import eventually, eventually_async


@pytest.fixture
def effects(owner: Database) -> Effects:
    with owner.pool.connection() as connection:
        connection.execute(
            "CREATE TABLE notifier.effect (landlord text, seq bigint PRIMARY KEY, stream text, version bigint,"
            " worker integer, place bigserial)"
        )
        connection.execute("GRANT SELECT, INSERT ON notifier.effect TO redress_notifier")
        connection.execute("GRANT USAGE ON SEQUENCE notifier.effect_place_seq TO redress_notifier")
    return Effects(owner)


@pytest.fixture
def connections(owner: Database) -> Iterator[Callable[[], Database]]:
    """New connections as the notifier's role."""
    with ExitStack() as opened:
        yield lambda: opened.enter_context(Database(owner.conninfo, role="redress_notifier"))


class Workers:
    """Four processes' worth of followers, each with its own bus and connections."""

    def __init__(self, url: str, effects: Effects, connect: Callable[[], Database]) -> None:
        self._url, self._effects, self._connect = url, effects, connect
        self._running: dict[int, tuple[asyncio.Event, asyncio.Task[None], RabbitBus]] = {}

    async def start(self, place: int, *, of: int | None = None) -> None:
        """Starts the worker of that number for the partition `of`, its own unless given."""
        bus = RabbitBus(self._url, queues=queues_with(notifier_partitions=WORKERS), waits=QUICK)
        await bus.start()
        worker = follower(
            self._connect(), self._effects.of(place), bus=bus, preferred=place if of is None else of
        )
        stop = asyncio.Event()
        self._running[place] = (stop, asyncio.create_task(worker.run(stop)), bus)
        await eventually_async(bus.connected)

    async def stop(self, place: int) -> None:
        stop, running, bus = self._running.pop(place)
        stop.set()
        await bus.stop()
        await running

    async def stop_all(self) -> None:
        for place in list(self._running):
            await self.stop(place)


@pytest.fixture
async def workers(
    rabbit_url: str,
    effects: Effects,
    connections: Callable[[], Database],
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Workers]:
    # Each keeps to its own queue, however slowly the machine starts them.
    monkeypatch.setattr(by_complaint, "STAND_BY_AFTER_SECONDS", 600.0)
    made = Workers(rabbit_url, effects, connections)
    yield made
    await made.stop_all()
    await removed(rabbit_url)


@pytest.mark.rabbitmq
@pytest.mark.postgres
async def test_four_workers_share_the_feed_and_each_complaint_keeps_its_order(
    workers: Workers, feed: Feed, effects: Effects
) -> None:
    for place in range(WORKERS):
        await workers.start(place)
    await workers.start(WORKERS, of=2)  # waits: one consumer of a queue is active
    await asyncio.to_thread(grown, feed, 160)
    bus = workers._running[0][2]
    sent = messages(feed)
    chance = Random(7)
    kept = [message for message in sent if chance.random() > 0.05]  # the rest is lost on the way
    assert await bus.publish([*kept, *kept[-10:]]) == len(kept) + 10
    await asyncio.to_thread(eventually, lambda: effects.by_stream() == expected(feed))
    assert {row["worker"] for row in effects.rows()} == set(range(WORKERS))
    # One of them goes without a word: the one that stood by goes on with its complaints.
    await asyncio.to_thread(grown, feed, 60, seed=2)
    await workers.stop(2)
    assert await bus.publish(messages(feed)[160:]) == 60
    await asyncio.to_thread(eventually, lambda: effects.by_stream() == expected(feed))
    assert WORKERS in {row["worker"] for row in effects.rows()}
    await asyncio.to_thread(eventually, lambda: effects.ahead() == 0)


@pytest.mark.postgres
async def test_a_worker_serves_its_own_partition_first_and_stands_by_for_the_others(
    owner: Database,
    connections: Callable[[], Database],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(by_complaint, "STAND_BY_AFTER_SECONDS", 0.0)
    bus, stop = LocalBus(tmp_path), asyncio.Event()
    worker = follower(connections(), None, bus=bus, preferred=2)
    running = asyncio.create_task(worker.run(stop))

    async def all_served() -> bool:
        return len(bus._subscriptions) == WORKERS

    await eventually_async(all_served)
    served = [each.queue for each in bus._subscriptions]
    queues = partitions_of(NOTIFIER_FEED, WORKERS)
    assert served == [queues[2], queues[0], queues[1], queues[3]]
    stop.set()
    await running
    with pytest.raises(ValueError, match="0 to 3"):
        follower(connections(), None, bus=bus, preferred=4)


@pytest.mark.postgres
async def test_a_message_deals_with_its_complaint_whatever_the_position_is(
    feed: Feed, effects: Effects, connections: Callable[[], Database]
) -> None:
    shared = follower(connections(), effects.of(0))
    boiler, damp = STREAMS[0], STREAMS[1]
    for stream in (boiler, damp, damp, boiler, damp):
        feed.grows(1, stream=stream)
    bodies = [message.body for message in messages(feed)]
    await shared.receive(
        bodies[2]
    )  # the second about the damp: the first was lost, the third is there
    assert effects.by_stream() == {damp: [1, 2, 3]}
    await shared.receive(bodies[1])
    await shared.receive(bodies[4])
    assert effects.by_stream() == {damp: [1, 2, 3]}
    assert effects.ahead() == 1
    await shared._look()
    await shared._look()  # up to where the feed ended at the look before
    assert effects.by_stream() == {damp: [1, 2, 3], boiler: [1, 2]}
    assert effects.ahead() == 0
    with pytest.raises(RejectMessage):
        await shared.receive(b"{}")


@pytest.mark.postgres
async def test_poison_holds_its_own_complaint_only_whoever_meets_it(
    feed: Feed, effects: Effects, connections: Callable[[], Database]
) -> None:
    shared = follower(connections(), effects.of(0))
    boiler, damp = STREAMS[0], STREAMS[1]
    for stream in (boiler, damp, boiler, damp, boiler):
        feed.grows(1, stream=stream)
    effects.poison = {3}
    for message in messages(feed):
        await shared.receive(message.body)
    assert effects.by_stream() == {boiler: [1], damp: [1, 2]}
    await shared._look()
    await shared._look()
    with feed.database.transaction(RIVERSIDE), shared._database.transaction(RIVERSIDE) as cursor:
        assert [each.reason for each in shared.parked(cursor, RIVERSIDE)] == ["poison", "held"]
        assert shared.position(cursor, RIVERSIDE) == 5
    effects.poison = set()
    with shared._database.transaction(RIVERSIDE) as cursor:
        assert shared.retry_parked(cursor, landlord=RIVERSIDE, stream=boiler) == 2
    assert effects.by_stream() == {boiler: [1, 2, 3], damp: [1, 2]}


@pytest.mark.postgres
async def test_going_back_to_one_worker_doubles_nothing(
    feed: Feed, effects: Effects, connections: Callable[[], Database], tmp_path: Any
) -> None:
    shared = follower(connections(), effects.of(0))
    grown(feed, 30)
    for message in messages(feed)[10:20]:
        await shared.receive(message.body)
    alone = FeedFollower(
        name=NOTIFIER_FEED.name,
        database=connections(),
        bus=LocalBus(tmp_path),
        queue=NOTIFIER_FEED,
        schema="notifier",
        apply=effects.of(1),
        clock=SettableClock(WED_11_MAR_2026),
        ahead=Ahead(schema="notifier", consumer=NOTIFIER_FEED.name),
    )
    for message in messages(feed)[:3]:
        await alone.receive(message.body)
    alone.catch_up(RIVERSIDE)
    assert effects.by_stream() == expected(feed)
    assert effects.ahead() == 0


@pytest.mark.postgres
async def test_a_worker_and_the_position_behind_it_never_deal_with_one_entry_both(
    feed: Feed, effects: Effects, connections: Callable[[], Database]
) -> None:
    """The effect's primary key would refuse a second time; both go at the same complaints at once."""
    grown(feed, 120, seed=3)
    first, second = (follower(connections(), effects.of(each)) for each in (0, 1))
    second._seen_before[RIVERSIDE] = 120
    bodies = [message.body for message in messages(feed)]
    Random(5).shuffle(bodies)
    await asyncio.gather(second._look(), *(first.receive(body) for body in bodies))
    assert effects.by_stream() == expected(feed)
    with first._database.transaction(RIVERSIDE) as cursor:
        assert first.parked(cursor, RIVERSIDE) == ()


@pytest.mark.postgres
async def test_poison_delays_no_other_complaint(
    feed: Feed, effects: Effects, connections: Callable[[], Database]
) -> None:
    """Promise P13: while the poison is still being tried, everything else has its effect, at the first try."""
    boiler, damp, noise = STREAMS[:3]
    for stream in (boiler, damp, noise, boiler, damp, noise):
        feed.grows(1, stream=stream)
    tried, mended = threading.Event(), threading.Event()
    effect, attempts = effects.of(0), Counter[int]()

    def poisonous(cursor: Cursor[Row], event: RecordedEvent) -> None:
        attempts[event.seq] += 1
        if event.seq == 1:
            tried.set()
            mended.wait(30)
            raise ValueError("poison")
        effect(cursor, event)

    shared = follower(connections(), poisonous)
    bodies = [message.body for message in messages(feed)]
    poisoned = asyncio.create_task(shared.receive(bodies[0]))
    await asyncio.to_thread(tried.wait, 30)
    for body in bodies[1:3] + bodies[4:]:
        await shared.receive(body)
    assert effects.by_stream() == {damp: [1, 2], noise: [1, 2]}
    assert not poisoned.done()
    mended.set()
    await poisoned
    assert effects.by_stream() == {damp: [1, 2], noise: [1, 2]}
    assert attempts == {1: 3, 2: 1, 3: 1, 5: 1, 6: 1}
    with shared._database.transaction(RIVERSIDE) as cursor:
        assert [each.seq for each in shared.parked(cursor, RIVERSIDE)] == [1, 4]

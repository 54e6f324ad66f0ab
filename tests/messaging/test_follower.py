"""Every entry of a feed has its effect once and in order, whatever happens to its message."""

import asyncio
import threading
from pathlib import Path

import psycopg
import pytest

from shared.database.pool import Database
from shared.messaging.bus import RejectMessage
from shared.messaging.envelope import heartbeat_message
from shared.messaging.follower import FeedFollower
from shared.messaging.local_bus import LocalBus
from shared.messaging.positions import Positions
from shared.messaging.topology import PROJECTIONS_FEED
from shared.runtime.clock import SettableClock
from tests.eventstore.building import DAMP, HILLTOP, RIVERSIDE, WED_11_MAR_2026
from tests.messaging.bus_contract import QUICK, message
from tests.messaging.following import CONSUMER, Feed, Poison, record_effect
from tests.support.eventually import eventually


async def test_a_message_that_comes_twice_has_its_effect_once(feed: Feed) -> None:
    feed.grows(2)
    follower = feed.follower()
    for seq in (1, 1, 2, 1, 2):
        await follower.receive(feed.message(seq))
    assert feed.effects() == [1, 2]


async def test_messages_in_the_wrong_order_have_their_effects_in_the_right_one(feed: Feed) -> None:
    feed.grows(4)
    follower = feed.follower()
    for seq in (3, 1, 2, 4):
        await follower.receive(feed.message(seq))
    assert feed.effects() == [1, 2, 3, 4]


async def test_a_lost_message_is_healed_by_the_next(feed: Feed) -> None:
    feed.grows(3)
    follower = feed.follower()
    await follower.receive(feed.message(1))
    await follower.receive(feed.message(3))
    assert feed.effects() == [1, 2, 3]


async def test_a_lost_last_message_is_healed_by_the_heartbeat(feed: Feed) -> None:
    feed.grows(3)
    follower = feed.follower()
    await follower.receive(feed.message(1))
    await follower.receive(heartbeat_message(RIVERSIDE, seq=3, now=WED_11_MAR_2026).body)
    assert feed.effects() == [1, 2, 3]


async def test_a_heartbeat_that_tells_nothing_new_changes_nothing(feed: Feed) -> None:
    feed.grows(1)
    follower = feed.follower()
    await follower.receive(feed.message(1))
    await follower.receive(heartbeat_message(RIVERSIDE, seq=1, now=WED_11_MAR_2026).body)
    await follower.receive(heartbeat_message(HILLTOP, seq=0, now=WED_11_MAR_2026).body)
    assert feed.effects() == [1]
    assert feed.effects(landlord=HILLTOP) == []


async def test_a_process_that_died_before_it_acknowledged_repeats_no_effect(feed: Feed) -> None:
    feed.grows(2)
    await feed.follower().receive(feed.message(1))
    restarted = feed.follower()
    await restarted.receive(feed.message(1))
    await restarted.receive(feed.message(2))
    assert feed.effects() == [1, 2]


async def test_trouble_with_the_database_is_no_poison(feed: Feed) -> None:
    feed.grows(2)
    broken = Poison(2, error=psycopg.OperationalError("the server closed the connection"))
    follower = feed.follower(broken)
    await follower.receive(feed.message(1))
    with pytest.raises(psycopg.OperationalError):
        await follower.receive(feed.message(2))
    assert (feed.effects(), feed.position()) == ([1], 1)
    broken.mend()
    await follower.receive(feed.message(2))
    assert feed.effects() == [1, 2]
    with feed.database.transaction(RIVERSIDE) as cursor:
        assert follower.parked(cursor, RIVERSIDE) == ()


async def test_messages_that_wait_together_share_a_transaction(feed: Feed) -> None:
    feed.grows(60)
    bodies = [feed.message(seq) for seq in range(1, 61)]
    follower = feed.follower()
    await asyncio.gather(*(follower.receive(body) for body in bodies))
    assert feed.effects() == list(range(1, 61))
    assert feed.transactions() < 10


async def test_what_is_no_entry_of_a_feed_is_rejected(feed: Feed) -> None:
    follower = feed.follower()
    for body in (b"", b"[]", b"{}", b'{"landlord": 1, "feedseq": 1, "feedprev": 0}'):
        with pytest.raises(RejectMessage):
            await follower.receive(body)


async def test_an_entry_that_the_feed_does_not_hold_has_no_effect(feed: Feed) -> None:
    feed.grows(2)
    body = (
        feed.message(2)
        .replace(b'"feedseq":2', b'"feedseq":9')
        .replace(b'"feedprev":1', b'"feedprev":8')
    )
    await feed.follower().receive(body)
    assert (feed.effects(), feed.position()) == ([1, 2], 2)


def test_catching_up_crosses_pages_and_keeps_landlords_apart(feed: Feed) -> None:
    feed.grows(410)
    feed.grows(3, landlord=HILLTOP)
    follower = feed.follower()
    assert follower.catch_up(RIVERSIDE) == 410
    assert follower.catch_up(RIVERSIDE) == 0
    assert feed.effects() == list(range(1, 411))
    assert feed.effects(landlord=HILLTOP) == []
    assert follower.catch_up(HILLTOP) == 3


def test_two_followers_of_one_consumer_share_the_work_without_repeating_it(feed: Feed) -> None:
    """Two processes differ from two threads with connections of their own only in the address."""
    feed.grows(60)
    feed.grows(60, stream=DAMP)
    bodies = [feed.message(seq) for seq in range(1, 121)]

    def follow() -> None:
        async def receive_all() -> None:
            follower = feed.follower()
            for body in bodies:
                await follower.receive(body)

        asyncio.run(receive_all())

    threads = [threading.Thread(target=follow) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert feed.effects() == list(range(1, 121))


async def test_the_worker_finds_what_no_message_told_and_stops_promptly(
    feed: Feed, tmp_path: Path
) -> None:
    feed.grows(2)
    bus = LocalBus(tmp_path, waits=QUICK)
    await bus.start()
    follower = FeedFollower(
        name=CONSUMER,
        database=feed.database,
        bus=bus,
        queue=PROJECTIONS_FEED,
        schema="projections",
        apply=record_effect,
        clock=SettableClock(WED_11_MAR_2026),
    )
    stop = asyncio.Event()
    running = asyncio.create_task(follower.run(stop))
    await asyncio.to_thread(eventually, lambda: feed.effects() == [1, 2])
    feed.grows(1)
    sent = message(3, f"{RIVERSIDE}.complaint.s1.note-added.v1")
    told = type(sent)(
        sent.message_id,
        sent.routing_key,
        sent.type,
        feed.message(3),
        sent.correlation_id,
        sent.timestamp,
    )
    assert await bus.publish([told]) == 1
    assert feed.effects() == [1, 2, 3]
    stop.set()
    async with asyncio.timeout(2.0):
        await running
    await bus.stop()


def test_the_lag_is_measured_from_the_tables(feed: Feed) -> None:
    feed.grows(3)
    follower = feed.follower()
    with feed.database.transaction(RIVERSIDE) as cursor:
        behind = follower.lag(cursor, RIVERSIDE)
    assert (behind.entries, behind.oldest_recorded_at, behind.parked) == (3, WED_11_MAR_2026, 0)
    follower.catch_up(RIVERSIDE)
    with feed.database.transaction(RIVERSIDE) as cursor:
        level = follower.lag(cursor, RIVERSIDE)
    assert (level.entries, level.oldest_recorded_at) == (0, None)


def test_positions_live_only_in_the_schemas_that_the_code_names(owner: Database) -> None:
    with pytest.raises(ValueError, match="notifier"):
        Positions(schema="workflow", consumer=CONSUMER)

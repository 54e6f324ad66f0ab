"""From the log over a real broker into a consumer's tables."""

import asyncio

from shared.eventstore.feed import read_feed
from shared.messaging.envelope import to_message
from shared.messaging.follower import FeedFollower
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.topology import PROJECTIONS_FEED
from shared.runtime.clock import SettableClock
from tests.eventstore.building import RIVERSIDE, WED_11_MAR_2026
from tests.messaging.bus_contract import QUICK
from tests.messaging.following import CONSUMER, Feed, record_effect
from tests.support.eventually import eventually, eventually_async


async def test_a_backlog_at_the_broker_is_applied_once_in_order_and_acknowledged(
    fresh_rabbit_url: str, feed: Feed
) -> None:
    bus = RabbitBus(fresh_rabbit_url, waits=QUICK)
    await bus.start()
    await eventually_async(bus.connected)
    feed.grows(150)
    with feed.database.transaction(RIVERSIDE) as cursor:
        entries = [to_message(event) for event in read_feed(cursor, RIVERSIDE, after=0, limit=150)]
    lost = entries[40:45]
    sent = [entry for entry in entries if entry not in lost]
    assert await bus.publish([*sent, *sent[:10]]) == len(sent) + 10
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
    await asyncio.to_thread(eventually, lambda: len(feed.effects()) >= 150)
    assert feed.effects() == list(range(1, 151))
    assert feed.transactions() < 50
    stop.set()
    await running
    assert await bus.parked(PROJECTIONS_FEED) == 0
    await bus.stop()

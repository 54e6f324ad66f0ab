"""The feed reaches the broker in order and at least once, whatever fails on the way."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest

from services.workflow.domain.commands import RecordContactAttempt
from services.workflow.relay import Relay, cursor_seq, relay_backlog
from shared.complaints.values import Channel
from shared.eventstore.feed import head
from shared.messaging.bus import Bus, Message
from shared.messaging.envelope import FeedEntry
from shared.messaging.local_bus import LocalBus
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.topology import PROJECTIONS_FEED
from shared.runtime.worker import run_all
from tests.messaging.bus_contract import QUICK, BusContract
from tests.support.eventually import eventually_async
from tests.workflow.office import LANDLORD, Office, register

BOILER = "RC-2026-000001"


class StingyBus(LocalBus):
    """Confirms only so many of the next messages it is given, as a broker does that fails midway."""

    def __init__(self, parked_folder: Path) -> None:
        super().__init__(parked_folder, waits=QUICK)
        self.confirms_next: int | None = None

    async def publish(self, messages: Sequence[Message]) -> int:
        """As many as it is willing to, once."""
        limit, self.confirms_next = self.confirms_next, None
        return await super().publish(messages[:limit])


class Subscriber:
    """Keeps the places of the feed it was told of, in order."""

    def __init__(self) -> None:
        self.facts: list[tuple[str, int]] = []
        self.heads: list[tuple[str, int]] = []

    async def __call__(self, body: bytes) -> None:
        entry = FeedEntry.from_body(body)
        kept = self.heads if entry.record is None else self.facts
        kept.append((entry.landlord, entry.seq))

    def places(self, landlord: str = LANDLORD) -> list[int]:
        """The places of one landlord's feed."""
        return [seq for of, seq in self.facts if of == landlord]


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[StingyBus]:
    stingy = StingyBus(tmp_path / "parked")
    await stingy.start()
    yield stingy
    await stingy.stop()


@pytest.fixture
async def subscriber(bus: StingyBus) -> Subscriber:
    taking = Subscriber()
    await bus.subscribe(PROJECTIONS_FEED, taking)
    return taking


class TestStingyBus(BusContract):
    """The bus of these tests keeps the contract of every bus."""


RelayOn = Callable[[Office, Bus], Relay]


@pytest.fixture
def relay_on(connections: ExitStack) -> RelayOn:
    """Makes relays that are stepped by hand; they stop leading when the test ends."""

    def make(office: Office, bus: Bus) -> Relay:
        relay = Relay(database=office.database, bus=bus, clock=office.clock)
        connections.callback(relay.step_down)
        return relay

    return make


def published_to(office: Office, landlord: str = LANDLORD) -> int:
    with office.database.transaction(landlord) as cursor:
        return cursor_seq(cursor, landlord)


def feed_head(office: Office) -> int:
    with office.database.transaction(LANDLORD) as cursor:
        return head(cursor, LANDLORD)


async def test_every_entry_is_published_in_order_and_the_cursor_is_at_the_head(
    office: Office, bus: StingyBus, subscriber: Subscriber, relay_on: RelayOn
) -> None:
    office.open(BOILER)
    await relay_on(office, bus).step()
    assert subscriber.places() == list(range(1, feed_head(office) + 1))
    assert published_to(office) == feed_head(office)


async def test_the_cursor_stops_at_the_last_of_the_unbroken_run_that_was_confirmed(
    office: Office, bus: StingyBus, subscriber: Subscriber, relay_on: RelayOn
) -> None:
    office.open(BOILER)
    relay = relay_on(office, bus)
    bus.confirms_next = 2
    await relay.step()
    assert published_to(office) == 2
    await relay.step()
    assert published_to(office) == feed_head(office)
    assert sorted(set(subscriber.places())) == list(range(1, feed_head(office) + 1))


async def test_nothing_confirmed_leaves_the_cursor_where_it_was(
    office: Office, bus: StingyBus, subscriber: Subscriber, relay_on: RelayOn
) -> None:
    office.open(BOILER)
    bus.confirms_next = 0
    await relay_on(office, bus).step()
    assert published_to(office) == 0
    assert subscriber.places() == []


async def test_with_the_broker_down_the_relay_waits_longer_and_longer_and_loses_nothing(
    office: Office, tmp_path: Path, relay_on: RelayOn
) -> None:
    bus = LocalBus(tmp_path / "parked", waits=QUICK)
    relay = relay_on(office, bus)
    office.open(BOILER)
    waits = [await relay.step() for _ in range(6)]
    assert waits == sorted(waits)
    assert waits[-1] == 2.0
    assert published_to(office) == 0
    subscriber = Subscriber()
    await bus.start()
    await bus.subscribe(PROJECTIONS_FEED, subscriber)
    await relay.step()
    assert subscriber.places() == list(range(1, feed_head(office) + 1))
    await bus.stop()


async def test_a_relay_that_starts_again_goes_on_from_the_cursor(
    office: Office, bus: StingyBus, subscriber: Subscriber, relay_on: RelayOn
) -> None:
    office.open(BOILER)
    await _run_until_published(office, relay_on(office, bus))
    first = feed_head(office)
    office.open("RC-2026-000002")
    await _run_until_published(office, relay_on(office, bus))
    assert subscriber.places() == list(range(1, feed_head(office) + 1))
    assert feed_head(office) > first


async def test_one_relay_leads_and_another_takes_over_when_its_connection_is_lost(
    office: Office, bus: StingyBus, subscriber: Subscriber, relay_on: RelayOn
) -> None:
    office.open(BOILER)
    leader, follower = relay_on(office, bus), relay_on(office, bus)
    await leader.step()
    office.open("RC-2026-000002")
    await follower.step()
    assert published_to(office) < feed_head(office)
    _kill_the_leaders_connection(office)
    with pytest.raises(psycopg.OperationalError):
        await leader.step()
    await follower.step()
    assert published_to(office) == feed_head(office)
    office.open("RC-2026-000003")
    await leader.step()
    assert published_to(office) < feed_head(office)
    assert subscriber.places() == list(range(1, published_to(office) + 1))


async def test_a_relay_whose_cursor_was_moved_by_another_steps_down(
    office: Office, tmp_path: Path, relay_on: RelayOn
) -> None:
    office.open(BOILER)

    class MeanwhileAnother(LocalBus):
        async def publish(self, messages: Sequence[Message]) -> int:
            if len(messages) > 1:  # the page, not the head of the feed
                with office.database.transaction(LANDLORD) as cursor:
                    cursor.execute(
                        "UPDATE workflow.relay_cursor SET seq = 1 WHERE landlord = %s",
                        (LANDLORD,),
                    )
            return len(messages)

    relay = relay_on(office, MeanwhileAnother(tmp_path / "parked", waits=QUICK))
    await relay.step()
    assert published_to(office) == 1


async def test_the_head_of_the_feed_is_told_at_once_and_then_every_thirty_seconds(
    office: Office, bus: StingyBus, subscriber: Subscriber, relay_on: RelayOn
) -> None:
    office.open(BOILER)
    relay = relay_on(office, bus)
    for _ in range(2):
        await relay.step()
        await relay.step()
        office.clock.advance(timedelta(seconds=30))
    assert subscriber.heads == [(LANDLORD, feed_head(office))] * 2


async def test_every_landlords_feed_is_published_under_its_own_numbers(
    office: Office, bus: StingyBus, subscriber: Subscriber, relay_on: RelayOn
) -> None:
    register(office, "hillside", "HC", {"hillside": ("council", "hos-code-2024")})
    office.open(BOILER)
    office.give(
        "HC-2026-000001",
        office.opening("HC-2026-000001", "hillside"),
        key="open",
        landlord="hillside",
    )
    await relay_on(office, bus).step()
    assert subscriber.places("hillside")[0] == subscriber.places()[0] == 1
    assert published_to(office, "hillside") == len(subscriber.places("hillside"))


async def test_the_backlog_tells_how_much_waits_and_for_how_long(
    office: Office, bus: StingyBus, subscriber: Subscriber, relay_on: RelayOn
) -> None:
    office.open(BOILER)
    office.clock.advance(timedelta(seconds=90))
    waiting = relay_backlog(office.database, LANDLORD, now=office.clock.now())
    assert (waiting.unpublished, waiting.oldest_seconds) == (feed_head(office), 90.0)
    await relay_on(office, bus).step()
    assert subscriber.places()
    none = relay_backlog(office.database, LANDLORD, now=office.clock.now())
    assert (none.unpublished, none.oldest_seconds) == (0, 0.0)


async def test_more_than_a_page_goes_through_a_real_broker_in_order(
    office: Office, rabbit_url: str, relay_on: RelayOn
) -> None:
    office.open(BOILER)
    for number in range(120):
        attempt = RecordContactAttempt(channel=Channel.PHONE, happened=office.now(), actor="ben")
        office.give(BOILER, attempt, key=f"attempt {number}")
    bus, subscriber = RabbitBus(rabbit_url), Subscriber()
    await bus.start()
    await bus.subscribe(PROJECTIONS_FEED, subscriber)
    try:
        await eventually_async(bus.connected, within_seconds=20)
        await _run_until_published(office, relay_on(office, bus))

        async def all_there() -> bool:
            return len(set(subscriber.places())) == feed_head(office)

        await eventually_async(all_there, within_seconds=20)
    finally:
        await bus.stop()
    assert sorted(set(subscriber.places())) == list(range(1, feed_head(office) + 1))


async def _run_until_published(office: Office, relay: Relay) -> None:
    stop = asyncio.Event()
    running = asyncio.create_task(run_all([relay], stop))

    async def all_published() -> bool:
        relay.wake()
        backlog = await asyncio.to_thread(
            relay_backlog, office.database, LANDLORD, now=office.clock.now()
        )
        return backlog.unpublished == 0

    await eventually_async(all_published, within_seconds=20)
    stop.set()
    await asyncio.wait_for(running, timeout=2.0)


def _kill_the_leaders_connection(office: Office) -> None:
    with office.owner.transaction(LANDLORD) as cursor:
        cursor.execute(
            "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
            " WHERE application_name = 'redress_relay' AND datname = current_database()"
            " AND pid IN (SELECT pid FROM pg_locks WHERE locktype = 'advisory' AND granted)"
        )

"""The in-process bus keeps the contract, and what only it promises."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from shared.messaging.bus import BrokerUnavailable
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import COMPLAINT_RECEIVED, NOTIFIER_FEED, PROJECTIONS_FEED
from tests.messaging.bus_contract import QUICK, RECEIVED, BusContract, Taker, message


@pytest.fixture
async def bus(tmp_path: Path) -> AsyncIterator[LocalBus]:
    local = LocalBus(tmp_path, waits=QUICK)
    await local.start()
    yield local
    await local.stop()


class TestLocalBus(BusContract):
    """The contract, in this process."""


async def test_a_message_counts_only_when_every_handler_has_taken_it(tmp_path: Path) -> None:
    bus = LocalBus(tmp_path, waits=QUICK, taken_within_seconds=0.2)
    await bus.start()
    go_on = asyncio.Event()

    async def slow(body: bytes) -> None:
        if body == b"2":
            await go_on.wait()

    quick = Taker()
    await bus.subscribe(PROJECTIONS_FEED, quick)
    await bus.subscribe(NOTIFIER_FEED, slow)
    assert await bus.publish([message(1), message(2), message(3)]) == 1
    assert quick.taken == [b"1", b"2", b"3"]
    go_on.set()
    assert await bus.publish([message(2), message(3)]) == 2
    await bus.stop()


async def test_a_bus_that_is_not_started_or_was_stopped_takes_nothing(tmp_path: Path) -> None:
    bus = LocalBus(tmp_path)
    with pytest.raises(BrokerUnavailable):
        await bus.publish([message(1)])
    await bus.start()
    assert await bus.connected()
    await bus.stop()
    assert not await bus.connected()
    with pytest.raises(BrokerUnavailable):
        await bus.publish([message(1)])


async def test_a_message_in_hand_when_the_process_stops_is_not_confirmed(tmp_path: Path) -> None:
    bus = LocalBus(tmp_path, waits=QUICK)
    await bus.start()
    taker = Taker(_always_away)
    await bus.subscribe(COMPLAINT_RECEIVED, taker)
    publishing = asyncio.create_task(bus.publish([message(1, RECEIVED)]))
    await asyncio.sleep(0)
    await bus.stop()
    assert await publishing == 0


def _always_away(_: bytes) -> None:
    raise ConnectionRefusedError


async def test_a_parked_message_outlives_the_process(tmp_path: Path, bus: LocalBus) -> None:
    failing = Taker(_surprise)
    await bus.subscribe(COMPLAINT_RECEIVED, failing)
    assert await bus.publish([message(1, RECEIVED)]) == 1
    await bus.stop()

    restarted = LocalBus(tmp_path, waits=QUICK)
    await restarted.start()
    assert await restarted.parked(COMPLAINT_RECEIVED) == 1
    with pytest.raises(BrokerUnavailable):
        await restarted.retry_parked(COMPLAINT_RECEIVED)
    mended = Taker()
    await restarted.subscribe(COMPLAINT_RECEIVED, mended)
    await restarted.retry_parked(COMPLAINT_RECEIVED)
    assert mended.taken == [b"1"]
    assert await restarted.parked(COMPLAINT_RECEIVED) == 0
    await restarted.stop()


def _surprise(_: bytes) -> None:
    raise ValueError

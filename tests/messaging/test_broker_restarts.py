"""The bus survives a broker that is not there yet, goes away, is killed, and comes back."""

import asyncio

import pytest

from shared.messaging.bus import BrokerUnavailable, Bus
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.topology import COMPLAINT_RECEIVED, PROJECTIONS_FEED
from tests.messaging.bus_contract import QUICK, RECEIVED, Taker, message
from tests.support.eventually import eventually_async
from tests.support.rabbitmq import RabbitServer

pytestmark = pytest.mark.timeout(
    300
)  # a loaded machine takes its time to start a broker four times

BACK_WITHIN_SECONDS = 60.0


async def test_a_broker_that_comes_late_goes_away_and_comes_back(own_rabbit: RabbitServer) -> None:
    own_rabbit.stop()
    bus = RabbitBus(own_rabbit.url(), waits=QUICK)
    boards, intake = Taker(), Taker()
    await bus.start()
    await bus.subscribe(PROJECTIONS_FEED, boards)
    with pytest.raises(BrokerUnavailable):
        await bus.publish([message(1)])

    own_rabbit.start()
    await eventually_async(bus.connected, within_seconds=BACK_WITHIN_SECONDS)
    assert await bus.publish([message(1), message(2, RECEIVED)]) == 2
    await boards.has(b"1")

    own_rabbit.stop()
    with pytest.raises(BrokerUnavailable):
        await bus.publish([message(3)])
    assert not await bus.connected()

    own_rabbit.start()
    await eventually_async(bus.connected, within_seconds=BACK_WITHIN_SECONDS)
    assert await bus.publish([message(3)]) == 1
    await boards.has(b"1", b"3")
    # Confirmed before the stop, and nobody had taken it: the broker kept it on its disk.
    await bus.subscribe(COMPLAINT_RECEIVED, intake)
    await intake.has(b"2")

    own_rabbit.stop()
    await bus.stop()


async def test_nothing_confirmed_is_lost_when_the_broker_is_killed(
    own_rabbit: RabbitServer,
) -> None:
    bus = RabbitBus(own_rabbit.url(), waits=QUICK)
    taker = Taker()
    await bus.start()
    await bus.subscribe(PROJECTIONS_FEED, taker)
    await eventually_async(bus.connected, within_seconds=BACK_WITHIN_SECONDS)
    # RabbitMQ 3.10 may lose a quorum queue that it was killed seconds after declaring; an orderly
    # restart puts it on the disk for good.
    await asyncio.to_thread(own_rabbit.stop)
    await asyncio.to_thread(own_rabbit.start)
    await eventually_async(bus.connected, within_seconds=BACK_WITHIN_SECONDS)
    publishing = asyncio.create_task(_publish_all(bus, 3_000))

    async def under_way() -> bool:
        return len(taker.taken) > 500

    await eventually_async(under_way)
    await asyncio.to_thread(own_rabbit.kill)
    assert not publishing.done()
    await asyncio.to_thread(own_rabbit.start)
    await publishing
    await taker.has(*(f"{number}".encode() for number in range(3_000)))
    assert await bus.connected()
    await bus.stop()


async def _publish_all(bus: Bus, count: int) -> None:
    """As the relay does: from the first message that is not confirmed, until all are."""
    confirmed = 0
    while confirmed < count:
        page = [message(number) for number in range(confirmed, min(confirmed + 100, count))]
        try:
            confirmed += await bus.publish(page)
        except BrokerUnavailable:
            await asyncio.sleep(0.05)

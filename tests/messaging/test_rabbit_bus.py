"""The bus on RabbitMQ keeps the contract, and overrides the defaults of its libraries."""

from collections.abc import AsyncIterator

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel, AbstractIncomingMessage
from aiormq.exceptions import ChannelClosed
from structlog.testing import capture_logs

from shared.messaging.bus import BrokerUnavailable, Bus, RejectMessage
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.topology import (
    COMPLAINT_RECEIVED,
    EVENTS_EXCHANGE,
    PROJECTIONS_FEED,
    QUEUES,
    Queue,
    TopologyMismatch,
    declare_topology,
)
from tests.messaging.bus_contract import (
    NOBODYS,
    QUICK,
    RECEIVED,
    BusContract,
    Taker,
    failing,
    message,
    parks,
)
from tests.support.eventually import eventually_async


@pytest.fixture
async def bus(fresh_rabbit_url: str) -> AsyncIterator[RabbitBus]:
    rabbit = RabbitBus(fresh_rabbit_url, waits=QUICK)
    await rabbit.start()
    await eventually_async(rabbit.connected)
    yield rabbit
    await rabbit.stop()


@pytest.fixture
async def channel(fresh_rabbit_url: str) -> AsyncIterator[AbstractChannel]:
    """A channel of somebody else, to look at what the bus did."""
    async with await aio_pika.connect(fresh_rabbit_url) as connection:
        yield await connection.channel()


class TestRabbitBus(BusContract):
    """The contract, on a real broker."""


async def _first(channel: AbstractChannel, queue_name: str) -> AbstractIncomingMessage:
    queue = await channel.get_queue(queue_name)

    async def first() -> AbstractIncomingMessage | None:
        return await queue.get(fail=False)

    found = await eventually_async(first)
    assert found is not None
    return found


async def test_published_messages_are_persistent_and_say_what_they_are(
    bus: Bus, channel: AbstractChannel
) -> None:
    """FastStream would have published them transient."""
    await bus.publish([message(1, RECEIVED)])
    found = await _first(channel, COMPLAINT_RECEIVED.name)
    assert found.delivery_mode == aio_pika.DeliveryMode.PERSISTENT
    assert found.message_id == "message-1"
    assert found.content_type == "application/cloudevents+json; charset=utf-8"
    assert found.type == "org.redress.test.v1"
    assert found.correlation_id == "correlation-1"
    await found.ack()


async def test_a_message_that_no_queue_wants_is_logged_with_the_reason(bus: Bus) -> None:
    """aio-pika would have handed it back without an error."""
    with capture_logs() as logs:
        assert await bus.publish([message(1, NOBODYS)]) == 0
    told = next(entry for entry in logs if entry["event"] == "message_not_confirmed")
    assert told["reason"] == "no queue is bound to the routing key"
    assert told["message"] == "message-1"


async def test_a_rejected_message_keeps_its_body_and_says_where_it_came_from(
    bus: Bus, channel: AbstractChannel
) -> None:
    """FastStream rejects into nothing; our queues name a dead-letter exchange."""
    await bus.subscribe(COMPLAINT_RECEIVED, Taker(failing(1, RejectMessage("no such policy"))))
    await bus.publish([message(1, RECEIVED)])
    await parks(bus, COMPLAINT_RECEIVED, 1)
    parked = await _first(channel, COMPLAINT_RECEIVED.parked_name)
    assert parked.body == b"1"
    assert parked.message_id == "message-1"
    assert parked.headers["x-first-death-queue"] == COMPLAINT_RECEIVED.name
    assert parked.headers["x-first-death-reason"] == "rejected"
    await parked.nack()


async def test_every_queue_is_declared_as_the_table_says(
    bus: Bus, channel: AbstractChannel
) -> None:
    await declare_topology(channel)  # equal arguments are no mismatch
    for queue in QUEUES:
        found = await channel.get_queue(queue.name)
        assert found.name == queue.name


async def test_a_queue_that_differs_from_the_table_is_told_in_one_sentence(
    fresh_rabbit_url: str, channel: AbstractChannel
) -> None:
    await channel.declare_queue(PROJECTIONS_FEED.name, durable=True)
    bus = RabbitBus(fresh_rabbit_url)
    with capture_logs() as logs:
        await bus.start()

        async def told() -> bool:
            return any("projections.feed.v1" in entry.get("detail", "") for entry in logs)

        await eventually_async(told)
    assert not await bus.connected()
    with pytest.raises(BrokerUnavailable):
        await bus.publish([message(1)])
    await bus.stop()


async def test_declaring_a_different_queue_is_refused(bus: Bus, channel: AbstractChannel) -> None:
    other = Queue(PROJECTIONS_FEED.name, ("#",), prefetch=1, single_active_consumer=False)
    with pytest.raises(TopologyMismatch, match=r"projections\.feed\.v1"):
        await declare_topology(channel, (other,))


async def test_publishing_goes_on_after_the_broker_closed_the_channel(bus: RabbitBus) -> None:
    assert bus._publishing is not None
    await _have_it_closed(bus._publishing._channel)
    await _publishes_again(bus)


async def test_consuming_goes_on_after_the_broker_closed_the_channel(bus: RabbitBus) -> None:
    taker = Taker()
    await bus.subscribe(PROJECTIONS_FEED, taker)
    await eventually_async(bus.connected)
    serving = bus._subscriptions[0].serving
    assert serving is not None
    assert serving._queue_obj is not None
    await _have_it_closed(serving._queue_obj.channel)
    await _publishes_again(bus)
    await taker.has(b"1")


async def _have_it_closed(channel: AbstractChannel) -> None:
    underlay = await channel.get_underlay_channel()
    with pytest.raises(ChannelClosed):
        await underlay.exchange_declare(EVENTS_EXCHANGE, exchange_type="fanout")


async def _publishes_again(bus: Bus) -> None:
    async def confirmed() -> bool:
        try:
            return await bus.publish([message(1)]) == 1
        except BrokerUnavailable:
            return False

    await eventually_async(confirmed)

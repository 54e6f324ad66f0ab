"""Publishing to RabbitMQ so that a confirmed message is stored, and one that is not is known.

aio-pika's defaults would publish transient messages and hand back unroutable ones without an error.
Here every message is persistent and mandatory, and counts only when the broker has confirmed it.
The connection is a plain one: when it or its channel is gone, `RabbitBus` drops it and opens another.
aio-pika's robust one restores its channels by itself, and now and then fails to, for good.
"""

import asyncio
from collections.abc import Callable, Sequence
from contextlib import AsyncExitStack
from typing import Self

import aio_pika
import structlog
from aio_pika.abc import AbstractChannel, AbstractConnection, AbstractExchange
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, DeliveryError, PublishError

from shared.messaging.bus import CONTENT_TYPE, PUBLISHING_WINDOW, BrokerUnavailable, Message
from shared.messaging.topology import (
    EVENTS_EXCHANGE,
    PARTITION_HEADER,
    TRACE_HEADER,
    Queue,
    declare_topology,
)

APPLICATION = "redress"
CONNECT_SECONDS = 5.0
CONFIRM_SECONDS = 10.0


class Publishing:
    """One connection with one channel for messages, for as long as both last."""

    def __init__(
        self,
        connection: AbstractConnection,
        *,
        channel: AbstractChannel,
        exchange: AbstractExchange,
    ) -> None:
        self._connection = connection
        self._channel = channel
        self._exchange = exchange
        self._log = structlog.get_logger()

    @classmethod
    async def open(
        cls, url: str, queues: tuple[Queue, ...], *, on_lost: Callable[[], None]
    ) -> Self:
        """Connects once and declares the topology; `on_lost` is called when the connection or channel goes."""
        connection = await aio_pika.connect(
            url,
            timeout=CONNECT_SECONDS,
            client_properties={"connection_name": "redress publishing"},
        )
        return await cls.over(connection, queues, on_lost=on_lost)

    @classmethod
    async def over(
        cls,
        connection: AbstractConnection,
        queues: tuple[Queue, ...],
        *,
        on_lost: Callable[[], None],
    ) -> Self:
        """The same over a connection that is there already; it is closed when that fails."""
        async with AsyncExitStack() as undo:
            undo.push_async_callback(connection.close)
            # A channel of its own: an error in a declaration must not close the one for messages.
            async with await _channel(connection) as topology:
                await declare_topology(topology, queues)
            channel = await _channel(connection)
            exchange = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
            undo.pop_all()
        for closed in (connection.close_callbacks, channel.close_callbacks):
            closed.add(lambda *_: on_lost())
        return cls(connection, channel=channel, exchange=exchange)

    @property
    def connected(self) -> bool:
        """Whether the broker is there now and takes messages."""
        return self._connection.connected.is_set() and not self._channel.is_closed

    async def close(self) -> None:
        """Closes the connection; messages in flight count as not confirmed."""
        await self._connection.close()

    async def publish(self, messages: Sequence[Message]) -> int:
        """Publishes in windows and counts the leading confirmed messages."""
        confirmed = 0
        for begin in range(0, len(messages), PUBLISHING_WINDOW):
            window = messages[begin : begin + PUBLISHING_WINDOW]
            outcomes = await asyncio.gather(
                *(self._publish_one(message) for message in window), return_exceptions=True
            )
            leading = _leading_confirmed(outcomes)
            confirmed += leading
            if leading < len(window):
                self._tell_failures(window, outcomes)
                if not confirmed and not any(_was_tried(outcome) for outcome in outcomes):
                    raise BrokerUnavailable("RabbitMQ cannot be reached")
                break
        return confirmed

    async def _publish_one(self, message: Message) -> None:
        if not self.connected:
            raise BrokerUnavailable("RabbitMQ cannot be reached")
        async with asyncio.timeout(CONFIRM_SECONDS):
            await self._exchange.publish(_as_amqp(message), message.routing_key, mandatory=True)

    def _tell_failures(
        self, window: Sequence[Message], outcomes: Sequence[BaseException | None]
    ) -> None:
        failed = [pair for pair in zip(window, outcomes, strict=True) if pair[1] is not None]
        first, outcome = failed[0]
        self._log.error(
            "message_not_confirmed",
            message=first.message_id,
            routing_key=first.routing_key,
            reason=_reason(outcome),
            messages=len(failed),
        )

    async def parked(self, queue: Queue) -> int:
        """How many messages lie in the queue's parking queue."""
        async with self._short_channel() as channel:
            parked = await channel.declare_queue(queue.parked_name, passive=True)
            return parked.declaration_result.message_count or 0

    async def retry_parked(self, queue: Queue) -> int:
        """Moves parked messages back; each leaves the parking queue once its own confirmed it."""
        async with self._short_channel() as channel:
            parked = await channel.declare_queue(queue.parked_name, passive=True)
            count = parked.declaration_result.message_count or 0
            for moved in range(count):
                message = await parked.get(fail=False)
                if message is None:
                    return moved
                await channel.default_exchange.publish(_again(message), queue.name, mandatory=True)
                await message.ack()
            return count

    def _short_channel(self) -> AbstractChannel:
        if not self.connected:
            raise BrokerUnavailable("RabbitMQ cannot be reached")
        return self._connection.channel(publisher_confirms=True, on_return_raises=True)


async def _channel(connection: AbstractConnection) -> AbstractChannel:
    channel = connection.channel(publisher_confirms=True, on_return_raises=True)
    await channel.initialize(timeout=CONNECT_SECONDS)
    return channel


def _as_amqp(message: Message) -> aio_pika.Message:
    headers = {PARTITION_HEADER: message.partition, TRACE_HEADER: message.traceparent}
    return aio_pika.Message(
        message.body,
        message_id=message.message_id,
        type=message.type,
        content_type=CONTENT_TYPE,
        correlation_id=message.correlation_id,
        timestamp=message.timestamp,
        app_id=APPLICATION,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        headers={name: value for name, value in headers.items() if value is not None},
    )


def _again(parked: aio_pika.abc.AbstractIncomingMessage) -> aio_pika.Message:
    """The message as it was first published: without the headers that say how often it failed."""
    return aio_pika.Message(
        parked.body,
        message_id=parked.message_id,
        type=parked.type,
        content_type=parked.content_type,
        correlation_id=parked.correlation_id,
        timestamp=parked.timestamp,
        app_id=parked.app_id,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
    )


def _leading_confirmed(outcomes: Sequence[BaseException | None]) -> int:
    for place, outcome in enumerate(outcomes):
        if outcome is not None:
            return place
    return len(outcomes)


def _was_tried(outcome: BaseException | None) -> bool:
    """Whether the broker was there to answer: it confirmed, refused or returned the message."""
    return outcome is None or isinstance(outcome, DeliveryError)


def _reason(outcome: BaseException | None) -> str:
    if isinstance(outcome, PublishError):
        return "no queue is bound to the routing key"
    if isinstance(outcome, DeliveryError):
        return "the broker refused to store it"
    if isinstance(outcome, TimeoutError):
        return f"not confirmed within {CONFIRM_SECONDS:g} seconds"
    if isinstance(outcome, (BrokerUnavailable, asyncio.CancelledError, *CONNECTION_EXCEPTIONS)):
        return "the connection is lost"
    return f"an error of its own: {type(outcome).__name__}"

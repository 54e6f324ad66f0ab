"""Publishing to RabbitMQ so that a confirmed message is stored, and one that is not is known.

aio-pika's defaults would publish transient messages and hand back unroutable ones without an error.
Here every message is persistent and mandatory, and counts only when the broker has confirmed it.
"""

import asyncio
from collections.abc import Sequence
from contextlib import AsyncExitStack
from typing import Self

import aio_pika
import structlog
from aio_pika.abc import AbstractExchange, AbstractRobustChannel, AbstractRobustConnection
from aio_pika.exceptions import CONNECTION_EXCEPTIONS, DeliveryError, PublishError

from shared.messaging.bus import CONTENT_TYPE, PUBLISHING_WINDOW, BrokerUnavailable, Message
from shared.messaging.topology import EVENTS_EXCHANGE, Queue, declare_topology

APPLICATION = "redress"
CONNECT_SECONDS = 5.0
RECONNECT_SECONDS = 1.0
CONFIRM_SECONDS = 10.0


class Publishing:
    """One connection with a channel for messages and one that keeps the topology declared."""

    def __init__(
        self,
        connection: AbstractRobustConnection,
        *,
        topology: AbstractRobustChannel,
        channel: AbstractRobustChannel,
        exchange: AbstractExchange,
    ) -> None:
        self._connection = connection
        # Kept because aio-pika restores, after a reconnect, only what somebody still holds.
        self._topology = topology
        self._channel = channel
        self._exchange = exchange
        self._log = structlog.get_logger()

    @classmethod
    async def open(cls, url: str, queues: tuple[Queue, ...]) -> Self:
        """Connects once and declares the topology; from then on the connection restores itself."""
        connection = await connect(url, name="redress publishing")
        async with AsyncExitStack() as undo:
            undo.push_async_callback(connection.close)
            topology = await _robust_channel(connection)
            await declare_topology(topology, queues)
            # A channel of its own: an error in a declaration must not close it under a publish.
            channel = await _robust_channel(connection)
            exchange = await channel.get_exchange(EVENTS_EXCHANGE, ensure=False)
            undo.pop_all()
        return cls(connection, topology=topology, channel=channel, exchange=exchange)

    @property
    def connected(self) -> bool:
        """Whether the broker is there now."""
        return self._connection.connected.is_set()

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
            parked = await channel.declare_queue(queue.parked_name, passive=True, robust=False)
            return parked.declaration_result.message_count or 0

    async def retry_parked(self, queue: Queue) -> int:
        """Moves parked messages back; each leaves the parking queue once its own confirmed it."""
        async with self._short_channel() as channel:
            parked = await channel.declare_queue(queue.parked_name, passive=True, robust=False)
            count = parked.declaration_result.message_count or 0
            for moved in range(count):
                message = await parked.get(fail=False)
                if message is None:
                    return moved
                await channel.default_exchange.publish(_again(message), queue.name, mandatory=True)
                await message.ack()
            return count

    def _short_channel(self) -> AbstractRobustChannel:
        if not self.connected:
            raise BrokerUnavailable("RabbitMQ cannot be reached")
        return self._connection.channel(publisher_confirms=True, on_return_raises=True)


async def connect(url: str, *, name: str) -> AbstractRobustConnection:
    """Connects or fails soon; once connected, the connection comes back by itself."""
    return await aio_pika.connect_robust(
        url,
        timeout=CONNECT_SECONDS,
        reconnect_interval=RECONNECT_SECONDS,
        fail_fast=True,
        client_properties={"connection_name": name},
    )


async def _robust_channel(connection: AbstractRobustConnection) -> AbstractRobustChannel:
    channel = connection.channel(publisher_confirms=True, on_return_raises=True)
    await channel.initialize(timeout=CONNECT_SECONDS)
    return channel


def _as_amqp(message: Message) -> aio_pika.Message:
    return aio_pika.Message(
        message.body,
        message_id=message.message_id,
        type=message.type,
        content_type=CONTENT_TYPE,
        correlation_id=message.correlation_id,
        timestamp=message.timestamp,
        app_id=APPLICATION,
        delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
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

"""The bus on RabbitMQ: FastStream consumes, an aio-pika channel of our own publishes with confirms.

FastStream's defaults are overridden here and in `rabbit_publishing`, each with a test: messages
would be transient, unroutable ones would return silently, a failed handler would drop its message,
and prefetch would have no limit.
"""

import asyncio
import contextlib
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass
from typing import cast

import structlog
from aio_pika import RobustConnection, connect_robust
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import CONNECTION_EXCEPTIONS
from faststream import AckPolicy
from faststream.rabbit import Channel, QueueType, RabbitBroker, RabbitMessage, RabbitQueue
from faststream.rabbit.subscriber import RabbitSubscriber

from shared.messaging.bus import BrokerUnavailable, Handler, Message
from shared.messaging.delivery import DEFAULT_WAITS, Delivery, Verdict, Waits, deliver
from shared.messaging.rabbit_publishing import (
    APPLICATION,
    CONNECT_SECONDS,
    Publishing,
)
from shared.messaging.topology import QUEUES, TRACE_HEADER, Queue
from shared.runtime.worker import repeat

# A handler that is in the middle of its work when the bus stops gets that long to finish it.
STOP_SECONDS = 5.0
LOOK_AGAIN_SECONDS = 0.5
RECONNECT_SECONDS = 1.0


@dataclass(slots=True)
class _Subscription:
    """What was asked for, and what serves it once the broker is there."""

    queue: Queue
    handler: Handler
    serving: RabbitSubscriber | None = None


class RabbitBus:
    """Connects in the background and stays connected; until then there is BrokerUnavailable."""

    def __init__(
        self, url: str, *, queues: tuple[Queue, ...] = QUEUES, waits: Waits = DEFAULT_WAITS
    ) -> None:
        self._url = url
        self._queues = queues
        self._waits = waits
        self._publishing: Publishing | None = None
        self._broker: _OwnedBroker | None = None
        self._subscriptions: list[_Subscription] = []
        self._stopping = asyncio.Event()
        self._changed = asyncio.Event()
        self._keeping: asyncio.Task[None] | None = None
        self._log = structlog.get_logger()

    async def start(self) -> None:
        """Begins to connect; a broker that is down is tried again until it is there."""
        self._stopping.clear()
        self._keeping = asyncio.create_task(
            repeat("rabbit_bus", self._connect_what_is_missing, self._stopping, wake=self._changed)
        )

    async def stop(self) -> None:
        """Lets handlers finish, then disconnects; the broker gives what they hold to others."""
        self._stopping.set()
        if self._keeping is not None:
            await self._keeping
            self._keeping = None
        await self._drop_broker()
        await self._drop_publishing()
        self._subscriptions.clear()

    async def connected(self) -> bool:
        """Whether messages can be published and every subscription is served."""
        if self._publishing is None or not self._publishing.connected:
            return False
        if not all(subscription.serving for subscription in self._subscriptions):
            return False
        return self._broker is None or await self._broker.ping(timeout=0.1)

    async def publish(self, messages: Sequence[Message]) -> int:
        """How many of the leading messages the broker has confirmed."""
        return await self._there().publish(messages)

    async def subscribe(self, queue: Queue, handler: Handler) -> None:
        """Serves the queue as soon as the broker is there."""
        self._subscriptions.append(_Subscription(queue, handler))
        self._changed.set()

    async def parked(self, queue: Queue) -> int:
        """How many messages of the queue are parked."""
        return await self._there().parked(queue)

    async def retry_parked(self, queue: Queue) -> int:
        """Puts the parked messages of the queue back into it; returns how many."""
        return await self._there().retry_parked(queue)

    def _there(self) -> Publishing:
        if self._publishing is None:
            raise BrokerUnavailable("RabbitMQ has not been reached yet")
        return self._publishing

    async def _connect_what_is_missing(self) -> float:
        if self._publishing is not None and not self._publishing.connected:
            await self._drop_publishing()
        if self._broker is not None and not await self._broker.ping(timeout=0.1):
            await self._drop_broker()
        if self._publishing is None:
            self._publishing = await self._open_publishing()
            self._log.info("broker_connected")
        if self._broker is None and self._subscriptions:
            self._broker = await self._open_broker()
        for subscription in self._subscriptions:
            if self._broker is not None and subscription.serving is None:
                subscription.serving = await self._serve(self._broker, subscription)
                self._log.info("queue_served", queue=subscription.queue.name)
        return LOOK_AGAIN_SECONDS

    async def _open_publishing(self) -> Publishing:
        return await Publishing.open(self._url, self._queues, on_lost=self._changed.set)

    async def _open_broker(self) -> "_OwnedBroker":
        broker = _OwnedBroker(
            self._url,
            timeout=CONNECT_SECONDS,
            fail_fast=True,
            reconnect_interval=RECONNECT_SECONDS,
            ack_policy=AckPolicy.MANUAL,
            graceful_timeout=STOP_SECONDS,
            app_id=APPLICATION,
            decoder=_undecoded,
            apply_types=False,
            logger=None,
        )
        async with AsyncExitStack() as undo:
            undo.push_async_callback(broker.release)
            await broker.start()
            undo.pop_all()
        return broker

    async def _serve(self, broker: RabbitBroker, subscription: _Subscription) -> RabbitSubscriber:
        async def take(message: RabbitMessage) -> None:
            await self._take(subscription, message.raw_message)

        queue = subscription.queue
        subscriber = broker.subscriber(
            # Declared by `declare_topology` alone: here only looked up.
            RabbitQueue(queue.name, queue_type=QueueType.QUORUM, declare=False),
            channel=Channel(prefetch_count=queue.prefetch),
            no_reply=True,
        )
        subscriber(take)
        await subscriber.start()
        return subscriber

    async def _take(self, subscription: _Subscription, message: AbstractIncomingMessage) -> None:
        delivery = Delivery(
            queue=subscription.queue.name,
            message_id=message.message_id or "",
            body=message.body,
            failures=_failures(message),
            traceparent=_traceparent(message),
        )
        verdict = await deliver(
            delivery, subscription.handler, waits=self._waits, stop=self._stopping
        )
        try:
            await _settle(message, verdict)
        except CONNECTION_EXCEPTIONS as lost:
            # The broker delivers the message again, and the handler knows it as a duplicate.
            self._log.info(
                "settlement_lost", message=delivery.message_id, error=type(lost).__name__
            )

    async def _drop_publishing(self) -> None:
        publishing, self._publishing = self._publishing, None
        if publishing is not None:
            with contextlib.suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
                async with asyncio.timeout(STOP_SECONDS):
                    await publishing.close()

    async def _drop_broker(self) -> None:
        """Ends consuming; a broker that is gone is not waited for, and is served anew once it is back.

        The library would restore the consumers by itself, and now and then fails to without a word.
        """
        broker, self._broker = self._broker, None
        for subscription in self._subscriptions:
            subscription.serving = None
        if broker is None:
            return
        try:
            async with asyncio.timeout(STOP_SECONDS + 1.0):
                if broker.is_connected:
                    await broker.stop()
        except (TimeoutError, ExceptionGroup, *CONNECTION_EXCEPTIONS) as trouble:
            self._log.warning("consumers_not_stopped_in_time", error=type(trouble).__name__)
        finally:
            await broker.release()


class _OwnedBroker(RabbitBroker):
    """FastStream's broker with a connection that can always be closed.

    FastStream forgets a connection whose first channel could not be opened; being a robust one it
    would then reconnect for ever, and neither the process nor a test could end.
    """

    _owned: RobustConnection | None = None

    @property
    def is_connected(self) -> bool:
        """Whether the broker can be reached at this moment."""
        return self._owned is not None and self._owned.connected.is_set()

    async def release(self) -> None:
        """Closes the connection, whatever state it is in; it does not come back."""
        if self._owned is not None:
            with contextlib.suppress(TimeoutError, *CONNECTION_EXCEPTIONS):
                async with asyncio.timeout(STOP_SECONDS):
                    await self._owned.close()

    async def _connect(self) -> RobustConnection:
        self._owned = connection = cast(
            RobustConnection, await connect_robust(**self._connection_kwargs)
        )
        if self._channel is None:
            self.config.connect(connection)
            self._channel = await self.config.channel_manager.get_channel()
        return connection


async def _undecoded(message: RabbitMessage) -> RabbitMessage:
    """FastStream would parse the JSON; the handler wants bytes and we settle the message."""
    return message


def _failures(message: AbstractIncomingMessage) -> int:
    """How often the broker has delivered the message before; quorum queues count it."""
    count = message.headers.get("x-delivery-count", 0)
    return count if isinstance(count, int) else 0


def _traceparent(message: AbstractIncomingMessage) -> str | None:
    value = message.headers.get(TRACE_HEADER)
    return value if isinstance(value, str) else None


async def _settle(message: AbstractIncomingMessage, verdict: Verdict) -> None:
    match verdict:
        case Verdict.TAKEN:
            await message.ack()
        case Verdict.REJECTED:
            await message.reject(requeue=False)
        case Verdict.FAILED:
            await message.nack(requeue=True)
        case Verdict.STOPPED:
            pass  # closing the connection gives it back

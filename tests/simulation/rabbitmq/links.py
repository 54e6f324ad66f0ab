"""What the product holds instead of aio-pika's connections, channels, exchanges and messages."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any, Self

from aio_pika.abc import AbstractMessage
from aio_pika.exceptions import DeliveryError, PublishError

from tests.simulation.rabbitmq.broker import Broker, Delivered, KeptQueue, Link


class Refused(DeliveryError):
    """The broker said no."""

    def __init__(self) -> None:
        Exception.__init__(self, "nack")

    def __str__(self) -> str:
        return "nack"


class Returned(PublishError):
    """No queue wanted the message."""

    def __init__(self) -> None:
        Exception.__init__(self, "returned")

    def __str__(self) -> str:
        return "returned"


class Opened:
    """An asyncio.Event that follows a link."""

    def __init__(self, link: Link) -> None:
        self._link = link

    def is_set(self) -> bool:
        """Whether the connection stands."""
        return self._link.is_open


class ModelLink:
    """A connection of a publisher."""

    def __init__(self, broker: Broker, link: Link) -> None:
        self._broker = broker
        self._link = link
        self.close_callbacks: set[Callable[..., Any]] = set()
        self.connected = Opened(link)
        self.in_flight: list[asyncio.Future[None]] = []
        link.on_lost.append(self._lost)

    def channel(self, **_options: bool) -> ModelChannel:
        """A channel; confirms and returns are always on, as the product asks."""
        return ModelChannel(self._broker, self, self._link)

    async def close(self) -> None:
        """Say goodbye."""
        self._broker.break_link(self._link)

    def _lost(self) -> None:
        for future in self.in_flight:
            if not future.done():
                future.set_exception(ConnectionResetError("the connection was lost"))
        for callback in list(self.close_callbacks):
            callback(self)


class ModelChannel:
    """A channel of a publisher."""

    def __init__(self, broker: Broker, connection: ModelLink, link: Link) -> None:
        self._broker = broker
        self._connection = connection
        self._link = link
        self._is_closed = False
        self.close_callbacks: set[Callable[..., Any]] = set()
        self.default_exchange = ModelExchange(broker, connection, link, name="")

    @property
    def is_closed(self) -> bool:
        """Whether it is of no use any more."""
        return self._is_closed or not self._link.is_open

    async def initialize(self, timeout: float | None = None) -> None:  # noqa: ASYNC109, ARG002 - aio-pika's name
        """Open it."""
        await asyncio.sleep(0)
        if not self._link.is_open:
            raise ConnectionResetError("the connection was lost")

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_closed = True

    async def declare_exchange(self, name: str, *_: object, **__: object) -> ModelExchange:
        """Exchanges need no keeping: bindings name them."""
        return ModelExchange(self._broker, self._connection, self._link, name=name)

    async def get_exchange(self, name: str, *, ensure: bool) -> ModelExchange:  # noqa: ARG002 - aio-pika's
        """The exchange of this name."""
        return await self.declare_exchange(name)

    async def declare_queue(
        self, name: str, *, arguments: dict[str, Any] | None = None, **_: object
    ) -> ModelQueue:
        """The queue of this name."""
        await asyncio.sleep(0)
        return ModelQueue(self._broker, self._broker.declare_queue(name, arguments or {}))


class ModelQueue:
    """A queue as a publisher's channel sees it."""

    def __init__(self, broker: Broker, queue: KeptQueue) -> None:
        self._broker = broker
        self._queue = queue
        self.declaration_result = SimpleNamespace(message_count=len(queue.waiting))

    async def bind(self, exchange: ModelExchange, *, routing_key: str) -> None:
        """Take what the key matches."""
        self._broker.bind(self._queue.name, exchange=exchange.name, key=routing_key)

    async def unbind(self, exchange: ModelExchange, *, routing_key: str) -> None:
        """Take it no longer."""
        self._broker.unbind(self._queue.name, exchange=exchange.name, key=routing_key)

    async def get(self, *, fail: bool) -> ModelIncoming | None:  # noqa: ARG002 - aio-pika's
        """The first message, which is gone with its acknowledgement."""
        if not self._queue.waiting:
            return None
        return ModelIncoming(self._queue.waiting.popleft().message)


class ModelExchange:
    """An exchange as a publisher's channel sees it."""

    def __init__(self, broker: Broker, connection: ModelLink, link: Link, *, name: str) -> None:
        self.name = name
        self._broker = broker
        self._connection = connection
        self._link = link

    async def publish(self, message: AbstractMessage, routing_key: str, *, mandatory: bool) -> None:
        """Return when the broker has confirmed the message; raise what aio-pika raises."""
        assert mandatory, "an unroutable message would return without a word"
        assert message.delivery_mode == 2, "a transient message would not survive the broker"
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._connection.in_flight.append(future)
        self._broker.mischief.send(
            self._connection, lambda: self._arrive(message, routing_key, future)
        )
        try:
            await future
        finally:
            self._connection.in_flight.remove(future)

    def _arrive(
        self, message: AbstractMessage, routing_key: str, future: asyncio.Future[None]
    ) -> None:
        if not self._link.is_open:
            return
        broker = self._broker
        queues = broker.route(exchange=self.name, key=routing_key)
        refused = bool(queues) and broker.mischief.refuses()
        if queues and not refused:
            broker.store(queues, message)
        if not broker.mischief.loses_confirm():
            error = Refused() if refused else None if queues else Returned()
            broker.mischief.send(self._link, lambda: self._answer(future, error))

    def _answer(self, future: asyncio.Future[None], error: Exception | None) -> None:
        if future.done() or not self._link.is_open:
            return
        if error is None:
            future.set_result(None)
        else:
            future.set_exception(error)


class ModelIncoming:
    """A message in a consumer's hand."""

    def __init__(self, message: AbstractMessage, delivered: Delivered | None = None) -> None:
        self._delivered = delivered
        self.body = message.body
        self.message_id = message.message_id
        self.type = message.type
        self.content_type = message.content_type
        self.correlation_id = message.correlation_id
        self.timestamp = message.timestamp
        self.app_id = message.app_id
        self.headers = dict(message.headers or {})
        if delivered is not None:
            self.headers["x-delivery-count"] = delivered.stored.failures

    async def ack(self) -> None:
        """It was taken."""
        self._settle(taken=True)

    async def reject(self, *, requeue: bool) -> None:
        """It can never be taken."""
        self._settle(taken=False, requeue=requeue)

    async def nack(self, *, requeue: bool) -> None:
        """It could not be taken now."""
        self._settle(taken=False, requeue=requeue)

    def _settle(self, *, taken: bool, requeue: bool = False) -> None:
        if self._delivered is None:
            return
        if not self._delivered.consumer.connection.is_open:
            raise ConnectionResetError("the connection was lost")
        self._delivered.settle(taken=taken, requeue=requeue)

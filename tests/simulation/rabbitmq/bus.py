"""The product's RabbitMQ bus on the model of the broker: only who opens the connections is another."""

from __future__ import annotations

import asyncio
from typing import Any, cast

from aio_pika.abc import AbstractConnection, AbstractIncomingMessage
from faststream.rabbit.subscriber import RabbitSubscriber

from shared.messaging.delivery import DEFAULT_WAITS, Waits
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.rabbit_publishing import Publishing
from tests.simulation.rabbitmq.broker import Broker, Consumer, Delivered, Link
from tests.simulation.rabbitmq.links import ModelIncoming, ModelLink


class ModelBus(RabbitBus):
    """Connects to the model; publishes, settles, waits and reconnects with the product's code."""

    def __init__(self, broker: Broker, *, name: str, waits: Waits = DEFAULT_WAITS) -> None:
        super().__init__(f"model of {name}", waits=waits)
        self._model = broker
        self._name = name

    async def _open_publishing(self) -> Publishing:
        await asyncio.sleep(0)
        link = self._model.connect(f"{self._name} publishing")
        connection = cast(AbstractConnection, ModelLink(self._model, link))
        return await Publishing.over(connection, self._queues, on_lost=self._changed.set)

    async def _open_broker(self) -> Any:
        await asyncio.sleep(0)
        link = self._model.connect(f"{self._name} consuming")
        link.on_lost.append(self._changed.set)
        return _Consuming(self._model, link)

    async def _serve(self, broker: Any, subscription: Any) -> RabbitSubscriber:
        loop = asyncio.get_running_loop()
        taking: set[asyncio.Task[None]] = set()

        def give(delivered: Delivered) -> None:
            message = ModelIncoming(delivered.stored.message, delivered)
            taken = self._take(subscription, cast(AbstractIncomingMessage, message))
            task = loop.create_task(taken)
            taking.add(task)
            task.add_done_callback(taking.discard)

        queue = subscription.queue
        self._model.consume(queue.name, Consumer(broker.link, queue.prefetch, give))
        return cast(RabbitSubscriber, taking)


class _Consuming:
    """What FastStream's broker is to the bus."""

    def __init__(self, broker: Broker, link: Link) -> None:
        self._broker = broker
        self.link = link

    @property
    def is_connected(self) -> bool:
        """Whether the connection stands."""
        return self.link.is_open

    async def ping(self, *, timeout: float) -> bool:  # noqa: ASYNC109, ARG002 - FastStream's
        """Whether the broker answers."""
        return self.link.is_open

    async def stop(self) -> None:
        """Stop consuming; what is in hand goes back."""
        self._broker.break_link(self.link)

    async def release(self) -> None:
        """Close the connection."""
        self._broker.break_link(self.link)

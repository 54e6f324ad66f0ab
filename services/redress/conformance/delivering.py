"""Puts messages into the queue of the subscriber under test, and looks at that queue; declares nothing."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

import aio_pika
import orjson
from aio_pika.abc import AbstractConnection
from aio_pika.exceptions import AMQPError
from aiormq.exceptions import ChannelNotFoundEntity

from services.redress.conformance.invented_feed import Event
from services.redress.conformance.judging import Queue
from shared.messaging.bus import CONTENT_TYPE, Message
from shared.messaging.topology import QUEUES

CONNECT_SECONDS = 10.0
CONFIRM_SECONDS = 10.0


class KitRefused(RuntimeError):
    """The run cannot begin or go on; says why and what to do."""


class Deliveries:
    """One connection to the test broker."""

    def __init__(self, connection: AbstractConnection, queue: str) -> None:
        self._connection = connection
        self._queue = queue
        self._publishing: aio_pika.abc.AbstractChannel | None = None

    async def deliver(self, event: Event) -> None:
        """Puts one event into the queue, persistent and confirmed."""
        await self._publish(
            orjson.dumps(event), message_id=event["id"], type_=event["type"], at=None
        )

    async def beat(self, message: Message) -> None:
        """Puts a heartbeat into the queue."""
        await self._publish(
            message.body, message_id=message.message_id, type_=message.type, at=message.timestamp
        )

    async def look(self) -> Queue:
        """How many messages wait in the queue, and how many consumers it has."""
        try:
            # A channel of its own: a queue that is not there closes the channel that asks.
            async with self._connection.channel() as channel:
                found = await channel.declare_queue(self._queue, passive=True)
        except ChannelNotFoundEntity:
            raise KitRefused(
                f"There is no queue {self._queue}: let the operator of the test broker make it."
            ) from None
        except (OSError, AMQPError) as trouble:
            raise KitRefused(
                f"The test broker does not let the kit look at {self._queue}: {type(trouble).__name__}."
            ) from trouble
        result = found.declaration_result
        return Queue(messages=result.message_count or 0, consumers=result.consumer_count or 0)

    async def _publish(
        self, body: bytes, *, message_id: str, type_: str, at: datetime | None
    ) -> None:
        if self._publishing is None:
            self._publishing = await self._connection.channel(on_return_raises=True)
        message = aio_pika.Message(
            body,
            message_id=message_id,
            type=type_,
            content_type=CONTENT_TYPE,
            timestamp=at,
            delivery_mode=aio_pika.DeliveryMode.PERSISTENT,
        )
        try:
            async with asyncio.timeout(CONFIRM_SECONDS):
                await self._publishing.default_exchange.publish(
                    message, self._queue, mandatory=True
                )
        except (TimeoutError, AMQPError) as trouble:
            raise KitRefused(
                f"The test broker does not take messages for {self._queue}: {type(trouble).__name__}."
            ) from trouble


@asynccontextmanager
async def deliveries(amqp_url: str, queue: str) -> AsyncIterator[Deliveries]:
    """Connects; refuses the queues of Redress itself, which are never a subscriber's."""
    if queue in {name for own in QUEUES for name in (own.name, own.parked_name)}:
        raise KitRefused(f"{queue} is a queue of Redress itself: name the subscriber's own.")
    try:
        connection = await aio_pika.connect(
            amqp_url,
            timeout=CONNECT_SECONDS,
            client_properties={"connection_name": "redress conformance"},
        )
    except (OSError, AMQPError, TimeoutError, ValueError) as trouble:
        raise KitRefused(
            f"The test broker cannot be reached ({type(trouble).__name__}): look at --amqp-url."
        ) from trouble
    async with connection:
        yield Deliveries(connection, queue)

"""A subscriber of another organisation: a durable queue of its own that keeps all it was told."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

from aio_pika import connect
from aio_pika.abc import AbstractIncomingMessage

from shared.messaging.envelope import FeedEntry
from shared.messaging.topology import (
    EVENTS_EXCHANGE,
    HEARTBEATS,
    QUEUES,
    WHOLE_FEED,
    declare_topology,
)

QUEUE = "outside.everything"
NEXT_WITHIN_SECONDS = 60.0
# Without the heartbeats, which tell of no fact.
EVERY_FACT = tuple(each for each in WHOLE_FEED if each != HEARTBEATS)


@dataclass(frozen=True)
class Outside:
    """The queue, on a broker that may be restarted meanwhile."""

    url: str

    def subscribe(self) -> None:
        """Bind the queue to every fact; it outlives the broker."""
        asyncio.run(self._subscribe())

    def places(self) -> list[int]:
        """The places of the feed in the order in which they came; takes them out of the queue."""
        return asyncio.run(self._places())

    async def _subscribe(self) -> None:
        async with await connect(self.url) as connection:
            channel = await connection.channel()
            await declare_topology(channel, QUEUES)
            queue = await channel.declare_queue(
                QUEUE, durable=True, arguments={"x-queue-type": "quorum"}
            )
            for binding in EVERY_FACT:
                await queue.bind(EVENTS_EXCHANGE, binding)

    async def _places(self) -> list[int]:
        places: list[int] = []
        async with await connect(self.url) as connection:
            channel = await connection.channel()
            queue = await channel.declare_queue(QUEUE, passive=True)
            waiting = queue.declaration_result.message_count or 0
            taken: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
            await queue.consume(taken.put)
            while len(places) < waiting:
                message = await asyncio.wait_for(taken.get(), NEXT_WITHIN_SECONDS)
                places.append(FeedEntry.from_body(message.body).seq)
                # A quorum queue hands out two thousand that nobody settles, and then no more.
                await message.ack()
        return places

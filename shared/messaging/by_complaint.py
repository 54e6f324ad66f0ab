"""Follows the feeds with several workers at once: complaints are spread over queues, and each keeps its own order.

A message is a nudge to deal with its complaint: everything of it that was not dealt with yet is taken from the log, in
order. Behind the messages the position goes through the feed as in any follower, a few seconds late, so that a lost
message is found, and nothing depends on where the broker put it.
"""

import asyncio
from collections import defaultdict

import orjson

from shared.database.pool import Database
from shared.messaging.ahead import Ahead
from shared.messaging.applying import Apply
from shared.messaging.bus import Bus, RejectMessage
from shared.messaging.follower import FeedFollower
from shared.messaging.topology import Queue
from shared.runtime.clock import Clock
from shared.runtime.worker import repeat, rest

# Complaints that one process deals with at the same time; each holds a connection meanwhile.
AT_ONCE = 4
# A process serves its own queue at once, and stands by for the others when they had time to be served by their own.
STAND_BY_AFTER_SECONDS = 5.0


class ComplaintFollower(FeedFollower):
    """A worker among several that keep one consumer's effects at the head of every feed.

    `queues` are the partitions of the consumer, each with a single active consumer; `preferred` is the one that this
    process serves at once. It stands by for the others; with none preferred it takes what it gets.
    """

    def __init__(
        self,
        *,
        name: str,
        database: Database,
        bus: Bus,
        queues: tuple[Queue, ...],
        schema: str,
        apply: Apply,
        clock: Clock,
        preferred: int | None = None,
    ) -> None:
        super().__init__(
            name=name,
            database=database,
            bus=bus,
            queue=queues[0],
            schema=schema,
            apply=apply,
            clock=clock,
            ahead=Ahead(schema=schema, consumer=name),
        )
        if preferred is not None and not 0 <= preferred < len(queues):
            raise ValueError(f"the partitions are 0 to {len(queues) - 1}, and {preferred} is none")
        self._queues = queues
        self._preferred = preferred
        self._at_work = asyncio.Semaphore(AT_ONCE)
        self._seen_before: defaultdict[str, int] = defaultdict(int)

    async def run(self, stop: asyncio.Event) -> None:
        """Takes messages of its partitions, and lets the position follow."""
        self._stop = stop
        standing_by = asyncio.create_task(self._subscribe(stop))
        try:
            await repeat(self.name, self._look, stop)
        finally:
            await standing_by

    async def receive(self, body: bytes) -> None:
        """Deals with the complaint of one message; returns after its effects are committed."""
        landlord, stream, seq = _complaint_of(body)
        async with self._at_work:
            with self._traces.noted(landlord, seq):
                await asyncio.to_thread(self._applying.take_complaint, landlord, stream)

    async def _subscribe(self, stop: asyncio.Event) -> None:
        first = [each for place, each in enumerate(self._queues) if place == self._preferred]
        for queue in first or self._queues:
            await self._bus.subscribe(queue, self.receive)
        if first:
            await rest(stop, STAND_BY_AFTER_SECONDS)
            for queue in self._queues:
                if queue not in first and not stop.is_set():
                    await self._bus.subscribe(queue, self.receive)

    async def _look_at(self, landlord: str) -> None:
        """Moves the position to where the feed ended at the look before: what is newer is on its way in messages."""
        await asyncio.to_thread(self._follow, landlord)

    def _follow(self, landlord: str) -> None:
        through = self._seen_before[landlord]
        self._seen_before[landlord] = self._applying.end_of(landlord)
        while not self._is_stopping():
            taken = self._tried(landlord, None, through=through)
            if not taken.entries:
                return


def _complaint_of(body: bytes) -> tuple[str, str, int]:
    try:
        event = orjson.loads(body)
        landlord, stream, seq = event["landlord"], event["subject"], event["feedseq"]
    except (orjson.JSONDecodeError, KeyError, TypeError):
        landlord = stream = seq = None
    if not (isinstance(landlord, str) and isinstance(stream, str) and isinstance(seq, int)):
        raise RejectMessage("not an event of a complaint: landlord, subject, feedseq")
    return landlord, stream, seq

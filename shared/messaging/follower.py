"""Follows every landlord's feed in order: each event has its effect once, and none is missed.

A message is applied when it is the next one, passed over when it is not above the position, and
otherwise it is a nudge to pull what is missing from the feed. Parked events wait for somebody to
retry or to skip them, with the poison's stream; other streams go on.
"""

import asyncio
from collections import defaultdict
from typing import Any

import structlog
from psycopg import Cursor

from shared.database.pool import Database
from shared.eventstore.feed import FeedUnknown
from shared.messaging.ahead import Ahead
from shared.messaging.applying import PAGE, Apply, Applying, Lag, Taken
from shared.messaging.bus import Bus
from shared.messaging.envelope import FeedEntry
from shared.messaging.failures import TROUBLE_AROUND, describe
from shared.messaging.positions import Parked, Skipped
from shared.messaging.topology import Queue
from shared.messaging.traces import EventTraces
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock
from shared.runtime.worker import repeat

Row = dict[str, Any]

# How long a lost last message stays unnoticed at most, when no heartbeat comes either.
LOOK_EVERY_SECONDS = 2.0


class FeedFollower:
    """A worker that keeps one consumer's effects at the head of every feed.

    Any number of processes may run the same consumer: the row of the position is locked while
    entries are applied, so they take turns.
    """

    def __init__(
        self,
        *,
        name: str,
        database: Database,
        bus: Bus,
        queue: Queue,
        schema: str,
        apply: Apply,
        clock: Clock,
        ahead: Ahead | None = None,
    ) -> None:
        self.name = name
        self._database = database
        self._bus = bus
        self._queue = queue
        self._traces = EventTraces(name, apply)
        self._applying = Applying(
            consumer=name,
            database=database,
            schema=schema,
            apply=self._traces.apply,
            clock=clock,
            ahead=ahead,
        )
        self._turns: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._newest: defaultdict[str, int] = defaultdict(int)  # the highest entry heard of
        self._reached: defaultdict[str, int] = defaultdict(int)  # everything up to here is done
        self._stop: asyncio.Event | None = None
        self._log = structlog.get_logger().bind(consumer=name)

    async def run(self, stop: asyncio.Event) -> None:
        """Takes messages, and looks by itself for feeds that are ahead, first at the start."""
        self._stop = stop
        await self._bus.subscribe(self._queue, self.receive)
        await repeat(self.name, self._look, stop)

    async def receive(self, body: bytes) -> None:
        """Takes one message of the queue; returns after its effect is committed."""
        entry = FeedEntry.from_body(body)
        landlord = entry.landlord
        self._newest[landlord] = max(self._newest[landlord], entry.seq)
        with self._traces.noted(landlord, entry.seq):
            await self._take_in_turn(landlord, entry)

    async def _take_in_turn(self, landlord: str, entry: FeedEntry) -> None:
        async with self._turns[landlord]:
            if entry.seq <= self._reached[landlord]:
                return  # a duplicate, or applied in a page with an earlier message
            # With more messages waiting for their turn, one page is one transaction for them all.
            is_newest = self._newest[landlord] == entry.seq
            await asyncio.to_thread(self._take, landlord, entry if is_newest else None)
            if entry.seq > self._reached[landlord]:
                self._log.warning("entry_not_in_feed", landlord=landlord, seq=entry.seq)

    def catch_up(self, landlord: str) -> int:
        """Pulls and applies everything up to the head of the feed; returns how many entries."""
        return self._take(landlord, None)

    def position(self, cursor: Cursor[Row], landlord: str) -> int:
        """The last entry of the landlord's feed that it has dealt with."""
        return self._applying.position(cursor, landlord)

    def lag(self, cursor: Cursor[Row], landlord: str) -> Lag:
        """How far it is behind, measured from the tables."""
        return self._applying.lag(cursor, landlord)

    def parked(self, cursor: Cursor[Row], landlord: str) -> tuple[Parked, ...]:
        """What is kept aside, in the order of the feed."""
        return self._applying.parked(cursor, landlord)

    def retry_parked(self, cursor: Cursor[Row], *, landlord: str, stream: str) -> int:
        """Applies a stream's parked events in order, up to the first that fails again."""
        return self._applying.retry_parked(cursor, landlord=landlord, stream=stream)

    def skipped(self, cursor: Cursor[Row], landlord: str) -> tuple[Skipped, ...]:
        """What was given up, in the order of the feed."""
        return self._applying.skipped(cursor, landlord)

    def skip_parked(
        self, cursor: Cursor[Row], *, landlord: str, seq: int, reason: str, by: str
    ) -> int:
        """Gives up one parked event for good, on record with its reason, and applies what waited
        behind it.
        """
        return self._applying.skip_parked(cursor, landlord=landlord, seq=seq, reason=reason, by=by)

    async def _look(self) -> float:
        trouble: BaseException | None = None
        for landlord in await asyncio.to_thread(self._landlords):
            try:
                await self._look_at(landlord)
            except (FeedUnknown, *TROUBLE_AROUND) as error:
                trouble = error  # one landlord's locked row must not keep the others waiting
        if trouble is not None:
            raise trouble
        return LOOK_EVERY_SECONDS

    async def _look_at(self, landlord: str) -> None:
        if await asyncio.to_thread(self._applying.is_behind, landlord):
            async with self._turns[landlord]:
                await asyncio.to_thread(self._take, landlord, None)

    def _landlords(self) -> list[str]:
        with self._database.directory() as cursor:
            return [each.landlord for each in all_landlords(cursor)]

    def _take(self, landlord: str, entry: FeedEntry | None) -> int:
        """Applies the entry if it is the next one, else pulls pages up to the head of the feed."""
        taken = self._tried(landlord, entry)
        total = taken.entries
        while taken.entries == PAGE and not self._is_stopping():
            taken = self._tried(landlord, None)
            total += taken.entries
        return total

    def _tried(
        self, landlord: str, entry: FeedEntry | None, *, through: int | None = None
    ) -> Taken:
        try:
            taken = None if entry is None else self._applying.take_next(entry)
            taken = taken or self._applying.take_page(landlord, through=through)
        except TROUBLE_AROUND:
            raise
        except Exception as failure:  # noqa: BLE001 - whatever an effect raises is parked
            self._log.warning("page_failed", landlord=landlord, error=describe(failure))
            taken = self._applying.take_page_singly(landlord, through=through)
        self._reached[landlord] = taken.position
        return taken

    def _is_stopping(self) -> bool:
        return self._stop is not None and self._stop.is_set()

"""What tests of shared consumers work with: effects that can be counted, and followers that share them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

import aio_pika
from psycopg import Cursor

from shared.database.pool import Database
from shared.eventstore.feed import read_feed
from shared.eventstore.record import RecordedEvent
from shared.messaging.bus import Message
from shared.messaging.by_complaint import ComplaintFollower
from shared.messaging.envelope import to_message
from shared.messaging.topology import NOTIFIER_FEED, partitions_of
from shared.runtime.clock import SettableClock
from tests.eventstore.building import RIVERSIDE, WED_11_MAR_2026
from tests.messaging.following import Feed

WORKERS = 4
STREAMS = [f"RC-2026-{number:06}" for number in range(1, 25)]
Row = dict[str, Any]


@dataclass
class Effects:
    """What each worker did, in the order in which it did it; an effect that was rolled back is none."""

    owner: Database
    poison: set[int] = field(default_factory=set)

    def of(self, worker: int) -> Callable[[Cursor[Row], RecordedEvent], None]:
        """The effect that a worker has."""

        def effect(cursor: Cursor[Row], event: RecordedEvent) -> None:
            cursor.execute(
                "INSERT INTO notifier.effect (landlord, seq, stream, version, worker) VALUES (%s, %s, %s, %s, %s)",
                (event.landlord, event.seq, event.stream, event.version, worker),
            )
            if event.seq in self.poison:
                raise ValueError("poison")

        return effect

    def rows(self) -> list[Row]:
        with self.owner.transaction(RIVERSIDE) as cursor:
            return cursor.execute(
                "SELECT seq, stream, version, worker FROM notifier.effect ORDER BY place"
            ).fetchall()

    def by_stream(self) -> dict[str, list[int]]:
        """The versions of each complaint, in the order of their effects."""
        found: defaultdict[str, list[int]] = defaultdict(list)
        for row in self.rows():
            found[row["stream"]].append(row["version"])
        return dict(found)

    def ahead(self) -> int:
        """How many notes are left."""
        with self.owner.transaction(RIVERSIDE) as cursor:
            row = cursor.execute("SELECT count(*) AS notes FROM notifier.ahead").fetchone()
        assert row is not None
        return int(row["notes"])


def messages(feed: Feed) -> list[Message]:
    with feed.database.transaction(RIVERSIDE) as cursor:
        return [to_message(event) for event in read_feed(cursor, RIVERSIDE, after=0, limit=1000)]


def grown(feed: Feed, count: int, *, seed: int = 1) -> None:
    chance = Random(seed)
    for _ in range(count):
        feed.grows(1, stream=chance.choice(STREAMS))


def expected(feed: Feed) -> dict[str, list[int]]:
    found: defaultdict[str, list[int]] = defaultdict(list)
    with feed.database.transaction(RIVERSIDE) as cursor:
        for event in read_feed(cursor, RIVERSIDE, after=0, limit=1000):
            found[event.stream].append(event.version)
    return dict(found)


def follower(database: Database, effect: Any, **more: Any) -> ComplaintFollower:
    given = {"bus": None, "queues": partitions_of(NOTIFIER_FEED, WORKERS)} | more
    return ComplaintFollower(
        name=NOTIFIER_FEED.name,
        database=database,
        schema="notifier",
        apply=effect,
        clock=SettableClock(WED_11_MAR_2026),
        **given,
    )


async def removed(url: str) -> None:
    """The partitions are deleted, for the sake of a broker that all tests share."""
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for queue in partitions_of(NOTIFIER_FEED, WORKERS):
            await channel.queue_delete(queue.name)
            await channel.queue_delete(queue.parked_name)
            await channel.exchange_delete(queue.spread_by or "")

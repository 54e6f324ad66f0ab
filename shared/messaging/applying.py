"""Applies the entries of a feed inside the transaction that moves the position; parks what fails.

A page is one transaction. When one of its events fails, the page is taken again event by event,
each under a savepoint and with a few tries: what still fails is poison and is parked, later events
of its stream are parked as held, and the position moves on.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import structlog
from psycopg import Cursor

from shared.database.pool import Database
from shared.eventstore.feed import consumed, head, read_feed
from shared.eventstore.record import RecordedEvent
from shared.messaging.ahead import Ahead
from shared.messaging.envelope import FeedEntry
from shared.messaging.failures import TROUBLE_AROUND, describe
from shared.messaging.positions import HELD, POISON, Parked, Positions, Skipped
from shared.runtime.clock import Clock

Row = dict[str, Any]
Apply = Callable[[Cursor[Row], RecordedEvent], None]

PAGE = 200
# Three tries of one event, in case its trouble was another transaction; then it is poison.
WAIT_BEFORE_TRY_SECONDS = (0.0, 0.05, 0.1)
# What identifies an event in its feed and stream.
_PLACE = ("landlord", "seq", "stream", "event_id")


class NotSkipped(ValueError):
    """The event cannot be given up, or not like this; says why."""


@dataclass(frozen=True, slots=True)
class Lag:
    """How far a consumer is behind: entries, since when the oldest waits, and what is parked."""

    entries: int
    oldest_recorded_at: datetime | None
    parked: int


@dataclass(frozen=True, slots=True)
class Taken:
    """Where the position is after some entries were taken, and how many they were."""

    position: int
    entries: int


class Applying:
    """One consumer's effects, without the question of when: the follower's synchronous half."""

    def __init__(
        self,
        *,
        consumer: str,
        database: Database,
        schema: str,
        apply: Apply,
        clock: Clock,
        ahead: Ahead | None = None,
    ) -> None:
        self._ahead = ahead
        self._database = database
        self._positions = Positions(schema=schema, consumer=consumer)
        self._apply = apply
        self._clock = clock
        self._log = structlog.get_logger().bind(consumer=consumer)

    def take_next(self, entry: FeedEntry) -> Taken | None:
        """Applies the entry when it is the next one; None when it is not, or cannot be applied so.

        A duplicate is nothing to do, which is an answer too.
        """
        if entry.record is None:
            return None
        with self._database.transaction(entry.landlord) as cursor:
            position = self._positions.lock(cursor, entry.landlord, now=self._clock.now())
            if entry.seq <= position:
                return Taken(position, 0)
            if entry.previous_seq != position:
                return None
            self._apply_page(cursor, (entry.record,))
            return Taken(entry.seq, 1)

    def take_page(self, landlord: str, *, through: int | None = None) -> Taken:
        """Pulls one page from the feed, not beyond `through`, and applies it; raises what an effect raises."""
        with self._database.transaction(landlord) as cursor:
            position = self._positions.lock(cursor, landlord, now=self._clock.now())
            limit = _up_to(position, through)
            page = read_feed(cursor, landlord, after=position, limit=limit) if limit else ()
            if not page:
                return Taken(position, 0)
            self._apply_page(cursor, page)
            return Taken(page[-1].seq, len(page))

    def take_page_singly(self, landlord: str, *, through: int | None = None) -> Taken:
        """The same page event by event: what fails is parked."""
        with self._database.transaction(landlord) as cursor:
            position = self._positions.lock(cursor, landlord, now=self._clock.now())
            limit = _up_to(position, through)
            rows = _rows(cursor, landlord, after=position, limit=limit) if limit else []
            if not rows:
                return Taken(position, 0)
            places = [(row["stream"], row["version"]) for row in rows]
            done = self._hold(cursor, landlord, places)
            self._apply_singly(cursor, [row for row in rows if _is_new(row, done)])
            self._move(cursor, landlord, seq=rows[-1]["seq"], places=places)
            return Taken(rows[-1]["seq"], len(rows))

    def take_complaint(self, landlord: str, stream: str) -> int:
        """Applies what one complaint has on the log and was not dealt with yet, whatever the position is; how many
        entries that were. Only for a consumer that is shared by complaint.
        """
        if self._ahead is None:
            raise RuntimeError(f"{self._positions.consumer} is not shared by complaint")
        total = 0
        while True:
            with self._database.transaction(landlord) as cursor:
                noted = self._ahead.lock(cursor, landlord, [stream]).get(stream, 0)
                rows = _rows_of_complaint(
                    cursor,
                    landlord,
                    stream,
                    after_version=noted,
                    after_seq=self._positions.read(cursor, landlord),
                )
                if rows:
                    self._apply_singly(cursor, rows)
                    self._ahead.note(cursor, landlord, stream, version=rows[-1]["version"])
            total += len(rows)
            if len(rows) < PAGE:
                return total

    def end_of(self, landlord: str) -> int:
        """The number of the last entry of the feed."""
        with self._database.transaction(landlord) as cursor:
            return head(cursor, landlord)

    def is_behind(self, landlord: str) -> bool:
        """Whether the feed holds entries above the position; takes no lock."""
        with self._database.transaction(landlord) as cursor:
            return head(cursor, landlord) > self._positions.read(cursor, landlord)

    def position(self, cursor: Cursor[Row], landlord: str) -> int:
        """The last entry of the feed that was dealt with."""
        return self._positions.read(cursor, landlord)

    def lag(self, cursor: Cursor[Row], landlord: str) -> Lag:
        """The measure of health, which does not depend on a follower running."""
        position = self._positions.read(cursor, landlord)
        next_rows = _rows(cursor, landlord, after=position, limit=1)
        return Lag(
            entries=max(0, head(cursor, landlord) - position),
            oldest_recorded_at=next_rows[0]["recorded_at"] if next_rows else None,
            parked=len(self.parked(cursor, landlord)),
        )

    def parked(self, cursor: Cursor[Row], landlord: str) -> tuple[Parked, ...]:
        """What is kept aside, in the order of the feed."""
        return self._positions.parked(cursor, landlord)

    def retry_parked(self, cursor: Cursor[Row], *, landlord: str, stream: str) -> int:
        """Applies the parked events of a stream in order, up to the first that fails again."""
        self._positions.lock(cursor, landlord, now=self._clock.now())
        if self._ahead is not None:
            self._ahead.lock(cursor, landlord, [stream])
        waiting = [each for each in self.parked(cursor, landlord) if each.stream == stream]
        for applied, parked in enumerate(waiting):
            row = _rows(cursor, landlord, after=parked.seq - 1, limit=1)[0]
            error = self._try(cursor, row)
            if error is not None:
                self._park(cursor, row, error=error)
                return applied
            self._positions.unpark(cursor, landlord, seq=parked.seq)
        return len(waiting)

    def skipped(self, cursor: Cursor[Row], landlord: str) -> tuple[Skipped, ...]:
        """What was given up, in the order of the feed."""
        return self._positions.skipped(cursor, landlord)

    def skip_parked(
        self, cursor: Cursor[Row], *, landlord: str, seq: int, reason: str, by: str
    ) -> int:
        """Gives up the first parked event of its stream for good, keeps on record who did it and
        why, and applies what waited behind it.
        """
        now = self._clock.now()
        self._positions.lock(cursor, landlord, now=now)
        parked = {each.seq: each for each in self.parked(cursor, landlord)}
        if seq not in parked:
            raise NotSkipped(f"entry {seq} of {landlord} is not parked")
        given_up = parked[seq]
        first = next(each.seq for each in parked.values() if each.stream == given_up.stream)
        if seq != first:
            raise NotSkipped(f"entry {seq} only waits behind entry {first}: deal with that one")
        if not reason.strip() or not by.strip():
            raise NotSkipped("an event is skipped only with a reason, and by somebody")
        skipped = Skipped(
            seq=seq,
            stream=given_up.stream,
            event_id=given_up.event_id,
            error=given_up.error,
            parked_at=given_up.parked_at,
            reason=reason.strip(),
            skipped_by=by.strip(),
            skipped_at=now,
        )
        self._positions.skip(cursor, landlord, skipped=skipped)
        self._log.warning("parked_skipped", landlord=landlord, seq=seq, reason=skipped.reason)
        return self.retry_parked(cursor, landlord=landlord, stream=given_up.stream)

    def _apply_page(self, cursor: Cursor[Row], page: Sequence[RecordedEvent]) -> None:
        landlord = page[0].landlord
        places = [(event.stream, event.version) for event in page]
        done = self._hold(cursor, landlord, places)
        held = self._held(cursor, landlord, [event.stream for event in page])
        for event in page:
            if event.version <= done.get(event.stream, 0):
                continue
            if event.stream in held:
                row = {name: getattr(event, name) for name in _PLACE}
                self._park(cursor, row, error=None)
            else:
                self._apply(cursor, event)
        self._move(cursor, landlord, seq=page[-1].seq, places=places)

    def _apply_singly(self, cursor: Cursor[Row], rows: Sequence[Row]) -> None:
        """Applies entry by entry; parks what fails, and what comes behind it of its complaint."""
        if not rows:
            return
        held = set(self._held(cursor, rows[0]["landlord"], [row["stream"] for row in rows]))
        for row in rows:
            if row["stream"] in held:
                self._park(cursor, row, error=None)
            elif (error := self._try(cursor, row)) is not None:
                self._park(cursor, row, error=error)
                held.add(row["stream"])

    def _hold(
        self, cursor: Cursor[Row], landlord: str, places: Sequence[tuple[str, int]]
    ) -> dict[str, int]:
        """Where workers share the consumer: holds the complaints, and says how far each was dealt with."""
        if self._ahead is None:
            return {}
        return self._ahead.lock(cursor, landlord, [stream for stream, _ in places])

    def _move(
        self, cursor: Cursor[Row], landlord: str, *, seq: int, places: Sequence[tuple[str, int]]
    ) -> None:
        self._positions.move(cursor, landlord, seq=seq, now=self._clock.now())
        if self._ahead is not None:
            self._ahead.forget(cursor, landlord, reached=dict(places))

    def _held(self, cursor: Cursor[Row], landlord: str, streams: list[str]) -> frozenset[str]:
        return self._positions.parked_streams(cursor, landlord, among=streams)

    def _try(self, cursor: Cursor[Row], row: Row) -> str | None:
        """None when the effect is made; else what went wrong, with nothing of it left behind."""
        error = ""
        for wait_seconds in WAIT_BEFORE_TRY_SECONDS:
            time.sleep(wait_seconds)
            try:
                with cursor.connection.transaction():
                    self._apply(cursor, consumed(row))
            except TROUBLE_AROUND:
                raise
            except Exception as failure:  # noqa: BLE001 - whatever an effect raises is parked
                error = describe(failure)
            else:
                return None
        return error

    def _park(self, cursor: Cursor[Row], row: Row, *, error: str | None) -> None:
        """Keeps an event aside: poison with its error, else held behind an earlier one."""
        parked = Parked(
            seq=row["seq"],
            stream=row["stream"],
            event_id=row["event_id"],
            reason=HELD if error is None else POISON,
            error=error or "an earlier event of the stream is parked",
            parked_at=self._clock.now(),
        )
        self._positions.park(cursor, row["landlord"], parked=parked)
        self._log.error(
            "event_parked",
            landlord=row["landlord"],
            seq=parked.seq,
            reason=parked.reason,
            failure=parked.failure,
            error=parked.error,
        )


def _rows(cursor: Cursor[Row], landlord: str, *, after: int, limit: int) -> list[Row]:
    """Entries as stored: one that this version cannot read must not hide the others."""
    return cursor.execute(
        """
        SELECT landlord, seq, stream, version, event_id, record, recorded_at, previous_hash, hash
        FROM workflow.event WHERE landlord = %s AND seq > %s ORDER BY seq LIMIT %s
        """,
        (landlord, after, limit),
    ).fetchall()


def _rows_of_complaint(
    cursor: Cursor[Row], landlord: str, stream: str, *, after_version: int, after_seq: int
) -> list[Row]:
    return cursor.execute(
        """
        SELECT landlord, seq, stream, version, event_id, record, recorded_at, previous_hash, hash
        FROM workflow.event WHERE landlord = %s AND stream = %s AND version > %s AND seq > %s
        ORDER BY version LIMIT %s
        """,
        (landlord, stream, after_version, after_seq, PAGE),
    ).fetchall()


def _up_to(position: int, through: int | None) -> int:
    return PAGE if through is None else max(0, min(PAGE, through - position))


def _is_new(row: Row, done: dict[str, int]) -> bool:
    return bool(row["version"] > done.get(row["stream"], 0))

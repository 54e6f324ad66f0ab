"""Where a follower stands in each feed, what it had to park, and what was given up: three tables of
its service.

The service that owns the schema creates them in its migration; every follower of the service is a
`consumer` in them, under a name that never changes.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Cursor, sql

from shared.messaging.failures import Failure, failure_described

Row = dict[str, Any]

SCHEMAS = frozenset({"notifier", "projections"})
POISON = "poison"
HELD = "held"


@dataclass(frozen=True, slots=True)
class Parked:
    """An event that was not applied: poison, or held behind an earlier one of its stream."""

    seq: int
    stream: str
    event_id: UUID
    reason: str
    error: str
    parked_at: datetime

    @property
    def failure(self) -> Failure | None:
        """What kind of failure parked it; None for an event that only waits behind another."""
        return failure_described(self.error) if self.reason == POISON else None


@dataclass(frozen=True, slots=True)
class Skipped:
    """A parked event that was given up: who did it, when and why."""

    seq: int
    stream: str
    event_id: UUID
    error: str
    parked_at: datetime
    reason: str
    skipped_by: str
    skipped_at: datetime


class Positions:
    """The rows of one consumer; every method works inside the caller's transaction."""

    def __init__(self, *, schema: str, consumer: str) -> None:
        if schema not in SCHEMAS:
            raise ValueError(f"followers live in the schemas {sorted(SCHEMAS)}, not in {schema}")
        self.consumer = consumer
        self._position = sql.Identifier(schema, "position")
        self._parked = sql.Identifier(schema, "parked")
        self._skipped = sql.Identifier(schema, "skipped")

    def read(self, cursor: Cursor[Row], landlord: str) -> int:
        """The last entry of the landlord's feed that was dealt with; 0 before the first."""
        query = sql.SQL("SELECT seq FROM {} WHERE landlord = %s AND consumer = %s")
        row = cursor.execute(query.format(self._position), (landlord, self.consumer)).fetchone()
        return 0 if row is None else int(row["seq"])

    def lock(self, cursor: Cursor[Row], landlord: str, *, now: datetime) -> int:
        """The same, held until the transaction ends, so that one process at a time moves it."""
        make = sql.SQL(
            "INSERT INTO {} (landlord, consumer, seq, moved_at) VALUES (%s, %s, 0, %s)"
            " ON CONFLICT DO NOTHING"
        )
        take = sql.SQL("SELECT seq FROM {} WHERE landlord = %s AND consumer = %s FOR UPDATE")
        row = cursor.execute(take.format(self._position), (landlord, self.consumer)).fetchone()
        if row is None:
            cursor.execute(make.format(self._position), (landlord, self.consumer, now))
            row = cursor.execute(take.format(self._position), (landlord, self.consumer)).fetchone()
        return 0 if row is None else int(row["seq"])

    def move(self, cursor: Cursor[Row], landlord: str, *, seq: int, now: datetime) -> None:
        """Says that everything up to `seq` was dealt with."""
        query = sql.SQL(
            "UPDATE {} SET seq = %s, moved_at = %s WHERE landlord = %s AND consumer = %s"
        )
        cursor.execute(query.format(self._position), (seq, now, landlord, self.consumer))

    def parked_streams(
        self, cursor: Cursor[Row], landlord: str, *, among: list[str]
    ) -> frozenset[str]:
        """Those of the streams whose later events must wait."""
        query = sql.SQL(
            "SELECT DISTINCT stream FROM {}"
            " WHERE landlord = %s AND consumer = %s AND stream = ANY(%s)"
        )
        rows = cursor.execute(query.format(self._parked), (landlord, self.consumer, among))
        return frozenset(row["stream"] for row in rows)

    def park(self, cursor: Cursor[Row], landlord: str, *, parked: Parked) -> None:
        """Keeps an event aside; parking it again, after a rewind, replaces what was said of it."""
        query = sql.SQL(
            "INSERT INTO {}"
            " (landlord, consumer, seq, stream, event_id, reason, error, parked_at)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)"
            " ON CONFLICT (landlord, consumer, seq) DO UPDATE"
            " SET reason = excluded.reason, error = excluded.error, parked_at = excluded.parked_at"
        )
        cursor.execute(
            query.format(self._parked),
            (
                landlord,
                self.consumer,
                parked.seq,
                parked.stream,
                parked.event_id,
                parked.reason,
                parked.error,
                parked.parked_at,
            ),
        )

    def parked(self, cursor: Cursor[Row], landlord: str) -> tuple[Parked, ...]:
        """Everything that is kept aside, in the order of the feed."""
        query = sql.SQL(
            "SELECT seq, stream, event_id, reason, error, parked_at FROM {}"
            " WHERE landlord = %s AND consumer = %s ORDER BY seq"
        )
        rows = cursor.execute(query.format(self._parked), (landlord, self.consumer))
        return tuple([Parked(**row) for row in rows])

    def unpark(self, cursor: Cursor[Row], landlord: str, *, seq: int) -> None:
        """Takes one event out of what is kept aside."""
        query = sql.SQL("DELETE FROM {} WHERE landlord = %s AND consumer = %s AND seq = %s")
        cursor.execute(query.format(self._parked), (landlord, self.consumer, seq))

    def skip(self, cursor: Cursor[Row], landlord: str, *, skipped: Skipped) -> None:
        """Moves one event from what is kept aside to what was given up, for good."""
        query = sql.SQL(
            "INSERT INTO {}"
            " (landlord, consumer, seq, stream, event_id, error, parked_at, reason, skipped_by,"
            " skipped_at) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)"
        )
        cursor.execute(
            query.format(self._skipped),
            (
                landlord,
                self.consumer,
                skipped.seq,
                skipped.stream,
                skipped.event_id,
                skipped.error,
                skipped.parked_at,
                skipped.reason,
                skipped.skipped_by,
                skipped.skipped_at,
            ),
        )
        self.unpark(cursor, landlord, seq=skipped.seq)

    def skipped(self, cursor: Cursor[Row], landlord: str) -> tuple[Skipped, ...]:
        """Everything that was given up, in the order of the feed."""
        query = sql.SQL(
            "SELECT seq, stream, event_id, error, parked_at, reason, skipped_by, skipped_at FROM {}"
            " WHERE landlord = %s AND consumer = %s ORDER BY seq"
        )
        rows = cursor.execute(query.format(self._skipped), (landlord, self.consumer))
        return tuple([Skipped(**row) for row in rows])

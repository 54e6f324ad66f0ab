"""Which complaints a consumer is ahead with: what lets several workers share one feed, complaint by complaint.

A consumer's position says up to where every complaint was dealt with. Workers that take messages of different
complaints at the same time cannot move it; each notes instead how far its complaint has got. The position follows
later, in the order of the feed, passes over what was noted, and forgets the note. Whoever deals with a complaint holds
its lock until the transaction ends.
"""

from collections.abc import Sequence
from typing import Any

from psycopg import Cursor, sql

Row = dict[str, Any]

SCHEMAS = frozenset({"notifier"})


class Ahead:
    """The notes of one consumer; every method works inside the caller's transaction."""

    def __init__(self, *, schema: str, consumer: str) -> None:
        if schema not in SCHEMAS:
            raise ValueError(f"only {sorted(SCHEMAS)} can be shared by complaint, not {schema}")
        self._consumer = consumer
        self._table = sql.Identifier(schema, "ahead")

    def lock(self, cursor: Cursor[Row], landlord: str, streams: Sequence[str]) -> dict[str, int]:
        """Holds the complaints, in one order for everybody, and returns how far each was noted to be."""
        names = sorted(set(streams))
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(key, 1)) FROM ("
            " SELECT %s || '/' || %s || '/' || stream AS key"
            " FROM unnest(%s::text[]) WITH ORDINALITY AS held (stream, place) ORDER BY place) AS keys",
            (self._consumer, landlord, names),
        )
        # A statement of its own: it sees what whoever held the lock before has committed.
        query = sql.SQL(
            "SELECT stream, version FROM {} WHERE landlord = %s AND consumer = %s AND stream = ANY(%s)"
        )
        rows = cursor.execute(query.format(self._table), (landlord, self._consumer, names))
        return {row["stream"]: int(row["version"]) for row in rows}

    def note(self, cursor: Cursor[Row], landlord: str, stream: str, *, version: int) -> None:
        """Says that everything of the complaint up to that version was dealt with."""
        query = sql.SQL(
            "INSERT INTO {} (landlord, consumer, stream, version) VALUES (%s, %s, %s, %s)"
            " ON CONFLICT (landlord, consumer, stream) DO UPDATE SET version = excluded.version"
        )
        cursor.execute(query.format(self._table), (landlord, self._consumer, stream, version))

    def forget(self, cursor: Cursor[Row], landlord: str, *, reached: dict[str, int]) -> None:
        """Drops the notes that the position has caught up with: by complaint, the version that it passed."""
        query = sql.SQL(
            "DELETE FROM {} AS noted USING unnest(%s::text[], %s::bigint[]) AS passed (stream, version)"
            " WHERE landlord = %s AND consumer = %s AND noted.stream = passed.stream"
            " AND noted.version <= passed.version"
        )
        cursor.execute(
            query.format(self._table),
            (list(reached), list(reached.values()), landlord, self._consumer),
        )

"""Reads the feed of a landlord: contiguous numbers from 1, in the order of commits, nothing ever
slipped in below.
"""

from collections.abc import Sequence
from itertools import groupby
from operator import attrgetter
from typing import Any

from psycopg import Cursor

from shared.eventstore.codec import from_record, stored_from_record
from shared.eventstore.record import RecordedEvent, StoredEvent

Row = dict[str, Any]

# The most one call returns, whatever it is asked for: bounds the memory of every reader.
READ_MAX = 1_000
SELECT_STREAM = """
    SELECT seq, record, previous_hash, hash FROM workflow.event
    WHERE landlord = %s AND stream = %s ORDER BY version
"""


class FeedUnknown(LookupError):
    """The landlord has no feed: never registered, or the transaction belongs to another one."""


def read_feed(
    cursor: Cursor[Row], landlord: str, *, after: int, limit: int
) -> tuple[RecordedEvent, ...]:
    """Return up to `limit` facts that follow the place `after`, as a consumer reads them: a fact
    under a retired name as its successor, and without fields that only a newer version knows.
    """
    rows = _rows_after(cursor, landlord, after=after, limit=limit)
    return tuple([consumed(row) for row in rows])


def read_stored(
    cursor: Cursor[Row], landlord: str, *, after: int, limit: int
) -> tuple[StoredEvent, ...]:
    """Return the same facts as they are stored, for whoever hands them on: relay and pull feed."""
    return tuple(
        [
            stored_from_record(
                row["record"], seq=row["seq"], previous_hash=row["previous_hash"], hash_=row["hash"]
            )
            for row in _rows_after(cursor, landlord, after=after, limit=limit)
        ]
    )


def _rows_after(cursor: Cursor[Row], landlord: str, *, after: int, limit: int) -> list[Row]:
    return cursor.execute(
        """
        SELECT seq, record, previous_hash, hash FROM workflow.event
        WHERE landlord = %s AND seq > %s ORDER BY seq LIMIT %s
        """,
        (landlord, after, min(limit, READ_MAX)),
    ).fetchall()


def head(cursor: Cursor[Row], landlord: str) -> int:
    """Return the number of the last fact of the feed, 0 when there is none yet."""
    return head_with_hash(cursor, landlord)[0]


def head_with_hash(cursor: Cursor[Row], landlord: str) -> tuple[int, bytes]:
    """Return the number and the hash of the last fact of the feed."""
    row = cursor.execute(
        "SELECT seq, hash FROM workflow.feed_head WHERE landlord = %s", (landlord,)
    ).fetchone()
    if row is None:
        raise FeedUnknown(f"{landlord} has no feed that can be seen here.")
    return int(row["seq"]), bytes(row["hash"])


def read_stream(cursor: Cursor[Row], landlord: str, stream: str) -> tuple[RecordedEvent, ...]:
    """Return every fact of one complaint, in order."""
    rows = cursor.execute(SELECT_STREAM, (landlord, stream))
    return tuple([recorded(row) for row in rows])


def consume_stream(cursor: Cursor[Row], landlord: str, stream: str) -> tuple[RecordedEvent, ...]:
    """Return every fact of one complaint, in order, as a consumer reads them."""
    rows = cursor.execute(SELECT_STREAM, (landlord, stream))
    return tuple([consumed(row) for row in rows])


def read_streams(
    cursor: Cursor[Row], landlord: str, streams: Sequence[str]
) -> dict[str, tuple[RecordedEvent, ...]]:
    """Return every fact of several complaints, by complaint and in order; one that has none is
    left out.
    """
    rows = cursor.execute(
        """
        SELECT seq, record, previous_hash, hash FROM workflow.event
        WHERE landlord = %s AND stream = ANY(%s) ORDER BY stream, version
        """,
        (landlord, list(streams)),
    )
    histories = groupby(map(recorded, rows), key=attrgetter("stream"))
    return {stream: tuple(history) for stream, history in histories}


def stream_by_source_reference(
    cursor: Cursor[Row], landlord: str, source_reference: str
) -> str | None:
    """Return the complaint that came from this reference of another system, or from this
    submission.
    """
    row = cursor.execute(
        """
        SELECT stream FROM workflow.source_reference
        WHERE landlord = %s AND source_reference = %s
        """,
        (landlord, source_reference),
    ).fetchone()
    return None if row is None else str(row["stream"])


def consumed(row: Row) -> RecordedEvent:
    """Rebuild a fact from its row for a consumer, who passes over fields that it does not know."""
    return from_record(
        row["record"],
        seq=row["seq"],
        previous_hash=row["previous_hash"],
        hash_=row["hash"],
        pass_over_unknown_fields=True,
    )


def recorded(row: Row) -> RecordedEvent:
    """Rebuild a fact from its row for whoever decides: a field that is not known is refused."""
    return from_record(
        row["record"], seq=row["seq"], previous_hash=row["previous_hash"], hash_=row["hash"]
    )

"""How far the recount of a landlord's open dates has come, and which cases are next; a crash leaves the row behind."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor

from shared.complaints.events import DeadlineSet
from shared.eventstore.codec import NAMES

FEED_PAGE = 10_000  # places of the feed looked through at once for dates of the calendar before

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class RecountProgress:
    """How far the recount of a landlord's open dates has come."""

    calendar_revision: str
    reason: str
    cases: int
    cases_moved: int
    dates_moved: int
    cases_failed: int
    begun_at: datetime
    finished_at: datetime | None


@dataclass(slots=True)
class Batch:
    """What one batch did."""

    cases: int = 0
    cases_moved: int = 0
    dates: int = 0
    failed: int = 0


def recount_row(cursor: Cursor[Row], landlord: str) -> Row | None:
    """The row of the landlord's last recount."""
    return cursor.execute(
        "SELECT * FROM workflow.recount WHERE landlord = %s", (landlord,)
    ).fetchone()


def progress_of(row: Row) -> RecountProgress:
    """What the row says."""
    return RecountProgress(
        calendar_revision=row["calendar_revision"],
        reason=row["reason"],
        **counts_of(row),
        begun_at=row["begun_at"],
        finished_at=row["finished_at"],
    )


def counts_of(row: Row) -> dict[str, int]:
    """The counts alone."""
    return {name: row[name] for name in ("cases", "cases_moved", "dates_moved", "cases_failed")}


def open_streams(cursor: Cursor[Row], landlord: str, *, after: str, limit: int) -> list[str]:
    """The next complaints in which something runs."""
    rows = cursor.execute(
        "SELECT DISTINCT stream FROM workflow.timer"
        " WHERE landlord = %s AND ended_at IS NULL AND stream > %s ORDER BY stream LIMIT %s",
        (landlord, after, limit),
    )
    return [row["stream"] for row in rows]


def streams_of_before(cursor: Cursor[Row], landlord: str, row: Row) -> tuple[list[str], int]:
    """The complaints whose dates were told by another calendar after the place that was passed; and
    the place up to which that was looked for.
    """
    passed = row["passed_seq"]
    rows = cursor.execute(
        """
        SELECT stream, seq, name = %(name)s
            AND record::json -> 'data' ->> 'calendar_revision' <> %(revision)s AS of_before
        FROM workflow.event WHERE landlord = %(landlord)s AND seq > %(passed)s
        ORDER BY seq LIMIT %(limit)s
        """,
        {
            "landlord": landlord,
            "passed": passed,
            "limit": FEED_PAGE,
            "name": NAMES[DeadlineSet],
            "revision": row["calendar_revision"],
        },
    ).fetchall()
    streams = sorted({each["stream"] for each in rows if each["of_before"]})
    return streams, rows[-1]["seq"] if rows else passed


def note(
    cursor: Cursor[Row],
    row: Row,
    moved: Batch,
    *,
    passed_stream: str | None = None,
    passed_seq: int | None = None,
) -> None:
    """Notes the batch, unless somebody else has done it, or the landlord adopted again meanwhile."""
    cursor.execute(
        """
        UPDATE workflow.recount SET passed_stream = COALESCE(%s, passed_stream),
            passed_seq = COALESCE(%s, passed_seq), cases = cases + %s,
            cases_moved = cases_moved + %s, dates_moved = dates_moved + %s,
            cases_failed = cases_failed + %s
        WHERE landlord = %s AND rulebook_version = %s AND passed_stream = %s AND passed_seq = %s
        """,
        (
            passed_stream,
            passed_seq,
            moved.cases,
            moved.cases_moved,
            moved.dates,
            moved.failed,
            row["landlord"],
            row["rulebook_version"],
            row["passed_stream"],
            row["passed_seq"],
        ),
    )

"""Compares the timers that follow from the log with the rows that are there, and mends the rows,
loudly.

The log is the truth. A difference means that a row was lost, doubled or moved behind our back, or
that a version of the program forgot one: either way a date would pass in silence.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any

import structlog
from psycopg import Cursor

from services.workflow.domain.timers import TimerSet, timers_after
from shared.complaints.events import (
    RULEBOOK,
    ConsentEnded,
    ConsentGiven,
    ConsentWithdrawn,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
)
from shared.complaints.events.oversight import (
    RecurringDutyDone,
    RecurringDutyEnded,
    RecurringDutyMissed,
    RecurringDutySet,
)
from shared.database.pool import Database
from shared.eventstore.codec import NAMES
from shared.eventstore.feed import recorded
from shared.eventstore.timers import TimerKey, set_timers

STREAMS_AT_ONCE = 500
ABOUT_TIMERS = [
    NAMES[kind]
    for kind in (
        DeadlineSet,
        DeadlineMet,
        DeadlineLifted,
        DeadlineMissed,
        ConsentGiven,
        ConsentWithdrawn,
        ConsentEnded,
        RecurringDutySet,
        RecurringDutyDone,
        RecurringDutyMissed,
        RecurringDutyEnded,
    )
]

Place = tuple[str, str, int, str, int]


@dataclass(frozen=True, slots=True)
class TimerDifference:
    """One timer that was not as the log says, and was put right."""

    stream: str
    duty: str
    stage: int
    kind: str
    generation: int
    trouble: str  # missing, ended, moved, left over


@dataclass(frozen=True, slots=True)
class _Row:
    due_at: datetime
    ended_by: str | None


def reconcile(
    database: Database,
    landlord: str,
    *,
    now: datetime,
    stopped: Callable[[], bool] = lambda: False,
) -> list[TimerDifference]:
    """Puts the landlord's timer rows right, page by page until `stopped`; returns what was wrong."""
    mended: list[TimerDifference] = []
    for streams in _pages_of_streams(database, landlord):
        if stopped():
            break
        with database.transaction(landlord) as cursor:
            found = differences(cursor, landlord, streams, now=now)
        for stream in dict.fromkeys(difference.stream for difference in found):
            with database.transaction(landlord) as cursor:
                mended += _mend(cursor, landlord, stream, now=now)
    for difference in mended:
        structlog.get_logger().error(
            "timer_repaired",
            landlord=landlord,
            complaint=difference.stream,
            duty=difference.duty,
            stage=difference.stage,
            kind=difference.kind,
            generation=difference.generation,
            trouble=difference.trouble,
        )
    return mended


def survey(
    database: Database,
    landlord: str,
    *,
    now: datetime,
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> list[TimerDifference]:
    """The same look without mending anything; `on_progress` is told complaints done, and of how
    many.
    """
    found: list[TimerDifference] = []
    done, of = 0, _count_of_streams(database, landlord)
    for streams in _pages_of_streams(database, landlord):
        with database.transaction(landlord) as cursor:
            suspected = differences(cursor, landlord, streams, now=now)
        for stream in dict.fromkeys(difference.stream for difference in suspected):
            with database.transaction(landlord) as cursor:
                found += _while_nobody_appends(cursor, landlord, stream, now=now)
        done += len(streams)
        on_progress(done, max(done, of))
    return found


def differences(
    cursor: Cursor[dict[str, Any]], landlord: str, streams: Sequence[str], *, now: datetime
) -> list[TimerDifference]:
    """What is not as the log says among the timers of these complaints."""
    expected, known = _expected(cursor, landlord, streams)
    rows = _rows(cursor, landlord, streams)
    found = [(place, _trouble(timer, rows.get(place))) for place, timer in expected.items()]
    found += [
        (place, "left over")
        for place, row in rows.items()
        # One whose time has come says nothing when it is fired, and ends with that. Whether it has
        # come, the log knows too: its last fact may be later than the beginning of this look.
        if place not in expected
        and row.ended_by is None
        and row.due_at > max(now, known.get(place[0], now))
    ]
    return [TimerDifference(*place, trouble) for place, trouble in found if trouble]


def _trouble(timer: TimerSet, row: _Row | None) -> str | None:
    if row is None:
        return "missing"
    if row.ended_by == "cancelled":
        return "ended"
    if row.ended_by is None and row.due_at != timer.due_at:
        return "moved"
    return None


def _mend(
    cursor: Cursor[dict[str, Any]], landlord: str, stream: str, *, now: datetime
) -> list[TimerDifference]:
    wrong = _while_nobody_appends(cursor, landlord, stream, now=now)
    expected, _ = _expected(cursor, landlord, [stream])
    for difference in wrong:
        if difference.trouble == "left over":
            _end(cursor, landlord, difference, now=now)
            continue
        if difference.trouble == "ended":
            _open_again(cursor, landlord, difference)
        timer = expected[_place(stream, difference)]
        set_timers(cursor, landlord=landlord, stream=stream, timers=(timer,), now=now)
    return wrong


def _while_nobody_appends(
    cursor: Cursor[dict[str, Any]], landlord: str, stream: str, *, now: datetime
) -> list[TimerDifference]:
    """The complaint may have moved since the first look: what is wrong while nobody can append to
    it is wrong. The lock is the one that every append takes first (`FeedRecorder.append`).
    """
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s || '/' || %s, 0))", (landlord, stream)
    )
    return differences(cursor, landlord, [stream], now=now)


def _pages_of_streams(database: Database, landlord: str) -> Iterator[list[str]]:
    last = ""
    while True:
        with database.transaction(landlord) as cursor:
            cursor.execute(
                "SELECT stream FROM workflow.event"
                " WHERE landlord = %s AND version = 1 AND stream > %s AND stream <> %s"
                " ORDER BY stream LIMIT %s",
                (landlord, last, RULEBOOK, STREAMS_AT_ONCE),
            )
            streams = [str(row["stream"]) for row in cursor]
        if not streams:
            return
        yield streams
        last = streams[-1]


def _count_of_streams(database: Database, landlord: str) -> int:
    with database.transaction(landlord) as cursor:
        row = cursor.execute(
            "SELECT count(*) AS streams FROM workflow.event"
            " WHERE landlord = %s AND version = 1 AND stream <> %s",
            (landlord, RULEBOOK),
        ).fetchone()
    return int(row["streams"]) if row else 0


def _expected(
    cursor: Cursor[dict[str, Any]], landlord: str, streams: Sequence[str]
) -> tuple[dict[Place, TimerSet], dict[str, datetime]]:
    """The timers that still run after all that the log says about these complaints, and for each
    complaint the latest moment at which anything of this was recorded.
    """
    rows = cursor.execute(
        "SELECT seq, record, previous_hash, hash FROM workflow.event"
        " WHERE landlord = %s AND stream = ANY(%s) AND name = ANY(%s) ORDER BY stream, version",
        (landlord, list(streams), ABOUT_TIMERS),
    )
    expected: dict[Place, TimerSet] = {}
    known: dict[str, datetime] = {}
    for stream, records in groupby(map(recorded, rows), key=attrgetter("stream")):
        history = list(records)
        running, _ = timers_after(record.event for record in history)
        expected |= {_place(stream, timer): timer for timer in running}
        known[stream] = max(record.recorded_at for record in history)
    return expected, known


def _rows(
    cursor: Cursor[dict[str, Any]], landlord: str, streams: Sequence[str]
) -> dict[Place, _Row]:
    rows = cursor.execute(
        "SELECT stream, duty, stage, kind, generation, due_at, ended_by FROM workflow.timer"
        " WHERE landlord = %s AND stream = ANY(%s)",
        (landlord, list(streams)),
    )
    return {
        (row["stream"], row["duty"], row["stage"], row["kind"], row["generation"]): _Row(
            row["due_at"], row["ended_by"]
        )
        for row in rows
    }


def _place(stream: str, timer: TimerKey) -> Place:
    return (stream, timer.duty, timer.stage, timer.kind, timer.generation)


def _end(
    cursor: Cursor[dict[str, Any]], landlord: str, wrong: TimerDifference, *, now: datetime
) -> None:
    cursor.execute(
        "UPDATE workflow.timer SET ended_at = %s, ended_by = 'cancelled' WHERE landlord = %s"
        " AND stream = %s AND duty = %s AND stage = %s AND kind = %s AND generation = %s",
        (now, landlord, *_place(wrong.stream, wrong)),
    )


def _open_again(cursor: Cursor[dict[str, Any]], landlord: str, wrong: TimerDifference) -> None:
    cursor.execute(
        "UPDATE workflow.timer SET ended_at = NULL, ended_by = NULL WHERE landlord = %s"
        " AND stream = %s AND duty = %s AND stage = %s AND kind = %s AND generation = %s",
        (landlord, *_place(wrong.stream, wrong)),
    )

"""Rows that become commands when their time comes; written in the transaction of the facts they
follow from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from psycopg import Cursor

Row = dict[str, Any]


class TimerKey(Protocol):
    """Which timer of a complaint: of what duty of which stage, of what kind, set for the
    how-manieth time.
    """

    @property
    def duty(self) -> str: ...
    @property
    def stage(self) -> int: ...
    @property
    def kind(self) -> str: ...
    @property
    def generation(self) -> int: ...


class TimerToSet(TimerKey, Protocol):
    """A timer with the instant it falls."""

    @property
    def due_at(self) -> datetime: ...


class TimersToEnd(Protocol):
    """All open timers of a duty of a stage."""

    @property
    def duty(self) -> str: ...
    @property
    def stage(self) -> int: ...


@dataclass(frozen=True, slots=True)
class DueTimer:
    """An open timer as it stands in the table."""

    landlord: str
    stream: str
    duty: str
    stage: int
    kind: str
    generation: int
    due_at: datetime


def due_timers(
    cursor: Cursor[Row], landlord: str, *, now: datetime, limit: int
) -> tuple[DueTimer, ...]:
    """Claim, until the end of the transaction, up to `limit` open timers whose time has come,
    oldest first.

    Timers that another worker has claimed, and those of a complaint that is being appended to at
    this moment, are left for the next round: whoever fires a batch holds the head of the feed from
    its first append on, and must not wait then for somebody who waits for the head.
    """
    rows = cursor.execute(
        """
        WITH due AS MATERIALIZED (
            SELECT landlord, stream, duty, stage, kind, generation, due_at FROM workflow.timer
            WHERE landlord = %s AND ended_at IS NULL AND due_at <= %s
            ORDER BY due_at, stream, duty, stage, kind LIMIT %s
            FOR UPDATE SKIP LOCKED
        ),
        free AS MATERIALIZED (
            SELECT stream, pg_try_advisory_xact_lock(
                hashtextextended(landlord || '/' || stream, 0)
            ) AS ours
            FROM (SELECT DISTINCT landlord, stream FROM due) AS streams
        )
        SELECT due.* FROM due JOIN free USING (stream) WHERE free.ours
        ORDER BY due.due_at, due.stream, due.duty, due.stage, due.kind
        """,
        (landlord, now, limit),
    )
    return tuple([DueTimer(**row) for row in rows])


def next_due_at(cursor: Cursor[Row], landlord: str) -> datetime | None:
    """Return when the next open timer of a landlord falls; None when there is none."""
    row = cursor.execute(
        "SELECT min(due_at) AS due_at FROM workflow.timer WHERE landlord = %s AND ended_at IS NULL",
        (landlord,),
    ).fetchone()
    due_at: datetime | None = row["due_at"] if row else None
    return due_at


def open_timers(
    cursor: Cursor[Row], landlord: str, *, stream: str | None = None
) -> tuple[DueTimer, ...]:
    """Return the open timers of a landlord, or of one complaint."""
    rows = cursor.execute(
        """
        SELECT landlord, stream, duty, stage, kind, generation, due_at FROM workflow.timer
        WHERE landlord = %(landlord)s AND ended_at IS NULL
          AND (%(stream)s::text IS NULL OR stream = %(stream)s)
        ORDER BY stream, duty, stage, kind, generation
        """,
        {"landlord": landlord, "stream": stream},
    )
    return tuple([DueTimer(**row) for row in rows])


def mark_fired(
    cursor: Cursor[Row], *, landlord: str, fired: Sequence[tuple[str, TimerKey, datetime]]
) -> None:
    """End timers because their commands were carried out; each comes with its complaint and the
    instant of that.
    """
    timers = [timer for _, timer, _ in fired]
    cursor.execute(
        """
        UPDATE workflow.timer SET ended_at = done.ended_at, ended_by = 'fired'
        FROM unnest(%s::text[], %s::text[], %s::int[], %s::text[], %s::int[], %s::timestamptz[])
            AS done (stream, duty, stage, kind, generation, ended_at)
        WHERE timer.landlord = %s AND timer.stream = done.stream AND timer.ended_at IS NULL
          AND timer.duty = done.duty AND timer.stage = done.stage
          AND timer.kind = done.kind AND timer.generation = done.generation
        """,
        (
            [stream for stream, _, _ in fired],
            [timer.duty for timer in timers],
            [timer.stage for timer in timers],
            [timer.kind for timer in timers],
            [timer.generation for timer in timers],
            [at for _, _, at in fired],
            landlord,
        ),
    )


def cancel_timers(
    cursor: Cursor[Row], *, landlord: str, ended: Sequence[tuple[str, TimersToEnd, datetime]]
) -> None:
    """End every open timer of these duties, because nothing is owed there any more.

    Each duty comes with its complaint and the instant of its end.
    """
    cursor.execute(
        """
        UPDATE workflow.timer SET ended_at = over.ended_at, ended_by = 'cancelled'
        FROM unnest(%s::text[], %s::text[], %s::int[], %s::timestamptz[])
            AS over (stream, duty, stage, ended_at)
        WHERE timer.landlord = %s AND timer.stream = over.stream AND timer.ended_at IS NULL
          AND timer.duty = over.duty AND timer.stage = over.stage
        """,
        (
            [stream for stream, _, _ in ended],
            [each.duty for _, each, _ in ended],
            [each.stage for _, each, _ in ended],
            [at for _, _, at in ended],
            landlord,
        ),
    )


def set_timers(
    cursor: Cursor[Row],
    *,
    landlord: str,
    stream: str,
    timers: Sequence[TimerToSet],
    now: datetime,
) -> None:
    """Set timers of one complaint, and end the open ones of earlier generations of the same duties.

    Setting one again moves it while it is open; one that has ended stays ended.
    """
    set_timers_together(
        cursor, landlord=landlord, timers=[(stream, timer, now) for timer in timers]
    )


def set_timers_together(
    cursor: Cursor[Row], *, landlord: str, timers: Sequence[tuple[str, TimerToSet, datetime]]
) -> None:
    """Do the same for several complaints; each timer comes with its complaint and the instant of
    setting.
    """
    streams = [stream for stream, _, _ in timers]
    duties = [timer.duty for _, timer, _ in timers]
    stages = [timer.stage for _, timer, _ in timers]
    generations = [timer.generation for _, timer, _ in timers]
    cursor.execute(
        """
        UPDATE workflow.timer SET ended_at = newer.set_at, ended_by = 'cancelled'
        FROM unnest(%s::text[], %s::text[], %s::int[], %s::int[], %s::timestamptz[])
            AS newer (stream, duty, stage, generation, set_at)
        WHERE timer.landlord = %s AND timer.stream = newer.stream AND timer.ended_at IS NULL
          AND timer.duty = newer.duty AND timer.stage = newer.stage
          AND timer.generation < newer.generation
        """,
        (streams, duties, stages, generations, [at for _, _, at in timers], landlord),
    )
    cursor.execute(
        """
        INSERT INTO workflow.timer AS present
            (landlord, stream, duty, stage, kind, generation, due_at)
        SELECT %s, given.*
        FROM unnest(%s::text[], %s::text[], %s::int[], %s::text[], %s::int[], %s::timestamptz[])
            AS given
        ON CONFLICT (landlord, stream, duty, stage, kind, generation)
        DO UPDATE SET due_at = excluded.due_at WHERE present.ended_at IS NULL
        """,
        (
            landlord,
            streams,
            duties,
            stages,
            [timer.kind for _, timer, _ in timers],
            generations,
            [timer.due_at for _, timer, _ in timers],
        ),
    )

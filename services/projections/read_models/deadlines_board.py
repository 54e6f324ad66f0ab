"""The deadline board: what falls due, by whom, what was missed and by how much; soonest first."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import orjson
from psycopg import Cursor

from services.projections.read_models.time_left import SOON_WORKING_DAYS, time_left
from shared.complaints.events import (
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintRefused,
    ComplaintWithdrawn,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    ResponseIssued,
)
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.eventstore.record import RecordedEvent

TABLE = "deadline"

STATUSES = ("overdue", "today", "soon", "missed")
PAGE = 200  # rows; a page that a person can still read, and a query that stays quick


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What to show; None means all of it. `confined_to` is no wish but what the reader may see."""

    confined_to: str | None = None
    status: str | None = None
    organisation: str | None = None
    stage: int | None = None
    handler: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """The last row of a page: the next page begins behind it."""

    due_on: date
    reference: str
    stage: int
    duty: str

    def __str__(self) -> str:
        return f"{self.due_on.isoformat()},{self.stage},{self.duty},{self.reference}"

    @classmethod
    def parse(cls, text: str) -> "Place":
        """The place a link named; ValueError when it is none."""
        due_on, stage, duty, reference = text.split(",", 3)
        return cls(
            due_on=date.fromisoformat(due_on), reference=reference, stage=int(stage), duty=duty
        )


def fold(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent) -> None:
    """Sets dates, and marks them as met, missed or lifted."""
    match recorded.event:
        case DeadlineSet() as deadline:
            _set(cursor, recorded, deadline)
        case DeadlineMet() as met:
            cursor.execute(
                """
                UPDATE projections.deadline
                SET standing = 'met', met_on = %s, late_by_working_days = %s, missed = missed OR %s
                WHERE landlord = %s AND reference = %s AND stage = %s AND duty = %s
                """,
                (
                    met.met_on,
                    met.late_by_working_days,
                    met.late_by_working_days > 0,
                    recorded.landlord,
                    recorded.stream,
                    met.stage,
                    met.duty,
                ),
            )
        case DeadlineMissed() as missed:
            # The due date says which generation was missed: a later one is not.
            cursor.execute(
                """
                UPDATE projections.deadline SET missed = true
                WHERE landlord = %s AND reference = %s AND stage = %s AND duty = %s AND due_on = %s
                """,
                (recorded.landlord, recorded.stream, missed.stage, missed.duty, missed.due_on),
            )
        case DeadlineLifted(duty=duty, stage=stage):
            _lift(cursor, recorded, stage=stage, duty=duty)
        case ResponseIssued(stage=stage) | ComplaintEscalated(from_stage=stage):
            _leave_behind(cursor, recorded, stage=stage)
        case ComplaintClosed() | ComplaintRefused() | ComplaintWithdrawn():
            _leave_behind(cursor, recorded, stage=None)
        case _:
            pass  # other facts move no date


def _set(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, deadline: DeadlineSet) -> None:
    """The latest generation takes the row; an older one, folded again, does not come back."""
    cursor.execute(
        """
        INSERT INTO projections.deadline AS latest (landlord, reference, stage, duty, generation,
            due_on, due_at, trigger, trigger_on, span, unit, rule, clause, firmness, responsible,
            calendar_revision, skipped, set_version, standing, missed)
        VALUES (%(landlord)s, %(reference)s, %(stage)s, %(duty)s, %(generation)s,
            %(due_on)s, %(due_at)s, %(trigger)s, %(trigger_on)s, %(span)s, %(unit)s, %(rule)s,
            %(clause)s, %(firmness)s, %(responsible)s, %(calendar_revision)s, %(skipped)s::jsonb,
            %(set_version)s, 'open', false)
        ON CONFLICT (landlord, reference, stage, duty) DO UPDATE SET
            generation = EXCLUDED.generation, due_on = EXCLUDED.due_on, due_at = EXCLUDED.due_at,
            trigger = EXCLUDED.trigger, trigger_on = EXCLUDED.trigger_on, span = EXCLUDED.span,
            unit = EXCLUDED.unit, rule = EXCLUDED.rule, clause = EXCLUDED.clause,
            firmness = EXCLUDED.firmness, responsible = EXCLUDED.responsible,
            calendar_revision = EXCLUDED.calendar_revision, skipped = EXCLUDED.skipped,
            set_version = EXCLUDED.set_version, standing = 'open', missed = false,
            met_on = NULL, late_by_working_days = NULL
        WHERE EXCLUDED.set_version > latest.set_version
        """,
        {
            "landlord": recorded.landlord,
            "reference": recorded.stream,
            "stage": deadline.stage,
            "duty": deadline.duty,
            "generation": deadline.generation,
            "due_on": deadline.due_on,
            "due_at": deadline.due_at,
            "trigger": deadline.trigger,
            "trigger_on": deadline.trigger_on,
            "span": deadline.span,
            "unit": deadline.unit,
            "rule": deadline.rule,
            "clause": deadline.clause,
            "firmness": deadline.firmness,
            "responsible": deadline.responsible,
            "calendar_revision": deadline.calendar_revision,
            "skipped": orjson.dumps(deadline.skipped).decode(),
            "set_version": recorded.version,
        },
    )


def _lift(
    cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, *, stage: int, duty: str
) -> None:
    cursor.execute(
        """
        UPDATE projections.deadline SET standing = 'lifted'
        WHERE landlord = %s AND reference = %s AND stage = %s AND duty = %s
            AND standing = 'open'
        """,
        (recorded.landlord, recorded.stream, stage, duty),
    )


def _leave_behind(
    cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, *, stage: int | None
) -> None:
    """What was missed and is overtaken is no work any more; that it was missed stays for good.

    What still runs is lifted by facts of its own, and what is done all the same is met late.
    """
    cursor.execute(
        """
        UPDATE projections.deadline SET standing = 'lifted'
        WHERE landlord = %(landlord)s AND reference = %(reference)s
            AND (%(stage)s::integer IS NULL OR stage = %(stage)s) AND standing = 'open' AND missed
        """,
        {"landlord": recorded.landlord, "reference": recorded.stream, "stage": stage},
    )


# A status of None is everything still to be done; `missed` also holds what was done too late.
_ROWS = """
    SELECT deadline.*, complaint.organisation, complaint.policy, complaint.stage AS complaint_stage,
        ARRAY(
            SELECT officer FROM projections.handler
            WHERE handler.landlord = deadline.landlord AND handler.reference = deadline.reference
                AND handler.stage = deadline.stage
            ORDER BY officer
        ) AS handlers
    FROM projections.deadline
    JOIN projections.complaint USING (landlord, reference)
    WHERE deadline.landlord = %(landlord)s
        AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s)
        AND (%(organisation)s::text IS NULL OR complaint.organisation = %(organisation)s)
        AND (%(stage)s::integer IS NULL OR deadline.stage = %(stage)s)
        AND (%(handler)s::text IS NULL OR EXISTS (
            SELECT FROM projections.handler
            WHERE handler.landlord = deadline.landlord AND handler.reference = deadline.reference
                AND handler.stage = deadline.stage AND handler.officer = %(handler)s))
        AND CASE %(status)s::text
            WHEN 'missed' THEN deadline.missed
            WHEN 'overdue' THEN deadline.standing = 'open'
                AND (deadline.due_on < %(today)s OR deadline.due_at < %(now)s)
            WHEN 'today' THEN deadline.standing = 'open' AND deadline.due_on = %(today)s
                AND (deadline.due_at IS NULL OR deadline.due_at >= %(now)s)
            WHEN 'soon' THEN deadline.standing = 'open'
                AND deadline.due_on > %(today)s AND deadline.due_on <= %(soon_until)s
            ELSE deadline.standing = 'open'
        END
        AND (%(after_due_on)s::date IS NULL OR
            (deadline.due_on, deadline.reference, deadline.stage, deadline.duty)
            > (%(after_due_on)s, %(after_reference)s, %(after_stage)s, %(after_duty)s))
    ORDER BY deadline.due_on, deadline.reference, deadline.stage, deadline.duty
    LIMIT %(limit)s
"""


def board(
    cursor: Cursor[dict[str, Any]],
    *,
    landlord: str,
    wanted: BoardFilter,
    calendar: WorkingDayCalendar,
    now: datetime,
    after: Place | None = None,
    limit: int = PAGE,
) -> tuple[list[dict[str, Any]], Place | None]:
    """A page of deadlines, soonest first, with the working days left or gone; and where the next
    page begins.
    """
    today = london_day(now)
    rows = cursor.execute(
        _ROWS,
        {
            "landlord": landlord,
            "confined_to": wanted.confined_to,
            "organisation": wanted.organisation,
            "stage": wanted.stage,
            "handler": wanted.handler,
            "status": wanted.status,
            "today": today,
            "now": now,
            "soon_until": calendar.working_days_after(today, SOON_WORKING_DAYS),
            "after_due_on": after.due_on if after else None,
            "after_reference": after.reference if after else None,
            "after_stage": after.stage if after else None,
            "after_duty": after.duty if after else None,
            "limit": min(limit, PAGE) + 1,
        },
    ).fetchall()
    more = len(rows) > min(limit, PAGE)
    rows = rows[: min(limit, PAGE)]
    rows = [row | time_left(row, calendar=calendar, now=now) for row in rows]
    last = rows[-1] if rows and more else None
    place = (
        Place(
            due_on=last["due_on"],
            reference=last["reference"],
            stage=last["stage"],
            duty=last["duty"],
        )
        if last
        else None
    )
    return rows, place


def figures(
    cursor: Cursor[dict[str, Any]],
    *,
    landlord: str,
    confined_to: str | None,
    calendar: WorkingDayCalendar,
    now: datetime,
) -> dict[str, int]:
    """How many deadlines are overdue, due today, due soon, and were missed."""
    today = london_day(now)
    row = cursor.execute(
        """
        SELECT
            count(*) FILTER (WHERE standing = 'open'
                AND (due_on < %(today)s OR due_at < %(now)s)) AS overdue,
            count(*) FILTER (WHERE standing = 'open' AND due_on = %(today)s
                AND (due_at IS NULL OR due_at >= %(now)s)) AS today,
            count(*) FILTER (WHERE standing = 'open'
                AND due_on > %(today)s AND due_on <= %(soon_until)s) AS soon,
            count(*) FILTER (WHERE missed) AS missed
        FROM projections.deadline
        JOIN (SELECT landlord, reference, organisation FROM projections.complaint) AS complaint
            USING (landlord, reference)
        WHERE landlord = %(landlord)s
            AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s)
        """,
        {
            "landlord": landlord,
            "confined_to": confined_to,
            "today": today,
            "now": now,
            "soon_until": calendar.working_days_after(today, SOON_WORKING_DAYS),
        },
    ).fetchone()
    return {status: int(row[status]) if row else 0 for status in STATUSES}


def stages(cursor: Cursor[dict[str, Any]], *, landlord: str) -> list[int]:
    """The stages that any deadline of the landlord belongs to."""
    rows = cursor.execute(
        "SELECT DISTINCT stage FROM projections.deadline WHERE landlord = %s ORDER BY stage",
        (landlord,),
    ).fetchall()
    return [row["stage"] for row in rows]

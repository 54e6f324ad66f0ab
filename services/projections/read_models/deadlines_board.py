"""The deadline board: what falls due, by whom, what was missed and by how much; soonest first.

Where a duty is owed under two policies at once, the complaint's own and the one beside it, the
board has one line for it: that of the earlier date, with the other one beside.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Cursor

from services.projections.read_models.time_left import SOON_WORKING_DAYS, time_left
from shared.complaints.events import (
    DraftApproved,
    DraftReturned,
    DraftSubmitted,
    ResponseIssued,
    RouteChanged,
)
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.eventstore.codec import NAMES

STATUSES = ("overdue", "today", "soon", "week", "approval", "missed")
WEEK_WORKING_DAYS = 5
# Of these facts the latest says whether a response waits: a draft does that nobody has approved or
# sent back yet, and that was written under the heading that the contact still has.
SUBMITTED = NAMES[DraftSubmitted]
ABOUT_DRAFTS = [
    SUBMITTED,
    *(NAMES[fact] for fact in (DraftApproved, DraftReturned, ResponseIssued, RouteChanged)),
]
PAGE = 200  # rows; a page that a person can still read, and a query that stays quick


@dataclass(frozen=True, slots=True)
class BoardFilter:
    """What to show; None means all of it. `confined_to` is no wish but what the reader may see."""

    confined_to: str | None = None
    status: str | None = None
    organisation: str | None = None
    stage: int | None = None
    handler: str | None = None
    duty: str | None = None  # or "promise", for every promise
    hidden: frozenset[str] = frozenset()  # cases that the reader may not see


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


# A status of None is everything still to be done; `missed` also holds what was done too late.
_ROWS = """
    SELECT deadline.*, complaint.organisation, complaint.policy, complaint.stage AS complaint_stage,
        ARRAY(
            SELECT officer FROM projections.handler
            WHERE handler.landlord = deadline.landlord AND handler.reference = deadline.reference
                AND handler.stage = deadline.stage
            ORDER BY officer
        ) AS handlers,
        COALESCE(NULLIF(deadline.overlay, ''), complaint.policy) AS owed_under,
        COALESCE(NULLIF(beside.overlay, ''), complaint.policy) AS beside_owed_under,
        beside.due_on AS beside_due_on, beside.due_at AS beside_due_at,
        beside.clause AS beside_clause, beside.standing AS beside_standing,
        beside.missed AS beside_missed, (set_as.data ->> 'target_on')::date AS target_on
    FROM projections.deadline
    JOIN projections.complaint USING (landlord, reference)
    LEFT JOIN LATERAL (
        SELECT twin.* FROM projections.deadline AS twin
        WHERE (twin.landlord, twin.reference, twin.stage, twin.duty)
            = (deadline.landlord, deadline.reference, deadline.stage, deadline.duty)
            AND twin.overlay <> deadline.overlay
    ) AS beside ON true
    -- The earlier day to work to stands on the fact that set the date.
    LEFT JOIN projections.fact AS set_as
        ON (set_as.landlord, set_as.reference, set_as.version)
            = (deadline.landlord, deadline.reference, deadline.set_version)
    WHERE deadline.landlord = %(landlord)s
        AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s
            OR %(confined_to)s = ANY (complaint.referred_to))
        AND (%(organisation)s::text IS NULL OR complaint.organisation = %(organisation)s)
        AND deadline.reference <> ALL (%(hidden)s)
        AND (%(stage)s::integer IS NULL OR deadline.stage = %(stage)s)
        AND (%(duty)s::text IS NULL OR split_part(deadline.duty, ' ', 1) = %(duty)s)
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
            WHEN 'week' THEN deadline.standing = 'open'
                AND deadline.due_on > %(today)s AND deadline.due_on <= %(week_until)s
            WHEN 'approval' THEN deadline.standing = 'open' AND deadline.duty = 'respond'
                AND (SELECT (latest.name, latest.data ->> 'stage')
                        = (%(submitted)s, deadline.stage::text)
                    FROM projections.fact AS latest
                    WHERE (latest.landlord, latest.reference)
                            = (deadline.landlord, deadline.reference)
                        AND latest.name = ANY (%(about_drafts)s)
                    ORDER BY latest.version DESC LIMIT 1)
            ELSE deadline.standing = 'open'
        END
        AND (CASE %(status)s::text WHEN 'missed' THEN beside.missed
                ELSE beside.standing = 'open' END
            AND (beside.due_on, beside.overlay) < (deadline.due_on, deadline.overlay)
        ) IS NOT TRUE
        AND (%(after_due_on)s::date IS NULL OR
            (deadline.due_on, deadline.reference, deadline.stage, deadline.duty)
            > (%(after_due_on)s, %(after_reference)s, %(after_stage)s, %(after_duty)s))
    ORDER BY deadline.due_on, deadline.reference, deadline.stage, deadline.duty
    LIMIT %(limit)s
"""

_FIGURES = """
    SELECT
        count(*) FILTER (WHERE to_do
            AND (due_on < %(today)s OR due_at < %(now)s)) AS overdue,
        count(*) FILTER (WHERE to_do AND due_on = %(today)s
            AND (due_at IS NULL OR due_at >= %(now)s)) AS today,
        count(*) FILTER (WHERE to_do
            AND due_on > %(today)s AND due_on <= %(soon_until)s) AS soon,
        count(*) FILTER (WHERE to_do
            AND due_on > %(today)s AND due_on <= %(week_until)s) AS week,
        count(*) FILTER (WHERE to_do AND duty = 'respond' AND (
            SELECT (latest.name, latest.data ->> 'stage') = (%(submitted)s, owed.stage::text)
            FROM projections.fact AS latest
            WHERE (latest.landlord, latest.reference) = (owed.landlord, owed.reference)
                AND latest.name = ANY (%(about_drafts)s)
            ORDER BY latest.version DESC LIMIT 1)) AS approval,
        count(*) FILTER (WHERE missed) AS missed
    FROM (
        SELECT one.landlord, one.reference, one.stage, one.duty, one.due_on, one.due_at,
            one.standing = 'open' AND (beside.standing = 'open'
                AND (beside.due_on, beside.overlay) < (one.due_on, one.overlay)
            ) IS NOT TRUE AS to_do,
            one.missed AND (beside.missed
                AND (beside.due_on, beside.overlay) < (one.due_on, one.overlay)
            ) IS NOT TRUE AS missed
        FROM projections.deadline AS one
        LEFT JOIN projections.deadline AS beside
            ON (beside.landlord, beside.reference, beside.stage, beside.duty)
                = (one.landlord, one.reference, one.stage, one.duty)
            AND beside.overlay <> one.overlay
        WHERE one.landlord = %(landlord)s
    ) AS owed
    JOIN (SELECT landlord, reference, organisation, referred_to FROM projections.complaint)
        AS complaint
        USING (landlord, reference)
    WHERE landlord = %(landlord)s
        AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s
            OR %(confined_to)s = ANY (complaint.referred_to))
        AND (%(organisation)s::text IS NULL OR complaint.organisation = %(organisation)s)
        AND reference <> ALL (%(hidden)s)
        AND (%(stage)s::integer IS NULL OR owed.stage = %(stage)s)
        AND (%(duty)s::text IS NULL OR split_part(owed.duty, ' ', 1) = %(duty)s)
        AND (%(handler)s::text IS NULL OR EXISTS (
            SELECT FROM projections.handler
            WHERE (handler.landlord, handler.reference, handler.stage)
                = (owed.landlord, owed.reference, owed.stage)
                AND handler.officer = %(handler)s))
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
    rows = cursor.execute(
        _ROWS,
        _parameters(landlord, wanted, calendar=calendar, now=now)
        | {
            "after_due_on": after.due_on if after else None,
            "after_reference": after.reference if after else None,
            "after_stage": after.stage if after else None,
            "after_duty": after.duty if after else None,
            "limit": min(limit, PAGE) + 1,
        },
    ).fetchall()
    more = len(rows) > min(limit, PAGE)
    rows = rows[: min(limit, PAGE)]
    rows = [_line(row) | time_left(row, calendar=calendar, now=now) for row in rows]
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


def _line(row: dict[str, Any]) -> dict[str, Any]:
    """A line of the board, with the date of the same duty under the other policy in `beside`."""
    beside = {
        name: row[f"beside_{name}"]
        for name in ("owed_under", "due_on", "due_at", "clause", "standing", "missed")
    }
    line = {name: value for name, value in row.items() if not name.startswith("beside_")}
    return line | {"beside": beside if beside["due_on"] is not None else None}


def figures(
    cursor: Cursor[dict[str, Any]],
    *,
    landlord: str,
    wanted: BoardFilter,
    calendar: WorkingDayCalendar,
    now: datetime,
) -> dict[str, int]:
    """How many lines the board has for each status, under the other filters of `wanted`."""
    row = cursor.execute(
        _FIGURES, _parameters(landlord, wanted, calendar=calendar, now=now)
    ).fetchone()
    return {status: int(row[status]) if row else 0 for status in STATUSES}


def _parameters(
    landlord: str, wanted: BoardFilter, *, calendar: WorkingDayCalendar, now: datetime
) -> dict[str, Any]:
    """What both statements are told: whose board, under which filters, and what the statuses mean today."""
    today = london_day(now)
    return {
        "landlord": landlord,
        "confined_to": wanted.confined_to,
        "organisation": wanted.organisation,
        "stage": wanted.stage,
        "handler": wanted.handler,
        "duty": wanted.duty,
        "hidden": sorted(wanted.hidden),
        "status": wanted.status,
        "today": today,
        "now": now,
        "soon_until": calendar.working_days_after(today, SOON_WORKING_DAYS),
        "week_until": calendar.working_days_after(today, WEEK_WORKING_DAYS),
        "submitted": SUBMITTED,
        "about_drafts": ABOUT_DRAFTS,
    }


def stages(cursor: Cursor[dict[str, Any]], *, landlord: str) -> list[int]:
    """The stages that any deadline of the landlord belongs to."""
    rows = cursor.execute(
        "SELECT DISTINCT stage FROM projections.deadline WHERE landlord = %s ORDER BY stage",
        (landlord,),
    ).fetchall()
    return [row["stage"] for row in rows]

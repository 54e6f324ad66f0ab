"""How deadlines stand at the moment of asking: working days left, or gone by since they were due."""

from datetime import datetime
from typing import Any

from psycopg import Cursor

from shared.complaints.working_days import WorkingDayCalendar, london_day

SOON_WORKING_DAYS = 2


def time_left(
    row: dict[str, Any], *, calendar: WorkingDayCalendar, now: datetime
) -> dict[str, Any]:
    """How a deadline stands at `now`: its status, and the working days left, or gone by since it
    was due.
    """
    today = london_day(now)
    if row["standing"] != "open":
        return {
            "status": row["standing"],
            "working_days_left": None,
            "late_by_working_days": row["late_by_working_days"],
        }
    overdue = row["due_on"] < today or (row["due_at"] is not None and row["due_at"] < now)
    left = calendar.working_days_between(today, row["due_on"])
    if overdue:
        status = "overdue"
    elif row["due_on"] == today:
        status = "today"
    else:
        status = "soon" if left <= SOON_WORKING_DAYS else "later"
    return {
        "status": status,
        "working_days_left": None if overdue else left,
        "late_by_working_days": calendar.working_days_between(row["due_on"], today)
        if overdue
        else None,
    }


def deadlines_of(
    cursor: Cursor[dict[str, Any]],
    *,
    landlord: str,
    reference: str,
    calendar: WorkingDayCalendar,
    now: datetime,
) -> list[dict[str, Any]]:
    """Every duty of a case, open ones first, soonest first."""
    rows = cursor.execute(
        "SELECT * FROM projections.deadline WHERE landlord = %s AND reference = %s"
        " ORDER BY (standing = 'open') DESC, due_on, stage, duty, overlay",
        (landlord, reference),
    ).fetchall()
    return [row | time_left(row, calendar=calendar, now=now) for row in rows]

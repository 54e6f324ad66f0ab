"""The working-day calendars a landlord adopted; every revision is kept, so that a count can be
repeated.
"""

from datetime import datetime
from typing import Any

from psycopg import Cursor

from shared.calendars.england import load_calendar
from shared.complaints.working_days import WorkingDayCalendar
from shared.registry.remembering import Remembered

Row = dict[str, Any]


class CalendarNotAdopted(LookupError):
    """The landlord has no such calendar; says what to do about it."""


# Keyed by landlord and revision, which is made from the content.
_CALENDARS: Remembered[tuple[str, str], WorkingDayCalendar] = Remembered(limit=64)


def adopt_calendar(cursor: Cursor[Row], landlord: str, document: str, now: datetime) -> str:
    """Make a calendar the current one and return its revision; adopting the current one changes
    nothing.
    """
    revision = load_calendar(document).revision
    if _current_revision(cursor, landlord) != revision:
        cursor.execute(
            """
            INSERT INTO registry.calendar (landlord, revision, document, adopted_at)
            VALUES (%s, %s, %s, %s)
            ON CONFLICT (landlord, revision) DO UPDATE SET adopted_at = excluded.adopted_at
            """,
            (landlord, revision, document, now),
        )
    return revision


def current_calendar(cursor: Cursor[Row], landlord: str) -> WorkingDayCalendar:
    """Return the calendar a landlord counts with now."""
    revision = _current_revision(cursor, landlord)
    if revision is None:
        raise CalendarNotAdopted(f"{landlord} has no calendar; adopt one first.")
    return calendar_by_revision(cursor, landlord, revision)


def calendar_by_revision(cursor: Cursor[Row], landlord: str, revision: str) -> WorkingDayCalendar:
    """Return the calendar a deadline was counted with, whatever was adopted since."""
    return _CALENDARS.get(
        (landlord, revision), lambda: _stored_calendar(cursor, landlord, revision)
    )


def _current_revision(cursor: Cursor[Row], landlord: str) -> str | None:
    row = cursor.execute(
        """
        SELECT revision FROM registry.calendar WHERE landlord = %s
        ORDER BY adopted_at DESC, revision DESC LIMIT 1
        """,
        (landlord,),
    ).fetchone()
    return None if row is None else str(row["revision"])


def _stored_calendar(cursor: Cursor[Row], landlord: str, revision: str) -> WorkingDayCalendar:
    row = cursor.execute(
        "SELECT document FROM registry.calendar WHERE landlord = %s AND revision = %s",
        (landlord, revision),
    ).fetchone()
    if row is None:
        raise CalendarNotAdopted(f"{landlord} has no calendar {revision}; adopt it first.")
    return load_calendar(row["document"])

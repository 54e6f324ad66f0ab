"""The working-day calendars a landlord adopted; every revision is kept, so that a count can be
repeated.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Cursor

from shared.calendars.england import load_calendar
from shared.complaints.events import CalendarAdopted
from shared.complaints.values import SkippedDay
from shared.complaints.working_days import WorkingDayCalendar
from shared.registry.remembering import Remembered
from shared.registry.rulebook import refuse_bad_reason, tell

Row = dict[str, Any]
SELECT_CURRENT_REVISION = """
    SELECT revision FROM registry.calendar WHERE landlord = %s
    ORDER BY rulebook_version DESC NULLS LAST, adopted_at DESC, revision DESC LIMIT 1
"""
DAYS_TOLD = 3  # of a change, in the reason of a moved date where the landlord gave none


class CalendarNotAdopted(LookupError):
    """The landlord has no such calendar; says what to do about it."""


# Keyed by landlord and revision, which is made from the content.
_CALENDARS: Remembered[tuple[str, str], WorkingDayCalendar] = Remembered(limit=64)


def adopt_calendar(
    cursor: Cursor[Row],
    landlord: str,
    document: str,
    now: datetime,
    *,
    by: str = "system",
    reason: str | None = None,
) -> str:
    """Make a calendar the current one, tell it in the rulebook, and return its revision; adopting
    the current one changes nothing.

    What runs is counted again afterwards, by the timer service or by whoever asks for it, from the
    row in `workflow.recount` that is written here.
    """
    refuse_bad_reason(reason)
    calendar = load_calendar(document)
    before = _current_revision(cursor, landlord)
    if before == calendar.revision:
        return calendar.revision
    replaced = None if before is None else calendar_by_revision(cursor, landlord, before)
    event = _adopted(calendar, replaced, reason=reason)
    version = tell(cursor, landlord=landlord, event=event, by=by, now=now)
    cursor.execute(
        """
        INSERT INTO registry.calendar
            (landlord, revision, document, adopted_at, adopted_by, reason, rulebook_version)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        ON CONFLICT (landlord, revision) DO UPDATE SET adopted_at = excluded.adopted_at,
            adopted_by = excluded.adopted_by, reason = excluded.reason,
            rulebook_version = excluded.rulebook_version
        """,
        (landlord, calendar.revision, document, now, by, reason, version),
    )
    if replaced is not None:
        _begin_recount(cursor, landlord, event, version=version, now=now)
    return calendar.revision


def has_calendar(cursor: Cursor[Row], landlord: str) -> bool:
    """Say whether the landlord has adopted any calendar."""
    return _current_revision(cursor, landlord) is not None


@dataclass(frozen=True, slots=True)
class AdoptedCalendar:
    """A calendar of a landlord, and when, by whom and why it was adopted last."""

    revision: str
    document: str
    adopted_at: datetime
    adopted_by: str | None
    reason: str | None


def adopted_calendars(cursor: Cursor[Row], landlord: str) -> tuple[AdoptedCalendar, ...]:
    """Return every calendar the landlord ever counted with, the current one first."""
    rows = cursor.execute(
        """
        SELECT revision, document, adopted_at, adopted_by, reason
        FROM registry.calendar WHERE landlord = %s
        ORDER BY rulebook_version DESC NULLS LAST, adopted_at DESC, revision DESC
        """,
        (landlord,),
    )
    return tuple([AdoptedCalendar(**row) for row in rows])


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


def held_calendar(landlord: str, revision: str) -> WorkingDayCalendar | None:
    """Return the same without asking the database; None when this process has not read it yet."""
    return _CALENDARS.held((landlord, revision))


def _current_revision(cursor: Cursor[Row], landlord: str) -> str | None:
    return revision_of(cursor.execute(SELECT_CURRENT_REVISION, (landlord,)).fetchall())


def revision_of(rows: Sequence[Row]) -> str | None:
    """Return the revision that `SELECT_CURRENT_REVISION` found, or None when it found none."""
    return str(rows[0]["revision"]) if rows else None


def changes_between(
    replaced: WorkingDayCalendar, calendar: WorkingDayCalendar
) -> tuple[tuple[SkippedDay, ...], tuple[SkippedDay, ...]]:
    """Return the days that another calendar closes, and those that it opens, in order.

    A day that only changed its name, or from a holiday into the landlord's own closure, is closed
    anew: clocks in law count it otherwise.
    """
    then, now = _closed(replaced), _closed(calendar)
    closed = tuple(SkippedDay(day, now[day][0]) for day in sorted(now) if then.get(day) != now[day])
    opened = tuple(SkippedDay(day, then[day][0]) for day in sorted(then) if day not in now)
    return closed, opened


def _closed(calendar: WorkingDayCalendar) -> dict[date, tuple[str, bool]]:
    office = calendar.office_closures
    return {day: (name, day in office) for day, name in calendar.closures.items()}


def _adopted(
    calendar: WorkingDayCalendar, replaced: WorkingDayCalendar | None, *, reason: str | None
) -> CalendarAdopted:
    closed, opened = ((), ()) if replaced is None else changes_between(replaced, calendar)
    return CalendarAdopted(
        calendar_revision=calendar.revision,
        replaces_revision=None if replaced is None else replaced.revision,
        first_day=calendar.first_day,
        last_day=calendar.last_day,
        closed=closed,
        opened=opened,
        office_closures=tuple(sorted(calendar.office_closures)),
        reason=reason,
    )


def _begin_recount(
    cursor: Cursor[Row], landlord: str, event: CalendarAdopted, *, version: int, now: datetime
) -> None:
    """From the beginning, also where the dates of an earlier calendar were still being counted."""
    cursor.execute(
        """
        INSERT INTO workflow.recount AS present (landlord, calendar_revision, rulebook_version,
            reason, passed_stream, passed_seq, cases, cases_moved, dates_moved, cases_failed, begun_at)
        SELECT %s, %s, %s, %s, '', head.seq, 0, 0, 0, 0, %s
        FROM workflow.feed_head AS head WHERE head.landlord = %s
        ON CONFLICT (landlord) DO UPDATE SET calendar_revision = excluded.calendar_revision,
            rulebook_version = excluded.rulebook_version, reason = excluded.reason,
            passed_stream = '', passed_seq = excluded.passed_seq, cases = 0, cases_moved = 0,
            dates_moved = 0, cases_failed = 0, begun_at = excluded.begun_at, finished_at = NULL
        """,
        (landlord, event.calendar_revision, version, why_recounted(event), now, landlord),
    )


def why_recounted(event: CalendarAdopted) -> str:
    """Return the reason that each moved date is told with: the landlord's own, else the days."""
    if event.reason is not None:
        return event.reason
    days = [f"{each.name} on {each.on.isoformat()} is closed" for each in event.closed]
    days += [f"{each.name} on {each.on.isoformat()} is open" for each in event.opened]
    told = "; ".join(days[:DAYS_TOLD]) or "another calendar was adopted"
    more = len(days) - DAYS_TOLD
    return f"{told}; and {more} more days" if more > 0 else told


def _stored_calendar(cursor: Cursor[Row], landlord: str, revision: str) -> WorkingDayCalendar:
    row = cursor.execute(
        "SELECT document FROM registry.calendar WHERE landlord = %s AND revision = %s",
        (landlord, revision),
    ).fetchone()
    if row is None:
        raise CalendarNotAdopted(f"{landlord} has no calendar {revision}; adopt it first.")
    return load_calendar(row["document"])

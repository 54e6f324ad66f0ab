"""Adopts another calendar for a landlord, or says which dates that would move; the recount follows batch by batch.

The command and the page adopt by this one way, and see what it would move from the same rules.
"""

from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from services.workflow.recounting import Recounting
from shared.calendars.england import load_calendar
from shared.complaints.values import SkippedDay
from shared.complaints.working_days import WorkingDayCalendar
from shared.database.pool import Database
from shared.registry.calendars import (
    AdoptedCalendar,
    CalendarNotAdopted,
    adopt_calendar,
    adopted_calendars,
    changes_between,
)
from shared.registry.rulebook import AdoptionRefused

Answer = dict[str, Any]


class _TakenBack(Exception):
    """Rolls a dry run back, which has asked the same rules."""


@dataclass(frozen=True, slots=True)
class Change:
    """A calendar document to adopt in place of the one in use, by whom and why."""

    landlord: str
    before: AdoptedCalendar
    document: str
    by: str
    reason: str | None


def calendar_in_use(database: Database, landlord: str) -> AdoptedCalendar:
    """The calendar that the landlord counts by now; raises CalendarNotAdopted."""
    with database.transaction(landlord) as cursor:
        found = adopted_calendars(cursor, landlord)
    if not found:
        raise CalendarNotAdopted(f"{landlord} has no calendar; it gets one with its registration.")
    return found[0]


def adopt(database: Database, change: Change, *, now: datetime, dry_run: bool) -> Answer:
    """Adopts, or in a dry run adopts and takes it back; says which days it closes and opens.

    Raises AdoptionRefused, CalendarDocumentInvalid, or StreamMoved where somebody adopted at the same moment.
    """
    calendar, replaced = load_calendar(change.document), load_calendar(change.before.document)
    if calendar.revision == replaced.revision:
        raise AdoptionRefused(
            "this is the calendar in use already: give days with --holiday, --closure or --open"
        )
    if change.reason is None:
        raise AdoptionRefused(
            "--reason: is missing; every date that moves is told with it, so say why in one sentence"
        )
    landlord = change.landlord
    with suppress(_TakenBack), database.transaction(landlord) as cursor:
        adopt_calendar(cursor, landlord, change.document, now, by=change.by, reason=change.reason)
        if dry_run:
            raise _TakenBack
    closed, opened = changes_between(replaced, calendar)
    return {
        "dry_run": dry_run,
        "landlord": landlord,
        "revision": calendar.revision,
        "replaces": replaced.revision,
        "closed": [_day(each, office=calendar.office_closures) for each in closed],
        "opened": [_day(each, office=replaced.office_closures) for each in opened],
        "reason": change.reason,
    }


def preview_of(
    work: Recounting, landlord: str, calendar: WorkingDayCalendar, *, reason: str
) -> Answer:
    """Which dates a calendar would move now."""
    cases = work.open_cases(landlord)
    moved = list(work.preview(landlord, calendar, reason=reason))
    return {
        "cases": cases,
        "cases_moved": len({each.reference for each in moved}),
        "dates_moved": len(moved),
        "moved": [asdict(each) for each in moved],
    }


def _day(day: SkippedDay, *, office: frozenset[date]) -> dict[str, Any]:
    return {"on": day.on, "name": day.name, "office_closure": day.on in office}

"""Adopts another calendar for a landlord, or says which dates that would move; the recount follows batch by batch.

The command and the page adopt by this one way, and see what it would move from the same rules.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime
from itertools import takewhile
from typing import Any

from psycopg import Cursor

from services.workflow.recounting import Recounting
from shared.calendars.england import load_calendar
from shared.complaints.values import SkippedDay
from shared.complaints.working_days import WorkingDayCalendar
from shared.database.pool import Database
from shared.registry.calendars import (
    DAYS_TOLD,
    AdoptedCalendar,
    CalendarNotAdopted,
    adopt_calendar,
    adopted_calendars,
    changes_between,
)
from shared.registry.rulebook import AdoptionRefused, hold
from shared.web.wording import weekday_date

Answer = dict[str, Any]


class CalendarMoved(AdoptionRefused):
    """Another calendar came into use since the one that an effect was shown against; says by whom, and what changed."""

    def __init__(
        self, by: Sequence[str], closed: Sequence[SkippedDay], opened: Sequence[SkippedDay]
    ) -> None:
        self.by, self.closed, self.opened = by, closed, opened
        super().__init__(
            f"--replaces: {self.told({})} Look at the effect again with --dry-run, and name the revision it shows"
        )

    def told(self, names: Mapping[str, str]) -> str:
        """In words, with officers by their `names`."""
        days = [f"{weekday_date(each.on)} is closed ({each.name})" for each in self.closed]
        days += [f"{weekday_date(each.on)} is open ({each.name})" for each in self.opened]
        more = len(days) - DAYS_TOLD
        listed = "; ".join([*days[:DAYS_TOLD], *([f"and {more} more days"] if more > 0 else [])])
        who = ", ".join(names.get(one, one) for one in self.by)
        changed = f"The calendar was changed meanwhile{f' by {who}' if who else ''}"
        return f"{changed}: {listed}." if listed else f"{changed}."


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

    Raises AdoptionRefused, CalendarMoved where another calendar came into use since, and CalendarDocumentInvalid.
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
        hold(cursor, landlord)
        refuse_if_moved(cursor, landlord, change.before.revision)
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


def refuse_if_moved(cursor: Cursor[Answer], landlord: str, revision: str) -> None:
    """Refuses with CalendarMoved where the calendar in use is not of this revision."""
    every = adopted_calendars(cursor, landlord)
    if not every or every[0].revision == revision:
        return
    since = list(takewhile(lambda each: each.revision != revision, every))
    if len(since) == len(every):  # never adopted here: there is nothing to compare with
        raise CalendarMoved((), (), ())
    closed, opened = changes_between(
        load_calendar(every[len(since)].document), load_calendar(every[0].document)
    )
    by = tuple(dict.fromkeys(each.adopted_by for each in since if each.adopted_by))
    raise CalendarMoved(by, closed, opened)


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

"""How a span becomes a due date, and how a due date is shown to have been counted, day by day."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from shared.complaints.events import DeadlineSet
from shared.complaints.values import Moment, SkippedDay
from shared.complaints.working_days import (
    LONDON,
    WorkingDayCalendar,
    london_day,
    london_midnight,
)
from shared.policies.policy import Direction, Span, Unit

HOURS_A_DAY = 24


@dataclass(frozen=True, slots=True)
class DueDate:
    """The London day by whose end something is due, or the instant where it is due in hours."""

    on: date
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class CountedDay:
    """One step of a count: its number, its day, and the closed Mondays to Fridays passed over to
    reach it.
    """

    day: int
    date: date
    skipped: tuple[SkippedDay, ...]


def due_after(moment: Moment, span: Span, calendar: WorkingDayCalendar) -> DueDate:
    """Count a span forward from a moment."""
    match span.unit:
        case Unit.WORKING_DAYS:
            return DueDate(calendar.working_days_after(moment.on, span.count))
        case Unit.CALENDAR_DAYS:
            return DueDate(moment.on + timedelta(days=span.count))
        case Unit.ELAPSED_HOURS:
            return _after_elapsed_hours(moment, span.count)
        case Unit.WORKING_DAY_HOURS:
            return _after_working_day_hours(moment, span.count, calendar)


def due_before(day: date, span: Span, calendar: WorkingDayCalendar) -> DueDate:
    """Count a span of days back from a day."""
    if span.unit is Unit.CALENDAR_DAYS:
        return DueDate(day - timedelta(days=span.count))
    return DueDate(calendar.working_days_before(day, span.count))


def months_after(day: date, months: int) -> date:
    """Return the day of the same number so many months on, or the last of a month that is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    first = date(day.year + years, month + 1, 1)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def counted_days(deadline: DeadlineSet, calendar: WorkingDayCalendar) -> tuple[CountedDay, ...]:
    """Show how a deadline was counted; hours are not counted in days and show nothing.

    Give the calendar under which it was counted: its revision stands on the deadline.
    """
    if deadline.unit == Unit.WORKING_DAYS:
        return _working_days(deadline, calendar)
    if deadline.unit == Unit.CALENDAR_DAYS:
        step = 1 if deadline.due_on >= deadline.trigger_on else -1
        return tuple(
            CountedDay(day, deadline.trigger_on + timedelta(days=day * step), ())
            for day in range(1, deadline.span + 1)
        )
    return ()


def overdue_from(deadline: DeadlineSet) -> datetime:
    """Return the instant from which the deadline is missed."""
    if deadline.due_at is not None:
        return deadline.due_at
    return london_midnight(deadline.due_on + timedelta(days=1))


def is_late(deadline: DeadlineSet, moment: Moment) -> bool:
    """Say whether something done at the moment came after the deadline."""
    if deadline.due_at is not None and moment.at is not None:
        return moment.at > deadline.due_at
    return moment.on > deadline.due_on


def _after_elapsed_hours(moment: Moment, hours: int) -> DueDate:
    if moment.at is None:  # no time is made up: the end of the day that lies as many days on
        return DueDate(moment.on + timedelta(days=-(-hours // HOURS_A_DAY)))
    due_at = moment.at.astimezone(UTC) + timedelta(hours=hours)
    return DueDate(london_day(due_at), due_at)


def _after_working_day_hours(moment: Moment, hours: int, calendar: WorkingDayCalendar) -> DueDate:
    days, rest = divmod(hours, HOURS_A_DAY)
    if moment.at is None:
        return DueDate(calendar.working_days_after(moment.on, days + (rest > 0)))
    start = moment.at.astimezone(LONDON)
    if not calendar.is_working_day(start.date()):
        if rest == 0:  # whole days from the next one's midnight end with the last of them
            return DueDate(calendar.working_days_after(start.date(), days))
        opening = calendar.working_days_after(start.date(), 1)
        start = datetime(opening.year, opening.month, opening.day, tzinfo=LONDON)
    # Clocks change on Sundays, so every working day has 24 hours and wall-clock time is exact.
    end = start.replace(tzinfo=None) + timedelta(hours=rest)
    day = calendar.working_days_after(start.date(), days + (end.date() - start.date()).days)
    due_at = datetime.combine(day, end.time(), tzinfo=LONDON).astimezone(UTC)
    return DueDate(day, due_at)


def _working_days(deadline: DeadlineSet, calendar: WorkingDayCalendar) -> tuple[CountedDay, ...]:
    backwards = deadline.trigger.startswith(Direction.BEFORE)
    if backwards:
        first = calendar.working_days_before(deadline.trigger_on, deadline.span)
        days = calendar.counted(first - timedelta(days=1), deadline.trigger_on - timedelta(days=1))
        days = tuple(reversed(days))
    else:
        last = calendar.working_days_after(deadline.trigger_on, deadline.span)
        days = calendar.counted(deadline.trigger_on, last)
    told: list[CountedDay] = []
    before = deadline.trigger_on
    for number, day in enumerate(days, start=1):
        skipped = calendar.skipped_between(*((day, before) if backwards else (before, day)))
        told.append(CountedDay(number, day, tuple(reversed(skipped)) if backwards else skipped))
        before = day
    return tuple(told)

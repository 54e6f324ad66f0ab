"""Working days, defined once: Monday to Friday in England without the days that a calendar closes.

Day 0 is the London date of what starts a count, whatever kind of day it is; day n is the n-th
working day strictly after it. A calendar knows the days from its first to its last and refuses any
other instead of guessing.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from functools import cached_property
from types import MappingProxyType
from zoneinfo import ZoneInfo

from shared.complaints.values import SkippedDay

LONDON = ZoneInfo("Europe/London")
SATURDAY = 5


class CalendarDoesNotKnow(ValueError):
    """A day was asked for that lies outside the days the calendar covers."""

    def __init__(self, asked: str, *, revision: str, first_day: date, last_day: date) -> None:
        super().__init__(
            f"Calendar {revision} covers {first_day.isoformat()} to {last_day.isoformat()} "
            f"and does not know {asked}."
        )


def london_day(instant: datetime) -> date:
    """Return the civil date in London at an aware instant."""
    if instant.tzinfo is None:
        raise ValueError("An instant needs its time zone: a bare time names no day in London.")
    return instant.astimezone(LONDON).date()


def london_midnight(day: date) -> datetime:
    """Return the instant, in UTC, at which the day begins in London."""
    return datetime(day.year, day.month, day.day, tzinfo=LONDON).astimezone(UTC)


@dataclass(frozen=True)
class WorkingDayCalendar:
    """The working days between two dates; two calendars with one revision count alike.

    `closures` are all days that are closed, with their names; `office_closures` those among them
    that only the landlord closes, which no clock in law knows.
    """

    revision: str
    first_day: date
    last_day: date
    closures: Mapping[date, str]
    office_closures: frozenset[date] = frozenset()
    _days: tuple[date, ...] = field(init=False, repr=False, compare=False)
    _passed: tuple[int, ...] = field(init=False, repr=False, compare=False)
    _first: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.last_day < self.first_day:
            raise ValueError("A calendar ends after it begins.")
        days: list[date] = []
        passed: list[int] = []  # for each day known: how many working days lie up to and on it
        for ordinal in range(self.first_day.toordinal(), self.last_day.toordinal() + 1):
            day = date.fromordinal(ordinal)
            if day.weekday() < SATURDAY and day not in self.closures:
                days.append(day)
            passed.append(len(days))
        object.__setattr__(self, "closures", MappingProxyType(dict(self.closures)))
        object.__setattr__(self, "_days", tuple(days))
        object.__setattr__(self, "_passed", tuple(passed))
        object.__setattr__(self, "_first", self.first_day.toordinal())

    @cached_property
    def by_law(self) -> "WorkingDayCalendar":
        """The same calendar without the landlord's own closures, for the clocks that the law sets."""
        if not self.office_closures:
            return self
        lawful = {
            day: name for day, name in self.closures.items() if day not in self.office_closures
        }
        return WorkingDayCalendar(self.revision, self.first_day, self.last_day, lawful)

    def is_working_day(self, day: date) -> bool:
        """Say whether the day counts."""
        self._passed_by(day)
        return day.weekday() < SATURDAY and day not in self.closures

    def working_days_after(self, day: date, count: int) -> date:
        """Return day `count` when `day` is day 0; day 0 may be any day and is returned for a count
        of 0.
        """
        if count < 1:
            return self._day_zero(day, count)
        place = self._passed_by(day) + count - 1
        if place >= len(self._days):
            raise self._unknown(f"{count} working days after {day.isoformat()}")
        return self._days[place]

    def working_days_before(self, day: date, count: int) -> date:
        """Return the working day from which `count` working days lead up to `day`."""
        if count < 1:
            return self._day_zero(day, count)
        place = self._passed_by(day) - self.is_working_day(day) - count
        if place < 0:
            raise self._unknown(f"{count} working days before {day.isoformat()}")
        return self._days[place]

    def working_days_between(self, after: date, up_to: date) -> int:
        """Count the working days strictly after the one day, up to and including the other."""
        return max(0, self._passed_by(up_to) - self._passed_by(after))

    def counted(self, after: date, up_to: date) -> tuple[date, ...]:
        """Name the working days that `working_days_between` counts."""
        return self._days[self._passed_by(after) : self._passed_by(up_to)]

    def skipped_between(self, after: date, up_to: date) -> tuple[SkippedDay, ...]:
        """Name the Mondays to Fridays in the same span that are closed, and why."""
        self._passed_by(after)
        self._passed_by(up_to)
        span = (after + timedelta(days=step) for step in range(1, (up_to - after).days + 1))
        return tuple(
            SkippedDay(day, self.closures[day])
            for day in span
            if day in self.closures and day.weekday() < SATURDAY
        )

    def _passed_by(self, day: date) -> int:
        place = day.toordinal() - self._first
        if place < 0 or place >= len(self._passed):
            raise self._unknown(day.isoformat())
        return self._passed[place]

    def _day_zero(self, day: date, count: int) -> date:
        if count < 0:
            raise ValueError(
                "A count of working days is never negative; count the other way instead."
            )
        self._passed_by(day)
        return day

    def _unknown(self, asked: str) -> CalendarDoesNotKnow:
        return CalendarDoesNotKnow(
            asked, revision=self.revision, first_day=self.first_day, last_day=self.last_day
        )

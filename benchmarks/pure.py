"""What needs no server: counting working days, replaying a history, checking the chain."""

import time
from collections.abc import Callable
from datetime import date, timedelta

import holidays

from benchmarks.reporting import Measured, median_of_runs
from shared.calendars.england import england_calendar_document, load_calendar
from shared.complaints.working_days import WorkingDayCalendar
from shared.eventstore.chain import FIRST_PREVIOUS_HASH, next_hash

DAYS = [date(2026, 1, 1) + timedelta(days=offset) for offset in range(365)]
AHEAD = 10
FACTS = 200_000


def measure() -> list[Measured]:
    """Nanoseconds per count, and chained facts per second."""
    calendar = load_calendar(england_calendar_document())
    closed = holidays.country_holidays("GB", subdiv="ENG", years=range(2025, 2029))
    by_hand = frozenset(closed)
    counted = _nanoseconds(lambda day: calendar.working_days_after(day, AHEAD))
    walked = _nanoseconds(lambda day: _walk(day, by_hand))
    package = _nanoseconds(lambda day: closed.get_nth_working_day(day, AHEAD), every=10)
    _same_answers(calendar, by_hand)
    return [
        Measured(
            "ten working days ahead",
            counted,
            "ns",
            {"a walk over a set": walked, "the holidays package": package},
            higher_is_better=False,
            aim="200 ns",
        ),
        Measured("facts chained", median_of_runs(_chained_per_second), "/s", {}),
    ]


def _nanoseconds(count: Callable[[date], object], *, every: int = 1) -> float:
    def run() -> float:
        days = DAYS[::every]
        began = time.perf_counter_ns()
        for day in days:
            count(day)
        return (time.perf_counter_ns() - began) / len(days)

    return median_of_runs(run)


def _walk(day: date, closed: frozenset[date]) -> date:
    left = AHEAD
    while left:
        day += timedelta(days=1)
        left -= day.weekday() < 5 and day not in closed
    return day


def _same_answers(calendar: WorkingDayCalendar, closed: frozenset[date]) -> None:
    assert all(calendar.working_days_after(day, AHEAD) == _walk(day, closed) for day in DAYS)


def _chained_per_second() -> float:
    record, previous = "x" * 600, FIRST_PREVIOUS_HASH
    began = time.perf_counter()
    for seq in range(1, FACTS + 1):
        previous = next_hash(previous, seq, record)
    return FACTS / (time.perf_counter() - began)

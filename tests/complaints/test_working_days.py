"""Working days: Monday to Friday without the days England closes, in a calendar that never guesses."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given as given_any
from hypothesis import strategies as some

from shared.calendars.england import (
    CalendarDocumentInvalid,
    england_calendar_document,
    load_calendar,
)
from shared.complaints.working_days import (
    CalendarDoesNotKnow,
    WorkingDayCalendar,
    london_day,
    london_midnight,
)
from tests.support import dates
from tests.support.complaint_spec import england

days = some.dates(min_value=date(2001, 1, 1), max_value=date(2039, 12, 31))
counts = some.integers(min_value=1, max_value=200)

CLOSED_ONCE = {
    date(2011, 4, 29): "Wedding of William and Catherine",
    date(2012, 6, 5): "Diamond Jubilee of Elizabeth II",
    date(2022, 6, 3): "Platinum Jubilee of Elizabeth II",
    date(2022, 9, 19): "State Funeral of Queen Elizabeth II",
    date(2023, 5, 8): "Coronation of Charles III",
}
MOVED = {
    date(2020, 5, 8): "May Day",  # for VE Day; 4 May was worked
    date(2022, 6, 2): "Spring Bank Holiday",  # for the jubilee; 30 May was worked
}


@pytest.mark.parametrize(("day", "name"), [*CLOSED_ONCE.items(), *MOVED.items()])
def test_holidays_proclaimed_once_or_moved_are_known(day: date, name: str) -> None:
    assert england().closures[day] == name
    assert not england().is_working_day(day)


@pytest.mark.parametrize("day", [date(2020, 5, 4), date(2022, 5, 30), date(2025, 12, 29)])
def test_a_day_whose_holiday_moved_and_an_office_shutdown_are_working_days(day: date) -> None:
    assert england().is_working_day(day)


def test_eight_bank_holidays_close_an_ordinary_year() -> None:
    in_2026 = sorted(day for day in england().closures if day.year == 2026)
    assert [day.isoformat()[5:] for day in in_2026] == [
        "01-01",
        "04-03",
        "04-06",
        "05-04",
        "05-25",
        "08-31",
        "12-25",
        "12-28",
    ]


@given_any(day=days, count=counts)
def test_the_day_counted_to_is_a_working_day_after_the_start(day: date, count: int) -> None:
    found = england().working_days_after(day, count)
    assert found > day
    assert england().is_working_day(found)


@given_any(day=days, count=counts)
def test_counting_back_undoes_counting_on(day: date, count: int) -> None:
    calendar = england()
    found = calendar.working_days_after(day, count)
    assert calendar.working_days_between(day, found) == count
    start = calendar.working_days_before(found, count)
    assert calendar.working_days_after(start, count) == found
    assert start == day or not calendar.is_working_day(day)


@given_any(day=days, other=days, count=counts)
def test_a_later_start_never_ends_earlier(day: date, other: date, count: int) -> None:
    first, second = sorted((day, other))
    calendar = england()
    assert calendar.working_days_after(first, count) <= calendar.working_days_after(second, count)


@given_any(day=days, count=counts)
def test_one_more_working_day_is_strictly_later(day: date, count: int) -> None:
    calendar = england()
    assert calendar.working_days_after(day, count) < calendar.working_days_after(day, count + 1)


@given_any(day=days, length=some.integers(min_value=0, max_value=400))
def test_what_lies_between_is_counted_or_skipped_or_a_weekend(day: date, length: int) -> None:
    calendar, up_to = england(), day + timedelta(days=length)
    counted = calendar.counted(day, up_to)
    skipped = calendar.skipped_between(day, up_to)
    weekend = [step for step in _span(day, up_to) if step.weekday() >= 5]
    assert len(counted) == calendar.working_days_between(day, up_to)
    assert len(counted) + len(skipped) + len(weekend) == length


def test_the_calendar_agrees_with_a_walk_day_by_day_over_forty_years() -> None:
    calendar = england()
    closed = set(calendar.closures)
    walked = [
        day
        for day in _span(date(1999, 12, 31), date(2039, 12, 31))
        if day.weekday() < 5 and day not in closed
    ]
    assert len(walked) > 10_000
    assert calendar.counted(date(2000, 1, 1), date(2039, 12, 31)) == tuple(walked)
    for before, after in pairwise(walked):
        for day in _span(before - timedelta(days=1), after - timedelta(days=1)):
            assert calendar.working_days_after(day, 1) == after
    for place in range(0, len(walked) - 28, 97):
        assert calendar.working_days_after(walked[place], 28) == walked[place + 28]
        assert calendar.working_days_before(walked[place + 28], 28) == walked[place]


def test_day_zero_is_the_day_itself_of_whatever_kind() -> None:
    saturday = dates.sat_14_mar_2026
    assert england().working_days_after(saturday, 0) == saturday
    assert england().working_days_before(saturday, 0) == saturday


def test_nothing_lies_between_a_day_and_an_earlier_one() -> None:
    assert england().working_days_between(dates.wed_4_mar_2026, dates.mon_2_mar_2026) == 0
    assert england().counted(dates.wed_4_mar_2026, dates.mon_2_mar_2026) == ()


def test_a_calendar_refuses_days_it_does_not_know_and_says_which_it_knows() -> None:
    calendar = england()
    with pytest.raises(CalendarDoesNotKnow, match="covers 2000-01-01 to 2040-12-31"):
        calendar.is_working_day(date(1999, 12, 31))
    with pytest.raises(CalendarDoesNotKnow, match="10 working days after 2040-12-20"):
        calendar.working_days_after(date(2040, 12, 20), 10)
    with pytest.raises(CalendarDoesNotKnow, match="3 working days before 2000-01-05"):
        calendar.working_days_before(date(2000, 1, 5), 3)
    with pytest.raises(CalendarDoesNotKnow, match="2041-01-01"):
        calendar.working_days_between(date(2026, 1, 1), date(2041, 1, 1))
    with pytest.raises(CalendarDoesNotKnow, match="1999-12-31"):
        calendar.skipped_between(date(1999, 12, 31), date(2000, 1, 4))


def test_a_count_is_never_negative() -> None:
    with pytest.raises(ValueError, match="never negative"):
        england().working_days_after(dates.mon_2_mar_2026, -1)


def test_the_revision_changes_with_the_days_and_only_with_them() -> None:
    document = england_calendar_document()
    assert load_calendar(document).revision == load_calendar(document).revision
    shut = document.replace('"2026-04-03": "Good Friday"', '"2026-04-03": "Closed"')
    assert load_calendar(shut).revision != england().revision
    assert england().revision.startswith("england-")


def test_a_landlord_closes_its_office_by_a_document_of_its_own() -> None:
    document = england_calendar_document(first_year=2025, last_year=2026).replace(
        '"2025-12-25"', '"2025-12-29": "Office closed",\n  "2025-12-25"'
    )
    calendar = load_calendar(document)
    assert not calendar.is_working_day(date(2025, 12, 29))
    assert calendar.working_days_after(date(2025, 12, 24), 1) == date(2025, 12, 30)


@pytest.mark.parametrize(
    "document", ["", "[]", "{}", '{"calendar": "x", "first_year": 1, "closures": {"y": "z"}}']
)
def test_a_document_that_is_no_calendar_is_refused(document: str) -> None:
    with pytest.raises(CalendarDocumentInvalid, match="calendar, first_year"):
        load_calendar(document)


def test_a_calendar_ends_after_it_begins_and_never_changes() -> None:
    with pytest.raises(ValueError, match="ends after"):
        WorkingDayCalendar("x", date(2026, 1, 2), date(2026, 1, 1), {})
    closures = {dates.mon_2_mar_2026: "Strike"}
    calendar = WorkingDayCalendar("x", date(2026, 1, 1), date(2026, 12, 31), closures)
    closures.clear()
    assert not calendar.is_working_day(dates.mon_2_mar_2026)


def test_london_decides_the_day_of_an_instant() -> None:
    assert london_day(datetime(2026, 7, 2, 22, 59, tzinfo=UTC)) == date(2026, 7, 2)
    assert london_day(datetime(2026, 7, 2, 23, 0, tzinfo=UTC)) == date(2026, 7, 3)
    assert london_midnight(date(2026, 7, 3)) == datetime(2026, 7, 2, 23, 0, tzinfo=UTC)
    assert london_midnight(date(2026, 1, 3)) == datetime(2026, 1, 3, tzinfo=UTC)
    with pytest.raises(ValueError, match="time zone"):
        london_day(datetime(2026, 7, 2, 12, 0))  # noqa: DTZ001 - the bare time is the point


def test_days_in_these_tests_are_named_by_their_weekday() -> None:
    for name, day in vars(dates).items():
        if isinstance(day, date):
            assert name == f"{day:%a}_{day.day}_{day:%b}_{day.year}".lower()


def _span(after: date, up_to: date) -> list[date]:
    return [after + timedelta(days=step) for step in range(1, (up_to - after).days + 1)]

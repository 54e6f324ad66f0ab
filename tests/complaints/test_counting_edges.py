"""The edges of counting: the first and the last day known, the very instant, the count that is printed."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from shared.complaints.events import DeadlineSet
from shared.complaints.values import Moment, SkippedDay
from shared.complaints.working_days import (
    CalendarDoesNotKnow,
    WorkingDayCalendar,
    london_day,
    london_midnight,
)
from shared.policies.counting import (
    CountedDay,
    DueDate,
    counted_days,
    due_after,
    due_before,
    is_late,
    overdue_from,
)
from shared.policies.policy import Span, Unit
from tests.support.complaint_spec import at, england
from tests.support.dates import mon_2_mar_2026, mon_9_mar_2026, tue_3_mar_2026

fri_6_mar_2026 = date(2026, 3, 6)
SATURDAY = date(2026, 3, 7)

DEADLINE = DeadlineSet(
    duty="respond",
    stage=1,
    generation=1,
    due_on=fri_6_mar_2026,
    due_at=None,
    trigger="received",
    trigger_on=mon_2_mar_2026,
    span=4,
    unit="working_days",
    rule="Answer within four working days.",
    clause="1",
    firmness="must",
    responsible="manager",
    policy="any",
    policy_hash="",
    calendar_revision="week",
)


def a_week() -> WorkingDayCalendar:
    """A calendar of eight days; made in the test, so that a changed calendar shows."""
    return WorkingDayCalendar("week", mon_2_mar_2026, mon_9_mar_2026, {})


def test_a_calendar_knows_its_first_and_its_last_day_and_no_other() -> None:
    assert a_week().is_working_day(mon_2_mar_2026)
    assert a_week().is_working_day(mon_9_mar_2026)
    for day in (mon_2_mar_2026 - timedelta(days=1), mon_9_mar_2026 + timedelta(days=1)):
        with pytest.raises(CalendarDoesNotKnow) as unknown:
            a_week().is_working_day(day)
        assert str(unknown.value) == (
            f"Calendar week covers 2026-03-02 to 2026-03-09 and does not know {day.isoformat()}."
        )


def test_a_count_may_end_on_the_last_working_day_that_is_known_and_not_beyond() -> None:
    assert a_week().working_days_after(mon_2_mar_2026, 5) == mon_9_mar_2026
    with pytest.raises(CalendarDoesNotKnow, match="6 working days after 2026-03-02"):
        a_week().working_days_after(mon_2_mar_2026, 6)
    assert a_week().working_days_before(mon_9_mar_2026, 5) == mon_2_mar_2026
    with pytest.raises(CalendarDoesNotKnow, match="6 working days before 2026-03-09"):
        a_week().working_days_before(mon_9_mar_2026, 6)


def test_a_calendar_may_be_one_day_long_but_not_less() -> None:
    one_day = WorkingDayCalendar("day", mon_2_mar_2026, mon_2_mar_2026, {})
    assert one_day.is_working_day(mon_2_mar_2026)
    with pytest.raises(ValueError, match=r"^A calendar ends after it begins\.$"):
        WorkingDayCalendar("none", tue_3_mar_2026, mon_2_mar_2026, {})


def test_a_closed_saturday_is_not_named_as_skipped() -> None:
    closed = {SATURDAY: "Fair", tue_3_mar_2026: "Flood"}
    calendar = WorkingDayCalendar("closed", mon_2_mar_2026, mon_9_mar_2026, closed)
    skipped = calendar.skipped_between(mon_2_mar_2026, mon_9_mar_2026)
    assert skipped == (SkippedDay(tue_3_mar_2026, "Flood"),)


def test_what_cannot_be_counted_is_refused_in_a_sentence() -> None:
    bare = datetime(2026, 3, 2, 9, 30)  # noqa: DTZ001 - the time without a zone that is refused
    with pytest.raises(
        ValueError, match=r"^An instant needs its time zone: a bare time names no day in London\.$"
    ):
        london_day(bare)
    with pytest.raises(
        ValueError,
        match=r"^A count of working days is never negative; count the other way instead\.$",
    ):
        a_week().working_days_after(mon_2_mar_2026, -1)


def test_every_instant_is_given_in_utc() -> None:
    at_noon = at(date(2026, 7, 1)).at
    assert at_noon is not None
    summer = Moment(date(2026, 7, 1), at_noon)
    hours = [
        due_after(summer, Span(count, unit), england()).at
        for unit in (Unit.ELAPSED_HOURS, Unit.WORKING_DAY_HOURS)
        for count in (24, 30)
    ]
    assert [instant and instant.tzinfo for instant in (*hours, london_midnight(summer.on))] == [
        UTC
    ] * 5
    assert hours == [
        datetime(2026, 7, 2, 11, tzinfo=UTC),
        datetime(2026, 7, 2, 17, tzinfo=UTC),
        datetime(2026, 7, 2, 11, tzinfo=UTC),
        datetime(2026, 7, 2, 17, tzinfo=UTC),
    ]


@pytest.mark.parametrize(
    ("hours", "elapsed", "working"),
    [
        (1, SATURDAY, mon_9_mar_2026),
        (24, SATURDAY, mon_9_mar_2026),
        (25, date(2026, 3, 8), date(2026, 3, 10)),
        (48, date(2026, 3, 8), date(2026, 3, 10)),
    ],
)
def test_hours_from_a_day_without_a_time_end_with_a_day(
    hours: int, elapsed: date, working: date
) -> None:
    friday = Moment(fri_6_mar_2026)
    assert due_after(friday, Span(hours, Unit.ELAPSED_HOURS), england()) == DueDate(elapsed)
    assert due_after(friday, Span(hours, Unit.WORKING_DAY_HOURS), england()) == DueDate(working)


def test_hours_that_start_on_a_weekend_start_with_monday() -> None:
    due = due_after(at(SATURDAY), Span(6, Unit.WORKING_DAY_HOURS), england())
    assert due == DueDate(mon_9_mar_2026, datetime(2026, 3, 9, 6, tzinfo=UTC))


def test_the_very_instant_is_still_in_time() -> None:
    due_at = datetime(2026, 3, 6, 12, tzinfo=UTC)
    deadline = replace(DEADLINE, due_at=due_at)
    assert overdue_from(deadline) == due_at
    assert not is_late(deadline, Moment(fri_6_mar_2026, due_at))
    assert is_late(deadline, Moment(fri_6_mar_2026, due_at + timedelta(microseconds=1)))
    assert not is_late(deadline, Moment(fri_6_mar_2026))
    assert is_late(deadline, Moment(SATURDAY))


def test_calendar_days_are_printed_one_by_one_in_either_direction() -> None:
    forward = replace(DEADLINE, unit="calendar_days", span=2, due_on=date(2026, 3, 4))
    assert counted_days(forward, england()) == (
        CountedDay(1, tue_3_mar_2026, ()),
        CountedDay(2, date(2026, 3, 4), ()),
    )
    back = replace(forward, trigger="before respond", trigger_on=mon_9_mar_2026, due_on=SATURDAY)
    assert counted_days(back, england()) == (
        CountedDay(1, date(2026, 3, 8), ()),
        CountedDay(2, SATURDAY, ()),
    )
    assert due_before(mon_9_mar_2026, Span(2, Unit.CALENDAR_DAYS), england()).on == SATURDAY


def test_a_count_back_over_easter_names_each_day_passed_over_from_the_later_to_the_earlier() -> (
    None
):
    back = replace(
        DEADLINE,
        trigger="before respond",
        trigger_on=date(2026, 4, 7),
        due_on=date(2026, 4, 2),
        span=1,
    )
    (counted,) = counted_days(back, england())
    assert (counted.day, counted.date) == (1, date(2026, 4, 2))
    assert [each.on for each in counted.skipped] == [date(2026, 4, 6), date(2026, 4, 3)]
    forward = replace(DEADLINE, trigger_on=date(2026, 4, 2), due_on=date(2026, 4, 7), span=1)
    (counted,) = counted_days(forward, england())
    assert [each.on for each in counted.skipped] == [date(2026, 4, 3), date(2026, 4, 6)]

"""What still runs is counted again by another calendar, from the day and the hour that started it."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from shared.complaints.events import DeadlineSet
from shared.complaints.values import Moment, Notice, Route
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.counting import DueDate
from shared.policies.deadlines import EXTENSION, Deadline, DeadlineState
from shared.policies.policy import Duty, Span, Unit
from shared.policies.recounting import counted_again, deadlines_recounted
from tests.complaints.test_recounting import proclaimed, with_office_closed
from tests.policies.reading import every_rule
from tests.support.complaint_spec import at, england

WED_10_JUN, THU_11_JUN = date(2026, 6, 10), date(2026, 6, 11)
FRI_12_JUN, SAT_13_JUN, MON_15_JUN = date(2026, 6, 12), date(2026, 6, 13), date(2026, 6, 15)
TUE_16_JUN, WED_24_JUN, FRI_26_JUN = date(2026, 6, 16), date(2026, 6, 24), date(2026, 6, 26)
TUE_30_JUN, WED_1_JUL = date(2026, 6, 30), date(2026, 7, 1)
THURSDAY_CLOSED = {THU_11_JUN: "Proclaimed"}
FRIDAY_CLOSED = {FRI_12_JUN: "Proclaimed"}


def set_on(due_on: date, *, since: date = WED_10_JUN, **fields: Any) -> DeadlineSet:
    """A date in two working days, unless told otherwise, counted by England's calendar."""
    known: dict[str, Any] = {
        "duty": "respond",
        "stage": 1,
        "generation": 1,
        "due_on": due_on,
        "due_at": None,
        "trigger": "received",
        "trigger_on": since,
        "span": 2,
        "unit": Unit.WORKING_DAYS.value,
        "rule": "We answer.",
        "clause": "4",
        "firmness": "must",
        "responsible": "caseworker",
        "policy": "harbour-trust",
        "policy_hash": "beef",
        "calendar_revision": england().revision,
    }
    return DeadlineSet(**(known | fields))


def recounted(
    *known: DeadlineSet,
    by: WorkingDayCalendar,
    duties: tuple[Duty, ...] | None = None,
    state: DeadlineState = DeadlineState.RUNNING,
    now: date = WED_10_JUN,
) -> tuple[DeadlineSet, ...]:
    """What is told of these dates at noon on a day; their duties are those of the policy."""
    if duties is None:
        duties = every_rule().duties_at(route=Route.COMPLAINT, stage=1)
    return deadlines_recounted(
        by,
        duties={duty.duty: duty for duty in duties},
        known={each.duty: Deadline(each, each, state) for each in known},
        now=at(now),
    )


def duty(name: str, **changes: Any) -> Duty:
    known = every_rule().duty(name, route=Route.COMPLAINT, stage=1)
    assert known is not None
    return replace(known, **changes)


class TestOneDate:
    """The span of one deadline by another calendar."""

    @pytest.mark.parametrize("unit", [Unit.CALENDAR_DAYS, Unit.ELAPSED_HOURS])
    def test_days_and_hours_that_know_no_closed_day_move_with_their_start(self, unit: Unit) -> None:
        due_at = datetime(2026, 6, 11, 8, 30, tzinfo=UTC)
        deadline = set_on(THU_11_JUN, unit=unit.value, due_at=due_at)
        moved = counted_again(deadline, proclaimed(FRIDAY_CLOSED), trigger_on=FRI_12_JUN)
        assert moved == DueDate(SAT_13_JUN, datetime(2026, 6, 13, 8, 30, tzinfo=UTC))

    def test_hours_that_began_without_a_time_of_day_end_without_one(self) -> None:
        deadline = set_on(FRI_12_JUN, span=48, unit=Unit.WORKING_DAY_HOURS.value)
        moved = counted_again(deadline, proclaimed(THURSDAY_CLOSED), trigger_on=WED_10_JUN)
        assert moved == DueDate(MON_15_JUN, None)

    def test_thirty_hours_from_half_past_nine_end_at_half_past_three_on_the_next_day(self) -> None:
        ends = at(THU_11_JUN, "15:30").at
        deadline = set_on(THU_11_JUN, span=30, unit=Unit.WORKING_DAY_HOURS.value, due_at=ends)
        moved = counted_again(deadline, proclaimed(THURSDAY_CLOSED), trigger_on=WED_10_JUN)
        assert moved == DueDate(FRI_12_JUN, at(FRI_12_JUN, "15:30").at)


class TestLeftAlone:
    """What no calendar moves any more."""

    def test_a_running_date_moves_by_a_closed_day(self) -> None:
        (told,) = recounted(set_on(FRI_12_JUN), by=proclaimed(THURSDAY_CLOSED))
        assert (told.due_on, told.generation) == (MON_15_JUN, 2)

    @pytest.mark.parametrize(
        "state", [DeadlineState.MET, DeadlineState.MISSED, DeadlineState.LIFTED]
    )
    def test_what_is_met_missed_or_lifted_before_its_day(self, state: DeadlineState) -> None:
        assert recounted(set_on(FRI_12_JUN), by=proclaimed(THURSDAY_CLOSED), state=state) == ()

    def test_what_an_extension_dated_even_if_a_day_within_it_is_closed(self) -> None:
        extended = set_on(FRI_12_JUN, trigger=EXTENSION)
        assert recounted(extended, by=proclaimed(THURSDAY_CLOSED)) == ()

    def test_what_was_counted_by_this_very_calendar(self) -> None:
        assert recounted(set_on(TUE_16_JUN), by=england()) == ()

    def test_what_has_gone_by_even_if_it_would_now_end_today(self) -> None:
        day = set_on(FRI_12_JUN)
        assert recounted(day, by=proclaimed(FRIDAY_CLOSED), now=MON_15_JUN) == ()
        (told,) = recounted(day, by=proclaimed(FRIDAY_CLOSED), now=FRI_12_JUN)
        assert told.due_on == MON_15_JUN


class TestClockInLaw:
    """What no duty of the policy is counted for, such as a clock that a regulation sets."""

    def test_the_landlords_own_closure_does_not_move_it_and_a_holiday_does(self) -> None:
        law = set_on(FRI_12_JUN, duty="hazard 1")
        assert recounted(law, by=with_office_closed(THU_11_JUN)) == ()
        (told,) = recounted(law, by=proclaimed(THURSDAY_CLOSED))
        assert (told.due_on, told.notices, told.target_on) == (MON_15_JUN, (), None)


class TestOneAfterAnother:
    """A date that counts from another one's."""

    def test_it_moves_with_the_other_whichever_of_them_is_looked_at_first(self) -> None:
        first = set_on(FRI_12_JUN, duty="acknowledge", notices=())
        second = set_on(TUE_16_JUN, since=FRI_12_JUN, trigger="after acknowledge")
        for known in ((first, second), (second, first)):
            told = {each.duty: each for each in recounted(*known, by=proclaimed(THURSDAY_CLOSED))}
            assert told["acknowledge"].due_on == MON_15_JUN
            assert told["respond"].trigger_on == MON_15_JUN
            assert told["respond"].due_on == date(2026, 6, 17)

    def test_a_fact_is_not_the_duty_that_bears_its_name(self) -> None:
        named_so = set_on(FRI_12_JUN, duty="received")
        (_, told) = recounted(named_so, set_on(FRI_12_JUN), by=proclaimed(THURSDAY_CLOSED))
        assert (told.trigger_on, told.due_on) == (WED_10_JUN, MON_15_JUN)

    def test_in_calendar_days_no_closed_day_is_passed_over(self) -> None:
        first = set_on(FRI_12_JUN)
        after = set_on(
            TUE_16_JUN,
            since=FRI_12_JUN,
            duty="holding_response",
            trigger="after respond",
            span=4,
            unit=Unit.CALENDAR_DAYS.value,
        )
        closed = THURSDAY_CLOSED | {TUE_16_JUN: "Proclaimed too"}
        (_, told) = recounted(first, after, by=proclaimed(closed))
        assert (told.trigger_on, told.due_on) == (MON_15_JUN, date(2026, 6, 19))
        assert told.skipped == ()


def test_a_complainants_time_in_hours_that_would_get_shorter_keeps_its_hour() -> None:
    window = set_on(
        MON_15_JUN,
        duty="escalation_window",
        span=48,
        unit=Unit.WORKING_DAY_HOURS.value,
        due_at=at(MON_15_JUN, "09:30").at,
        calendar_revision=proclaimed(THURSDAY_CLOSED).revision,
    )
    assert recounted(window, by=england()) == ()


class TestReminders:
    """What reminds of a date that moved."""

    def test_where_there_was_none_none_is_made(self) -> None:
        (told,) = recounted(set_on(FRI_12_JUN), by=proclaimed(THURSDAY_CLOSED))
        assert told.notices == ()

    def test_where_the_policy_has_none_any_more_the_old_one_goes(self) -> None:
        reminded = set_on(FRI_12_JUN, notices=(Notice("approaching", WED_10_JUN),))
        without = (duty("respond", notice=None),)
        (told,) = recounted(reminded, by=proclaimed(THURSDAY_CLOSED), duties=without)
        assert told.notices == ()


class TestDayToWorkTo:
    """The earlier day to work to where the fact that starts the count came late."""

    def late(self, **fields: Any) -> tuple[DeadlineSet, DeadlineSet]:
        acknowledge = set_on(FRI_12_JUN, duty="acknowledge")
        known: dict[str, Any] = {"since": TUE_16_JUN, "trigger": "acknowledged", "span": 10}
        return acknowledge, set_on(TUE_30_JUN, **(known | fields))

    def test_it_counts_from_the_day_to_which_the_other_date_moved(self) -> None:
        closed = FRIDAY_CLOSED | {WED_24_JUN: "Proclaimed too"}
        (_, told) = recounted(*self.late(target_on=FRI_26_JUN), by=proclaimed(closed))
        assert (told.due_on, told.target_on) == (WED_1_JUL, TUE_30_JUN)

    def test_where_there_was_none_none_is_made(self) -> None:
        told = recounted(*self.late(), by=proclaimed({WED_24_JUN: "Proclaimed"}))
        assert [(each.due_on, each.target_on) for each in told] == [(WED_1_JUL, None)]

    def test_where_the_policy_lets_nothing_stand_in_for_the_fact_any_more_there_is_none(
        self,
    ) -> None:
        told = recounted(
            *self.late(target_on=FRI_26_JUN),
            by=proclaimed({WED_24_JUN: "Proclaimed"}),
            duties=(duty("acknowledge"), duty("respond", otherwise=None)),
        )
        assert [(each.due_on, each.target_on) for each in told] == [(WED_1_JUL, None)]

    @pytest.mark.parametrize(
        ("began", "due_on", "moves_to"), [(MON_15_JUN, 29, 30), (FRI_12_JUN, 26, 29)]
    )
    def test_one_that_comes_no_earlier_than_the_date_itself_is_none(
        self, began: date, due_on: int, moves_to: int
    ) -> None:
        closed = FRIDAY_CLOSED | {WED_24_JUN: "Proclaimed too"}
        acknowledge, respond = self.late(since=began, target_on=WED_24_JUN)
        respond = replace(respond, due_on=date(2026, 6, due_on))
        (_, told) = recounted(acknowledge, respond, by=proclaimed(closed))
        assert (told.due_on, told.target_on) == (date(2026, 6, moves_to), None)

    def test_where_the_answer_is_due_in_hours_it_counts_from_the_hour_too(self) -> None:
        """Thirty hours from half past nine end on the next day, and not on the one after."""
        hours = Span(30, Unit.WORKING_DAY_HOURS)
        acknowledge = set_on(WED_10_JUN, duty="acknowledge", due_at=at(WED_10_JUN, "09:30").at)
        respond = set_on(
            TUE_16_JUN,
            since=MON_15_JUN,
            trigger="acknowledged",
            span=hours.count,
            unit=hours.unit.value,
            due_at=at(TUE_16_JUN, "15:30").at,
            target_on=THU_11_JUN,
        )
        told = recounted(
            acknowledge,
            respond,
            by=proclaimed({TUE_16_JUN: "Proclaimed"}),
            duties=(duty("acknowledge"), duty("respond", span=hours)),
        )
        assert [each.target_on for each in told if each.duty == "respond"] == [THU_11_JUN]


def test_a_reminder_of_today_that_stays_is_no_reason_to_tell_the_date_again() -> None:
    reminded = set_on(FRI_12_JUN, notices=(Notice("approaching", WED_10_JUN),))
    assert recounted(reminded, by=proclaimed({date(2027, 6, 18): "Jubilee"})) == ()


def test_a_count_without_an_hour_is_late_after_its_day_and_not_on_it() -> None:
    told = deadlines_recounted(
        proclaimed(THURSDAY_CLOSED),
        duties={},
        known={"law": Deadline(set_on(FRI_12_JUN, duty="law"), set_on(FRI_12_JUN, duty="law"))},
        now=Moment(FRI_12_JUN),
    )
    assert [each.due_on for each in told] == [MON_15_JUN]

"""Deadlines: how they are counted, set again, told of by timers, and shown day by day."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.workflow.domain.timers import TimersEnded, TimerSet, timers_after
from shared.complaints.events import DeadlineApproaching, DeadlineMet, DeadlineMissed, DeadlineSet
from shared.complaints.values import Moment, Route, SkippedDay
from shared.policies.counting import counted_days, due_after, due_before
from shared.policies.deadlines import deadlines_on_receipt
from shared.policies.policy import Span, Unit
from tests.complaints.steps import acknowledged, contacted, fell, opened, tried, withdrawn
from tests.support.complaint_spec import CODE, KCTMO, Spec, at, due, england, given, policy_named
from tests.support.dates import (
    mon_2_mar_2026,
    mon_3_nov_2025,
    mon_9_mar_2026,
    mon_17_nov_2025,
    mon_23_mar_2026,
    thu_2_apr_2026,
    thu_5_mar_2026,
    tue_3_mar_2026,
    tue_7_apr_2026,
    wed_4_mar_2026,
    wed_5_nov_2025,
    wed_12_nov_2025,
)


def set_on(spec: Spec, duty: str) -> DeadlineSet:
    known = spec.state.deadline(duty)
    assert known is not None
    return known.latest


def test_a_deadline_carries_all_it_takes_to_count_it_again() -> None:
    told = set_on(given(opened(thu_2_apr_2026)), "respond")
    policy = policy_named(KCTMO)
    assert (told.trigger, told.trigger_on, told.span, told.unit) == (
        "received",
        thu_2_apr_2026,
        10,
        "working_days",
    )
    assert told.clause == "Procedure, Stage One"
    assert (told.policy, told.policy_hash) == ("kctmo-2010", policy.policy_hash)
    assert told.calendar_revision == england().revision
    assert told.skipped == (
        SkippedDay(date(2026, 4, 3), "Good Friday"),
        SkippedDay(date(2026, 4, 6), "Easter Monday"),
    )


def test_a_count_is_shown_day_by_day_over_a_bank_holiday() -> None:
    shown = counted_days(set_on(given(opened(thu_2_apr_2026)), "acknowledge"), england())
    assert [(step.day, step.date, len(step.skipped)) for step in shown] == [
        (1, tue_7_apr_2026, 2),
        (2, date(2026, 4, 8), 0),
    ]


def test_a_count_back_is_shown_from_the_date_it_leads_to() -> None:
    told = set_on(given(opened(date(2026, 3, 25))), "holding_response")  # response due 10 April
    shown = counted_days(told, england())
    assert [step.date for step in shown] == [date(2026, 4, 9), date(2026, 4, 8), tue_7_apr_2026]


def test_a_count_back_over_easter_names_the_days_it_passed() -> None:
    told = set_on(given(opened(mon_23_mar_2026)), "holding_response")  # response due 8 April
    shown = [(step.date, len(step.skipped)) for step in counted_days(told, england())]
    # Friday 3 and Monday 6 April are passed over between Tuesday and Thursday.
    assert shown == [(tue_7_apr_2026, 0), (thu_2_apr_2026, 2), (date(2026, 4, 1), 0)]


def test_clarifying_the_complaint_stops_no_clock() -> None:
    spec = given(opened(mon_3_nov_2025), tried(wed_5_nov_2025), contacted(wed_12_nov_2025))
    assert set_on(spec, "respond").due_on == mon_17_nov_2025
    assert set_on(spec, "respond").generation == 1


def test_a_receipt_just_after_midnight_in_london_belongs_to_that_day() -> None:
    received = datetime(2026, 7, 2, 23, 30, tzinfo=UTC)  # 00:30 BST on Friday 3 July
    moment = Moment(date(2026, 7, 3), received)
    told = deadlines_on_receipt(
        policy_named(KCTMO), england(), route=Route.COMPLAINT, received=moment
    )
    assert {deadline.duty: deadline.due_on for deadline in told}["respond"] == date(2026, 7, 17)


def test_a_day_and_an_instant_that_disagree_are_refused() -> None:
    received = Moment(date(2026, 7, 2), datetime(2026, 7, 2, 23, 30, tzinfo=UTC))
    opening = replace(opened(mon_2_mar_2026), received=received, happened=received)
    given().when(opening, now=datetime(2026, 8, 1, tzinfo=UTC)).then_refused("not the same day")


def test_nothing_is_received_in_the_future() -> None:
    given().when(opened(tue_3_mar_2026), now=at(mon_2_mar_2026).at).then_refused("in the future")


def test_a_board_members_enquiry_is_acknowledged_within_48_elapsed_hours() -> None:
    enquiry = given(opened(date(2025, 10, 24), "16:30", route=Route.BOARD_ENQUIRY))
    told = set_on(enquiry, "acknowledge")
    assert told.due_at == datetime(2025, 10, 26, 15, 30, tzinfo=UTC)  # clocks went back meanwhile
    enquiry.when(acknowledged(date(2025, 10, 26), "15:30")).then_among_others(
        DeadlineMet("acknowledge", 1, date(2025, 10, 26), date(2025, 10, 26), 0)
    )
    enquiry.when(acknowledged(date(2025, 10, 26), "15:31")).then_among_others()
    missed = enquiry.when_time_passes_to(date(2025, 10, 26), "15:30")
    missed.then(
        DeadlineMissed("forward", 1, date(2025, 10, 25)),
        DeadlineMissed("acknowledge", 1, date(2025, 10, 26)),
    )


def test_hours_from_a_day_without_a_time_end_with_the_day_they_lead_to() -> None:
    told = due_after(Moment(mon_2_mar_2026), Span(48, Unit.ELAPSED_HOURS), england())
    assert (told.on, told.at) == (wed_4_mar_2026, None)


@pytest.mark.parametrize(
    ("received", "expected"),
    [
        (at(date(2025, 9, 12), "18:40"), at(date(2025, 9, 16), "18:40")),  # over a weekend
        (at(date(2025, 10, 24), "16:30"), at(date(2025, 10, 28), "16:30")),  # clocks back
        (at(date(2026, 3, 27), "09:00"), at(date(2026, 3, 31), "09:00")),  # clocks on
        (at(date(2025, 4, 17), "11:00"), at(date(2025, 4, 23), "11:00")),  # over Easter
        (at(date(2025, 12, 22), "14:00"), at(date(2025, 12, 24), "14:00")),
        (at(date(2025, 9, 13), "10:00"), Moment(date(2025, 9, 16))),  # from a Saturday: its end
    ],
)
def test_hours_of_working_days_stand_still_on_other_days(
    received: Moment, expected: Moment
) -> None:
    told = due_after(received, Span(48, Unit.WORKING_DAY_HOURS), england())
    assert (told.on, told.at) == (expected.on, expected.at)


def test_hours_of_working_days_may_end_in_the_night() -> None:
    told = due_after(at(date(2025, 9, 12), "18:00"), Span(10, Unit.WORKING_DAY_HOURS), england())
    assert told.at == at(date(2025, 9, 15), "04:00").at


def test_hours_of_working_days_from_a_day_without_a_time_are_whole_days() -> None:
    told = due_after(Moment(date(2025, 9, 12)), Span(30, Unit.WORKING_DAY_HOURS), england())
    assert (told.on, told.at) == (date(2025, 9, 16), None)


def test_calendar_days_count_every_day_in_both_directions() -> None:
    span = Span(3, Unit.CALENDAR_DAYS)
    assert due_after(Moment(thu_2_apr_2026), span, england()).on == date(2026, 4, 5)
    assert due_before(date(2026, 4, 5), span, england()).on == thu_2_apr_2026


def test_a_reminder_comes_at_eight_in_london_and_says_how_many_days_are_left() -> None:
    spec = given(opened(mon_2_mar_2026))
    spec.when_time_passes_to(tue_3_mar_2026, "07:59").then_nothing_happens()
    spec.when_time_passes_to(tue_3_mar_2026, "08:00").then(
        DeadlineApproaching("acknowledge", 1, wed_4_mar_2026, 1),
        DeadlineApproaching("contact", 1, wed_4_mar_2026, 1),
        DeadlineApproaching("allocate", 1, wed_4_mar_2026, 1),
    )


def test_a_reminder_whose_day_has_passed_is_not_sent_any_more() -> None:
    spec = given(opened(mon_2_mar_2026)).with_timers_asleep()
    command = fell(tue_3_mar_2026, "acknowledge", kind="notice")
    spec.when(command, now=at(thu_5_mar_2026, "09:00").at).then_nothing_happens()


@pytest.mark.parametrize(
    ("duty", "generation"), [("acknowledge", 2), ("no_such_duty", 1), ("respond", 1)]
)
def test_a_timer_of_another_generation_or_duty_or_before_its_time_says_nothing(
    duty: str, generation: int
) -> None:
    spec = given(opened(mon_2_mar_2026)).with_timers_asleep()
    command = fell(thu_5_mar_2026, duty, generation=generation)
    spec.when(command).then_nothing_happens()


def test_a_timer_of_a_duty_done_says_nothing() -> None:
    spec = given(opened(mon_2_mar_2026), acknowledged(tue_3_mar_2026))
    spec.when(fell(thu_5_mar_2026, "acknowledge")).then_nothing_happens()


def test_a_day_is_missed_once() -> None:
    spec = given(opened(mon_2_mar_2026)).until(datetime(2026, 3, 5, 1, tzinfo=UTC))
    spec.when(fell(thu_5_mar_2026, "acknowledge")).then_nothing_happens()


def test_timers_follow_from_the_events_alone() -> None:
    spec = given(opened(mon_2_mar_2026), under=CODE)
    set_at_first, ended = timers_after(entry.event for entry in spec.history)
    assert ended == ()
    assert (
        TimerSet("acknowledge", 1, "missed", 1, datetime(2026, 3, 10, tzinfo=UTC)) in set_at_first
    )
    assert TimerSet("respond", 1, "notice", 1, datetime(2026, 3, 19, 8, tzinfo=UTC)) in set_at_first
    after = spec.after(acknowledged(tue_3_mar_2026))
    timers, ended = timers_after(after.events_since(spec))
    assert {timer.generation for timer in timers} == {2}
    assert set(ended) == {TimersEnded("acknowledge", 1), TimersEnded("respond", 1)}


def test_the_midnight_of_a_missed_day_is_that_of_london() -> None:
    spec = given(opened(date(2026, 6, 1)))
    timers, _ = timers_after(entry.event for entry in spec.history)
    missed = {timer.duty: timer.due_at for timer in timers if timer.kind == "missed"}
    assert missed["respond"] == datetime(2026, 6, 15, 23, 0, tzinfo=UTC)


def test_a_whole_history_leaves_the_timers_that_still_run() -> None:
    spec = given(opened(mon_2_mar_2026), withdrawn(tue_3_mar_2026))
    timers, _ = timers_after(entry.event for entry in spec.history)
    assert timers == ()


def test_an_acknowledgement_on_its_last_day_sets_the_same_date_once_more() -> None:
    given(opened(mon_2_mar_2026), under=CODE).when(acknowledged(mon_9_mar_2026)).then_among_others(
        due("respond", mon_23_mar_2026, generation=2, trigger="acknowledged")
    )

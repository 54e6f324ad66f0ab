"""Acknowledgement: the complainant is told of the receipt, in time or late, once at each stage."""

from shared.complaints.events import ComplaintAcknowledged, DeadlineMet, DeadlineMissed
from shared.complaints.values import Channel
from tests.complaints.steps import (
    A_REASON,
    acknowledged,
    answered,
    checked_and_answered,
    closed,
    escalated,
    opened,
)
from tests.support.complaint_spec import CODE, at, due, given
from tests.support.dates import (
    fri_13_mar_2026,
    fri_27_feb_2026,
    mon_2_mar_2026,
    mon_9_mar_2026,
    mon_16_mar_2026,
    thu_5_mar_2026,
    thu_12_mar_2026,
    thu_19_mar_2026,
    tue_3_mar_2026,
    tue_17_mar_2026,
    wed_4_mar_2026,
    wed_11_mar_2026,
    wed_18_mar_2026,
    wed_25_mar_2026,
)

TOLD_BY_EMAIL = ComplaintAcknowledged(1, Channel.EMAIL)


def test_an_acknowledgement_on_the_last_minute_of_its_day_is_in_time() -> None:
    given(opened(mon_2_mar_2026)).when(acknowledged(wed_4_mar_2026, "23:59")).then(
        TOLD_BY_EMAIL, DeadlineMet("acknowledge", 1, wed_4_mar_2026, wed_4_mar_2026, 0)
    )


def test_an_acknowledgement_after_its_day_is_late_by_the_working_days_between() -> None:
    given(opened(mon_2_mar_2026)).when(acknowledged(thu_12_mar_2026)).then(
        TOLD_BY_EMAIL, DeadlineMet("acknowledge", 1, wed_4_mar_2026, thu_12_mar_2026, 6)
    )


def test_the_day_that_passes_without_acknowledgement_is_recorded_as_missed() -> None:
    spec = given(opened(mon_2_mar_2026))
    spec.when_time_passes_to(thu_5_mar_2026, "00:00").then_among_others(
        DeadlineMissed("acknowledge", 1, wed_4_mar_2026)
    )


def test_a_missed_day_is_recorded_with_the_late_act_when_no_timer_told_of_it() -> None:
    spec = given(opened(mon_2_mar_2026)).with_timers_asleep()
    spec.when(acknowledged(thu_5_mar_2026)).then(
        TOLD_BY_EMAIL,
        DeadlineMissed("acknowledge", 1, wed_4_mar_2026),
        DeadlineMet("acknowledge", 1, wed_4_mar_2026, thu_5_mar_2026, 1),
    )


def test_under_the_code_the_acknowledgement_starts_the_clock_of_the_response() -> None:
    given(opened(mon_2_mar_2026), under=CODE).when(acknowledged(tue_3_mar_2026)).then(
        TOLD_BY_EMAIL,
        DeadlineMet("acknowledge", 1, mon_9_mar_2026, tue_3_mar_2026, 0),
        due("respond", tue_17_mar_2026, generation=2, trigger="acknowledged", clause="Code 6.3"),
    )


def test_a_late_acknowledgement_under_the_code_gives_the_literal_date() -> None:
    spec = given(opened(mon_2_mar_2026), under=CODE)
    spec.when(acknowledged(wed_11_mar_2026)).then_among_others(
        DeadlineMet("acknowledge", 1, mon_9_mar_2026, wed_11_mar_2026, 2),
        due("respond", wed_25_mar_2026, generation=2, trigger="acknowledged"),
    )


def test_a_stage_is_acknowledged_once() -> None:
    given(opened(mon_2_mar_2026), acknowledged(tue_3_mar_2026)).when(
        acknowledged(wed_4_mar_2026)
    ).then_refused(
        "already acknowledged",
        clause="Procedure, Stage One; Staff guidance 4.1",
        way_out="Record anything further as a contact.",
    )


def test_the_next_stage_is_acknowledged_again() -> None:
    given(
        opened(mon_2_mar_2026),
        acknowledged(tue_3_mar_2026),
        checked_and_answered(mon_16_mar_2026),
        escalated(tue_17_mar_2026),
    ).when(acknowledged(wed_18_mar_2026)).then(
        ComplaintAcknowledged(2, Channel.EMAIL),
        DeadlineMet("acknowledge", 2, thu_19_mar_2026, wed_18_mar_2026, 0),
    )


def test_a_breach_of_the_acknowledgement_stays_after_a_timely_response() -> None:
    spec = given(opened(mon_2_mar_2026), under=CODE).after(answered(fri_13_mar_2026))
    missed = DeadlineMissed("acknowledge", 1, mon_9_mar_2026)
    assert missed in [entry.event for entry in spec.history]


def test_nothing_is_acknowledged_on_a_closed_complaint() -> None:
    given(opened(mon_2_mar_2026), checked_and_answered(fri_13_mar_2026)).after(
        closed(fri_13_mar_2026, words=A_REASON)
    ).when(acknowledged(mon_16_mar_2026)).then_refused("was closed", way_out="Reopen it first")


def test_nothing_is_acknowledged_before_it_was_received() -> None:
    given(opened(mon_2_mar_2026)).when(
        acknowledged(fri_27_feb_2026), now=at(mon_2_mar_2026).at
    ).then_refused("before the stage was opened on 2026-03-02", way_out="from then on")


def test_nothing_is_acknowledged_in_the_future() -> None:
    given(opened(mon_2_mar_2026)).when(
        acknowledged(tue_3_mar_2026), now=at(mon_2_mar_2026).at
    ).then_refused("in the future")

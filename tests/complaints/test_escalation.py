"""Escalation: the next stage opens for someone dissatisfied or kept waiting, up to the last."""

from dataclasses import replace

from shared.complaints.events import (
    ComplaintEscalated,
    ComplaintReopened,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
)
from shared.complaints.values import Channel, Route
from tests.complaints.steps import (
    A_REASON,
    HEAD,
    MANAGER,
    answered,
    checked_and_answered,
    closed,
    escalated,
    opened,
    refused,
    withdrawn,
)
from tests.support.complaint_spec import CODE, Spec, at, due, given
from tests.support.dates import (
    fri_8_may_2026,
    fri_13_mar_2026,
    fri_17_apr_2026,
    fri_24_apr_2026,
    mon_2_mar_2026,
    mon_16_mar_2026,
    mon_20_apr_2026,
    thu_16_apr_2026,
    thu_18_jun_2026,
    tue_3_mar_2026,
    tue_12_may_2026,
    tue_17_mar_2026,
    tue_28_apr_2026,
    wed_4_mar_2026,
    wed_11_mar_2026,
    wed_15_apr_2026,
    wed_29_apr_2026,
)


def answered_at_stage_one() -> Spec:
    return given(opened(mon_2_mar_2026), checked_and_answered(mon_16_mar_2026))


def answered_at_stage_two() -> Spec:
    spec = answered_at_stage_one().after(escalated(wed_15_apr_2026))
    for command in checked_and_answered(wed_29_apr_2026, by=HEAD):
        spec = spec.after(command)
    return spec


def test_a_request_on_the_last_day_opens_stage_two_with_its_own_clocks() -> None:
    answered_at_stage_one().when(escalated(wed_15_apr_2026, "23:59")).then(
        ComplaintEscalated(1, 2, Channel.PHONE, "dissatisfied"),
        DeadlineMet("escalation_window", 1, wed_15_apr_2026, wed_15_apr_2026, 0),
        DeadlineLifted("close", 1, "the next stage was opened"),
        due("acknowledge", fri_17_apr_2026, stage=2),
        due("contact", fri_17_apr_2026, stage=2),
        due("respond", wed_29_apr_2026, stage=2, trigger="escalation_requested"),
        due("holding_response", fri_24_apr_2026, stage=2),
        due("draft", tue_28_apr_2026, stage=2),
    )


def test_stage_three_counts_from_its_own_request_and_departs_from_the_code() -> None:
    departure = "Code 5.3: a complaints procedure has no more than two stages"
    answered_at_stage_two().when(escalated(fri_8_may_2026)).then_among_others(
        ComplaintEscalated(2, 3, Channel.PHONE, "dissatisfied", departure),
        due("acknowledge", tue_12_may_2026, stage=3),
        due("respond", thu_18_jun_2026, stage=3),
    )


def test_stage_three_owes_no_contact() -> None:
    spec = answered_at_stage_two().after(escalated(fri_8_may_2026))
    assert spec.state.deadline("contact") is None


def test_lateness_alone_opens_the_next_stage() -> None:
    spec = given(opened(mon_2_mar_2026))
    after = spec.when(escalated(tue_17_mar_2026, "00:01")).then_among_others(
        ComplaintEscalated(1, 2, Channel.PHONE, "late")
    )
    response = after.state.deadline("respond", 1)
    assert response is not None
    assert response.state == "missed"


def test_a_late_response_that_no_timer_told_of_is_recorded_as_missed_and_not_lifted() -> None:
    spec = given(opened(mon_2_mar_2026)).with_timers_asleep()
    spec.when(escalated(tue_17_mar_2026)).then_among_others(
        DeadlineMissed("acknowledge", 1, wed_4_mar_2026),
        DeadlineMissed("respond", 1, mon_16_mar_2026),
        DeadlineMissed("holding_response", 1, wed_11_mar_2026),
    )


def test_a_stage_still_in_time_and_unanswered_does_not_escalate() -> None:
    given(opened(mon_2_mar_2026)).when(escalated(mon_16_mar_2026)).then_refused(
        "not out yet, due on 2026-03-16",
        clause="Procedure, Stage One to Stage Three",
        way_out="once it is late, that alone opens the next stage",
    )


def test_beyond_stage_three_there_is_the_ombudsman() -> None:
    answered_at_stage_two().after(escalated(fri_8_may_2026)).when(
        escalated(thu_18_jun_2026)
    ).then_refused(
        "no further stage",
        clause="Procedure, Stage Three",
        way_out="The complainant may go to the Ombudsman.",
    )


def test_the_code_ends_with_stage_2() -> None:
    given(
        opened(mon_2_mar_2026), answered(tue_3_mar_2026), escalated(wed_4_mar_2026), under=CODE
    ).when(escalated(fri_13_mar_2026)).then_refused(clause="Code 5.3 and 6.10", way_out="Ombudsman")


def test_after_the_close_by_silence_it_needs_the_exceptional_reason() -> None:
    answered_at_stage_one().when(escalated(thu_16_apr_2026)).then_refused(
        "No reason is given", clause="Procedure, Closing your complaint", way_out="on record"
    )


def test_with_the_exceptional_reason_it_is_a_reopening() -> None:
    outcome = answered_at_stage_one().when(escalated(mon_20_apr_2026, words=A_REASON))
    assert outcome.events[:2] == (
        ComplaintReopened(1, A_REASON),
        ComplaintEscalated(1, 2, Channel.PHONE, "dissatisfied", None, A_REASON),
    )
    assert outcome.after.state.ending is None


def test_a_request_received_in_time_and_recorded_after_the_close_counts_by_its_day() -> None:
    request = escalated(wed_15_apr_2026, "16:00")
    answered_at_stage_one().when(request, now=at(fri_17_apr_2026).at).then_among_others(
        ComplaintReopened(1),
        due("respond", wed_29_apr_2026, stage=2),
    )


def test_after_an_early_close_there_is_still_the_whole_time_to_ask() -> None:
    spec = answered_at_stage_one().after(closed(tue_17_mar_2026, words=A_REASON))
    spec.when(escalated(wed_15_apr_2026)).then_among_others(ComplaintReopened(1))


def test_the_code_sets_no_time_to_ask_and_asks_no_reason() -> None:
    spec = given(opened(mon_2_mar_2026), answered(tue_3_mar_2026), under=CODE)
    spec = spec.after(closed(wed_4_mar_2026, "final_response"))
    spec.when(escalated(fri_8_may_2026)).then_among_others(ComplaintReopened(1))


def test_a_refused_or_withdrawn_complaint_is_reopened_first() -> None:
    for ending in (refused(tue_3_mar_2026, "anonymous"), withdrawn(tue_3_mar_2026)):
        given(opened(mon_2_mar_2026), ending).when(
            escalated(tue_17_mar_2026, words=A_REASON)
        ).then_refused("was closed", way_out="Reopen it first")


def test_only_a_complaint_has_further_stages() -> None:
    given(opened(mon_2_mar_2026, route=Route.BOARD_ENQUIRY)).when(
        escalated(tue_17_mar_2026)
    ).then_refused("Only a complaint has further stages", way_out="Open a complaint")


def test_why_the_next_stage_is_asked_for_can_be_said_in_two_words() -> None:
    spec = answered_at_stage_one()
    late = replace(escalated(tue_17_mar_2026), because="late")
    spec.when(late).then_among_others(ComplaintEscalated(1, 2, Channel.PHONE, "late"))
    spec.when(replace(late, because="cross")).then_refused(way_out="Say dissatisfied or late")


def test_who_answered_before_is_kept_for_the_later_stages() -> None:
    spec = answered_at_stage_one().after(escalated(tue_17_mar_2026))
    assert MANAGER in spec.state.involved_before(2)

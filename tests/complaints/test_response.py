"""Response: one outcome for every issue, in words the policy knows, once at each stage."""

from dataclasses import replace

from shared.complaints.events import (
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    ResponseIssued,
)
from shared.complaints.values import Outcome, Route
from tests.complaints.steps import (
    A_LETTER,
    A_REASON,
    DAMP,
    MISSED_VISIT,
    acknowledged,
    answered,
    approved,
    checked_and_answered,
    closed,
    contacted,
    drafted,
    found,
    opened,
    parts_of,
)
from tests.support.complaint_spec import CODE, Spec, due, given
from tests.support.dates import (
    fri_13_mar_2026,
    mon_2_mar_2026,
    mon_9_mar_2026,
    mon_16_mar_2026,
    mon_23_mar_2026,
    thu_16_apr_2026,
    tue_3_mar_2026,
    tue_17_mar_2026,
    wed_11_mar_2026,
    wed_15_apr_2026,
    wed_18_mar_2026,
)

TWO_ISSUES = (DAMP, MISSED_VISIT)


def ready_to_answer() -> Spec:
    return given(
        opened(mon_2_mar_2026, issues=TWO_ISSUES),
        acknowledged(tue_3_mar_2026),
        contacted(tue_3_mar_2026),
        drafted(mon_9_mar_2026),
        approved(mon_9_mar_2026),
    )


def test_a_response_meets_its_date_and_opens_the_time_to_ask_for_more() -> None:
    findings = (found(1), found(2, Outcome.UPHELD))
    ready_to_answer().when(answered(mon_16_mar_2026, *findings)).then(
        ResponseIssued(1, Outcome.UPHELD, findings, A_LETTER),
        DeadlineMet("respond", 1, mon_16_mar_2026, mon_16_mar_2026, 0),
        DeadlineLifted("holding_response", 1, "not needed: the response was in time"),
        due("escalation_window", wed_15_apr_2026, clause="Procedure, Closing your complaint"),
        due("close", thu_16_apr_2026),
    )


def test_a_late_response_says_by_how_many_working_days() -> None:
    ready_to_answer().when(answered(wed_18_mar_2026, found(1), found(2))).then_among_others(
        DeadlineMet("respond", 1, mon_16_mar_2026, wed_18_mar_2026, 2)
    )


def test_a_late_response_that_no_timer_told_of_is_recorded_as_missed_first() -> None:
    spec = ready_to_answer().with_timers_asleep()
    outcome = spec.when(answered(tue_17_mar_2026, found(1), found(2)))
    assert outcome.events[1:4] == (
        DeadlineMissed("respond", 1, mon_16_mar_2026),
        DeadlineMissed("holding_response", 1, wed_11_mar_2026),
        DeadlineMet("respond", 1, mon_16_mar_2026, tue_17_mar_2026, 1),
    )


def test_what_was_not_done_before_the_response_is_no_longer_needed() -> None:
    given(opened(mon_2_mar_2026), under=CODE).when(answered(tue_3_mar_2026)).then(
        ResponseIssued(
            1,
            Outcome.UPHELD,
            (found(),),
            A_LETTER,
            contains=parts_of(CODE, "first_response"),
        ),
        DeadlineMet("respond", 1, mon_23_mar_2026, tue_3_mar_2026, 0),
        DeadlineLifted("acknowledge", 1, "no longer needed: the response was issued"),
    )


def test_a_response_leaves_no_issue_out() -> None:
    ready_to_answer().when(answered(mon_16_mar_2026, found(1))).then_refused(
        "one outcome for each issue", clause="Staff guidance 3.2", way_out="issues 1, 2"
    )


def test_a_response_knows_no_issue_that_was_not_raised() -> None:
    spec = ready_to_answer()
    spec.when(answered(mon_16_mar_2026, found(1), found(2), found(3))).then_refused()
    spec.when(answered(mon_16_mar_2026, found(1), found(1))).then_refused("one outcome for each")


def test_kctmo_knows_no_partly_upheld() -> None:
    partly = found(2, Outcome.PARTLY_UPHELD)
    ready_to_answer().when(answered(mon_16_mar_2026, found(1), partly)).then_refused(
        "no outcome partly upheld",
        clause="Staff guidance 3.2",
        way_out="Choose from: upheld, not upheld.",
    )


def test_mixed_findings_roll_up_to_what_the_policy_knows() -> None:
    findings = (found(1), found(2, Outcome.NOT_UPHELD))
    kctmo = ready_to_answer().when(answered(mon_16_mar_2026, *findings))
    assert kctmo.events[0] == ResponseIssued(1, Outcome.UPHELD, findings, A_LETTER)
    code = given(opened(mon_2_mar_2026, issues=TWO_ISSUES), under=CODE).when(
        answered(mon_16_mar_2026, *findings)
    )
    parts = parts_of(CODE, "first_response")
    assert code.events[0] == ResponseIssued(
        1, Outcome.PARTLY_UPHELD, findings, A_LETTER, contains=parts
    )


def test_a_stage_is_answered_once() -> None:
    given(opened(mon_2_mar_2026), checked_and_answered(mon_9_mar_2026)).when(
        answered(fri_13_mar_2026)
    ).then_refused("already answered", way_out="open the next stage")


def test_a_closed_complaint_is_not_answered() -> None:
    given(opened(mon_2_mar_2026), closed(tue_3_mar_2026, words=A_REASON)).when(
        answered(mon_9_mar_2026)
    ).then_refused("was closed", way_out="Reopen it first")


def test_an_enquiry_is_answered_without_findings() -> None:
    given(
        opened(mon_2_mar_2026, route=Route.BOARD_ENQUIRY),
        drafted(mon_9_mar_2026),
        approved(mon_9_mar_2026),
    ).when(replace(answered(mon_9_mar_2026), issues=())).then_among_others(
        ResponseIssued(1, None, (), A_LETTER),
        DeadlineMet("respond", 1, mon_16_mar_2026, mon_9_mar_2026, 0),
    )

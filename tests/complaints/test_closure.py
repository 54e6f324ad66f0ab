"""Closure: silence closes a case the day after the time to ask, people close it for a reason on
record.
"""

import pytest

from shared.complaints.events import (
    ComplaintClosed,
    DeadlineLifted,
    DeadlineMet,
    EscalationWindowClosed,
)
from tests.complaints.steps import (
    A_REASON,
    HEAD,
    PANEL,
    answered,
    checked_and_answered,
    closed,
    escalated,
    opened,
)
from tests.support.complaint_spec import CODE, Spec, given
from tests.support.dates import (
    fri_13_mar_2026,
    fri_29_may_2026,
    mon_2_mar_2026,
    mon_16_mar_2026,
    sat_30_may_2026,
    thu_16_apr_2026,
    tue_3_mar_2026,
    tue_17_mar_2026,
    wed_4_mar_2026,
    wed_15_apr_2026,
    wed_18_mar_2026,
    wed_29_apr_2026,
)

CLAUSE = "Procedure, Closing your complaint"


def answered_at_stage_one() -> Spec:
    return given(opened(mon_2_mar_2026), checked_and_answered(mon_16_mar_2026))


def test_silence_closes_the_case_at_the_start_of_the_day_after_the_last_day() -> None:
    spec = answered_at_stage_one()
    spec.when_time_passes_to(wed_15_apr_2026, "23:59").then_nothing_happens()
    after = spec.when_time_passes_to(thu_16_apr_2026, "00:00").then(
        EscalationWindowClosed(1, wed_15_apr_2026),
        DeadlineLifted("escalation_window", 1, "the time passed in silence"),
        ComplaintClosed(1, "silence", CLAUSE),
        DeadlineMet("close", 1, thu_16_apr_2026, thu_16_apr_2026, 0),
    )
    assert after.history[-1].moment.on == thu_16_apr_2026


def test_stage_two_closes_by_silence_also_on_a_saturday() -> None:
    spec = answered_at_stage_one().after(escalated(wed_15_apr_2026))
    for command in checked_and_answered(wed_29_apr_2026, by=HEAD):
        spec = spec.after(command)
    spec.when_time_passes_to(sat_30_may_2026).then_among_others(
        EscalationWindowClosed(2, fri_29_may_2026), ComplaintClosed(2, "silence", CLAUSE)
    )


def test_the_last_stage_closes_by_silence_too() -> None:
    spec = answered_at_stage_one().after(escalated(tue_17_mar_2026, "09:00"))
    for command in checked_and_answered(tue_17_mar_2026, by=HEAD):
        spec = spec.after(command)
    spec = spec.after(escalated(wed_18_mar_2026, "09:00"))
    for command in checked_and_answered(wed_18_mar_2026, by=PANEL[0]):
        spec = spec.after(command)
    after = spec.when_time_passes_to(fri_29_may_2026).after
    assert after.state.ending is not None
    assert after.state.ending.because == "silence"


def test_under_the_code_silence_closes_nothing() -> None:
    spec = given(opened(mon_2_mar_2026), answered(tue_3_mar_2026), under=CODE)
    spec.when_time_passes_to(fri_29_may_2026).then_nothing_happens()


def test_a_case_closes_with_its_response_where_no_time_to_ask_runs() -> None:
    given(opened(mon_2_mar_2026), answered(tue_3_mar_2026), under=CODE).when(
        closed(wed_4_mar_2026, "final_response")
    ).then(ComplaintClosed(1, "final_response", "Code 5.12 and 6.7"))


def test_a_case_without_response_closes_only_for_a_reason_on_record() -> None:
    spec = given(opened(mon_2_mar_2026), under=CODE)
    spec.when(closed(tue_3_mar_2026)).then_refused(
        "no written response", clause="Code 5.12 and 6.7"
    )
    spec.when(closed(tue_3_mar_2026, words=A_REASON)).then(
        ComplaintClosed(1, "resolved", "Code 5.12 and 6.7", A_REASON),
        DeadlineLifted("acknowledge", 1, "the complaint was closed: resolved"),
        DeadlineLifted("respond", 1, "the complaint was closed: resolved"),
    )


def test_while_the_complainant_may_still_ask_it_closes_only_for_a_reason_on_record() -> None:
    spec = answered_at_stage_one()
    spec.when(closed(tue_17_mar_2026)).then_refused("may still ask", way_out="Let the time pass")
    spec.when(closed(tue_17_mar_2026, words=A_REASON)).then_among_others(
        ComplaintClosed(1, "resolved", f"Policy 2.5; {CLAUSE}", A_REASON),
        DeadlineMet("close", 1, thu_16_apr_2026, tue_17_mar_2026, 0),
        DeadlineLifted("escalation_window", 1, "the complaint was closed: resolved"),
    )


@pytest.mark.parametrize("because", ["silence", "refused", "withdrawn", "bored"])
def test_nobody_closes_for_a_reason_that_is_not_theirs_to_give(because: str) -> None:
    given(opened(mon_2_mar_2026)).when(
        closed(tue_3_mar_2026, because, words=A_REASON)
    ).then_refused("no reason to close", way_out="final_response, resolved, other")


def test_a_closed_case_is_not_closed_again() -> None:
    given(opened(mon_2_mar_2026), closed(tue_3_mar_2026, words=A_REASON)).when(
        closed(fri_13_mar_2026, words=A_REASON)
    ).then_refused("was closed on 2026-03-03 (resolved)")


def test_what_was_missed_before_the_close_stays_missed() -> None:
    spec = given(opened(mon_2_mar_2026), closed(wed_18_mar_2026, words=A_REASON))
    response = spec.state.deadline("respond")
    assert response is not None
    assert response.state == "missed"
    spec.when_time_passes_to(fri_29_may_2026).then_nothing_happens()

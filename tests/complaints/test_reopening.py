"""Reopening: a closed case goes on for a reason on record, and no clock stood still meanwhile."""

from shared.complaints.events import ComplaintReopened, DeadlineMissed
from tests.complaints.steps import (
    A_REASON,
    checked_and_answered,
    opened,
    refused,
    reopened,
    withdrawn,
)
from tests.support.complaint_spec import CODE, due, given
from tests.support.dates import (
    fri_17_apr_2026,
    mon_2_mar_2026,
    mon_9_mar_2026,
    mon_16_mar_2026,
    mon_23_mar_2026,
    mon_30_mar_2026,
    tue_3_mar_2026,
    tue_24_mar_2026,
    wed_4_mar_2026,
)


def test_an_unanswered_case_is_due_when_it_was_due() -> None:
    given(opened(mon_2_mar_2026), withdrawn(tue_3_mar_2026), under=CODE).when(
        reopened(wed_4_mar_2026)
    ).then(
        ComplaintReopened(1, A_REASON),
        due("acknowledge", mon_9_mar_2026, generation=2),
        due("respond", mon_23_mar_2026, generation=2),
    )


def test_a_day_that_passed_while_it_was_closed_is_missed() -> None:
    spec = given(opened(mon_2_mar_2026), withdrawn(tue_3_mar_2026), under=CODE)
    spec = spec.after(reopened(mon_30_mar_2026))
    spec.when_time_passes_to(mon_30_mar_2026, "12:01").then_among_others(
        DeadlineMissed("respond", 1, mon_23_mar_2026)
    )


def test_an_answered_case_sets_no_new_clock() -> None:
    given(opened(mon_2_mar_2026), checked_and_answered(mon_16_mar_2026)).when(
        reopened(fri_17_apr_2026)
    ).then(ComplaintReopened(1, A_REASON))


def test_a_reason_must_be_on_record() -> None:
    given(opened(mon_2_mar_2026), refused(tue_3_mar_2026, "anonymous")).when(
        reopened(tue_24_mar_2026, words=None)
    ).then_refused("No reason is given", clause="Procedure, Closing your complaint")


def test_an_open_case_is_not_reopened() -> None:
    given(opened(mon_2_mar_2026)).when(reopened(tue_3_mar_2026)).then_refused(
        "The complaint is open", way_out="Go on with it"
    )


def test_a_case_is_opened_once() -> None:
    given(opened(mon_2_mar_2026)).when(opened(tue_3_mar_2026)).then_refused("already open")


def test_nothing_is_done_to_a_case_that_was_never_opened() -> None:
    given().when(reopened(tue_3_mar_2026)).then_refused("no such complaint", way_out="reference")

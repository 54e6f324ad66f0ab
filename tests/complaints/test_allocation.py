"""Allocation: as many people consider a stage as the policy has seats for."""

from shared.complaints.events import ComplaintAllocated, DeadlineMet
from tests.complaints.steps import (
    A_REASON,
    BOARD_MEMBER,
    CHIEF,
    COUNCIL_MEMBER,
    HEAD,
    MANAGER,
    PANEL,
    allocated,
    checked_and_answered,
    escalated,
    opened,
    withdrawn,
)
from tests.support.complaint_spec import Spec, given
from tests.support.dates import (
    fri_20_mar_2026,
    mon_2_mar_2026,
    mon_16_mar_2026,
    mon_23_mar_2026,
    mon_30_mar_2026,
    tue_3_mar_2026,
    tue_17_mar_2026,
    wed_4_mar_2026,
)


def at_stage_three() -> Spec:
    return given(
        opened(mon_2_mar_2026),
        checked_and_answered(mon_16_mar_2026),
        escalated(tue_17_mar_2026),
        checked_and_answered(fri_20_mar_2026, by=HEAD),
        escalated(mon_23_mar_2026),
    )


def test_stage_one_is_given_to_one_manager() -> None:
    given(opened(mon_2_mar_2026)).when(allocated(tue_3_mar_2026, MANAGER)).then(
        ComplaintAllocated(1, (MANAGER,)),
        DeadlineMet("allocate", 1, wed_4_mar_2026, tue_3_mar_2026, 0),
    )


def test_an_allocation_after_two_working_days_is_late() -> None:
    given(opened(mon_2_mar_2026)).when(allocated(tue_17_mar_2026, MANAGER)).then_among_others(
        DeadlineMet("allocate", 1, wed_4_mar_2026, tue_17_mar_2026, 9)
    )


def test_a_stage_may_be_given_to_somebody_else_with_a_reason() -> None:
    spec = given(opened(mon_2_mar_2026), allocated(tue_3_mar_2026, MANAGER))
    after = spec.when(allocated(wed_4_mar_2026, HEAD, words=A_REASON)).then(
        ComplaintAllocated(1, (HEAD,), words=A_REASON)
    )
    assert after.state.handlers == (HEAD,)


def test_a_stage_is_not_given_to_somebody_else_without_a_reason() -> None:
    spec = given(opened(mon_2_mar_2026), allocated(tue_3_mar_2026, MANAGER))
    assert spec.when(allocated(wed_4_mar_2026, HEAD)).refusal is not None


def test_stage_one_is_not_given_to_two() -> None:
    given(opened(mon_2_mar_2026)).when(allocated(tue_3_mar_2026, MANAGER, HEAD)).then_refused(
        "considered by 1, and 2 were named", clause="Staff guidance 3.5", way_out="Name 1"
    )


def test_stage_three_is_given_to_a_panel_of_three() -> None:
    at_stage_three().when(allocated(mon_30_mar_2026, *PANEL)).then(ComplaintAllocated(3, PANEL))


def test_a_panel_of_two_is_refused_with_the_seats_it_has() -> None:
    outcome = at_stage_three().when(allocated(mon_30_mar_2026, CHIEF, BOARD_MEMBER))
    outcome.then_refused(
        "considered by 3, and 2 were named", clause="Procedure, Stage Three; Staff guidance 3.5"
    )
    assert outcome.refusal is not None
    assert "chief executive or director; board member" in outcome.refusal.rule


def test_nobody_takes_two_seats_of_a_panel() -> None:
    at_stage_three().when(
        allocated(mon_30_mar_2026, CHIEF, COUNCIL_MEMBER, COUNCIL_MEMBER)
    ).then_refused("and 2 were named", way_out="each once")


def test_the_panel_of_one_stage_is_not_that_of_the_next() -> None:
    spec = given(
        opened(mon_2_mar_2026),
        allocated(tue_3_mar_2026, MANAGER),
        checked_and_answered(mon_16_mar_2026),
        escalated(tue_17_mar_2026),
    )
    assert spec.state.handlers == ()


def test_a_complaint_taken_back_is_given_to_nobody() -> None:
    given(opened(mon_2_mar_2026), withdrawn(tue_3_mar_2026)).when(
        allocated(wed_4_mar_2026, MANAGER)
    ).then_refused("was closed", clause="Procedure, Closing your complaint")

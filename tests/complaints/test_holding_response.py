"""Holding response: owed three working days before the original date, and only if the response is
late.
"""

from shared.complaints.events import (
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    HoldingResponseDue,
    HoldingResponseSent,
)
from tests.complaints.steps import (
    A_LETTER,
    answered,
    approved,
    checked_and_answered,
    drafted,
    extended,
    held,
    opened,
)
from tests.support.complaint_spec import CODE, given
from tests.support.dates import (
    fri_13_mar_2026,
    fri_20_mar_2026,
    mon_2_mar_2026,
    mon_9_mar_2026,
    mon_16_mar_2026,
    mon_23_mar_2026,
    thu_12_mar_2026,
    tue_17_mar_2026,
    wed_11_mar_2026,
    wed_18_mar_2026,
)

SENT = HoldingResponseSent(1, A_LETTER)


def test_a_holding_response_three_working_days_before_is_in_time_and_moves_no_date() -> None:
    spec = given(opened(mon_2_mar_2026))
    after = spec.when(held(wed_11_mar_2026, "17:00")).then(
        SENT, DeadlineMet("holding_response", 1, wed_11_mar_2026, wed_11_mar_2026, 0)
    )
    response = after.state.deadline("respond")
    assert response is not None
    assert response.latest.due_on == mon_16_mar_2026


def test_a_holding_response_after_its_day_is_met_late_and_not_blocked() -> None:
    given(opened(mon_2_mar_2026)).when(held(fri_13_mar_2026)).then(
        SENT, DeadlineMet("holding_response", 1, wed_11_mar_2026, fri_13_mar_2026, 2)
    )


def test_none_is_missed_on_its_day_while_the_response_can_still_be_in_time() -> None:
    outcome = given(opened(mon_2_mar_2026)).when_time_passes_to(thu_12_mar_2026)
    holding = outcome.after.state.deadline("holding_response")
    assert holding is not None
    assert (holding.latest.due_on, holding.state) == (wed_11_mar_2026, "running")


def test_none_was_needed_when_the_response_is_in_time() -> None:
    given(opened(mon_2_mar_2026), drafted(fri_13_mar_2026), approved(fri_13_mar_2026)).when(
        answered(mon_16_mar_2026)
    ).then_among_others(
        DeadlineLifted("holding_response", 1, "not needed: the response was in time")
    )


def test_it_is_missed_together_with_the_response() -> None:
    outcome = given(opened(mon_2_mar_2026)).when_time_passes_to(tue_17_mar_2026, "00:00")
    assert outcome.events[-2:] == (
        DeadlineMissed("respond", 1, mon_16_mar_2026),
        DeadlineMissed("holding_response", 1, wed_11_mar_2026),
    )


def test_one_sent_after_it_was_missed_is_still_met_late() -> None:
    given(opened(mon_2_mar_2026)).when(held(wed_18_mar_2026)).then(
        SENT, DeadlineMet("holding_response", 1, wed_11_mar_2026, wed_18_mar_2026, 5)
    )


def test_it_counts_from_the_original_date_when_the_date_was_moved() -> None:
    spec = given(opened(mon_2_mar_2026), extended(mon_9_mar_2026, mon_23_mar_2026))
    holding = spec.state.deadline("holding_response")
    assert holding is not None
    assert (holding.latest.due_on, holding.latest.generation) == (wed_11_mar_2026, 1)


def test_it_was_needed_when_only_the_moved_date_was_kept() -> None:
    given(
        opened(mon_2_mar_2026),
        extended(mon_9_mar_2026, mon_23_mar_2026),
        drafted(fri_20_mar_2026),
        approved(fri_20_mar_2026),
    ).when(answered(mon_23_mar_2026)).then_among_others(
        DeadlineMet("respond", 1, mon_23_mar_2026, mon_23_mar_2026, 0),
        DeadlineMissed("holding_response", 1, wed_11_mar_2026),
    )


def test_the_reminder_comes_on_its_day_and_names_the_date_of_the_response() -> None:
    given(opened(mon_2_mar_2026)).when_time_passes_to(wed_11_mar_2026, "08:00").then_among_others(
        HoldingResponseDue(1, wed_11_mar_2026, mon_16_mar_2026)
    )


def test_the_code_owes_none_and_takes_one() -> None:
    given(opened(mon_2_mar_2026), under=CODE).when(held(wed_11_mar_2026)).then(SENT)


def test_none_is_sent_once_the_response_is_out() -> None:
    given(opened(mon_2_mar_2026), checked_and_answered(mon_9_mar_2026)).when(
        held(wed_11_mar_2026)
    ).then_refused("already answered", way_out="open the next stage")

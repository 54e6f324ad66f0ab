"""Withdrawal: the complainant takes the complaint back, at any time while it is open."""

from shared.complaints.events import (
    ComplaintClosed,
    ComplaintWithdrawn,
    DeadlineLifted,
    DeadlineMissed,
)
from tests.complaints.steps import opened, withdrawn
from tests.support.complaint_spec import CODE, given
from tests.support.dates import (
    mon_2_mar_2026,
    mon_9_mar_2026,
    tue_3_mar_2026,
    wed_4_mar_2026,
)

LIFTED = "the complaint was closed: withdrawn"


def test_a_withdrawal_closes_the_case_and_lifts_what_was_owed() -> None:
    given(opened(mon_2_mar_2026), under=CODE).when(withdrawn(tue_3_mar_2026)).then(
        ComplaintWithdrawn(1),
        ComplaintClosed(1, "withdrawn"),
        DeadlineLifted("acknowledge", 1, LIFTED),
        DeadlineLifted("respond", 1, LIFTED),
    )


def test_a_withdrawal_does_not_undo_what_was_missed() -> None:
    spec = given(opened(mon_2_mar_2026)).with_timers_asleep()
    spec.when(withdrawn(mon_9_mar_2026)).then_among_others(
        DeadlineMissed("acknowledge", 1, wed_4_mar_2026),
        DeadlineMissed("contact", 1, wed_4_mar_2026),
        DeadlineLifted("respond", 1, LIFTED),
    )


def test_after_a_withdrawal_no_day_that_passes_has_anything_to_say() -> None:
    spec = given(opened(mon_2_mar_2026), withdrawn(tue_3_mar_2026))
    spec.when_time_passes_to(mon_9_mar_2026).then_nothing_happens()


def test_a_complaint_is_taken_back_once() -> None:
    given(opened(mon_2_mar_2026), withdrawn(tue_3_mar_2026)).when(
        withdrawn(wed_4_mar_2026)
    ).then_refused("was closed on 2026-03-03 (withdrawn)", way_out="Reopen it first")

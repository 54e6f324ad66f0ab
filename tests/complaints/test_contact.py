"""Contact: reaching the complainant meets the duty, an attempt is only recorded."""

from shared.complaints.events import ContactAttempted, ContactMade, DeadlineMet
from shared.complaints.values import Channel
from tests.complaints.steps import (
    acknowledged,
    checked_and_answered,
    contacted,
    escalated,
    opened,
    tried,
    withdrawn,
)
from tests.support.complaint_spec import CODE, due, given
from tests.support.dates import (
    mon_2_mar_2026,
    mon_16_mar_2026,
    thu_19_mar_2026,
    tue_3_mar_2026,
    tue_17_mar_2026,
    wed_4_mar_2026,
)

BY_PHONE = ContactMade(1, Channel.PHONE)


def test_reaching_the_complainant_meets_the_duty_of_contact() -> None:
    given(opened(mon_2_mar_2026)).when(contacted(wed_4_mar_2026)).then(
        BY_PHONE, DeadlineMet("contact", 1, wed_4_mar_2026, wed_4_mar_2026, 0)
    )


def test_an_attempt_is_no_contact() -> None:
    spec = (
        given(opened(mon_2_mar_2026))
        .when(tried(tue_3_mar_2026))
        .then(ContactAttempted(1, Channel.PHONE))
    )
    known = spec.state.deadline("contact")
    assert known is not None
    assert known.is_owed


def test_an_acknowledgement_is_no_contact() -> None:
    spec = given(opened(mon_2_mar_2026), acknowledged(tue_3_mar_2026))
    known = spec.state.deadline("contact")
    assert known is not None
    assert known.is_owed


def test_a_further_contact_is_recorded_and_meets_nothing_twice() -> None:
    given(opened(mon_2_mar_2026), contacted(tue_3_mar_2026)).when(contacted(wed_4_mar_2026)).then(
        BY_PHONE
    )


def test_contact_is_owed_again_at_stage_two() -> None:
    given(opened(mon_2_mar_2026), checked_and_answered(mon_16_mar_2026)).when(
        escalated(tue_17_mar_2026)
    ).then_among_others(due("contact", thu_19_mar_2026, stage=2, clause="Procedure, Stage Two"))


def test_the_code_owes_no_contact_of_its_own() -> None:
    given(opened(mon_2_mar_2026), under=CODE).when(contacted(tue_3_mar_2026)).then(BY_PHONE)


def test_nobody_is_contacted_about_a_complaint_taken_back() -> None:
    spec = given(opened(mon_2_mar_2026), withdrawn(tue_3_mar_2026))
    spec.when(contacted(wed_4_mar_2026)).then_refused("was closed", way_out="Reopen it first")
    spec.when(tried(wed_4_mar_2026)).then_refused("was closed", way_out="Reopen it first")

"""Refusal: a matter is kept out of the procedure on one of the policy's grounds, and told where it
goes.
"""

import pytest

from shared.complaints.events import ComplaintClosed, ComplaintRefused, DeadlineLifted
from tests.complaints.steps import A_LETTER, checked_and_answered, opened, refused
from tests.support.complaint_spec import CODE, KCTMO, given, policy_named
from tests.support.dates import mon_2_mar_2026, mon_9_mar_2026, tue_3_mar_2026, wed_11_mar_2026


def test_a_refusal_names_ground_clause_and_destination_and_closes_the_case() -> None:
    lifted = "the complaint was closed: refused"
    given(opened(mon_2_mar_2026), under=CODE).when(
        refused(tue_3_mar_2026, "legal_proceedings")
    ).then(
        ComplaintRefused(
            exclusion="legal_proceedings",
            clause="Code 2.2",
            destination="The court, and the Housing Ombudsman about this refusal",
            words=A_LETTER,
            ombudsman_told=True,
        ),
        ComplaintClosed(1, "refused", "Code 2.2"),
        DeadlineLifted("acknowledge", 1, lifted),
        DeadlineLifted("respond", 1, lifted),
    )


@pytest.mark.parametrize(
    ("ground", "destination"),
    [
        ("borough_service", "The Council's own complaints procedure"),
        ("serious_allegation", "The procedure for allegations of that kind"),
        ("criminal_activity", "The Chief Executive"),
        ("resident_about_resident", "The Housing Officer or Area Manager"),
        ("anonymous", "Kept as information"),
        ("already_considered", "The Ombudsman"),
        ("unreasonably_persistent", "The Complaints Team"),
    ],
)
def test_kctmo_has_seven_grounds_each_with_its_destination(ground: str, destination: str) -> None:
    outcome = given(opened(mon_2_mar_2026)).when(refused(tue_3_mar_2026, ground))
    told = outcome.events[0]
    assert isinstance(told, ComplaintRefused)
    assert told.destination.startswith(destination)
    assert told.clause.startswith("Policy 4.1")
    assert len(policy_named(KCTMO).exclusions) == 7


def test_a_ground_the_policy_does_not_know_is_no_ground() -> None:
    given(opened(mon_2_mar_2026)).when(refused(tue_3_mar_2026, "legal_proceedings")).then_refused(
        "no ground legal_proceedings", clause="Policy 4.1", way_out="borough_service, serious"
    )


def test_what_was_answered_is_not_refused_afterwards() -> None:
    given(opened(mon_2_mar_2026), checked_and_answered(mon_9_mar_2026)).when(
        refused(wed_11_mar_2026, "anonymous")
    ).then_refused("already issued", clause="Policy 4.1", way_out="Close the complaint")


def test_what_was_refused_is_not_refused_again() -> None:
    given(opened(mon_2_mar_2026), refused(tue_3_mar_2026, "anonymous")).when(
        refused(wed_11_mar_2026, "anonymous")
    ).then_refused("was closed on 2026-03-03 (refused)")

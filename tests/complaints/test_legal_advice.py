"""More time for advice on a legal representative's matter: reasons and notice, no cap, no agreement
(Tower Hamlets Homes, Complaints through an advocate, paragraph 3; Bancroft 4.4).
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.complaints.events import DeadlineExtended
from tests.complaints.further_steps import FRI_26_JUN, MON_2_MAR, MON_9_MAR
from tests.complaints.steps import extended, opened
from tests.support.complaint_spec import CODE, KCTMO, due, given

ADVICE = replace(
    extended(MON_9_MAR, FRI_26_JUN, agreed=False, details=False), ground="legal_advice"
)


@pytest.mark.parametrize(
    ("policy", "clause"),
    [("thh-2022", "Complaints through an advocate, paragraph 3"), ("bancroft-tmc", "4.4")],
)
def test_the_date_moves_as_far_as_the_advice_takes_without_agreement(
    policy: str, clause: str
) -> None:
    spec = given(opened(MON_2_MAR), under=policy)
    outcome = spec.when(ADVICE)
    outcome.then_among_others(due("respond", FRI_26_JUN, generation=2))
    told = [event for event in outcome.events if isinstance(event, DeadlineExtended)]
    assert [(each.kind, each.ground, each.agreed) for each in told] == [
        ("explain", "legal_advice", False)
    ]
    spec.when(replace(ADVICE, words=None)).then_refused(
        "The reasons for the new date were not given", clause=clause
    )


def test_on_any_other_ground_the_usual_condition_holds() -> None:
    spec = given(opened(MON_2_MAR), under="bancroft-tmc")
    usual = replace(ADVICE, ground=None, told_on=MON_2_MAR)
    assert spec.when(usual).refusal is not None


@pytest.mark.parametrize("policy", [KCTMO, CODE])
def test_a_policy_that_does_not_know_the_ground_refuses_it_by_name(policy: str) -> None:
    given(opened(MON_2_MAR), under=policy).when(ADVICE).then_refused(
        "no extension on the ground legal advice here", way_out="holding response"
    )

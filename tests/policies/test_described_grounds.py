"""An extension on a ground of its own is read by that ground, in words."""

from shared.policies.describing import described
from tests.support.complaint_spec import policy_named


def test_an_extension_on_a_ground_of_its_own_is_named_by_it() -> None:
    names = [
        entry.name
        for section in described(policy_named("thh-2022"))
        for entry in section.entries
        if entry.clause == "Complaints through an advocate, paragraph 3"
    ]
    assert {"stage 1, legal advice", "stage 2, legal advice"} <= set(names)


def test_an_extension_for_any_reason_is_named_by_its_stage_alone() -> None:
    names = [
        entry.name
        for section in described(policy_named("thh-2022"))
        for entry in section.entries
        if entry.clause
        in {"Timescales, Stage 1 Complaints", "Informal Complaint (Queries), paragraph 4"}
    ]
    assert "stage 1" in names
    assert "stage 1, query" in names

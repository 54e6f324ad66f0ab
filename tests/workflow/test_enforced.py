"""What the packs ask for, over HTTP and through the plain forms: what a letter contains, the age of a
matter, standing, who authorises; where else a complaint may go.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from shared.complaints.events import ComplaintRefused, DeadlineExtended
from tests.support.complaint_spec import policy_named
from tests.workflow.office import LANDLORD, Office, register_under
from tests.workflow.test_action_pages import Browser
from tests.workflow.test_api import BOILER, UPHELD, Caller

TOWER = "tower-homes"
PEOPLE = {
    "tara": (TOWER, "Tara Oyelaran", "complaints_team"),
    "milo": (TOWER, "Milo Brandt", "manager"),
    "hester": (TOWER, "Hester Lund", "head_of_service"),
}


@pytest.fixture
def caller(office: Office) -> Caller:
    """A case of an organisation under the policy of Tower Hamlets Homes."""
    register_under(office, LANDLORD, TOWER, "tmo", "thh-2022")
    office.register_officers(PEOPLE)
    office.open(BOILER, TOWER)
    return Caller(office)


def test_the_case_says_what_its_response_must_contain_and_where_else_it_may_go(
    caller: Caller,
) -> None:
    headers = caller.office.signed_in("milo")
    case = caller.client.get(f"/api/v1/complaints/{BOILER}", headers=headers).json()
    assert "what was agreed to put things right" in case["response_contains"]
    assert [each["body"] for each in case["may_go_to"]] == ["housing_ombudsman"]
    caller.post("tara", "issues", {"category": "right_to_buy"})
    case = caller.client.get(f"/api/v1/complaints/{BOILER}", headers=headers).json()
    assert [each["name"] for each in case["may_go_to"]] == [
        "Housing Ombudsman",
        "Local Government and Social Care Ombudsman",
    ]


def test_a_draft_is_not_approved_while_parts_of_the_letter_are_missing(caller: Caller) -> None:
    headers = caller.office.signed_in("milo")
    parts = caller.client.get(f"/api/v1/complaints/{BOILER}", headers=headers).json()[
        "response_contains"
    ]
    caller.post("milo", "drafts", {"words": "Dear resident"})
    missing = caller.post("hester", "approvals", {"contains": parts[:1]})
    assert missing.status_code == 409
    assert parts[1] in missing.json()["detail"]
    assert missing.json()["clause"] == "Stage 1 - Complaints Investigation, paragraph 6"
    assert caller.post("hester", "approvals", {"contains": parts}).status_code == 201
    assert caller.post("milo", "responses", UPHELD).status_code == 201


def test_the_form_of_the_check_lists_every_part(caller: Caller) -> None:
    caller.post("milo", "drafts", {"words": "Dear resident"})
    page = Browser(caller.office).open("hester", f"/complaints/{BOILER}/actions/approvals").text
    assert 'value="what was agreed to put things right"' in page
    assert "It needed no investigation" in page


def test_an_extension_is_authorised_by_the_team_after_the_complainant_was_told(
    caller: Caller,
) -> None:
    caller.office.clock.advance(timedelta(days=1))
    asked = {"by_working_days": 5, "agreed": True, "words": "Agreed.", "told_on": "2026-03-03"}
    assert caller.post("milo", "extensions", asked).status_code == 409
    untold = {name: value for name, value in asked.items() if name != "told_on"}
    assert caller.post("tara", "extensions", untold).status_code == 409
    assert caller.post("tara", "extensions", asked).status_code == 201
    (told,) = (
        entry.event
        for entry in caller.office.case(BOILER).events
        if isinstance(entry.event, DeadlineExtended)
    )
    assert told.told_on is not None
    assert (told.told_on.isoformat(), told.authorised_by) == ("2026-03-03", "complaints_team")


def test_an_old_matter_is_refused_with_its_dates_or_taken_for_a_reason(caller: Caller) -> None:
    age = {"arose_on": "2025-06-01", "known_on": "2025-06-02", "discretion_considered": True}
    ground = {"exclusion": "older_than_six_months", "words": "Why.", "ombudsman_told": True}
    undated = caller.post("tara", "refusal", ground)
    assert undated.status_code == 409
    assert "Nothing says when the matter arose." in undated.json()["detail"]
    other = caller.office.open("RC-2026-000002", TOWER)
    taken = {"arose_on": "2025-06-01", "words": "She was in hospital."}
    assert caller.post("tara", "discretion", taken, reference=other).status_code == 201
    assert caller.post("tara", "refusal", ground | age, reference=other).status_code == 409
    assert caller.post("tara", "refusal", ground | age).status_code == 201
    (refused,) = (
        entry.event
        for entry in caller.office.case(BOILER).events
        if isinstance(entry.event, ComplaintRefused)
    )
    assert refused.known_on is not None
    assert refused.known_on.isoformat() == "2025-06-02"


def test_the_review_is_not_opened_for_whoever_has_no_standing(caller: Caller) -> None:
    assert caller.post("tara", "standing", {"standing": "none"}).status_code == 201
    parts = list(policy_named("thh-2022").letter("first_response").contains)  # type: ignore[union-attr]
    caller.post("milo", "drafts", {"words": "Dear resident"})
    caller.post("hester", "approvals", {"contains": parts})
    assert caller.post("milo", "responses", UPHELD).status_code == 201
    refused = caller.post(
        "tara", "escalation", {"channel": "email", "words": "It does not answer me."}
    )
    assert refused.status_code == 409
    assert refused.json()["clause"] == "Who can make a complaint?"
    assert caller.post("tara", "standing", {"standing": "tenant"}).status_code == 201
    opened = caller.post(
        "tara", "escalation", {"channel": "email", "words": "It does not answer me."}
    )
    assert opened.status_code == 201

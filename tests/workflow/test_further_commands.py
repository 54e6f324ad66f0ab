"""The commands besides the stages over HTTP and through their forms; who may see a marked case."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from services.workflow.subjects import FURTHER_FORMS
from shared.complaints.events import DeadlineSet, PanelConvened
from shared.complaints.values import Route
from tests.workflow.office import Office
from tests.workflow.test_action_pages import Browser
from tests.workflow.test_api import BOILER, UPHELD, Caller

OTHER = "RC-2026-000002"

# One way through a case that gives every further command once, with steps of the stages between.
THE_WHOLE_LIFE: list[tuple[str, str, dict[str, Any]]] = [
    ("ben", "definitions", {"part": "complaint", "agreed": True, "words": "No hot water."}),
    ("ben", "issues", {"category": "heating", "words": "The radiators too."}),
    ("flora", "notes", {"words": "The same boiler was mended twice last year."}),
    ("ben", "issue-splits", {"number": 2, "to_reference": OTHER}),
    ("ben", "links", {"to_reference": OTHER, "relation": "split_off"}),
    ("ben", "route", {"to_route": "service_request", "agreed": True, "words": "A repair first."}),
    ("ben", "remedies", {"words": "The boiler runs again; job 4711."}),
    ("ben", "route", {"to_route": "board_enquiry", "words": "A Board member asks."}),
    ("ben", "forwarding", {"channel": "email", "copied_to": ["company_secretary"]}),
    ("ben", "route", {"to_route": "complaint", "words": "She complains."}),
    (
        "ben",
        "referral-permission-requests",
        {"to_organisation": "mill-lane", "channel": "phone"},
    ),
    ("ben", "referral-permissions", {"number": 1, "permitted": True, "channel": "phone"}),
    ("ben", "referrals", {"number": 1, "words": "Please look at it."}),
    ("ben", "referral-permission-withdrawals", {"number": 1}),
    ("ben", "update-intervals", {"every_working_days": 3, "agreed": True}),
    ("ben", "updates", {"channel": "phone", "words": "We wait for the part."}),
    ("ben", "representatives", {"relation": "advocate", "words": "Jo from the advice centre."}),
    ("ben", "consents", {"number": 1, "scope": "everything", "until": "2026-12-31"}),
    ("ben", "shared", {"number": 1, "scope": "progress", "words": "Where it stands."}),
    ("ben", "consent-withdrawals", {"number": 1, "words": "By phone."}),
    ("ben", "adjustments", {"kind": "large_print", "review_on": "2026-09-01"}),
    (
        "ben",
        "adjustments",
        {"kind": "translation", "language": "so", "review_on": "2026-09-01"},
    ),
    ("ben", "adjustment-reviews", {"number": 1, "review_on": "2027-03-01"}),
    ("ben", "restrictions", {"kind": "one_contact", "review_on": "2026-09-01", "words": "Why."}),
    ("ben", "restriction-reviews", {"number": 1, "words": "No longer needed."}),
    ("ben", "petition", {"signatures": 12, "words": "The contact is Ms Ames."}),
    ("ben", "concerns", {"concern": "hazard_significant", "words": "Damp."}),
    ("ben", "concerns-dealt-with", {"number": 1, "words": "Inspected."}),
    ("ben", "contribution-requests", {"of": "repairs", "due_on": "2026-03-06", "words": "When?"}),
    ("ben", "contributions", {"number": 1, "words": "On Monday."}),
    ("ben", "petition-meetings", {"words": "On Tuesday."}),
    ("ben", "petition-contacts", {"words": "The contact is Mr Ode."}),
    ("ben", "mediation-offers", {"words": "With an outside mediator."}),
    ("ben", "mediation", {"number": 1, "result": "declined"}),
    ("cora", "compensation-offers", {"amount_pence": 25_000, "words": "For the cold."}),
    ("ben", "compensation-approvals", {"number": 1}),
    ("cora", "compensation-answers", {"number": 1, "accepted": True}),
    ("cora", "compensation-payments", {"number": 1}),
    ("ben", "promises", {"by": "2026-03-20", "owner": "cora", "words": "A new boiler."}),
    ("cora", "promises-kept", {"number": 1, "words": "Fitted; job 4711."}),
    ("cora", "promises-told", {"number": 1, "channel": "phone"}),
    ("ben", "information", {"about": "case", "words": "The boiler failed again."}),
    ("ben", "access-codes", {"words": "The letter was lost."}),
    ("ben", "conflicts", {"officer": "flora", "interest": "relative"}),
    ("cora", "conflict-withdrawals", {"officer": "flora", "words": "Another Ms Ames."}),
    ("cora", "drafts", {"words": "Dear resident"}),
    ("ben", "approvals", {}),
    ("cora", "responses", UPHELD),
    ("ben", "escalation", {"channel": "email"}),
    ("dev", "drafts", {"words": "Dear resident"}),
    ("ben", "approvals", {}),
    ("dev", "responses", UPHELD),
    ("ben", "escalation", {"channel": "email"}),
    (
        "ben",
        "panel",
        {"members": ["gil", "hana", "ines"], "hearing_on": "2026-03-20", "words": "Room 2."},
    ),
    ("ben", "hearings", {"hearing_on": "2026-03-20", "companion": True, "words": "Please come."}),
    (
        "ben",
        "hearings-held",
        {"present": ["gil", "hana"], "complainant": True, "adjustments": ["interpreter"]},
    ),
    ("ben", "panel-reports", {"words": "What we found."}),
    (
        "ben",
        "learning",
        {
            "cause": "delay",
            "action": "process",
            "owner": "cora",
            "due_on": "2026-06-26",
            "words": "Parts are ordered at the first visit.",
        },
    ),
    ("ben", "learning-done", {"number": 1, "words": "The procedure of 1 May says so."}),
    ("ben", "learning-shared", {"number": 1, "audience": "staff"}),
    ("ben", "ombudsman-referral", {"body": "housing_ombudsman"}),
    ("ben", "evidence-requests", {"items": ["policies", "tenancy"], "due_on": "2026-03-31"}),
    ("ben", "evidence", {"number": 1, "items": ["policies"], "not_held": ["tenancy"]}),
    ("ben", "determinations", {"finding": "service_failure", "words": "The decision."}),
    ("ben", "ombudsman-orders", {"kind": "apology", "due_on": "2026-04-30"}),
    ("ben", "compliance", {"number": 1, "words": "Sent."}),
    ("ben", "access", {"mark": "staff_conduct", "roles": ["complaints_team", "manager"]}),
]
REFUSAL = {"exclusion": "anonymous", "words": "Not ours.", "ombudsman_told": True}
PANEL = {
    "gil": ("riverside-homes", "Gil Hart", "chief_executive"),
    "hana": ("riverside-homes", "Hana Ito", "board_member"),
    "ines": ("riverside-homes", "Ines Roy", "independent_member"),
}


@pytest.fixture
def caller(office: Office) -> Caller:
    """A case that was opened, somebody to work on it, and people for a panel."""
    office.register_officers(PANEL)
    office.open(BOILER)
    return Caller(office)


def test_every_further_command_can_be_given_once_over_http(caller: Caller) -> None:
    for officer, command, body in THE_WHOLE_LIFE:
        caller.office.clock.advance(timedelta(minutes=5))
        answer = caller.post(officer, command, body)
        assert answer.status_code == 201, (command, answer.json())
    caller.office.open(OTHER)
    assert caller.post("ben", "refusal", REFUSAL, reference=OTHER).status_code == 201
    overturned = caller.post("ben", "refusal-overturned", {"words": "Go on."}, reference=OTHER)
    assert overturned.status_code == 201
    given = {command for _, command, _ in THE_WHOLE_LIFE} | {"refusal-overturned"}
    # This policy asks for no standing and bars no old matter: test_enforced gives these two.
    given |= {"standing", "discretion"}
    # Files come with these: test_document_pages gives them.
    given |= {"documents", "document-removals"}
    assert given >= {form.address for form in FURTHER_FORMS}
    seats = [
        event.event.seats
        for event in caller.office.case(BOILER).events
        if isinstance(event.event, PanelConvened)
    ]
    assert [seat.role for seat in seats[0]] == [role for _, _, role in PANEL.values()]


def test_every_further_command_can_be_given_through_its_form(office: Office) -> None:
    office.register_officers(PANEL)
    office.open(BOILER)
    browser = Browser(office)
    for officer, command, body in THE_WHOLE_LIFE:
        office.clock.advance(timedelta(minutes=5))
        answer = browser.send(officer, command, browser.form(officer, command) | _typed(body))
        assert answer.status_code == 303, (command, answer.text)


def _typed(body: dict[str, Any]) -> dict[str, Any]:
    typed: dict[str, Any] = {}
    for name, value in body.items():
        if name == "issues":
            typed |= {"issue-1-outcome": "upheld", "issue-1-remedy": "apology"}
        elif name == "amount_pence":
            typed[name] = f"£{value / 100:,.2f}"
        elif isinstance(value, bool):
            typed |= {name: "yes"} if value else {}
        else:
            typed[name] = value if isinstance(value, list) else str(value)
    return typed


def test_a_refusal_of_a_further_command_names_rule_clause_and_way_out(caller: Caller) -> None:
    late = {"number": 4, "words": "Done."}
    for command, body in (("promises-kept", late), ("panel-reports", {"words": "x"})):
        answer = caller.post("ben", command, body)
        assert answer.status_code == 409, command
        assert answer.json()["clause"]
        assert answer.json()["way_out"]
    assert caller.post("ben", "concerns", {"concern": "weather"}).status_code == 422


def test_a_level_is_that_of_the_role_that_approves(caller: Caller) -> None:
    caller.post("ben", "compensation-offers", {"amount_pence": 25_000})
    too_much = caller.post("cora", "compensation-approvals", {"number": 1})
    assert too_much.status_code == 409
    assert "The role manager may approve up to £0.00." in too_much.json()["detail"]
    assert caller.post("dev", "compensation-approvals", {"number": 1}).status_code == 201


def test_every_concern_has_its_clock_from_the_data_of_the_landlord(caller: Caller) -> None:
    for concern in ("data_protection", "hazard_emergency", "hazard_significant"):
        answer = caller.post("ben", "concerns", {"concern": concern})
        assert answer.status_code == 201
    set_ = [e.event for e in caller.office.case(BOILER).events if isinstance(e.event, DeadlineSet)]
    spans = {event.duty: (event.due_on.isoformat(), event.unit) for event in set_}
    assert spans["data_protection 1"] == ("2026-03-31", "calendar_days")
    assert spans["hazard_emergency 2"] == ("2026-03-03", "elapsed_hours")
    assert spans["hazard_significant 3"] == ("2026-03-16", "working_days")


def test_a_marked_case_is_not_there_for_other_roles_and_for_whom_it_is_about(
    caller: Caller,
) -> None:
    caller.post("ben", "conflicts", {"officer": "flora", "interest": "named"})
    roles = ["complaints_team", "caseworker"]
    caller.post("ben", "access", {"mark": "staff_conduct", "roles": roles})
    for officer, status in (("ben", 200), ("dev", 404), ("flora", 404)):
        headers = caller.office.signed_in(officer)
        seen = caller.client.get(f"/api/v1/complaints/{BOILER}", headers=headers)
        assert seen.status_code == status, officer
    assert caller.post("dev", "contacts", {"channel": "phone"}).status_code == 404


def test_the_form_of_the_response_asks_about_the_issues_as_they_stand_now(office: Office) -> None:
    office.open(BOILER)
    caller, browser = Caller(office), Browser(office)
    caller.post("ben", "issues", {"category": "heating"})
    caller.post("ben", "issues", {"category": "noise"})
    caller.post("ben", "issue-splits", {"number": 2, "to_reference": OTHER})
    page = browser.open("cora", f"/complaints/{BOILER}/actions/responses").text
    assert "Issue 1: Repairs" in page
    assert "Issue 3: Noise" in page
    assert "Heating" not in page


def test_a_referred_case_is_seen_by_the_other_organisation_while_the_permission_stands(
    caller: Caller,
) -> None:
    def seen() -> int:
        headers = caller.office.signed_in("mia")
        found = caller.client.get(f"/api/v1/complaints/{BOILER}", headers=headers)
        return int(found.status_code)

    caller.office.register_officers({"mia": ("mill-lane", "Mia Lund", "manager")})
    to = {"to_organisation": "mill-lane", "channel": "phone"}
    caller.post("ben", "referral-permission-requests", to)
    early = caller.post("ben", "referrals", {"number": 1})
    assert (early.status_code, seen()) == (409, 404)
    permission = {"number": 1, "permitted": True, "channel": "phone"}
    caller.post("ben", "referral-permissions", permission)
    assert seen() == 404
    caller.post("ben", "referrals", {"number": 1, "words": "Please look at it."})
    assert seen() == 200
    caller.post("ben", "referral-permission-withdrawals", {"number": 1})
    assert seen() == 404


def test_a_case_on_another_route_is_asked_for_by_its_route(caller: Caller) -> None:
    body = {"to_route": "service_request", "agreed": True, "words": "A repair first."}
    assert caller.post("ben", "route", body).status_code == 201
    assert caller.office.case(BOILER).complaint.route is Route.SERVICE_REQUEST

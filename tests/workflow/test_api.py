"""The commands of officers over HTTP: every one once, the refusals, and who may see what."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.workflow.bodies import BODIES
from services.workflow.domain.commands import AcknowledgeComplaint
from services.workflow.subjects import FURTHER_FORMS
from shared.complaints.events import ResponseIssued
from shared.complaints.values import Channel
from tests.workflow.office import LANDLORD, Office

BOILER = "RC-2026-000001"
UPHELD = {
    "issues": [
        {
            "number": 1,
            "outcome": "upheld",
            "remedies": [{"kind": "compensation", "amount_pence": 5000}],
        }
    ],
    "words": "We are sorry that the boiler was not mended.",
}

# One way through a case that gives every command once: officer, command, body.
EVERY_COMMAND: list[tuple[str, str, dict[str, Any]]] = [
    ("ben", "acknowledgement", {"channel": "letter"}),
    ("ben", "contact-attempts", {"channel": "phone", "words": "No answer."}),
    ("ben", "contacts", {"channel": "phone", "words": "Wants the boiler mended."}),
    ("ben", "allocation", {"handlers": ["cora"]}),
    ("cora", "holding-responses", {"words": "A part is on order.", "expected_on": "2026-03-20"}),
    ("cora", "extensions", {"by_working_days": 3, "agreed": True, "words": "Agreed by phone."}),
    ("cora", "drafts", {"words": "Dear resident"}),
    ("ben", "draft-returns", {"words": "Say what was found about the damp."}),
    ("cora", "drafts", {"words": "Dear resident, we found damp."}),
    ("ben", "approvals", {}),
    ("cora", "responses", UPHELD),
    ("ben", "escalation", {"channel": "email", "because": "dissatisfied"}),
    ("dev", "withdrawal", {"words": "It was mended after all."}),
    ("ben", "reopening", {"words": "It broke again the same day."}),
    ("ben", "closure", {"because": "other", "words": "Taken up by the council."}),
]


class Caller:
    """Sends commands as an officer, each under a key of its own unless told otherwise."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self.client: TestClient = office.client()
        self._sent = 0

    def post(
        self, officer: str, command: str, body: Any, *, reference: str = BOILER, **headers: str
    ) -> Any:
        """The answer to one command."""
        self._sent += 1
        sent = {"Idempotency-Key": f"key-{self._sent}"}
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        address = f"/api/v1/complaints/{reference}/{command}"
        return self.client.post(address, json=body, headers=sent | self.office.signed_in(officer))


@pytest.fixture
def caller(office: Office) -> Caller:
    """A case that was opened, and somebody to work on it."""
    office.open(BOILER)
    return Caller(office)


def test_an_auditor_reads_a_case_and_never_acts_on_it(caller: Caller) -> None:
    caller.office.register_officers({"gale": ("riverside-homes", "Gale Hart", "auditor")})
    refused = caller.post("gale", "acknowledgement", {"channel": "letter"})
    assert refused.status_code == 403
    standing = caller.client.get(
        f"/api/v1/complaints/{BOILER}", headers=caller.office.signed_in("gale")
    )
    assert standing.status_code == 200
    assert not any(command["allowed"] for command in standing.json()["commands"])
    assert caller.office.names(BOILER)[-1] == "deadline-set"


def test_a_day_beyond_the_calendar_is_refused_at_its_field(caller: Caller) -> None:
    refused = caller.post(
        "cora", "extensions", {"to_on": "2055-03-01", "agreed": True, "words": "Agreed by phone."}
    )
    assert refused.status_code == 422
    assert refused.json()["errors"][0]["pointer"] == "#/to_on"


def test_every_command_can_be_given_once_over_http(caller: Caller) -> None:
    for officer, command, body in EVERY_COMMAND:
        caller.office.clock.advance(timedelta(minutes=5))
        answer = caller.post(officer, command, body)
        assert answer.status_code == 201, (command, answer.json())
        assert answer.json()["events"], command
        assert answer.headers["ETag"] == f'"{answer.json()["version"]}"'
    caller.office.open("RC-2026-000002")
    policy, _ = caller.office.handling.rules_for(
        LANDLORD, caller.office.case("RC-2026-000002").complaint
    )
    refused = caller.post(
        "ben",
        "refusal",
        {
            "exclusion": policy.exclusions[0].exclusion,
            "words": "Not ours.",
            "ombudsman_told": True,
        },
        reference="RC-2026-000002",
    )
    assert refused.status_code == 201
    further = {form.address for form in FURTHER_FORMS}  # tests/workflow/test_further_commands.py
    given = {command for _, command, _ in EVERY_COMMAND}
    assert given | {"refusal"} | further == set(BODIES)


def test_a_response_says_how_it_is_sent(caller: Caller) -> None:
    for officer, command, body in EVERY_COMMAND[:10]:
        assert caller.post(officer, command, body).status_code == 201
    answer = caller.post("cora", "responses", UPHELD | {"channel": "letter"})
    assert answer.status_code == 201, answer.text
    told = [record.event for record in caller.office.case(BOILER).events]
    responses = [event for event in told if isinstance(event, ResponseIssued)]
    assert [response.channel for response in responses] == [Channel.LETTER]


def test_the_answer_names_events_and_what_is_owed_now(caller: Caller) -> None:
    answer = caller.post("ben", "acknowledgement", {"channel": "letter"}).json()
    assert answer["reference"] == BOILER
    assert answer["events"] == ["complaint.acknowledged.v1", "complaint.deadline-met.v1"]
    assert {"duty": "respond", "stage": 1, "due_on": "2026-03-16"} in answer["deadlines"]
    assert "acknowledge" not in {owed["duty"] for owed in answer["deadlines"]}


def test_every_event_records_the_officer_who_gave_the_command(caller: Caller) -> None:
    caller.post("cora", "contacts", {"channel": "phone"})
    assert caller.office.case(BOILER).events[-1].actor == "cora"


def test_the_same_key_gives_the_same_answer_also_after_the_case_moved_on(caller: Caller) -> None:
    first = caller.post("ben", "contacts", {"channel": "phone"}, Idempotency_Key="one")
    caller.post("ben", "acknowledgement", {"channel": "letter"})
    again = caller.post("ben", "contacts", {"channel": "phone"}, Idempotency_Key="one")
    assert again.headers["Idempotency-Replayed"] == "true"
    assert (again.status_code, again.json()) == (first.status_code, first.json())


def test_the_same_key_with_another_body_is_refused(caller: Caller) -> None:
    caller.post("ben", "contacts", {"channel": "phone"}, Idempotency_Key="one")
    other = caller.post("ben", "contacts", {"channel": "email"}, Idempotency_Key="one")
    assert other.status_code == 422
    assert "Idempotency-Key" in other.json()["title"]


def test_a_command_without_a_proper_key_is_not_taken(caller: Caller) -> None:
    for key in ("", "x" * 201, "tab\there"):
        assert caller.post("ben", "approvals", {}, Idempotency_Key=key).status_code == 400, key


def test_a_refusal_names_the_rule_the_clause_and_the_way_out(caller: Caller) -> None:
    caller.post("ben", "acknowledgement", {"channel": "letter"})
    answer = caller.post("ben", "acknowledgement", {"channel": "letter"})
    problem = answer.json()
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    assert problem["rule"]
    assert problem["clause"] == "Procedure, Stage One; Staff guidance 4.1"
    assert problem["way_out"]


REFUSED: list[tuple[str, str, dict[str, Any]]] = [
    ("responses", "cora", UPHELD),
    ("approvals", "ben", {}),
    ("escalation", "ben", {"channel": "phone"}),
    ("refusal", "ben", {"exclusion": "no-such-ground", "words": "Not ours."}),
    ("extensions", "cora", {"by_working_days": 3}),
    ("allocation", "ben", {"handlers": ["cora", "dev"]}),
    ("closure", "ben", {"because": "resolved"}),
    ("reopening", "ben", {"words": "Again."}),
]


def test_what_the_policy_does_not_allow_is_refused_and_leaves_no_trace(caller: Caller) -> None:
    before = caller.office.case(BOILER).version
    for command, officer, body in REFUSED:
        answer = caller.post(officer, command, body)
        assert answer.status_code == 409, (command, answer.json())
        assert answer.json()["clause"], command
    assert caller.office.case(BOILER).version == before


INVALID: list[tuple[str, dict[str, Any], str]] = [
    ("acknowledgement", {}, "#/channel"),
    ("acknowledgement", {"channel": "pigeon"}, "#/channel"),
    ("acknowledgement", {"channel": "letter", "colour": "red"}, "#/colour"),
    ("acknowledgement", {"channel": "letter", "words": "  "}, "#/words"),
    ("acknowledgement", {"channel": "letter", "happened_on": "2026-03-03"}, "#/happened_on"),
    (
        "acknowledgement",
        {"channel": "letter", "happened_at": "2026-03-02T09:31:00Z"},
        "#/happened_at",
    ),
    (
        "acknowledgement",
        {"channel": "letter", "happened_at": "2026-03-02T09:30:00"},
        "#/happened_at",
    ),
    (
        "acknowledgement",
        {
            "channel": "letter",
            "happened_on": "2026-03-02",
            "happened_at": "2026-03-02T09:30:00Z",
        },
        "#",
    ),
    ("extensions", {"to_on": "2026-03-20", "by_working_days": 3}, "#"),
    ("extensions", {"by_working_days": "3"}, "#/by_working_days"),
    ("responses", {"issues": []}, "#/issues"),
    ("responses", {"issues": [{"number": 1, "outcome": "perhaps"}]}, "#/issues/0/outcome"),
    ("allocation", {"handlers": ["no one's id"]}, "#/handlers/0"),
    ("drafts", {"words": "x" * 20_001}, "#/words"),
]


def test_a_body_that_is_not_as_it_should_be_is_pointed_at(caller: Caller) -> None:
    for command, body, pointer in INVALID:
        answer = caller.post("ben", command, body)
        assert answer.status_code == 422, (command, body, answer.json())
        pointers = {error["pointer"] for error in answer.json()["errors"]}
        assert pointer in pointers, (command, body)


def test_work_is_given_to_nobody_whom_the_registry_does_not_know_or_who_has_left(
    caller: Caller,
) -> None:
    now = caller.office.clock.now()
    with caller.office.owner.transaction(LANDLORD) as cursor:
        cursor.execute("UPDATE registry.officer SET ended_at = %s WHERE officer = 'dev'", (now,))
    before = caller.office.case(BOILER).version
    for command, body, pointer in (
        ("allocation", {"handlers": ["cora", "zed"]}, "#/handlers"),
        ("promises", {"by": "2026-03-20", "owner": "zed", "words": "A new boiler."}, "#/owner"),
        ("allocation", {"handlers": ["dev"]}, "#/handlers"),
    ):
        answer = caller.post("ben", command, body)
        assert answer.status_code == 422, (command, answer.json())
        (error,) = answer.json()["errors"]
        assert error["pointer"] == pointer
        assert "administration lists them under People" in error["detail"]
        expected = "who left on Monday 2 March 2026" if "dev" in str(body) else "is no officer"
        assert expected in error["detail"]
    assert caller.office.case(BOILER).version == before


def test_what_was_given_to_somebody_who_has_left_since_is_answered_as_before(
    caller: Caller,
) -> None:
    once = caller.post("ben", "allocation", {"handlers": ["cora"]}, Idempotency_Key="once")
    with caller.office.owner.transaction(LANDLORD) as cursor:
        cursor.execute(
            "UPDATE registry.officer SET ended_at = %s WHERE officer = 'cora'",
            (caller.office.clock.now(),),
        )
    again = caller.post("ben", "allocation", {"handlers": ["cora"]}, Idempotency_Key="once")
    assert (once.status_code, again.headers["Idempotency-Replayed"]) == (201, "true")
    assert again.json()["version"] == once.json()["version"]


def test_an_etag_that_has_moved_on_names_what_happened_since(caller: Caller) -> None:
    standing = caller.client.get(
        f"/api/v1/complaints/{BOILER}", headers=caller.office.signed_in("ben")
    )
    caller.post("cora", "contacts", {"channel": "phone"})
    stale = caller.post(
        "ben", "acknowledgement", {"channel": "letter"}, If_Match=standing.headers["ETag"]
    )
    assert stale.status_code == 412
    assert stale.json()["since"][0] == {
        "event": "complaint.contact-made.v1",
        "on": "2026-03-02",
        "by": "cora",
    }
    fresh = caller.post(
        "ben",
        "acknowledgement",
        {"channel": "letter"},
        If_Match=f'"{stale.json()["version"]}"',
    )
    assert fresh.status_code == 201


def test_an_if_match_that_is_no_etag_of_ours_is_refused(caller: Caller) -> None:
    for etag in ("17", 'W/"17"', '"seventeen"'):
        assert caller.post("ben", "approvals", {}, If_Match=etag).status_code == 400, etag


def test_a_case_is_seen_by_its_organisation_and_by_the_council(caller: Caller) -> None:
    seen_by = [
        ("ben", BOILER, 200),
        ("ada", BOILER, 200),  # the council sees every organisation
        ("edith", BOILER, 404),  # another organisation's case
        ("ben", "RC-2026-000999", 404),
    ]
    for officer, reference, status in seen_by:
        headers = caller.office.signed_in(officer)
        seen = caller.client.get(f"/api/v1/complaints/{reference}", headers=headers)
        assert seen.status_code == status, (officer, reference)
        given = caller.post(officer, "contacts", {"channel": "phone"}, reference=reference)
        assert given.status_code == (201 if status == 200 else 404), (officer, reference)


def test_nobody_gives_a_command_without_signing_in(caller: Caller) -> None:
    answer = caller.client.post(
        f"/api/v1/complaints/{BOILER}/contacts",
        json={"channel": "phone"},
        headers={"Idempotency-Key": "key"},
    )
    assert answer.status_code == 401


def test_the_standing_shows_what_is_owed_and_which_commands_are_possible(caller: Caller) -> None:
    standing = caller.client.get(
        f"/api/v1/complaints/{BOILER}", headers=caller.office.signed_in("ben")
    ).json()
    assert (standing["state"], standing["stage"]) == ("open", 1)
    assert standing["deadlines"][0]["clause"]
    possible = {entry["command"]: entry for entry in standing["commands"]}
    assert set(possible) == set(BODIES)
    assert possible["acknowledgement"]["allowed"]
    assert not possible["reopening"]["allowed"]
    assert possible["reopening"]["why"]


def test_a_day_in_the_past_is_kept_as_the_day_it_happened(caller: Caller) -> None:
    caller.office.clock.advance(timedelta(days=2))
    caller.post("ben", "contacts", {"channel": "phone", "happened_on": "2026-03-03"})
    happened = caller.office.case(BOILER).events[-1].happened
    assert (happened.on.isoformat(), happened.at) == ("2026-03-03", None)


def test_words_stand_in_the_vault_under_the_complainant_and_never_on_the_log(
    caller: Caller,
) -> None:
    secret = "The neighbour at number nine knows."
    caller.post("ben", "contacts", {"channel": "phone", "words": secret})
    office = caller.office
    opened = office.case(BOILER).opened
    with office.owner.transaction(LANDLORD) as cursor:
        words = cursor.execute("SELECT words, subject::text FROM vault.words").fetchall()
        records = cursor.execute("SELECT record FROM workflow.event").fetchall()
        assert [row["subject"] for row in words] == [opened.complainant]
        assert office.vault.read(cursor, LANDLORD, words[0]["words"]) == secret
    assert all("neighbour" not in row["record"] for row in records)


def test_nothing_more_is_written_about_somebody_whose_words_were_erased(caller: Caller) -> None:
    office = caller.office
    caller.post("ben", "contacts", {"channel": "phone", "words": "Called."})
    with office.owner.transaction(LANDLORD) as cursor:
        row = cursor.execute("SELECT subject FROM vault.subject_key").fetchone()
        assert row is not None
        office.vault.destroy_subject_key(
            cursor, LANDLORD, subject=row["subject"], now=office.clock.now()
        )
    answer = caller.post("ben", "contacts", {"channel": "phone", "words": "Called again."})
    assert answer.status_code == 409
    assert caller.post("ben", "contacts", {"channel": "phone"}).status_code == 201


def test_a_request_that_another_site_made_a_browser_send_is_refused(caller: Caller) -> None:
    answer = caller.post("ben", "contacts", {"channel": "phone"}, Sec_Fetch_Site="cross-site")
    assert answer.status_code == 403


def test_an_officer_acknowledges_a_complaint_only_where_nobody_did(caller: Caller) -> None:
    """The API and whoever handles commands directly meet in the same log."""
    office = caller.office
    letter = AcknowledgeComplaint(channel=Channel.LETTER, happened=office.now(), actor="ben")
    office.give(BOILER, letter, key="direct")
    assert caller.post("ben", "acknowledgement", {"channel": "letter"}).status_code == 409


def test_the_published_description_says_what_each_command_takes(caller: Caller) -> None:
    described = caller.client.get("/openapi.json").json()
    for command in BODIES:
        operation = described["paths"][f"/api/v1/complaints/{{reference}}/{command}"]["post"]
        schema = operation["requestBody"]["content"]["application/json"]["schema"]
        assert schema["additionalProperties"] is False
        assert "$ref" not in str(schema)

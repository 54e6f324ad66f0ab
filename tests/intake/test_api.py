"""`POST /api/v1/complaints`: what is answered, what is refused, and what is stored."""

from __future__ import annotations

import hashlib
import hmac
import json
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.intake.bodies import ComplaintBody, new_submission
from services.intake.journey_answers import RESIDENT_NEEDS
from services.intake.needs import ADJUSTMENTS, CONSENTS, IN_A_LANGUAGE, RELATIONS, SCOPES
from services.workflow.domain.subjects import representation, restrictions
from tests.intake.setting import Setting

BOILER = {
    "organisation": "riverside-homes",
    "complainant": {"name": "Jo Canaryname", "email": "jo.canary@example.org"},
    "complaint": "The boiler has been off since the canary died.",
    "desired_outcome": "A new canary boiler.",
}


@pytest.fixture
def client(setting: Setting) -> TestClient:
    return setting.intake_client()


def post(client: TestClient, body: object, *, key: str | None = "key-1") -> Any:
    headers = {} if key is None else {"Idempotency-Key": key}
    return client.post("/api/v1/complaints", json=body, headers=headers)


def test_a_complaint_is_answered_with_its_reference_and_the_dates_to_expect(
    client: TestClient,
) -> None:
    answer = post(client, BOILER)
    assert answer.status_code == 201, answer.text
    assert answer.json()["reference"] == "RC-2026-000001"
    assert answer.headers["location"] == "/api/v1/complaints/RC-2026-000001"
    assert answer.json()["received_on"] == "2026-03-02"
    dates = {each["duty"]: each for each in answer.json()["dates"]}
    # Monday 2 March: two working days are Wednesday 4, ten are Monday 16.
    assert {duty: each["due_on"] for duty, each in dates.items()} == {
        "acknowledge": "2026-03-04",
        "contact": "2026-03-04",
        "respond": "2026-03-16",
    }
    assert dates["respond"]["clause"]
    assert dates["respond"]["rule"]


def test_the_dates_follow_the_policy_in_force_for_the_organisation(client: TestClient) -> None:
    answer = post(client, BOILER | {"organisation": "riverside"})
    due = {each["duty"]: each["due_on"] for each in answer.json()["dates"]}
    # Five working days, then ten from the day the acknowledgement is due.
    assert due == {"acknowledge": "2026-03-09", "respond": "2026-03-23"}


def test_the_day_of_receipt_is_the_day_in_london_and_counts_instead_of_today(
    client: TestClient,
) -> None:
    received_at = "2025-07-31T23:30:00Z"  # half past midnight on 1 August in London
    answer = post(client, BOILER | {"received_at": received_at, "channel": "letter"})
    assert answer.json()["received_on"] == "2025-08-01"
    assert answer.json()["reference"] == "RC-2025-000001"


def test_the_same_key_with_the_same_body_gives_the_same_answer(
    client: TestClient, setting: Setting
) -> None:
    first = post(client, BOILER)
    again = post(client, dict(reversed(BOILER.items())))
    assert again.status_code == 201
    assert again.json() == first.json()
    assert again.headers["idempotency-replayed"] == "true"
    assert "idempotency-replayed" not in first.headers
    assert len(setting.rows("SELECT FROM intake.submission")) == 1


def test_the_same_key_with_another_body_is_refused_and_nothing_is_stored(
    client: TestClient, setting: Setting
) -> None:
    post(client, BOILER)
    words = setting.rows("SELECT FROM vault.words")
    refused = post(client, BOILER | {"complaint": "Something else altogether."})
    assert refused.status_code == 422
    assert refused.headers["content-type"] == "application/problem+json"
    assert "Idempotency-Key" in refused.json()["detail"]
    assert len(setting.rows("SELECT FROM intake.submission")) == 1
    assert setting.rows("SELECT FROM vault.words") == words


def test_a_key_belongs_to_one_landlord(client: TestClient) -> None:
    post(client, BOILER)
    elsewhere = post(client, BOILER | {"landlord": "hillside", "organisation": "hillside"})
    assert elsewhere.status_code == 201
    assert elsewhere.json()["reference"] == "HC-2026-000001"


def test_eight_clients_with_one_key_get_one_complaint_and_one_answer(
    client: TestClient, setting: Setting
) -> None:
    with ThreadPoolExecutor(8) as clients:
        answers = list(clients.map(lambda _: post(client, BOILER), range(24)))
    assert {answer.status_code for answer in answers} == {201}
    assert len({answer.text for answer in answers}) == 1
    assert sum("idempotency-replayed" not in answer.headers for answer in answers) == 1
    assert len(setting.rows("SELECT FROM intake.submission")) == 1
    assert len(setting.rows("SELECT FROM vault.subject_key")) == 1
    assert setting.rows("SELECT last_number FROM registry.reference_counter") == [
        {"last_number": 1}
    ]


def test_eight_clients_with_different_keys_get_references_without_a_gap(
    client: TestClient,
) -> None:
    with ThreadPoolExecutor(8) as clients:
        answers = list(
            clients.map(lambda number: post(client, BOILER, key=f"key {number}"), range(24))
        )
    references = sorted(answer.json()["reference"] for answer in answers)
    assert references == [f"RC-2026-{number:06}" for number in range(1, 25)]


@pytest.mark.parametrize("key", [None, "", "   ", "k" * 201, "schl\xfcssel"])
def test_a_missing_or_odd_idempotency_key_is_refused(
    client: TestClient, setting: Setting, key: str | None
) -> None:
    headers = {} if key is None else {"Idempotency-Key": key.encode("latin-1")}
    refused = client.post("/api/v1/complaints", json=BOILER, headers=headers)  # type: ignore[arg-type] # bytes too
    assert refused.status_code == 400
    assert "Idempotency-Key" in refused.json()["detail"]
    assert setting.rows("SELECT FROM intake.submission") == []


CONTACT = {"name": "Jo", "email": "jo@example.org"}
HELPER = {"name": "Ida", "relation": "friend", "phone": "020 7946 0000", "consent": "said"}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"organisation": "nobody"}, "#/organisation"),
    ({"organisation": 7}, "#/organisation"),
    ({"landlord": "nobody"}, "#/landlord"),
    ({"complaint": "x" * 5_001}, "#/complaint"),
    ({"complaint": " \n "}, "#/complaint"),
    ({"complaint": "a\x00b"}, "#/complaint"),
    ({"desired_outcome": "x" * 2_001}, "#/desired_outcome"),
    ({"complainant": {"name": "Jo"}}, "#/complainant"),
    ({"complainant": CONTACT | {"name": "Jo\nBcc: all@example.org"}}, "#/complainant/name"),
    ({"complainant": CONTACT | {"email": "jo at example"}}, "#/complainant/email"),
    ({"complainant": CONTACT | {"phone": "ring me"}}, "#/complainant/phone"),
    ({"complainant": CONTACT | {"age": 40}}, "#/complainant/age"),
    ({"issues": []}, "#/issues"),
    ({"issues": ["damp", "damp"]}, "#/issues"),
    ({"issues": ["Mr Jones of Flat 7"]}, "#/issues/0"),
    ({"issues": ["damp"] * 21}, "#/issues"),
    ({"route": "grievance"}, "#/route"),
    ({"channel": "pigeon"}, "#/channel"),
    ({"received_at": "2026-03-02T09:30:01Z"}, "#/received_at"),
    ({"received_at": "1999-12-31T12:00:00Z"}, "#/received_at"),
    ({"received_at": "2026-03-02T09:00:00"}, "#/received_at"),
    ({"received_at": 1_700_000_000}, "#/received_at"),
    ({"received_at": "1700000000"}, "#/received_at"),
    ({"named_officers": ["somebody-else"]}, "#/named_officers"),
    ({"unknown": True}, "#/unknown"),
    ({"home": "x" * 501}, "#/home"),
    ({"representative": HELPER | {"relation": "landlady"}}, "#/representative/relation"),
    ({"representative": HELPER | {"phone": None}}, "#/representative"),
    ({"representative": HELPER | {"consent": "yes"}}, "#/representative/consent"),
    ({"representative": HELPER | {"scope": "everything"}}, "#/representative"),
    ({"representative": HELPER | {"scope": "all"}}, "#/representative/scope"),
    ({"representative": HELPER | {"consent_words": "x" * 1_001}}, "#/representative/consent_words"),
    ({"adjustments": [{"kind": "brass_band"}]}, "#/adjustments/0/kind"),
    ({"adjustments": [{"kind": "translation"}]}, "#/adjustments/0"),
    ({"adjustments": [{"kind": "translation", "language": "Somali"}]}, "#/adjustments/0/language"),
    ({"adjustments": [{"kind": "audio", "language": "so"}]}, "#/adjustments/0"),
    ({"adjustments": [{"kind": "other"}]}, "#/adjustments/0"),
    ({"adjustments": [{"kind": "audio"}, {"kind": "audio"}]}, "#/adjustments"),
    ({"adjustments": [{"kind": "audio"}] * 11}, "#/adjustments"),
]


@pytest.mark.parametrize(("change", "pointer"), REFUSED)
def test_what_is_not_allowed_is_refused_with_a_pointer_and_without_what_was_sent(
    client: TestClient, setting: Setting, change: dict[str, Any], pointer: str
) -> None:
    refused = post(client, BOILER | change)
    assert refused.status_code == 422, refused.text
    assert [error["pointer"] for error in refused.json()["errors"]] == [pointer]
    assert "Canary" not in refused.text
    assert "boiler" not in refused.text
    assert setting.rows("SELECT FROM intake.submission") == []
    assert setting.rows("SELECT FROM vault.words") == []


def test_something_other_than_json_is_refused(client: TestClient) -> None:
    key = {"Idempotency-Key": "key-1"}
    broken = client.post(
        "/api/v1/complaints",
        content=b"{",
        headers=key | {"content-type": "application/json"},
    )
    assert broken.status_code == 400
    form = client.post("/api/v1/complaints", data={"complaint": "x"}, headers=key)
    assert form.status_code in {415, 422}


def test_an_organisation_without_a_policy_on_the_day_is_told_so(
    client: TestClient, setting: Setting
) -> None:
    with setting.owner.transaction("riverside") as cursor:
        cursor.execute(
            "UPDATE registry.adoption SET effective_from = '2026-03-02'"
            " WHERE organisation = 'mill-lane'"
        )
    refused = post(
        client, BOILER | {"organisation": "mill-lane", "received_at": "2026-03-01T12:00:00Z"}
    )
    assert refused.status_code == 422
    assert "no policy in force on 2026-03-01" in refused.json()["detail"]


def test_named_officers_issues_and_route_are_kept(client: TestClient, setting: Setting) -> None:
    answer = post(
        client,
        BOILER
        | {
            "route": "service_request",
            "channel": "email",
            "issues": ["heating", "staff_attitude"],
            "named_officers": ["manager-homes"],
        },
    )
    assert answer.status_code == 201, answer.text
    (row,) = setting.rows("SELECT * FROM intake.submission")
    assert (row["route"], row["channel"]) == ("service_request", "email")
    assert row["issues"] == ["heating", "staff_attitude"]
    assert row["named_officers"] == ["manager-homes"]
    assert row["logged_by"] is None


def test_personal_words_stand_in_the_vault_alone(
    client: TestClient, setting: Setting, capfd: pytest.CaptureFixture[str]
) -> None:
    secret = "canary-key-of-Jo"
    assert post(client, BOILER, key=secret).status_code == 201
    post(client, BOILER | {"complaint": "Another canary."}, key=secret)
    (row,) = setting.rows("SELECT submission::text AS row FROM intake.submission")
    shown = " ".join([row["row"], *capfd.readouterr()])
    for canary in ("Canary", "canary", "Jo ", secret):
        assert canary not in shown
    kept = {each["kind"] for each in setting.rows("SELECT kind FROM vault.words")}
    assert kept == {"name", "email", "complaint", "desired_outcome"}


def test_the_words_can_be_read_again_and_are_those_committed_to(
    client: TestClient, setting: Setting
) -> None:
    post(client, BOILER)
    (row,) = setting.rows("SELECT * FROM intake.submission")
    with setting.database("redress_workflow").transaction("riverside") as cursor:
        assert setting.vault.read(cursor, "riverside", row["words"]) == BOILER["complaint"]
        name = setting.vault.read_kind(cursor, "riverside", subject=row["complainant"], kind="name")
    assert name == "Jo Canaryname"


def test_after_an_erasure_the_key_still_gives_the_same_answer(
    client: TestClient, setting: Setting
) -> None:
    first = post(client, BOILER)
    (row,) = setting.rows("SELECT complainant FROM intake.submission")
    with setting.owner.transaction("riverside") as cursor:
        setting.vault.destroy_subject_key(
            cursor, "riverside", subject=row["complainant"], now=setting.clock.now()
        )
    assert post(client, BOILER).json() == first.json()


def test_one_landlord_does_not_see_the_submissions_of_another(
    client: TestClient, setting: Setting
) -> None:
    post(client, BOILER)
    with setting.database("redress_intake").transaction("hillside") as cursor:
        assert cursor.execute("SELECT FROM intake.submission").fetchall() == []


def test_the_api_says_in_its_schema_what_it_takes(client: TestClient) -> None:
    schema = client.get("/openapi.json").json()
    taken = schema["components"]["schemas"]["ComplaintBody"]
    assert taken["additionalProperties"] is False
    assert set(taken["required"]) == {"organisation", "complainant", "complaint"}


def test_a_concern_is_an_issue_of_the_complaint_and_only_known_ones_are_taken(
    client: TestClient, setting: Setting
) -> None:
    taken = post(client, BOILER | {"concerns": ["hazard_emergency"], "issues": ["heating"]})
    assert taken.status_code == 201, taken.text
    (row,) = setting.rows("SELECT issues FROM intake.submission")
    assert row["issues"] == ["heating", "hazard_emergency"]
    unknown = post(client, BOILER | {"concerns": ["ghosts"]}, key="key-2")
    assert unknown.status_code == 422
    assert "hazard_emergency, hazard_significant, data_protection" in unknown.text


def test_a_representative_and_adjustments_are_kept_as_codes_with_their_words_sealed(
    client: TestClient, setting: Setting
) -> None:
    given = HELPER | {"consent": "given", "consent_words": "By telephone."}
    needs = [{"kind": "interpreter", "language": "so"}, {"kind": "other", "words": "Ring twice."}]
    answer = post(
        client, BOILER | {"representative": given, "adjustments": needs, "home": "7 Mill"}
    )
    assert answer.status_code == 201, answer.text
    (row,) = setting.rows("SELECT representative, adjustments FROM intake.submission")
    assert row["representative"]["scope"] == "everything"  # unless the caller says less
    assert setting.read(row["representative"]["consent_words"]) == "By telephone."
    assert [(each["kind"], each["language"]) for each in row["adjustments"]] == [
        ("interpreter", "so"),
        ("other", None),
    ]
    assert setting.read(row["adjustments"][1]["words"]) == "Ring twice."
    for canary in ("Ida", "Ring", "7946"):
        assert canary not in str(row)


def test_a_retry_of_what_was_taken_before_these_could_be_said_is_still_known(
    client: TestClient, setting: Setting
) -> None:
    post(client, BOILER)
    said = asdict(
        new_submission(ComplaintBody.model_validate(BOILER), default_landlord="riverside")
    )
    for later in ("home", "representative", "adjustments"):
        del said[later]
    content = json.dumps(said, sort_keys=True, default=str)
    (row,) = setting.rows("SELECT fingerprint FROM intake.submission")
    assert row["fingerprint"] == hmac.new(b"key-1", content.encode(), hashlib.sha256).digest()


def test_the_api_describes_what_may_be_said_of_representatives_and_adjustments(
    client: TestClient,
) -> None:
    schemas = client.get("/openapi.json").json()["components"]["schemas"]
    consent = schemas["Representative"]["properties"]["consent"]["description"]
    for code in CONSENTS:
        assert f"`{code}`" in consent
    assert "large_print" in schemas["Adjustment"]["properties"]["kind"]["description"]


def test_the_codes_are_those_that_the_case_knows() -> None:
    assert tuple(RELATIONS) == representation.RELATIONS
    assert tuple(SCOPES) == representation.SCOPES
    assert tuple(ADJUSTMENTS) == restrictions.ADJUSTMENTS
    assert IN_A_LANGUAGE == restrictions.IN_A_LANGUAGE
    assert set(RESIDENT_NEEDS) <= set(ADJUSTMENTS)

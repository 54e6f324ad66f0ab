"""The form on which staff log a complaint, and the page that confirms it; without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.intake.resident import OWN_ORIGIN, errors_on
from tests.intake.setting import Setting

LOGGED = {
    "key": "key-of-the-staff-form",
    "channel": "phone",
    "route": "complaint",
    "received_on": "2026-02-26",
    "received_time": "14:05",
    "organisation": "riverside-homes",
    "name": "Jo Bloggs",
    "phone": "020 7946 0000",
    "complaint": "Nobody came.",
}


@pytest.fixture
def client(setting: Setting) -> TestClient:
    return setting.intake_client()


def submissions(setting: Setting) -> list[dict[str, Any]]:
    return setting.rows("SELECT * FROM intake.submission ORDER BY number")


def test_the_page_needs_no_script_and_nothing_from_elsewhere(
    client: TestClient, setting: Setting
) -> None:
    page = client.get("/staff/complaints/new", headers=setting.signed_in("team-council")).text
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r"\s(?:style|on\w+)=", page)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
    for field in re.findall(r'<(?:input|select|textarea) id="(\w+)"', page):
        assert f'<label for="{field}">' in page


def test_a_danger_in_the_home_and_misuse_of_data_are_marked(
    client: TestClient, setting: Setting
) -> None:
    staff = setting.signed_in("team-homes")
    ticked = {"hazard_emergency": "yes", "data_protection": "yes"}
    logged = client.post("/staff/complaints/new", data=LOGGED | ticked, headers=staff)
    assert logged.status_code == 303, logged.text
    assert [row["issues"] for row in submissions(setting)] == [
        ["general", "hazard_emergency", "data_protection"],
    ]


def test_a_form_with_an_error_keeps_what_was_typed_and_its_ticks(
    client: TestClient, setting: Setting
) -> None:
    staff = setting.signed_in("team-homes")
    typed = LOGGED | {"name": "", "data_protection": "yes", "audio": "yes", "phone": "no"}
    page = client.post("/staff/complaints/new", data=typed, headers=staff).text
    assert list(errors_on(page)) == ["name", "phone"]
    for name in ("data_protection", "audio"):
        (tick,) = re.findall(rf'<input[^>]* name="{name}"[^>]*>', page)
        assert "checked" in tick
    assert 'value="key-of-the-staff-form"' in page


def test_sending_the_form_twice_makes_one_complaint_and_other_words_ask_first(
    client: TestClient, setting: Setting
) -> None:
    staff = setting.signed_in("team-homes")
    first = client.post("/staff/complaints/new", data=LOGGED, headers=staff)
    again = client.post("/staff/complaints/new", data=LOGGED, headers=staff)
    assert again.headers["location"] == first.headers["location"]
    other = LOGGED | {"complaint": "Something else."}
    page = client.post("/staff/complaints/new", data=other, headers=staff)
    assert (page.status_code, "already sent" in page.text) == (422, True)
    (new_key,) = re.findall(r'name="key" value="([^"]+)"', page.text)
    sent = client.post("/staff/complaints/new", data=other | {"key": new_key}, headers=staff)
    assert sent.status_code == 303
    assert len(submissions(setting)) == 2


SPOKEN_FOR = {
    "representative_name": "Ida Helper",
    "relation": "advocate",
    "representative_email": "ida@example.org",
    "consent": "given",
    "scope": "progress",
    "consent_words": "A signed letter of 2 March.",
}


def test_staff_log_who_speaks_for_the_complainant_and_what_they_need(
    client: TestClient, setting: Setting
) -> None:
    staff = setting.signed_in("team-homes")
    needs = {
        "translation": "yes",
        "language": "so",
        "home_visit": "yes",
        "needs_words": "Ring first.",
    }
    logged = client.post("/staff/complaints/new", data=LOGGED | SPOKEN_FOR | needs, headers=staff)
    assert logged.status_code == 303, errors_on(logged.text)
    (row,) = submissions(setting)
    representative = row["representative"]
    assert (representative["relation"], representative["scope"]) == ("advocate", "progress")
    assert setting.read(representative["words"]).startswith("Ida Helper\nEmail: ida@example.org")
    assert setting.read(representative["consent_words"]) == "A signed letter of 2 March."
    kinds = [(each["kind"], each["language"]) for each in row["adjustments"]]
    assert kinds == [("translation", "so"), ("home_visit", None), ("other", None)]
    assert setting.read(row["adjustments"][2]["words"]) == "Ring first."


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"representative_name": ""}, "representative_name"),
        ({"relation": ""}, "relation"),
        ({"relation": "landlady"}, "relation"),
        ({"representative_email": ""}, "representative_email"),
        ({"representative_email": "ida"}, "representative_email"),
        ({"consent": ""}, "consent"),
        ({"scope": ""}, "scope"),
        ({"scope": "all"}, "scope"),
        ({"consent_words": "x" * 1001}, "consent_words"),
        ({"translation": "yes"}, "language"),
        ({"language": "so"}, "translation"),
        ({"interpreter": "yes", "language": "Somali"}, "language"),
        ({"needs_words": "x" * 1001}, "needs_words"),
    ],
)
def test_errors_about_representatives_and_needs_stand_at_their_fields(
    client: TestClient, setting: Setting, change: dict[str, str], field: str
) -> None:
    staff = setting.signed_in("team-homes")
    page = client.post("/staff/complaints/new", data=LOGGED | SPOKEN_FOR | change, headers=staff)
    assert page.status_code == 422
    assert list(errors_on(page.text)) == [field]
    assert f'id="{field}' in page.text
    assert submissions(setting) == []


def test_staff_log_what_was_received_earlier_and_by_another_way(
    client: TestClient, setting: Setting
) -> None:
    staff = setting.signed_in("team-homes")
    logged = client.post("/staff/complaints/new", data=LOGGED, headers=staff)
    assert logged.status_code == 303, logged.text
    page = client.get(logged.headers["location"], headers=staff)
    assert "Thursday 26 February 2026" in page.text
    assert "Thursday 12 March 2026" in page.text  # ten working days later
    (row,) = submissions(setting)
    assert row["received_on"].isoformat() == "2026-02-26"
    assert row["received_at"].isoformat() == "2026-02-26T14:05:00+00:00"
    assert row["logged_at"] == setting.clock.now()
    assert (row["channel"], row["logged_by"]) == ("phone", "team-homes")


def test_where_staff_know_only_the_day_no_time_is_made_up(
    client: TestClient, setting: Setting
) -> None:
    staff = setting.signed_in("team-homes")
    letter = LOGGED | {"received_time": "", "received_on": "26/02/2026", "channel": "letter"}
    assert client.post("/staff/complaints/new", data=letter, headers=staff).status_code == 303
    (row,) = submissions(setting)
    assert (row["received_on"].isoformat(), row["received_at"]) == ("2026-02-26", None)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"received_on": "2026-03-03"}, "received_on"),
        ({"received_on": "soon"}, "received_on"),
        ({"received_on": "1999-12-31"}, "received_on"),
        ({"received_time": "25:00"}, "received_time"),
        ({"channel": ""}, "channel"),
        ({"channel": "web_form"}, "channel"),
        ({"route": ""}, "route"),
        ({"organisation": "mill-lane"}, "organisation"),
        ({"name": ""}, "name"),
    ],
)
def test_staff_errors_stand_at_their_fields(
    client: TestClient, setting: Setting, change: dict[str, str], field: str
) -> None:
    staff = setting.signed_in("team-homes")
    page = client.post("/staff/complaints/new", data=LOGGED | change, headers=staff)
    assert page.status_code == 422
    assert re.findall(r'<li><a href="#(\w+)">', page.text) == [field]
    assert "Nobody came.</textarea>" in page.text
    assert submissions(setting) == []


def test_the_staff_form_needs_a_signed_in_officer_and_its_own_origin(
    client: TestClient, setting: Setting
) -> None:
    assert client.get("/staff/complaints/new").headers["location"].startswith("/sign-in")
    assert client.post("/staff/complaints/new", data=LOGGED).status_code in {303, 403}
    token = setting.signed_in("team-homes")["Authorization"].removeprefix("Bearer ")
    client.cookies.set("redress_session", token)
    stranger = {"Origin": "https://elsewhere.example"}
    assert client.post("/staff/complaints/new", data=LOGGED, headers=stranger).status_code == 403
    assert submissions(setting) == []
    assert client.post("/staff/complaints/new", data=LOGGED, headers=OWN_ORIGIN).status_code == 303


def test_an_officer_of_one_organisation_does_not_see_what_another_logged(
    client: TestClient, setting: Setting
) -> None:
    logged = client.post(
        "/staff/complaints/new", data=LOGGED, headers=setting.signed_in("team-homes")
    )
    address = logged.headers["location"]
    assert client.get(address, headers=setting.signed_in("manager-mill")).status_code == 404
    assert client.get(address, headers=setting.signed_in("team-council")).status_code == 200

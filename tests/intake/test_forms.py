"""The resident's form, the one for staff, and the page that confirms both; all without scripts."""

from __future__ import annotations

import re
from typing import Any

import pytest
from starlette.testclient import TestClient

from tests.intake.setting import Setting

FILLED = {
    "key": "key-of-the-form",
    "landlord": "riverside",
    "name": "Jo Bloggs",
    "email": "jo@example.org",
    "phone": "",
    "address": "",
    "organisation": "riverside-homes",
    "complaint": "The lift <b>stands</b> still.\r\nSince Friday.",
    "desired_outcome": "",
}
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
OWN_ORIGIN = {"Origin": "http://127.0.0.1:8000"}


@pytest.fixture
def client(setting: Setting) -> TestClient:
    return setting.intake_client()


def submissions(setting: Setting) -> list[dict[str, Any]]:
    return setting.rows("SELECT * FROM intake.submission ORDER BY number")


def test_a_resident_who_sends_the_form_is_led_to_the_reference_and_the_dates(
    client: TestClient, setting: Setting
) -> None:
    sent = client.post("/complain", data=FILLED)
    assert sent.status_code == 303, sent.text
    page = client.get(sent.headers["location"])
    assert page.status_code == 200
    assert "RC-2026-000001" in page.text
    assert "Wednesday 4 March 2026" in page.text
    assert "Monday 16 March 2026" in page.text
    assert "Jo Bloggs" not in page.text
    (row,) = submissions(setting)
    assert (row["channel"], row["logged_by"]) == ("web_form", None)


def test_the_form_has_a_new_key_each_time_and_names_the_organisations(client: TestClient) -> None:
    pages = [client.get("/complain").text for _ in range(2)]
    keys = {re.findall(r'name="key" value="([^"]{20,})"', page)[0] for page in pages}
    assert len(keys) == 2
    for organisation in ("Riverside Homes", "Mill Lane", "Riverside"):
        assert f">{organisation}</option>" in pages[0]


def test_sending_the_form_twice_makes_one_complaint(client: TestClient, setting: Setting) -> None:
    first = client.post("/complain", data=FILLED)
    again = client.post("/complain", data=FILLED)
    assert again.headers["location"] == first.headers["location"]
    assert len(submissions(setting)) == 1


def test_the_same_form_with_other_words_asks_whether_it_is_a_new_complaint(
    client: TestClient, setting: Setting
) -> None:
    client.post("/complain", data=FILLED)
    other = FILLED | {"complaint": "Something else."}
    page = client.post("/complain", data=other)
    assert page.status_code == 422
    assert "already sent" in page.text
    (new_key,) = re.findall(r'name="key" value="([^"]+)"', page.text)
    assert new_key != FILLED["key"]
    assert client.post("/complain", data=other | {"key": new_key}).status_code == 303
    assert len(submissions(setting)) == 2


def test_errors_stand_on_top_with_links_and_at_their_fields_and_nothing_is_lost(
    client: TestClient, setting: Setting
) -> None:
    page = client.post("/complain", data=FILLED | {"email": "jo@", "organisation": "", "name": ""})
    assert page.status_code == 422
    assert "<title>Error: Make a complaint" in page.text
    assert re.findall(r'<li><a href="#(\w+)">', page.text) == ["name", "email", "organisation"]
    for field in ("name", "email", "organisation"):
        assert f'id="{field}-error"' in page.text
        element = re.search(rf'<(?:input|select)[^>]* id="{field}"[^>]*>', page.text)
        assert element is not None
        assert 'aria-invalid="true"' in element[0]
        assert f"{field}-error" in element[0]
    assert 'value="jo@"' in page.text
    assert "The lift &lt;b&gt;stands&lt;/b&gt; still.\nSince Friday.</textarea>" in page.text
    assert 'value="key-of-the-form"' in page.text
    assert submissions(setting) == []


@pytest.mark.parametrize(
    ("change", "field", "message"),
    [
        ({"email": ""}, "email", "Enter an email address, a telephone number or a postal address"),
        ({"phone": "no"}, "phone", "Enter a telephone number, like"),
        ({"complaint": "x" * 5001}, "complaint", "5,000 characters or fewer"),
        ({"complaint": " "}, "complaint", "Tell us what happened"),
        ({"desired_outcome": "x" * 2001}, "desired_outcome", "2,000 characters or fewer"),
        ({"organisation": "hillside"}, "organisation", "not part of the landlord"),
        ({"organisation": "Not A Slug"}, "organisation", "Choose who manages the home"),
        ({"name": "Jo\x07"}, "name", "Enter the name on one line"),
    ],
)
def test_each_error_says_how_to_put_it_right(
    client: TestClient, setting: Setting, change: dict[str, str], field: str, message: str
) -> None:
    page = client.post("/complain", data=FILLED | change)
    assert page.status_code == 422
    (shown,) = re.findall(rf'<li><a href="#{field}">([^<]*)</a>', page.text)
    assert message in shown
    assert submissions(setting) == []


def test_another_landlord_of_the_installation_has_its_own_form(client: TestClient) -> None:
    page = client.get("/complain?landlord=hillside")
    assert "Make a complaint to Hillside" in page.text
    assert "Mill Lane" not in page.text
    assert client.get("/complain?landlord=nobody").status_code == 404
    assert client.post("/complain", data=FILLED | {"landlord": "nobody"}).status_code == 404


def test_a_confirmation_is_found_by_its_address_alone(client: TestClient) -> None:
    sent = client.post("/complain", data=FILLED)
    submission = sent.headers["location"].rpartition("/")[2]
    for wrong in (f"hillside/{submission}", "riverside/00000000-0000-0000-0000-000000000000"):
        assert client.get(f"/complain/sent/{wrong}").status_code == 404


@pytest.mark.parametrize("path", ["/complain", "/staff/complaints/new"])
def test_the_pages_need_no_script_and_nothing_from_elsewhere(
    client: TestClient, setting: Setting, path: str
) -> None:
    page = client.get(path, headers=setting.signed_in("team-council")).text
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r"\s(?:style|on\w+)=", page)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
    for field in re.findall(r'<(?:input|select|textarea) id="(\w+)"', page):
        assert f'<label for="{field}">' in page


def test_a_danger_in_the_home_and_misuse_of_data_are_marked_on_both_forms(
    client: TestClient, setting: Setting
) -> None:
    staff = setting.signed_in("team-homes")
    for address in ("/complain", "/staff/complaints/new"):
        page = client.get(address, headers=staff).text
        for concern in ("hazard_emergency", "hazard_significant", "data_protection"):
            assert f'name="{concern}"' in page
    sent = client.post("/complain", data=FILLED | {"hazard_significant": "yes"})
    assert sent.status_code == 303, sent.text
    ticked = {"hazard_emergency": "yes", "data_protection": "yes"}
    logged = client.post("/staff/complaints/new", data=LOGGED | ticked, headers=staff)
    assert logged.status_code == 303, logged.text
    assert [row["issues"] for row in submissions(setting)] == [
        ["general", "hazard_significant"],
        ["general", "hazard_emergency", "data_protection"],
    ]


def test_a_form_with_an_error_keeps_its_ticks(client: TestClient) -> None:
    page = client.post("/complain", data=FILLED | {"name": "", "data_protection": "yes"}).text
    (tick,) = re.findall(r'<input[^>]* name="data_protection"[^>]*>', page)
    assert "checked" in tick


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

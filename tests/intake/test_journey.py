"""Making a complaint page by page, without scripts: nothing typed is lost, and sending twice makes one complaint."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from starlette.testclient import TestClient

from services.intake import journey
from services.intake.drafts import KEPT_FOR
from tests.intake.resident import FOR_A_NEIGHBOUR, MYSELF, Resident, errors_on, rows_on
from tests.intake.setting import Setting


@pytest.fixture
def client(setting: Setting) -> TestClient:
    return setting.intake_client()


@pytest.fixture
def resident(client: TestClient) -> Resident:
    return Resident(client)


def submissions(setting: Setting) -> list[dict[str, Any]]:
    return setting.rows("SELECT * FROM intake.submission ORDER BY number")


def test_a_resident_is_led_from_question_to_question_to_the_reference_and_the_dates(
    resident: Resident, setting: Setting
) -> None:
    assert resident.walk(MYSELF) == [
        step.address for step in journey.STEPS if step.address in MYSELF
    ]
    sent = resident.post("/complain/send")
    assert sent.status_code == 303
    page = resident.get(sent.headers["location"]).text
    for said in ("RC-2026-000001", "Wednesday 4 March 2026", "Monday 16 March 2026"):
        assert said in page
    assert "Jo Bloggs" not in page
    (row,) = submissions(setting)
    assert (row["channel"], row["logged_by"]) == ("web_form", None)
    assert (row["representative"], row["adjustments"]) == (None, [])


def test_the_first_page_says_what_a_complaint_is_and_the_dates_of_today_for_each_organisation(
    resident: Resident,
) -> None:
    page = resident.get("/complain").text
    for said in ("999", "first request", "Ombudsman", "Other ways to complain", "Riverside Homes"):
        assert said in page
    # A complaint of Monday 2 March: ten working days at the ALMO, the Code's five and ten at the council.
    assert "by Monday 16 March 2026" in page
    assert "by Monday 23 March 2026" in page


def test_every_answer_stands_on_the_page_that_checks_them_with_a_way_to_change_it(
    resident: Resident,
) -> None:
    resident.walk(FOR_A_NEIGHBOUR)
    page = resident.get("/complain/check").text
    rows = rows_on(page)
    assert rows["Your name"] == "Ida Helper"
    assert rows["Their name"] == "Jo Bloggs"
    assert rows["Whether they agreed"] == "Yes, they have agreed\nShe signed a letter."
    assert rows["What happened"] == "The lift <b>stands</b> still.\nSince Friday."
    changes = re.findall(r'href="/complain/([\w-]+)\?checking=yes"', page)
    assert changes == [step.address for step in journey.STEPS if step.address in FOR_A_NEIGHBOUR]


def test_a_changed_answer_leads_back_to_the_check(resident: Resident) -> None:
    resident.walk(MYSELF)
    page = resident.get("/complain/name?checking=yes").text
    assert 'value="Jo Bloggs"' in page
    assert 'href="/complain/check"' in page
    sent = resident.post("/complain/name", {"name": "Jo Blogs", "checking": "yes"})
    assert sent.headers["location"] == "/complain/check"
    assert rows_on(resident.get("/complain/check").text)["Your name"] == "Jo Blogs"


def test_a_change_that_asks_more_leads_through_what_is_asked_now(resident: Resident) -> None:
    resident.walk(MYSELF)
    sent = resident.post("/complain/for-whom", {"for_whom": "helped", "checking": "yes"})
    assert sent.headers["location"] == "/complain/representative?checking=yes"
    assert resident.get("/complain/check").headers["location"] == "/complain/representative"
    helper = FOR_A_NEIGHBOUR["representative"] | {"checking": "yes"}
    sent = resident.post("/complain/representative", helper)
    assert sent.headers["location"] == "/complain/what-they-may-be-told?checking=yes"
    sent = resident.post(
        "/complain/what-they-may-be-told", {"scope": "progress", "checking": "yes"}
    )
    assert sent.headers["location"] == "/complain/check"


def test_going_back_finds_every_answer_again(resident: Resident) -> None:
    resident.walk(MYSELF)
    page = resident.get("/complain/what-happened").text
    assert "The lift &lt;b&gt;stands&lt;/b&gt; still.\nSince Friday.</textarea>" in page
    assert re.search(
        r'<input[^>]*value="email"[^>]* checked', resident.get("/complain/contact").text
    )


def test_a_page_cannot_be_sent_past_what_it_needs(resident: Resident, setting: Setting) -> None:
    resident.start()
    resident.post("/complain/for-whom", {"for_whom": "myself"})
    for address in ("/complain/check", "/complain/continue"):
        assert resident.get(address).headers["location"] == "/complain/name"
    assert resident.post("/complain/send").headers["location"] == "/complain/name"
    assert submissions(setting) == []


WRONG = [
    ("for-whom", {}, "for_whom", "Choose who the complaint is for"),
    ("for-whom", {"for_whom": "nobody"}, "for_whom", "Choose who the complaint is for"),
    ("name", {"name": " "}, "name", "Enter a name"),
    ("name", {"name": "Jo\x07"}, "name", "Enter the name on one line"),
    ("contact", {}, "answer_by", "Choose how we should answer"),
    ("contact", {"answer_by": "email"}, "email", "Enter the email address to answer to"),
    ("contact", {"answer_by": "email", "email": "jo@"}, "email", "in the correct format"),
    ("contact", {"answer_by": "letter", "phone": "no"}, "phone", "Enter a telephone number, like"),
    ("contact", {"answer_by": "letter", "postal": "x" * 501}, "postal", "500 characters or fewer"),
    ("home", {"organisation": "mill-lane"}, "home", "Enter the address of the home"),
    ("home", {"home": "7"}, "organisation", "Choose who manages the home"),
    ("home", {"home": "7", "organisation": "hillside"}, "organisation", "Choose who manages"),
    ("home", {"home": "x" * 501, "organisation": "mill-lane"}, "home", "500 characters or fewer"),
    ("what-happened", {"complaint": " \n"}, "complaint", "Tell us what happened"),
    ("what-happened", {"complaint": "x" * 5001}, "complaint", "5,000 characters or fewer"),
    ("what-happened", {"complaint": "x" * 90_000}, "complaint", "5,000 characters or fewer"),
    ("what-would-put-it-right", {"desired_outcome": "x" * 2001}, "desired_outcome", "2,000"),
    ("needs", {"translation": "yes"}, "language", "Choose the language"),
    ("needs", {"language": "so"}, "translation", "Tick a translation or an interpreter"),
    ("needs", {"by_phone": "yes"}, "phone", "Enter a telephone number, so that we can ring"),
    ("needs", {"needs_words": "x" * 1001}, "needs_words", "1,000 characters or fewer"),
]


@pytest.mark.parametrize(("step", "typed", "field", "message"), WRONG)
def test_an_error_stands_on_top_and_at_its_field_and_what_was_typed_stays(
    resident: Resident, step: str, typed: dict[str, str], field: str, message: str
) -> None:
    resident.start()
    page = resident.post(f"/complain/{step}", typed)
    assert page.status_code == 422
    assert "<title>Error: " in page.text
    errors = errors_on(page.text)
    assert list(errors) == [field]
    assert message in errors[field]
    assert re.search(rf'id="{field}"', page.text)
    for name in ("name", "email", "phone", "postal", "home", "complaint", "desired_outcome"):
        assert typed.get(name, "").strip() in page.text


@pytest.mark.parametrize(
    ("step", "typed", "fields"),
    [
        (
            "representative",
            {},
            ["representative_name", "relation", "representative_email"],
        ),
        (
            "representative",
            {"representative_name": "Ida", "relation": "friend", "representative_email": "ida"},
            ["representative_email"],
        ),
        ("consent", {}, ["consent"]),
        ("consent", {"consent": "given"}, ["consent"]),
        ("consent", {"consent": "said"}, ["consent_words"]),
        ("consent", {"consent": "cannot"}, ["consent_words"]),
    ],
)
def test_whoever_complains_for_somebody_else_says_who_they_are_and_how_it_stands_with_consent(
    resident: Resident, step: str, typed: dict[str, str], fields: list[str]
) -> None:
    resident.start()
    resident.post("/complain/for-whom", {"for_whom": "somebody_else"})
    page = resident.post(f"/complain/{step}", typed)
    assert page.status_code == 422
    assert list(errors_on(page.text)) == fields


def test_what_a_representative_says_of_consent_is_kept_for_the_officer_and_is_no_consent(
    resident: Resident, setting: Setting
) -> None:
    sent = resident.complain(FOR_A_NEIGHBOUR)
    assert "We tell you nothing" in resident.get(sent.headers["location"]).text
    (row,) = submissions(setting)
    representative = row["representative"]
    assert (representative["relation"], representative["scope"]) == ("friend", None)
    assert setting.read(representative["words"]) == (
        "Ida Helper\nTelephone: 020 7946 0000\n"
        "Consent: given, as the representative says; to be checked with the complainant.\n"
        "She signed a letter."
    )


def test_whoever_names_somebody_on_their_own_form_gives_consent_with_it(
    resident: Resident, setting: Setting
) -> None:
    answers = {
        **FOR_A_NEIGHBOUR,
        "for-whom": {"for_whom": "helped"},
        "what-they-may-be-told": {"scope": "response"},
    }
    sent = resident.complain(answers)
    assert "We tell you nothing" not in resident.get(sent.headers["location"]).text
    (row,) = submissions(setting)
    assert row["representative"]["scope"] == "response"


def test_needs_become_adjustments_with_codes_in_clear_and_words_sealed(
    resident: Resident, setting: Setting
) -> None:
    needs = {
        "large_print": "yes",
        "translation": "yes",
        "language": "bn",
        "by_phone": "yes",
        "phone": "020 7946 0000",
        "needs_words": "Ring twice.",
    }
    resident.complain(MYSELF | {"needs": needs})
    (row,) = submissions(setting)
    kinds = [(each["kind"], each["language"]) for each in row["adjustments"]]
    assert kinds == [
        ("large_print", None),
        ("translation", "bn"),
        ("by_phone", None),
        ("other", None),
    ]
    assert setting.read(row["adjustments"][3]["words"]) == "Ring twice."


def test_dangers_and_misuse_of_data_are_issues_of_the_complaint(
    resident: Resident, setting: Setting
) -> None:
    resident.complain(MYSELF | {"dangers": {"hazard_significant": "yes"}})
    assert submissions(setting)[0]["issues"] == ["general", "hazard_significant"]


@pytest.mark.parametrize(
    ("contact", "kept"),
    [
        (
            {"answer_by": "email", "email": "jo@example.org", "postal": "Box 1"},
            {"email": "jo@example.org", "address": "7 Mill Lane\nLondon"},
        ),
        (
            {"answer_by": "letter", "email": "jo@example.org", "postal": "Box 1"},
            {"address": "Box 1", "home": "7 Mill Lane\nLondon"},
        ),
        ({"answer_by": "letter"}, {"address": "7 Mill Lane\nLondon"}),
    ],
)
def test_the_answer_goes_the_way_that_was_chosen(
    resident: Resident, setting: Setting, contact: dict[str, str], kept: dict[str, str]
) -> None:
    resident.complain(MYSELF | {"contact": contact})
    found = setting.rows(
        "SELECT words, kind FROM vault.words WHERE kind IN ('email', 'address', 'home')"
    )
    assert {row["kind"]: setting.read({"words": str(row["words"])}) for row in found} == kept


def test_sending_twice_makes_one_complaint(resident: Resident, setting: Setting) -> None:
    first = resident.complain(MYSELF)
    again = resident.post("/complain/send")
    assert again.headers["location"] == first.headers["location"]
    assert len(submissions(setting)) == 1


def test_after_sending_every_page_leads_to_the_confirmation_until_a_new_one_is_begun(
    resident: Resident, setting: Setting
) -> None:
    sent = resident.complain(MYSELF).headers["location"]
    for answer in (
        resident.get("/complain/name"),
        resident.get("/complain/check"),
        resident.post("/complain/name", {"name": "Somebody Else"}),
    ):
        assert answer.headers["location"] == sent
    assert "Go on with it" not in resident.get("/complain").text
    assert resident.complain(MYSELF).headers["location"] != sent
    assert len(submissions(setting)) == 2


def test_what_was_changed_in_another_window_while_it_was_sent_is_told_and_not_sent(
    resident: Resident, setting: Setting
) -> None:
    resident.walk(MYSELF)
    before = setting.rows("SELECT * FROM intake.draft")[0]
    resident.post("/complain/send")
    with setting.owner.transaction("riverside") as cursor:  # as if the mark had not been reached
        cursor.execute(
            "UPDATE intake.draft SET submission = NULL, sealed = %s, wrapped_key = %s",
            (before["sealed"], before["wrapped_key"]),
        )
    resident.post("/complain/name", {"name": "Jo Other"})
    page = resident.post("/complain/send")
    assert page.status_code == 422
    assert "RC-2026-000001" in errors_on(page.text)["send"]
    assert len(submissions(setting)) == 1


def test_a_page_whose_draft_is_gone_keeps_what_was_typed_on_it(
    resident: Resident, setting: Setting
) -> None:
    resident.walk(MYSELF)
    setting.clock.advance(KEPT_FOR + timedelta(minutes=1))
    for address in ("/complain/name", "/complain/check"):
        assert resident.get(address).headers["location"] == "/complain"
    typed = {"complaint": "Nobody came.", "landlord": "riverside"}
    assert resident.post("/complain/what-happened", typed).status_code == 303
    assert "Nobody came.</textarea>" in resident.get("/complain/what-happened").text
    assert resident.get("/complain/check").headers["location"] == "/complain/for-whom"


def test_another_landlord_of_the_installation_has_its_own_pages(resident: Resident) -> None:
    assert "Make a complaint to Hillside" in resident.get("/complain?landlord=hillside").text
    resident.start("hillside")
    page = resident.get("/complain/home").text
    assert "Hillside" in page
    assert "Mill Lane" not in page
    assert resident.get("/complain?landlord=nobody").status_code == 404
    assert resident.post("/complain/start", {"landlord": "nobody"}).status_code == 404


def test_a_confirmation_is_found_by_its_address_alone(resident: Resident) -> None:
    submission = resident.complain(MYSELF).headers["location"].rpartition("/")[2]
    for wrong in (f"hillside/{submission}", "riverside/00000000-0000-0000-0000-000000000000"):
        assert resident.get(f"/complain/sent/{wrong}").status_code == 404


@pytest.mark.parametrize("step", [step.address for step in journey.STEPS])
def test_a_page_needs_no_script_and_nothing_from_elsewhere(resident: Resident, step: str) -> None:
    resident.start()
    page = resident.get(f"/complain/{step}").text
    assert not re.search(r"<script(?![^>]* src=)", page)
    assert not re.search(r"\s(?:style|on\w+)=", page)
    assert not re.search(r'(?:src|href|action)="(?:https?:)?//', page)
    for field in re.findall(r'<(?:input|select|textarea)[^>]* id="([\w-]+)"', page):
        assert re.search(rf'<label [^>]*for="{field}"|<label for="{field}"', page), field


def test_a_form_of_another_site_is_refused(client: TestClient, setting: Setting) -> None:
    Resident(client).walk(MYSELF)
    stranger = {"Origin": "https://elsewhere.example"}
    for address in ("start", "name", "save", "return", "delete", "send"):
        assert client.post(f"/complain/{address}", data={}, headers=stranger).status_code == 403
    assert submissions(setting) == []


def test_what_only_a_program_fills_in_stops_it_and_a_person_can_go_on(
    resident: Resident, setting: Setting
) -> None:
    resident.start()
    page = resident.post("/complain/name", {"name": "Jo", "website": "https://spam.example"})
    assert page.status_code == 422
    assert "website" in errors_on(page.text)
    assert 'value="Jo"' in page.text
    assert "app-trap" not in page.text  # a person sees the field now, and empties it
    resident.walk(MYSELF)
    assert resident.post("/complain/send", {"website": "x"}).status_code == 422
    assert submissions(setting) == []
    assert resident.post("/complain/send", {"website": ""}).status_code == 303

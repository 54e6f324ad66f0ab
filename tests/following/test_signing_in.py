"""Signing in to follow a case: what lets somebody in, and what does not."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest

from services.notifier.attempts import CODES_SENT, FROM_ADDRESS
from services.notifier.sign_in_codes import HOLDS, MOST_TRIES
from services.workflow.domain.commands import AcknowledgeComplaint
from services.workflow.domain.subjects.following import IssueAccessCode
from services.workflow.domain.subjects.representation import (
    GiveConsent,
    NameRepresentative,
    WithdrawConsent,
)
from shared.identity.resident_sessions import IDLE, LONGEST
from tests.following.resident import EMAIL, OTHER, REFERENCE, Town, asked_in, enter, plain
from tests.workflow.office import LANDLORD, register

FRIEND = "friend@example.net"
ACCESS_CODE = re.compile(r"^ +((?:[A-Z0-9]{4}-){3}[A-Z0-9]{4})$", re.MULTILINE)


def wrong(code: str) -> str:
    return f"{(int(code) + 1) % 10**8:08}"


def test_the_reference_and_the_code_from_the_email_let_the_complainant_in(town: Town) -> None:
    town.complained()
    browser = town.browser()
    form = asked_in(browser, REFERENCE.lower())
    (code,) = town.codes()
    assert enter(browser, form, f" {code[:4]} {code[4:]} ")
    assert browser.get(f"/track/{REFERENCE}").status_code == 200
    cookie = next(one for one in browser.cookies.jar if one.name == "redress_resident")
    assert cookie.has_nonstandard_attr("HttpOnly")
    assert cookie.value is not None
    assert cookie.value.partition(".")[2] not in str(
        town.office.owner.rows(LANDLORD, "SELECT * FROM registry.resident_session", ())
    )


def test_a_page_of_the_case_asks_to_sign_in_first(town: Town) -> None:
    town.complained()
    for page in ("", "/information", "/not-satisfied", "/reach-me"):
        answer = town.browser().get(f"/track/{REFERENCE}{page}")
        assert (answer.status_code, answer.headers["location"]) == (
            303,
            f"/track?reference={REFERENCE}",
        )


def test_a_code_works_once(town: Town) -> None:
    town.complained()
    browser, other = town.browser(), town.browser()
    form = asked_in(browser)
    (code,) = town.codes()
    assert enter(browser, form, code)
    assert not enter(other, form, code)


def test_a_code_works_for_the_browser_that_asked_for_it(town: Town) -> None:
    town.complained()
    town.office.clock.advance(timedelta(seconds=1))
    theirs = asked_in(town.browser())
    ours = asked_in(town.browser())
    assert len(town.codes()) == 2
    for code in town.codes():
        assert not enter(town.browser(), theirs | {"asked": ""}, code)
    assert sum(enter(town.browser(), ours, code) for code in town.codes()) == 1


def test_a_code_runs_out_after_ten_minutes(town: Town) -> None:
    town.complained()
    form = asked_in(town.browser())
    (code,) = town.codes()
    town.office.clock.advance(HOLDS)
    assert not enter(town.browser(), form, code)


def test_a_code_that_could_not_be_sent_in_time_is_not_sent_at_all(town: Town) -> None:
    town.complained()
    asked_in(town.browser())
    town.office.clock.advance(HOLDS)
    assert town.codes() == []


def test_after_five_wrong_tries_the_right_code_does_not_work_either(town: Town) -> None:
    town.complained()
    form, still_good = asked_in(town.browser()), asked_in(town.browser())
    first, second = town.codes()
    for _ in range(MOST_TRIES):
        assert not enter(town.browser(), form, wrong(wrong(first)))
    assert not any(enter(town.browser(), form, code) for code in (first, second))
    # Somebody else's wrong tries take nothing from whoever asked for another code.
    assert any(enter(town.browser(), still_good, code) for code in (first, second))


def test_nobody_learns_whether_there_is_such_a_case_or_an_email(town: Town) -> None:
    town.complained()
    town.complained(OTHER, address="1 Mill Lane")
    pages = []
    for reference in (REFERENCE, OTHER, "RC-2026-999999", "ZZ-2026-000001"):
        browser = town.browser()
        form = asked_in(browser, reference)
        shown = browser.get("/track/sign-in/code", params=form)
        answer = browser.post("/track/sign-in/code", data=form | {"code": "00000000"})
        told = (shown.status_code, shown.text, answer.status_code, answer.text)
        pages.append(str(told).replace(reference, "…").replace(form["asked"], "…"))
    assert len(set(pages)) == 1
    assert len(town.codes()) == 1


def test_naming_a_reference_looks_nothing_up(town: Town) -> None:
    town.complained()
    for reference in (REFERENCE, "RC-2026-999999"):
        asked_in(town.browser(), reference)
    assert town.counted("notifier.sign_in_request") == 2
    assert town.counted("notifier.letter") == 0


def test_codes_are_sent_no_oftener_than_the_bucket_has_tokens(town: Town) -> None:
    town.complained()
    browser = town.browser()
    for _ in range(CODES_SENT.most):
        asked_in(browser)
    answer = browser.post("/track", data={"reference": REFERENCE})
    assert answer.status_code == 429
    assert "Wait 10 minutes" in answer.text
    assert int(answer.headers["retry-after"]) == CODES_SENT.every.total_seconds()
    assert len(town.codes()) == CODES_SENT.most
    town.office.clock.advance(CODES_SENT.every)
    asked_in(browser)
    assert browser.post("/track", data={"reference": REFERENCE}).status_code == 429


def test_a_reference_without_a_case_is_held_back_in_the_same_way(town: Town) -> None:
    browser = town.browser()
    for _ in range(CODES_SENT.most):
        asked_in(browser, "RC-2026-999999")
    assert browser.post("/track", data={"reference": "RC-2026-999999"}).status_code == 429


def test_one_address_cannot_try_without_end(town: Town) -> None:
    browser = town.browser()
    form = {"reference": REFERENCE, "code": "00000000", "asked": ""}
    answers = [
        browser.post("/track/sign-in/code", data=form).status_code
        for _ in range(FROM_ADDRESS.most + 2)
    ]
    assert answers.count(422) == FROM_ADDRESS.most
    assert answers[-1] == 429


@pytest.mark.parametrize("typed", ["", "1234567", "123456789", "ABCD-EFGH", "'; DROP TABLE"])
def test_what_is_no_code_is_told_to_be_none(town: Town, typed: str) -> None:
    answer = town.browser().post(
        "/track/sign-in/code", data={"reference": REFERENCE, "code": typed, "asked": ""}
    )
    assert answer.status_code == 422
    assert "Enter the 8 figures from our email" in answer.text


@pytest.mark.parametrize("typed", ["", "12", "RC-2026", "RC/2026/000001", "<b>RC-2026-000001</b>"])
def test_what_is_no_reference_is_told_to_be_none(town: Town, typed: str) -> None:
    answer = town.browser().post("/track", data={"reference": typed})
    assert answer.status_code == 422
    assert "Enter the reference as it stands in our letter" in answer.text


def test_another_site_cannot_sign_anybody_in(town: Town) -> None:
    from_elsewhere = {"sec-fetch-site": "cross-site"}
    browser = town.browser()
    for address in ("/track", "/track/sign-in/code", "/track/sign-in/end"):
        assert browser.post(address, headers=from_elsewhere).status_code == 403


def test_a_session_of_one_case_opens_no_other(town: Town) -> None:
    town.complained()
    town.complained(OTHER, email="sam@example.org")
    browser = town.signed_in(REFERENCE)
    for page in ("", "/information", "/not-satisfied", "/reach-me"):
        assert browser.get(f"/track/{REFERENCE}{page}").status_code == 200
        assert browser.get(f"/track/{OTHER}{page}").status_code == 303
    sent = browser.post(f"/track/{OTHER}/information", data={"words": "x", "key": "k"})
    assert sent.headers["location"].startswith("/track?reference=")
    assert "information-added" not in town.office.names(OTHER)


def test_a_session_of_one_landlord_opens_no_case_of_another(town: Town) -> None:
    town.complained()
    register(town.office, "hillside", "HC", {"hillside": ("council", "hos-code-2024")})
    browser = town.signed_in(REFERENCE, landlord="hillside")
    assert browser.get(f"/track/{REFERENCE}").status_code == 303


def test_where_two_landlords_share_a_prefix_the_resident_chooses(town: Town) -> None:
    town.complained()
    register(town.office, "hillside", "RC", {"hillside": ("council", "hos-code-2024")})
    browser = town.browser()
    answer = browser.post("/track", data={"reference": REFERENCE})
    assert answer.status_code == 422
    assert "Choose your landlord" in answer.text
    answer = browser.post("/track", data={"reference": REFERENCE, "landlord": LANDLORD})
    assert f"landlord={LANDLORD}" in answer.headers["location"]
    assert len(town.codes()) == 1
    form = {"reference": REFERENCE, "landlord": "hillside"}
    form["asked"] = answer.headers["location"].partition("asked=")[2].partition("&")[0]
    assert not enter(browser, form, town.codes()[0])
    assert enter(browser, form | {"landlord": LANDLORD}, town.codes()[0])


def test_a_session_ends_when_it_is_not_used(town: Town) -> None:
    town.complained()
    browser = town.signed_in()
    for _ in range(3):
        town.office.clock.advance(IDLE - timedelta(minutes=1))
        assert browser.get(f"/track/{REFERENCE}").status_code == 200
    town.office.clock.advance(IDLE)
    assert browser.get(f"/track/{REFERENCE}").status_code == 303


def test_a_session_ends_however_much_it_is_used(town: Town) -> None:
    town.complained()
    browser = town.signed_in()
    for _ in range(int(LONGEST / timedelta(hours=1)) - 1):
        town.office.clock.advance(timedelta(hours=1))
        assert browser.get(f"/track/{REFERENCE}").status_code == 200
    town.office.clock.advance(timedelta(hours=1))
    assert browser.get(f"/track/{REFERENCE}").status_code == 303


def test_signing_out_ends_the_session_for_every_copy_of_its_cookie(town: Town) -> None:
    town.complained()
    browser, copy = town.signed_in(), town.browser()
    copy.cookies.set("redress_resident", browser.cookies["redress_resident"])
    answer = browser.post("/track/sign-in/end")
    assert answer.headers["location"] == "/track?out=yes"
    assert "You are signed out" in browser.get("/track?out=yes").text
    assert copy.get(f"/track/{REFERENCE}").status_code == 303


def test_whoever_has_no_email_finds_an_access_code_in_the_acknowledgement(town: Town) -> None:
    town.complained(address="1 Mill Lane")
    town.give(AcknowledgeComplaint(happened=town.office.now(), actor="ben"), key="ack")
    (letter,) = town.post_arrives()
    found = ACCESS_CODE.search(plain(letter))
    assert found is not None
    kept = town.office.owner.rows(LANDLORD, "SELECT * FROM notifier.access_code", ())
    assert found.group(1).replace("-", "") not in str(kept)
    for _ in range(2):  # it holds until another is sent
        browser = town.browser()
        assert enter(browser, {"reference": REFERENCE}, found.group(1).lower())
        assert browser.get(f"/track/{REFERENCE}").status_code == 200
    assert not enter(town.browser(), {"reference": OTHER}, found.group(1))


def test_whoever_has_an_email_gets_no_access_code_and_is_told_how_to_follow(town: Town) -> None:
    town.complained()
    town.give(AcknowledgeComplaint(happened=town.office.now(), actor="ben"), key="ack")
    (letter,) = town.post_arrives()
    assert not ACCESS_CODE.search(plain(letter))
    assert "https://redress.example/track" in plain(letter)
    assert "we then send a code to this email address" in plain(letter)


def test_a_new_access_code_ends_the_one_before_and_who_is_signed_in_with_it(town: Town) -> None:
    town.complained(address="1 Mill Lane")
    town.give(AcknowledgeComplaint(happened=town.office.now(), actor="ben"), key="ack")
    (first,) = town.post_arrives()
    browser = town.browser()
    old = ACCESS_CODE.findall(plain(first))[0]
    assert enter(browser, {"reference": REFERENCE}, old)
    town.give(IssueAccessCode(happened=town.office.now(), actor="ben"), key="again")
    letter = next(
        one for one in town.post_arrives() if one["Subject"].startswith("A code to follow")
    )
    assert browser.get(f"/track/{REFERENCE}").status_code == 303
    assert not enter(browser, {"reference": REFERENCE}, old)
    assert enter(browser, {"reference": REFERENCE}, ACCESS_CODE.findall(plain(letter))[0])
    assert "access-code-issued" in town.office.names(REFERENCE)


def test_a_new_access_code_goes_on_paper_although_there_is_an_email(town: Town) -> None:
    town.complained(email=EMAIL, address="1 Mill Lane")
    town.give(IssueAccessCode(happened=town.office.now(), actor="ben"), key="paper")
    (letter,) = town.post_arrives()
    assert EMAIL not in str(letter["To"])
    assert "1 Mill Lane" in plain(letter)


def consented(town: Town, *, scope: str = "everything", relation: str = "friend") -> None:
    now = town.office.now()
    words = town.said(REFERENCE, f"Sam Friend, {FRIEND}, 0300 000 0000")
    town.give(
        NameRepresentative(relation=relation, words=words, happened=now, actor="ben"), key="named"
    )
    town.give(GiveConsent(number=1, scope=scope, happened=now, actor="ben"), key="consent")


def test_a_representative_with_consent_is_sent_a_code_of_their_own(town: Town) -> None:
    town.complained()
    consented(town)
    browser = town.browser()
    form = asked_in(browser)
    (code,) = town.codes(to=FRIEND)
    assert enter(browser, form, code)
    page = browser.get(f"/track/{REFERENCE}")
    assert "you speak for the complainant" in page.text


def test_without_consent_a_representative_is_sent_nothing(town: Town) -> None:
    town.complained()
    words = town.said(REFERENCE, f"Sam Friend, {FRIEND}")
    named = NameRepresentative(
        relation="friend", words=words, happened=town.office.now(), actor="ben"
    )
    town.give(named, key="named")
    asked_in(town.browser())
    assert town.codes(to=FRIEND) == []
    assert len(town.codes()) == 1


def test_a_representative_is_out_as_soon_as_the_consent_is_taken_back(town: Town) -> None:
    town.complained()
    consented(town)
    browser = town.signed_in(holder="representative 1")
    assert browser.get(f"/track/{REFERENCE}").status_code == 200
    town.give(WithdrawConsent(number=1, happened=town.office.now(), actor="ben"), key="back")
    assert browser.get(f"/track/{REFERENCE}").status_code == 303


@pytest.mark.parametrize(
    ("scope", "relation", "pages"),
    [
        ("everything", "friend", (200, 200)),
        ("everything", "member", (200, 403)),
        ("progress", "friend", (200, 403)),
        ("response", "friend", (303, 303)),
    ],
)
def test_a_representative_sees_what_the_consent_is_for(
    town: Town, scope: str, relation: str, pages: tuple[int, int]
) -> None:
    town.complained()
    consented(town, scope=scope, relation=relation)
    browser = town.signed_in(holder="representative 1")
    found = tuple(
        browser.get(f"/track/{REFERENCE}{page}").status_code for page in ("", "/information")
    )
    assert found == pages


def test_whoever_was_erased_is_let_in_no_more(town: Town) -> None:
    subject = town.person(email=EMAIL)
    town.office.open(REFERENCE)
    browser = town.signed_in()
    with town.office.owner.transaction(LANDLORD) as cursor:
        town.office.vault.destroy_subject_key(cursor, LANDLORD, subject, town.office.clock.now())
    assert browser.get(f"/track/{REFERENCE}").status_code == 303
    asked_in(town.browser())
    assert town.codes() == []


def test_no_table_holds_a_code_that_was_mailed(town: Town) -> None:
    town.complained()
    asked_in(town.browser())
    (code,) = town.codes()
    kept = str(town.office.owner.rows(LANDLORD, "SELECT * FROM notifier.letter", ()))
    kept += str(town.office.owner.rows(LANDLORD, "SELECT * FROM notifier.sign_in_code", ()))
    assert code not in kept

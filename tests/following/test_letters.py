"""The letters that whoever follows a case may read: their own, as they were sent, and nobody else's."""

from __future__ import annotations

import re

from services.workflow.domain.commands import AcknowledgeComplaint
from services.workflow.domain.subjects.following import IssueAccessCode
from tests.following.resident import OTHER, REFERENCE, Town, asked_in, plain
from tests.following.test_signing_in import ACCESS_CODE, consented

LETTER = re.compile(rf'href="(/track/{REFERENCE}/letters/[0-9a-f-]+)"')


def acknowledged(town: Town, reference: str = REFERENCE) -> None:
    command = AcknowledgeComplaint(happened=town.office.now(), actor="ben")
    town.give(command, reference=reference, key="ack")
    town.post_arrives()


def test_a_letter_can_be_read_and_downloaded_as_it_was_sent(town: Town) -> None:
    town.complained()
    acknowledged(town)
    browser = town.signed_in()
    (address,) = LETTER.findall(browser.get(f"/track/{REFERENCE}/letters").text)
    page = browser.get(address)
    assert "Dear Jo Bloggs" in page.text
    assert "we will answer you in writing" in page.text
    document = browser.get(f"{address}/print")
    assert document.headers["content-type"] == "application/pdf"
    assert document.content.startswith(b"%PDF-")


def test_the_letter_of_another_case_is_not_shown(town: Town) -> None:
    town.complained()
    town.complained(OTHER, email="sam@example.org")
    acknowledged(town)
    acknowledged(town, OTHER)
    browser = town.signed_in()
    (address,) = LETTER.findall(browser.get(f"/track/{REFERENCE}/letters").text)
    theirs = town.office.owner.rows(
        "riverside", "SELECT letter FROM notifier.letter WHERE reference = %s", (OTHER,)
    )
    for row in theirs:
        for end in ("", "/print"):
            found = browser.get(f"/track/{REFERENCE}/letters/{row['letter']}{end}")
            assert found.status_code == 404
    assert town.browser().get(address).status_code == 303


def test_reminders_and_codes_are_no_letters(town: Town) -> None:
    town.complained()
    acknowledged(town)
    asked_in(town.browser())
    assert len(town.codes()) == 1
    browser = town.signed_in()
    browser.post(f"/track/{REFERENCE}/information", data={"key": "k", "words": "More."})
    town.post_arrives()
    assert len(LETTER.findall(browser.get(f"/track/{REFERENCE}/letters").text)) == 1


def test_what_is_kept_of_a_letter_holds_no_code(town: Town) -> None:
    town.complained(address="1 Mill Lane")
    acknowledged(town)
    issue = IssueAccessCode(happened=town.office.now(), actor="ben")
    town.give(issue, key="again")
    codes = [code for letter in town.post_arrives() for code in ACCESS_CODE.findall(plain(letter))]
    assert len(codes) == 2
    browser = town.signed_in()
    addresses = LETTER.findall(browser.get(f"/track/{REFERENCE}/letters").text)
    assert len(addresses) == 2
    kept = "".join(browser.get(address).text for address in addresses)
    assert "access code" in kept
    assert [code for code in codes if code in kept] == []


def test_whoever_may_follow_the_progress_alone_gets_no_letter(town: Town) -> None:
    town.complained()
    consented(town, scope="progress")
    acknowledged(town)
    browser = town.signed_in(holder="representative 1")
    assert browser.get(f"/track/{REFERENCE}/letters").status_code == 403

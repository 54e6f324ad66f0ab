"""What caseworkers and checkers do between two letters: notes, drafts that are checked, finding people, and earlier
cases of the same person.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_case_pages import case_of_ours, fill_in, looked_at
from tests.support.eventually import eventually

HANDLER, CHECKER = "joan-peake", "leroy-banks"  # of Mill Lane, whose policy has every draft checked
INTERNAL = "Internal: not shown to the complainant"


@pytest.mark.parametrize("scripts", [True, False])
def test_an_officer_adds_a_note_and_everybody_sees_that_it_is_internal(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=HANDLER)
    address = case_of_ours(page)
    page.goto(f"{address}/actions")
    page.get_by_role("link", name="Add an internal note").click()
    page.get_by_label("The note").fill("Do not ring before ten.")
    page.get_by_role("button", name="Add an internal note").click()
    eventually(lambda: "Do not ring" in page.request.get(address).text())
    page.reload()
    note = page.locator(".app-internal").filter(has_text="Do not ring before ten.")
    expect(note).to_contain_text(INTERNAL)
    page.goto(f"{address}/timeline?kind=notes")
    expect(page.locator(".app-internal")).to_have_count(1)
    if scripts:
        looked_at(page, "timeline-notes")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_draft_is_sent_back_compared_and_approved(open_page: Open, *, scripts: bool) -> None:
    handler = open_page(scripts=scripts, officer=HANDLER)
    checker = open_page(scripts=scripts, officer=CHECKER)
    address = case_of_ours(handler)
    draft = f"/approvals/{address.rpartition('/')[2]}"

    def hand_in(text: str, version: int) -> None:
        handler.goto(f"{address}/actions/drafts")
        handler.get_by_label("The draft").fill(text)
        handler.get_by_role("button", name="Submit a draft response").click()
        eventually(lambda: f"The draft, version {version}" in checker.request.get(draft).text())

    hand_in("We are sorry for the delay.", 1)
    handler.goto(draft)
    expect(handler.locator("main")).to_contain_text("You drafted it: somebody else checks it.")
    checker.goto(draft)
    checker.get_by_label("What is to be changed").fill("Say why it took so long.")
    checker.get_by_role("button", name="Send the draft back").click()
    expect(checker.locator("h1")).to_have_text("Approvals")
    hand_in("We are sorry for the delay, which a lost order caused.", 2)
    checker.goto(draft)
    expect(checker.locator("main")).to_contain_text("What changed since version 1")
    expect(checker.locator("ins").last).to_contain_text("lost order caused")
    expect(checker.locator("main")).to_contain_text("Say why it took so long.")
    if scripts:
        looked_at(checker, "approval")
    checker.get_by_role("button", name="Approve the draft").click()
    expect(checker.locator("h1")).to_have_text("Approvals")
    eventually(lambda: checker.request.get(draft).status == 404)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_complaint_is_found_by_its_person_and_its_words(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=HANDLER)
    name = f"Zebedee Quillfeather {'One' if scripts else 'Two'}"
    address = case_of_ours(page, name)
    page.goto("/find")
    page.get_by_label("Reference, name, address").fill(f"{name.upper()} lift")
    page.get_by_role("button", name="Find").click()
    expect(page.locator("#found")).to_have_text("1 found")
    expect(page.locator("tbody")).to_contain_text(name)
    assert "Quillfeather" not in page.url
    if scripts:
        looked_at(page, "found")
    page.locator(f'tbody a[href="{address}"]').click()
    expect(page.locator("h1")).to_contain_text("Complaint")
    board_member = open_page(scripts=scripts, officer="marian-cole")
    board_member.goto("/find")
    board_member.get_by_label("Reference, or a part of it").fill("Quillfeather")
    board_member.get_by_role("button", name="Find").click()
    expect(board_member.locator("#found")).to_have_text("Nothing found")


@pytest.mark.parametrize("scripts", [True, False])
def test_staff_are_told_of_an_earlier_case_and_log_another_matter_all_the_same(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=HANDLER)
    name, phone = f"Perpetua {'Ember' if scripts else 'Cinder'}", "07700 900777"
    address = case_of_ours(page, name, phone)
    fill_in(page, name, phone)
    page.get_by_role("button", name="Log the complaint").click()
    expect(page.locator("main")).to_contain_text("The same person may have complained before")
    expect(page.locator(f'main a[href="{address}"]')).to_be_visible()
    expect(page.get_by_label("Name of the complainant")).to_have_value(name)
    if scripts:
        looked_at(page, "same-person")
    page.get_by_role("button", name="log it as new").click()
    expect(page.get_by_role("link", name="Go to the complaint")).to_be_visible()

"""Letters in a browser: read before they are sent, found in the correspondence, and in the landlord's own wording."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.test_case_pages import OFFICER, case_of_ours, looked_at
from tests.support.eventually import eventually

ADMINISTRATOR = "tom-ashby"
WHY = "The lift engineer has not sent the report yet."


def letter_sent(page: Page, address: str, title: str) -> None:
    """Opens the letter once it has gone out."""

    def has_gone_out() -> bool:
        page.goto(f"{address}/correspondence")
        listed = page.locator("main li.app-matter").filter(has_text=title)
        return listed.filter(has_text="On paper").count() > 0

    eventually(has_gone_out)
    page.locator("main li.app-matter").filter(has_text=title).get_by_role("link").first.click()


@pytest.mark.parametrize("scripts", [True, False])
def test_what_is_told_goes_out_as_the_letter_that_was_read_before(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=OFFICER)
    address = case_of_ours(page)
    page.goto(f"{address}/actions/holding-responses")
    expect(page.get_by_label("Redress sends it to the complainant as a letter")).to_be_checked()
    page.get_by_label("Why the answer is late").fill(WHY)
    page.get_by_label("When the answer is expected").fill("2099-01-05")
    page.get_by_role("button", name="See what this will do first").click()
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Read the letter first").click()
    letter = opened.value
    expect(letter.locator("pre")).to_contain_text(WHY)
    expect(letter.locator("pre")).to_contain_text("Monday 5 January 2099")
    page.get_by_role("button", name="Send a holding response").click()
    expect(page.locator("h1")).to_contain_text("Complaint")
    page.get_by_role("link", name="Correspondence").click()
    letter_sent(page, address, "Holding response")
    expect(page.locator("pre")).to_contain_text(WHY)
    if scripts:
        looked_at(page, "letter-sent")
        page.goto(f"{address}/correspondence")
        looked_at(page, "correspondence")
        letter_sent(page, address, "Holding response")
    with page.expect_download() as downloading:
        page.get_by_role("link", name="Download it for printing").click()
    assert downloading.value.suggested_filename.endswith("-holding-response.pdf")


def test_a_letter_that_was_told_in_another_way_is_not_sent(open_page: Open) -> None:
    page = open_page(officer=OFFICER)
    address = case_of_ours(page)
    page.goto(f"{address}/actions/holding-responses")
    page.get_by_label("Why the answer is late").fill(WHY)
    page.get_by_label("Redress sends it to the complainant as a letter").uncheck()
    page.get_by_role("button", name="Send a holding response").click()
    expect(page.locator("h1")).to_contain_text("Complaint")
    page.get_by_role("link", name="Correspondence").click()
    expect(page.locator("main")).not_to_contain_text("Holding response: the answer")


@pytest.mark.parametrize("scripts", [True, False])
def test_an_administrator_writes_a_wording_looks_at_it_and_goes_back(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=ADMINISTRATOR)
    page.goto("/administration")
    page.get_by_role("link", name="Wording of letters").click()
    if scripts:
        looked_at(page, "wordings")
    page.get_by_role("link", name="Update on how the case stands").click()
    wording = page.get_by_role("textbox", name="The wording")
    was = wording.input_value()
    wording.fill(was.replace("{{ ombudsman }}", "{{ nothing.known }}"))
    page.get_by_role("button", name="Look at the letter").click()
    expect(page.get_by_role("alert")).to_contain_text("“a point after a name” is not taken here")
    expect(wording).to_contain_text("nothing.known")
    if scripts:
        looked_at(page, "wording-refused")
    wording.fill(was.replace("This is how", "Dear neighbour, this is how"))
    page.get_by_role("button", name="Look at the letter").click()
    expect(page.locator("main")).to_contain_text("Nothing was sent or saved")
    expect(page.locator("pre")).to_contain_text("Dear neighbour, this is how")
    if scripts:
        looked_at(page, "wording")
    page.get_by_role("button", name="Put it in force").click()
    expect(page.locator("main")).to_contain_text("In force today: your own wording")
    page.get_by_role("button", name="Go back to the built-in wording").click()
    expect(page.locator("main")).to_contain_text("In force today: the built-in wording")
    expect(page.locator("main")).to_contain_text("Tom Ashby")

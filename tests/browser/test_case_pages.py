"""A case as its caseworker meets it: clocks, timeline by kind, actions by purpose, and a look ahead before anything is
done.
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from random import randint

import pytest
from playwright.sync_api import Page, expect

from shared.complaints.working_days import LONDON
from tests.browser.conftest import Open
from tests.browser.looking import scrolls_sideways, violations
from tests.support.eventually import eventually

OFFICER = "dana-okafor"
SCREENSHOTS = Path("build/screenshots")


def looked_at(page: Page, name: str) -> None:
    """Accessible, without sideways scrolling at 320 pixels, and kept as pictures."""
    assert violations(page) == []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
        assert not scrolls_sideways(page), (name, width)
    page.set_viewport_size({"width": 1280, "height": 900})


def fill_in(page: Page, name: str, phone: str) -> None:
    """A complaint by telephone, typed into the form of staff."""
    page.goto("/staff/complaints/new")
    page.get_by_label("How it was received").select_option("phone")
    page.get_by_label("What it is").select_option("complaint")
    page.get_by_label("Day of receipt").fill(f"{datetime.now(LONDON):%Y-%m-%d}")
    page.get_by_label("Who manages the home").select_option("mill-lane")
    page.get_by_label("Name of the complainant").fill(name)
    page.get_by_label("Telephone number", exact=True).fill(phone)
    page.get_by_label("What happened", exact=True).fill(
        "The lift has been out of order since Friday."
    )


def case_of_ours(page: Page, name: str = "Ada Example", phone: str = "") -> str:
    """A complaint logged by staff for this test; returns the address of the case, which is there."""
    fill_in(page, name, phone or f"07700 {randint(0, 999_999):06}")
    page.get_by_role("button", name="Log the complaint").click()
    address = page.get_by_role("link", name="Go to the complaint").get_attribute("href") or ""

    def is_there() -> bool:
        answers = [page.request.get(f"{address}{end}") for end in ("", "/actions")]
        return all(answer.ok for answer in answers)

    eventually(is_there)
    return address


@pytest.mark.parametrize("scripts", [True, False])
def test_a_caseworker_sees_the_clocks_looks_ahead_and_acknowledges(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=OFFICER)
    address = case_of_ours(page)
    page.goto(f"{address}/actions")
    page.get_by_role("link", name="Acknowledge the complaint").first.click()
    expect(page.locator("main")).to_contain_text("What this will do to the dates")
    page.get_by_label("How was the complainant told?").select_option("letter")
    page.get_by_role("button", name="Save draft").click()
    expect(page.locator("main")).to_contain_text("This is your draft, saved")
    if scripts:
        looked_at(page, "action-draft")
    page.goto(f"{address}/actions/acknowledgement")
    expect(page.get_by_label("How was the complainant told?")).to_have_value("letter")
    page.get_by_role("button", name="Discard the draft").click()
    expect(page.locator("main")).to_contain_text("What this will do to the dates")
    page.get_by_label("How was the complainant told?").select_option("letter")
    with page.context.expect_page() as opened:
        page.get_by_role("button", name="Read the letter first").click()
    letter = opened.value
    expect(letter.locator("main")).to_contain_text("Dear Ada Example")
    if scripts:
        looked_at(letter, "letter-preview")
    page.get_by_role("button", name="See what this will do first").click()
    expect(page.locator("main")).to_contain_text("Nothing was done yet")
    expect(page.get_by_label("How was the complainant told?")).to_have_value("letter")
    if scripts:
        looked_at(page, "action-looked-ahead")
    page.get_by_role("button", name="Acknowledge the complaint").click()
    expect(page.locator("h1")).to_contain_text("Complaint")
    page.get_by_role("link", name="Timeline", exact=True).click()
    expect(page.locator("main")).to_contain_text("acknowledged")


def test_the_pages_of_a_case_are_accessible_and_fit_a_small_screen(open_page: Open) -> None:
    page = open_page(officer=OFFICER)
    page.goto("/board")
    page.locator("tbody a").first.click()
    expect(page.locator("h1")).to_contain_text("Complaint")
    looked_at(page, "case")
    page.get_by_role("link", name="Timeline", exact=True).click()
    looked_at(page, "case-timeline")
    page.get_by_role("link", name="Everything").click()
    expect(page.get_by_text("due date set").first).to_be_visible()
    page.get_by_role("link", name="What can be done").click()
    looked_at(page, "case-actions")
    page.get_by_text("Not possible now, and why").click()
    assert violations(page) == []

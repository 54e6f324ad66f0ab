"""A resident follows their case: in with a code, through its pages, with and without scripts, by keyboard alone."""

from __future__ import annotations

import re
from datetime import datetime
from random import randint

import pytest
from playwright.sync_api import Page, expect

from shared.complaints.working_days import LONDON
from tests.browser.conftest import Open
from tests.browser.looking import scrolls_sideways, violations
from tests.browser.test_case_pages import looked_at
from tests.support.eventually import eventually

OFFICER = "dana-okafor"


def complained(officer: Page) -> str:
    """A complaint that came by email; its reference, once the case is there."""
    officer.goto("/staff/complaints/new")
    officer.get_by_label("How it was received").select_option("email")
    officer.get_by_label("What it is").select_option("complaint")
    officer.get_by_label("Day of receipt").fill(f"{datetime.now(LONDON):%Y-%m-%d}")
    officer.get_by_label("Who manages the home").select_option("mill-lane")
    officer.get_by_label("Name of the complainant").fill(f"Jo Resident {randint(0, 999_999)}")
    officer.get_by_label("Email address", exact=True).fill(
        f"resident-{randint(0, 999_999)}@example.org"
    )
    officer.get_by_label("What happened", exact=True).fill("The lift is out of order.")
    officer.get_by_role("button", name="Log the complaint").click()
    address = officer.get_by_role("link", name="Go to the complaint").get_attribute("href") or ""
    eventually(lambda: officer.request.get(f"{address}/actions").ok)
    return address.rpartition("/")[2]


def code_from_the_mailbox(officer: Page, reference: str) -> str:
    """The code that was mailed last for a case, as the demonstration shows it."""

    def newest() -> str | None:
        officer.goto("/mailbox")
        row = officer.locator("tr", has_text=reference).filter(has_text="Sign in code").first
        if row.count() == 0:
            return None
        officer.goto(row.get_by_role("link").first.get_attribute("href") or "")
        found = re.search(r"\b[0-9]{8}\b", officer.locator("main").inner_text())
        return None if found is None else found.group(0)

    found: list[str] = []

    def has_come() -> bool:
        code = newest()
        found.extend([code] if code else [])
        return bool(found)

    eventually(has_come)
    return found[-1]


def sign_in(page: Page, officer: Page, reference: str) -> None:
    page.goto("/track")
    page.get_by_label("Reference of the complaint").fill(reference)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code", exact=True).fill(code_from_the_mailbox(officer, reference))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(reference)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_resident_signs_in_adds_information_and_asks_for_the_next_stage(
    open_page: Open, scripts: bool
) -> None:
    officer = open_page(officer=OFFICER)
    reference = complained(officer)
    page = open_page(scripts=scripts)
    sign_in(page, officer, reference)
    page.get_by_role("link", name="Add information").click()
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_role("link", name="Write what you want to tell us")).to_be_visible()
    page.get_by_label("What you want to tell us").fill("It stopped again.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("We have received what you told us")).to_be_visible()
    expect(page.get_by_text("It stopped again.")).to_be_visible()
    page.get_by_role("navigation", name="Pages of").get_by_role(
        "link", name="I am not satisfied"
    ).click()
    page.get_by_role("button", name="Tell us").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("We cannot open the next stage now")
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def test_every_page_is_accessible_and_fits_a_narrow_screen(open_page: Open) -> None:
    officer = open_page(officer=OFFICER)
    reference = complained(officer)
    page = open_page()
    page.goto("/track")
    looked_at(page, "track")
    page.get_by_role("button", name="Continue").click()
    looked_at(page, "track-error")
    page.goto(f"/track/sign-in/code?reference={reference}")
    looked_at(page, "track-code")
    sign_in(page, officer, reference)
    looked_at(page, "track-case")
    for name in ("letters", "information", "not-satisfied", "reach-me"):
        page.goto(f"/track/{reference}/{name}")
        looked_at(page, f"track-{name}")
    page.get_by_role("button", name="Send").click()
    assert violations(page) == []
    assert not scrolls_sideways(page)


def test_the_way_in_can_be_walked_with_the_keyboard_alone(open_page: Open) -> None:
    officer = open_page(officer=OFFICER)
    reference = complained(officer)
    page = open_page()
    page.goto("/track")
    page.get_by_label("Reference of the complaint").focus()
    page.keyboard.type(reference)
    page.keyboard.press("Enter")
    page.get_by_label("Code", exact=True).focus()
    page.keyboard.type(code_from_the_mailbox(officer, reference))
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text(reference)
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")  # the skip link
    expect(page.locator("#main")).to_be_focused()

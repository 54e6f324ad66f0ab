"""A resident who follows a case in a browser: how the case comes to be, the code that lets them in, and the way in."""

from __future__ import annotations

import re
from datetime import datetime
from random import randint

from playwright.sync_api import Page, expect

from shared.complaints.working_days import LONDON
from tests.browser.conftest import Open
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
    """In with the reference and the code that is mailed for it."""
    page.goto("/track")
    page.get_by_label("Reference of the complaint").fill(reference)
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code", exact=True).fill(code_from_the_mailbox(officer, reference))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text(reference)


def about_to_add_information(open_page: Open, *, scripts: bool) -> tuple[Page, Page, str]:
    """A resident on the page where they add to their case, an officer who may see it, and its reference."""
    officer = open_page(officer=OFFICER)
    reference = complained(officer)
    page = open_page(scripts=scripts)
    sign_in(page, officer, reference)
    page.get_by_role("link", name="Add information").click()
    return page, officer, reference

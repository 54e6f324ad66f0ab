"""The pages that need no case: each accessible, at 320 pixels without sideways scrolling."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.looking import scrolls_sideways, violations

PUBLIC = ("/", "/complain", "/sign-in")
STAFF = ("/board", "/find", "/staff/complaints/new", "/mailbox")
OFFICER = "dana-okafor"


@pytest.mark.parametrize("path", [*PUBLIC, *STAFF])
def test_a_page_is_accessible_and_fits_a_small_screen(open_page: Open, path: str) -> None:
    page = open_page(officer=OFFICER if path in STAFF else "")
    page.goto(path)
    assert violations(page) == []
    expect(page.locator("h1")).to_have_count(1)
    page.set_viewport_size({"width": 320, "height": 900})
    assert not scrolls_sideways(page)


@pytest.mark.parametrize("scripts", [True, False])
def test_a_complaint_made_on_the_page_is_answered_with_its_dates(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    page.goto("/complain")
    page.get_by_role("button", name="Send the complaint").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter a name")
    page.get_by_label("Your name").fill("Ada Example")
    page.get_by_label("Email address").fill("ada@example.org")
    page.get_by_label("Who manages your home").select_option("mill-lane")
    page.get_by_label("What happened").fill("The lift has been out of order since Friday.")
    page.get_by_role("button", name="Send the complaint").click()
    expect(page.locator("h1")).to_contain_text("We have received your complaint")
    expect(page.locator("main")).to_contain_text("By ")

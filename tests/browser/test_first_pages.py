"""The pages that need no case: each accessible, at 320 pixels without sideways scrolling."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.looking import scrolls_sideways, violations

PUBLIC = ("/", "/complain", "/complain/return", "/sign-in")
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

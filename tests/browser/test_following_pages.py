"""A resident follows their case: in with a code, through its pages, with and without scripts."""

from __future__ import annotations

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.following import OFFICER, about_to_add_information, complained, sign_in
from tests.browser.looking import scrolls_sideways, violations
from tests.browser.test_case_pages import looked_at


@pytest.mark.parametrize("scripts", [True, False])
def test_a_resident_signs_in_adds_information_and_asks_for_the_next_stage(
    open_page: Open, scripts: bool
) -> None:
    page, _, _ = about_to_add_information(open_page, scripts=scripts)
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

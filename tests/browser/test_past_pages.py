"""The pages that look back at all cases at once: the board and the figures as they stood, on two axes."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Open
from tests.browser.test_board_page import OFFICER, photographed


def days_ago(days: int) -> str:
    """A day of the past, as a form takes it: the demonstration's cases are made up to today."""
    return (datetime.now(UTC).date() - timedelta(days=days)).isoformat()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_officer_sees_the_board_as_it_stood_and_goes_to_a_case_as_it_stood(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(officer=OFFICER, scripts=scripts)
    page.goto("/board")
    page.get_by_role("link", name="as it stood").click()
    page.get_by_label("Time (optional)").first.fill("09:30")
    page.get_by_role("button", name="Show the board").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter a day")
    page.locator("#happened_on").fill(days_ago(14))
    page.get_by_role("button", name="Show the board").click()
    expect(page.locator(".govuk-body-l")).to_contain_text("had happened by")
    if scripts:
        photographed(page, "board-past")
    page.locator("tbody a").first.click()
    expect(page.locator(".govuk-inset-text")).to_contain_text("This is the past.")
    expect(page).to_have_url(re.compile(rf"happened_on={days_ago(14)}"))


@pytest.mark.parametrize("scripts", [True, False])
def test_what_differs_between_two_days_on_the_board_and_in_the_figures(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(officer=OFFICER, scripts=scripts)
    page.goto("/board/past/changes")
    page.locator("#from_happened_on").fill(days_ago(14))
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("table")).to_contain_text("Not on the board")
    if scripts:
        photographed(page, "board-past-changes")
    page.goto("/figures")
    page.get_by_role("link", name="what differs between two days").click()
    page.locator("#from_as_at").fill(days_ago(60))
    page.locator("#from_known_by").fill(days_ago(70))
    page.get_by_role("button", name="Compare").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose the same day or a later")
    page.locator("#from_known_by").fill("")
    page.get_by_role("button", name="Compare").click()
    expect(page.get_by_role("table").first).to_contain_text("Still open")
    if scripts:
        photographed(page, "figures-changes")

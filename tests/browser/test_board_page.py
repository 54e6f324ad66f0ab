"""The board at work: filters, views, several complaints allocated, and changes announced without moving a line."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.browser.complaining import complain
from tests.browser.conftest import Open
from tests.browser.looking import scrolls_sideways, violations

OFFICER = "dana-okafor"
SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"


def photographed(page: Page, name: str) -> None:
    """Looks at the page at both widths, and keeps a picture of each."""
    assert violations(page) == []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page)
        page.screenshot(path=SCREENSHOTS / f"{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


def test_changes_are_announced_and_the_lines_stay_until_they_are_asked_for(open_page: Open) -> None:
    board = open_page(officer=OFFICER)
    board.goto("/board?status=soon")
    before = board.locator("tbody").inner_text() if board.locator("tbody").count() else ""
    complain(open_page())
    announced = board.get_by_role("status")
    expect(announced).to_contain_text("changed since this page was made")
    now = board.locator("tbody").inner_text() if board.locator("tbody").count() else ""
    assert now == before
    photographed(board, "board-changes")
    announced.get_by_role("link", name="Show the changes").click()
    expect(board).to_have_url(re.compile(r"/board\?status=soon$"))
    expect(board.get_by_role("status")).to_be_empty()


@pytest.mark.parametrize("scripts", [True, False])
def test_an_officer_filters_saves_the_view_and_takes_filters_away_again(
    open_page: Open, *, scripts: bool
) -> None:
    name = "Stage one" if scripts else "Stage one, plainly"
    page = open_page(officer=OFFICER, scripts=scripts)
    page.goto("/board")
    page.get_by_label("Stage").select_option("1")
    page.get_by_role("button", name="Apply").click()
    page.locator("summary", has_text="Save this view").click()
    page.get_by_role("button", name="Save the view").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Enter a name for the view")
    if scripts:
        photographed(page, "board-error")
    page.get_by_label("Name of the view").fill(name)
    page.get_by_role("button", name="Save the view").click()
    views = page.get_by_role("navigation", name="Views")
    expect(views.get_by_role("link", name=name, exact=True)).to_have_attribute(
        "aria-current", "page"
    )
    page.get_by_role("link", name="Remove the filter Stage 1").click()
    expect(page.get_by_label("Stage")).to_have_value("")
    views.get_by_role("link", name=name, exact=True).click()
    expect(page.get_by_label("Stage")).to_have_value("1")
    page.locator("summary", has_text="Save this view").click()
    page.get_by_role("button", name=f"Delete the view {name}", exact=True).click()
    expect(views.get_by_role("link", name=name, exact=True)).to_have_count(0)


def test_chosen_complaints_are_allocated_with_a_result_for_each(open_page: Open) -> None:
    page = open_page(officer=OFFICER)
    page.goto("/board")
    boxes = page.get_by_role("checkbox", name="Choose")
    references = []
    for place in range(boxes.count()):
        reference = boxes.nth(place).get_attribute("value")
        if reference not in references:
            boxes.nth(place).check()
            references.append(reference)
        if len(references) == 2:
            break
    photographed(page, "board")
    page.get_by_role("button", name="Allocate those chosen").first.click()
    expect(page.locator("h2")).to_contain_text("2 chosen")
    photographed(page, "allocation")
    page.get_by_role("button", name="Allocate").click()
    expect(page.locator(".govuk-error-summary")).to_contain_text("Choose who considers them")
    page.get_by_label("Who considers them").select_option(index=1)
    page.get_by_label("Why they go to somebody else").fill("The officer before is on leave.")
    page.get_by_role("button", name="Allocate").click()
    expect(page.locator("tbody tr")).to_have_count(2)
    expect(page.locator("h1")).to_contain_text("of 2 allocated to")
    photographed(page, "allocated")


def test_the_calendar_s_address_is_made_shown_once_and_revoked(open_page: Open) -> None:
    page = open_page(officer=OFFICER)
    page.goto("/board/calendar")
    page.get_by_role("button", name="Make the address").click()
    # The demonstration of the tests stands on another port than the public address says.
    address = urlsplit(page.locator("code").inner_text()).path
    photographed(page, "calendar")
    assert page.request.get(address).text().startswith("BEGIN:VCALENDAR")
    page.get_by_role("button", name="Revoke the address").click()
    expect(page.locator("main")).to_contain_text("You have no address yet")
    assert page.request.get(address).status == 404

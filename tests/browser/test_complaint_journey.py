"""Making a complaint in a real browser: with scripts and without, with errors, later on."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.complaining import FOR_ANOTHER, FOR_MYSELF, complain, left, step_of, walk
from tests.browser.conftest import Open
from tests.browser.looking import scrolls_sideways, violations

SCREENSHOTS = Path(__file__).parents[2] / "build" / "screenshots"


def looked_at(page: Page, name: str) -> None:
    """Accessible, without sideways scrolling at 320 pixels, and kept as pictures."""
    assert violations(page) == []
    expect(page.locator("h1")).to_have_count(1)
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page), (name, width)
        page.screenshot(path=SCREENSHOTS / f"complain-{name}-{width}.png", full_page=True)
    page.set_viewport_size({"width": 1280, "height": 900})


@pytest.mark.parametrize("scripts", [True, False])
def test_a_complaint_is_made_page_by_page_and_answered_with_its_dates(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    if scripts:
        page.goto("/complain")
        looked_at(page, "start")
    walk(page, FOR_ANOTHER, look=looked_at if scripts else None)
    expect(page.locator("dl")).to_contain_text("Ida Helper")
    if scripts:
        looked_at(page, "check")
    page.get_by_role("link", name=re.compile("Change.*Their name")).click()
    page.get_by_label("Full name").fill("Ada Changed")
    page.get_by_role("button", name="Continue").click()
    expect(page.locator("dl")).to_contain_text("Ada Changed")
    page.get_by_role("button", name="Send the complaint").click()
    expect(page.locator("h1")).to_contain_text("We have received your complaint")
    expect(page.locator("main")).to_contain_text("By ")
    sent = page.url
    if scripts:
        looked_at(page, "sent")
        page.emulate_media(media="print")
        expect(page.get_by_role("link", name="Make a complaint")).to_be_hidden()
        expect(page.locator("main")).to_contain_text("0300 111 3000")
        page.emulate_media(media="screen")
    page.go_back()
    page.reload()
    assert page.url == sent  # nothing is left to send twice


@pytest.mark.parametrize("scripts", [True, False])
def test_every_page_with_an_error_says_so_leads_to_it_and_keeps_what_was_typed(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts)
    page.goto("/complain")
    page.get_by_role("button", name="Start").click()
    while (step := step_of(page)) != "check":
        if step not in {"dangers", "what-would-put-it-right", "photos", "needs"}:
            page.get_by_role("button", name="Continue").click()
            summary = page.locator(".govuk-error-summary")
            expect(summary).to_be_visible()
            assert page.title().startswith("Error: ")
            if scripts:
                looked_at(page, f"error-{step}")
                expect(summary).to_be_focused()
            link = summary.get_by_role("link").first
            target = (link.get_attribute("href") or "").removeprefix("#")
            link.click()
            assert page.evaluate("document.activeElement.id || location.hash.slice(1)") == target
        FOR_ANOTHER[step](page)
        page.get_by_role("button", name="Continue").click()
        left(page, step)


def test_the_back_button_finds_the_answers_and_the_counter_counts(open_page: Open) -> None:
    page = open_page()
    walk(page, FOR_MYSELF)
    for _ in range(5):
        page.go_back()
    expect(page.get_by_label("Tell us")).to_have_value(
        "The lift has been out of order since Friday."
    )
    expect(page.locator(".govuk-character-count__status")).to_contain_text(
        "4,956 characters remaining"
    )
    page.get_by_role("link", name="Back", exact=True).click()
    expect(page.get_by_label("Address of the home")).to_have_value("7 Mill Lane\nLondon\nSW1A 1AA")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_saved_complaint_is_opened_in_another_browser_with_its_code(
    open_page: Open, *, scripts: bool
) -> None:
    first, second = open_page(scripts=scripts), open_page(scripts=scripts)
    first.goto("/complain")
    first.get_by_role("button", name="Start").click()
    FOR_MYSELF["for-whom"](first)
    first.get_by_role("button", name="Continue").click()
    first.get_by_label("Full name").fill("Ada Half")
    first.get_by_role("button", name="Save and come back later").click()
    if scripts:
        looked_at(first, "save")
    first.get_by_role("button", name="Give me a code").click()
    code = first.locator(".app-code").inner_text()
    if scripts:
        looked_at(first, "code")
    second.goto("/complain")
    second.get_by_role("link", name="Come back to a saved complaint").click()
    second.get_by_label("Your code").fill("ABCD-EFGH-JKMN")
    second.get_by_role("button", name="Open the complaint").click()
    expect(second.locator(".govuk-error-summary")).to_contain_text("Check the code")
    if scripts:
        looked_at(second, "code-error")
    second.get_by_label("Your code").fill(code.lower())
    second.get_by_role("button", name="Open the complaint").click()
    assert step_of(second) == "contact"
    second.get_by_role("link", name="Back", exact=True).click()
    expect(second.get_by_label("Full name")).to_have_value("Ada Half")
    first.goto("/complain")
    if scripts:
        looked_at(first, "start-again")
    first.get_by_role("button", name="Go on with it").click()
    first.goto("/complain/save")
    first.get_by_role("button", name="Delete my answers").click()
    expect(first.get_by_role("button", name="Go on with it")).to_have_count(0)


def test_a_second_complaint_of_the_same_browser_is_another_one(open_page: Open) -> None:
    page = open_page()
    complain(page)
    first = page.url
    complain(page)
    assert page.url != first

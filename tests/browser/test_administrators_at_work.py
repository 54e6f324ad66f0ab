"""An administrator at work: somebody comes and leaves, the pages get another look, everybody is told something."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from playwright.sync_api import Page, expect

from shared.complaints.working_days import LONDON
from tests.browser.conftest import Open
from tests.browser.looking import violations
from tests.browser.test_case_pages import looked_at

ADMINISTRATOR, AUDITOR = "tom-ashby", "meera-joshi"


@pytest.mark.parametrize("scripts", [True, False])
def test_somebody_is_added_given_another_role_and_ended(open_page: Open, *, scripts: bool) -> None:
    page = open_page(scripts=scripts, officer=ADMINISTRATOR)
    page.goto("/administration")
    page.get_by_role("link", name="People", exact=True).click()
    if scripts:
        looked_at(page, "people")
    page.get_by_role("button", name="Add somebody").click()
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.get_by_role("link", name="Enter a name of at most")).to_be_visible()
    if scripts:
        looked_at(page, "people-refused")
    number = "1" if scripts else "2"
    page.get_by_label("Name", exact=True).fill(f"Nell Okoro {number}")
    page.get_by_label("Email address").fill(f"nell.{number}@example.org")
    page.get_by_label("Organisation").select_option("mill-lane")
    page.get_by_label("Role").select_option("caseworker")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page.locator("main")).to_contain_text("may sign in from now on")
    page.get_by_label("Role").select_option("manager")
    page.get_by_role("button", name="Change").click()
    expect(page.locator("main")).to_contain_text("caseworker became manager")
    page.get_by_label(f"Nell Okoro {number} leaves").check()
    page.get_by_role("button", name="End").click()
    expect(page.locator("main")).to_contain_text("cannot sign in any more")
    if scripts:
        looked_at(page, "person-who-left")
    page.get_by_role("link", name="What they handle now").click()
    expect(page.locator("main")).to_contain_text("They left")


def test_what_an_officer_handles_is_handed_on_together(open_page: Open) -> None:
    page = open_page(officer="helen-marsh")
    page.goto("/handled-by/priya-nair")
    looked_at(page, "handled")
    page.get_by_role("button", name="Choose who takes them").click()
    expect(page.locator("h1")).to_have_text("Allocate complaints")
    expect(page.locator("main")).to_contain_text("RB-20")


def colour_of_head(page: Page) -> str:
    return str(page.locator(".app-header").evaluate("it => getComputedStyle(it).backgroundColor"))


@pytest.mark.parametrize("scripts", [True, False])
def test_another_colour_is_looked_at_kept_and_shown_to_residents(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=ADMINISTRATOR)
    resident = open_page(scripts=scripts)
    page.goto("/administration/brand")
    before = page.get_by_label("Colour").input_value()
    page.get_by_label("Colour").fill("#ffcc00")
    page.get_by_role("button", name="Keep it").click()
    expect(page.get_by_role("link", name="White writing on #ffcc00")).to_be_visible()
    page.get_by_label("Colour").fill("#7a0019")
    page.get_by_role("button", name="Look at it first").click()
    expect(page.locator("main")).to_contain_text("Nothing is kept yet")
    if scripts:
        looked_at(page, "brand-preview")
        assert colour_of_head(page) == "rgb(122, 0, 25)"
    try:
        page.get_by_role("button", name="Keep it").click()
        expect(page.locator("main")).to_contain_text("Every page looks like this now")
        resident.goto("/complain")
        if scripts:
            assert colour_of_head(resident) == "rgb(122, 0, 25)"
            assert violations(resident) == []
            resident.emulate_media(forced_colors="active")
            looked_at(resident, "complain-branded-forced-colours")
            page.goto("/board")
            looked_at(page, "board-branded")
            page.goto("/administration/brand")
    finally:
        page.goto("/administration/brand")
        page.get_by_label("Colour").fill(before)
        page.get_by_role("button", name="Keep it").click()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_notice_is_put_up_for_everybody_and_taken_down(open_page: Open, *, scripts: bool) -> None:
    page = open_page(scripts=scripts, officer=ADMINISTRATOR)
    resident = open_page(scripts=scripts)
    page.goto("/administration/notices")
    words = f"Our office is closed on Friday ({scripts})."
    page.get_by_label("Message").fill(words)
    page.get_by_label("Both").check()
    tomorrow = datetime.now(LONDON) + timedelta(days=1)
    page.get_by_label("Until the day").fill(f"{tomorrow:%Y-%m-%d}")
    page.get_by_role("button", name="Put up").click()
    shown = page.get_by_role("region", name="Notices")
    expect(shown).to_contain_text(words)
    if scripts:
        looked_at(page, "notices")
    resident.goto("/complain")
    expect(resident.get_by_role("region", name="Notices")).to_contain_text(words)
    if scripts:
        assert violations(resident) == []
    page.get_by_role("button", name="Take down").click()
    expect(shown).to_have_count(0)


def test_organisations_operation_and_retention_are_accessible_and_fit_a_small_screen(
    open_page: Open,
) -> None:
    page = open_page(officer=ADMINISTRATOR)
    for address, name in {
        "/administration": "administration",
        "/administration/organisations": "organisations",
        "/administration/organisations/mill-lane": "organisation",
        "/administration/operation": "operation",
        "/administration/retention": "retention",
    }.items():
        page.goto(address)
        looked_at(page, name)


def test_an_auditor_sees_who_looked_at_a_case_and_what_each_officer_looked_at(
    open_page: Open,
) -> None:
    page = open_page(officer=AUDITOR)
    page.goto("/board")
    page.locator("tbody a").first.click()
    expect(page.locator("h1")).to_contain_text("Complaint")
    page.get_by_role("link", name="Audit", exact=True).click()
    page.locator("summary", has_text="last by Meera Joshi").click()
    expect(page.get_by_role("region", name="Who looked at it")).to_contain_text("The case")
    assert violations(page) == []
    page.goto("/administration/reads")
    looked_at(page, "reads")
    page.get_by_role("link", name="Meera Joshi").click()
    expect(page.locator("main")).to_contain_text("Its audit")
    looked_at(page, "reads-of-officer")

"""An administrator at work: a pack checked and adopted, a day closed, a year simulated; with scripts and without."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from playwright.sync_api import expect

from shared.policy_packs.loader import shipped_pack
from tests.browser.conftest import Open
from tests.browser.test_case_pages import looked_at
from tests.support.eventually import eventually

OFFICER = "tom-ashby"
OURS = shipped_pack("tmo-model").replace('version = "2024"', 'version = "2026"', 1)


def pack_file(text: str) -> dict[str, object]:
    """A file as a person chooses it."""
    return {"name": "ours.toml", "mimeType": "text/plain", "buffer": text.encode()}


def open_weekday(ahead: int) -> str:
    """A working day some weeks ahead that no other test closes."""
    day = date.today() + timedelta(weeks=ahead)  # noqa: DTZ011 - of this machine, as the demonstration has it
    return (day - timedelta(days=day.weekday() - 1)).isoformat()


@pytest.mark.parametrize("scripts", [True, False])
def test_a_pack_is_checked_its_effect_seen_and_then_adopted(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=OFFICER)
    page.get_by_role("link", name="Administration").click()
    if scripts:
        looked_at(page, "administration")
    page.get_by_role("link", name="Policies", exact=True).click()
    if scripts:
        looked_at(page, "policies")
    page.get_by_role("link", name="Check a policy pack of your own").click()
    page.locator("#file").set_input_files(pack_file(OURS))  # type: ignore[arg-type]
    page.get_by_role("button", name="Check it").click()
    expect(page.locator("main")).to_contain_text("Nothing is wrong in ours.toml")
    page.get_by_role("button", name="Go on to adopt it").click()
    page.get_by_label("Organisation that adopts it").select_option("orchard-park")
    page.get_by_label("Its first day").fill("2035-01-08" if scripts else "2035-02-05")
    page.get_by_label("Its last day").fill("2035-01-12" if scripts else "2035-02-09")
    if scripts:
        looked_at(page, "policy-adopt")
    page.get_by_role("button", name="See the effect").click()
    expect(page.locator("main")).to_contain_text("None of them moves")
    if scripts:
        looked_at(page, "policy-effect")
    page.get_by_label("Why is it adopted?").fill("The committee decided so.")
    page.get_by_role("button", name="Adopt this policy").click()
    expect(page.locator("main")).to_contain_text("The policy is adopted")
    expect(page.locator("main")).to_contain_text("Tom Ashby")


def test_a_policy_is_read_and_held_against_the_code(open_page: Open) -> None:
    page = open_page(officer="meera-joshi")
    page.goto("/administration/policies/packs/kctmo-2010")
    looked_at(page, "policy")
    page.get_by_role("link", name="Hold it against Complaint Handling Code").click()
    expect(page.locator("#departures")).to_be_visible()
    looked_at(page, "policy-compare")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_day_is_closed_once_each_date_that_moves_was_seen(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=OFFICER)
    page.goto("/administration/calendars")
    page.get_by_role("link", name="Close or open a day").click()
    page.get_by_label("A closure of the office").check()
    page.get_by_label("Day, or the first of several").fill(open_weekday(1 if scripts else 2))
    page.get_by_label("Its name").fill("No heating")
    page.get_by_role("button", name="See the effect").click()
    expect(page.locator("main")).to_contain_text("would move")
    if scripts:
        looked_at(page, "calendar-effect")
    page.get_by_label("Why is the calendar changed?").fill("The heating of the office failed.")
    page.get_by_role("button", name="Adopt this calendar").click()
    expect(page.locator("main")).to_contain_text("The calendar is adopted")

    def counted_again() -> bool:
        page.goto("/administration/calendars")
        return "Finished" in page.locator("#recount").inner_text()

    eventually(counted_again)
    if scripts:
        looked_at(page, "calendar")


@pytest.mark.parametrize("scripts", [True, False])
def test_a_year_is_judged_again_and_the_page_shows_how_far_it_is(
    open_page: Open, *, scripts: bool
) -> None:
    page = open_page(scripts=scripts, officer=OFFICER)
    page.goto("/administration/simulations?pack=tmo-model")
    today = date.today()  # noqa: DTZ011 - of this machine, as the demonstration has it
    page.get_by_label("Received from").fill(f"{today - timedelta(days=365)}")
    page.get_by_label("Received until").fill(f"{today}")
    if scripts:
        looked_at(page, "simulations")
    page.get_by_role("button", name="Simulate").click()
    if scripts:  # by itself
        expect(page.locator("#progress")).to_contain_text("Finished", timeout=30_000)
    else:

        def ended() -> bool:
            page.reload()
            return "Finished" in page.locator("#progress").inner_text()

        eventually(ended)
    page.reload()
    expect(page.locator("main")).to_contain_text("Answered, by stage")
    if scripts:
        looked_at(page, "simulation")
    page.locator("td a").first.click()  # whichever number of changed cases is no nought
    expect(page.locator("h1")).to_contain_text("at stage")
    expect(page.locator("tbody a").first).to_be_visible()
    if scripts:
        looked_at(page, "simulation-cases")

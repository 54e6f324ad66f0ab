"""Ten jobs of a working week, done as people do them: on the pages alone, counting clicks.

The counts are written to build/jobs.txt; docs/ten-jobs.md tells them, with what was awkward and mended.
"""

from __future__ import annotations

import os
import re
from datetime import UTC, date, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Open

TEAM, ADMINISTRATOR, ALMO_TEAM = "dana-okafor", "tom-ashby", "nadia-karim"
COUNTS = Path(__file__).parents[2] / "build" / "jobs.txt"
SOMEBODY = count(os.getpid() % 9_000)
REFERENCE = re.compile(r"RB-\d{4}-\d{6}")


class Hand:
    """A person at a page, whose clicks are counted; typing and choosing from a list are not clicks."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def click(self, target: Locator) -> None:
        """One click."""
        self.clicks += 1
        target.click()

    def link(self, name: str) -> None:
        """Follows the first link of that name."""
        self.click(self.page.get_by_role("link", name=name).first)

    def button(self, name: str) -> None:
        """Presses a button, or a link that looks like one."""
        self.click(self.page.get_by_role("button", name=name, exact=True).first)

    def done(self, job: str) -> None:
        """Writes down how many clicks it took."""
        COUNTS.parent.mkdir(exist_ok=True)
        with COUNTS.open("a") as counts:
            counts.write(f"{job}: {self.clicks} clicks\n")


def day(ahead: int) -> str:
    """A day from today on, as a form takes it."""
    return (datetime.now(UTC).date() + timedelta(days=ahead)).isoformat()


def weekday_ahead(ahead: int) -> str:
    """The first Wednesday so many days ahead: always a working day in the demonstration's year."""
    first = datetime.now(UTC).date() + timedelta(days=ahead)
    return (first + timedelta(days=(2 - first.weekday()) % 7)).isoformat()


def logged(hand: Hand, organisation: str, *, received: str) -> str:
    """Logs a telephone complaint from the board on, and opens its case; gives its reference."""
    page = hand.page
    hand.link("New complaint")
    page.get_by_label("How it was received").select_option(label="Telephone")
    page.get_by_label("What it is", exact=True).select_option(label="Complaint")
    page.locator("#received_on").fill(received)
    page.get_by_label("Who manages the home").select_option(label=organisation)
    # Somebody new each time: of a person who has complained before, the earlier case is shown first.
    number = next(SOMEBODY)
    page.get_by_label("Name of the complainant").fill(f"Rosa Example {number}")
    page.get_by_label("Telephone number").first.fill(f"020 7946 {number:04}")
    page.get_by_label("What happened").fill("The boiler was not mended on Friday as promised.")
    hand.button("Log the complaint")
    expect(page.locator("h1")).to_contain_text("The complaint is logged")
    reference = REFERENCE.search(page.locator("main").inner_text())
    assert reference is not None
    return reference[0]


def opened(page: Page, reference: str) -> None:
    """The case, once it is there: a second or two after it was logged."""
    for _ in range(60):
        page.goto(f"/complaints/{reference}")
        if page.locator("h1", has_text=reference).count():
            return
    raise AssertionError(f"{reference} did not come")


@pytest.fixture
def hand(open_page: Open) -> Hand:
    """The council's complaints team, at the board."""
    page = open_page(officer=TEAM)
    page.goto("/board")
    return Hand(page)


def test_log_a_phone_complaint_from_yesterday(hand: Hand) -> None:
    reference = logged(hand, "Mill Lane Tenant Management", received=day(-1))
    hand.done("Log a phone complaint from yesterday")
    opened(hand.page, reference)
    expect(hand.page.locator("main")).to_contain_text("Complaint, by phone")


def test_find_what_is_due_next(hand: Hand) -> None:
    hand.link("Due in 2 working days")
    hand.done("Find what is due tomorrow")
    expect(hand.page.locator("tbody tr").first).to_contain_text("left")


def test_send_a_holding_response_in_time(hand: Hand) -> None:
    page = hand.page
    opened(page, logged(hand, "Mill Lane Tenant Management", received=day(-1)))
    hand.clicks = 0
    hand.button("What can be done now")
    hand.link("Send a holding response")
    page.get_by_label("Why the answer is late").fill("The surveyor comes on Thursday.")
    page.get_by_label("When the answer is expected").fill(weekday_ahead(14))
    hand.button("Send a holding response")
    hand.done("Send a holding response in time")
    page.goto(page.url.split("/actions")[0])
    expect(page.locator("#timeline ~ div").first).to_contain_text("olding response")


def test_extend_under_the_policy_of_tower_hamlets_homes_with_agreement(
    hand: Hand, open_page: Open
) -> None:
    adopting = open_page(officer=ADMINISTRATOR)
    adopting.goto("/administration/policies/adopt")
    adopting.locator("#pack").select_option("thh-2022")
    adopting.locator("#organisation").select_option("orchard-park")
    adopting.locator("#effective_from").fill(day(-1))
    adopting.locator("#kind").check()
    adopting.get_by_role("button", name="See the effect").click()
    adopting.get_by_label("Why is it adopted?").fill("The homes moved to its management.")
    adopting.get_by_role("button", name="Adopt this policy").click()
    page = hand.page
    opened(page, logged(hand, "Orchard Park Tenant Management", received=day(0)))
    hand.clicks = 0
    hand.button("What can be done now")
    hand.link("Extend the deadline of the response")
    page.get_by_label("By how many working days").fill("5")
    hand.click(page.get_by_label("The complainant agreed to it"))
    page.get_by_label("When the complainant was told").fill(day(0))
    page.get_by_label("The reason given to the complainant").fill("The lift engineer reports then.")
    hand.button("Extend the deadline of the response")
    hand.done("Extend under THH with agreement")
    page.goto(f"{page.url.split('/actions')[0]}/timeline?kind=everything")
    expect(page.locator("main")).to_contain_text("xtend")


def test_respond_without_approval_is_refused_with_the_way_out(hand: Hand) -> None:
    page = hand.page
    opened(page, logged(hand, "Mill Lane Tenant Management", received=day(-1)))
    hand.clicks = 0
    hand.button("What can be done now")
    hand.click(page.locator("summary", has_text="Not possible now, and why"))
    expect(page.locator("details[open]")).to_contain_text("Issue the response")
    hand.done("Try to respond without approval, and see why not")


def test_convene_a_panel_with_a_conflicted_member_is_refused(open_page: Open) -> None:
    page = open_page(officer=ALMO_TEAM)
    page.goto("/board?stage=3&duty=respond")
    hand = Hand(page)
    hand.click(page.locator("tbody a", has_text="RB-").first)
    hand.button("What can be done now")
    hand.link("Declare an interest")
    page.locator("#officer").select_option("victor-amaya")
    page.locator("#interest").select_option("relative")
    hand.button("Declare an interest")
    page.goto(f"{page.url.split('/actions')[0]}/actions/panel")
    for member in ("Marian Cole", "Peter Holm", "Victor Amaya"):
        hand.click(page.get_by_label(member))
    hand.button("Convene the panel")
    expect(page.locator("main")).to_contain_text("This was not done")
    hand.done("Convene a panel with a conflicted member")


def test_show_the_ombudsman_the_case_as_it_stood(hand: Hand) -> None:
    page = hand.page
    hand.link("Overdue")
    hand.click(page.locator("tbody a", has_text="RB-").first)
    hand.link("As it stood")
    page.locator("#recorded_on").fill(day(-1))
    hand.button("Show the case")
    expect(page.locator(".govuk-inset-text")).to_contain_text("This is the past.")
    hand.done("Show the Ombudsman the case as it stood on a date")


def test_explain_a_date(hand: Hand) -> None:
    page = hand.page
    hand.link("Why this date")
    hand.click(page.locator("summary", has_text="Why this date?").first)
    expect(page.locator("details[open] ol").first).to_be_visible()
    hand.done("Explain a date")


def test_adopt_a_bank_holiday(open_page: Open) -> None:
    page = open_page(officer=ADMINISTRATOR)
    hand = Hand(page)
    hand.link("Administration")
    hand.link("Calendar")
    hand.link("Close or open a day")
    hand.click(page.get_by_label("A proclaimed bank holiday"))
    page.locator("#day").fill(weekday_ahead(21))
    page.get_by_label("Its name").fill("Day of mourning")
    hand.button("See the effect")
    page.get_by_label("Why is the calendar changed?").fill("Proclaimed.")
    hand.button("Adopt this calendar")
    hand.done("Adopt a bank holiday")
    holiday = date.fromisoformat(weekday_ahead(21))
    page.goto(f"/administration/calendars?year={holiday.year}")
    expect(page.locator("main")).to_contain_text("Day of mourning")


def test_find_a_broken_promise(hand: Hand) -> None:
    page = hand.page
    page.get_by_label("Show", exact=True).select_option("missed")
    page.get_by_label("What", exact=True).select_option("promise")
    hand.button("Apply")
    expect(page.locator("tbody tr").first).to_contain_text("promise")
    hand.done("Find a broken promise")

"""Every main page, as the person it is for sees it in the demonstration: accessible, at both widths, light, and whole
without a script. Pictures of each stay in build/screenshots, to be looked at.
"""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Open
from tests.browser.looking import scrolls_sideways, violations, weigh
from tests.browser.test_board_page import SCREENSHOTS

RESIDENT = ""
TEAM, MANAGER, AUDITOR, ADMINISTRATOR = "dana-okafor", "helen-marsh", "meera-joshi", "tom-ashby"
BOARD_MEMBER = "marian-cole"
MOST_KILOBYTES = 110  # of a first visit, compressed


@dataclass(frozen=True)
class Main:
    """A page: its name, who looks at it, and its address; `{case}` stands for the soonest case of the board."""

    name: str
    officer: str
    address: str


PAGES = (
    Main("start", RESIDENT, "/"),
    Main("complain", RESIDENT, "/complain"),
    Main("track", RESIDENT, "/track"),
    Main("board", TEAM, "/board"),
    Main("find", TEAM, "/find"),
    Main("approvals", TEAM, "/approvals"),
    Main("case", TEAM, "/complaints/{case}"),
    Main("timeline", TEAM, "/complaints/{case}/timeline"),
    Main("actions", TEAM, "/complaints/{case}/actions"),
    Main("new-complaint", TEAM, "/staff/complaints/new"),
    Main("mailbox", TEAM, "/mailbox"),
    Main("approvals", TEAM, "/approvals"),
    Main("correspondence", TEAM, "/complaints/{case}/correspondence"),
    Main("documents", TEAM, "/complaints/{case}/documents"),
    Main("allocation", TEAM, "/allocation?reference={case}"),
    Main("calendar", TEAM, "/board/calendar"),
    Main("case-past", MANAGER, "/complaints/{case}/past"),
    Main("case-changes", MANAGER, "/complaints/{case}/changes"),
    Main("board-past", MANAGER, "/board/past"),
    Main("figures", BOARD_MEMBER, "/figures"),
    Main("figures-changes", MANAGER, "/figures/changes"),
    Main("audit", AUDITOR, "/complaints/{case}/audit"),
    Main("administration", ADMINISTRATOR, "/administration"),
    Main("policies", ADMINISTRATOR, "/administration/policies"),
    Main("policy", ADMINISTRATOR, "/administration/policies/packs/kctmo-2010"),
    Main("policies-compared", ADMINISTRATOR, "/administration/policies/compare"),
    Main("policy-adopted", ADMINISTRATOR, "/administration/policies/adopt"),
    Main("calendars", ADMINISTRATOR, "/administration/calendars"),
    Main("calendar-adopted", ADMINISTRATOR, "/administration/calendars/adopt"),
    Main("people", ADMINISTRATOR, "/administration/people"),
    Main("organisations", ADMINISTRATOR, "/administration/organisations"),
    Main("simulations", MANAGER, "/administration/simulations"),
    Main("wordings", ADMINISTRATOR, "/administration/letters"),
    Main("brand", ADMINISTRATOR, "/administration/brand"),
    Main("notices", ADMINISTRATOR, "/administration/notices"),
    Main("operation", ADMINISTRATOR, "/administration/operation"),
    Main("reads", AUDITOR, "/administration/reads"),
)
named = pytest.mark.parametrize("main", PAGES, ids=lambda main: main.name)


def opened(open_page: Open, main: Main, *, scripts: bool = True) -> Page:
    """The page, with the person signed in."""
    page = open_page(officer=main.officer, scripts=scripts)
    address = main.address
    if "{case}" in address:
        page.goto("/board")
        address = address.format(case=page.locator("tbody a").first.inner_text())
    page.goto(address)
    return page


@named
def test_a_page_is_accessible_at_both_widths(open_page: Open, main: Main) -> None:
    page = opened(open_page, main)
    expect(page.locator("h1")).to_have_count(1)
    assert violations(page) == []
    for width in (1280, 320):
        page.set_viewport_size({"width": width, "height": 900})
        assert not scrolls_sideways(page)
        page.screenshot(path=SCREENSHOTS / f"page-{main.name}-{width}.png", full_page=True)


@named
def test_a_page_is_light_and_whole_without_a_script(open_page: Open, main: Main) -> None:
    page = opened(open_page, main)
    weight = weigh(page)
    assert weight <= MOST_KILOBYTES * 1024, f"{main.address}: {weight:,} bytes compressed"
    plain = opened(open_page, main, scripts=False)
    assert plain.locator("h1").inner_text() == page.locator("h1").inner_text()
    assert plain.locator("main form").count() == page.locator("main form").count()

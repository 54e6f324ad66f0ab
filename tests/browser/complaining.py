"""A resident who makes a complaint in a browser, page after page."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from playwright.sync_api import Page, expect

Answer = Callable[[Page], object]
Look = Callable[[Page, str], None]


def _for_myself(page: Page) -> None:
    page.get_by_label("For myself", exact=True).check()


def _for_somebody_else(page: Page) -> None:
    page.get_by_label("For somebody else").check()


def _who_speaks(page: Page) -> None:
    page.get_by_label("Your full name").fill("Ida Helper")
    page.get_by_label("Friend or neighbour").check()
    page.get_by_label("Telephone number").fill("020 7946 0000")


def _consent(page: Page) -> None:
    page.get_by_label("Yes, they have agreed").check()
    page.get_by_label("How they agreed").fill("She signed a letter on Monday.")


def _nothing(page: Page) -> None:
    del page


def _contact(page: Page) -> None:
    page.get_by_label("By email", exact=True).check()
    page.get_by_label("Email address, for").fill("ada@example.org")


def _home(page: Page) -> None:
    page.get_by_label("Address of the home").fill("7 Mill Lane\nLondon\nSW1A 1AA")
    page.get_by_label("Mill Lane Tenant Management").check()


def _needs(page: Page) -> None:
    page.get_by_label("Large print").check()


# What is done on each page, by its address.
FOR_MYSELF: Mapping[str, Answer] = {
    "for-whom": _for_myself,
    "name": lambda page: page.get_by_label("Full name").fill("Ada Example"),
    "contact": _contact,
    "home": _home,
    "what-happened": lambda page: page.get_by_label("Tell us").fill(
        "The lift has been out of order since Friday."
    ),
    "dangers": _nothing,
    "what-would-put-it-right": _nothing,
    "photos": _nothing,
    "needs": _needs,
}
FOR_ANOTHER: Mapping[str, Answer] = {
    **FOR_MYSELF,
    "for-whom": _for_somebody_else,
    "representative": _who_speaks,
    "consent": _consent,
}


def step_of(page: Page) -> str:
    """Which page of the journey is shown."""
    return page.url.rpartition("/complain/")[2].partition("?")[0]


def left(page: Page, step: str) -> None:
    """Waits until another page is shown."""
    expect(page).not_to_have_url(re.compile(rf"/complain/{step}(\?.*)?$"))


def walk(page: Page, answers: Mapping[str, Answer], *, look: Look | None = None) -> None:
    """From the first page to the one that checks the answers; `look` sees each page before it is left."""
    page.goto("/complain")
    page.get_by_role("button", name="Start").click()
    while (step := step_of(page)) != "check":
        answers[step](page)
        if look is not None:
            look(page, step)
        page.get_by_role("button", name="Continue").click()
        left(page, step)


def complain(page: Page) -> None:
    """One more complaint, as a resident makes it."""
    walk(page, FOR_MYSELF)
    page.get_by_role("button", name="Send the complaint").click()
    expect(page.locator("h1")).to_contain_text("We have received your complaint")

"""A whole installation with its demonstration for a test process, and a real browser to look at it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from services.redress.assembly import embedded_postgres
from shared.runtime.settings import Settings
from tests.acceptance.running import RunningProcess, environment
from tests.browser.looking import Watched, watch
from tests.support.browser import ARGUMENTS, find_chromium
from tests.support.data_directories import fresh_data_directory

LONGEST_WAIT_MILLISECONDS = 20_000.0
Open = Callable[..., Page]


@pytest.fixture(scope="session")
def address() -> Iterator[str]:
    """Where `redress up` serves its demonstration."""
    with fresh_data_directory() as data:
        running = RunningProcess(
            "up", variables=environment(data), log=data.parent / "up.log", port=0
        )
        running.start()
        try:
            running.serving()
            yield running.address
        finally:
            running.end()
            embedded_postgres(Settings(data_directory=data)).remove()


# For a module, not for a session: while it is open, no other test of the process can run a loop.
@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """The browser."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def open_page(chromium: Browser, address: str) -> Iterator[Open]:
    """`open_page(width=320, scripts=False, officer="dana-okafor")`: a fresh page, signed in where
    an officer is named. At the end nothing may have been said on its console or asked of others.
    """
    contexts = []
    watched: list[Watched] = []

    def new(*, width: int = 1280, scripts: bool = True, officer: str = "") -> Page:
        context = chromium.new_context(
            viewport={"width": width, "height": 900},
            java_script_enabled=scripts,
            base_url=address,
            reduced_motion="reduce",
        )
        context.set_default_timeout(LONGEST_WAIT_MILLISECONDS)
        contexts.append(context)
        page = context.new_page()
        watched.append(watch(page, address))
        if officer:
            page.goto("/sign-in")
            page.locator(f'form:has(input[value="{officer}"]) button').click()
        return page

    yield new
    for context in contexts:
        context.close()
    assert [line for seen in watched for line in (*seen.said, *seen.outside)] == []

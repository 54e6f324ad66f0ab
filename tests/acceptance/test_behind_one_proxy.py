"""Services in processes of their own behind one reverse proxy: a resident and staff meet one site, and never learn
what stands behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urljoin, urlsplit

import httpx2 as httpx
import pytest
from fastapi import APIRouter
from fastapi.routing import APIRoute
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from services.redress.assembly import Installation
from services.redress.parts import SERVICES
from shared.identity.credentials import SECURE_COOKIE
from shared.messaging.local_bus import LocalBus
from shared.runtime.clock import SystemClock
from shared.runtime.settings import Settings
from tests.acceptance.behind_proxy import PUBLIC_NAME, WITH_HTTP, Site, site
from tests.browser.complaining import FOR_MYSELF, walk
from tests.browser.looking import Watched, watch
from tests.documents.files import PDF
from tests.support.browser import ARGUMENTS, find_chromium
from tests.support.eventually import eventually
from tests.support.postgres import TestDatabase
from tests.support.proxies import CONFIGURATION, shipped

OFFICER, MANAGER, ADMINISTRATOR = "dana-okafor", "helen-marsh", "tom-ashby"
PAGES_OF = {
    OFFICER: ("/board", "/board/past", "/find", "/figures", "/allocation", "/staff/complaints/new"),
    MANAGER: ("/approvals", "/handled-by/priya-nair", "/board/calendar"),
    ADMINISTRATOR: ("/administration", "/administration/operation", "/administration/letters"),
}
LONGEST_WAIT_MILLISECONDS = 20_000.0


@pytest.fixture(params=["demonstration", "production"])
def here(
    request: pytest.FixtureRequest, database: TestDatabase, rabbit_url: str, tmp_path: Path
) -> Iterator[Site]:
    is_demonstration = request.param == "demonstration"
    with site(database, rabbit_url, tmp_path, is_demonstration=is_demonstration) as made:
        yield made


@pytest.fixture
def chromium() -> Iterator[Browser]:
    """A browser for which the public name leads to this machine, as DNS would have it."""
    expect.set_options(timeout=LONGEST_WAIT_MILLISECONDS)  # processes start and work beside others
    arguments = [*ARGUMENTS, f"--host-resolver-rules=MAP {PUBLIC_NAME} 127.0.0.1"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=arguments)
        yield browser
        browser.close()


class Visitor:
    """One browser at the site, of which everything is noted that a page does and where it leads."""

    def __init__(self, chromium: Browser, here: Site, followed: set[str]) -> None:
        self.here = here
        self.followed = followed
        self.context: BrowserContext = chromium.new_context(
            base_url=here.public, ignore_https_errors=True, reduced_motion="reduce"
        )
        self.context.set_default_timeout(LONGEST_WAIT_MILLISECONDS)
        self.page: Page = self.context.new_page()
        self.seen: Watched = watch(self.page, here.public)
        self.failed: list[str] = []
        self.page.on(
            "response",
            lambda answer: (
                self.failed.append(f"{answer.status} {answer.url}")
                if answer.status >= 400
                else None
            ),
        )

    def looks(self) -> None:
        """The page has its style, says nothing of the inside, and every link of it leads somewhere here."""
        page = self.page
        assert page.url.startswith(f"{self.here.public}/")
        assert page.evaluate("document.styleSheets.length"), page.url
        family = page.evaluate("getComputedStyle(document.querySelector('h1')).fontFamily")
        assert "serif" not in family.replace("sans-serif", ""), (page.url, family)
        assert not self.here.internal.search(page.content()), page.url
        for link in self.links():
            kind = re.sub(r"[0-9]+", "0", urlsplit(link)._replace(query="").geturl())
            if kind in self.followed:
                continue
            self.followed.add(kind)
            status, address, text = page.evaluate(
                "async link => { const it = await fetch(link); return [it.status, it.url, await it.text()] }",
                link,
            )
            assert status < 400, (page.url, link, status)
            assert address.startswith(f"{self.here.public}/"), (page.url, link, address)
            assert not self.here.internal.search(text), (page.url, link)

    def links(self) -> list[str]:
        """What the page links to, each once; never another site."""
        found = self.page.eval_on_selector_all("a[href]", "all => all.map(it => it.href)")
        others = {urlsplit(link)._replace(fragment="").geturl() for link in found}
        inside = sorted(link for link in others if not link.startswith(("mailto:", "tel:")))
        outside = [link for link in inside if not link.startswith(self.here.public)]
        assert not [link for link in outside if self.here.internal.search(link)], outside
        return [link for link in inside if link.startswith(self.here.public)]

    def in_as(self, officer: str) -> None:
        """Signs in: with a click, or with a session that an operator began."""
        if self.here.is_demonstration:
            self.page.goto("/sign-in")
            self.page.locator(f'form:has(input[value="{officer}"]) button').click()
            expect(self.page).to_have_url(f"{self.here.public}/board")
            return
        session, public = self.here.session_of(officer), self.here.public
        self.context.add_cookies(
            [{"name": SECURE_COOKIE, "value": session, "url": public, "secure": True}]
        )

    def leaves(self) -> None:
        """At the end nothing was said on the console, asked of others, or refused."""
        cookies = self.context.cookies()
        self.context.close()
        assert self.seen.said + self.seen.outside == []
        assert self.failed == []
        assert [each["name"] for each in cookies if not each["name"].startswith("__Host-")] == []


def complained(visitor: Visitor) -> str:
    """The resident journey from the front page to the confirmation; the reference."""
    page = visitor.page
    page.goto("/")
    visitor.looks()
    page.locator("main").get_by_role("button", name="Make a complaint").click()
    visitor.looks()
    walk(page, FOR_MYSELF)
    visitor.looks()
    page.get_by_role("button", name="Send the complaint").click()
    expect(page.locator("h1")).to_contain_text("We have received your complaint")
    return page.locator(".govuk-panel__body strong").inner_text()


def code_for(here: Site, reference: str) -> str:
    """The code that was mailed for a case."""

    def mailed() -> str | None:
        codes = [
            found.group(1)
            for text in here.letters()
            if reference in text and (found := re.search(r"^ +([0-9]{8})$", text, re.MULTILINE))
        ]
        return codes[-1] if codes else None

    return eventually(mailed) or ""


def follows(visitor: Visitor, reference: str) -> None:
    """The resident signs in at /track, looks at every page of the case, and adds to it."""
    page, here = visitor.page, visitor.here
    page.get_by_role("link", name="Follow your complaint").click()
    eventually(lambda: here.has_taken(reference), within_seconds=90.0)  # a seeded year comes first
    page.get_by_role("button", name="Continue").click()
    page.get_by_label("Code", exact=True).fill(code_for(here, reference))
    page.get_by_role("button", name="Sign in").click()
    expect(page).to_have_url(f"{here.public}/track/{reference}")
    visitor.looks()
    page.get_by_role("link", name="Add information").click()
    page.get_by_label("What you want to tell us").fill("It stopped again.")
    page.get_by_role("button", name="Send").click()
    expect(page.get_by_text("We have received what you told us")).to_be_visible()
    page.get_by_role("navigation", name="Pages of").get_by_role("link", name="Letters").click()
    visitor.looks()
    assert all(f"{here.public}/" in text for text in here.letters() if "://" in text)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_text("You are signed out.")).to_be_visible()


def works_on(visitor: Visitor, reference: str) -> None:
    """An officer opens the case, writes a note and adds a file: forms of one service lead to pages of another."""
    page = visitor.page
    page.goto(f"/complaints/{reference}")
    visitor.looks()
    page.goto(f"/complaints/{reference}/actions")
    visitor.looks()
    page.get_by_role("link", name="Add an internal note").click()
    page.get_by_label("The note").fill("Rang the resident.")
    page.get_by_role("button", name="Add an internal note").click()
    expect(page).to_have_url(re.compile(rf"^{visitor.here.public}/complaints/{reference}"))
    page.goto(f"/complaints/{reference}/actions/documents")
    page.get_by_label("Files").set_input_files(
        {"name": "report.pdf", "mimeType": "application/pdf", "buffer": PDF}
    )
    page.get_by_label("What they are").select_option("photo")
    page.get_by_label("Who brought them").select_option("complainant")
    page.get_by_role("button", name="Add", exact=True).click()
    expect(page).to_have_url(re.compile(rf"^{visitor.here.public}/complaints/{reference}"))
    page.goto("/find")
    page.locator("#q").fill(reference)
    page.get_by_role("button", name="Find").click()
    expect(page).to_have_url(f"{visitor.here.public}/complaints/{reference}")  # the only one


def is_told_of_changes(visitor: Visitor, key: str) -> None:
    """A board that is open hears of a complaint that a program makes meanwhile."""
    page = visitor.page
    page.goto("/board")
    made = visitor.here.asked(
        "POST",
        "/api/v1/complaints",
        json={
            "organisation": "mill-lane",
            "complainant": {"name": "Ada Example", "email": "ada@example.org"},
            "complaint": "The lift has been out of order since Friday.",
            "received_at": datetime.now(UTC).isoformat(),
        },
        headers={"Idempotency-Key": key},
    )
    assert made.status_code == 201, made.text
    assert urlsplit(urljoin(visitor.here.public, made.headers["location"])).hostname == PUBLIC_NAME
    expect(page.locator(".app-changes")).to_contain_text("changed since this page was made")


@pytest.mark.acceptance
@pytest.mark.rabbitmq
@pytest.mark.timeout(420)
def test_residents_and_staff_meet_one_site_through_the_proxy(here: Site, chromium: Browser) -> None:
    followed: set[str] = set()  # links by their kind: the board leads to hundreds of cases
    resident = Visitor(chromium, here, followed)
    reference = complained(resident)
    follows(resident, reference)
    resident.leaves()
    for officer, pages in PAGES_OF.items():
        visitor = Visitor(chromium, here, followed)
        visitor.in_as(officer)
        for path in pages:
            visitor.page.goto(path)
            visitor.looks()
        if officer == OFFICER:
            works_on(visitor, reference)
            is_told_of_changes(visitor, "through-the-proxy")
        if officer == ADMINISTRATOR:
            visitor.page.goto("/administration/notices")
            visitor.looks()
        visitor.page.goto("/board")
        with visitor.page.expect_navigation():  # a page that is on its way is not closed
            visitor.page.get_by_role("button", name="Sign out").click()
        visitor.leaves()
    if here.plain is not None:
        goes_on_encrypted(here.plain)
    credential = here.session_of(MANAGER)
    board = here.asked("GET", "/api/v1/board", headers={"Authorization": f"Bearer {credential}"})
    assert board.status_code == 200
    assert here.asked("GET", "/health/ready").status_code in {404, 502}


def goes_on_encrypted(port: int) -> None:
    """Whoever comes without encryption is sent to the same page with it."""
    answer = httpx.get(f"http://127.0.0.1:{port}/track?reference=R", headers={"Host": PUBLIC_NAME})
    assert answer.status_code == 308
    assert answer.headers["location"] == f"https://{PUBLIC_NAME}/track?reference=R"


def routes_of(router: APIRouter) -> Iterator[APIRoute]:
    """Every route of a router and of those that it includes."""
    for route in router.routes:
        inner = getattr(route, "original_router", None)
        if inner is not None:
            yield from routes_of(inner)
        elif isinstance(route, APIRoute):
            yield route


def sample(path: str) -> str:
    """An address that the route answers."""
    return re.sub(r"\{\w+\}", "RC-2026-000001", path)


def routes_by_service(folder: Path) -> dict[str, set[str]]:
    """The addresses of every service with pages; nothing is connected to."""
    settings = Settings(data_directory=folder)
    found: dict[str, set[str]] = {}
    for name in WITH_HTTP:
        inst = Installation(
            settings=settings, conninfo="host=/nowhere connect_timeout=1", clock=SystemClock()
        )
        part = SERVICES[name](inst, LocalBus(folder / "parked"))
        found[name] = {sample(route.path) for router in part.routers for route in routes_of(router)}
        inst.close()
    return found


def test_the_delivered_proxy_sends_every_route_to_its_service(tmp_path: Path) -> None:
    configuration = shipped()
    wrong, used = [], set()
    for service, paths in routes_by_service(tmp_path).items():
        for path in sorted(paths):
            route = configuration.route_of(path)
            used.add(route)
            if route is None or route.service != service:
                wrong.append(f"{path} is of {service}, and is sent to {route}")
    assert wrong == []
    shared = ("/", "/assets/style.css", "/brand/riverside-1.css", "/api/v1/openapi.json")
    used |= {configuration.route_of(path) for path in shared}
    assert None not in used
    left = [route for route in configuration.routes if route not in used]
    assert [route.pattern for route in left] == [
        "default"
    ]  # no line for what is not there any more


def test_the_delivered_containers_are_all_services_and_only_the_proxy_is_reached() -> None:
    text = (CONFIGURATION.parent / "compose.yaml").read_text("utf-8")
    started = re.findall(r"^  (\w+): \{<<: \*redress, command: \[(\w+)\]", text, re.MULTILINE)
    assert [name for name, _ in started] == [command for _, command in started]
    assert {name for name, _ in started} == set(SERVICES)
    before, proxy = text.split("\n  proxy:\n")
    assert "ports:" not in before
    assert all(
        re.search(rf"^      {name}: [&*]together", proxy, re.MULTILINE) for name in WITH_HTTP
    )
    believed = re.search(r"FORWARDED_ALLOW_IPS: (\S+)", before)
    subnet = re.search(r"subnet: ([^}\s]+)", proxy)
    assert believed is not None
    assert subnet is not None
    assert believed.group(1) == subnet.group(1)

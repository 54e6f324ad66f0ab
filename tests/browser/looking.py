"""What every page is looked at for: accessibility, width, titles, and that nothing leaves the
machine or is said on the console.
"""

from __future__ import annotations

import gzip
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from playwright.sync_api import ConsoleMessage, Page, Request, Response

from tests.support.browser import make_sure_of_axe

WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]


@dataclass
class Watched:
    """What a page did besides showing itself."""

    said: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)


def watch(page: Page, address: str) -> Watched:
    """Notes every console message and every request that does not go to `address`."""
    seen = Watched()

    def heard(message: ConsoleMessage) -> None:
        # A refused form answers 4xx, which the browser itself puts on its console.
        if "the server responded with a status of 4" not in message.text:
            seen.said.append(f"{page.url}: {message.text}")

    def asked(request: Request) -> None:
        parts = urlsplit(request.url)
        if f"{parts.scheme}://{parts.netloc}" != address and parts.scheme not in {"data", "blob"}:
            seen.outside.append(request.url)

    page.on("console", heard)
    page.on("pageerror", lambda error: seen.said.append(f"{page.url}: {error}"))
    page.on("request", asked)
    return seen


def violations(page: Page) -> list[str]:
    """What axe-core finds against WCAG 2.2 A and AA: the rule, and where."""
    page.evaluate(
        make_sure_of_axe().read_text("utf-8")
    )  # evaluate stands outside the page's policy
    found: dict[str, Any] = page.evaluate(
        "tags => axe.run(document, {runOnly: {type: 'tag', values: tags}})", WCAG
    )
    return [
        f"{page.url}: {one['id']}: {node['html'][:200]}: {node.get('failureSummary', '')[:300]}"
        for one in found["violations"]
        for node in one["nodes"]
    ]


def scrolls_sideways(page: Page) -> bool:
    """Whether the page is wider than its window."""
    return bool(
        page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth")
    )


def weigh(page: Page) -> int:
    """The bytes of the page as a first visit loads it, with style, scripts and font, each as gzip makes it."""
    answers: list[Response] = []

    def answered(answer: Response) -> None:
        answers.append(answer)

    fresh = page.context.new_page()
    # A page of its own still has the cache of its context; going around it shows a first visit.
    fresh.route("**/*", lambda route: route.continue_())
    fresh.on("response", answered)
    fresh.goto(page.url, wait_until="load")
    # What announces changes never ends, and is nothing of the page.
    whole = [each for each in answers if "event-stream" not in each.headers.get("content-type", "")]
    total = sum(len(gzip.compress(each.body())) for each in whole)
    fresh.close()
    return total

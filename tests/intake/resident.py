"""A resident at a browser without scripts, who answers page after page."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape
from typing import Any

from starlette.testclient import TestClient

OWN_ORIGIN = {"Origin": "http://127.0.0.1:8000"}
LIFT = "The lift <b>stands</b> still.\r\nSince Friday."
MYSELF: dict[str, dict[str, str]] = {
    "for-whom": {"for_whom": "myself"},
    "name": {"name": "Jo Bloggs"},
    "contact": {"answer_by": "email", "email": "jo@example.org"},
    "home": {"home": "7 Mill Lane\nLondon", "organisation": "riverside-homes"},
    "what-happened": {"complaint": LIFT},
    "dangers": {},
    "what-would-put-it-right": {},
    "photos": {},
    "needs": {},
}
FOR_A_NEIGHBOUR: dict[str, dict[str, str]] = {
    **MYSELF,
    "for-whom": {"for_whom": "somebody_else"},
    "representative": {
        "representative_name": "Ida Helper",
        "relation": "friend",
        "representative_phone": "020 7946 0000",
    },
    "consent": {"consent": "said", "consent_words": "She signed a letter."},
}


class Resident:
    """One browser: keeps its cookies, follows where an answer leads."""

    def __init__(self, client: TestClient) -> None:
        self.client = client

    def get(self, address: str) -> Any:
        """A page."""
        return self.client.get(address)

    def post(self, address: str, fields: Mapping[str, str] | None = None) -> Any:
        """A form, as a page of ours sends it."""
        return self.client.post(address, data=dict(fields or {}), headers=OWN_ORIGIN)

    def start(self, landlord: str = "riverside") -> str:
        """Begins; the address of the first page."""
        return str(self.post("/complain/start", {"landlord": landlord}).headers["location"])

    def walk(
        self, answers: Mapping[str, Mapping[str, str]], *, until: str = "/complain/check"
    ) -> list[str]:
        """Answers every page with what is known for it, until the address; the pages seen on the way."""
        address, seen = self.start(), []
        while address != until:
            step = address.removeprefix("/complain/")
            seen.append(step)
            page = self.get(address)
            assert page.status_code == 200, (address, page.text)
            sent = self.post(address, answers[step])
            assert sent.status_code == 303, (address, errors_on(sent.text))
            address = sent.headers["location"]
        return seen

    def complain(self, answers: Mapping[str, Mapping[str, str]]) -> Any:
        """Walks to the end and sends; the answer to the sending."""
        self.walk(answers)
        return self.post("/complain/send")


def errors_on(page: str) -> dict[str, str]:
    """The errors in the summary: message by field."""
    found = re.findall(r'<li><a href="#(\w+)">([^<]*)</a>', page)
    return {field: unescape(message) for field, message in found}


def rows_on(page: str) -> dict[str, str]:
    """What the page of answers says: text by label."""
    found = re.findall(
        r'summary-list__key">([^<]*)</dt>\s*<dd class="[^"]*">([^<]*)</dd>', page, re.DOTALL
    )
    return {unescape(label): unescape(text) for label, text in found}

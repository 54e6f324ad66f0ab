"""A browser in the hands of those who administer: with their officers, the pages, and forms as a browser sends them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from fastapi import FastAPI
from starlette.testclient import TestClient

from services.workflow import (
    administration_pages,
    calendar_adoption_pages,
    policy_adoption_pages,
    policy_pages,
)
from services.workflow.adoption_desk import AdoptionDesk
from shared.complaints.events import RULEBOOK
from tests.workflow.office import LANDLORD, Office

OPEN = "RC-2026-000001"  # the complaint that every page finds
OFFICERS = {
    "gil": ("riverside", "Gil Ward", "administrator"),
    "gina": ("riverside", "Gina Abel", "administrator"),
    "hana": ("mill-lane", "Hana Ito", "administrator"),
    "ines": ("riverside", "Ines Roy", "auditor"),
    "jo": ("riverside-homes", "Jo Wren", "board_member"),
}


@dataclass
class Administration:
    """The pages of one office."""

    office: Office
    client: TestClient

    def get(self, address: str, officer: str = "gil", **params: Any) -> Any:
        """A page."""
        headers = self.office.signed_in(officer) | {"accept": "text/html"}
        return self.client.get(address, params=params, headers=headers)

    def post(self, address: str, officer: str = "gil", *, files: Any = None, **form: Any) -> Any:
        """The answer to a form."""
        headers = self.office.signed_in(officer) | {
            "Sec-Fetch-Site": "same-origin",
            "accept": "text/html",
        }
        return self.client.post(address, data=form, files=files, headers=headers)


def administration(office: Office) -> Administration:
    """The pages, with two administrators of the council, one of a TMO, an auditor and a board member."""
    office.register_officers(OFFICERS)
    client = office.client()
    assert isinstance(client.app, FastAPI)
    desk = AdoptionDesk(
        recorder=office.recorder,
        database=office.database,
        clock=office.clock,
        after_append=office.appended.append,
    )
    for router in (
        administration_pages.router(),
        policy_pages.router(desk),
        policy_adoption_pages.router(desk),
        calendar_adoption_pages.router(desk),
    ):
        client.app.include_router(router)
    return Administration(office, client)


def rulebook(office: Office) -> list[Any]:
    """What the landlord's rulebook tells."""
    return list(office.recorder.load(LANDLORD, RULEBOOK))


def words(page: str) -> str:
    """What a page says, without its markup and its spaces."""
    body = page[page.index("<main") : page.index("</main>")]
    return " ".join(re.sub(r"<[^>]+>", " ", body).replace("&#39;", "'").split())


def hidden(page: str) -> dict[str, str]:
    """The hidden fields of the first form of a page, as a browser would send them again."""
    form = re.search(r'<form method="post".*?</form>', page, re.DOTALL)
    assert form is not None
    fields = re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', form[0])
    return dict(fields)

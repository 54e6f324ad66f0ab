"""What the index of administration shows can be opened, and what can be opened is shown: for every role."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from fastapi.testclient import TestClient

from services.redress.assembly import Installation
from services.redress.parts import all_parts
from services.redress.serving import application
from shared.calendars.england import england_calendar_document
from shared.identity.sessions import begin_session, credential
from shared.messaging.local_bus import LocalBus
from shared.registry.calendars import adopt_calendar
from shared.registry.landlords import (
    Landlord,
    Organisation,
    register_landlord,
    register_organisation,
)
from shared.registry.officers import ROLES, Officer, register_officer
from shared.web.administration import ADDRESS, ENTRIES

pytestmark = pytest.mark.postgres
COUNCIL, TMO = "riverside", "mill-lane"
Client = Callable[[str, str], TestClient]


@pytest.fixture
def signed_in(installed: Installation) -> Client:
    """A browser of somebody in a role of an organisation, on the whole application."""
    inst = installed
    now = inst.clock.now()
    bus = LocalBus(inst.settings.data_directory / "parked")
    app = application(inst, bus, all_parts(inst, bus))
    with inst.owner.transaction(COUNCIL) as cursor:
        register_landlord(cursor, Landlord(COUNCIL, "Riverside", "council", "RC"), now=now)
        adopt_calendar(cursor, COUNCIL, england_calendar_document(), now, by="test")
        register_organisation(cursor, Organisation(COUNCIL, COUNCIL, "Riverside", "council"))
        register_organisation(cursor, Organisation(COUNCIL, TMO, "Mill Lane", "tmo"))

    def browser(role: str, organisation: str) -> TestClient:
        officer = f"{role.replace('_', '-')}-{organisation}"
        token = officer.ljust(40, "x")
        with inst.owner.transaction(COUNCIL) as cursor:
            register_officer(
                cursor, Officer(COUNCIL, officer, organisation, "Ada Quayle", "a@example.org", role)
            )
            begin_session(cursor, landlord=COUNCIL, officer=officer, token=token, now=now)
        headers = {"authorization": f"Bearer {credential(COUNCIL, token)}", "accept": "text/html"}
        return TestClient(app, headers=headers, follow_redirects=False)

    return browser


@pytest.mark.parametrize("organisation", [COUNCIL, TMO])
def test_the_index_shows_what_the_officer_may_open_and_nothing_else(
    signed_in: Client, organisation: str
) -> None:
    for role in sorted(ROLES):
        client = signed_in(role, organisation)
        index = client.get(ADDRESS)
        shown = set(re.findall(rf'<li><a class="govuk-link" href="({ADDRESS}/[a-z]+)"', index.text))
        opened = {e.address for e in ENTRIES if client.get(e.address).status_code == 200}
        assert shown == opened, role
        assert (index.status_code == 200) == bool(opened), role
        assert (f'href="{ADDRESS}"' in client.get("/board").text) == bool(opened), role


def test_administration_is_marked_in_the_navigation_on_every_page_below_it(
    signed_in: Client,
) -> None:
    client = signed_in("administrator", COUNCIL)
    marked = f'href="{ADDRESS}" aria-current="{{}}"'
    assert marked.format("page") in client.get(ADDRESS).text
    for address in (f"{ADDRESS}/people", f"{ADDRESS}/people/new", f"{ADDRESS}/policies"):
        assert marked.format("true") in client.get(address).text
    assert f'href="{ADDRESS}" aria-current' not in client.get("/board").text

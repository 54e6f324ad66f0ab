"""Several complaints given to one officer: each by its own command, with a result for each."""

from __future__ import annotations

import re
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.workflow import allocation_pages
from services.workflow.allocation_pages import LONGEST_REASON, MOST_AT_ONCE
from services.workflow.staff import StaffDesk
from tests.workflow.office import Office

BOILER, DOOR, ROOF = (f"RC-2026-00000{number}" for number in (1, 2, 3))


@pytest.fixture
def client(office: Office) -> TestClient:
    """A browser; two complaints of the ALMO and one of the TMO are open."""
    office.open(BOILER)
    office.open(DOOR)
    office.open(ROOF, organisation="mill-lane")
    client = office.client()
    assert isinstance(client.app, FastAPI)
    client.app.include_router(allocation_pages.router(StaffDesk(office.handling)))
    return client


def opened(office: Office, client: TestClient, *references: str, officer: str = "ben") -> Any:
    """The form for these complaints."""
    headers = office.signed_in(officer) | {"accept": "text/html"}
    return client.get("/allocation", params={"reference": list(references)}, headers=headers)


def send(office: Office, client: TestClient, officer: str = "ben", **form: Any) -> Any:
    """The answer to the form."""
    headers = office.signed_in(officer) | {"Sec-Fetch-Site": "same-origin", "accept": "text/html"}
    fields = {"form_key": "key-of-the-form", "handler": "flora"} | form
    return client.post("/allocation", data=fields, headers=headers)


def results(page: str) -> dict[str, str]:
    """What the page says of each complaint."""
    rows = re.findall(r'href="/complaints/([^"]+)">.*?<td[^>]*>(.*?)</td>', page, re.DOTALL)
    return {reference: " ".join(re.sub(r"<[^>]+>", " ", said).split()) for reference, said in rows}


def test_each_chosen_complaint_is_allocated_by_its_own_command(
    office: Office, client: TestClient
) -> None:
    page = opened(office, client, BOILER, DOOR, BOILER).text
    assert "2 chosen" in page
    sent = send(office, client, reference=[BOILER, DOOR])
    assert results(sent.text) == {BOILER: "Allocated", DOOR: "Allocated"}
    assert "2 of 2 allocated to Flora Beck" in sent.text
    for reference in (BOILER, DOOR):
        assert office.names(reference).count("allocated") == 1
        assert office.case(reference).events[-1].actor == "ben"


def test_what_is_refused_for_one_is_said_and_the_others_are_done(
    office: Office, client: TestClient
) -> None:
    send(office, client, reference=[BOILER])
    sent = send(office, client, reference=[BOILER, DOOR, ROOF], handler="cora", form_key="another")
    said = results(sent.text)
    assert "1 of 3 allocated" in sent.text
    assert said[DOOR] == "Allocated"
    assert said[BOILER].startswith("Not allocated:")
    assert said[ROOF] == f"Not allocated: There is no complaint {ROOF} here."
    assert "allocated" not in office.names(ROOF)
    reasoned = send(
        office, client, reference=[BOILER], handler="cora", form_key="third", words="On leave"
    )
    assert results(reasoned.text) == {BOILER: "Allocated"}


def test_the_same_form_sent_twice_is_done_once(office: Office, client: TestClient) -> None:
    for _ in range(2):
        assert results(send(office, client, reference=[BOILER]).text) == {BOILER: "Allocated"}
    assert office.names(BOILER).count("allocated") == 1


def test_a_form_that_cannot_be_comes_back_with_everything_typed(
    office: Office, client: TestClient
) -> None:
    nobody = send(office, client, reference=[BOILER], handler="", words="On leave")
    assert nobody.status_code == 422
    assert "Choose who considers them" in nobody.text
    assert "On leave</textarea>" in nobody.text
    assert f'name="reference" value="{BOILER}"' in nobody.text
    assert "Choose at least one complaint" in send(office, client).text
    long = send(office, client, reference=[BOILER], words="x" * (LONGEST_REASON + 1))
    assert "x</textarea>" in long.text
    assert "allocated" not in office.names(BOILER)


def test_so_many_are_allocated_at_once_and_no_more(office: Office, client: TestClient) -> None:
    many = [f"RC-2025-{number:06}" for number in range(MOST_AT_ONCE)]
    for answer in (
        opened(office, client, *many, BOILER),
        send(office, client, reference=[*many, BOILER]),
    ):
        assert answer.status_code == 422
        assert f"Choose at most {MOST_AT_ONCE} complaints at once" in answer.text
    assert "allocated" not in office.names(BOILER)


def test_a_complaint_of_others_is_neither_shown_nor_sent(
    office: Office, client: TestClient
) -> None:
    page = opened(office, client, BOILER, ROOF).text
    assert f'name="reference" value="{BOILER}"' in page
    assert f'name="reference" value="{ROOF}"' not in page
    assert "Mill Lane" not in page
    assert client.get("/allocation").headers["location"].startswith("/sign-in")


def test_no_other_site_allocates(office: Office, client: TestClient) -> None:
    headers = office.signed_in("ben") | {"Sec-Fetch-Site": "cross-site"}
    fields = {"form_key": "key", "handler": "flora", "reference": BOILER}
    assert client.post("/allocation", data=fields, headers=headers).status_code == 403

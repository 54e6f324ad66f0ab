"""The pages of people and organisations over HTTP: who may open them, and that nothing typed is lost."""

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from shared.database.pool import Database
from shared.registry.landlords import organisations
from shared.registry.officers import Officer, officer, officers, register_officer
from tests.administration.conftest import ADA, TOM
from tests.identity.building import AMARA, BEN, CERYS, RIVERSIDE, browser, sign_in

pytestmark = pytest.mark.postgres

PEOPLE, ORGANISATIONS = "/administration/people", "/administration/organisations"
NEW = {
    "name": "Nell <i>Okoro</i>",
    "email": "nell@example.org",
    "organisation": "homes",
    "role": "caseworker",
    "officer": "",
}


@pytest.fixture
def ada(app: FastAPI, owner: Database) -> TestClient:
    """The browser of the landlord's administrator."""
    client = browser(app)
    sign_in(owner, client, ADA)
    return client


@pytest.fixture
def tom(app: FastAPI, owner: Database) -> TestClient:
    """The browser of the administrator of one organisation."""
    client = browser(app)
    sign_in(owner, client, TOM)
    return client


def of(database: Database, officer_id: str) -> Officer:
    with database.transaction(RIVERSIDE) as cursor:
        found = officer(cursor, RIVERSIDE, officer_id)
    assert found is not None
    return found


@pytest.mark.parametrize("who", [AMARA, BEN, CERYS])
@pytest.mark.parametrize("path", [PEOPLE, f"{PEOPLE}/new", f"{PEOPLE}/ben", ORGANISATIONS])
def test_only_administrators_open_them(
    app: FastAPI, owner: Database, who: Officer, path: str
) -> None:
    client = browser(app)
    assert client.get(path).status_code == 303  # to the sign-in
    sign_in(owner, client, who)
    assert client.get(path).status_code == 403
    assert client.post(path, data=NEW).status_code in {403, 405}


def test_a_form_from_another_site_changes_nothing(ada: TestClient, owner: Database) -> None:
    elsewhere = {"sec-fetch-site": "cross-site"}
    for path in (f"{PEOPLE}/new", f"{PEOPLE}/ben", f"{PEOPLE}/ben/end", ORGANISATIONS):
        assert ada.post(path, data=NEW | {"sure": "yes"}, headers=elsewhere).status_code == 403
    assert of(owner, "ben") == BEN


def test_somebody_added_without_an_id_gets_one_that_says_nothing_about_them(
    ada: TestClient, owner: Database
) -> None:
    answer = ada.post(f"{PEOPLE}/new", data=NEW)
    assert answer.status_code == 303
    page = ada.get(answer.headers["location"]).text
    assert "may sign in from now on" in page
    assert "Nell &lt;i&gt;Okoro&lt;/i&gt;" in page
    with owner.transaction(RIVERSIDE) as cursor:
        added = next(one for one in officers(cursor, RIVERSIDE) if one.email == NEW["email"])
    assert added.officer.startswith("officer-")
    assert "nell" not in added.officer


def test_a_form_that_is_refused_comes_back_with_the_error_and_what_was_typed(
    ada: TestClient,
) -> None:
    answer = ada.post(f"{PEOPLE}/new", data=NEW | {"email": "nell", "officer": "desk-7"})
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert 'value="nell"' in answer.text
    assert 'value="desk-7"' in answer.text


def test_a_person_is_changed_ended_and_taken_back_and_the_page_says_who_did_it(
    ada: TestClient, owner: Database
) -> None:
    change = {"name": BEN.name, "email": BEN.email, "organisation": "homes", "role": "manager"}
    assert ada.post(f"{PEOPLE}/ben", data=change).status_code == 303
    assert (of(owner, "ben").organisation, of(owner, "ben").role) == ("homes", "manager")
    answer = ada.post(f"{PEOPLE}/ben/end", data={})
    assert (answer.status_code, 'href="#sure"' in answer.text) == (422, True)
    assert of(owner, "ben").is_working
    assert ada.post(f"{PEOPLE}/ben/end", data={"sure": "yes"}).status_code == 303
    page = ada.get(f"{PEOPLE}/ben?done=ended").text
    assert "/handled-by/ben" in page
    assert "caseworker became manager" in page
    assert page.count("by Ada Quayle") == 2
    assert not of(owner, "ben").is_working
    assert ada.post(f"{PEOPLE}/ben/back").status_code == 303
    assert of(owner, "ben").is_working


def test_whoever_left_is_listed_only_when_asked_for(ada: TestClient) -> None:
    ada.post(f"{PEOPLE}/ben/end", data={"sure": "yes"})
    assert "Ben Okafor" not in ada.get(PEOPLE).text
    assert "Ben Okafor" in ada.get(f"{PEOPLE}?left=yes").text
    found = ada.get(f"{PEOPLE}?left=yes&name=OKA&organisation=mill-lane").text
    assert ("Ben Okafor" in found, "Cerys Pugh" in found) == (True, False)


def test_a_long_list_comes_in_pages(ada: TestClient, owner: Database) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        for number in range(120):
            register_officer(
                cursor,
                Officer(
                    RIVERSIDE,
                    f"desk-{number}",
                    "homes",
                    f"Person {number:03}",
                    f"{number}@example.org",
                    "caseworker",
                ),
            )
    first = ada.get(f"{PEOPLE}?name=person").text
    assert ("120 people" in first, "Person 099" in first, "Person 100" in first) == (
        True,
        True,
        False,
    )
    second = ada.get(f"{PEOPLE}?name=person&page=2").text
    assert ("Person 119" in second, "Person 099" in second) == (True, False)


def test_an_administrator_who_gives_up_the_role_is_signed_out(
    ada: TestClient, owner: Database
) -> None:
    values = {"name": AMARA.name, "email": AMARA.email, "organisation": "riverside"}
    ada.post(f"{PEOPLE}/amara", data=values | {"role": "administrator"})
    own = {"name": ADA.name, "email": ADA.email, "organisation": "riverside", "role": "auditor"}
    assert ada.post(f"{PEOPLE}/ada", data=own).status_code == 303
    answer = ada.get(PEOPLE)
    assert (answer.status_code, answer.headers["location"].startswith("/sign-in")) == (303, True)


def test_the_last_administrator_is_told_why_they_stay(ada: TestClient, owner: Database) -> None:
    own = {"name": ADA.name, "email": ADA.email, "organisation": "riverside", "role": "auditor"}
    answer = ada.post(f"{PEOPLE}/ada", data=own)
    assert answer.status_code == 422
    assert "make somebody else an administrator first" in answer.text
    assert of(owner, "ada") == ADA


def test_an_organisations_administrator_sees_its_people_alone(tom: TestClient) -> None:
    page = tom.get(f"{PEOPLE}?left=yes").text
    assert ("Ben Okafor" in page, "Cerys Pugh" in page, "Ada Quayle" in page) == (
        True,
        False,
        False,
    )
    assert tom.get(f"{PEOPLE}/cerys").status_code == 404
    assert tom.post(f"{PEOPLE}/cerys/end", data={"sure": "yes"}).status_code == 404
    assert tom.post(f"{PEOPLE}/new", data=NEW).status_code == 422
    assert tom.get(ORGANISATIONS).status_code == 403
    assert tom.post(ORGANISATIONS, data={"name": "A", "kind": "tmo"}).status_code == 403


def test_an_organisation_is_added_renamed_and_its_history_told(
    ada: TestClient, owner: Database
) -> None:
    new = {"organisation": "weir-court", "name": "Weir Court TMO", "kind": "tmo"}
    assert ada.post(ORGANISATIONS, data=new).status_code == 303
    change = {"name": "Weir Court Tenants", "kind": "almo"}
    assert ada.post(f"{ORGANISATIONS}/weir-court", data=change).status_code == 303
    page = ada.get(f"{ORGANISATIONS}/weir-court").text
    assert "Weir Court TMO became Weir Court Tenants" in page
    assert "tmo became almo" in page
    with owner.transaction(RIVERSIDE) as cursor:
        found = {one.organisation: one for one in organisations(cursor, RIVERSIDE)}
    assert (found["weir-court"].name, found["weir-court"].kind) == ("Weir Court Tenants", "almo")
    assert "Weir Court Tenants" in ada.get(ORGANISATIONS).text


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"organisation": "Weir Court"}, "organisation"),
        ({"organisation": "homes"}, "organisation"),
        ({"name": ""}, "name"),
        ({"name": "mill lane tmo"}, "name"),
        ({"kind": "club"}, "kind"),
    ],
)
def test_an_organisation_that_cannot_be_is_refused_at_its_field(
    ada: TestClient, wrong: dict[str, str], field: str
) -> None:
    new = {"organisation": "weir-court", "name": "Weir Court TMO", "kind": "tmo"}
    answer = ada.post(ORGANISATIONS, data=new | wrong)
    assert answer.status_code == 422
    assert f'href="#{field}"' in answer.text


def test_a_kind_that_leaves_nobody_over_the_whole_landlord_is_refused(
    ada: TestClient, owner: Database
) -> None:
    answer = ada.post(
        f"{ORGANISATIONS}/riverside", data={"name": "Riverside Borough Council", "kind": "almo"}
    )
    assert answer.status_code == 422
    assert "Nobody would be left" in answer.text
    assert ada.get(f"{ORGANISATIONS}/nowhere").status_code == 404

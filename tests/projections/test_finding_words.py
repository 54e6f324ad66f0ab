"""A complaint is found by people and words, by those whose work it is, among the cases that they may see."""

from datetime import date
from uuid import UUID, uuid5

import pytest
from fastapi.testclient import TestClient
from httpx2 import Response

from services.projections import search_pages
from services.projections.finding import STANDS_IN
from services.projections.reading import Reading
from shared.complaints.events import AccessRestricted, NoteAdded
from shared.complaints.values import WordsReference
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.registry.officers import LOOKS_FOR_PEOPLE, ROLES, Officer, register_officer
from shared.vault.search_words import FOUND_IN, MOST_ASKED
from shared.vault.vault import Vault
from tests.identity.building import (
    AMARA,
    BEN,
    CERYS,
    RIVERSIDE,
    THU_9_APR_2026,
    application,
    browser,
    sign_in,
)
from tests.projections.building import DAMP, LIFT, append, mon_2_mar, opened, wed_1_apr

pytestmark = pytest.mark.postgres

IDS = UUID(int=99)
WILHELMINA, AMAL = UUID(int=7), UUID(int=8)
tue_7_apr = date(2026, 4, 7)
PEOPLE: dict[UUID, dict[str, str]] = {
    WILHELMINA: {
        "name": "Wilhelmina Marchbanks",
        "address": "14 Weir Street, Riverside RV1 9AA",
        "phone": "07700 900123",
        "email": "w.marchbanks@example.org",
        "complaint": "Black mould in the bedroom",
        "note": "The surveyor was rude to Ms Marchbanks.",
    },
    AMAL: {
        "name": "Amal Haddad",
        "address": "2 Weir Street, Riverside RV1 9AB",
        "complaint": "The lift is broken, and there is mould in it",
    },
}


@pytest.fixture
def cases(owner: Database, workflow: Database, follower: FeedFollower, vault: Vault) -> None:
    """Two cases, the second of the TMO, with what is kept of their people."""
    written: dict[tuple[UUID, str], WordsReference] = {}
    with owner.transaction(RIVERSIDE) as cursor:
        for subject, kept in PEOPLE.items():
            for kind, text in kept.items():
                written[subject, kind] = vault.write(
                    cursor,
                    landlord=RIVERSIDE,
                    subject=subject,
                    words=uuid5(IDS, f"{subject}/{kind}"),
                    kind=kind,
                    text=text,
                    now=THU_9_APR_2026,
                )
    damp = opened(
        DAMP, mon_2_mar, complainant=str(WILHELMINA), words=written[WILHELMINA, "complaint"]
    )
    note = NoteAdded(1, written[WILHELMINA, "note"])
    append(workflow, [(mon_2_mar, damp), (mon_2_mar, note)], reference=DAMP)
    lift = opened(LIFT, wed_1_apr, organisation="mill-lane", complainant=str(AMAL))
    append(workflow, [(wed_1_apr, lift)], reference=LIFT)
    follower.catch_up(RIVERSIDE)


@pytest.fixture
def client(cases: None, projections: Database, reading: Reading) -> TestClient:
    """A browser."""
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(search_pages.router(reading))
    return browser(app)


def find(client: TestClient, typed: str) -> Response:
    return client.post("/find", data={"q": typed})


@pytest.mark.parametrize(
    ("typed", "where"),
    [
        ("marchbanks", "Name, a note"),
        ("wilh", "Name"),
        ("MARCHBANKS mould", "Name, a note, what the complainant wrote"),
        ("14 rv1 9aa", "Address"),
        ("+44 7700 900123", "Telephone number"),
        ("w.marchbanks@example.org", "Email address"),
        ("bedroom", "What the complainant wrote"),
        ("surveyor rude", "A note"),
    ],
)
def test_it_is_found_by_whatever_is_known_of_it_and_says_where(
    client: TestClient, owner: Database, typed: str, where: str
) -> None:
    sign_in(owner, client, AMARA)
    page = find(client, typed).text
    assert f'href="/complaints/{DAMP}"' in page
    assert "Wilhelmina Marchbanks" in page
    found = page[page.index(f'href="/complaints/{DAMP}"') :].casefold()
    assert all(part in found for part in where.casefold().split(", "))
    assert LIFT not in page


def test_each_case_whose_person_was_shown_is_noted_as_seen(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    find(client, "mould")
    find(client, "nobody")
    with owner.transaction(RIVERSIDE) as cursor:
        rows = cursor.execute("SELECT reference, officer, page FROM access.read ORDER BY reference")
        noted = [tuple(row.values()) for row in rows]
    assert noted == [(DAMP, "amara", "search"), (LIFT, "amara", "search")]


def test_every_word_must_stand_in_the_same_case(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    both = find(client, "mould").text
    assert both.index(LIFT) < both.index(DAMP)  # the newest first
    assert "Nothing found" in find(client, "haddad bedroom").text
    assert "Nothing found" in find(client, "nobody").text


def test_a_reference_that_is_sent_opens_its_case(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    answer = find(client, DAMP)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/complaints/{DAMP}")
    several = find(client, "2026").text
    assert "2 found" in several
    assert "Amal Haddad" in several


def test_nobody_finds_the_people_of_another_organisation(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, BEN)
    assert LIFT in find(client, "mould").text
    assert "Nothing found" in find(client, "marchbanks").text


def test_a_marked_case_is_not_found_by_its_words(
    client: TestClient, owner: Database, workflow: Database, follower: FeedFollower
) -> None:
    marked = AccessRestricted(1, "staff_conduct", ("director",), ())
    append(workflow, [(tue_7_apr, marked)], reference=DAMP, after=2)
    follower.catch_up(RIVERSIDE)
    sign_in(owner, client, AMARA)
    assert "Nothing found" in find(client, "marchbanks").text
    assert DAMP not in find(client, "mould").text


@pytest.mark.parametrize("role", sorted(ROLES - LOOKS_FOR_PEOPLE))
def test_other_roles_find_a_case_by_its_reference_and_nobody_by_name(
    client: TestClient, owner: Database, role: str
) -> None:
    looker = Officer(RIVERSIDE, "lou", "riverside", "Lou Day", "lou@example.org", role)
    with owner.transaction(RIVERSIDE) as cursor:
        register_officer(cursor, looker)
    sign_in(owner, client, looker)
    for typed in ("marchbanks", "mould", "14 rv1 9aa"):
        page = find(client, typed).text
        assert "Nothing found" in page
        assert "not searched for your role" in page
    several = find(client, "2026").text
    assert DAMP in several
    assert "Amal Haddad" not in several


def test_board_members_never_look_for_people_and_every_worker_on_cases_does() -> None:
    assert {"board_member", "independent_member", "administrator"} == ROLES - LOOKS_FOR_PEOPLE


def test_who_was_erased_is_not_found(client: TestClient, owner: Database, vault: Vault) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        vault.destroy_subject_key(cursor, RIVERSIDE, WILHELMINA, THU_9_APR_2026)
    sign_in(owner, client, AMARA)
    assert "Nothing found" in find(client, "marchbanks").text
    assert DAMP not in find(client, "mould").text


def test_an_address_with_a_name_in_it_finds_nobody(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    assert "Nothing found" in client.get("/find?reference=marchbanks").text
    assert 'method="post"' in client.get("/find").text


@pytest.mark.parametrize("typed", ["", "  ", "x" * 101, " ".join(f"word{n}" for n in range(9))])
def test_what_cannot_be_looked_for_comes_back(
    client: TestClient, owner: Database, typed: str
) -> None:
    sign_in(owner, client, AMARA)
    answer = find(client, typed)
    assert answer.status_code == 422
    assert 'href="#q"' in answer.text
    assert MOST_ASKED < 9


def test_another_site_cannot_ask(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, CERYS)
    answer = client.post("/find", data={"q": "mould"}, headers={"sec-fetch-site": "cross-site"})
    assert answer.status_code == 403


def test_every_kind_that_is_found_has_words_for_where() -> None:
    assert set(STANDS_IN) == set(FOUND_IN)

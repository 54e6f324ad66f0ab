"""Signing in as a persona, what a session opens, and when it ends."""

from datetime import timedelta
from typing import Annotated

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from shared.database.pool import Database
from shared.identity.personas import (
    PersonaSignInRefused,
    persona_router,
    refuse_persona_sign_in_in_production,
)
from shared.identity.sign_in import local_path, require_roles, signed_in_officer
from shared.identity.signing_out import sign_out_router
from shared.registry.officers import Officer
from shared.runtime.clock import SettableClock
from tests.identity.building import (
    AMARA,
    DAI,
    RIVERSIDE,
    THU_9_APR_2026,
    application,
    browser,
    settings,
    sign_in,
)

pytestmark = pytest.mark.postgres

SIGN_IN_AMARA = {"landlord": RIVERSIDE, "officer": "amara", "next": "/board?status=today"}


@pytest.fixture
def clock() -> SettableClock:
    """The application's clock."""
    return SettableClock(THU_9_APR_2026)


@pytest.fixture
def app(workflow: Database, clock: SettableClock) -> FastAPI:
    """An application with a page, an API route and a route for managers, and persona sign-in."""
    app = application(workflow, clock=clock)
    app.include_router(persona_router(settings=settings(), database=workflow, clock=clock))
    app.include_router(sign_out_router(settings=settings(), database=workflow))

    @app.get("/board")
    @app.get("/api/v1/board")
    def board(officer: Annotated[Officer, Depends(signed_in_officer)]) -> dict[str, str]:
        return {"officer": officer.officer, "landlord": officer.landlord}

    @app.get("/api/v1/managers", dependencies=[Depends(require_roles("manager", "director"))])
    def managers() -> dict[str, str]:
        return {}

    return app


@pytest.fixture
def client(app: FastAPI) -> TestClient:
    """A browser."""
    return browser(app)


def test_the_sign_in_page_offers_every_officer_of_every_landlord(client: TestClient) -> None:
    page = client.get("/sign-in?next=/board").text
    for name in ("Amara Cole", "Ben Okafor", "Cerys Pugh", "Dai Rees", "Mill Lane TMO"):
        assert name in page
    assert 'value="/board"' in page


def test_one_click_signs_in_and_leads_back(client: TestClient) -> None:
    answer = client.post("/sign-in", data=SIGN_IN_AMARA)
    assert answer.status_code == 303
    assert answer.headers["location"] == "/board?status=today"
    assert client.get("/board").json() == {"officer": "amara", "landlord": RIVERSIDE}


def test_the_cookie_is_out_of_reach_for_scripts_and_other_sites(client: TestClient) -> None:
    cookie = client.post("/sign-in", data=SIGN_IN_AMARA).headers["set-cookie"].lower()
    assert cookie.startswith(f"redress_session={RIVERSIDE}.")
    for part in ("httponly", "samesite=lax", "path=/", "max-age=43200"):
        assert part in cookie
    assert "secure" not in cookie  # plain http on this machine: a secure cookie would not come back


def test_over_https_the_cookie_is_bound_to_the_host_and_secure(app: FastAPI) -> None:
    client = TestClient(
        app,
        base_url="https://testserver",
        headers={"sec-fetch-site": "same-origin"},
        follow_redirects=False,
    )
    cookie = client.post("/sign-in", data=SIGN_IN_AMARA).headers["set-cookie"]
    assert cookie.startswith("__Host-redress_session=")
    assert "secure" in cookie.lower()
    assert client.get("/board").json()["officer"] == "amara"


def test_only_the_hash_of_the_token_is_stored(client: TestClient, owner: Database) -> None:
    client.post("/sign-in", data=SIGN_IN_AMARA)
    token = client.cookies["redress_session"].removeprefix(f"{RIVERSIDE}.")
    assert len(token) >= 43  # 256 bits in base64
    with owner.transaction(RIVERSIDE) as cursor:
        rows = cursor.execute("SELECT token_hash FROM registry.session").fetchall()
    assert [len(row["token_hash"]) for row in rows] == [32]
    assert token.encode() not in rows[0]["token_hash"]


def test_a_session_ends_after_twelve_hours(client: TestClient, clock: SettableClock) -> None:
    client.post("/sign-in", data=SIGN_IN_AMARA)
    clock.advance(timedelta(hours=11, minutes=59))
    assert client.get("/api/v1/board").status_code == 200
    clock.advance(timedelta(minutes=1))
    assert client.get("/api/v1/board").status_code == 401


def test_signing_out_ends_the_session_for_every_holder_of_the_cookie(client: TestClient) -> None:
    client.post("/sign-in", data=SIGN_IN_AMARA)
    kept = client.cookies["redress_session"]
    assert client.post("/sign-out").headers["location"] == "/sign-in"
    client.cookies.set("redress_session", kept)
    assert client.get("/api/v1/board").status_code == 401


def test_a_page_without_a_session_leads_to_the_sign_in_page_and_back(client: TestClient) -> None:
    answer = client.get("/board?status=today")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/sign-in?next=%2Fboard%3Fstatus%3Dtoday"


def test_the_api_without_a_session_answers_401_as_a_problem(client: TestClient) -> None:
    answer = client.get("/api/v1/board")
    assert answer.status_code == 401
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    "value", ["", "riverside", "riverside.", ".token", "riverside.wrong", "x" * 500, "a.b.c", "é.é"]
)
def test_a_made_up_credential_opens_nothing(client: TestClient, value: str) -> None:
    headers = {b"authorization": f"Bearer {value}".encode()}
    assert client.get("/api/v1/board", headers=headers).status_code == 401


def test_a_cookie_that_no_database_could_hold_opens_nothing(client: TestClient) -> None:
    headers = {"cookie": 'redress_session="river\\000side.token"'}
    assert client.get("/api/v1/board", headers=headers).status_code == 401


def test_a_token_of_one_landlord_is_nothing_under_another(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, DAI)
    assert client.get("/api/v1/board").json()["landlord"] == "hilltop"
    client.headers["authorization"] = "Bearer riverside.token-of-dai"
    assert client.get("/api/v1/board").status_code == 401


def test_a_role_opens_what_is_for_it_and_nothing_else(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    answer = client.get("/api/v1/managers")
    assert answer.status_code == 403
    assert "complaints_team" in answer.json()["detail"]


def test_an_officer_who_does_not_exist_cannot_be_chosen(client: TestClient) -> None:
    chosen = {"landlord": RIVERSIDE, "officer": "dai"}
    assert client.post("/sign-in", data=chosen).status_code == 404


def test_persona_sign_in_is_refused_in_production(workflow: Database) -> None:
    with pytest.raises(PersonaSignInRefused, match="demonstration only"):
        refuse_persona_sign_in_in_production(settings("production"))
    with pytest.raises(PersonaSignInRefused):
        persona_router(
            settings=settings("production"),
            database=workflow,
            clock=SettableClock(THU_9_APR_2026),
        )


def test_in_production_people_sign_out_too_and_meet_the_front_page(
    workflow: Database, owner: Database
) -> None:
    app = application(workflow, environment="production")
    app.include_router(sign_out_router(settings=settings("production"), database=workflow))
    client = browser(app)
    sign_in(owner, client, AMARA)
    assert client.post("/sign-out").headers["location"] == "/"
    with owner.transaction(RIVERSIDE) as cursor:
        assert cursor.execute("SELECT FROM registry.session").fetchall() == []


def test_in_production_a_page_without_a_session_says_so(workflow: Database) -> None:
    app = application(workflow, environment="production")

    @app.get("/board")
    def board(officer: Annotated[Officer, Depends(signed_in_officer)]) -> str:
        return officer.officer

    answer = browser(app).get("/board")
    assert answer.status_code == 401
    assert "Sign in needed" in answer.text


@pytest.mark.parametrize(
    "elsewhere",
    ["https://example.org", "//example.org", "/\\example.org", "board", "", None, "/a\nb", "\\\\x"],
)
def test_nobody_is_sent_to_another_site_after_signing_in(elsewhere: str | None) -> None:
    assert local_path(elsewhere) == "/board"

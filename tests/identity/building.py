"""Builds landlords with organisations and officers, and an application that knows who is asking."""

from datetime import UTC, datetime
from pathlib import Path

from fastapi import FastAPI
from fastapi.testclient import TestClient

from shared.database.pool import Database
from shared.identity.sessions import begin_session, credential
from shared.identity.sign_in import install_identity
from shared.registry.landlords import (
    Landlord,
    Organisation,
    register_landlord,
    register_organisation,
)
from shared.registry.officers import Officer, register_officer
from shared.runtime.clock import Clock, SettableClock
from shared.runtime.settings import Settings
from shared.web.site import install_web

THU_9_APR_2026 = datetime(2026, 4, 9, 10, 0, tzinfo=UTC)
RIVERSIDE = "riverside"
HILLTOP = "hilltop"

AMARA = Officer(
    RIVERSIDE, "amara", "riverside", "Amara Cole", "amara@example.org", "complaints_team"
)
BEN = Officer(RIVERSIDE, "ben", "mill-lane", "Ben Okafor", "ben@example.org", "caseworker")
CERYS = Officer(RIVERSIDE, "cerys", "homes", "Cerys Pugh", "cerys@example.org", "manager")
DAI = Officer(HILLTOP, "dai", "hilltop", "Dai Rees", "dai@example.org", "complaints_team")

ORGANISATIONS = (
    Organisation(RIVERSIDE, "riverside", "Riverside Borough Council", "council"),
    Organisation(RIVERSIDE, "homes", "Riverside Homes", "almo"),
    Organisation(RIVERSIDE, "mill-lane", "Mill Lane TMO", "tmo"),
    Organisation(HILLTOP, "hilltop", "Hilltop Borough Council", "council"),
)


def settings(environment: str = "demonstration") -> Settings:
    """Settings of a test, whatever stands in the environment."""
    return Settings.model_validate({"environment": environment, "data_directory": Path("/nowhere")})


def register_everybody(owner: Database) -> None:
    """Two councils, one of them with an ALMO and a TMO, and an officer in each organisation."""
    landlords = (
        Landlord(RIVERSIDE, "Riverside Borough Council", "council", "RC"),
        Landlord(HILLTOP, "Hilltop Borough Council", "council", "HC"),
    )
    for landlord in landlords:
        with owner.transaction(landlord.landlord) as cursor:
            register_landlord(cursor, landlord, now=THU_9_APR_2026)
            for organisation in ORGANISATIONS:
                if organisation.landlord == landlord.landlord:
                    register_organisation(cursor, organisation)
            for officer in (AMARA, BEN, CERYS, DAI):
                if officer.landlord == landlord.landlord:
                    register_officer(cursor, officer)


def application(
    database: Database,
    *,
    clock: Clock | None = None,
    environment: str = "demonstration",
    services: dict[str, str] | None = None,
) -> FastAPI:
    """An application with pages, problems, headers and identity, and no route of its own yet."""
    app = FastAPI(docs_url=None, redoc_url=None)
    chosen = settings(environment)
    install_web(app, settings=chosen, services=services or {})
    install_identity(
        app, database=database, clock=clock or SettableClock(THU_9_APR_2026), settings=chosen
    )
    return app


def browser(app: FastAPI) -> TestClient:
    """A browser that says where its requests come from, and shows redirects."""
    return TestClient(
        app,
        headers={"sec-fetch-site": "same-origin", "accept": "text/html"},
        follow_redirects=False,
    )


def sign_in(owner: Database, client: TestClient, officer: Officer) -> None:
    """Gives the client a running session of the officer."""
    token = f"token-of-{officer.officer}"
    with owner.transaction(officer.landlord) as cursor:
        begin_session(
            cursor,
            landlord=officer.landlord,
            officer=officer.officer,
            token=token,
            now=THU_9_APR_2026,
        )
    client.headers["authorization"] = f"Bearer {credential(officer.landlord, token)}"

"""A council with an ALMO and a TMO, an administrator of the whole and one of the TMO, and browsers for both."""

from collections.abc import Iterator

import pytest
from fastapi import FastAPI

from services.administration import (
    brand_pages,
    notice_pages,
    organisation_pages,
    people_pages,
    retention_pages,
)
from services.administration.acting import Desk
from services.administration.desk import Office
from shared.branding.showing import install_showing
from shared.database.pool import Database
from shared.registry.officers import Officer, register_officer
from shared.runtime.clock import SettableClock
from tests.identity.building import (
    RIVERSIDE,
    THU_9_APR_2026,
    application,
    register_everybody,
)
from tests.support.postgres import TestDatabase

ADA = Officer(RIVERSIDE, "ada", "riverside", "Ada Quayle", "ada@example.org", "administrator")
TOM = Officer(RIVERSIDE, "tom", "mill-lane", "Tom Ferris", "tom@example.org", "administrator")
DESK = Desk(landlord=RIVERSIDE, by="ada", now=THU_9_APR_2026)


@pytest.fixture
def owner(database: TestDatabase) -> Iterator[Database]:
    """The owner's connections; everybody is registered."""
    with Database(database.conninfo, role=None) as owner:
        register_everybody(owner)
        with owner.transaction(RIVERSIDE) as cursor:
            register_officer(cursor, ADA)
            register_officer(cursor, TOM)
        yield owner


@pytest.fixture
def administration(owner: Database) -> Iterator[Database]:
    """Connections under the role of this service."""
    with Database(owner.conninfo, role="redress_administration") as administration:
        yield administration


@pytest.fixture
def clock() -> SettableClock:
    """Thursday 9 April 2026, until a test sets it."""
    return SettableClock(THU_9_APR_2026)


@pytest.fixture
def app(administration: Database, clock: SettableClock) -> FastAPI:
    """The pages of this service."""
    office = Office(database=administration, clock=clock)
    app = application(
        administration, clock=clock, services={"administration": "services.administration"}
    )
    install_showing(app, database=administration, clock=clock, landlord=RIVERSIDE)
    for pages in (people_pages, organisation_pages, brand_pages, notice_pages, retention_pages):
        app.include_router(pages.router(office))
    return app

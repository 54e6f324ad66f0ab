"""What one officer handles, to be handed on together: open cases alone, and only to whom they are visible."""

import pytest
from fastapi import FastAPI

from services.projections import handled_pages
from services.projections.reading import Reading
from shared.complaints.events import AccessRestricted
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.registry.officers import Officer, register_officer
from tests.identity.building import AMARA, BEN, CERYS, RIVERSIDE, application, browser, sign_in
from tests.projections.building import DAMP, DAMP_CASE, LIFT, LIFT_CASE, append, wed_1_apr

pytestmark = pytest.mark.postgres

INA = Officer(RIVERSIDE, "ina", "riverside", "Ina Frost", "ina@example.org", "auditor")


@pytest.fixture
def app(
    owner: Database,
    workflow: Database,
    follower: FeedFollower,
    reading: Reading,
) -> FastAPI:
    """The page, with a case that amara answered and one that ben handles."""
    append(workflow, DAMP_CASE, reference=DAMP)
    append(workflow, LIFT_CASE, reference=LIFT)
    follower.catch_up(RIVERSIDE)
    app = application(
        reading.database, clock=reading.clock, services={"projections": "services.projections"}
    )
    app.include_router(handled_pages.router(reading))
    return app


def page(app: FastAPI, owner: Database, who: Officer, officer: str) -> str:
    client = browser(app)
    sign_in(owner, client, who)
    return client.get(f"/handled-by/{officer}").text


def test_the_cases_of_somebody_who_left_are_offered_to_be_allocated_together(
    app: FastAPI, owner: Database
) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute("UPDATE registry.officer SET ended_at = now() WHERE officer = 'ben'")
    found = page(app, owner, AMARA, "ben")
    assert "They left" in found
    assert 'action="/allocation"' in found
    assert f'name="reference" value="{LIFT}"' in found
    assert "Friday 10 April 2026" in found


def test_an_officer_of_another_organisation_sees_none_of_them(
    app: FastAPI, owner: Database
) -> None:
    assert LIFT not in page(app, owner, CERYS, "ben")
    assert LIFT in page(app, owner, BEN, "ben")


def test_a_case_kept_from_the_reader_is_not_listed(
    app: FastAPI, owner: Database, workflow: Database, follower: FeedFollower
) -> None:
    kept = AccessRestricted(stage=1, mark="staff_conduct", roles=("manager",), kept_from=())
    append(workflow, [(wed_1_apr, kept)], reference=LIFT, after=len(LIFT_CASE))
    follower.catch_up(RIVERSIDE)
    assert LIFT not in page(app, owner, AMARA, "ben")


def test_an_auditor_looks_and_hands_nothing_on(app: FastAPI, owner: Database) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        register_officer(cursor, INA)
    found = page(app, owner, INA, "ben")
    assert LIFT in found
    assert 'type="checkbox"' not in found


def test_an_officer_that_nobody_knows_is_not_found(app: FastAPI, owner: Database) -> None:
    client = browser(app)
    sign_in(owner, client, AMARA)
    assert client.get("/handled-by/nobody").status_code == 404

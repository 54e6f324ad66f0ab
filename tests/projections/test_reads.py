"""Whoever opens a case is noted, page by page; who may know sees it on the case, an auditor for each officer."""

from datetime import timedelta

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.projections import api, pages, past_pages, read_pages
from services.projections.reading import Reading
from services.projections.reads import ReadsSweeper
from shared.complaints.events import AccessRestricted
from shared.database.pool import Database
from shared.documents.shelf import Shelf
from shared.messaging.follower import FeedFollower
from shared.registry.officers import Officer, register_officer
from shared.runtime.clock import SettableClock
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
from tests.projections.building import DAMP, DAMP_CASE, LIFT, LIFT_CASE, append, fri_20_mar

pytestmark = pytest.mark.postgres

INA = Officer(RIVERSIDE, "ina", "riverside", "Ina Frost", "ina@example.org", "auditor")
MOE = Officer(RIVERSIDE, "moe", "riverside", "Moe Hart", "moe@example.org", "caseworker")

REX = Officer(RIVERSIDE, "rex", "riverside", "Rex Moon", "rex@example.org", "caseworker")


@pytest.fixture
def app(
    owner: Database,
    workflow: Database,
    follower: FeedFollower,
    reading: Reading,
    shelf: Shelf,
) -> FastAPI:
    """The pages of cases, with two of them."""
    append(workflow, DAMP_CASE, reference=DAMP)
    append(workflow, LIFT_CASE, reference=LIFT)
    follower.catch_up(RIVERSIDE)
    with owner.transaction(RIVERSIDE) as cursor:
        register_officer(cursor, INA)
        register_officer(cursor, MOE)
        register_officer(cursor, REX)
    app = application(
        reading.database, clock=reading.clock, services={"projections": "services.projections"}
    )
    app.include_router(past_pages.router(reading, shelf))
    for module in (pages, read_pages, api):
        app.include_router(module.router(reading))
    return app


def as_officer(app: FastAPI, owner: Database, officer: Officer) -> TestClient:
    client = browser(app)
    sign_in(owner, client, officer)
    return client


def noted(owner: Database) -> list[tuple[str, str, str]]:
    with owner.transaction(RIVERSIDE) as cursor:
        rows = cursor.execute("SELECT reference, officer, page FROM access.read ORDER BY page")
        return [(row["reference"], row["officer"], row["page"]) for row in rows]


@pytest.mark.parametrize(
    ("path", "page"),
    [
        (f"/complaints/{DAMP}", "overview"),
        (f"/complaints/{DAMP}/timeline", "timeline"),
        (f"/complaints/{DAMP}/past?happened_on=2026-03-10", "past"),
        (f"/complaints/{DAMP}/changes?from_on=2026-03-02&to_on=2026-03-20", "changes"),
        (f"/complaints/{DAMP}/audit", "audit"),
        (f"/complaints/{DAMP}/evidence.zip", "evidence"),
        (f"/complaints/{DAMP}/evidence.zip?words=yes", "evidence_with_words"),
        (f"/api/v1/complaints/{DAMP}/history", "history"),
    ],
)
def test_each_page_of_a_case_that_is_opened_is_noted_once(
    app: FastAPI, owner: Database, path: str, page: str
) -> None:
    client = as_officer(app, owner, AMARA)
    for _ in (1, 2):
        assert client.get(path).status_code == 200
    assert noted(owner) == [(DAMP, "amara", page)]


def test_whoever_may_not_see_the_case_opened_nothing(app: FastAPI, owner: Database) -> None:
    assert as_officer(app, owner, BEN).get(f"/complaints/{DAMP}").status_code == 404
    assert as_officer(app, owner, AMARA).get("/board").status_code == 200
    assert noted(owner) == []


@pytest.mark.parametrize(
    ("reader", "sees"), [(AMARA, True), (INA, True), (CERYS, None), (MOE, False)]
)
def test_those_who_may_know_see_on_the_case_who_looked_at_it(
    app: FastAPI, owner: Database, reader: Officer, sees: bool | None
) -> None:
    as_officer(app, owner, REX).get(f"/complaints/{DAMP}/timeline")
    answer = as_officer(app, owner, reader).get(f"/complaints/{DAMP}/audit")
    if sees is None:  # of another organisation
        assert answer.status_code == 404
        return
    assert ("Who looked at it" in answer.text) is sees
    if sees:
        assert "Its timeline" in answer.text
        assert "Rex Moon" in answer.text


def test_a_restricted_case_is_noted_each_time(
    app: FastAPI,
    owner: Database,
    workflow: Database,
    follower: FeedFollower,
    clock: SettableClock,
) -> None:
    kept = AccessRestricted(stage=1, mark="staff_conduct", roles=("complaints_team",), kept_from=())
    append(workflow, [(fri_20_mar, kept)], reference=DAMP, after=len(DAMP_CASE))
    follower.catch_up(RIVERSIDE)
    client = as_officer(app, owner, AMARA)
    for seconds in (1, 2, 3):
        clock.set(THU_9_APR_2026 + timedelta(seconds=seconds))
        assert client.get(f"/complaints/{DAMP}").status_code == 200
    assert len(noted(owner)) == 3
    auditor = as_officer(app, owner, INA).get("/administration/reads?officer=amara").text
    assert DAMP not in auditor
    assert "One that is kept from you" in auditor


def test_an_auditor_who_acts_on_no_case_is_not_led_to_what_can_be_done(
    app: FastAPI, owner: Database
) -> None:
    led = {}
    for officer in (INA, MOE):
        client = browser(app)
        sign_in(owner, client, officer)
        page = client.get(f"/complaints/{DAMP}").text
        led[officer.role] = f'href="/complaints/{DAMP}/actions"' in page
    assert led == {"auditor": False, "caseworker": True}


def test_an_auditor_sees_what_each_officer_looked_at(app: FastAPI, owner: Database) -> None:
    client = as_officer(app, owner, AMARA)
    client.get(f"/complaints/{DAMP}")
    client.get(f"/complaints/{LIFT}")
    auditor = as_officer(app, owner, INA)
    whole = auditor.get("/administration/reads").text
    assert "Amara Cole" in whole
    one = auditor.get("/administration/reads?officer=amara").text
    assert DAMP in one
    assert LIFT in one
    assert auditor.get("/administration/reads?officer=nobody").status_code == 404


def test_what_is_too_much_for_one_page_follows_on_the_next(app: FastAPI, owner: Database) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute(
            "INSERT INTO access.read SELECT 'riverside', 'RC-2025-' || lpad(n::text, 6, '0'), 'amara',"
            " 'overview', %s::timestamptz - make_interval(mins => n) FROM generate_series(1, 130) AS n",
            (THU_9_APR_2026,),
        )
    auditor = as_officer(app, owner, INA)
    first = auditor.get("/administration/reads?officer=amara").text
    assert ("RC-2025-000100" in first, "RC-2025-000101" in first) == (True, False)
    address = first.partition('rel="next" href="')[2].partition('"')[0].replace("&amp;", "&")
    second = auditor.get(address).text
    assert ("RC-2025-000101" in second, "RC-2025-000130" in second) == (True, True)
    assert "RC-2025-000100" not in second


@pytest.mark.parametrize("reader", [AMARA, BEN, CERYS, MOE])
def test_nobody_but_an_auditor_sees_what_officers_looked_at(
    app: FastAPI, owner: Database, reader: Officer
) -> None:
    client = as_officer(app, owner, reader)
    assert client.get("/administration/reads").status_code == 403


def test_what_is_old_is_swept_for_every_landlord(
    owner: Database, projections: Database, clock: SettableClock
) -> None:
    for landlord in ("riverside", "hilltop"):
        with owner.transaction(landlord) as cursor:
            cursor.execute(
                "INSERT INTO access.read VALUES (%s, 'RC-2020-000001', 'amara', 'overview', %s)",
                (landlord, THU_9_APR_2026 - timedelta(days=1_000)),
            )
    assert ReadsSweeper(projections, clock).sweep_all() == 2
    assert ReadsSweeper(projections, clock).sweep_all() == 0

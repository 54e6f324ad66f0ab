"""What `redress status` measures, as administrators of a landlord see it: theirs alone, and only what may be seen."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import psycopg
import pytest
from fastapi.testclient import TestClient
from psycopg import sql
from psycopg.conninfo import make_conninfo

from services.redress.assembly import ADMINISTRATION, WORKFLOW, Installation
from services.redress.commands.importing import import_file
from services.redress.operation_page import look_at, roles_open_to, router
from shared.identity.sessions import begin_session, credential
from shared.registry.landlords import (
    Landlord,
    Organisation,
    register_landlord,
    register_organisation,
)
from shared.registry.officers import Officer, register_officer
from shared.runtime.clock import SettableClock
from tests.commands.histories import DAMP, lines
from tests.identity.building import application
from tests.support.postgres import TestDatabase

pytestmark = pytest.mark.postgres
LARKFIELD = "larkfield-homes"
ELSEWHERE = "elsewhere"


@pytest.fixture
def imported(
    installed: Installation,
    written: Callable[[str, str], Path],
    capsys: pytest.CaptureFixture[str],
) -> Installation:
    """A case that nobody relayed, and a second landlord with nothing."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP)))
    capsys.readouterr()
    now = installed.clock.now()
    with installed.owner.transaction(ELSEWHERE) as cursor:
        register_landlord(cursor, Landlord(ELSEWHERE, "Elsewhere", "council", "EL"), now=now)
        register_organisation(cursor, Organisation(ELSEWHERE, ELSEWHERE, "Elsewhere", "council"))
    return installed


def browser(inst: Installation, *, landlord: str, role: str = "administrator") -> TestClient:
    with inst.owner.transaction(landlord) as cursor:
        cursor.execute("UPDATE registry.organisation SET kind = 'council'")
        ada = Officer(landlord, "ada", landlord, "Ada Quayle", "ada@example.org", role)
        register_officer(cursor, ada)
        begin_session(
            cursor, landlord=landlord, officer="ada", token="t" * 30, now=inst.clock.now()
        )
    app = application(
        inst.database(ADMINISTRATION), clock=inst.clock, services={"redress": "services.redress"}
    )
    app.include_router(router(inst))
    return TestClient(
        app,
        headers={
            "authorization": f"Bearer {credential(landlord, 't' * 30)}",
            "accept": "text/html",
        },
        follow_redirects=False,
    )


def park(inst: Installation) -> str:
    """Two facts of the case are parked; its reference."""
    with inst.owner.transaction(LARKFIELD) as cursor:
        cursor.execute(
            "INSERT INTO projections.parked SELECT landlord, 'projections.feed.v1', seq, stream, event_id,"
            " CASE row_number() OVER (ORDER BY seq) WHEN 1 THEN 'poison' ELSE 'held' END, 'ValueError',"
            " recorded_at FROM workflow.event WHERE stream LIKE 'LH-%' ORDER BY seq LIMIT 2"
        )
        row = cursor.execute("SELECT min(stream) AS stream FROM projections.parked").fetchone()
    assert row is not None
    return str(row["stream"])


def test_an_administrator_sees_what_waits_and_the_parked_complaint_as_a_link(
    imported: Installation, clock: SettableClock
) -> None:
    reference = park(imported)
    clock.advance(timedelta(minutes=2))
    page = browser(imported, landlord=LARKFIELD).get("/administration/operation").text
    assert "Something waits longer than it may" in page
    assert f'href="/complaints/{reference}"' in page
    assert "ValueError" in page
    assert "1 behind it" in page
    assert "No relay leads" in page
    assert "2 min" in page


def test_nothing_of_another_landlord_is_shown(imported: Installation, clock: SettableClock) -> None:
    reference = park(imported)
    clock.advance(timedelta(minutes=2))
    page = browser(imported, landlord=ELSEWHERE).get("/administration/operation").text
    assert "Nothing waits too long" in page
    assert reference not in page
    assert LARKFIELD not in page
    assert look_at(imported, LARKFIELD).is_alarming


@pytest.mark.parametrize("role", ["manager", "auditor", "caseworker"])
def test_only_administrators_open_it(imported: Installation, role: str) -> None:
    client = browser(imported, landlord=LARKFIELD, role=role)
    assert client.get("/administration/operation").status_code == 403


def test_it_is_measured_again_by_itself_only_where_somebody_asks(imported: Installation) -> None:
    client = browser(imported, landlord=LARKFIELD)
    assert "refresh" not in client.get("/administration/operation").headers
    assert client.get("/administration/operation?refresh=yes").headers["refresh"] == "30"


@pytest.fixture
def narrow(database: TestDatabase, imported: Installation) -> Iterator[Installation]:
    """The same installation for a login that is a member of administration's role alone."""
    name = f"narrow_{database.name}"
    with psycopg.connect(database.conninfo, autocommit=True) as owner:
        role = sql.Identifier(name)
        owner.execute(sql.SQL("CREATE ROLE {} LOGIN IN ROLE redress_administration").format(role))
        conninfo = make_conninfo(database.conninfo, user=name)
        built = Installation(settings=imported.settings, conninfo=conninfo, clock=imported.clock)
        try:
            with closing(built):
                yield built
        finally:
            owner.execute(sql.SQL("DROP ROLE {}").format(role))


def test_a_login_that_may_not_look_says_so_instead_of_failing(narrow: Installation) -> None:
    assert roles_open_to(narrow) == frozenset()
    found = look_at(narrow, LARKFIELD)
    assert set(found.stages.values()) == {None}
    assert (found.timers, found.letters, found.feed, found.parked) == (None, None, None, ())
    assert WORKFLOW in found.unseen

"""Reads are noted once a minute, never rewritten, and swept when the landlord does not keep them any longer."""

from collections.abc import Iterator
from datetime import timedelta

import psycopg
import pytest

from shared.access.log import (
    OVERVIEW,
    SEARCH,
    TIMELINE,
    kept_days,
    note_read,
    reads_by_officer,
    reads_of_case,
    reads_of_officer,
    sweep,
)
from shared.database.pool import Database
from tests.identity.building import HILLTOP, RIVERSIDE, THU_9_APR_2026, register_everybody
from tests.support.postgres import TestDatabase

pytestmark = pytest.mark.postgres

CASE, OTHER = "RC-2026-000001", "RC-2026-000002"
READERS = ("redress_intake", "redress_workflow", "redress_notifier", "redress_projections")


@pytest.fixture
def owner(database: TestDatabase) -> Iterator[Database]:
    """The owner's connections; everybody is registered."""
    with Database(database.conninfo, role=None) as owner:
        register_everybody(owner)
        yield owner


@pytest.fixture
def projections(owner: Database) -> Iterator[Database]:
    """Connections under the role that shows and sweeps reads."""
    with Database(owner.conninfo, role="redress_projections") as projections:
        yield projections


def note(
    database: Database,
    *references: str,
    officer: str = "amara",
    page: str = OVERVIEW,
    after: timedelta = timedelta(0),
    exactly: bool = False,
) -> None:
    with database.transaction(RIVERSIDE) as cursor:
        note_read(
            cursor,
            landlord=RIVERSIDE,
            officer=officer,
            references=references or (CASE,),
            page=page,
            now=THU_9_APR_2026 + after,
            exactly=exactly,
        )


def noted(database: Database, reference: str = CASE, *, landlord: str = RIVERSIDE) -> int:
    with database.transaction(landlord) as cursor:
        return len(reads_of_case(cursor, landlord=RIVERSIDE, reference=reference, limit=100))


def test_the_same_page_twice_in_a_minute_is_one_row_and_in_the_next_another(
    projections: Database,
) -> None:
    note(projections)
    note(projections, after=timedelta(seconds=59))
    assert noted(projections) == 1
    note(projections, after=timedelta(seconds=60))
    note(projections, page=TIMELINE)
    note(projections, officer="cerys")
    assert noted(projections) == 4


def test_of_a_restricted_case_every_time_counts(projections: Database) -> None:
    for second in (0, 1, 2):
        note(projections, after=timedelta(seconds=second), exactly=True)
    assert noted(projections) == 3


def test_a_search_notes_every_case_that_it_showed(projections: Database) -> None:
    note(projections, CASE, OTHER, page=SEARCH)
    assert (noted(projections), noted(projections, OTHER)) == (1, 1)


def test_what_an_officer_looked_at_is_told_the_latest_first(projections: Database) -> None:
    note(projections)
    note(projections, OTHER, after=timedelta(minutes=5))
    note(projections, officer="cerys")
    with projections.transaction(RIVERSIDE) as cursor:
        later = THU_9_APR_2026 + timedelta(hours=1)
        found = reads_of_officer(
            cursor, landlord=RIVERSIDE, officer="amara", before=later, limit=10
        )
        assert [each.reference for each in found] == [OTHER, CASE]
        counts = reads_by_officer(cursor, landlord=RIVERSIDE, since=THU_9_APR_2026)
    assert counts == {"amara": (2, 2), "cerys": (1, 1)}


def test_nobody_sees_the_reads_of_another_landlord(projections: Database) -> None:
    note(projections)
    assert noted(projections, landlord=HILLTOP) == 0


def test_nothing_is_noted_for_another_landlord(projections: Database) -> None:
    with (
        pytest.raises(psycopg.errors.InsufficientPrivilege, match="row-level security"),
        projections.transaction(HILLTOP) as cursor,
    ):
        note_read(
            cursor,
            landlord=RIVERSIDE,
            officer="dai",
            references=[CASE],
            page=OVERVIEW,
            now=THU_9_APR_2026,
        )


@pytest.mark.parametrize("role", READERS)
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE access.read SET officer = 'somebody-else'",
        "DELETE FROM access.read",
        "TRUNCATE access.read",
        "UPDATE access.retention SET kept_days = 90",
        "INSERT INTO access.retention VALUES ('riverside', 90, now())",
    ],
)
def test_no_service_rewrites_who_read_what_or_how_long_it_is_kept(
    owner: Database, role: str, statement: str
) -> None:
    with Database(owner.conninfo, role=role, max_size=1) as service:
        note(service)
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            service.transaction(RIVERSIDE) as cursor,
        ):
            cursor.execute(statement.encode())
    assert noted(owner) == 1


def test_not_even_the_owner_changes_a_row(owner: Database) -> None:
    note(owner)
    with (
        pytest.raises(psycopg.errors.RestrictViolation, match="never rewritten"),
        owner.transaction(RIVERSIDE) as cursor,
    ):
        cursor.execute("UPDATE access.read SET officer = 'somebody-else'")


@pytest.mark.parametrize("role", READERS[:-1])
def test_who_only_notes_reads_cannot_look_at_them_or_sweep(owner: Database, role: str) -> None:
    for statement in ("SELECT * FROM access.read", "SELECT access.sweep('riverside', now())"):
        with (
            Database(owner.conninfo, role=role, max_size=1) as service,
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            service.transaction(RIVERSIDE) as cursor,
        ):
            cursor.execute(statement.encode())


def test_what_is_older_than_it_is_kept_is_swept_and_nothing_else(
    owner: Database, projections: Database
) -> None:
    note(projections, CASE, after=timedelta(days=-731))
    note(projections, OTHER, after=timedelta(days=-729))
    with projections.transaction(RIVERSIDE) as cursor:
        assert sweep(cursor, RIVERSIDE, now=THU_9_APR_2026) == 1
    assert (noted(projections, CASE), noted(projections, OTHER)) == (0, 1)
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute("INSERT INTO access.retention VALUES ('riverside', 100, now())")
        assert kept_days(cursor, RIVERSIDE) == 100
    with projections.transaction(RIVERSIDE) as cursor:
        assert sweep(cursor, RIVERSIDE, now=THU_9_APR_2026) == 1


def test_a_sweep_reaches_its_own_landlord_alone(projections: Database) -> None:
    note(projections, after=timedelta(days=-4_000))
    with projections.transaction(HILLTOP) as cursor:
        assert sweep(cursor, RIVERSIDE, now=THU_9_APR_2026) == 0
    assert noted(projections) == 1


def test_nobody_makes_a_read_old_by_saying_that_it_is_later(projections: Database) -> None:
    with projections.transaction(RIVERSIDE) as cursor:
        cursor.execute(
            "INSERT INTO access.read VALUES ('riverside', %s, 'amara', 'overview', now())", (CASE,)
        )
        assert sweep(cursor, RIVERSIDE, now=THU_9_APR_2026 + timedelta(days=36_500)) == 0

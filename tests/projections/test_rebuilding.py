"""Read models folded live and folded again from the feed are the same; what is not is found and
mended.
"""

from typing import Any

import pytest

from services.projections.following import TABLES
from services.projections.rebuilding import Difference, build_version, rebuild, switch_to, verify
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.runtime.clock import SettableClock
from tests.identity.building import HILLTOP, RIVERSIDE
from tests.projections.building import DAMP, DAMP_CASE, LIFT, LIFT_CASE, append, rows_of

pytestmark = pytest.mark.postgres


@pytest.fixture
def followed(workflow: Database, follower: FeedFollower) -> None:
    """Two cases in the log, and the read models at its head."""
    append(workflow, DAMP_CASE, reference=DAMP)
    append(workflow, LIFT_CASE, reference=LIFT)
    append(workflow, DAMP_CASE, reference=DAMP, landlord=HILLTOP)
    assert follower.catch_up(RIVERSIDE) >= len(DAMP_CASE) + len(LIFT_CASE)
    assert follower.catch_up(HILLTOP) >= len(DAMP_CASE)


@pytest.mark.usefixtures("followed")
def test_a_rebuild_equals_what_was_folded_live(
    projections: Database, follower: FeedFollower
) -> None:
    assert verify(projections, RIVERSIDE) == []
    before = everything(projections)
    seen: list[tuple[int, int]] = []
    with projections.transaction(RIVERSIDE) as cursor:
        facts = follower.position(cursor, RIVERSIDE)
    assert facts >= len(DAMP_CASE) + len(LIFT_CASE)
    assert (
        rebuild(projections, RIVERSIDE, on_progress=lambda done, of: seen.append((done, of)))
        == facts
    )
    assert seen[-1] == (facts, facts)
    assert everything(projections) == before


@pytest.mark.usefixtures("followed")
def test_a_changed_row_is_found_and_a_rebuild_mends_it(projections: Database) -> None:
    with projections.transaction(RIVERSIDE) as cursor:
        cursor.execute(
            "UPDATE projections.deadline SET missed = false WHERE reference = %s", (DAMP,)
        )
        cursor.execute("DELETE FROM projections.handler WHERE reference = %s", (LIFT,))
    assert verify(projections, RIVERSIDE) == [
        Difference("deadlines_board", only_there=1, only_rebuilt=1, examples=(DAMP,)),
        Difference("caseload", only_there=0, only_rebuilt=1, examples=(LIFT,)),
    ]
    assert verify(projections, RIVERSIDE) != []  # looking changes nothing
    rebuild(projections, RIVERSIDE)
    assert verify(projections, RIVERSIDE) == []


@pytest.mark.usefixtures("followed")
def test_one_landlord_s_rebuild_leaves_the_others_alone(projections: Database) -> None:
    with projections.transaction(HILLTOP) as cursor:
        cursor.execute("DELETE FROM projections.answer")
    rebuild(projections, RIVERSIDE)
    assert [found.read_model for found in verify(projections, HILLTOP)] == ["counts"]


@pytest.mark.usefixtures("followed")
def test_what_is_behind_the_position_is_not_a_difference(
    projections: Database, workflow: Database, follower: FeedFollower
) -> None:
    append(workflow, DAMP_CASE[:3], reference="RC-2026-000003")
    assert verify(projections, RIVERSIDE) == []
    assert follower.catch_up(RIVERSIDE) == 3
    assert verify(projections, RIVERSIDE) == []


@pytest.mark.usefixtures("followed")
def test_a_landlord_sees_its_own_rows_alone(projections: Database) -> None:
    with projections.transaction(HILLTOP) as cursor:
        rows = cursor.execute("SELECT DISTINCT landlord FROM projections.fact").fetchall()
    assert rows == [{"landlord": HILLTOP}]
    with projections.directory() as cursor:
        assert cursor.execute("SELECT * FROM projections.fact").fetchall() == []


@pytest.mark.usefixtures("followed")
def test_postgresql_knows_what_a_new_version_holds_before_anybody_reads_it(
    owner: Database, projections: Database, clock: SettableClock
) -> None:
    # Of a table that it never looked at PostgreSQL says -1 rows, and plans by guessing.
    said = "SELECT reltuples::integer AS rows FROM pg_class WHERE oid = %s::regclass"
    built = build_version(owner, projections, clock=clock)
    switch_to(owner, projections, built.version, clock=clock)
    for table in TABLES.values():
        rows = [*rows_of(projections, table), *rows_of(projections, table, landlord=HILLTOP)]
        with owner.directory() as cursor:
            known = cursor.execute(said, (f"projections.{table}",)).fetchall()
        assert known == [{"rows": len(rows)}], table


def everything(database: Database) -> dict[str, list[dict[str, Any]]]:
    """All rows of all read models of the landlord."""
    return {table: rows_of(database, table) for table in TABLES.values()}

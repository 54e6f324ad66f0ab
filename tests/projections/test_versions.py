"""A version of the read models is built beside the one that serves, and takes its place unseen."""

import itertools
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from random import Random
from threading import Event
from typing import Any

import psycopg
import pytest

from services.projections import case_writing
from services.projections import versions as versions_module
from services.projections.case_writing import CaseWriter
from services.projections.following import TABLES
from services.projections.rebuilding import (
    begin_or_resume,
    build_version,
    rebuild,
    switch_to,
    verify,
)
from services.projections.versions import (
    BUILDING,
    KEPT,
    SERVING,
    VERSIONS_MAX,
    VersionRefused,
    drop_version,
    version_named,
    versions,
)
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.runtime.clock import SettableClock
from tests.identity.building import HILLTOP, RIVERSIDE
from tests.projections.building import DAMP, DAMP_CASE, LIFT, LIFT_CASE, append, rows_of

pytestmark = pytest.mark.postgres


@pytest.fixture
def followed(workflow: Database, follower: FeedFollower) -> int:
    """Two landlords with cases, the read models at the head of both feeds; how many facts there are."""
    append(workflow, DAMP_CASE, reference=DAMP)
    append(workflow, LIFT_CASE, reference=LIFT)
    append(workflow, DAMP_CASE, reference=DAMP, landlord=HILLTOP)
    return follower.catch_up(RIVERSIDE) + follower.catch_up(HILLTOP)


def everything(database: Database, landlord: str = RIVERSIDE) -> dict[str, list[dict[str, Any]]]:
    """What readers see."""
    return {table: rows_of(database, table, landlord=landlord) for table in TABLES.values()}


def known(owner: Database) -> dict[int, str]:
    """The state of each version."""
    with owner.directory() as cursor:
        return {each.version: each.state for each in versions(cursor)}


def verified(projections: Database, owner: Database, number: int) -> bool:
    """Whether a version equals a fresh fold up to its own position, for both landlords."""
    with owner.directory() as cursor:
        version = version_named(cursor, number)
    return all(verify(projections, each, version=version) == [] for each in (RIVERSIDE, HILLTOP))


def test_a_new_version_is_built_switched_to_and_the_old_one_dropped(
    owner: Database, projections: Database, clock: SettableClock, followed: int
) -> None:
    before = everything(projections)
    told: list[tuple[int, int]] = []
    built = build_version(
        owner, projections, clock=clock, on_progress=lambda done, of: told.append((done, of))
    )
    assert told[0] == (0, followed)
    assert told[-1] == (followed, followed)
    assert known(owner) == {1: SERVING, 2: KEPT}
    assert built.home == "projections_v2"
    assert everything(projections) == before
    assert switch_to(owner, projections, 2, clock=clock).state == SERVING
    assert known(owner) == {1: KEPT, 2: SERVING}
    assert everything(projections) == before
    assert verify(projections, RIVERSIDE) == verify(projections, HILLTOP) == []
    drop_version(owner, 1)
    assert known(owner) == {2: SERVING}
    assert everything(projections) == before


@pytest.mark.usefixtures("followed")
def test_a_rebuild_mends_what_serves_and_the_way_back_is_open(
    owner: Database,
    projections: Database,
    workflow: Database,
    follower: FeedFollower,
    clock: SettableClock,
) -> None:
    with projections.transaction(RIVERSIDE) as cursor:
        cursor.execute("DELETE FROM projections.deadline")
    build_version(owner, projections, clock=clock)
    assert [found.read_model for found in verify(projections, RIVERSIDE)] == ["deadlines_board"]
    switch_to(owner, projections, 2, clock=clock)
    assert verify(projections, RIVERSIDE) == []
    # What happened since is in the old version too when it comes back; what was wrong in it still is.
    append(workflow, LIFT_CASE, reference="RC-2026-000003")
    follower.catch_up(RIVERSIDE)
    switch_to(owner, projections, 1, clock=clock)
    with projections.transaction(RIVERSIDE) as cursor:
        rows = cursor.execute("SELECT DISTINCT reference FROM projections.deadline").fetchall()
    assert rows == [{"reference": "RC-2026-000003"}]


@pytest.mark.usefixtures("followed")
def test_the_follower_goes_on_in_the_new_version(
    owner: Database,
    projections: Database,
    workflow: Database,
    follower: FeedFollower,
    clock: SettableClock,
) -> None:
    build_version(owner, projections, clock=clock)
    # One case goes on and one is new while the version is being built.
    append(workflow, DAMP_CASE[:1], reference="RC-2026-000003")
    append(workflow, DAMP_CASE[8:], reference=LIFT, after=len(LIFT_CASE))
    follower.catch_up(RIVERSIDE)
    switch_to(owner, projections, 2, clock=clock)
    append(workflow, DAMP_CASE[1:], reference="RC-2026-000003", after=1)
    assert follower.catch_up(RIVERSIDE) == len(DAMP_CASE) - 1
    assert verify(projections, RIVERSIDE) == []
    assert follower.catch_up(HILLTOP) == 0
    assert verified(projections, owner, 1)  # as far as it came


class Died(BaseException):
    """The process is gone: nothing after it runs but what the database does by itself."""


@contextmanager
def dying_at(step: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[int]]:
    """Every statement of the build counts as a step; before the one of that number the process dies."""
    steps = [0]
    real = psycopg.Cursor.execute

    def execute(self: Any, *arguments: Any, **more: Any) -> Any:
        steps[0] += 1
        if steps[0] == step:
            self.connection.close()
            raise Died
        return real(self, *arguments, **more)

    with monkeypatch.context() as patched:
        patched.setattr(psycopg.Cursor, "execute", execute)
        yield steps


@pytest.mark.usefixtures("followed")
def test_a_build_that_dies_at_any_statement_is_resumed(
    owner: Database, projections: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(case_writing, "BATCH_FACTS", 5)
    before = everything(projections)

    def deaths(work: Callable[[], Any]) -> int:
        for step in itertools.count(1):
            try:
                with dying_at(step, monkeypatch) as counted:
                    work()
            except Died:
                # Whoever reads sees one version or the other, whole.
                assert everything(projections) == before
                assert SERVING in known(owner).values()
            else:
                assert counted[0] < step
                return step - 1
        raise AssertionError("unreachable")

    assert deaths(lambda: build_version(owner, projections, clock=clock)) > 20
    assert known(owner) == {1: SERVING, 2: KEPT}
    assert deaths(lambda: switch_to(owner, projections, 2, clock=clock)) > 40
    assert known(owner) == {1: KEPT, 2: SERVING}
    assert everything(projections) == before
    assert verify(projections, RIVERSIDE) == verify(projections, HILLTOP) == []


@pytest.mark.usefixtures("followed")
def test_a_build_can_be_cancelled_and_another_begun(
    owner: Database, projections: Database, clock: SettableClock
) -> None:
    begun = begin_or_resume(owner, clock=clock)
    assert begun.state == BUILDING
    assert begin_or_resume(owner, clock=clock) == begun
    with pytest.raises(VersionRefused, match="not built to its end"):
        switch_to(owner, projections, begun.version, clock=clock)
    drop_version(owner, begun.version)
    assert build_version(owner, projections, clock=clock).version == 2
    assert verified(projections, owner, 2)


@pytest.mark.usefixtures("followed")
def test_readers_see_no_error_and_no_half_version_while_it_is_built_and_switched(
    owner: Database,
    projections: Database,
    workflow: Database,
    follower: FeedFollower,
    clock: SettableClock,
) -> None:
    expected = {table: len(rows) for table, rows in everything(projections).items()}
    stop = Event()

    def read() -> int:
        reads = 0
        with Database(owner.conninfo, role="redress_projections", max_size=1) as reader:
            while not stop.is_set():
                with reader.transaction(RIVERSIDE) as cursor:
                    for table in Random(reads).sample(sorted(expected), 2):
                        row = cursor.execute(
                            psycopg.sql.SQL("SELECT count(*) AS rows FROM {}").format(
                                psycopg.sql.Identifier("projections", table)
                            )
                        ).fetchone()
                        assert row is not None
                        assert row["rows"] >= expected[table]
                reads += 1
        return reads

    def write() -> int:
        number = 0
        while not stop.is_set():
            number += 1
            append(workflow, DAMP_CASE, reference=f"RC-2027-{number:06}")
            follower.catch_up(RIVERSIDE)
        return number

    with ThreadPoolExecutor(4) as pool:
        readers = [pool.submit(read) for _ in range(2)]
        writer = pool.submit(write)
        try:
            for _ in range(2):
                built = build_version(owner, projections, clock=clock)
                switch_to(owner, projections, built.version, clock=clock)
        finally:
            stop.set()
        assert min(each.result() for each in readers) > 0
        assert writer.result() > 0
    follower.catch_up(RIVERSIDE)
    assert verify(projections, RIVERSIDE) == verify(projections, HILLTOP) == []


@pytest.mark.usefixtures("followed")
def test_a_switch_waits_for_a_long_reader_and_says_so_when_it_does_not_end(
    owner: Database, projections: Database, clock: SettableClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    build_version(owner, projections, clock=clock)
    monkeypatch.setattr(versions_module, "SWITCH_LIMIT_SECONDS", 0.3)
    with projections.transaction(RIVERSIDE) as cursor:
        cursor.execute("SELECT FROM projections.answer")
        with pytest.raises(VersionRefused, match="readers held the read models"):
            switch_to(owner, projections, 2, clock=clock)
    assert known(owner) == {1: SERVING, 2: KEPT}
    switch_to(owner, projections, 2, clock=clock)
    assert known(owner) == {1: KEPT, 2: SERVING}


@pytest.mark.usefixtures("followed")
def test_what_cannot_be_folded_is_parked_in_the_version_and_mended_by_the_next(
    owner: Database,
    projections: Database,
    follower: FeedFollower,
    clock: SettableClock,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    facts = len(rows_of(projections, "fact"))
    real = CaseWriter._folded

    def faulty(self: CaseWriter, cases: Any) -> Any:
        for case in cases:
            for fact in case.facts:
                if case.reference == LIFT and fact.version == 3:
                    raise ValueError("a fault of this release")
        return real(self, cases)

    with monkeypatch.context() as patched:
        patched.setattr(CaseWriter, "_folded", faulty)
        build_version(owner, projections, clock=clock)
        switch_to(owner, projections, 2, clock=clock)
    with projections.transaction(RIVERSIDE) as cursor:
        parked = follower.parked(cursor, RIVERSIDE)
    assert [(each.stream, each.reason) for each in parked] == [(LIFT, "poison"), (LIFT, "held")]
    assert parked[0].error.startswith("ValueError at ")
    build_version(owner, projections, clock=clock)
    switch_to(owner, projections, 3, clock=clock)
    with projections.transaction(RIVERSIDE) as cursor:
        assert follower.parked(cursor, RIVERSIDE) == ()
    assert len(rows_of(projections, "fact")) == facts


@pytest.mark.usefixtures("followed")
def test_what_was_given_up_is_in_no_version(
    owner: Database, projections: Database, follower: FeedFollower, clock: SettableClock
) -> None:
    with projections.transaction(RIVERSIDE) as cursor:
        given_up = cursor.execute(
            "INSERT INTO projections.skipped SELECT landlord, %s, seq, reference, event_id, 'x', %s, 'x', 'x', %s"
            " FROM projections.fact WHERE reference = %s AND version = 4 RETURNING seq",
            (follower.name, clock.now(), clock.now(), DAMP),
        ).fetchall()
    assert len(given_up) == 1
    build_version(owner, projections, clock=clock)
    switch_to(owner, projections, 2, clock=clock)
    with projections.transaction(RIVERSIDE) as cursor:
        rows = cursor.execute(
            "SELECT version FROM projections.fact WHERE reference = %s ORDER BY 1", (DAMP,)
        ).fetchall()
        assert 4 not in [row["version"] for row in rows]
        assert len(rows) == len(DAMP_CASE) - 1
        assert follower.parked(cursor, RIVERSIDE) == ()
    assert rebuild(projections, RIVERSIDE, clock=clock) > 0
    assert verify(projections, RIVERSIDE) == []


Refused = Callable[[Database, Database, SettableClock], Any]


@pytest.mark.parametrize(
    ("refused", "because"),
    [
        (lambda owner, _database, _clock: drop_version(owner, 1), "version 1 serves"),
        (lambda owner, _database, _clock: drop_version(owner, 9), "there is no version 9"),
        (lambda owner, database, clock: switch_to(owner, database, 9, clock=clock), "no version 9"),
    ],
)
def test_what_cannot_be_is_refused(
    owner: Database, projections: Database, clock: SettableClock, refused: Refused, because: str
) -> None:
    with pytest.raises(VersionRefused, match=because):
        refused(owner, projections, clock)
    assert known(owner) == {1: SERVING}


def test_versions_do_not_pile_up(
    owner: Database, projections: Database, clock: SettableClock
) -> None:
    for _ in range(VERSIONS_MAX - 1):
        built = build_version(owner, projections, clock=clock)
        # Built again before it served, it is the same one.
        assert build_version(owner, projections, clock=clock).version == built.version
        switch_to(owner, projections, built.version, clock=clock)
    with pytest.raises(VersionRefused, match="drop one of"):
        build_version(owner, projections, clock=clock)


def test_a_version_of_another_shape_is_not_switched_to(
    owner: Database, projections: Database, clock: SettableClock
) -> None:
    build_version(owner, projections, clock=clock)
    with owner.directory() as cursor:
        cursor.execute("ALTER TABLE projections.answer ADD COLUMN late boolean")
    with pytest.raises(VersionRefused, match="other columns than this release reads"):
        switch_to(owner, projections, 2, clock=clock)


def test_two_processes_do_not_build_at_once(
    owner: Database, projections: Database, clock: SettableClock
) -> None:
    with (
        versions_module.building_alone(owner.conninfo),
        pytest.raises(VersionRefused, match="another process builds"),
    ):
        build_version(owner, projections, clock=clock)


def test_tables_of_a_version_keep_indexes_guard_and_rights(
    owner: Database, projections: Database, clock: SettableClock
) -> None:
    """A migration written for the tables as they were made finds them as they were made, whichever version serves."""

    def described() -> list[dict[str, Any]]:
        with owner.directory() as cursor:
            return cursor.execute(
                """
                SELECT relname, relkind, relrowsecurity, relforcerowsecurity, relacl::text,
                    (SELECT array_agg(pg_get_constraintdef(oid) ORDER BY conname) FROM pg_constraint
                     WHERE conrelid = pg_class.oid) AS constraints,
                    CASE relkind WHEN 'i' THEN pg_get_indexdef(oid) END AS index
                FROM pg_class WHERE relnamespace = 'projections'::regnamespace ORDER BY relname
                """
            ).fetchall()

    before = described()
    build_version(owner, projections, clock=clock)
    switch_to(owner, projections, 2, clock=clock)
    assert described() == before

"""What the library would do by itself, and must not here: table locks, NOTIFY, DDL, functions that
lose events.
"""

import ast
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from shared.database.pool import Database
from shared.eventstore.datastore import ForbiddenLibraryMode
from shared.eventstore.recorder import FeedRecorder
from tests.eventstore.building import BOILER, HILLTOP, append_of, fact

ROOT = Path(__file__).parents[2]


def test_an_append_waits_for_no_lock_on_the_table(owner: Database, recorder: FeedRecorder) -> None:
    """Somebody holds the very lock that the library would take; even VACUUM conflicts with that
    one.
    """
    with owner.transaction("") as cursor:
        cursor.execute("LOCK TABLE workflow.event IN SHARE UPDATE EXCLUSIVE MODE")
        assert recorder.append(append_of(fact())) == 1


def test_an_append_locks_rows_and_streams_only(recorder: FeedRecorder, workflow: Database) -> None:
    with workflow.transaction("riverside") as cursor:
        recorder.append_in(cursor, append_of(fact()))
        modes = cursor.execute(
            """
            SELECT DISTINCT mode FROM pg_locks
            WHERE pid = pg_backend_pid() AND locktype = 'relation'
            """
        ).fetchall()
    assert {row["mode"] for row in modes} <= {
        "AccessShareLock",
        "RowShareLock",
        "RowExclusiveLock",
    }


def test_an_append_waits_for_no_other_landlord(recorder: FeedRecorder, workflow: Database) -> None:
    with workflow.transaction(HILLTOP) as cursor:
        recorder.append_in(cursor, append_of(fact(), landlord=HILLTOP))
        assert recorder.append(append_of(fact())) == 1


def test_an_append_notifies_nobody(owner: Database, recorder: FeedRecorder) -> None:
    with psycopg.connect(owner.conninfo, autocommit=True) as listener:
        for channel in ("event", "workflow_event", "stored_events"):
            listener.execute(psycopg.sql.SQL("LISTEN {}").format(psycopg.sql.Identifier(channel)))
        recorder.append(append_of(fact()))
        assert list(listener.notifies(timeout=0.3)) == []


def test_the_library_makes_no_table(owner: Database, recorder: FeedRecorder) -> None:
    def relations() -> set[str]:
        with owner.directory() as cursor:
            rows = cursor.execute(
                """
                SELECT oid::regclass::text AS name FROM pg_class
                UNION ALL SELECT oid::regprocedure::text FROM pg_proc
                UNION ALL SELECT oid::regtype::text FROM pg_type
                """
            ).fetchall()
        return {row["name"] for row in rows}

    before = relations()
    recorder.append(append_of(fact()))
    with pytest.raises(ForbiddenLibraryMode, match="migrations"):
        recorder.create_table()
    assert relations() == before


@pytest.mark.parametrize("value", ["yes", "Y", "true", "1", "on"])
def test_the_librarys_database_functions_are_refused(owner: Database, value: str) -> None:
    with pytest.raises(ForbiddenLibraryMode, match="POSTGRES_ENABLE_DB_FUNCTIONS"):
        FeedRecorder(owner, environment={"POSTGRES_ENABLE_DB_FUNCTIONS": value})


def test_database_functions_switched_on_later_are_refused_too(recorder: FeedRecorder) -> None:
    recorder.datastore.enable_db_functions = True
    with pytest.raises(ForbiddenLibraryMode):
        recorder.append(append_of(fact()))
    assert recorder.load("riverside", BOILER) == ()


@pytest.mark.parametrize("module", ["eventsourcing.dcb.postgres_tt", "eventsourcing.dcb.popo"])
def test_the_librarys_dcb_recorders_are_refused(owner: Database, module: str) -> None:
    with pytest.raises(ForbiddenLibraryMode, match="DCB"):
        FeedRecorder(owner, environment={"PERSISTENCE_MODULE": module})


def test_nothing_imports_the_librarys_dcb_recorders_or_its_runners() -> None:
    forbidden = ("eventsourcing.dcb", "eventsourcing.system", "eventsourcing.projection")
    for path in [*ROOT.glob("shared/**/*.py"), *ROOT.glob("services/**/*.py")]:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith(forbidden), path
            if isinstance(node, ast.Import):
                assert not any(name.name.startswith(forbidden) for name in node.names), path


def test_the_librarys_readers_which_know_no_landlord_are_refused(recorder: FeedRecorder) -> None:
    reads: tuple[Callable[[], object], ...] = (
        lambda: recorder.select_events(BOILER),
        lambda: recorder.select_notifications(start=1, limit=10),
        recorder.max_notification_id,
        recorder.subscribe,
        lambda: recorder.insert_events([]),
    )
    for read in reads:
        with pytest.raises(ForbiddenLibraryMode):
            read()

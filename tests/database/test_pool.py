"""Connections: under the right role, for one landlord, with limits, found again after a restart."""

from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg_pool import PoolTimeout

from shared.database.pool import DangerousRole, Database, refuse_dangerous_role
from shared.embedded.postgres import EmbeddedPostgres
from tests.eventstore.building import RIVERSIDE


@pytest.fixture
def workflow(owner: Database) -> Iterator[Database]:
    """One connection under the role of the workflow service."""
    with Database(owner.conninfo, role="redress_workflow", max_size=1) as workflow:
        yield workflow


def asked(database: Database, question: str) -> object:
    """The answer to a question of one value."""
    with database.directory() as cursor:
        row = cursor.execute(question.encode()).fetchone()
    assert row is not None
    return next(iter(row.values()))


def test_a_connection_acts_under_the_role_of_its_service(
    owner: Database, workflow: Database
) -> None:
    assert asked(workflow, "SELECT current_user") == "redress_workflow"
    assert asked(owner, "SELECT current_user = session_user") is True


@pytest.mark.parametrize(
    ("setting", "value"),
    [
        ("statement_timeout", "30s"),
        ("lock_timeout", "10s"),
        ("idle_in_transaction_session_timeout", "30s"),
        ("TimeZone", "UTC"),
    ],
)
def test_every_wait_in_the_server_has_a_limit(workflow: Database, setting: str, value: str) -> None:
    assert asked(workflow, f"SELECT current_setting('{setting}')") == value


def test_options_of_the_connection_string_are_kept(owner: Database) -> None:
    given = make_conninfo(owner.conninfo, options="-c work_mem=7MB", application_name="reports")
    with Database(given, role="redress_workflow") as database:
        assert asked(database, "SELECT current_setting('work_mem')") == "7MB"
        assert asked(database, "SELECT current_setting('application_name')") == "reports"
        assert asked(database, "SELECT current_user") == "redress_workflow"


def test_several_questions_are_answered_for_one_landlord_in_one_transaction(
    workflow: Database,
) -> None:
    whose = "SELECT current_setting('redress.landlord', true) AS landlord"
    when = "SELECT transaction_timestamp() AS began, %s::int AS given"
    (first,), (second,), (third,) = workflow.rows_of_each(
        RIVERSIDE, (when, (1,)), (whose, ()), (when, (2,))
    )
    assert second == {"landlord": RIVERSIDE}
    assert (first["given"], third["given"]) == (1, 2)
    assert first["began"] == third["began"]
    assert asked(workflow, "SELECT coalesce(current_setting('redress.landlord', true), '')") == ""


def test_after_a_question_that_fails_the_connection_is_as_good_as_new(workflow: Database) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        workflow.rows_of_each(RIVERSIDE, ("SELECT 1 / 0", ()), ("SELECT 1", ()))
    assert workflow.rows(RIVERSIDE, "SELECT 1 AS one", ()) == [{"one": 1}]


def test_the_landlord_ends_with_the_transaction(workflow: Database) -> None:
    with workflow.transaction(RIVERSIDE) as cursor:
        cursor.execute("SELECT current_setting('redress.landlord') AS landlord")
        row = cursor.fetchone()
        assert row == {"landlord": RIVERSIDE}
    with workflow.pool.connection() as connection:
        row = connection.execute("SELECT current_setting('redress.landlord', true) AS l").fetchone()
    assert row == {"l": ""}


def test_a_failing_transaction_leaves_nothing_behind(owner: Database) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero), owner.transaction(RIVERSIDE) as cursor:
        cursor.execute("UPDATE workflow.relay_cursor SET seq = 7 RETURNING 1 / (seq - 7)")
    with owner.transaction(RIVERSIDE) as cursor:
        row = cursor.execute("SELECT seq FROM workflow.relay_cursor").fetchone()
    assert row == {"seq": 0}


def test_what_a_careless_user_sets_for_the_session_is_gone_for_the_next(
    workflow: Database,
) -> None:
    with workflow.pool.connection() as connection:
        connection.execute("SELECT set_config('redress.landlord', 'riverside', false)")
        connection.execute("SET statement_timeout = 0")
        connection.execute("SET ROLE NONE")
        connection.execute("SELECT pg_advisory_lock(42)")
        before = connection.info.backend_pid
    with workflow.pool.connection() as connection:
        assert connection.info.backend_pid == before
        row = connection.execute(
            """
            SELECT current_setting('redress.landlord', true) AS landlord, current_user AS role,
                   current_setting('statement_timeout') AS statement_timeout,
                   (SELECT count(*) FROM pg_locks
                    WHERE locktype = 'advisory' AND pid = pg_backend_pid()) AS locks
            """
        ).fetchone()
    assert row is not None
    assert not row["landlord"]
    assert (row["role"], row["statement_timeout"], row["locks"]) == ("redress_workflow", "30s", 0)


def test_without_a_free_connection_the_caller_waits_only_so_long(
    owner: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.database.pool.CHECKOUT_LIMIT_SECONDS", 0.2)
    with (
        Database(owner.conninfo, role="redress_workflow", max_size=1) as workflow,
        workflow.directory(),
        pytest.raises(PoolTimeout),
        workflow.directory(),
    ):
        pass


def test_a_connection_that_the_server_ended_is_replaced_before_it_is_used(
    owner: Database, workflow: Database
) -> None:
    for _ in range(3):
        pid = asked(workflow, "SELECT pg_backend_pid()")
        with owner.directory() as cursor:
            cursor.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
        assert asked(workflow, "SELECT pg_backend_pid()") != pid


def test_after_a_restart_of_the_server_the_next_use_connects_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shared.database.pool.CHECKOUT_LIMIT_SECONDS", 1.0)
    server = EmbeddedPostgres(tmp_path, fsync=False)
    with server, Database(server.conninfo(), role=None, max_size=2) as database:
        assert asked(database, "SELECT 1") == 1
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            asked(database, "SELECT 1")
        server.start()
        assert asked(database, "SELECT 1") == 1


def test_a_service_role_is_accepted(workflow: Database) -> None:
    with workflow.directory() as cursor:
        refuse_dangerous_role(cursor)


def test_the_owner_of_the_tables_is_refused_as_a_service(owner: Database) -> None:
    with owner.directory() as cursor, pytest.raises(DangerousRole, match="redress_workflow"):
        refuse_dangerous_role(cursor)

"""Landlords are apart for every role, and nobody rewrites the log."""

from collections.abc import Iterator
from uuid import uuid4

import psycopg
import pytest
from psycopg import sql

from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder
from shared.registry.landlords import all_landlords
from shared.vault.sealing import LandlordKeys
from shared.vault.vault import Vault
from tests.eventstore.building import (
    HILLTOP,
    RIVERSIDE,
    WED_11_MAR_2026,
    append_of,
    fact,
    register,
)
from tests.support.postgres import migrated_database
from tests.support.servers import ServerFolder

SERVICES = (
    "redress_intake",
    "redress_workflow",
    "redress_notifier",
    "redress_projections",
    "redress_webhooks",
    "redress_administration",
)
READ_THE_LOG = SERVICES[1:5]
REFUSED = psycopg.errors.InsufficientPrivilege


pytestmark = pytest.mark.postgres


@pytest.fixture(scope="module")
def filled(servers: ServerFolder) -> Iterator[Database]:
    """Facts and words of two landlords; one database for all tests here, since none may change it."""
    with migrated_database(servers) as database, Database(database.conninfo, role=None) as owner:
        register(owner, RIVERSIDE, HILLTOP)
        with Database(database.conninfo, role="redress_workflow") as workflow:
            for landlord in (RIVERSIDE, HILLTOP):
                fill(workflow, landlord)
        yield owner


def fill(workflow: Database, landlord: str) -> None:
    """Record a fact and somebody's name."""
    FeedRecorder(workflow, environment={}).append(append_of(fact(), landlord=landlord))
    with workflow.transaction(landlord) as cursor:
        Vault(LandlordKeys(bytes(32))).write(
            cursor,
            landlord=landlord,
            subject=uuid4(),
            words=uuid4(),
            kind="name",
            text="A. Complainant",
            now=WED_11_MAR_2026,
        )


@pytest.fixture(params=[*SERVICES, None])
def anyone(request: pytest.FixtureRequest, filled: Database) -> Iterator[Database]:
    """Each role in turn, the owner of the tables last."""
    with Database(filled.conninfo, role=request.param, max_size=2) as anyone:
        yield anyone


def guarded_tables(owner: Database) -> list[sql.Identifier]:
    """Every table of ours but the directory of landlords and those of versions and leaders, which are
    for all to read.
    """
    with owner.directory() as cursor:
        rows = cursor.execute(
            """
            SELECT relnamespace::regnamespace::text AS schema, relname FROM pg_class
            WHERE relkind IN ('r', 'p') AND relname NOT IN ('landlord', 'version', 'leader', 'schema_migration')
              AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
            """
        ).fetchall()
    return [sql.Identifier(row["schema"], row["relname"]) for row in rows]


def landlords_seen(database: Database, table: sql.Identifier, *, landlord: str) -> set[str]:
    """Whose rows the role sees there; none when it may not look at all."""
    try:
        with database.transaction(landlord) as cursor:
            cursor.execute(sql.SQL("SELECT DISTINCT landlord FROM {}").format(table))
            return {row["landlord"] for row in cursor}
    except REFUSED:
        return set()


def test_every_table_is_guarded_also_against_its_owner(filled: Database) -> None:
    with filled.directory() as cursor:
        rows = cursor.execute(
            """
            SELECT oid::regclass::text AS name FROM pg_class
            WHERE relkind IN ('r', 'p') AND relname <> 'schema_migration'
              AND relnamespace::regnamespace::text NOT IN ('pg_catalog', 'information_schema')
              AND NOT (relrowsecurity AND relforcerowsecurity)
            """
        ).fetchall()
    assert rows == []


def test_no_role_sees_rows_of_another_landlord(anyone: Database, filled: Database) -> None:
    for table in guarded_tables(filled):
        assert landlords_seen(anyone, table, landlord=RIVERSIDE) <= {RIVERSIDE}


def test_without_a_landlord_no_role_sees_anything_but_the_directory(
    anyone: Database, filled: Database
) -> None:
    for table in guarded_tables(filled):
        assert landlords_seen(anyone, table, landlord="") == set()
    with anyone.directory() as cursor:
        assert [each.landlord for each in all_landlords(cursor)] == [HILLTOP, RIVERSIDE]


def test_a_session_that_never_named_a_landlord_sees_nothing(anyone: Database) -> None:
    with anyone.pool.connection() as connection:
        try:
            row = connection.execute(
                "SELECT count(*) AS seen FROM registry.organisation"
            ).fetchone()
        except REFUSED:  # a role that has no business there
            return
    assert row == {"seen": 0}


@pytest.mark.parametrize("landlord", [RIVERSIDE, HILLTOP])
def test_a_role_that_may_read_the_log_sees_its_landlords_part(
    filled: Database, landlord: str
) -> None:
    for role in READ_THE_LOG:
        with Database(filled.conninfo, role=role, max_size=1) as service:
            table = sql.Identifier("workflow", "event")
            assert landlords_seen(service, table, landlord=landlord) == {landlord}


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("redress_workflow", "INSERT INTO workflow.relay_cursor VALUES ('hilltop', 0, now())"),
        ("redress_workflow", "INSERT INTO registry.reference_counter VALUES ('hilltop', 2026, 1)"),
        (
            "redress_intake",
            "INSERT INTO vault.subject_key VALUES ('hilltop', gen_random_uuid(), '', now())",
        ),
        (
            None,
            "INSERT INTO registry.organisation VALUES ('hilltop', 'hilltop', 'Hilltop', 'council')",
        ),
        ("redress_workflow", "UPDATE workflow.feed_head SET landlord = 'hilltop'"),
    ],
)
def test_a_row_of_another_landlord_cannot_be_written(
    filled: Database, role: str | None, statement: str
) -> None:
    with (
        Database(filled.conninfo, role=role, max_size=1) as service,
        pytest.raises(REFUSED, match="row-level security"),
    ):
        run(service, statement)


def test_an_append_for_another_landlord_than_the_transactions_finds_no_feed(
    filled: Database,
) -> None:
    with (
        Database(filled.conninfo, role="redress_workflow", max_size=1) as service,
        pytest.raises(psycopg.errors.ForeignKeyViolation, match="has no feed"),
    ):
        run(service, "SELECT workflow.append('hilltop', '{}', '{}', '{}', '{}', '{}', now())")


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE workflow.event SET record = '{}'",
        "DELETE FROM workflow.event",
        "TRUNCATE workflow.event",
        "UPDATE workflow.event SET record = '{}' WHERE false",
    ],
)
def test_nobody_rewrites_the_log(anyone: Database, filled: Database, statement: str) -> None:
    with pytest.raises((REFUSED, psycopg.errors.RestrictViolation)):
        run(anyone, statement)
    with filled.transaction(RIVERSIDE) as cursor:
        row = cursor.execute("SELECT record <> '{}' AS whole FROM workflow.event").fetchone()
    assert row == {"whole": True}


@pytest.mark.parametrize(
    ("role", "statement"),
    [
        ("redress_intake", "SELECT * FROM workflow.event"),
        ("redress_intake", "SELECT * FROM workflow.timer"),
        ("redress_notifier", "SELECT * FROM workflow.command_result"),
        ("redress_webhooks", "SELECT * FROM vault.words"),
        ("redress_webhooks", "UPDATE webhooks.webhook SET url = 'https://elsewhere.example'"),
        ("redress_webhooks", "UPDATE webhooks.webhook SET secret = ''"),
        ("redress_webhooks", "INSERT INTO webhooks.webhook SELECT * FROM webhooks.webhook"),
        ("redress_webhooks", "DELETE FROM webhooks.webhook"),
        ("redress_notifier", "SELECT * FROM webhooks.webhook"),
        ("redress_projections", "INSERT INTO workflow.event SELECT * FROM workflow.event"),
        ("redress_projections", "UPDATE workflow.feed_head SET seq = 0"),
        ("redress_notifier", "UPDATE workflow.relay_cursor SET seq = 0"),
        ("redress_workflow", "UPDATE vault.subject_key SET wrapped_key = NULL"),
        ("redress_workflow", "DELETE FROM vault.words"),
        ("redress_projections", "INSERT INTO registry.officer SELECT * FROM registry.officer"),
        ("redress_workflow", "UPDATE registry.officer SET role = 'administrator'"),
        ("redress_administration", "SELECT * FROM workflow.event"),
        ("redress_administration", "SELECT * FROM vault.words"),
        ("redress_workflow", "INSERT INTO registry.landlord SELECT * FROM registry.landlord"),
    ],
)
def test_a_service_may_not_do_the_work_of_another(
    filled: Database, role: str, statement: str
) -> None:
    with (
        Database(filled.conninfo, role=role, max_size=1) as service,
        pytest.raises(REFUSED, match="permission denied"),
    ):
        run(service, statement)


def run(database: Database, statement: str) -> None:
    """Carry out a statement as Riverside."""
    with database.transaction(RIVERSIDE) as cursor:
        cursor.execute(statement.encode())

"""Migrations: each once, in order, whole, and never over a history that does not fit."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from psycopg.rows import scalar_row

from shared.database.migrate import (
    Migration,
    MigrationRefused,
    apply_migrations,
    migrate,
    shipped_migrations,
)
from shared.embedded.postgres import EmbeddedPostgres
from tests.support.postgres import TestDatabase

ONE = Migration("0001_rooms.sql", b"CREATE TABLE room (id int); INSERT INTO room VALUES (1);")
TWO = Migration("0002_doors.sql", b"CREATE TABLE door (share text DEFAULT '100 %');")
BROKEN = Migration("0002_doors.sql", b"CREATE TABLE door (id int); SELECT 1 / 0;")


@pytest.fixture
def conninfo(empty_database: TestDatabase) -> str:
    """A database without any schema."""
    return empty_database.conninfo


def tables(conninfo: str) -> list[str]:
    """The tables of the test, besides the record of migrations."""
    with psycopg.connect(conninfo, row_factory=scalar_row) as connection:
        return connection.execute(
            """
            SELECT relname FROM pg_class WHERE relkind = 'r' AND relname <> 'schema_migration'
              AND relnamespace = 'public'::regnamespace ORDER BY relname
            """
        ).fetchall()


def test_a_migration_is_applied_once(conninfo: str) -> None:
    assert apply_migrations(conninfo, [ONE]) == ["0001_rooms.sql"]
    assert apply_migrations(conninfo, [ONE, TWO]) == ["0002_doors.sql"]
    assert apply_migrations(conninfo, [ONE, TWO]) == []
    assert tables(conninfo) == ["door", "room"]


def test_each_step_is_told_before_it_is_taken(conninfo: str) -> None:
    steps: list[tuple[str, int, int]] = []
    apply_migrations(conninfo, [ONE, TWO], on_step=lambda *step: steps.append(step))
    assert steps == [("0001_rooms.sql", 1, 2), ("0002_doors.sql", 2, 2)]


def test_a_failing_migration_leaves_nothing_and_those_before_it_stay(conninfo: str) -> None:
    with pytest.raises(psycopg.errors.DivisionByZero):
        apply_migrations(conninfo, [ONE, BROKEN])
    assert tables(conninfo) == ["room"]
    assert apply_migrations(conninfo, [ONE, TWO]) == ["0002_doors.sql"]


def test_a_file_that_changed_after_it_was_applied_is_refused(conninfo: str) -> None:
    apply_migrations(conninfo, [ONE])
    changed = Migration(ONE.name, ONE.text + b"-- harmless")
    with pytest.raises(MigrationRefused, match=r"0001_rooms\.sql was changed"):
        apply_migrations(conninfo, [changed, TWO])
    assert tables(conninfo) == ["room"]


def test_a_number_before_one_that_is_applied_is_refused(conninfo: str) -> None:
    apply_migrations(conninfo, [TWO])
    with pytest.raises(MigrationRefused, match="next free number"):
        apply_migrations(conninfo, [ONE, TWO])
    assert tables(conninfo) == ["door"]


def test_a_database_of_a_newer_version_is_refused(conninfo: str) -> None:
    apply_migrations(conninfo, [ONE, TWO])
    with pytest.raises(MigrationRefused, match="newer version"):
        apply_migrations(conninfo, [ONE])


@pytest.mark.parametrize(
    "files",
    [
        (Migration("1_rooms.sql", b""),),
        (Migration("0001-rooms.sql", b""),),
        (ONE, Migration("0001_doors.sql", b"")),
        (TWO, ONE),
    ],
)
def test_misnamed_or_doubly_numbered_files_are_refused(
    conninfo: str, files: tuple[Migration, ...]
) -> None:
    with pytest.raises(MigrationRefused):
        apply_migrations(conninfo, files)
    assert tables(conninfo) == []


def test_two_programs_starting_at_once_migrate_once(conninfo: str) -> None:
    slow = Migration(ONE.name, ONE.text + b"SELECT pg_sleep(0.3);")
    with ThreadPoolExecutor(2) as pool:
        both = [pool.submit(apply_migrations, conninfo, [slow, TWO]) for _ in range(2)]
    assert sorted(one.result() for one in both) == [[], ["0001_rooms.sql", "0002_doors.sql"]]


@pytest.fixture
def fresh_cluster(tmp_path: Path) -> Iterator[str]:
    """A server on which no role of a service exists yet."""
    with EmbeddedPostgres(tmp_path, fsync=False) as server:
        yield server.start()
        server.remove()


def test_several_databases_of_one_server_migrate_at_once(fresh_cluster: str) -> None:
    """Roles belong to the whole server: whoever comes second finds them made, or being made."""
    names = [f"council_{number}" for number in range(4)]
    with psycopg.connect(fresh_cluster, autocommit=True) as connection:
        for name in names:
            connection.execute(
                psycopg.sql.SQL("CREATE DATABASE {}").format(psycopg.sql.Identifier(name))
            )
    with ThreadPoolExecutor(len(names)) as pool:
        conninfos = [make_conninfo(fresh_cluster, dbname=name) for name in names]
        applied = list(pool.map(migrate, conninfos))
    assert applied == [[file.name for file in shipped_migrations()]] * len(names)
    for conninfo in conninfos:
        as_service = make_conninfo(conninfo, options="-c role=redress_projections")
        with psycopg.connect(as_service) as connection:
            assert connection.execute("SELECT count(*) FROM workflow.event").fetchone() == (0,)

"""A database for each test, cloned from a template on which the migrations ran once."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.support.eventually import eventually
from tests.support.servers import ServerFolder

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class TestDatabase:
    """A database of one test; `conninfo` is its owner's."""

    __test__ = False  # pytest takes the name for a test class otherwise

    name: str
    conninfo: str


@contextmanager
def migrated_database(servers: ServerFolder) -> Iterator[TestDatabase]:
    """A fresh database with the whole schema, dropped afterwards."""
    with _fresh_database(servers, template=_template(servers)) as database:
        yield database


@contextmanager
def empty_database(servers: ServerFolder) -> Iterator[TestDatabase]:
    """A fresh database without any schema, dropped afterwards."""
    with _fresh_database(servers, template="template1") as database:
        yield database


@contextmanager
def _fresh_database(servers: ServerFolder, *, template: str) -> Iterator[TestDatabase]:
    name = f"redress_test_{servers.token}_{os.getpid()}_{next(_numbers)}"
    _create(servers, name=name, template=template)
    try:
        yield TestDatabase(name, make_conninfo(servers.postgres_conninfo, dbname=name))
    finally:
        drop_database(servers, name)


def template_name(servers: ServerFolder) -> str:
    """The template of this run."""
    return f"redress_template_{servers.token}"


def _template(servers: ServerFolder) -> str:
    name = template_name(servers)
    with servers.turn("template") as turn:
        if turn.read_text() != "migrated":
            drop_database(servers, name)  # of a migration that failed for the test before
            _create(servers, name=name, template="template1")
            _migrate(make_conninfo(servers.postgres_conninfo, dbname=name))
            turn.write_text("migrated")
    return name


def _migrate(conninfo: str) -> None:
    from shared.database.migrate import migrate  # noqa: PLC0415  # most tests need no database

    migrate(conninfo)


def drop_template(servers: ServerFolder) -> None:
    """Leave nothing on a server that DATABASE_URL names (its service roles stay)."""
    if os.environ.get("DATABASE_URL") and (servers.folder / "template.turn").exists():
        drop_database(servers, template_name(servers))


def _create(servers: ServerFolder, *, name: str, template: str) -> None:
    statement = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    with _maintenance(servers) as connection:
        connection.execute(statement.format(sql.Identifier(name), sql.Identifier(template)))


def drop_database(servers: ServerFolder, name: str) -> None:
    """Drop it, with whatever connections a failed test left open."""
    statement = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name))

    def dropped() -> bool:
        with _maintenance(servers) as connection:
            try:
                connection.execute(statement)
            except psycopg.errors.InsufficientPrivilege:
                return (
                    False  # the server's own vacuum is in it, which we may not end: it soon leaves
                )
        return True

    eventually(dropped, within_seconds=30.0)


def _maintenance(servers: ServerFolder) -> psycopg.Connection[tuple[object, ...]]:
    return psycopg.connect(servers.postgres_conninfo, autocommit=True)

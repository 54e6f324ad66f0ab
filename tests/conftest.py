"""The fixtures that every test may ask for: a database, a broker."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support import given_broker
from tests.support.data_directories import fresh_data_directory
from tests.support.postgres import TestDatabase, empty_database, migrated_database
from tests.support.rabbitmq import RabbitServer
from tests.support.servers import ServerFolder, current_folder


@pytest.fixture(scope="session")
def servers() -> ServerFolder:
    """The servers of this run; each starts when it is first needed."""
    return current_folder()


@pytest.fixture
def data_directory() -> Iterator[Path]:
    """A directory for what a process of ours keeps; its private PostgreSQL is removed after."""
    with fresh_data_directory() as directory:
        yield directory


@pytest.fixture
def database(servers: ServerFolder) -> Iterator[TestDatabase]:
    """A fresh database with the whole schema: `.conninfo` (the owner's) and `.name`."""
    with migrated_database(servers) as fresh:
        yield fresh


@pytest.fixture(name="empty_database")
def empty_database_fixture(servers: ServerFolder) -> Iterator[TestDatabase]:
    """A fresh database in which no migration ran."""
    with empty_database(servers) as fresh:
        yield fresh


@pytest.fixture
def rabbit_url(servers: ServerFolder) -> Iterator[str]:
    """A virtual host of its own on the broker that the run shares.

    A broker given in RABBITMQ_URL has one virtual host for all: tests take turns on it, and
    what the project declares there is deleted before and after each.
    """
    given = os.environ.get("RABBITMQ_URL")
    if given:
        with servers.turn("given-broker"):
            given_broker.empty(given)
            yield given
            given_broker.empty(given)
    else:
        yield servers.rabbit_url(servers.next_virtual_host())


@pytest.fixture
def own_rabbit(tmp_path: Path) -> Iterator[RabbitServer]:
    """A broker of its own, running, for a test that stops, kills or restarts it."""
    with RabbitServer(tmp_path / "rabbitmq") as server:
        yield server

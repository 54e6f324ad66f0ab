"""The landlord whose processes die."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from shared.database.pool import Database
from tests.crash_points.world import World
from tests.support.postgres import TestDatabase
from tests.workflow.office import new_office


@pytest.fixture
def world(database: TestDatabase, rabbit_url: str, tmp_path: Path) -> Iterator[World]:
    """The landlord on its servers."""
    with ExitStack() as opened:

        def connect(conninfo: str, *, role: str | None) -> Database:
            return opened.enter_context(Database(conninfo, role=role, max_size=4))

        office = new_office(database.conninfo, tmp_path, connect)
        yield World(office=office, rabbit_url=rabbit_url, folder=tmp_path)

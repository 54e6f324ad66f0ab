"""The schema on the PostgreSQL that comes with the Python packages, which is newer than Debian's.

Roles behave differently from version 16 on: whoever makes one may grant it, but not act under it.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from shared.database.migrate import migrate
from shared.database.pool import Database, refuse_dangerous_role
from shared.embedded import binaries
from shared.embedded.postgres import EmbeddedPostgres
from shared.registry.landlords import all_landlords

ROLES = (
    "redress_intake",
    "redress_workflow",
    "redress_notifier",
    "redress_projections",
    "redress_webhooks",
    "redress_administration",
)


def test_every_service_can_work_under_its_role_on_the_packaged_server(
    data_directory: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = max(binaries._packaged(), key=lambda folder: binaries._examine(folder).major)
    monkeypatch.setenv(binaries.GIVEN, str(newest))
    with EmbeddedPostgres(data_directory, fsync=False) as server:
        migrate(server.conninfo())
        for role in ROLES:
            with (
                Database(server.conninfo(), role=role, max_size=1) as database,
                database.directory() as cursor,
            ):
                refuse_dangerous_role(cursor)
                assert all_landlords(cursor) == ()

"""Lends the `eventsourcing` library our connections, and refuses its modes that lose events."""

from collections.abc import Mapping
from typing import Any, cast

from eventsourcing.postgres import ConnectionPool, PostgresDatastore
from psycopg import Connection

from shared.database.pool import Database

Row = dict[str, Any]

# How the library spells yes.
_SWITCHED_ON = frozenset({"y", "yes", "t", "true", "on", "1"})


class ForbiddenLibraryMode(RuntimeError):
    """A way of the library was asked for that loses events for readers, or that this log does not
    have.
    """


class FeedDatastore(PostgresDatastore):
    """The library's datastore on the connections of a `Database`: its role, limits and pool."""

    def __init__(self, database: Database) -> None:
        # The library would open a second pool with settings of its own; so its __init__ is not
        # called.
        self.pool = cast("ConnectionPool[Connection[Row]]", database.pool)
        self.pool_open_timeout = None
        self.schema = "workflow"
        self.originator_id_type = "text"
        self.lock_timeout = 0
        self.enable_db_functions = False
        self.db_type_names = set()
        self.psycopg_type_adapters = {}
        self.psycopg_python_types = {}

    def register_type_adapters(self) -> None:
        """Need none: facts travel as arrays of plain types."""

    def close(self) -> None:
        """Leave the pool to the `Database` that owns it."""


def refuse_forbidden_modes(environment: Mapping[str, str]) -> None:
    """Refuse an environment that asks the library for a mode in which readers miss events."""
    if environment.get("POSTGRES_ENABLE_DB_FUNCTIONS", "").lower() in _SWITCHED_ON:
        raise ForbiddenLibraryMode(
            "POSTGRES_ENABLE_DB_FUNCTIONS is set, but the library's database functions let readers "
            "miss events; unset it."
        )
    module = environment.get("PERSISTENCE_MODULE", "")
    if module.startswith("eventsourcing.dcb"):
        raise ForbiddenLibraryMode(
            f"PERSISTENCE_MODULE names {module}, but the library's DCB recorders let readers "
            "miss events; unset it."
        )

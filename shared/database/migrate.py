"""Applies the numbered SQL files of `shared/database/migrations`, each once, in order, in a
transaction of its own.

The user who migrates owns every table: an ordinary role that may create roles (CREATEROLE), which
forced row-level security binds. A superuser may migrate too, but nothing binds a superuser.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from importlib import resources

import psycopg
from psycopg import Connection

# Any number will do, as long as nobody else locks it: these are the letters of "redress" in ASCII.
ADVISORY_LOCK = 0x72656472657373
# How long one start-up waits for another that is migrating.
LOCK_LIMIT_SECONDS = 120

_FILE_NAME = re.compile(r"[0-9]{4}_[a-z][a-z0-9_]*\.sql")


class MigrationRefused(RuntimeError):
    """The files and what the database has on record do not fit together."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One numbered file."""

    name: str
    text: bytes

    @property
    def number(self) -> str:
        return self.name[:4]

    @property
    def checksum(self) -> str:
        return hashlib.sha256(self.text).hexdigest()


def migrate(conninfo: str, *, on_step: Callable[[str, int, int], None] | None = None) -> list[str]:
    """Bring the database up to date and return the names of what was applied.

    `on_step` is told the name, the place (from 1) and the number of those to apply, before each.
    Several programs may start at once: one migrates, the others wait for it and find nothing to do.
    """
    return apply_migrations(conninfo, shipped_migrations(), on_step=on_step)


def shipped_migrations() -> tuple[Migration, ...]:
    """Read the files that travel with the program, in order; refuse an odd name or a number used
    twice.
    """
    folder = resources.files("shared.database").joinpath("migrations")
    files = sorted(
        (entry for entry in folder.iterdir() if entry.name.endswith(".sql")),
        key=lambda entry: entry.name,
    )
    return tuple(Migration(entry.name, entry.read_bytes()) for entry in files)


def apply_migrations(
    conninfo: str,
    migrations: Sequence[Migration],
    *,
    on_step: Callable[[str, int, int], None] | None = None,
) -> list[str]:
    """Apply those of `migrations` that the database does not have yet."""
    _refuse_misnamed(migrations)
    with psycopg.connect(conninfo, autocommit=True) as connection:
        connection.execute(
            "SELECT set_config('lock_timeout', %s, false)", (f"{LOCK_LIMIT_SECONDS}s",)
        )
        connection.execute("SELECT pg_advisory_lock(%s)", (ADVISORY_LOCK,))
        pending = _pending(connection, migrations)
        for place, migration in enumerate(pending, start=1):
            if on_step is not None:
                on_step(migration.name, place, len(pending))
            _apply(connection, migration)
    return [migration.name for migration in pending]


def _refuse_misnamed(migrations: Sequence[Migration]) -> None:
    numbers = [migration.number for migration in migrations]
    for migration in migrations:
        if not _FILE_NAME.fullmatch(migration.name):
            raise MigrationRefused(
                f"The migration {migration.name} is misnamed; "
                "it must look like 0001_what_it_makes.sql."
            )
        if numbers.count(migration.number) > 1:
            raise MigrationRefused(f"Two migrations carry the number {migration.number}.")
    if numbers != sorted(numbers):
        raise MigrationRefused("The migrations are not in the order of their numbers.")


def _pending(
    connection: Connection[tuple[object, ...]], migrations: Sequence[Migration]
) -> list[Migration]:
    connection.execute(
        """
        CREATE TABLE IF NOT EXISTS public.schema_migration (
            name text PRIMARY KEY,
            sha256 text NOT NULL,
            applied_at timestamptz NOT NULL DEFAULT clock_timestamp()
        )
        """
    )
    rows = connection.execute("SELECT name, sha256 FROM public.schema_migration ORDER BY name")
    applied = {str(name): str(checksum) for name, checksum in rows}
    known = {migration.name for migration in migrations}
    for name in applied:
        if name not in known:
            raise MigrationRefused(
                f"The database has the migration {name}, which this version of the program "
                "does not know; run the newer version."
            )
    pending = [migration for migration in migrations if migration.name not in applied]
    for migration in migrations:
        if applied.get(migration.name, migration.checksum) != migration.checksum:
            raise MigrationRefused(
                f"The migration {migration.name} was changed after it was applied; put it back and "
                "write the change as a new migration."
            )
    if pending and applied and pending[0].name < max(applied):
        raise MigrationRefused(
            f"The migration {pending[0].name} comes before {max(applied)}, which is applied "
            "already; give it the next free number."
        )
    return pending


def _apply(connection: Connection[tuple[object, ...]], migration: Migration) -> None:
    with connection.transaction():
        connection.execute(migration.text)
        connection.execute(
            "INSERT INTO public.schema_migration (name, sha256) VALUES (%s, %s)",
            (migration.name, migration.checksum),
        )

"""`redress migrate`: brings the database's schema to the newest version."""

from rich.console import Console

from services.redress.assembly import database_of
from shared.database.migrate import migrate
from shared.runtime.settings import Settings


def migrate_database(settings: Settings, console: Console) -> int:
    """Applies what is missing, as the owner; returns the exit code."""
    with database_of(settings) as conninfo:
        applied = migrate(
            conninfo, on_step=lambda name, number, of: console.print(f"{number}/{of} {name}")
        )
    console.print(f"{len(applied)} applied." if applied else "The schema is at its newest version.")
    return 0

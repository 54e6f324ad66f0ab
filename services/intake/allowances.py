"""Limits what one client may do on the public form: pages, complaints, and codes of saved ones."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from psycopg import Cursor

from shared.allowances import buckets
from shared.database.pool import Database
from shared.runtime.settings import Settings
from shared.vault.vault import Vault

PAGES, COMPLAINTS, CODES = "pages", "complaints", "codes"
SCHEMA = "intake"


class Allowances(buckets.Allowances):
    """The buckets of the form."""

    def __init__(self, *, database: Database, vault: Vault, limits: Mapping[str, int]) -> None:
        super().__init__(database=database, vault=vault, limits=limits, schema=SCHEMA)


def limits_of(settings: Settings) -> Mapping[str, int]:
    """How often in an hour, by what is done."""
    return {
        PAGES: settings.form_pages_per_hour,
        COMPLAINTS: settings.form_complaints_per_hour,
        CODES: settings.form_codes_per_hour,
    }


def sweep(cursor: Cursor[dict[str, Any]], landlord: str, *, now: datetime, most: int) -> int:
    """Deletes buckets that are full again, at most so many; how many there were."""
    return buckets.sweep(cursor, landlord, now=now, most=most, schema=SCHEMA)

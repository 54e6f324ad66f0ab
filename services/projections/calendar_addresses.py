"""The secret address under which an officer's calendar fetches their deadlines: one for each, which can be taken back.

Only the SHA-256 of the secret is kept, so an address is shown once, when it is made.
"""

import hashlib
from datetime import datetime
from typing import Any

from psycopg import Cursor

from shared.registry.officers import Officer

Row = dict[str, Any]


def make_address(cursor: Cursor[Row], officer: Officer, *, token: str, now: datetime) -> None:
    """Lets whoever has `token` (256 random bits) fetch the officer's deadlines; the one before ends."""
    cursor.execute(
        """
        INSERT INTO desk.calendar_address (landlord, officer, token_hash, made_at)
        VALUES (%s, %s, %s, %s)
        ON CONFLICT (landlord, officer) DO UPDATE
        SET token_hash = EXCLUDED.token_hash, made_at = EXCLUDED.made_at
        """,
        (officer.landlord, officer.officer, _hashed(token), now),
    )


def revoke_address(cursor: Cursor[Row], officer: Officer) -> None:
    """Ends the officer's address at once; nothing happens when there is none."""
    cursor.execute(
        "DELETE FROM desk.calendar_address WHERE landlord = %s AND officer = %s",
        (officer.landlord, officer.officer),
    )


def made_at(cursor: Cursor[Row], officer: Officer) -> datetime | None:
    """When the address in force was made; None when there is none."""
    row = cursor.execute(
        "SELECT made_at FROM desk.calendar_address WHERE landlord = %s AND officer = %s",
        (officer.landlord, officer.officer),
    ).fetchone()
    return row["made_at"] if row else None


def officer_at(cursor: Cursor[Row], landlord: str, token: str) -> str | None:
    """Whose address it is; None for one that never was or was taken back."""
    row = cursor.execute(
        "SELECT officer FROM desk.calendar_address WHERE landlord = %s AND token_hash = %s",
        (landlord, _hashed(token)),
    ).fetchone()
    return row["officer"] if row else None


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

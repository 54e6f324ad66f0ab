"""The sessions of residents in the database: only the SHA-256 of a token is kept, each opens one case, and each ends
two hours after it was last used and twelve hours after it began.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Cursor

Row = dict[str, Any]

IDLE = timedelta(hours=2)  # long enough to write a long text between two pages
LONGEST = timedelta(hours=12)
SEEN_EVERY = timedelta(minutes=1)  # how exactly the last use is known
MOST_OF_ONE_CASE = 20  # running at once; beyond them the oldest ends


@dataclass(frozen=True, slots=True)
class ResidentSession:
    """A running session: whose case it opens, and for whom."""

    landlord: str
    reference: str
    holder: str  # complainant, or representative <number>
    seen_at: datetime
    expires_at: datetime


def begin_resident_session(
    cursor: Cursor[Row], *, landlord: str, reference: str, holder: str, token: str, now: datetime
) -> None:
    """Starts a session for `token` (256 random bits); clears away those that are over."""
    cursor.execute(
        "DELETE FROM registry.resident_session WHERE landlord = %s"
        " AND (expires_at <= %s OR seen_at <= %s)",
        (landlord, now, now - IDLE),
    )
    cursor.execute(
        "DELETE FROM registry.resident_session WHERE landlord = %(landlord)s AND token_hash IN ("
        " SELECT token_hash FROM registry.resident_session"
        " WHERE landlord = %(landlord)s AND reference = %(reference)s"
        " ORDER BY began_at DESC, token_hash OFFSET %(most)s)",
        {"landlord": landlord, "reference": reference, "most": MOST_OF_ONE_CASE - 1},
    )
    cursor.execute(
        "INSERT INTO registry.resident_session"
        " (landlord, token_hash, reference, holder, began_at, seen_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (landlord, _hashed(token), reference, holder, now, now, now + LONGEST),
    )


def end_resident_session(cursor: Cursor[Row], *, landlord: str, token: str) -> None:
    """Ends the session at once; nothing happens when there is none."""
    cursor.execute(
        "DELETE FROM registry.resident_session WHERE landlord = %s AND token_hash = %s",
        (landlord, _hashed(token)),
    )


def end_sessions_of_case(
    cursor: Cursor[Row], *, landlord: str, reference: str, holder: str
) -> None:
    """Ends every session that somebody has of a case."""
    cursor.execute(
        "DELETE FROM registry.resident_session"
        " WHERE landlord = %s AND reference = %s AND holder = %s",
        (landlord, reference, holder),
    )


def lengthen_resident_sessions(cursor: Cursor[Row], *, landlord: str, by: timedelta) -> None:
    """Lets every running session end that much later: a demonstration's clock was moved."""
    cursor.execute(
        "UPDATE registry.resident_session SET expires_at = expires_at + %s, seen_at = seen_at + %s"
        " WHERE landlord = %s",
        (by, by, landlord),
    )


def find_resident_session(
    cursor: Cursor[Row], *, landlord: str, token: str, now: datetime
) -> ResidentSession | None:
    """Which case this token opens now; None for an unknown, ended or expired one."""
    row = cursor.execute(
        "SELECT reference, holder, seen_at, expires_at FROM registry.resident_session"
        " WHERE landlord = %s AND token_hash = %s AND expires_at > %s AND seen_at > %s",
        (landlord, _hashed(token), now, now - IDLE),
    ).fetchone()
    if row is None:
        return None
    if row["seen_at"] + SEEN_EVERY <= now:
        cursor.execute(
            "UPDATE registry.resident_session SET seen_at = %s"
            " WHERE landlord = %s AND token_hash = %s",
            (now, landlord, _hashed(token)),
        )
    return ResidentSession(landlord, **row)


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

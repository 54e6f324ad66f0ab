"""Outside systems that may read a landlord's feed: each holds a token, of which only the SHA-256 is kept.

A token is shown once, when it is made; a lost one is revoked and a new one made.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor

Row = dict[str, Any]


class SubscriberRefused(ValueError):
    """The subscriber cannot be added or revoked like this; the message says why."""


@dataclass(frozen=True, slots=True)
class Subscriber:
    """Who may read, since when, and until when."""

    subscriber: str
    added_by: str
    added_at: datetime
    revoked_by: str | None
    revoked_at: datetime | None


def add_subscriber(
    cursor: Cursor[Row], *, landlord: str, subscriber: str, token: str, by: str, now: datetime
) -> None:
    """Lets whoever has `token` (256 random bits) read the landlord's feed; for the owner of the tables."""
    if any(each.subscriber == subscriber for each in subscribers(cursor, landlord, in_force=True)):
        raise SubscriberRefused(
            f"{subscriber} has a token already: revoke it first, or choose another name"
        )
    cursor.execute(
        "INSERT INTO registry.subscriber (landlord, subscriber, token_hash, added_by, added_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        (landlord, subscriber, _hashed(token), by, now),
    )


def revoke_subscriber(
    cursor: Cursor[Row], *, landlord: str, subscriber: str, by: str, now: datetime
) -> None:
    """Ends the subscriber's token at once; who had it and until when stays on record."""
    cursor.execute(
        "UPDATE registry.subscriber SET revoked_by = %s, revoked_at = %s"
        " WHERE landlord = %s AND subscriber = %s AND revoked_at IS NULL",
        (by, now, landlord, subscriber),
    )
    if cursor.rowcount != 1:
        raise SubscriberRefused(f"{subscriber} has no token in force")


def subscribers(
    cursor: Cursor[Row], landlord: str, *, in_force: bool = False
) -> tuple[Subscriber, ...]:
    """All of the landlord, the revoked among them unless only those in force are asked for."""
    rows = cursor.execute(
        "SELECT subscriber, added_by, added_at, revoked_by, revoked_at FROM registry.subscriber"
        " WHERE landlord = %s AND (revoked_at IS NULL OR NOT %s) ORDER BY subscriber, added_at",
        (landlord, in_force),
    )
    return tuple([Subscriber(**row) for row in rows])


def subscriber_of_token(cursor: Cursor[Row], *, landlord: str, token: str) -> str | None:
    """Who holds this token now; None for an unknown or revoked one."""
    row = cursor.execute(
        "SELECT subscriber FROM registry.subscriber"
        " WHERE landlord = %s AND token_hash = %s AND revoked_at IS NULL",
        (landlord, _hashed(token)),
    ).fetchone()
    return None if row is None else str(row["subscriber"])


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

"""The record of what administrators changed: who, when and what, never rewritten."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor
from psycopg.types.json import Jsonb

from services.administration.acting import Desk

Row = dict[str, Any]

MOST_SHOWN = 100

OFFICER, ORGANISATION = "officer", "organisation"
BRAND, NOTICE, RETENTION = "brand", "notice", "retention"


@dataclass(frozen=True, slots=True)
class Change:
    """One change: `details` holds for each field what it was and what it is, or that it changed."""

    change: int
    changed_at: datetime
    changed_by: str
    kind: str
    subject: str
    did: str
    details: Mapping[str, Any]


def record_change(
    cursor: Cursor[Row],
    desk: Desk,
    *,
    kind: str,
    subject: str,
    did: str,
    details: Mapping[str, Any],
) -> None:
    """Keeps a change, in the transaction that makes it."""
    cursor.execute(
        "INSERT INTO administration.change"
        " (landlord, changed_at, changed_by, kind, subject, did, details)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s)",
        (desk.landlord, desk.now, desk.by, kind, subject, did, Jsonb(dict(details))),
    )


def changes_of(
    cursor: Cursor[Row], *, landlord: str, kind: str, subject: str | None = None
) -> tuple[Change, ...]:
    """The changes of one subject, or of all of a kind, the newest first; at most MOST_SHOWN."""
    rows = cursor.execute(
        """
        SELECT change, changed_at, changed_by, kind, subject, did, details
        FROM administration.change
        WHERE landlord = %(landlord)s AND kind = %(kind)s
            AND (%(subject)s::text IS NULL OR subject = %(subject)s)
        ORDER BY change DESC LIMIT %(limit)s
        """,
        {"landlord": landlord, "kind": kind, "subject": subject, "limit": MOST_SHOWN},
    ).fetchall()
    return tuple(Change(**row) for row in rows)

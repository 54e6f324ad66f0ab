"""Landlords and the organisations inside them: the council that owns the homes, its ALMO and its
TMOs.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor

from shared.eventstore.chain import FIRST_PREVIOUS_HASH

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Landlord:
    """A tenant of the installation. `landlord` is its slug, `kind` council, almo, tmo or housing
    association.
    """

    landlord: str
    name: str
    kind: str
    reference_prefix: str  # of its case references, such as RC in RC-2026-000042


@dataclass(frozen=True, slots=True)
class Organisation:
    """A body inside a landlord that handles complaints under a policy of its own."""

    landlord: str
    organisation: str
    name: str
    kind: str


def all_landlords(cursor: Cursor[Row]) -> tuple[Landlord, ...]:
    """Return the directory, by slug; any role may read it, with or without a landlord set."""
    rows = cursor.execute(
        "SELECT landlord, name, kind, reference_prefix FROM registry.landlord ORDER BY landlord"
    )
    return tuple([Landlord(**row) for row in rows])


def register_landlord(cursor: Cursor[Row], landlord: Landlord, *, now: datetime) -> None:
    """Enter a landlord with an empty feed; one that is known already stays as it is.

    For the owner of the tables, in a transaction of that landlord.
    """
    cursor.execute(
        """
        INSERT INTO registry.landlord (landlord, name, kind, reference_prefix, registered_at)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (landlord.landlord, landlord.name, landlord.kind, landlord.reference_prefix, now),
    )
    cursor.execute(
        """
        INSERT INTO workflow.feed_head (landlord, seq, hash)
        VALUES (%s, 0, %s) ON CONFLICT DO NOTHING
        """,
        (landlord.landlord, FIRST_PREVIOUS_HASH),
    )
    cursor.execute(
        """
        INSERT INTO workflow.relay_cursor (landlord, seq, moved_at)
        VALUES (%s, 0, %s) ON CONFLICT DO NOTHING
        """,
        (landlord.landlord, now),
    )


def register_organisation(cursor: Cursor[Row], organisation: Organisation) -> None:
    """Enter an organisation; one that is known already stays as it is."""
    cursor.execute(
        """
        INSERT INTO registry.organisation (landlord, organisation, name, kind)
        VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (
            organisation.landlord,
            organisation.organisation,
            organisation.name,
            organisation.kind,
        ),
    )


def organisations(cursor: Cursor[Row], landlord: str) -> tuple[Organisation, ...]:
    """Return the organisations of a landlord, by slug."""
    rows = cursor.execute(
        """
        SELECT landlord, organisation, name, kind FROM registry.organisation
        WHERE landlord = %s ORDER BY organisation
        """,
        (landlord,),
    )
    return tuple([Organisation(**row) for row in rows])


def next_reference(cursor: Cursor[Row], landlord: str, year: int) -> str:
    """Take the next free case reference of a year; numbers of a rolled back transaction are given
    again.
    """
    row = cursor.execute(
        "SELECT registry.next_reference(%s, %s) AS reference", (landlord, year)
    ).fetchone()
    if row is None or row["reference"] is None:
        raise LookupError(f"No landlord is called {landlord}.")
    return str(row["reference"])

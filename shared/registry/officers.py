"""The people who handle complaints for an organisation, and the roles they hold."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor

Row = dict[str, Any]

ROLES = frozenset(
    {
        "caseworker",
        "complaints_team",
        "manager",
        "head_of_service",
        "director",
        "chief_executive",
        "board_member",
        "independent_member",
        "auditor",
        "administrator",
    }
)


# Whose work is on cases, or the audit of them: they may look for people and for what people wrote.
LOOKS_FOR_PEOPLE = ROLES - {"board_member", "independent_member", "administrator"}


class UnknownRole(ValueError):
    """Nobody can hold this role."""


@dataclass(frozen=True, slots=True)
class Officer:
    """Somebody who signs in. Their id, and nothing else about them, goes into the log."""

    landlord: str
    officer: str
    organisation: str
    name: str
    email: str
    role: str
    ended_at: datetime | None = None

    @property
    def is_working(self) -> bool:
        """Whether they still work here; whoever left is known by name and does nothing any more."""
        return self.ended_at is None


def register_officer(cursor: Cursor[Row], officer: Officer) -> None:
    """Enter an officer, or bring what is known of them up to date; for the owner of the tables.

    Whoever left stays so.
    """
    if officer.role not in ROLES:
        raise UnknownRole(f"{officer.role!r} is no role; there are {', '.join(sorted(ROLES))}.")
    cursor.execute(
        """
        INSERT INTO registry.officer (landlord, officer, organisation, name, email, role)
        VALUES (%s, %s, %s, %s, %s, %s)
        ON CONFLICT (landlord, officer) DO UPDATE SET
            organisation = excluded.organisation, name = excluded.name, email = excluded.email,
            role = excluded.role
        """,
        (
            officer.landlord,
            officer.officer,
            officer.organisation,
            officer.name,
            officer.email,
            officer.role,
        ),
    )


def officer(cursor: Cursor[Row], landlord: str, officer_id: str) -> Officer | None:
    """Return one officer, or None."""
    row = cursor.execute(
        """
        SELECT landlord, officer, organisation, name, email, role, ended_at FROM registry.officer
        WHERE landlord = %s AND officer = %s
        """,
        (landlord, officer_id),
    ).fetchone()
    return None if row is None else Officer(**row)


def officers(cursor: Cursor[Row], landlord: str) -> tuple[Officer, ...]:
    """Return the officers of a landlord by organisation and id, those who left among them."""
    rows = cursor.execute(
        """
        SELECT landlord, officer, organisation, name, email, role, ended_at FROM registry.officer
        WHERE landlord = %s ORDER BY organisation, officer
        """,
        (landlord,),
    )
    return tuple([Officer(**row) for row in rows])


def officer_names(cursor: Cursor[Row], landlord: str) -> dict[str, str]:
    """Return how each officer of a landlord is called, by id, those who left among them."""
    return {one.officer: one.name for one in officers(cursor, landlord)}


def working_officers(cursor: Cursor[Row], landlord: str) -> tuple[Officer, ...]:
    """Return those who can be given something to do, by organisation and id."""
    return tuple(one for one in officers(cursor, landlord) if one.is_working)

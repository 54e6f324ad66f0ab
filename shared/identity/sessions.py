"""Staff sessions in the database: only the SHA-256 of a token is kept, and every session ends after
twelve hours.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Cursor

from shared.registry.officers import Officer

SESSION_LENGTH = timedelta(hours=12)  # absolute: a working day and its overtime, never renewed
LONGEST_CREDENTIAL = 200  # characters of `<landlord>.<token>`; ours are about 100
SEES_EVERY_ORGANISATION = frozenset({"council", "housing association"})


_OFFICER = (
    "officer.officer, officer.organisation, officer.name, officer.email, officer.role,"
    " landlord.name AS landlord_name, organisation.name AS organisation_name,"
    " organisation.kind AS organisation_kind"
)
_PLACE = (
    " FROM registry.officer"
    " JOIN registry.organisation USING (landlord, organisation)"
    " JOIN registry.landlord USING (landlord)"
)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """An officer with a running session, and what the pages and the queries need to know of their
    place.
    """

    officer: Officer
    landlord_name: str
    organisation_name: str
    organisation_kind: str
    expires_at: datetime

    @property
    def confined_to(self) -> str | None:
        """The one organisation whose cases this officer may see; None for officers of the landlord
        itself.
        """
        if self.organisation_kind in SEES_EVERY_ORGANISATION:
            return None
        return self.officer.organisation


def credential(landlord: str, token: str) -> str:
    """What the cookie or the `Authorization: Bearer` header carries."""
    return f"{landlord}.{token}"


def parse_credential(value: str) -> tuple[str, str] | None:
    """Landlord and token of a credential; None when it cannot be one."""
    landlord, point, token = value.partition(".")
    if not point or not landlord or not token or len(value) > LONGEST_CREDENTIAL:
        return None
    if not value.isascii() or not value.isprintable():
        return None
    return landlord, token


def begin_session(
    cursor: Cursor[dict[str, Any]], *, landlord: str, officer: str, token: str, now: datetime
) -> None:
    """Starts a session for `token` (256 random bits); clears away the expired ones."""
    cursor.execute(
        "DELETE FROM registry.session WHERE landlord = %s AND expires_at <= %s", (landlord, now)
    )
    cursor.execute(
        "INSERT INTO registry.session (landlord, token_hash, officer, began_at, expires_at)"
        " VALUES (%s, %s, %s, %s, %s)",
        (landlord, _hashed(token), officer, now, now + SESSION_LENGTH),
    )


def end_session(cursor: Cursor[dict[str, Any]], *, landlord: str, token: str) -> None:
    """Ends the session at once; nothing happens when there is none."""
    cursor.execute(
        "DELETE FROM registry.session WHERE landlord = %s AND token_hash = %s",
        (landlord, _hashed(token)),
    )


def end_sessions_of(cursor: Cursor[dict[str, Any]], *, landlord: str, officer: str) -> int:
    """Ends every session of an officer at once; returns how many there were."""
    return cursor.execute(
        "DELETE FROM registry.session WHERE landlord = %s AND officer = %s", (landlord, officer)
    ).rowcount


def lengthen_sessions(cursor: Cursor[dict[str, Any]], *, landlord: str, by: timedelta) -> None:
    """Lets every running session of the landlord end that much later: a demonstration's clock was
    moved, not the person away from their desk.
    """
    cursor.execute(
        "UPDATE registry.session SET expires_at = expires_at + %s WHERE landlord = %s",
        (by, landlord),
    )


def find_session(
    cursor: Cursor[dict[str, Any]], *, landlord: str, token: str, now: datetime
) -> SignedIn | None:
    """Who holds this token now; None for an unknown, ended or expired one."""
    row = cursor.execute(
        "SELECT session.expires_at, "
        + _OFFICER
        + _PLACE
        + " JOIN registry.session USING (landlord, officer)"
        " WHERE landlord = %s AND session.token_hash = %s AND session.expires_at > %s"
        " AND officer.ended_at IS NULL",
        (landlord, _hashed(token), now),
    ).fetchone()
    return None if row is None else _signed_in(landlord, row, expires_at=row["expires_at"])


def acting_as(
    cursor: Cursor[dict[str, Any]], *, landlord: str, officer: str, until: datetime
) -> SignedIn | None:
    """An officer as if signed in, for what is done in their name without a session: an operator's
    command, a calendar's fetch. None when there is no such officer, or they left.
    """
    row = cursor.execute(
        "SELECT "
        + _OFFICER
        + _PLACE
        + " WHERE landlord = %s AND officer = %s AND officer.ended_at IS NULL",
        (landlord, officer),
    ).fetchone()
    return None if row is None else _signed_in(landlord, row, expires_at=until)


def _signed_in(landlord: str, row: dict[str, Any], *, expires_at: datetime) -> SignedIn:
    return SignedIn(
        officer=Officer(
            landlord=landlord,
            officer=row["officer"],
            organisation=row["organisation"],
            name=row["name"],
            email=row["email"],
            role=row["role"],
        ),
        landlord_name=row["landlord_name"],
        organisation_name=row["organisation_name"],
        organisation_kind=row["organisation_kind"],
        expires_at=expires_at,
    )


def _hashed(token: str) -> bytes:
    return hashlib.sha256(token.encode()).digest()

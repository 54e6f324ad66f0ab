"""A landlord's own wordings in their versions: which is in force on a day, and a new one put in force."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Cursor

from services.notifier.letter_facts import LetterKind
from services.notifier.wordings import Wording, built_in

Row = dict[str, Any]
MOST_VERSIONS = 200  # of one kind


@dataclass(frozen=True, slots=True)
class Version:
    """One version of a wording; without a text it goes back to the built-in one."""

    version: int
    text: str | None
    in_force_from: date
    written_by: str
    written_at: datetime


class TooManyVersions(Exception):
    """No further version is kept of this kind."""


def wording_in_force(cursor: Cursor[Row], landlord: str, kind: LetterKind, *, on: date) -> Wording:
    """The wording that writes a letter on that day: the latest version in force, else the built-in one."""
    row = cursor.execute(
        "SELECT version, text FROM notifier.wording"
        " WHERE landlord = %s AND kind = %s AND in_force_from <= %s"
        " ORDER BY version DESC LIMIT 1",
        (landlord, kind.value, on),
    ).fetchone()
    if row is None or row["text"] is None:
        return built_in(kind)
    return Wording(row["text"], row["version"])


def versions(cursor: Cursor[Row], landlord: str, kind: LetterKind) -> tuple[Version, ...]:
    """Every version of one kind, the newest first."""
    rows = cursor.execute(
        "SELECT version, text, in_force_from, written_by, written_at FROM notifier.wording"
        " WHERE landlord = %s AND kind = %s ORDER BY version DESC LIMIT %s",
        (landlord, kind.value, MOST_VERSIONS),
    ).fetchall()
    return tuple(Version(**row) for row in rows)


def put_in_force(
    cursor: Cursor[Row],
    landlord: str,
    kind: LetterKind,
    *,
    text: str | None,
    in_force_from: date,
    by: str,
    after: int,
    now: datetime,
) -> bool:
    """Adds the version that follows on `after`; False where somebody else added one meanwhile."""
    if after >= MOST_VERSIONS:
        raise TooManyVersions
    cursor.execute(
        "INSERT INTO notifier.wording"
        " (landlord, kind, version, text, in_force_from, written_by, written_at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (landlord, kind.value, after + 1, text, in_force_from, by, now),
    )
    return cursor.rowcount == 1

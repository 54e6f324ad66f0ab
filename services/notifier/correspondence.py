"""The letters of a case: what was sent to whom, what became of it, and what it said; and one tried again.

`letters_to` and `letter_to` are what a resident may see: the own letters that went out, nothing else.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Cursor

from services.notifier.letter_facts import LetterKind
from services.notifier.wording_kinds import KINDS
from shared.letters.kept import Kept, kept
from shared.vault.vault import Vault
from shared.web.wording import sentence_case

Row = dict[str, Any]
PAGE = 50
MOST_TO_ONE = 200  # letters that one person gets to see in a list
STATES: Mapping[str, str] = {
    "waiting": "Waiting to be sent",
    "sent": "Sent",
    "failed": "Failed",
    "undeliverable": "Cannot be delivered",
}
WAYS: Mapping[str, str] = {"email": "By email", "outbox": "On paper"}
# What may be tried again: not to whoever was erased, whose words are gone.
NO_SECOND_TRY = "erased"


@dataclass(frozen=True, slots=True)
class ResidentLetter:
    """A letter to a resident as their own pages list it."""

    letter: UUID
    title: str
    sent_at: datetime
    on_paper: bool
    is_readable: bool  # letters from before words were kept are listed, and cannot be shown


def title_of(kind: str) -> str:
    """What people call a letter of that kind."""
    known = {each.kind.value: each.title for each in KINDS.values()}
    return known.get(kind, sentence_case(kind))


def letters_of_case(
    cursor: Cursor[Row], landlord: str, reference: str, *, before: UUID | None = None
) -> tuple[list[Row], UUID | None]:
    """A page of the letters and reminders of a case, newest first, and the letter that the next page goes on after."""
    rows = cursor.execute(
        """
        SELECT letter.*, letter.facts ->> 'stage' AS stage, officer.name AS officer_name
        FROM notifier.letter
        LEFT JOIN registry.officer
            ON officer.landlord = letter.landlord
            AND letter.recipient = 'officer:' || officer.officer
        WHERE letter.landlord = %(landlord)s AND letter.reference = %(reference)s
            AND (%(before)s::uuid IS NULL OR (letter.caused_at, letter.letter) < (
                SELECT last.caused_at, last.letter FROM notifier.letter AS last
                WHERE last.landlord = %(landlord)s AND last.letter = %(before)s))
        ORDER BY letter.caused_at DESC, letter.letter DESC LIMIT %(limit)s
        """,
        {"landlord": landlord, "reference": reference, "before": before, "limit": PAGE + 1},
    ).fetchall()
    return rows[:PAGE], rows[PAGE - 1]["letter"] if len(rows) > PAGE else None


def letter_of_case(cursor: Cursor[Row], landlord: str, reference: str, letter: UUID) -> Row | None:
    """One letter of the case."""
    return cursor.execute(
        "SELECT *, facts::text AS facts FROM notifier.letter"
        " WHERE landlord = %s AND reference = %s AND letter = %s",
        (landlord, reference, letter),
    ).fetchone()


def send_again(
    cursor: Cursor[Row], landlord: str, reference: str, letter: UUID, *, by: str, now: datetime
) -> bool:
    """Puts a letter that did not go out back among those that wait, and notes who asked; False where it cannot be."""
    row = cursor.execute(
        "SELECT state, trouble, recipient FROM notifier.letter"
        " WHERE landlord = %s AND reference = %s AND letter = %s FOR UPDATE",
        (landlord, reference, letter),
    ).fetchone()
    if row is None or not can_be_sent_again(row):
        return False
    cursor.execute(
        "INSERT INTO notifier.letter_sent_again (landlord, letter, asked_at, asked_by, trouble)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING",
        (landlord, letter, now, by, row["trouble"] or ""),
    )
    cursor.execute(
        "UPDATE notifier.letter SET state = 'waiting', ended_at = NULL, attempts = 0,"
        " next_attempt_at = %s WHERE landlord = %s AND letter = %s",
        (now, landlord, letter),
    )
    return True


def can_be_sent_again(row: Row) -> bool:
    """Whether another attempt could help: it did not go out, there is somebody, and their words are there."""
    did_not_go_out = row["state"] in {"failed", "undeliverable"}
    return did_not_go_out and row["recipient"] != "nobody" and row["trouble"] != NO_SECOND_TRY


def attempts_asked_for(cursor: Cursor[Row], landlord: str, letter: UUID) -> list[Row]:
    """Who had the letter tried again, and when, newest first."""
    return cursor.execute(
        "SELECT asked.asked_at, asked.trouble, coalesce(officer.name, asked.asked_by) AS name"
        " FROM notifier.letter_sent_again AS asked LEFT JOIN registry.officer"
        " ON officer.landlord = asked.landlord AND officer.officer = asked.asked_by"
        " WHERE asked.landlord = %s AND asked.letter = %s ORDER BY asked.asked_at DESC LIMIT %s",
        (landlord, letter, PAGE),
    ).fetchall()


def letters_to(
    cursor: Cursor[Row], landlord: str, reference: str, *, complainant: UUID
) -> tuple[ResidentLetter, ...]:
    """The letters of the case that went out to this person, newest first."""
    rows = cursor.execute(
        "SELECT letter, kind, ended_at, sent_by, words FROM notifier.letter"
        " WHERE landlord = %s AND reference = %s AND recipient = %s AND state = 'sent'"
        " ORDER BY caused_at DESC, letter DESC LIMIT %s",
        (landlord, reference, f"complainant:{complainant}", MOST_TO_ONE),
    ).fetchall()
    return tuple(
        ResidentLetter(
            letter=row["letter"],
            title=title_of(LetterKind(row["kind"])),
            sent_at=row["ended_at"],
            on_paper=row["sent_by"] == "outbox",
            is_readable=row["words"] is not None,
        )
        for row in rows
    )


def letter_to(
    cursor: Cursor[Row],
    vault: Vault,
    landlord: str,
    reference: str,
    *,
    complainant: UUID,
    letter: UUID,
) -> tuple[Row, Kept] | None:
    """One letter that went out to this person, with what it said; nothing where it is not theirs or not kept."""
    row = letter_of_case(cursor, landlord, reference, letter)
    if row is None or row["recipient"] != f"complainant:{complainant}" or row["state"] != "sent":
        return None
    said = kept(vault, cursor, landlord, row["words"])
    return None if said is None else (row, said)

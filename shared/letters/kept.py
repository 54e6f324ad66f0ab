"""What a letter said as it was sent, which is kept sealed under the key of the person whose case it is; and the letters
of a case that went out, or could not.
"""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from psycopg import Cursor

from shared.vault.vault import Vault, WordsUnknown

Row = dict[str, Any]
KIND = "sent_letter"  # of the words in the vault


@dataclass(frozen=True, slots=True)
class Kept:
    """A letter as it was sent."""

    to: str
    subject: str
    text: str
    in_large_print: bool


@dataclass(frozen=True, slots=True)
class CaseLetter:
    """A letter to somebody outside; `said` is None where its words were not kept, or the person was erased."""

    kind: str
    recipient: str  # complainant or representative
    state: str  # sent, failed or undeliverable
    is_on_paper: bool
    ended_at: datetime
    are_words_kept: bool
    said: Kept | None = field(repr=False)


def kept(vault: Vault, cursor: Cursor[Row], landlord: str, words: UUID | None) -> Kept | None:
    """The letter as it was sent; nothing where none was kept, or the person was erased."""
    if words is None:
        return None
    try:
        text = vault.read(cursor, landlord, words)
    except WordsUnknown:
        return None
    return None if text is None else Kept(**orjson.loads(text))


def letters_ended(
    cursor: Cursor[Row], vault: Vault, landlord: str, reference: str
) -> list[CaseLetter]:
    """Every letter of the case to the complainant or a representative that went out or could not, the oldest first.

    There are no more of them than the facts of the case caused. A code to sign in with is no letter about the case.
    """
    rows = cursor.execute(
        """
        SELECT kind, split_part(recipient, ':', 1) AS recipient, state, sent_by, ended_at, words
        FROM notifier.letter
        WHERE landlord = %s AND reference = %s AND state <> 'waiting' AND kind <> 'sign_in_code'
            AND split_part(recipient, ':', 1) IN ('complainant', 'representative')
        ORDER BY ended_at, caused_at, letter
        """,
        (landlord, reference),
    ).fetchall()
    return [
        CaseLetter(
            kind=row["kind"],
            recipient=row["recipient"],
            state=row["state"],
            is_on_paper=row["sent_by"] == "outbox",
            ended_at=row["ended_at"],
            are_words_kept=row["words"] is not None,
            said=kept(vault, cursor, landlord, row["words"]),
        )
        for row in rows
    ]

"""Keeps what a letter said, sealed under the key of the person whose case it is: erasing them makes it unreadable."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

import orjson
from psycopg import Cursor

from services.notifier.access_codes import UNWRITTEN
from services.notifier.letter_facts import LetterKind
from services.notifier.writing import WrittenLetter
from shared.letters.kept import KIND
from shared.vault.sealing import SealedWords
from shared.vault.vault import Vault, store_words

Row = dict[str, Any]


def subject_of(recipient: str) -> UUID | None:
    """The person under whose key the letter is kept: the complainant; nobody for a reminder."""
    kind, _, of = recipient.partition(":")
    return UUID(of.partition(":")[0]) if kind in {"complainant", "representative"} else None


def sealed(
    vault: Vault, cursor: Cursor[Row], row: Row, written: WrittenLetter, *, now: datetime
) -> SealedWords | None:
    """What is to be kept of a letter once it is sent; raises SubjectErased where there is no key any more."""
    subject = subject_of(row["recipient"])
    if subject is None or row["kind"] == LetterKind.SIGN_IN_CODE:
        return None
    to = written.to
    told = {
        "to": to.name if to.email is None else f"{to.name} <{to.email}>",
        "subject": written.subject,
        # Whoever may read the letters of a case may not thereby sign in as its complainant.
        "text": written.text
        if written.code is None
        else written.text.replace(written.code, UNWRITTEN),
        "in_large_print": written.in_large_print,
    }
    key = vault.subject_key(cursor, landlord=row["landlord"], subject=subject, now=now)
    words = uuid5(row["letter"], "as it was sent")
    return vault.seal(key, words=words, kind=KIND, text=orjson.dumps(told).decode())


def keep(cursor: Cursor[Row], words: SealedWords, *, now: datetime) -> None:
    """Stores what was sealed."""
    store_words(cursor, landlord=words.landlord, words=(words,), now=now)

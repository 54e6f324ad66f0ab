"""Keeps a resident's answers between the pages of a complaint until it is sent: sealed, for whoever holds the browser's
token or the code, and for thirty days after the last answer.

A draft is nobody's case yet. Once it was sent only the submission's id is left of it, so that sending it again leads to
the same confirmation.
"""

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import orjson
from psycopg import Cursor

from shared.database.pool import Database
from shared.vault.sealing import SealBroken, unseal
from shared.vault.vault import Vault

KIND = "complaint_draft"
KEPT_FOR = timedelta(days=30)
LONGEST_DRAFT = 60_000  # bytes; all longest answers together are a third of it
TOKEN_BYTES = 32
# No 0 and O, 1, I and L: a code is read from paper and typed. 12 of them hold 59 bits, more than the limit on attempts
# lets anybody search in thirty days.
CODE_LETTERS = "23456789ABCDEFGHJKMNPQRSTUVWXYZ"
CODE_LENGTH = 12
CODE_PART = 4


@dataclass(frozen=True, slots=True)
class Draft:
    """The answers so far, by field; the pages that were answered; what it became when it was sent."""

    landlord: str
    draft: UUID
    token: str | None = field(repr=False)  # None once it was sent
    answers: Mapping[str, str] = field(repr=False, default_factory=dict)
    answered: Sequence[str] = ()
    has_code: bool = False
    submission: UUID | None = None

    @property
    def credential(self) -> str:
        """What the browser's cookie holds."""
        return f"{self.landlord}.{self.token}"


class TooLong(ValueError):
    """The answers together are longer than a draft may be; nothing was stored."""


class Drafts:
    """Begins, changes, finds and deletes drafts."""

    def __init__(self, *, database: Database, vault: Vault) -> None:
        self._database = database
        self._vault = vault

    def begin(self, landlord: str, *, now: datetime) -> Draft:
        """A draft without answers, with a token of its own."""
        draft = Draft(landlord, uuid4(), secrets.token_urlsafe(TOKEN_BYTES))
        key, wrapped = self._vault.key_apart(landlord, draft.draft)
        sealed = self._vault.seal(key, words=draft.draft, kind=KIND, text=_written(draft))
        with self._database.transaction(landlord) as cursor:
            cursor.execute(
                "INSERT INTO intake.draft"
                " (landlord, draft, token_hash, wrapped_key, sealed, saved_at)"
                " VALUES (%s, %s, %s, %s, %s, %s)",
                (
                    landlord,
                    draft.draft,
                    hashed(draft.token or ""),
                    wrapped,
                    sealed.sealed,
                    now,
                ),
            )
        return draft

    def held(self, credential: str | None, *, now: datetime) -> Draft | None:
        """The draft of a browser; None where there is none, or it is too old."""
        landlord, _, token = (credential or "").partition(".")
        # A cookie may hold anything, also letters that no statement takes.
        if not landlord or not token or not landlord.isprintable():
            return None
        return self._found(landlord, "token_hash", hashed(token), now=now)

    def opened(self, landlord: str, code: str, *, now: datetime) -> Draft | None:
        """The draft that a code opens, however the code was typed."""
        plain = plain_code(code)
        if len(plain) != CODE_LENGTH:
            return None
        return self._found(landlord, "code_hash", hashed(plain), now=now)

    def keep(
        self, draft: Draft, answers: Mapping[str, str], *, step: str | None, now: datetime
    ) -> Draft | None:
        """Puts answers in place of those before, and notes that a page was answered; None where the draft is gone. One
        that was sent stays as it is.
        """
        with self._database.transaction(draft.landlord) as cursor:
            row = cursor.execute(
                "SELECT * FROM intake.draft WHERE landlord = %s AND draft = %s FOR UPDATE",
                (draft.landlord, draft.draft),
            ).fetchone()
            before = None if row is None else self._opened(row)
            if row is None or before is None or before.submission is not None:
                return before
            answered = list(before.answered)
            if step is not None and step not in answered:
                answered.append(step)
            after = replace(before, answers={**before.answers, **answers}, answered=answered)
            text = _written(after)
            if len(text.encode()) > LONGEST_DRAFT:
                raise TooLong
            key = self._vault.opened_key(
                row["wrapped_key"], landlord=draft.landlord, subject=draft.draft
            )
            sealed = self._vault.seal(key, words=draft.draft, kind=KIND, text=text)
            cursor.execute(
                "UPDATE intake.draft SET sealed = %s, saved_at = %s"
                " WHERE landlord = %s AND draft = %s",
                (sealed.sealed, now, draft.landlord, draft.draft),
            )
        return after

    def give_code(self, draft: Draft, *, now: datetime) -> str:
        """A code that opens the draft in any browser, in place of one given before; only its hash is kept."""
        code = "".join(secrets.choice(CODE_LETTERS) for _ in range(CODE_LENGTH))
        with self._database.transaction(draft.landlord) as cursor:
            cursor.execute(
                "UPDATE intake.draft SET code_hash = %s, saved_at = %s"
                " WHERE landlord = %s AND draft = %s",
                (hashed(code), now, draft.landlord, draft.draft),
            )
        return "-".join(code[at : at + CODE_PART] for at in range(0, CODE_LENGTH, CODE_PART))

    def sent(self, draft: Draft, submission: UUID) -> None:
        """Leaves nothing of the draft but what became of it."""
        with self._database.transaction(draft.landlord) as cursor:
            cursor.execute(
                "UPDATE intake.draft SET submission = %s, sealed = NULL, wrapped_key = NULL"
                " WHERE landlord = %s AND draft = %s",
                (submission, draft.landlord, draft.draft),
            )

    def discard(self, draft: Draft) -> None:
        """Deletes it with its key."""
        with self._database.transaction(draft.landlord) as cursor:
            cursor.execute(
                "DELETE FROM intake.draft WHERE landlord = %s AND draft = %s",
                (draft.landlord, draft.draft),
            )

    def _found(self, landlord: str, by: str, value: bytes, *, now: datetime) -> Draft | None:
        wanted = {"token_hash": None, "code_hash": None} | {by: value}
        with self._database.transaction(landlord) as cursor:
            row = cursor.execute(
                "SELECT * FROM intake.draft WHERE landlord = %s"
                " AND (token_hash = %s OR code_hash = %s) AND saved_at >= %s",
                (landlord, wanted["token_hash"], wanted["code_hash"], now - KEPT_FOR),
            ).fetchone()
        return None if row is None else self._opened(row)

    def _opened(self, row: dict[str, Any]) -> Draft | None:
        landlord, draft = row["landlord"], row["draft"]
        has_code = row["code_hash"] is not None
        if row["submission"] is not None:
            return Draft(
                landlord, draft, token=None, has_code=has_code, submission=row["submission"]
            )
        try:
            key = self._vault.opened_key(row["wrapped_key"], landlord=landlord, subject=draft)
            _, text = unseal(row["sealed"], key=key, words=draft, kind=KIND)
        except SealBroken:
            return None
        kept = orjson.loads(text)
        return Draft(
            landlord, draft, kept["token"], kept["answers"], kept["answered"], has_code=has_code
        )


def sweep(cursor: Cursor[dict[str, Any]], landlord: str, *, now: datetime, most: int) -> int:
    """Deletes drafts that nobody touched for thirty days, at most so many; how many there were."""
    cursor.execute(
        "DELETE FROM intake.draft WHERE landlord = %s AND draft IN"
        " (SELECT draft FROM intake.draft WHERE landlord = %s AND saved_at < %s LIMIT %s)",
        (landlord, landlord, now - KEPT_FOR, most),
    )
    return cursor.rowcount


def hashed(secret: str) -> bytes:
    """What is kept of a token or a code: both are too long to be guessed from it."""
    return hashlib.sha256(secret.encode()).digest()


def plain_code(typed: str) -> str:
    """A code as it was given: without dashes and blanks, and no longer than it could be."""
    letters = (letter for letter in typed.upper() if letter.isalnum())
    return "".join(letters)[: CODE_LENGTH + 1]


def _written(draft: Draft) -> str:
    return orjson.dumps(
        {"token": draft.token, "answers": dict(draft.answers), "answered": list(draft.answered)}
    ).decode()

"""Keeps personal words in the schema `vault` and gives them back to those who may read them."""

import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from psycopg import Cursor

from shared.complaints.values import WordsReference
from shared.vault.sealing import (
    LandlordKeys,
    SealedWords,
    SubjectKey,
    VaultError,
    commitment,
    make_subject_key,
    seal,
    unseal,
    unwrap,
    wrap,
)
from shared.vault.search_words import hash_of, hashes_asked, hashes_of

Row = dict[str, Any]


class SubjectErased(VaultError):
    """The key of this data subject was destroyed; nothing can be written for them any more."""


class WordsUnknown(VaultError):
    """No words with this id are kept for this landlord."""


class Vault:
    """Reads and writes the words of data subjects. Takes part in the caller's transaction, which
    names the landlord.

    A subject's key is read anew each time: kept in memory, it would outlive its destruction.
    """

    def __init__(self, keys: LandlordKeys) -> None:
        self._keys = keys

    def subject_key(
        self, cursor: Cursor[Row], *, landlord: str, subject: UUID, now: datetime
    ) -> SubjectKey:
        """Return the subject's key, made when there is none yet."""
        found = self._wrapped_key(cursor, landlord=landlord, subject=subject)
        if found is None:
            fresh = wrap(make_subject_key(landlord, subject), landlord_key=self._keys.of(landlord))
            cursor.execute(
                """
                INSERT INTO vault.subject_key (landlord, subject, wrapped_key, made_at)
                VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING
                """,
                (landlord, subject, fresh, now),
            )
            found = self._wrapped_key(cursor, landlord=landlord, subject=subject)
        if found is None or found["wrapped_key"] is None:
            raise SubjectErased(f"The words of the data subject {subject} were erased.")
        return self._unwrapped(found["wrapped_key"], landlord=landlord, subject=subject)

    def key_apart(self, landlord: str, subject: UUID) -> tuple[SubjectKey, bytes]:
        """Make a key that is kept outside the vault, beside what it seals: return it, and how it is
        stored. Whoever deletes the row deletes the key.
        """
        key = make_subject_key(landlord, subject)
        return key, wrap(key, landlord_key=self._keys.of(landlord))

    def opened_key(self, wrapped: bytes, *, landlord: str, subject: UUID) -> SubjectKey:
        """Return a key that is kept outside the vault."""
        return self._unwrapped(wrapped, landlord=landlord, subject=subject)

    def hashed(self, landlord: str, text: str) -> bytes:
        """Return the keyed hash of a short text, which nobody without the master key can guess."""
        return hmac.new(self._keys.hashing(landlord), text.encode(), hashlib.sha256).digest()

    def reading_key(
        self, cursor: Cursor[Row], *, landlord: str, subject: UUID
    ) -> SubjectKey | None:
        """Return the subject's key for reading what is kept elsewhere; None where there is none, or
        none any more.
        """
        found = self._wrapped_key(cursor, landlord=landlord, subject=subject)
        if found is None or found["wrapped_key"] is None:
            return None
        return self._unwrapped(found["wrapped_key"], landlord=landlord, subject=subject)

    def seal(self, key: SubjectKey, *, words: UUID, kind: str, text: str) -> SealedWords:
        """Seal words without storing them: an append stores them together with the facts that refer
        to them.
        """
        return self._sealed(key, words=words, kind=kind, text=text)

    def write(
        self,
        cursor: Cursor[Row],
        *,
        landlord: str,
        subject: UUID,
        words: UUID,
        kind: str,
        text: str,
        now: datetime,
    ) -> WordsReference:
        """Seal and store words, and return what an event may say of them."""
        key = self.subject_key(cursor, landlord=landlord, subject=subject, now=now)
        sealed = self._sealed(key, words=words, kind=kind, text=text)
        store_words(cursor, landlord=landlord, words=(sealed,), now=now)
        return sealed.reference

    def open(
        self,
        cursor: Cursor[Row],
        *,
        landlord: str,
        subject: UUID,
        words: UUID,
        kind: str,
        sealed: bytes,
    ) -> str | None:
        """Return the text of sealed words that are kept elsewhere; None when their key was destroyed."""
        key = self.reading_key(cursor, landlord=landlord, subject=subject)
        return None if key is None else unseal(sealed, key=key, words=words, kind=kind)[1]

    def read(self, cursor: Cursor[Row], landlord: str, words: UUID) -> str | None:
        """Return the text, or None when the key of its subject was destroyed."""
        row = self._sealed_row(cursor, landlord=landlord, words=words)
        return None if row["wrapped_key"] is None else self._opened(row, landlord=landlord)[1]

    def read_kind(self, cursor: Cursor[Row], landlord: str, subject: UUID, kind: str) -> str | None:
        """Return the latest text of a kind (name, address, email, phone …), or None: never written,
        or erased.
        """
        row = cursor.execute(
            """
            SELECT words.words, words.subject, words.kind, words.sealed, subject_key.wrapped_key
            FROM vault.words JOIN vault.subject_key USING (landlord, subject)
            WHERE landlord = %s AND subject = %s AND kind = %s
            ORDER BY written_at DESC, words DESC LIMIT 1
            """,
            (landlord, subject, kind),
        ).fetchone()
        if row is None or row["wrapped_key"] is None:
            return None
        return self._opened(row, landlord=landlord)[1]

    def digest_of(self, landlord: str, *, purpose: str, text: str) -> bytes:
        """Return a keyed hash of a short secret, such as a code that somebody signs in with."""
        return self._keys.digest_of(landlord, purpose=purpose, text=text)

    def verify(self, cursor: Cursor[Row], landlord: str, reference: WordsReference) -> bool | None:
        """Check that the stored words are those the log committed to; None when their key was
        destroyed.
        """
        row = self._sealed_row(cursor, landlord=landlord, words=UUID(reference.words))
        if row["wrapped_key"] is None:
            return None
        salt, text = self._opened(row, landlord=landlord)
        return commitment(salt=salt, text=text) == reference.commitment

    def destroy_subject_key(
        self, cursor: Cursor[Row], landlord: str, subject: UUID, now: datetime
    ) -> bool:
        """Erase everything a data subject wrote or is known by; False when there was nothing to
        erase.

        Nothing is found by their words any more either. Only the owner of the tables may do this. Backups keep the key
        until they expire.
        """
        # Words that are being written hold a share of this row by their foreign key: they are waited
        # for, and those that come after it find the key destroyed and leave no hashes.
        cursor.execute(
            "SELECT FROM vault.subject_key WHERE landlord = %s AND subject = %s FOR UPDATE",
            (landlord, subject),
        )
        cursor.execute(
            """
            UPDATE vault.subject_key SET wrapped_key = NULL, destroyed_at = %s
            WHERE landlord = %s AND subject = %s AND wrapped_key IS NOT NULL
            """,
            (now, landlord, subject),
        )
        is_new = cursor.rowcount > 0
        cursor.execute(
            "DELETE FROM vault.search_hash WHERE landlord = %s AND subject = %s",
            (landlord, subject),
        )
        return is_new

    def hashes_asked(self, landlord: str, piece: str, *, places: Iterable[str]) -> frozenset[int]:
        """The hashes that a piece has which is looked for, in the places where it may be (`EVERYWHERE`)."""
        return hashes_asked(piece, places=places, key=self._keys.for_search(landlord))

    def hash_of(self, landlord: str, piece: str, *, place: str) -> int:
        """The hash of a whole piece in one place."""
        return hash_of(piece, place=place, key=self._keys.for_search(landlord))

    def index_anew(
        self, cursor: Cursor[Row], landlord: str, *, after: UUID, limit: int
    ) -> tuple[UUID | None, int]:
        """Make anew by what the next `limit` words after one are found; the last of them and how many, None at the end.

        Only the owner of the tables may do this.
        """
        rows = cursor.execute(
            """
            SELECT words.words, words.subject, words.kind, words.sealed, subject_key.wrapped_key
            FROM vault.words JOIN vault.subject_key USING (landlord, subject)
            WHERE landlord = %s AND words > %s ORDER BY words LIMIT %s
            FOR KEY SHARE OF subject_key
            """,
            (landlord, after, limit),
        ).fetchall()
        if not rows:
            return None, 0
        cursor.execute(
            "DELETE FROM vault.search_hash WHERE landlord = %s AND words = ANY (%s)",
            (landlord, [row["words"] for row in rows]),
        )
        key = self._keys.for_search(landlord)
        _store_hashes(
            cursor,
            landlord,
            [
                (row["words"], row["subject"], row["kind"], hashes)
                for row in rows
                if row["wrapped_key"] is not None
                for hashes in [
                    hashes_of(row["kind"], self._opened(row, landlord=landlord)[1], key=key)
                ]
            ],
        )
        return rows[-1]["words"], len(rows)

    def _sealed(self, key: SubjectKey, *, words: UUID, kind: str, text: str) -> SealedWords:
        hashes = hashes_of(kind, text, key=self._keys.for_search(key.landlord))
        return replace(seal(key, words=words, kind=kind, text=text), hashes=hashes)

    def _wrapped_key(self, cursor: Cursor[Row], *, landlord: str, subject: UUID) -> Row | None:
        return cursor.execute(
            "SELECT wrapped_key FROM vault.subject_key WHERE landlord = %s AND subject = %s",
            (landlord, subject),
        ).fetchone()

    def _sealed_row(self, cursor: Cursor[Row], *, landlord: str, words: UUID) -> Row:
        row = cursor.execute(
            """
            SELECT words.words, words.subject, words.kind, words.sealed, subject_key.wrapped_key
            FROM vault.words JOIN vault.subject_key USING (landlord, subject)
            WHERE landlord = %s AND words = %s
            """,
            (landlord, words),
        ).fetchone()
        if row is None:
            raise WordsUnknown(f"No words with the id {words} are kept for {landlord}.")
        return row

    def _opened(self, row: Row, *, landlord: str) -> tuple[bytes, str]:
        key = self._unwrapped(row["wrapped_key"], landlord=landlord, subject=row["subject"])
        return unseal(row["sealed"], key=key, words=row["words"], kind=row["kind"])

    def _unwrapped(self, wrapped: bytes, *, landlord: str, subject: UUID) -> SubjectKey:
        landlord_key = self._keys.of(landlord)
        return unwrap(wrapped, landlord=landlord, subject=subject, landlord_key=landlord_key)


def store_words(
    cursor: Cursor[Row], *, landlord: str, words: tuple[SealedWords, ...], now: datetime
) -> None:
    """Store sealed words, and by what they are found."""
    cursor.execute(
        """
        INSERT INTO vault.words (landlord, words, subject, kind, sealed, written_at)
        SELECT %s, given.words, given.subject, given.kind, given.sealed, %s
        FROM unnest(%s::uuid[], %s::uuid[], %s::text[], %s::bytea[])
            AS given (words, subject, kind, sealed)
        """,
        (
            landlord,
            now,
            [each.words for each in words],
            [each.subject for each in words],
            [each.kind for each in words],
            [each.sealed for each in words],
        ),
    )
    _store_hashes(
        cursor, landlord, [(each.words, each.subject, each.kind, each.hashes) for each in words]
    )


def _store_hashes(
    cursor: Cursor[Row],
    landlord: str,
    found_by: Sequence[tuple[UUID, UUID, str, frozenset[int]]],
) -> None:
    rows = [
        (hash_, words, subject, kind)
        for words, subject, kind, hashes in found_by
        for hash_ in sorted(hashes)  # in one order everywhere
    ]
    if not rows:
        return
    # The words were stored before, which waits for an erasure that is under way: here it is seen.
    cursor.execute(
        """
        INSERT INTO vault.search_hash (landlord, hash, words, subject, kind)
        SELECT %s, given.hash, given.words, given.subject, given.kind
        FROM unnest(%s::bigint[], %s::uuid[], %s::uuid[], %s::text[])
            AS given (hash, words, subject, kind)
        WHERE EXISTS (
            SELECT FROM vault.subject_key
            WHERE subject_key.landlord = %s AND subject_key.subject = given.subject
                AND subject_key.wrapped_key IS NOT NULL)
        """,
        (landlord, *map(list, zip(*rows, strict=True)), landlord),
    )

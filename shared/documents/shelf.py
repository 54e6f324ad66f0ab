"""Puts documents into the store and gives them back, each with its row.

The row comes first and says at the end that the contents are whole. A document that no fact tells of after a day, nor
any submission, was given up on the way: it is swept with its contents.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import structlog
from psycopg import Cursor

from shared.database.pool import Database
from shared.documents.kinds import DocumentRefused
from shared.documents.rows import (
    CLEAN,
    RECEIVED,
    WORDS_KIND,
    Shelved,
    document_row,
    shelved,
    untold,
)
from shared.documents.scanning import Scanner, ScannerUnavailable
from shared.documents.store import ContentsMissing, DocumentStore
from shared.documents.taking import Checked
from shared.runtime.clock import Clock
from shared.vault.sealing import SubjectKey, seal_contents, unseal_contents
from shared.vault.vault import Vault

Row = dict[str, Any]

MOST_UNSENT_BYTES = 2 * 1024**3  # of a landlord: anybody may upload before they complain


class TooMuchWaits(DocumentRefused):
    """So much lies there that nobody has sent yet that no more is taken for now."""


class Shelf:
    """The documents of an installation, as one service may handle them."""

    def __init__(
        self,
        *,
        database: Database,
        vault: Vault,
        store: DocumentStore,
        scanner: Scanner,
        clock: Clock,
    ) -> None:
        self.database = database
        self.scanner = scanner
        self.clock = clock
        self._vault = vault
        self.store = store
        self._log = structlog.get_logger().bind(part="documents")

    def put(
        self,
        checked: Checked,
        *,
        landlord: str,
        subject: UUID,
        document: UUID,
        kind: str,
        draft: UUID | None = None,
    ) -> Shelved:
        """Keeps a document under its id, once; raises DocumentRefused where a virus is found, and
        SubjectErased.
        """
        state = self._looked_at(checked)
        now = self.clock.now()
        with self.database.transaction(landlord) as cursor:
            if draft is not None:
                _refuse_a_heap(cursor, landlord, more=len(checked.content))
            key = self._vault.subject_key(cursor, landlord=landlord, subject=subject, now=now)
            words = self._vault.seal(key, words=document, kind=WORDS_KIND, text=checked.words)
            cursor.execute(
                """
                INSERT INTO documents.document
                    (landlord, document, subject, kind, media_type, bytes, sealed, commitment,
                     state, draft, arrived_at)
                VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
                """,
                (landlord, document, subject, kind, checked.media_type, len(checked.content),
                 words.sealed, words.reference.commitment, state, draft, now),
            )  # fmt: skip
            found = document_row(cursor, landlord, document)
        if found is not None and found["deleted_at"] is not None:
            raise DocumentRefused(_why_gone(checked.name, found))
        if found is not None and found["stored_at"] is not None:
            return shelved(found)
        return self._stored(checked, landlord=landlord, document=document, key=key)

    def draft_of(self, landlord: str, owner: str) -> UUID:
        """The draft under which somebody's uploads wait. Ids of documents follow from it and from what was sent: nobody
        without the master key can test a guess at a file against an id.
        """
        return UUID(bytes=self._vault.hashed(landlord, f"uploads of {owner}")[:16])

    def of_draft(self, landlord: str, draft: UUID) -> tuple[tuple[Shelved, str | None], ...]:
        """What was uploaded with a draft, in order, each with what is sealed about it."""
        with self.database.transaction(landlord) as cursor:
            rows = untold(cursor, landlord=landlord, draft=draft)
            return tuple((shelved(row), self._opened(cursor, row)) for row in rows)

    @contextmanager
    def held(
        self, landlord: str, draft: UUID, documents: Sequence[UUID]
    ) -> Iterator[tuple[tuple[Shelved, str | None], ...]]:
        """Those of the documents of a draft that nothing tells of yet, as `of_draft` gives them. Until the block ends
        nobody else tells of them or takes them back.
        """
        with self.database.transaction(landlord) as cursor:
            cursor.execute(
                "SELECT FROM documents.document WHERE landlord = %s AND draft = %s"
                " AND document = ANY (%s) ORDER BY number FOR UPDATE",
                (landlord, draft, list(documents)),
            )
            # Asked once they are held: what was told of or taken back meanwhile is seen.
            rows = untold(cursor, landlord=landlord, draft=draft, documents=list(documents))
            yield tuple((shelved(row), self._opened(cursor, row)) for row in rows)

    def take_back(self, landlord: str, draft: UUID, document: UUID | None = None) -> None:
        """Removes what was uploaded with a draft and not sent: one document, or all."""
        with self.database.transaction(landlord) as cursor:
            rows = cursor.execute(
                "SELECT document FROM documents.document WHERE landlord = %s AND draft = %s"
                " AND submission IS NULL AND (%s::uuid IS NULL OR document = %s)",
                (landlord, draft, document, document),
            ).fetchall()
        for row in rows:
            self.discard(landlord, row["document"])

    def discard(self, landlord: str, document: UUID) -> None:
        """Removes a document that nothing tells of; what a crash leaves of it is swept later.

        It is marked first, so that it cannot be sent any more, and its row goes last, so that no contents outlive it.
        """
        with self.database.transaction(landlord) as cursor:
            cursor.execute(
                "SELECT FROM documents.document WHERE landlord = %s AND document = %s FOR UPDATE",
                (landlord, document),
            )
            # Asked once it is held: a fact that was told of it meanwhile is seen by its words.
            marked = cursor.execute(
                """
                UPDATE documents.document SET deleted_at = coalesce(deleted_at, %s)
                WHERE landlord = %s AND document = %s AND submission IS NULL AND settled_at IS NULL
                    AND NOT EXISTS (
                        SELECT FROM vault.words
                        WHERE words.landlord = document.landlord AND words.words = document.document
                    )
                RETURNING document
                """,
                (self.clock.now(), landlord, document),
            ).fetchone()
        if marked is None:
            return
        self.store.delete(landlord, document)
        with self.database.transaction(landlord) as cursor:
            cursor.execute(
                "DELETE FROM documents.document WHERE landlord = %s AND document = %s",
                (landlord, document),
            )

    def standing(self, landlord: str, documents: list[UUID]) -> dict[UUID, Shelved]:
        """What is known of these documents, by id."""
        with self.database.transaction(landlord) as cursor:
            rows = cursor.execute(
                "SELECT * FROM documents.document WHERE landlord = %s AND document = ANY(%s)",
                (landlord, documents),
            ).fetchall()
        return {row["document"]: shelved(row) for row in rows}

    def may_be_given_out(self, kept: Shelved) -> bool:
        """Whether anybody may have the contents: never with a virus, and unscanned only where nobody
        scans.
        """
        if kept.is_gone:
            return False
        return kept.state == CLEAN or (kept.state == RECEIVED and not self.scanner.checks)

    def contents(self, kept: Shelved) -> bytes | None:
        """The contents of a document that may be given out; None where the person was erased or the
        contents are gone.
        """
        if not self.may_be_given_out(kept):
            return None
        return self.contents_to_look_at(kept)

    def contents_to_look_at(self, kept: Shelved) -> bytes | None:
        """The contents whatever their state, for the scanner alone."""
        with self.database.transaction(kept.landlord) as cursor:
            key = self._vault.reading_key(cursor, landlord=kept.landlord, subject=kept.subject)
        if key is None:
            return None
        try:
            sealed = self.store.read(kept.landlord, kept.document)
        except ContentsMissing:
            return None
        return unseal_contents(sealed, key=key, document=kept.document)

    def _looked_at(self, checked: Checked) -> str:
        if not self.scanner.checks:
            return RECEIVED
        try:
            infected = self.scanner.is_infected(checked.sent)
        except ScannerUnavailable as trouble:
            self._log.warning("scanner_unavailable", detail=str(trouble)[:200])
            return RECEIVED
        if infected:
            self._log.warning("virus_refused")
            raise DocumentRefused(f"“{checked.name}” contains a virus")
        return CLEAN

    def _stored(
        self, checked: Checked, *, landlord: str, document: UUID, key: SubjectKey
    ) -> Shelved:
        sealed = seal_contents(key, document=document, contents=checked.content)
        self.store.write(landlord, document, sealed)
        found = self._finished(landlord, document)
        # Swept, because it took so long, or erased with the person meanwhile.
        if found is None or found["deleted_at"] is not None:
            self.store.delete(landlord, document)
            raise DocumentRefused(f"“{checked.name}” could not be uploaded: try again")
        return shelved(found)

    def _finished(self, landlord: str, document: UUID) -> Row | None:
        """Says in the row that the contents are whole."""
        with self.database.transaction(landlord) as cursor:
            cursor.execute(
                "UPDATE documents.document SET stored_at = %s"
                " WHERE landlord = %s AND document = %s AND stored_at IS NULL",
                (self.clock.now(), landlord, document),
            )
            return document_row(cursor, landlord, document)

    def _opened(self, cursor: Cursor[Row], row: Row) -> str | None:
        return self._vault.open(
            cursor,
            landlord=row["landlord"],
            subject=row["subject"],
            words=row["document"],
            kind=WORDS_KIND,
            sealed=row["sealed"],
        )


def _why_gone(name: str, row: Row) -> str:
    if row["settled_at"] is None:  # it is being removed at this moment
        return f"“{name}” could not be uploaded: try again"
    return f"“{name}” was taken off the case before: ask whoever deals with it"


def _refuse_a_heap(cursor: Cursor[Row], landlord: str, *, more: int) -> None:
    row = cursor.execute(
        "SELECT coalesce(sum(bytes), 0) AS lying FROM documents.document"
        " WHERE landlord = %s AND settled_at IS NULL AND submission IS NULL",
        (landlord,),
    ).fetchone()
    if row is not None and row["lying"] + more > MOST_UNSENT_BYTES:
        raise TooMuchWaits(
            "No more files can be taken at this moment: send what you wrote without them, and give"
            " them to whoever answers you"
        )

"""The rows of documents: what is known of each besides its contents, which lie in the store."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Cursor

from shared.complaints.values import WordsReference
from shared.vault.sealing import SealedWords

Row = dict[str, Any]

WORDS_KIND = "document"
CLEAN, RECEIVED, INFECTED = "clean", "received", "infected"
KEPT_UNTOLD = timedelta(days=1)
USABLE_UNTOLD = timedelta(hours=20)  # well before it is swept


@dataclass(frozen=True, slots=True)
class Shelved:
    """A document that is kept, without its contents and its name."""

    landlord: str
    document: UUID
    subject: UUID
    kind: str
    media_type: str
    size: int
    sealed: bytes = field(repr=False)
    commitment: str
    state: str
    arrived_at: datetime
    is_gone: bool  # the contents were deleted

    @property
    def words(self) -> SealedWords:
        """Its name and hashes, ready to be stored with the fact that tells of it."""
        reference = WordsReference(str(self.document), self.commitment)
        return SealedWords(
            self.landlord, self.subject, self.document, WORDS_KIND, self.sealed, reference
        )


def waiting(
    cursor: Cursor[Row], *, landlord: str, document: UUID, subject: UUID, now: datetime
) -> Shelved | None:
    """A document of this person whose contents are whole, and which a fact may still tell of."""
    found = document_row(cursor, landlord, document)
    if found is None or found["subject"] != subject or found["stored_at"] is None:
        return None
    is_late = (
        found["submission"] is None
        and found["settled_at"] is None
        and found["arrived_at"] < now - USABLE_UNTOLD
    )
    return None if is_late or found["deleted_at"] is not None else shelved(found)


def sent_with(
    cursor: Cursor[Row], *, landlord: str, draft: UUID, submission: UUID
) -> tuple[UUID, ...]:
    """Gives what was uploaded with a draft to its submission, in the transaction that takes that."""
    cursor.execute(
        "UPDATE documents.document SET submission = %s WHERE landlord = %s AND draft = %s"
        " AND submission IS NULL AND stored_at IS NOT NULL AND deleted_at IS NULL",
        (submission, landlord, draft),
    )
    return documents_of(cursor, landlord=landlord, submission=submission)


def documents_of(cursor: Cursor[Row], *, landlord: str, submission: UUID) -> tuple[UUID, ...]:
    """What came with a submission, in order."""
    rows = cursor.execute(
        "SELECT document FROM documents.document WHERE landlord = %s AND submission = %s"
        " ORDER BY number",
        (landlord, submission),
    ).fetchall()
    return tuple(row["document"] for row in rows)


def untold(
    cursor: Cursor[Row], *, landlord: str, draft: UUID, documents: list[UUID] | None = None
) -> list[Row]:
    """What was uploaded with a draft, is whole, and nothing tells of yet, in order; or those of it that are named."""
    return cursor.execute(
        """
        SELECT * FROM documents.document WHERE landlord = %s AND draft = %s
            AND (%s::uuid[] IS NULL OR document = ANY (%s))
            AND stored_at IS NOT NULL AND submission IS NULL AND deleted_at IS NULL
            AND NOT EXISTS (
                SELECT FROM vault.words
                WHERE words.landlord = document.landlord AND words.words = document.document
            )
        ORDER BY number
        """,
        (landlord, draft, documents, documents),
    ).fetchall()


def document_row(cursor: Cursor[Row], landlord: str, document: UUID) -> Row | None:
    return cursor.execute(
        "SELECT * FROM documents.document WHERE landlord = %s AND document = %s",
        (landlord, document),
    ).fetchone()


def shelved(row: Row) -> Shelved:
    return Shelved(
        landlord=row["landlord"],
        document=row["document"],
        subject=row["subject"],
        kind=row["kind"],
        media_type=row["media_type"],
        size=row["bytes"],
        sealed=bytes(row["sealed"]),
        commitment=row["commitment"],
        state=row["state"],
        arrived_at=row["arrived_at"],
        is_gone=row["deleted_at"] is not None,
    )

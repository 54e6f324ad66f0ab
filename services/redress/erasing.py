"""Erases what a person wrote or is known by: their key in the vault is destroyed, and the log tells that it was.

The log holds no personal words, so that its chain, the numbers and every decision stay provable. What was printed or
sent is out of reach; letters in the outbox folder, which hold name and address, and the sealed contents of documents
are deleted. Backups keep the key until they expire: docs/operation.md.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

import psycopg
from psycopg import Cursor

from services.notifier.gateways import configured_gateways
from services.notifier.writing import letter_name
from services.redress.assembly import Installation
from shared.complaints.events import WordsErased
from shared.registry.rulebook import AdoptionRefused, refuse_bad_reason, tell

Row = dict[str, Any]
OPEN_CASES_TOLD = 5


class ErasureRefused(ValueError):
    """Nothing is erased; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Held:
    """What is kept of one person: pieces of text by kind, the cases they complain in, letters in the outbox folder,
    documents.
    """

    subject: UUID
    words: Mapping[str, int]
    cases: tuple[str, ...]
    open_cases: tuple[str, ...]
    letters: tuple[str, ...]
    documents: tuple[UUID, ...]
    erased_at: datetime | None


def held(inst: Installation, landlord: str, person: str) -> Held:
    """What would be erased; `person` is the id of a data subject, or the reference of their complaint."""
    with inst.owner.transaction(landlord) as cursor:
        subject = _subject(cursor, landlord, person)
        key = cursor.execute(
            "SELECT destroyed_at FROM vault.subject_key WHERE landlord = %s AND subject = %s",
            (landlord, subject),
        ).fetchone()
        if key is None:
            raise ErasureRefused(f"--person: nothing is kept of {person} at {landlord}")
        kinds = cursor.execute(
            "SELECT kind, count(*) AS words FROM vault.words"
            " WHERE landlord = %s AND subject = %s GROUP BY kind ORDER BY kind",
            (landlord, subject),
        ).fetchall()
        cases = cursor.execute(
            "SELECT reference, standing FROM projections.complaint"
            " WHERE landlord = %s AND complainant = %s ORDER BY reference",
            (landlord, str(subject)),
        ).fetchall()
        documents = _documents(cursor, landlord, subject)
        letters = cursor.execute(
            "SELECT event_id, recipient FROM notifier.letter"
            " WHERE landlord = %s AND (recipient = %s OR recipient LIKE %s)",
            (landlord, f"complainant:{subject}", f"representative:{subject}:%"),
        ).fetchall()
    return Held(
        subject=subject,
        words={row["kind"]: row["words"] for row in kinds},
        cases=tuple(row["reference"] for row in cases),
        open_cases=tuple(row["reference"] for row in cases if row["standing"] == "open"),
        letters=tuple(
            letter_name(event_id=row["event_id"], recipient=row["recipient"]) for row in letters
        ),
        documents=tuple(documents),
        erased_at=key["destroyed_at"],
    )


def refuse_erasure(found: Held, *, reason: str, although_open: bool) -> None:
    """Raises ErasureRefused when the reason is none, or somebody still waits for an answer."""
    try:
        refuse_bad_reason(reason)
    except AdoptionRefused as refusal:
        raise ErasureRefused(f"--{refusal}") from None
    if found.open_cases and not although_open:
        named = ", ".join(found.open_cases[:OPEN_CASES_TOLD])
        raise ErasureRefused(
            f"{named} is open, and nobody could be written to any more: close it first, or say --although-open"
        )


def erase(inst: Installation, landlord: str, found: Held, *, by: str, reason: str) -> bool:
    """Destroys the key and tells it on the log in one transaction, then deletes letters and the contents of documents;
    False when it was done before.

    They are deleted also when it was: a crash between the two leaves them to the next attempt.
    """
    now = inst.clock.now()
    with inst.owner.transaction(landlord) as cursor:
        is_new = inst.vault.destroy_subject_key(cursor, landlord, found.subject, now)
        if is_new:
            event = WordsErased(
                subject=str(found.subject), texts=sum(found.words.values()), reason=reason.strip()
            )
            tell(cursor, landlord=landlord, event=event, by=by, now=now)
        # Asked anew: an upload that was under way is waited for by the key, and none begins after it.
        documents = _documents(cursor, landlord, found.subject)
    _, outbox = configured_gateways(inst.settings)
    for name in found.letters:
        outbox.path(landlord=landlord, name=name).unlink(missing_ok=True)
    for document in documents:
        inst.documents.delete(landlord, document)
    with inst.owner.transaction(landlord) as cursor:
        cursor.execute(
            "UPDATE documents.document SET deleted_at = %s WHERE landlord = %s AND document = ANY(%s)",
            (now, landlord, documents),
        )
    # The old row with the key is dead, and still on its page until it is vacuumed.
    with psycopg.connect(inst.conninfo, autocommit=True) as connection:
        connection.execute("VACUUM vault.subject_key, vault.search_hash")
    return is_new


def _documents(cursor: Cursor[Row], landlord: str, subject: UUID) -> list[UUID]:
    rows = cursor.execute(
        "SELECT document FROM documents.document"
        " WHERE landlord = %s AND subject = %s AND deleted_at IS NULL ORDER BY number",
        (landlord, subject),
    ).fetchall()
    return [row["document"] for row in rows]


def _subject(cursor: Cursor[Row], landlord: str, person: str) -> UUID:
    try:
        return UUID(person)
    except ValueError:
        row = cursor.execute(
            "SELECT complainant FROM projections.complaint WHERE landlord = %s AND reference = %s",
            (landlord, person),
        ).fetchone()
    if row is None:
        raise ErasureRefused(
            f"--person: {person} is neither the id of a person nor the reference of a complaint of {landlord}"
        )
    if row["complainant"] is None:
        raise ErasureRefused(f"--person: nobody's words are kept for {person}")
    return UUID(row["complainant"])

"""The documents of a case: what its facts tell of them, and whether each may be given out now."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from shared.complaints.events import DocumentAdded, DocumentRemoved
from shared.documents.rows import INFECTED, RECEIVED, Shelved
from shared.documents.shelf import Shelf
from shared.documents.taking import hash_in, name_in
from shared.eventstore.codec import decode_event

Row = dict[str, Any]

ERASED = "Erased"
REMOVED, VIRUS, WAITS, GONE = (
    "Removed from the case",
    "Kept from everyone: a virus was found in it",
    "Being checked for viruses: come back in a minute",
    "Its contents were erased",
)


@dataclass(frozen=True, slots=True)
class CaseDocument:
    """One document; `name` and `sha256` are None once the complainant was erased."""

    number: int
    document: UUID
    kind: str
    media_type: str
    size: int
    brought_by: str
    added_by: str
    received_on: date
    received_at: datetime | None
    recorded_at: datetime
    version: int  # of the fact that tells of it
    name: str | None = field(repr=False)
    sha256: str | None = field(repr=False)
    removed: Row | None = None  # the fact that it was removed, as the timeline has it
    withheld: str = ""  # why nobody may have it now

    @property
    def shown_name(self) -> str:
        """The name, or that it was erased."""
        return ERASED if self.name is None else self.name


def documents_of(timeline: Iterable[Row], shelf: Shelf, *, landlord: str) -> list[CaseDocument]:
    """Every document that the facts of a timeline tell of, in the order in which they were added."""
    added: list[tuple[Row, DocumentAdded]] = []
    removed: dict[int, Row] = {}
    for row in sorted(timeline, key=lambda each: int(each["version"])):
        event = decode_event(row["name"], row["data"])
        if isinstance(event, DocumentAdded):
            added.append((row, event))
        elif isinstance(event, DocumentRemoved):
            removed[event.number] = row
    if not added:
        return []
    standing = shelf.standing(landlord, [UUID(event.document) for _, event in added])
    return [_document(row, event, removed, standing, shelf) for row, event in added]


def _document(
    row: Row,
    event: DocumentAdded,
    removed: Mapping[int, Row],
    standing: Mapping[UUID, Shelved],
    shelf: Shelf,
) -> CaseDocument:
    document = UUID(event.document)
    taken_off = removed.get(event.number)
    words = row["words"]
    return CaseDocument(
        number=event.number,
        document=document,
        kind=event.kind,
        media_type=event.media_type,
        size=event.size,
        brought_by=event.brought_by,
        added_by=row["actor_name"],
        received_on=row["happened_on"],
        received_at=row["happened_at"],
        recorded_at=row["recorded_at"],
        version=row["version"],
        name=None if words is None else name_in(words),
        sha256=None if words is None else hash_in(words),
        removed=taken_off,
        withheld=REMOVED
        if taken_off
        else _why_withheld(standing.get(document), shelf, is_erased=words is None),
    )


def _why_withheld(kept: Shelved | None, shelf: Shelf, *, is_erased: bool) -> str:
    if kept is None or kept.is_gone or is_erased:
        return GONE
    if kept.state == INFECTED:
        return VIRUS
    if kept.state == RECEIVED and shelf.scanner.checks:
        return WAITS
    return ""

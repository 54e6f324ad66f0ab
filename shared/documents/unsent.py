"""What a page with a field for files shows: the files that were added and not sent yet, and which others are taken."""

from dataclasses import dataclass, field
from uuid import UUID

from shared.documents.kinds import ACCEPT, ALLOWED_IN_WORDS, LARGEST, MOST_AT_ONCE
from shared.documents.rows import RECEIVED, Shelved
from shared.documents.shelf import Shelf
from shared.documents.taking import name_in


@dataclass(frozen=True, slots=True)
class Unsent:
    """A file that was added, as the page lists it."""

    document: UUID
    name: str = field(repr=False)
    size: int
    waits: bool  # for the scanner


def unsent_with(shelf: Shelf, landlord: str, draft: UUID) -> list[Unsent]:
    """What was added to a draft so far, and is not sent."""
    return [_as_listed(shelf, one, words) for one, words in shelf.of_draft(landlord, draft)]


def around_the_field(shelf: Shelf) -> dict[str, object]:
    """What the page says of the files that are taken."""
    return {
        "accept": ACCEPT,
        "allowed": ALLOWED_IN_WORDS,
        "largest": LARGEST // 1024 // 1024,
        "most": MOST_AT_ONCE,
        "is_scanned": shelf.scanner.checks,
    }


def _as_listed(shelf: Shelf, one: Shelved, words: str | None) -> Unsent:
    return Unsent(
        document=one.document,
        name=name_in(words or ""),
        size=one.size,
        waits=one.state == RECEIVED and shelf.scanner.checks,
    )

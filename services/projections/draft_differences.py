"""What differs between two versions of a draft, word by word, in the order in which it is read. Pure."""

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Literal

MOST_WORDS = 6_000  # of both versions; beyond them whole lines are compared, which is quick
_WORD = re.compile(r"\s+|\w+|[^\w\s]")
_LINE = re.compile(r"[^\n]*\n|[^\n]+")

Kind = Literal["same", "inserted", "deleted"]


@dataclass(frozen=True, slots=True)
class Piece:
    """A run of text that both versions have, or only one of them."""

    kind: Kind
    text: str


def difference(earlier: str, later: str) -> list[Piece]:
    """The later version with what was taken out of the earlier one; joined without the deleted it is the later."""
    cut = _WORD if len(earlier.split()) + len(later.split()) <= MOST_WORDS else _LINE
    before, after = cut.findall(earlier), cut.findall(later)
    # Words that come often, such as "the", stand for themselves too: without this they would be passed over.
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    runs = [
        (tag == "equal", tag == "replace", "".join(before[i1:i2]), "".join(after[j1:j2]))
        for tag, i1, i2, j1, j2 in matcher.get_opcodes()
    ]
    pieces: list[Piece] = []
    deleted = inserted = ""
    for place, (is_same, _, was, now) in enumerate(runs):
        # Where every word of a sentence is another, the blanks between them are read as part of the change.
        if is_same and (now.strip() or not _between_replaced(runs, place)):
            pieces += [*_changed(deleted, inserted), Piece("same", now)]
            deleted = inserted = ""
        else:
            deleted, inserted = deleted + was, inserted + now
    return [*pieces, *_changed(deleted, inserted)]


def _between_replaced(runs: list[tuple[bool, bool, str, str]], place: int) -> bool:
    return 0 < place < len(runs) - 1 and runs[place - 1][1] and runs[place + 1][1]


def _changed(deleted: str, inserted: str) -> list[Piece]:
    told: tuple[Piece, Piece] = (Piece("deleted", deleted), Piece("inserted", inserted))
    return [piece for piece in told if piece.text]

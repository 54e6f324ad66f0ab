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
    pieces: list[Piece] = []
    # Words that come often, such as "the", stand for themselves too: without this they would be passed over.
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for tag, i1, i2, j1, j2 in matcher.get_opcodes():
        if tag == "equal":
            pieces.append(Piece("same", "".join(after[j1:j2])))
            continue
        if i2 > i1:
            pieces.append(Piece("deleted", "".join(before[i1:i2])))
        if j2 > j1:
            pieces.append(Piece("inserted", "".join(after[j1:j2])))
    return pieces

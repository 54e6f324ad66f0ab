"""What sealed words are found by: keyed hashes of their pieces, lower case and without accents. Knows no database.

What kind of thing a piece stands in is part of its hash, so that nobody can tell by the hashes alone that a name also
stands in a letter. See docs/decisions/0025-sealed-words-are-found-by-keyed-hashes.md.
"""

import hashlib
import hmac
import re
import unicodedata
from collections.abc import Iterable, Iterator

# The kinds of words that are found, and in what each is looked for; any other kind is sealed and not found.
FOUND_IN: dict[str, str] = {
    "name": "name",
    "address": "address",
    "home": "address",
    "email": "contact",
    "phone": "contact",
    "complaint": "text",
    "desired_outcome": "text",
    "letter": "text",
    "note": "text",
    "information": "text",
}
EVERYWHERE = frozenset(FOUND_IN.values())
MOST_PIECES = 4_000  # of one text; the longest that is taken has fewer words
MOST_ASKED = 8  # words at once
LONGEST_PIECE = 100  # characters
PREFIXES = range(3, 7)  # by so many first letters a name is found too

_EMAIL = re.compile(r"[^\s@<>,;:()]+@[^\s@<>,;:()]+\.[^\s@<>,;:()]+")
_PHONE = re.compile(r"\+?\d[\d \t().-]{7,}\d")
_POSTCODE = re.compile(r"\b([a-z]{1,2}\d[a-z\d]?) ?(\d[a-z]{2})\b")
_WORD = re.compile(r"[^\W_]+")
_JOINED = re.compile("['’‘ʼ`´]")  # O'Brien is obrien
_FEWEST_DIGITS = 9  # of a telephone number
# They stand in nearly every text: no text is found by them, and nobody can begin to guess from how often they stand.
_PASSED_OVER = frozenset({
    "an", "and", "are", "as", "at", "be", "been", "but", "by", "did", "do", "for", "from", "had", "has",
    "have", "he", "her", "him", "his", "if", "in", "is", "it", "its", "me", "my", "no", "not", "of", "on",
    "or", "our", "out", "she", "so", "that", "the", "their", "them", "then", "there", "they", "this", "to",
    "up", "us", "was", "we", "were", "when", "which", "who", "will", "with", "you", "your",
})  # fmt: skip


def hashes_of(kind: str, text: str, *, key: bytes) -> frozenset[int]:
    """By what a text of that kind is found; nothing for a kind that is not."""
    where = FOUND_IN.get(kind)
    if where is None:
        return frozenset()
    every = dict.fromkeys(_pieces(text))
    pieces = [piece for piece in every if where == "name" or piece not in _PASSED_OVER][
        :MOST_PIECES
    ]
    found = {_hash(key, where, piece) for piece in pieces}
    if where == "name":
        found |= {
            _hash(key, "beginning of a name", piece[:length])
            for piece in pieces
            for length in PREFIXES
            if len(piece) > length
        }
    return frozenset(found)


def asked_in(text: str) -> list[str]:
    """The pieces that somebody looks for, each once; an address, number or postcode is one, however it is spaced."""
    folded = _folded(text)
    whole: list[str] = []
    for pattern, joined in _WHOLE:
        whole += [piece for match in pattern.finditer(folded) if (piece := joined(match))]
        folded = pattern.sub(lambda match: "" if joined(match) else match.group(), folded)  # noqa: B023 - used at once
    every = list(dict.fromkeys([*whole, *_words(folded)]))
    # Somebody may be called Will; in a longer question the word says nothing.
    return [piece for piece in every if piece not in _PASSED_OVER] or every


def hashes_asked(piece: str, *, places: Iterable[str], key: bytes) -> frozenset[int]:
    """The hashes of a piece that is looked for, in the places where it may be."""
    places = frozenset(places)
    found = {hash_of(piece, place=where, key=key) for where in places}
    if "name" in places and len(piece) in PREFIXES:
        found.add(_hash(key, "beginning of a name", piece))
    return frozenset(found)


def hash_of(piece: str, *, place: str, key: bytes) -> int:
    """The hash of a whole piece in one place."""
    return _hash(key, place, piece)


def _pieces(text: str) -> Iterator[str]:
    folded = _folded(text)
    for pattern, joined in _WHOLE:
        yield from (piece for match in pattern.finditer(folded) if (piece := joined(match)))
    yield from _words(folded)


def _folded(text: str) -> str:
    apart = unicodedata.normalize("NFKD", _JOINED.sub("", text))
    return "".join(each for each in apart if not unicodedata.combining(each)).casefold()


def _words(folded: str) -> Iterator[str]:
    for word in _WORD.findall(folded):
        if len(word) > 1 or word.isdecimal():
            yield word[:LONGEST_PIECE]


def _email(match: re.Match[str]) -> str:
    return match.group().rstrip(".")[:LONGEST_PIECE]


def _phone(match: re.Match[str]) -> str:
    """Its digits, as one would dial them at home; nothing where they are too few."""
    digits = re.sub(r"\D", "", match.group())
    if len(digits) < _FEWEST_DIGITS:
        return ""
    abroad = match.group().startswith("+") or digits.startswith("00")
    abroad_digits = digits.removeprefix("00")
    if abroad and abroad_digits.startswith("44"):
        return "0" + abroad_digits.removeprefix("44").removeprefix("0")
    return digits


def _postcode(match: re.Match[str]) -> str:
    return match.group(1) + match.group(2)


_WHOLE = ((_EMAIL, _email), (_PHONE, _phone), (_POSTCODE, _postcode))


def _hash(key: bytes, where: str, piece: str) -> int:
    # Eight bytes are enough for two pieces of a landlord never to meet by chance, and the smallest key of an index.
    digest = hmac.digest(key, f"{where}\0{piece}".encode(), hashlib.sha256)
    return int.from_bytes(digest[:8], "big", signed=True)

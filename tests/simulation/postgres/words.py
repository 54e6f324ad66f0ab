"""Cuts the text of a statement into words."""

import re
from dataclasses import dataclass
from functools import lru_cache

_WORD = re.compile(
    r"""
    (?P<space>\s+|--[^\n]*)
  | (?P<parameter>%s|%\((?P<named>\w+)\)s)
  | (?P<number>\d+(?:\.\d+)?)
  | (?P<text>'(?:[^']|'')*')
  | (?P<quoted>"[^"]+")
  | (?P<name>[A-Za-z_][A-Za-z_0-9]*)
  | (?P<sign>::|<>|!=|<=|>=|->>|->|\|\||[-+*/=<>~(),.;\[\]])
    """,
    re.VERBOSE,
)


class NotModelled(BaseException):
    """The model of PostgreSQL does not know this; teach it, or the simulation would prove nothing.

    No Exception, so that no code of the product takes it for trouble of its own.
    """


@dataclass(frozen=True, slots=True)
class Word:
    """One word: its kind, and its text; names are in lower case as the server has them."""

    kind: str
    text: str


END = Word("end", "")


@lru_cache(maxsize=4096)
def words_of(statement: str) -> tuple[Word, ...]:
    """The words of a statement without comments; refuses a sign that is unknown."""
    found: list[Word] = []
    place = 0
    while place < len(statement):
        match = _WORD.match(statement, place)
        if match is None:
            raise NotModelled(
                f"a sign that the model cannot read: {statement[place : place + 40]!r}"
            )
        place = match.end()
        kind = match.lastgroup or ""
        if match["space"] is None:
            found.append(_word(kind if kind != "named" else "parameter", match))
    return tuple(found)


def _word(kind: str, match: re.Match[str]) -> Word:
    if match["parameter"] is not None:
        return Word("parameter", match["named"] or "")
    text = match.group()
    if kind == "text":
        return Word("text", text[1:-1].replace("''", "'"))
    if kind == "quoted":
        return Word("name", text[1:-1])
    return Word(kind, text.lower() if kind == "name" else text)

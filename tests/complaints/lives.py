"""Writes down everything that is told of some cases, fact by fact, with every field that says something.

python -m tests.complaints.lives > tests/complaints/lives.txt
"""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterator
from dataclasses import MISSING, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache, partial
from pathlib import Path
from typing import Any

from services.workflow.domain.complaint import replay
from services.workflow.domain.course import HistoricEvent
from shared.complaints.working_days import LONDON
from tests.complaints.reviewed import Reviewed
from tests.complaints.whole_lives import LIVES, beside
from tests.policies.reading import every_rule
from tests.support.complaint_spec import england

COLUMNS = 118
HEADING = """Whole cases, fact by fact: the day, in London time where one is known, who gave it, and what is told,
with every field that does not stand at its default; at the end, what the case holds besides its stages.
The policies are those of tests/policies/packs/every-rule.toml and, beside it,
tests/complaints/packs/meadow-homes.toml.
"""


def _in_full(lived: Callable[[], tuple[HistoricEvent, ...]]) -> str:
    history = lived()
    told = [_written(entry) + "\n" for entry in history]
    return "".join([*told, *(_filled(f"holds: {each}") + "\n" for each in _held(history))])


def _written(entry: HistoricEvent) -> str:
    moment = entry.moment
    when = f"{moment.on:%a %Y-%m-%d}"
    if moment.at is not None:
        when = f"{_london(moment.at):%a %Y-%m-%d %H:%M}"
    known = "" if entry.known_at is None else f", known {_london(entry.known_at):%Y-%m-%d %H:%M}"
    told = f"{type(entry.event).__name__} {', '.join(_fields(entry.event))}"
    return _filled(f"{when} {entry.actor}{known}: {told}")


def _held(history: tuple[HistoricEvent, ...]) -> Iterator[str]:
    """What the case holds besides its stages once all of it was told."""
    complaint = replay(history)
    assert complaint is not None
    for entry in complaint.further.entries:
        yield ", ".join(_fields(entry))


def _filled(said: str) -> str:
    return textwrap.fill(
        said, COLUMNS, initial_indent="  ", subsequent_indent="      ",
        break_long_words=False, break_on_hyphens=False,
    )  # fmt: skip


def _london(instant: datetime) -> datetime:
    return instant.astimezone(LONDON)


def _fields(told: Any) -> Iterator[str]:
    for each in fields(told):
        value = getattr(told, each.name)
        if each.default is MISSING or value != each.default:
            yield f"{each.name}={_plain(value)}"


def _plain(value: Any) -> str:
    if isinstance(value, tuple):
        return f"({', '.join(_plain(each) for each in value)})"
    if is_dataclass(value):
        return f"({', '.join(_fields(value))})"
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M %Z}"
    return _hashes().get(value) or str(value.value if isinstance(value, Enum) else value)


@cache
def _hashes() -> dict[object, str]:
    """What would be other letters after every change of a comment's worth."""
    hashes: dict[object, str] = {england().revision: "its revision"}
    for policy in (every_rule(), beside()):
        hashes[policy.policy_hash] = "its hash"
    return hashes


REVIEWED = Reviewed(
    Path(__file__).with_name("lives.txt"),
    HEADING,
    {title: partial(_in_full, lived) for title, lived in LIVES.items()},
    "What is told of a case has changed. Look at each fact; if all are meant, write it afresh:\n"
    "python -m tests.complaints.lives > tests/complaints/lives.txt\n\n",
)

if __name__ == "__main__":
    sys.stdout.write(REVIEWED.afresh())

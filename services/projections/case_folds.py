"""Folds whole cases in memory into the rows that the read models' own folds give, for building many of them at once.

The folds in `read_models` follow the feed fact by fact with SQL; these take a case from its first fact to its last
without the database, an order of magnitude faster. Both must give the same rows:
tests/projections/test_case_folds.py compares them for every kind of fact and for random courses of cases.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from shared.complaints.events import ComplaintEvent

# Raise it when the same facts give other rows than before: the versions of the read models say which fold made them.
# tests/projections/test_case_folds.py fails when it should have been raised.
FOLD = 1


@dataclass(slots=True)
class Fact:
    """A fact of one case, its envelope as the text that the log keeps; not frozen, because millions are made."""

    landlord: str
    stream: str
    version: int
    seq: int
    event_id: UUID
    name: str
    recorded_at: Any
    envelope: Mapping[str, Any]
    event: ComplaintEvent


Row = dict[str, Any]
Rows = dict[Any, Row]  # of one case in one read model, by key
Step = Callable[[Rows, Fact, Any], None]  # the fact's own event last


@dataclass(frozen=True)
class CaseFold:
    """One read model: its table, and what each kind of fact does to a case's rows; all rows have the same columns."""

    read_model: str
    table: str
    steps: Mapping[type[ComplaintEvent], Step]


def fold_case(folds: Sequence[CaseFold], facts: Sequence[Fact]) -> dict[str, Rows]:
    """The rows of one case in each table, from all its facts in order."""
    rows: dict[str, Rows] = {fold.table: {} for fold in folds}
    steps = [(rows[fold.table], fold.steps) for fold in folds]
    for fact in facts:
        event = fact.event
        kind = type(event)
        for of_table, taken in steps:
            step = taken.get(kind)
            if step is not None:
                step(of_table, fact, event)
    return rows

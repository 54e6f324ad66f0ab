"""A case as it stood at an instant, on two axes: what had happened by then, and what was on record
by then.

The two differ whenever something is written down later than it happened: a letter found in a
drawer, a history brought in from another system. Pure: facts in, rows out, by the same folds that
build the read models.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from services.projections.case_folds import Fact, Row, fold_case
from services.projections.read_models import caseload, complaints, deadlines
from shared.complaints.working_days import london_day
from shared.eventstore.codec import decode_event
from shared.registry.policy_titles import PolicyTitles

FOLDS = (complaints.CASE_FOLD, deadlines.CASE_FOLD, caseload.CASE_FOLD)


@dataclass(frozen=True, slots=True)
class AsAt:
    """An instant on either axis, or both; None leaves an axis open. Aware, any zone."""

    happened: datetime | None = None
    recorded: datetime | None = None

    def holds(self, row: Row) -> bool:
        """Whether a fact had happened and was on record by then; a fact with a day only counts from
        the start of that day in London.
        """
        if self.recorded is not None and row["recorded_at"] > self.recorded:
            return False
        if self.happened is None:
            return True
        if row["happened_at"] is not None:
            return bool(row["happened_at"] <= self.happened)
        return bool(row["happened_on"] <= london_day(self.happened))

    def clock(self, now: datetime) -> datetime:
        """The moment at which lateness is judged: the latest that both axes allow."""
        return min(one for one in (self.happened, self.recorded, now) if one is not None)


NOW = AsAt()


@dataclass(frozen=True, slots=True)
class PastCase:
    """A case as far as some of its facts tell it; `complaint` is None before the first of them."""

    facts: tuple[Row, ...]
    complaint: Row | None
    deadlines: tuple[Row, ...]
    handlers: tuple[str, ...]


def case_as_at(facts: Iterable[Row], as_at: AsAt, *, landlord: str, reference: str) -> PastCase:
    """The case from those of its `facts` (rows of the case history) that hold at `as_at`."""
    held = tuple(row for row in facts if as_at.holds(row))
    folded = fold_case(FOLDS, [_fact(row, landlord, reference) for row in held])
    complaint = folded[complaints.TABLE].get(None)
    stage = complaint["stage"] if complaint else 0
    dated = sorted(
        folded[deadlines.TABLE].values(),
        key=lambda row: (
            row["standing"] != "open",
            row["due_on"],
            row["stage"],
            row["duty"],
            row["overlay"],
        ),
    )
    return PastCase(
        facts=held,
        complaint=complaint,
        deadlines=tuple(dated),
        handlers=tuple(sorted(key[1] for key in folded[caseload.TABLE] if key[0] == stage)),
    )


@dataclass(frozen=True, slots=True)
class Change:
    """One thing that differs between two moments of a case, as it was and as it became."""

    what: str
    before: str
    after: str


def changes_between(before: PastCase, after: PastCase, titles: PolicyTitles) -> list[Change]:
    """Stage, standing, route, handlers and every deadline that differs, in that order."""
    found = [
        Change(what, _told(before.complaint, column), _told(after.complaint, column))
        for what, column in (("Stage", "stage"), ("Standing", "standing"), ("Kind", "route"))
        if _told(before.complaint, column) != _told(after.complaint, column)
    ]
    if before.handlers != after.handlers:
        found.append(Change("Handled by", ", ".join(before.handlers), ", ".join(after.handlers)))
    was = {_key(row): _deadline(row) for row in before.deadlines}
    became = {_key(row): _deadline(row) for row in after.deadlines}
    found += [
        Change(_named(key, titles), was.get(key, ""), became.get(key, ""))
        for key in sorted({*was, *became})
        if was.get(key) != became.get(key)
    ]
    return found


def _fact(row: Row, landlord: str, reference: str) -> Fact:
    return Fact(
        landlord=landlord,
        stream=reference,
        version=row["version"],
        seq=row["seq"],
        event_id=row["event_id"],
        name=row["name"],
        recorded_at=row["recorded_at"],
        envelope=row,
        event=decode_event(row["name"], row["data"]),
    )


def _told(complaint: Row | None, column: str) -> str:
    return str(complaint[column]).replace("_", " ") if complaint else ""


def _key(row: Row) -> tuple[int, str, str]:
    return row["stage"], row["duty"], row["overlay"]


def _named(key: Sequence[Any], titles: PolicyTitles) -> str:
    stage, duty, overlay = key
    under = f" ({titles[overlay]})" if overlay else ""
    return f"Stage {stage}: {duty.replace('_', ' ')}{under}"


def _deadline(row: Row) -> str:
    missed = ", missed" if row["missed"] else ""
    return (
        f"{row['due_on']:%A} {row['due_on'].day} {row['due_on']:%B %Y}, {row['standing']}{missed}"
    )

"""A date that the complainant was promised, as it is told and as it is kept with the submission."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from shared.complaints.events import DeadlineSet


@dataclass(frozen=True, slots=True)
class PromisedDate:
    """A date the complainant can expect, with the rule it comes from."""

    duty: str
    stage: int
    due_on: date
    due_at: datetime | None
    rule: str
    clause: str


def date_row(due: DeadlineSet) -> dict[str, Any]:
    """A deadline as it is kept."""
    return {
        "duty": due.duty,
        "stage": due.stage,
        "due_on": due.due_on.isoformat(),
        "due_at": None if due.due_at is None else due.due_at.isoformat(),
        "rule": due.rule,
        "clause": due.clause,
    }


def promised(kept: dict[str, Any]) -> PromisedDate:
    """What was kept of it."""
    due_at = kept["due_at"]
    return PromisedDate(
        duty=kept["duty"],
        stage=kept["stage"],
        due_on=date.fromisoformat(kept["due_on"]),
        due_at=None if due_at is None else datetime.fromisoformat(due_at),
        rule=kept["rule"],
        clause=kept["clause"],
    )

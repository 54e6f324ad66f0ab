"""What a landlord still owes on a complaint under the policy that the complaint runs under."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from shared.complaints.events import ComplaintEvent, DeadlineLifted, DeadlineMet, DeadlineSet


@dataclass(frozen=True, slots=True)
class OpenDeadline:
    """A duty that is still owed."""

    duty: str
    stage: int
    due_on: date
    due_at: datetime | None
    rule: str
    clause: str


def open_deadlines(facts: Iterable[ComplaintEvent]) -> tuple[OpenDeadline, ...]:
    """What is still owed under the complaint's own policy after these facts, soonest first."""
    owed: dict[tuple[str, int], DeadlineSet] = {}
    for event in facts:
        if getattr(event, "overlay", None) is not None:
            continue
        if isinstance(event, DeadlineSet):
            owed[event.duty, event.stage] = event
        elif isinstance(event, DeadlineMet | DeadlineLifted):
            owed.pop((event.duty, event.stage), None)
    deadlines = [
        OpenDeadline(
            duty=event.duty,
            stage=event.stage,
            due_on=event.due_on,
            due_at=event.due_at,
            rule=event.rule,
            clause=event.clause,
        )
        for event in owed.values()
    ]
    return tuple(sorted(deadlines, key=lambda owed: (owed.due_on, owed.stage, owed.duty)))

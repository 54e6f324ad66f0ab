"""What is owed to the complainant of a case now, and by when: the dates that letters promise, and no other."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime

from shared.complaints import events as fact
from shared.complaints.values import Moment, WordsReference
from shared.policies.policy import BETWEEN_OFFICERS

# What we owe under a policy, as something that we will do, and as something that we did not do.
DUTIES: Mapping[str, tuple[str, str]] = {
    "acknowledge": ("tell you that we have received it", "tell you that we had received it"),
    "contact": (
        "contact you, to understand what happened and what you want",
        "contact you",
    ),
    "respond": ("answer you in writing", "answer you in writing"),
    "holding_response": ("tell you why our answer is late", "tell you why our answer was late"),
    "promise": ("do what we promised", "do what we promised"),
    "update": ("tell you how it stands", "tell you how it stands"),
    "ombudsman_order": ("do what the Ombudsman ordered", "do what the Ombudsman ordered"),
}
# The law's own clocks are told in the words of their rule.
BY_RULE = frozenset({"hazard_emergency", "hazard_significant", "data_protection"})
# What we owe to others than the complainant, though it has a date like all else.
INTERNAL = BETWEEN_OFFICERS | {
    "contribution",
    "evidence_request",
    "learning",
    "review_of_restriction",
    "review_of_adjustment",
    "close",
    "holding_response",
}
WINDOW = "escalation_window"  # what the complainant may do, and not we


@dataclass(frozen=True, slots=True)
class Owed:
    """Something that we will do for the complainant, by a day."""

    duty: str
    stage: int
    what: str
    due_on: date
    due_at: datetime | None
    clause: str
    is_late: bool
    words: WordsReference | None = None  # of a promise


def is_ours_to_keep(event: fact.DeadlineSet | fact.DeadlineMissed | fact.DeadlineRecounted) -> bool:
    """Whether a date is a promise to the complainant: under the case's own policy, and not between officers."""
    if event.overlay is not None or getattr(event, "trigger", "").startswith("before "):
        return False
    kind = event.duty.partition(" ")[0]
    if kind in INTERNAL or kind == WINDOW:
        return False
    return " " not in event.duty or kind in DUTIES or kind in BY_RULE


def owed_now(events: Iterable[fact.ComplaintEvent], *, now: Moment) -> tuple[Owed, ...]:
    """What is still owed after these facts of one case, soonest first."""
    running: dict[tuple[str, int], fact.DeadlineSet] = {}
    promised: dict[str, WordsReference | None] = {}
    for event in events:
        match event:
            case fact.DeadlineSet() if is_ours_to_keep(event):
                running[event.duty, event.stage] = event
            case fact.DeadlineMet() | fact.DeadlineLifted() if event.overlay is None:
                running.pop((event.duty, event.stage), None)
            case fact.PromiseMade() if event.number is not None:
                promised[f"promise {event.number}"] = event.words
            case _:
                pass
    owed = (
        Owed(
            duty=due.duty,
            stage=due.stage,
            what=_what(due),
            due_on=due.due_on,
            due_at=due.due_at,
            clause=due.clause,
            is_late=_has_passed(due, now),
            words=promised.get(due.duty),
        )
        for due in running.values()
    )
    return tuple(sorted(owed, key=lambda one: (one.due_on, one.stage, one.duty)))


def last_day_to_ask(events: Iterable[fact.ComplaintEvent], *, today: date) -> date | None:
    """Until when the next stage may be asked for, where a time runs for that."""
    until: date | None = None
    for event in events:
        match event:
            case fact.DeadlineSet() if event.overlay is None and event.duty == WINDOW:
                until = event.due_on
            case fact.DeadlineMet() | fact.DeadlineLifted() if (
                event.overlay is None and event.duty == WINDOW
            ):
                until = None
            case fact.EscalationWindowClosed():
                until = None
            case _:
                pass
    return until if until is not None and until >= today else None


def _what(due: fact.DeadlineSet) -> str:
    kind = due.duty.partition(" ")[0]
    return DUTIES[kind][0] if kind in DUTIES else due.rule


def _has_passed(due: fact.DeadlineSet, now: Moment) -> bool:
    return now.at is not None and now.at > due.due_at if due.due_at else now.on > due.due_on

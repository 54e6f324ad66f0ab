"""What reports need of each case, folded from the facts of a feed: counts and days, no words and no names.

Pure: facts in, values out. The same feed up to the same place gives the same figures for ever.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from shared.complaints import events as told
from shared.complaints.working_days import london_day
from shared.eventstore.record import RecordedEvent
from shared.policies.deadlines import EXTENSION

RESPOND = "respond"


@dataclass(slots=True)
class Answer:
    """What became of the duty to respond at a stage, under one clock."""

    due_on: date
    extended: bool = False
    met_on: date | None = None
    missed: bool = False

    def in_time(self) -> bool | None:
        """Whether it was answered in time; None while that is open."""
        if self.missed:
            return False
        return True if self.met_on is not None else None


@dataclass(slots=True)
class Learning:
    """What was learned from a case, and what became of it."""

    number: int
    cause: str
    action: str
    owner: str
    recorded_on: date
    due_on: date
    words: str | None
    done_on: date | None = None
    told: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Order:
    """What the Ombudsman ordered."""

    kind: str
    ordered_on: date
    due_on: date
    complied_on: date | None = None


@dataclass(slots=True)
class CaseFigures:
    """One case, as far as it is counted."""

    reference: str
    organisation: str
    first_route: str
    route: str
    received_on: date
    categories: dict[int, str]
    own_policy: str
    overlay: str | None
    stages: dict[int, date]  # the day that each was opened
    answers: dict[tuple[str | None, int], Answer] = field(default_factory=dict)
    findings: dict[int, str] = field(default_factory=dict)  # of each stage
    answered: dict[int, date] = field(default_factory=dict)  # by stage
    conversions: list[tuple[date, str, str]] = field(default_factory=list)
    remedied_on: date | None = None
    refused: tuple[date, str] | None = None
    overturned_on: date | None = None
    closed: tuple[date, str] | None = None
    withdrawn_on: date | None = None
    learning: dict[int, Learning] = field(default_factory=dict)
    determinations: list[tuple[date, str]] = field(default_factory=list)
    orders: dict[int, Order] = field(default_factory=dict)
    promises_due: dict[str, tuple[date, bool]] = field(default_factory=dict)  # day, missed
    compensation_pence: list[tuple[date, int]] = field(default_factory=list)
    escalations: list[tuple[int, date, str]] = field(default_factory=list)  # to stage, day, why


class Figures:
    """All cases of a landlord, and what its rulebook says of homes, reports and answers to them."""

    def __init__(self) -> None:
        self.cases: dict[str, CaseFigures] = {}
        self.rulebook: list[tuple[date, Any]] = []
        self.up_to_seq = 0
        self.as_at: date | None = None  # the day on which the last fact was recorded

    def fold(self, recorded: RecordedEvent) -> None:
        """Take one more fact of the feed."""
        self.up_to_seq, self.as_at = recorded.seq, london_day(recorded.recorded_at)
        if recorded.stream == told.RULEBOOK:
            self.rulebook.append((recorded.happened.on, recorded.event))
            return
        event, on = recorded.event, recorded.happened.on
        if isinstance(event, told.ComplaintOpened):
            self.cases[recorded.stream] = _opened(event)
            return
        case = self.cases.get(recorded.stream)
        fold = _FOLDS.get(type(event))
        if case is not None and fold is not None:
            fold(case, event, on)


def _opened(event: told.ComplaintOpened) -> CaseFigures:
    return CaseFigures(
        reference=event.reference,
        organisation=event.organisation,
        first_route=event.route.value,
        route=event.route.value,
        received_on=event.received_on,
        categories={issue.number: issue.category for issue in event.issues},
        own_policy=event.policy,
        overlay=event.overlay_policy,
        stages={1: event.received_on},
    )


def _set(case: CaseFigures, event: told.DeadlineSet, _on: date) -> None:
    if event.duty == RESPOND:
        key = (event.overlay, event.stage)
        known = case.answers.get(key) or Answer(event.due_on)
        extended = known.extended or event.trigger == EXTENSION
        case.answers[key] = Answer(event.due_on, extended=extended, missed=known.missed)
    elif event.duty.startswith("promise "):
        case.promises_due[event.duty] = (event.due_on, False)


def _met(case: CaseFigures, event: told.DeadlineMet, _on: date) -> None:
    known = case.answers.get((event.overlay, event.stage)) if event.duty == RESPOND else None
    if known is not None:
        known.met_on = event.met_on
        known.missed = known.missed or event.late_by_working_days > 0


def _missed(case: CaseFigures, event: told.DeadlineMissed, _on: date) -> None:
    if event.duty == RESPOND:
        known = case.answers.get((event.overlay, event.stage))
        if known is not None:
            known.missed = True
    elif event.duty.startswith("promise "):
        case.promises_due[event.duty] = (event.due_on, True)


def _escalated(case: CaseFigures, event: told.ComplaintEscalated, on: date) -> None:
    case.stages[event.to_stage] = on
    case.escalations.append((event.to_stage, on, event.because))
    case.closed = None


def _answered(case: CaseFigures, event: told.ResponseIssued, on: date) -> None:
    case.answered[event.stage] = on
    if event.outcome is not None:
        case.findings[event.stage] = event.outcome.value


def _rerouted(case: CaseFigures, event: told.RouteChanged, on: date) -> None:
    case.route = event.to_route.value
    case.conversions.append((on, event.from_route.value, event.to_route.value))
    if event.to_route.value == "complaint":
        case.stages[1] = event.counts_from_on


def _added(case: CaseFigures, event: told.IssueAdded, _on: date) -> None:
    case.categories[event.issue.number] = event.issue.category


def _split(case: CaseFigures, event: told.IssueSplitOff, _on: date) -> None:
    case.categories.pop(event.number, None)


def _refused(case: CaseFigures, event: told.ComplaintRefused, on: date) -> None:
    case.refused = (on, event.exclusion)


def _overturned(case: CaseFigures, _event: told.RefusalOverturned, on: date) -> None:
    case.overturned_on = on


def _closed(case: CaseFigures, event: told.ComplaintClosed, on: date) -> None:
    case.closed = (on, event.because)


def _reopened(case: CaseFigures, _event: told.ComplaintReopened, _on: date) -> None:
    case.closed = None


def _withdrawn(case: CaseFigures, _event: told.ComplaintWithdrawn, on: date) -> None:
    case.withdrawn_on = on


def _remedied(case: CaseFigures, _event: told.ServiceRequestRemedied, on: date) -> None:
    case.remedied_on = on


def _learned(case: CaseFigures, event: told.LearningRecorded, on: date) -> None:
    case.learning[event.number] = Learning(
        number=event.number,
        cause=event.cause,
        action=event.action,
        owner=event.owner,
        recorded_on=on,
        due_on=event.due_on,
        words=event.words.words if event.words else None,
    )


def _learning_done(case: CaseFigures, event: told.LearningDone, on: date) -> None:
    known = case.learning.get(event.number)
    if known is not None:
        known.done_on = on


def _learning_told(case: CaseFigures, event: told.LearningShared, _on: date) -> None:
    known = case.learning.get(event.number)
    if known is not None:
        known.told.append(event.audience)


def _determined(case: CaseFigures, event: told.OmbudsmanDetermined, on: date) -> None:
    case.determinations.append((on, event.finding or "not stated"))


def _ordered(case: CaseFigures, event: told.OmbudsmanOrdered, on: date) -> None:
    case.orders[event.number] = Order(event.kind, on, event.due_on)


def _complied(case: CaseFigures, event: told.OrderComplied, on: date) -> None:
    known = case.orders.get(event.number)
    if known is not None:
        known.complied_on = on


def _paid(case: CaseFigures, event: told.CompensationPaid, on: date) -> None:
    case.compensation_pence.append((on, event.amount_pence))


# As at a day, a fact may be left out that another builds on, where it is said to have happened later.
_FOLDS: dict[type[told.ComplaintEvent], Callable[[CaseFigures, Any, date], None]] = {
    told.DeadlineSet: _set,
    told.DeadlineMet: _met,
    told.DeadlineMissed: _missed,
    told.ComplaintEscalated: _escalated,
    told.ResponseIssued: _answered,
    told.RouteChanged: _rerouted,
    told.IssueAdded: _added,
    told.IssueSplitOff: _split,
    told.ComplaintRefused: _refused,
    told.RefusalOverturned: _overturned,
    told.ComplaintClosed: _closed,
    told.ComplaintReopened: _reopened,
    told.ComplaintWithdrawn: _withdrawn,
    told.ServiceRequestRemedied: _remedied,
    told.LearningRecorded: _learned,
    told.LearningDone: _learning_done,
    told.LearningShared: _learning_told,
    told.OmbudsmanDetermined: _determined,
    told.OmbudsmanOrdered: _ordered,
    told.OrderComplied: _complied,
    told.CompensationPaid: _paid,
}

"""How one thing done leads to the next: a duty is met, another begins, what is no longer needed is
lifted.

A `Course` gathers the events that follow from what was done and keeps the state they add up to. It
knows no guard: `decisions` asks the guards first, `history` takes the past as it was.
"""

from dataclasses import dataclass
from datetime import datetime

from services.workflow.domain.complaint import Complaint, evolve
from shared.complaints.events import (
    ComplaintEvent,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
)
from shared.complaints.values import Moment
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.counting import is_late
from shared.policies.deadlines import Deadline, DeadlineState, deadlines_after
from shared.policies.policy import RESPOND, Duty, Fact, Passing, Policy


@dataclass(frozen=True, slots=True)
class HistoricEvent:
    """An event with when it happened, when that became known, and who did it."""

    event: ComplaintEvent
    moment: Moment
    known_at: datetime | None
    actor: str

    @property
    def happened(self) -> Moment:
        """Name the moment as a recorded event does."""
        return self.moment


class Course:
    """The events that follow from what was done, at a moment, by someone."""

    def __init__(
        self,
        complaint: Complaint | None,
        policy: Policy,
        calendar: WorkingDayCalendar,
        *,
        moment: Moment,
        actor: str,
    ) -> None:
        self.policy = policy
        self.calendar = calendar
        self.moment = moment
        self.told: list[HistoricEvent] = []
        self._complaint = complaint
        self._actor = actor
        self._known_at: datetime | None = None

    @property
    def complaint(self) -> Complaint:
        """The state so far."""
        if self._complaint is None:
            raise ValueError("Nothing has been opened yet.")
        return self._complaint

    @property
    def events(self) -> tuple[ComplaintEvent, ...]:
        """What was told so far, without its envelope."""
        return tuple(entry.event for entry in self.told)

    def go_to(self, moment: Moment, *, actor: str, known_at: datetime | None = None) -> None:
        """Tell what follows as happening at another moment, by someone else."""
        self.moment = moment
        self._actor = actor
        self._known_at = known_at

    def tell(self, event: ComplaintEvent) -> None:
        """Add one event."""
        self.told.append(HistoricEvent(event, self.moment, self._known_at, self._actor))
        self._complaint = evolve(self._complaint, event, moment=self.moment, actor=self._actor)

    def do(self, event: ComplaintEvent, fact: Fact, stage: int) -> None:
        """Add an event, meet what it meets and begin what it begins."""
        again = self.complaint.has(fact, stage)
        self.tell(event)
        self.meet(fact, stage)
        if not again:  # a second letter starts no clock anew
            self.begin(fact, stage)

    def meet(self, fact: Fact, stage: int) -> None:
        """Meet the duties of a stage that ask for this fact."""
        for duty, known in self._standing(stage):
            if fact not in duty.met_by or not self._may_be_met(known, fact):
                continue
            if duty.passing is Passing.MISSED:
                self._miss_if_overdue(known)
            due_on, met_on = known.latest.due_on, self.moment.on
            late_by = self.calendar.working_days_between(due_on, met_on)
            self.tell(DeadlineMet(duty.duty, stage, due_on, met_on, late_by))

    def begin(self, fact: Fact, stage: int) -> None:
        """Set what counts from this fact at a stage; a stage that is over owes nothing new."""
        if stage < self.complaint.stage:
            return
        deadlines = deadlines_after(
            self.policy,
            self.calendar,
            route=self.complaint.route,
            stage=stage,
            fact=fact,
            moment=self.moment,
            known=self.complaint.deadlines_at(stage),
        )
        for deadline in deadlines:
            self.tell(deadline)

    def settle_conditional(self, stage: int) -> None:
        """Decide, once the response is out, about what was owed only if it were late."""
        response = self.complaint.deadline(RESPOND, stage)
        for duty, known in self._standing(stage):
            if duty.passing is not Passing.MISSED_IF_RESPONSE_LATE or not _runs(known):
                continue
            if response is not None and is_late(response.original, self.moment):
                self.tell(DeadlineMissed(duty.duty, stage, known.latest.due_on))
            else:
                self.tell(DeadlineLifted(duty.duty, stage, "not needed: the response was in time"))

    def lift(self, reason: str, *, stage: int) -> None:
        """Lift what still runs at a stage; what is overdue is missed instead, and stays so."""
        for duty, known in self._standing(stage):
            if _runs(known) and duty.passing is Passing.MISSED:
                self._miss_if_overdue(known)
        for duty, known in self._standing(stage):
            if _runs(known):
                self.tell(DeadlineLifted(duty.duty, stage, reason))

    def miss(self, known: Deadline) -> None:
        """Record a duty as missed, and with a response the holding response that never went out."""
        deadline = known.latest
        self.tell(DeadlineMissed(deadline.duty, deadline.stage, deadline.due_on))
        if deadline.duty != RESPOND:
            return
        for duty, other in self._standing(deadline.stage):
            if duty.passing is Passing.MISSED_IF_RESPONSE_LATE and _runs(other):
                self.tell(DeadlineMissed(duty.duty, deadline.stage, other.latest.due_on))

    def _standing(self, stage: int) -> tuple[tuple[Duty, Deadline], ...]:
        duties = self.policy.duties_at(route=self.complaint.route, stage=stage)
        known = self.complaint.deadlines_at(stage)
        return tuple((duty, known[duty.duty]) for duty in duties if duty.duty in known)

    def _may_be_met(self, known: Deadline, fact: Fact) -> bool:
        # In a history the answer may come after the next stage was opened and lifted its deadline.
        lifted = known.state is DeadlineState.LIFTED
        return known.is_owed or (fact is Fact.RESPONSE and lifted)

    def _miss_if_overdue(self, known: Deadline) -> None:
        if _runs(known) and is_late(known.latest, self.moment):
            self.miss(known)


def _runs(known: Deadline) -> bool:
    return known.state is DeadlineState.RUNNING

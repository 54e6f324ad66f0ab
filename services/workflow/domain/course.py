"""How one thing done leads to the next: a duty is met, another begins, what is no longer needed is
lifted.

A `Course` gathers the events that follow from what was done and keeps the state they add up to. It
knows no guard: `decisions` asks the guards first, `history` takes the past as it was.

Each thing done counts under every clock at once: the one of the complaint's own policy, and the one
of the policy that runs beside it. Neither ever looks at the other's dates.
"""

from dataclasses import dataclass, replace
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
from shared.policies.overlay import as_overlay
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


@dataclass(frozen=True, slots=True)
class _Clock:
    """A policy by which dates are counted, with its calendar; `overlay` is its name where it is not the own one."""

    policy: Policy
    calendar: WorkingDayCalendar
    overlay: str | None = None


class Course:
    """The events that follow from what was done, at a moment, by someone.

    `overlay` is the policy that runs beside the complaint's own: for a new complaint where there is
    one in force, for an older one the one it was opened with.
    """

    def __init__(
        self,
        complaint: Complaint | None,
        policy: Policy,
        calendar: WorkingDayCalendar,
        *,
        moment: Moment,
        actor: str,
        overlay: Policy | None = None,
    ) -> None:
        if overlay is not None:  # the own policy is never doubled, in whichever version
            overlay = None if overlay.policy == policy.policy else as_overlay(overlay)
        pinned = None if overlay is None else overlay.policy_hash
        if complaint is not None and complaint.overlay_policy_hash != pinned:
            raise ValueError("A complaint keeps the policies that it was opened with.")
        self.policy = policy
        self.overlay = overlay
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
        for duty, known in self._standing_on_all(stage):
            if fact not in duty.met_by or not self._may_be_met(duty, known, fact):
                continue
            if duty.passing is Passing.MISSED:
                self._miss_if_overdue(known)
            due_on, met_on = known.latest.due_on, self.moment.on
            late_by = self._clock_of(known).calendar.working_days_between(due_on, met_on)
            overlay = known.latest.overlay
            self.tell(DeadlineMet(duty.duty, stage, due_on, met_on, late_by, overlay))

    def begin_anew(self, fact: Fact, stage: int, *, since: Moment) -> None:
        """Set what counts from this fact as if nothing had been set before, one generation on."""
        for clock in self._clocks:
            before = self.complaint.deadlines_at(stage, overlay=clock.overlay)
            deadlines = deadlines_after(
                clock.policy,
                clock.calendar,
                route=self.complaint.route,
                stage=stage,
                fact=fact,
                moment=since,
                known={},
            )
            for deadline in deadlines:
                known = before.get(deadline.duty)
                passed = 0 if known is None else known.latest.generation
                generation = deadline.generation + passed
                self.tell(replace(deadline, overlay=clock.overlay, generation=generation))

    def begin(self, fact: Fact, stage: int, *, since: Moment | None = None) -> None:
        """Set what counts from this fact, now or since another moment; a stage that is over owes
        nothing new.
        """
        if stage < self.complaint.stage:
            return
        for clock in self._clocks:
            deadlines = deadlines_after(
                clock.policy,
                clock.calendar,
                route=self.complaint.route,
                stage=stage,
                fact=fact,
                moment=since or self.moment,
                known=self.complaint.deadlines_at(stage, overlay=clock.overlay),
            )
            for deadline in deadlines:
                self.tell(replace(deadline, overlay=clock.overlay))

    def settle_conditional(self, stage: int) -> None:
        """Decide, once the response is out, about what was owed only if it were late."""
        for duty, known in self._standing_on_all(stage):
            if duty.passing is not Passing.MISSED_IF_RESPONSE_LATE or not _runs(known):
                continue
            overlay = known.latest.overlay
            response = self.complaint.deadlines_at(stage, overlay=overlay).get(RESPOND)
            if response is not None and is_late(response.original, self.moment):
                self.tell(DeadlineMissed(duty.duty, stage, known.latest.due_on, overlay))
            else:
                reason = "not needed: the response was in time"
                self.tell(DeadlineLifted(duty.duty, stage, reason, overlay))

    def lift(self, reason: str, *, stage: int) -> None:
        """Lift what still runs at a stage; what is overdue is missed instead, and stays so."""
        for duty, known in self._standing_on_all(stage):
            if _runs(known) and duty.passing is Passing.MISSED:
                self._miss_if_overdue(known)
        for duty, known in self._standing_on_all(stage):
            if _runs(known):
                self.tell(DeadlineLifted(duty.duty, stage, reason, known.latest.overlay))

    def miss(self, known: Deadline) -> None:
        """Record a duty as missed, and with a response the holding response that never went out."""
        deadline = known.latest
        stage, overlay = deadline.stage, deadline.overlay
        self.tell(DeadlineMissed(deadline.duty, stage, deadline.due_on, overlay))
        if deadline.duty != RESPOND:
            return
        for duty, other in self._standing(stage, self._clock_of(known)):
            if duty.passing is Passing.MISSED_IF_RESPONSE_LATE and _runs(other):
                self.tell(DeadlineMissed(duty.duty, stage, other.latest.due_on, overlay))

    def duty_of(self, known: Deadline) -> Duty | None:
        """Return the duty that a deadline is the date of, in the policy it was set under."""
        deadline, policy = known.latest, self._clock_of(known).policy
        return policy.duty(deadline.duty, route=self.complaint.route, stage=deadline.stage)

    @property
    def _clocks(self) -> tuple[_Clock, ...]:
        own = _Clock(self.policy, self.calendar)
        if self.overlay is None:
            return (own,)
        # The landlord's own closures hold up no clock that runs above its policy.
        return (own, _Clock(self.overlay, self.calendar.by_law, self.overlay.policy))

    def _clock_of(self, known: Deadline) -> _Clock:
        overlay = known.latest.overlay
        return next(clock for clock in self._clocks if clock.overlay == overlay)

    def _standing_on_all(self, stage: int) -> tuple[tuple[Duty, Deadline], ...]:
        return tuple(pair for clock in self._clocks for pair in self._standing(stage, clock))

    def _standing(self, stage: int, clock: _Clock) -> tuple[tuple[Duty, Deadline], ...]:
        duties = clock.policy.duties_at(route=self.complaint.route, stage=stage)
        known = self.complaint.deadlines_at(stage, overlay=clock.overlay)
        return tuple((duty, known[duty.duty]) for duty in duties if duty.duty in known)

    def _may_be_met(self, duty: Duty, known: Deadline, fact: Fact) -> bool:
        if duty.passing is Passing.LAPSES:
            return known.is_owed and not is_late(known.latest, self.moment)
        # In a history the answer may come after the next stage was opened and lifted its deadline.
        lifted = known.state is DeadlineState.LIFTED
        return known.is_owed or (fact is Fact.RESPONSE and lifted)

    def _miss_if_overdue(self, known: Deadline) -> None:
        if _runs(known) and is_late(known.latest, self.moment):
            self.miss(known)


def _runs(known: Deadline) -> bool:
    return known.state is DeadlineState.RUNNING

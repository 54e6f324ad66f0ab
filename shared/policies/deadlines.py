"""What falls due, and when: from what happened, the policy and the calendar to `DeadlineSet` facts.

A deadline may be set again, one generation later: when its own trigger happens after it was set
from another one, when the date it is counted from moves, or by an extension. What was met or lifted
is left alone.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from shared.complaints.events import DeadlineSet
from shared.complaints.values import Moment, Notice, Route
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.counting import DueDate, due_after, due_before
from shared.policies.policy import (
    RESPOND,
    Citation,
    DateOf,
    Direction,
    Duty,
    DutyTrigger,
    Fact,
    FactTrigger,
    Policy,
    Span,
    Unit,
)

EXTENSION = (
    "extension"  # the trigger of a date that an extension set, counted from the date it moved
)


class DeadlineState(StrEnum):
    """Where a duty stands: a missed one is still owed."""

    RUNNING = "running"
    MISSED = "missed"
    MET = "met"
    LIFTED = "lifted"


@dataclass(frozen=True, slots=True)
class Deadline:
    """What is known of one duty of one stage; `original` is as set before any extension."""

    latest: DeadlineSet
    original: DeadlineSet
    state: DeadlineState = DeadlineState.RUNNING

    @property
    def is_owed(self) -> bool:
        """Say whether the duty is still to be done, in time or late."""
        return self.state in {DeadlineState.RUNNING, DeadlineState.MISSED}

    def may_move(self, trigger: str) -> bool:
        """Say whether the date may be set again: not once done or lifted; an extension stands."""
        return self.is_owed and (trigger == EXTENSION or self.latest.trigger != EXTENSION)

    def set_again(self, latest: DeadlineSet) -> "Deadline":
        """Return the deadline as it stands with a new date."""
        original = self.original if latest.trigger == EXTENSION else latest
        return Deadline(latest=latest, original=original)

    def next_generation(self) -> DeadlineSet:
        """Return the same date once more, for a duty that is taken up again."""
        return replace(self.latest, generation=self.latest.generation + 1)


def deadlines_on_receipt(
    policy: Policy, calendar: WorkingDayCalendar, *, route: Route, received: Moment
) -> tuple[DeadlineSet, ...]:
    """Return what the landlord owes from the moment it received something."""
    return deadlines_after(
        policy, calendar, route=route, stage=1, fact=Fact.RECEIVED, moment=received, known={}
    )


def deadlines_after(
    policy: Policy,
    calendar: WorkingDayCalendar,
    *,
    route: Route,
    stage: int,
    fact: Fact,
    moment: Moment,
    known: Mapping[str, Deadline],
) -> tuple[DeadlineSet, ...]:
    """Return what a fact sets at a stage, with everything that is counted from what it sets.

    `known` are the deadlines of that stage so far, by duty.
    """
    count = _Count(policy, calendar, route=route, stage=stage, known=known)
    for duty in policy.duties_at(route=route, stage=stage):
        if duty.trigger == FactTrigger(fact):
            count.set_from_fact(duty, moment)
    return tuple(count.told)


def deadlines_after_extension(
    policy: Policy,
    calendar: WorkingDayCalendar,
    *,
    route: Route,
    stage: int,
    to_on: date,
    cited: Citation,
    known: Mapping[str, Deadline],
) -> tuple[DeadlineSet, ...]:
    """Return the extended date of the response, with everything counted from its current date."""
    count = _Count(policy, calendar, route=route, stage=stage, known=known)
    count.extend(to_on, cited)
    return tuple(count.told)


class _Count:
    """One round of counting, in which one date leads to the next."""

    def __init__(
        self,
        policy: Policy,
        calendar: WorkingDayCalendar,
        *,
        route: Route,
        stage: int,
        known: Mapping[str, Deadline],
    ) -> None:
        self.told: list[DeadlineSet] = []
        self._policy = policy
        self._calendar = calendar
        self._stage = stage
        self._known = dict(known)
        self._duties = policy.duties_at(route=route, stage=stage)

    def set_from_fact(self, duty: Duty, moment: Moment) -> None:
        due = due_after(moment, duty.span, self._calendar)
        self._set(
            duty,
            due,
            trigger=str(duty.trigger),
            trigger_on=moment.on,
            rule=duty.cited.rule,
            target_on=self._target(duty, due),
        )

    def extend(self, to_on: date, cited: Citation) -> None:
        duty = next(duty for duty in self._duties if duty.duty == RESPOND)
        from_on = self._known[RESPOND].latest.due_on
        longer = replace(
            duty,
            cited=cited,
            span=Span(self._calendar.working_days_between(from_on, to_on), Unit.WORKING_DAYS),
        )
        self._set(longer, DueDate(to_on), trigger=EXTENSION, trigger_on=from_on, rule=cited.rule)

    def _target(self, duty: Duty, due: DueDate) -> date | None:
        """The day that counts from what stood in for the fact, where the fact came after it."""
        if duty.otherwise is None:
            return None
        anchor = self._known.get(duty.otherwise.trigger.duty)
        if anchor is None:
            return None
        latest = anchor.latest
        capped = due_after(Moment(latest.due_on, latest.due_at), duty.span, self._calendar)
        return capped.on if capped.on < due.on else None

    def _set(
        self,
        duty: Duty,
        due: DueDate,
        *,
        trigger: str,
        trigger_on: date,
        rule: str,
        target_on: date | None = None,
    ) -> None:
        known = self._known.get(duty.duty)
        if known is not None and not known.may_move(trigger):
            return
        told = self._deadline(duty, due, trigger=trigger, trigger_on=trigger_on, rule=rule)
        told = replace(told, target_on=target_on)
        self.told.append(told)
        standing = Deadline(told, told) if known is None else known.set_again(told)
        self._known[duty.duty] = standing
        for other in self._duties:
            self._follow(other, told)

    def _follow(self, duty: Duty, anchor: DeadlineSet) -> None:
        trigger, rule = duty.trigger, duty.cited.rule
        if duty.otherwise is not None and duty.otherwise.trigger.duty == anchor.duty:
            trigger, rule = duty.otherwise.trigger, duty.otherwise.rule
        if not isinstance(trigger, DutyTrigger) or trigger.duty != anchor.duty:
            return
        if trigger.of is DateOf.ORIGINAL and anchor.trigger == EXTENSION:
            return
        if trigger.direction is Direction.BEFORE:
            due = due_before(anchor.due_on, duty.span, self._calendar)
        else:
            due = due_after(Moment(anchor.due_on, anchor.due_at), duty.span, self._calendar)
        self._set(duty, due, trigger=str(trigger), trigger_on=anchor.due_on, rule=rule)

    def _deadline(
        self, duty: Duty, due: DueDate, *, trigger: str, trigger_on: date, rule: str
    ) -> DeadlineSet:
        known = self._known.get(duty.duty)
        counts_days = duty.span.unit in {Unit.WORKING_DAYS, Unit.WORKING_DAY_HOURS}
        start, end = sorted((trigger_on, due.on))
        return DeadlineSet(
            duty=duty.duty,
            stage=self._stage,
            generation=1 if known is None else known.latest.generation + 1,
            due_on=due.on,
            due_at=due.at,
            trigger=trigger,
            trigger_on=trigger_on,
            span=duty.span.count,
            unit=duty.span.unit.value,
            rule=rule,
            clause=duty.cited.clause,
            firmness=duty.firmness,
            responsible=duty.responsible,
            policy=self._policy.policy,
            policy_hash=self._policy.policy_hash,
            calendar_revision=self._calendar.revision,
            skipped=self._calendar.skipped_between(start, end) if counts_days else (),
            notices=self._notices(duty, due),
        )

    def _notices(self, duty: Duty, due: DueDate) -> tuple[Notice, ...]:
        if duty.notice is None:
            return ()
        before = duty.notice.working_days_before
        on = self._calendar.working_days_before(due.on, before) if before else due.on
        return (Notice(duty.notice.kind, on),)

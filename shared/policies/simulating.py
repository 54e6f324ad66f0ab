"""A complaint judged again by the dates that another policy would have given.

What started a count, met a duty or ended a stage is taken from the facts as they stand; only the dates are counted
anew. Nobody acts otherwise because of them, although people would have. Pure.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from shared.complaints import events as told
from shared.complaints.events import ComplaintEvent
from shared.complaints.values import Moment, Route
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.counting import is_late
from shared.policies.deadlines import (
    Deadline,
    DeadlineState,
    deadlines_after,
    deadlines_after_extension,
)
from shared.policies.overlay import latest_extension
from shared.policies.policy import RESPOND, Extension, Fact, Policy
from shared.policies.verdicts import JUDGED, Judged, Key, Told, Verdicts

FIRST_RECEIPT = "first_receipt"
AGREE = "agree"


def judged_again(
    history: Iterable[Told], policy: Policy, calendar: WorkingDayCalendar, *, as_at: Moment
) -> Verdicts:
    """Return what would have become of the duties under the policy, by the end of the history or `as_at`."""
    again = _Again(policy, calendar)
    for each in history:
        again.settle(each.event)
        again.pass_days(each.known)
        again.take(each.event, each.happened)
    again.settle(None)
    again.pass_days(as_at)
    return again.verdicts


class _Again:
    """The dates of one complaint under the policy, as its facts come."""

    def __init__(self, policy: Policy, calendar: WorkingDayCalendar) -> None:
        self.verdicts: Verdicts = {}
        self._policy = policy
        self._calendar = calendar
        self._route = Route.COMPLAINT
        self._received = Moment(date.min)
        self._stage = 1
        self._done: set[tuple[Fact, int]] = set()
        self._known: dict[Key, Deadline] = {}
        self._reopened = False

    def settle(self, following: ComplaintEvent | None) -> None:
        """Take a reopened case up where it was left, unless it was opened again for the next stage."""
        if self._reopened and not isinstance(following, told.ComplaintEscalated):
            self._reopen()
        self._reopened = False

    def take(self, event: ComplaintEvent, moment: Moment) -> None:
        """Let one more fact count."""
        match event:
            case told.ComplaintOpened():
                self._route = event.route
                self._received = Moment(event.received_on, event.received_at)
                self._begin(Fact.RECEIVED, 1, self._received)
            case told.RouteChanged():
                self._change_route(event, moment)
            case told.DeadlineExtended():
                self._extend(event, moment)
            case told.ResponseIssued():
                self._respond(event.stage, moment)
            case told.ComplaintEscalated():
                self._lift(event.from_stage)
                self._stage = event.to_stage
                self._begin(Fact.ESCALATION_REQUESTED, event.to_stage, moment)
            case told.ComplaintClosed():
                for stage in {stage for stage, _ in self._known}:
                    self._lift(stage)
            case told.ComplaintReopened():
                self._reopened = True
            case _ if type(event) in _FACTS:
                self._do(_FACTS[type(event)], event.stage, moment)  # type: ignore[union-attr]
            case _:
                pass

    def pass_days(self, until: Moment) -> None:
        """Let the days pass: what is not done by its day is late from then on."""
        for key, known in list(self._known.items()):
            if known.state is DeadlineState.RUNNING and is_late(known.latest, until):
                self._miss(key)

    def _do(self, fact: Fact, stage: int, moment: Moment) -> None:
        again = (fact, stage) in self._done
        self._done.add((fact, stage))
        self._stage = max(self._stage, stage)
        self._meet(fact, stage, moment)
        if not again:  # a second letter starts no clock anew
            self._begin(fact, stage, moment)

    def _respond(self, stage: int, moment: Moment) -> None:
        self._done.add((Fact.RESPONSE, stage))
        self._stage = max(self._stage, stage)
        self._meet(Fact.RESPONSE, stage, moment)
        self._lift(stage)

    def _change_route(self, event: told.RouteChanged, moment: Moment) -> None:
        rule = self._policy.conversion(event.from_route)
        becomes = event.to_route is Route.COMPLAINT
        if rule is not None and becomes:
            from_receipt = rule.clock == FIRST_RECEIPT
        else:
            from_receipt = not (event.from_route is Route.QUERY and becomes)
        self._route = event.to_route
        self._done = {(Fact.RECEIVED, event.stage)}
        self._known = {key: each for key, each in self._known.items() if key[0] != event.stage}
        self._begin(Fact.RECEIVED, event.stage, self._received if from_receipt else moment)

    def _extend(self, event: told.DeadlineExtended, moment: Moment) -> None:
        """The date moves where the policy lets it: its cap and its agreement are asked for, and that the complainant
        was told what it asks for is taken as given.
        """
        stage, response = event.stage, self._known.get((event.stage, RESPOND))
        rule = self._rule(stage, event.ground)
        if rule is None or response is None or not response.is_owed:
            return
        if is_late(response.latest, moment) or event.to_on <= response.latest.due_on:
            return
        if rule.kind == AGREE and not (event.agreed or event.kind == AGREE):
            return
        over = event.to_on > latest_extension(rule, response, self._calendar)
        if over and not rule.more_for_good_reason:
            return
        deadlines = deadlines_after_extension(
            self._policy,
            self._calendar,
            route=self._route,
            stage=stage,
            to_on=event.to_on,
            cited=rule.cited,
            known=self._at(stage),
        )
        for deadline in deadlines:
            self._set(deadline)

    def _rule(self, stage: int, ground: str | None) -> Extension | None:
        on_ground = self._policy.extension(route=self._route, stage=stage, ground=ground)
        return on_ground or self._policy.extension(route=self._route, stage=stage)

    def _reopen(self) -> None:
        if (Fact.RESPONSE, self._stage) in self._done:
            return
        for key, known in list(self._known.items()):
            if key[0] == self._stage and known.state is DeadlineState.LIFTED:
                self._set(known.next_generation())

    def _begin(self, fact: Fact, stage: int, moment: Moment) -> None:
        if stage < self._stage:
            return
        for deadline in deadlines_after(
            self._policy,
            self._calendar,
            route=self._route,
            stage=stage,
            fact=fact,
            moment=moment,
            known=self._at(stage),
        ):
            self._set(deadline)

    def _meet(self, fact: Fact, stage: int, moment: Moment) -> None:
        for duty in self._policy.duties_at(route=self._route, stage=stage):
            key = (stage, duty.duty)
            known = self._known.get(key)
            if known is None or fact not in duty.met_by or not _may_be_met(known, fact):
                continue
            judged = self.verdicts[key]
            late = judged.late or self._late_by_days(known, moment)
            self._to(key, DeadlineState.MET)
            self.verdicts[key] = replace(judged, done_on=moment.on, late=late)

    def _late_by_days(self, known: Deadline, moment: Moment) -> bool:
        return self._calendar.working_days_between(known.latest.due_on, moment.on) > 0

    def _lift(self, stage: int) -> None:
        for key, known in list(self._known.items()):
            if key[0] == stage and known.state is DeadlineState.RUNNING:
                self._to(key, DeadlineState.LIFTED)

    def _set(self, deadline: told.DeadlineSet) -> None:
        if deadline.duty not in JUDGED:
            return
        key = (deadline.stage, deadline.duty)
        known = self._known.get(key)
        self._known[key] = (
            Deadline(deadline, deadline) if known is None else known.set_again(deadline)
        )
        late = key in self.verdicts and self.verdicts[key].late
        self.verdicts[key] = Judged(deadline.due_on, late=late)

    def _miss(self, key: Key) -> None:
        self._to(key, DeadlineState.MISSED)
        self.verdicts[key] = replace(self.verdicts[key], late=True)

    def _to(self, key: Key, state: DeadlineState) -> None:
        self._known[key] = replace(self._known[key], state=state)

    def _at(self, stage: int) -> dict[str, Deadline]:
        return {duty: known for (at, duty), known in self._known.items() if at == stage}


def _may_be_met(known: Deadline, fact: Fact) -> bool:
    # The answer may come after the next stage was opened and lifted its date.
    return known.is_owed or (fact is Fact.RESPONSE and known.state is DeadlineState.LIFTED)


_FACTS: dict[type[ComplaintEvent], Fact] = {
    told.ComplaintAcknowledged: Fact.ACKNOWLEDGED,
    told.ContactMade: Fact.CONTACTED,
    told.ComplaintAllocated: Fact.ALLOCATED,
    told.HoldingResponseSent: Fact.HOLDING_RESPONSE,
    told.DraftSubmitted: Fact.DRAFT_SUBMITTED,
    told.DraftApproved: Fact.APPROVED,
    told.EnquiryForwarded: Fact.FORWARDED,
    told.ServiceRequestRemedied: Fact.REMEDIED,
}

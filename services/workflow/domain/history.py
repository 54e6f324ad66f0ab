"""The past as it was: facts of a history become events, with the breaches they show; nothing is
refused.

A history may begin in the middle, lack steps or break the policy's order. Between its facts the
days pass as they did, and what was not done by its day is recorded as missed at that moment.
Reminders are not made up.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from services.workflow.domain import further, happenings, obligations, passing
from services.workflow.domain.commands import OpenComplaint
from services.workflow.domain.course import Course, HistoricEvent
from services.workflow.domain.subjects import ombudsman, promises
from shared.complaints.events import (
    CompensationOffered,
    ContactAttempted,
    EnquiryForwarded,
    NoteAdded,
    OmbudsmanDetermined,
    PromiseKept,
    PromiseMade,
    ReferredToOmbudsman,
    ServiceRequestRemedied,
)
from shared.complaints.values import Channel, Moment, Outcome, WordsReference
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.policies.counting import is_late, overdue_from
from shared.policies.deadlines import Deadline, DeadlineState
from shared.policies.policy import RESPOND, Fact, Passing, Policy

__all__ = ["HISTORIC_FACTS", "HistoricEvent", "HistoricFact", "record_history"]

SYSTEM = "system"
# What shows that silence did not close a case: it went on, or somebody closed it.
GOES_ON = frozenset({"escalation_requested", "response", "closed", "withdrawn", "reopened"})


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoricFact:
    """One fact of a history; without a stage the current one is meant."""

    what: str
    moment: Moment
    known_at: datetime | None = None
    stage: int | None = None
    words: WordsReference | None = None
    channel: Channel = Channel.UNKNOWN
    outcome: Outcome | None = None
    to: date | None = None
    agreed: bool | None = None
    reason_words: WordsReference | None = None
    amount_pence: int | None = None
    handlers: tuple[str, ...] = ()


def record_history(
    opening: OpenComplaint,
    facts: Sequence[HistoricFact],
    policy: Policy,
    calendar: WorkingDayCalendar,
    *,
    overlay: Policy | None = None,
) -> tuple[HistoricEvent, ...]:
    """Return the events of a history at their own moments; facts of one day keep their order."""
    unknown = sorted({fact.what for fact in facts} - HISTORIC_FACTS)
    if unknown:
        known = ", ".join(sorted(HISTORIC_FACTS))
        raise ValueError(f"No history tells of {', '.join(unknown)}; it tells of {known}.")
    course = Course(
        None, policy, calendar, moment=opening.received, actor=opening.actor, overlay=overlay
    )
    happenings.open_complaint(course, opening)
    in_order = sorted(facts, key=lambda fact: fact.moment.on)
    for place, fact in enumerate(in_order):
        _let_days_pass(course, until=fact.moment, coming=in_order[place:])
        course.go_to(fact.moment, actor=opening.actor, known_at=fact.known_at)
        _HAPPENINGS[fact.what](course, fact)
    return tuple(course.told)


def _let_days_pass(course: Course, *, until: Moment, coming: Sequence[HistoricFact]) -> None:
    goes_on = next((fact.what for fact in coming if fact.what in GOES_ON), None)
    while passed := _passed(course, until):
        first = min(passed, key=lambda known: overdue_from(known.latest))
        instant = overdue_from(first.latest)
        course.go_to(Moment(london_day(instant), instant), actor=SYSTEM)
        passing.pass_deadline(course, first, goes_on=goes_on is not None)
        if _waits_for_silence(course, first) and goes_on not in {None, "closed"}:
            course.lift("the complaint went on", stage=first.latest.stage)


def _passed(course: Course, until: Moment) -> tuple[Deadline, ...]:
    complaint = course.complaint
    return tuple(
        known
        for known in complaint.all_deadlines
        if known.state is DeadlineState.RUNNING
        and is_late(known.latest, until)
        and not _waits_for_response(course, known)
    )


def _waits_for_response(course: Course, known: Deadline) -> bool:
    return _passing(course, known) is Passing.MISSED_IF_RESPONSE_LATE


def _waits_for_silence(course: Course, known: Deadline) -> bool:
    return _passing(course, known) is Passing.CLOSES_BY_SILENCE


def _passing(course: Course, known: Deadline) -> Passing | None:
    duty = course.duty_of(known)
    return None if duty is None else duty.passing


def _stage(course: Course, fact: HistoricFact) -> int:
    return course.complaint.stage if fact.stage is None else fact.stage


def _received(_course: Course, _fact: HistoricFact) -> None:
    """The opening stands for it."""


def _acknowledged(course: Course, fact: HistoricFact) -> None:
    happenings.acknowledge(
        course, stage=_stage(course, fact), channel=fact.channel, words=fact.words
    )


def _contact_attempted(course: Course, fact: HistoricFact) -> None:
    course.tell(ContactAttempted(_stage(course, fact), fact.channel, fact.words))


def _contacted(course: Course, fact: HistoricFact) -> None:
    happenings.make_contact(
        course, stage=_stage(course, fact), channel=fact.channel, words=fact.words
    )


def _allocated(course: Course, fact: HistoricFact) -> None:
    happenings.allocate(course, stage=_stage(course, fact), handlers=fact.handlers)


def _holding_response(course: Course, fact: HistoricFact) -> None:
    happenings.send_holding_response(
        course,
        stage=_stage(course, fact),
        words=fact.words or fact.reason_words,
        expected_on=fact.to,
    )


def _extension(course: Course, fact: HistoricFact) -> None:
    stage = _stage(course, fact)
    response = course.complaint.deadline(RESPOND, stage)
    rule = course.policy.extension(route=course.complaint.route, stage=stage)
    if (
        rule is None
        or fact.to is None
        or response is None
        or not response.is_owed
        or fact.to <= response.latest.due_on
        or is_late(response.latest, fact.moment)  # the breach stands
    ):
        _holding_response(course, fact)  # the complainant was told, and no date moved
    else:
        happenings.extend(
            course,
            stage=stage,
            to_on=fact.to,
            kind=rule.kind,
            cited=rule.cited,
            agreed=bool(fact.agreed),
            ombudsman_details_given=False,
            words=fact.words or fact.reason_words,
        )


def _draft_submitted(course: Course, fact: HistoricFact) -> None:
    happenings.submit_draft(course, stage=_stage(course, fact), words=fact.words)


def _approved(course: Course, fact: HistoricFact) -> None:
    happenings.approve_draft(course, stage=_stage(course, fact))


def _response(course: Course, fact: HistoricFact) -> None:
    happenings.issue_response(
        course,
        stage=_stage(course, fact),
        outcome=fact.outcome,
        issues=(),
        words=fact.words,
        channel=fact.channel,
    )


def _escalation_requested(course: Course, fact: HistoricFact) -> None:
    current = course.complaint.stage
    to_stage = current + 1 if fact.stage is None else fact.stage
    if to_stage <= current:  # asked again for a stage that is already open
        _note(course, fact)
        return
    happenings.escalate(
        course,
        to_stage=to_stage,
        channel=fact.channel,
        because=None,
        words=fact.words or fact.reason_words,
    )


def _forwarded(course: Course, fact: HistoricFact) -> None:
    stage = _stage(course, fact)
    told = EnquiryForwarded(stage, fact.channel, words=fact.words)
    course.do(told, Fact.FORWARDED, stage)


def _remedied(course: Course, fact: HistoricFact) -> None:
    stage = _stage(course, fact)
    course.do(ServiceRequestRemedied(stage, fact.words), Fact.REMEDIED, stage)


def _withdrawn(course: Course, fact: HistoricFact) -> None:
    happenings.withdraw(course, words=fact.words or fact.reason_words)


def _closed(course: Course, fact: HistoricFact) -> None:
    happenings.close(course, because="other", clause=None, words=fact.words or fact.reason_words)


def _reopened(course: Course, fact: HistoricFact) -> None:
    happenings.reopen(course, words=fact.words or fact.reason_words)


def _compensation_offered(course: Course, fact: HistoricFact) -> None:
    number = course.complaint.further.next_number(further.COMPENSATION)
    course.tell(CompensationOffered(_stage(course, fact), fact.amount_pence, fact.words, number))


def _promise_made(course: Course, fact: HistoricFact) -> None:
    made = PromiseMade(_stage(course, fact), fact.to, fact.words)
    if fact.to is None or fact.to >= fact.moment.on:
        promises.promise(course, made, owner=None)
    else:  # a day that had gone by when it was promised binds nobody
        number = course.complaint.further.next_number(further.PROMISE)
        course.tell(replace(made, number=number))


def _promise_kept(course: Course, fact: HistoricFact) -> None:
    """A history does not say which one: the oldest that is still owed, where there is one."""
    made = [
        each for each in course.complaint.further.of(further.PROMISE) if each.standing == "made"
    ]
    if not made:
        course.tell(PromiseKept(_stage(course, fact), fact.words))
        return
    oldest = min(made, key=lambda each: (each.until or date.max, each.number))
    course.tell(PromiseKept(oldest.stage, fact.words, oldest.number))
    duty = obligations.owed_as(further.PROMISE, oldest.number)
    obligations.fulfil(course, duty, stage=oldest.stage)


def _ombudsman_referral(course: Course, fact: HistoricFact) -> None:
    course.tell(ReferredToOmbudsman(_stage(course, fact), fact.words))


def _ombudsman_determination(course: Course, fact: HistoricFact) -> None:
    """A decision with a day by which to comply is an order too; what it asks for is in its words."""
    course.tell(OmbudsmanDetermined(_stage(course, fact), fact.words))
    if fact.to is not None and fact.to >= fact.moment.on:
        ombudsman.order(course, kind="other", due_on=fact.to, words=fact.words)


def _note(course: Course, fact: HistoricFact) -> None:
    course.tell(NoteAdded(_stage(course, fact), fact.words))


_HAPPENINGS: dict[str, Callable[[Course, HistoricFact], None]] = {
    "received": _received,
    "acknowledged": _acknowledged,
    "contact_attempted": _contact_attempted,
    "contacted": _contacted,
    "allocated": _allocated,
    "holding_response": _holding_response,
    "extension": _extension,
    "draft_submitted": _draft_submitted,
    "approved": _approved,
    "response": _response,
    "escalation_requested": _escalation_requested,
    "escalation_acknowledged": _acknowledged,
    "forwarded": _forwarded,
    "remedied": _remedied,
    "withdrawn": _withdrawn,
    "closed": _closed,
    "reopened": _reopened,
    "compensation_offered": _compensation_offered,
    "promise_made": _promise_made,
    "promise_kept": _promise_kept,
    "ombudsman_referral": _ombudsman_referral,
    "ombudsman_determination": _ombudsman_determination,
    "note": _note,
}
HISTORIC_FACTS = frozenset(_HAPPENINGS)

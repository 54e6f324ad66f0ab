"""The decision: a command against a complaint, under its policy, gives events or is refused with
the rule.

First the guards, then the conditions on what was asked, then what it brings about. No events means
that there is nothing to do. No command stops a clock, because no policy knows of one that stops.
"""

from datetime import datetime
from typing import assert_never

from services.workflow.domain import (
    admission,
    checking,
    conditions,
    guards,
    happenings,
    letters,
    passing,
    recounting,
    subjects,
)
from services.workflow.domain import commands as ask
from services.workflow.domain.complaint import Complaint
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import TRUE_RECORD, ComplaintRuleBroken, NothingThere
from services.workflow.domain.subjects import concerns, documents, promises, representation
from services.workflow.domain.timers import (
    CONSENT_ENDS,
    NOTICE,
    consent_of_timer,
    deadline_of_timer,
)
from shared.complaints.events import ComplaintEvent, ComplaintRefused, ContactAttempted
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.policies.counting import overdue_from
from shared.policies.deadlines import DeadlineState
from shared.policies.named_rules import as_stated
from shared.policies.policy import Citation, Policy


def decide(
    complaint: Complaint | None,
    command: ask.Command,
    policy: Policy,
    calendar: WorkingDayCalendar,
    now: datetime,
    *,
    overlay: Policy | None = None,
) -> tuple[ComplaintEvent, ...]:
    """Return what follows from the command, or raise `ComplaintRuleBroken` with the rule as the
    complaint's policy states it.

    `overlay` is the policy whose clocks run beside the complaint's own; no guard asks it, but a
    rule that the own policy does not state is cited from there.
    """
    try:
        return _decided(complaint, command, policy, calendar, now, overlay=overlay)
    except ComplaintRuleBroken as refusal:
        refusal.cited = as_stated(refusal.cited, policy, overlay)
        raise


def _decided(
    complaint: Complaint | None,
    command: ask.Command,
    policy: Policy,
    calendar: WorkingDayCalendar,
    now: datetime,
    *,
    overlay: Policy | None,
) -> tuple[ComplaintEvent, ...]:
    if isinstance(command, ask.OpenComplaint):
        return _open(complaint, command, policy, calendar, now, overlay=overlay)
    if complaint is None:
        raise NothingThere(
            "There is no such complaint.",
            cited=Citation("A complaint is opened before it is worked on.", TRUE_RECORD),
            way_out="Check the reference.",
        )
    course = Course(
        complaint,
        policy,
        calendar,
        moment=command.happened,
        actor=command.actor,
        overlay=overlay,
    )
    if isinstance(command, ask.TimerFell):
        _timer_fell(course, command, now)
        return course.events
    if isinstance(command, ask.RecountDeadlines):
        recounting.recount(course, reason=command.reason)
        return course.events
    # A document often reached the landlord before the stage at which somebody puts it on the case.
    opened = None if isinstance(command, documents.AddDocument) else complaint.stage_opened
    guards.true_to_time(command.happened, now=now, opened=opened)
    _act(course, command, Case(complaint, policy, calendar, command.happened, command.actor))
    return course.events


def _open(
    complaint: Complaint | None,
    command: ask.OpenComplaint,
    policy: Policy,
    calendar: WorkingDayCalendar,
    now: datetime,
    *,
    overlay: Policy | None,
) -> tuple[ComplaintEvent, ...]:
    if complaint is not None:
        raise NothingThere(
            f"{complaint.reference} is already open.",
            cited=Citation("A complaint is opened once.", TRUE_RECORD),
            way_out="Open another one under its own reference.",
        )
    guards.true_to_time(command.received, now=now)
    guards.true_to_time(command.happened, now=now)
    course = Course(
        None, policy, calendar, moment=command.happened, actor=command.actor, overlay=overlay
    )
    happenings.open_complaint(course, command)
    for concern in command.concerns:
        concerns.mark(course, concern)
    return course.events


def _timer_fell(course: Course, command: ask.TimerFell, now: datetime) -> None:
    if command.kind == CONSENT_ENDS:
        number = consent_of_timer(command.duty)
        representation.end_consent(
            course, number=number, given=command.generation, today=london_day(now)
        )
        return
    known = deadline_of_timer(course.complaint, command.duty, command.stage)
    if known is None or known.latest.generation != command.generation:
        return
    if known.state is not DeadlineState.RUNNING:
        return
    if command.kind == NOTICE:
        if london_day(now) <= known.latest.due_on:
            for notice in known.latest.notices:
                passing.raise_notice(course, known, notice)
    elif now >= overdue_from(known.latest):
        passing.pass_deadline(course, known)


_Act = (
    ask.AcknowledgeComplaint
    | ask.RecordContactAttempt
    | ask.RecordContact
    | ask.AllocateComplaint
    | ask.SendHoldingResponse
    | ask.ExtendDeadline
    | ask.SubmitDraft
    | ask.ApproveDraft
    | ask.ReturnDraft
    | ask.IssueResponse
    | ask.EscalateComplaint
    | ask.CloseComplaint
    | ask.RefuseComplaint
    | ask.WithdrawComplaint
    | ask.ReopenComplaint
    | ask.FurtherCommand
)


def _act(course: Course, command: _Act, case: Case) -> None:  # noqa: C901, PLR0912 - one case a command
    match command:
        case ask.AcknowledgeComplaint():
            _acknowledge(course, command, case)
        case ask.RecordContactAttempt():
            guards.is_open(case)
            course.tell(ContactAttempted(case.complaint.stage, command.channel, command.words))
        case ask.RecordContact():
            _record_contact(course, command, case)
        case ask.AllocateComplaint():
            _allocate(course, command, case)
        case ask.SendHoldingResponse():
            _send_holding_response(course, command, case)
        case ask.ExtendDeadline():
            _extend(course, command, case)
        case ask.SubmitDraft():
            guards.may_submit_draft(case)
            happenings.submit_draft(course, stage=case.complaint.stage, words=command.words)
        case ask.ApproveDraft():
            _approve_draft(course, command, case)
        case ask.ReturnDraft():
            _return_draft(course, command, case)
        case ask.IssueResponse():
            _issue_response(course, command, case)
        case ask.EscalateComplaint():
            _escalate(course, command, case)
        case ask.CloseComplaint():
            _close(course, command, case)
        case ask.RefuseComplaint():
            _refuse(course, command, case)
        case ask.WithdrawComplaint():
            guards.may_decide(case)
            happenings.withdraw(course, words=command.words, send_letter=command.send_letter)
        case ask.ReopenComplaint():
            guards.may_reopen(case)
            conditions.reason_given(case, command.words)
            happenings.reopen(course, words=command.words)
        case ask.FurtherCommand():
            subjects.carry_out(course, command, case)
        case _:
            assert_never(command)


def _acknowledge(course: Course, command: ask.AcknowledgeComplaint, case: Case) -> None:
    guards.may_acknowledge(case)
    happenings.acknowledge(
        course, stage=case.complaint.stage, channel=command.channel, words=command.words
    )


def _record_contact(course: Course, command: ask.RecordContact, case: Case) -> None:
    guards.is_open(case)
    happenings.make_contact(
        course, stage=case.complaint.stage, channel=command.channel, words=command.words
    )


def _allocate(course: Course, command: ask.AllocateComplaint, case: Case) -> None:
    guards.may_decide(case)
    conditions.seats_filled(case, command)
    guards.independent(case, *command.handlers)
    conditions.handed_over_for_a_reason(case, command)
    happenings.allocate(
        course,
        stage=case.complaint.stage,
        handlers=command.handlers,
        words=command.words,
    )


def _send_holding_response(course: Course, command: ask.SendHoldingResponse, case: Case) -> None:
    guards.may_send_holding_response(case)
    happenings.send_holding_response(
        course,
        stage=case.complaint.stage,
        words=command.words,
        expected_on=command.expected_on,
        send_letter=command.send_letter,
    )


def _extend(course: Course, command: ask.ExtendDeadline, case: Case) -> None:
    guards.may_extend(case.acted_by_role(command.actor_role), command.ground)
    to_on, rule = conditions.extended_to(case, command)
    happenings.extend(
        course,
        stage=case.complaint.stage,
        to_on=to_on,
        kind=rule.kind,
        cited=rule.cited,
        agreed=command.agreed,
        ombudsman_details_given=command.ombudsman_details_given,
        words=command.words,
        good_reason=command.good_reason,
        told_on=command.told_on,
        authorised_by=None if rule.authorisation is None else command.actor_role,
        ground=rule.ground,
        send_letter=command.send_letter,
    )


def _approve_draft(course: Course, command: ask.ApproveDraft, case: Case) -> None:
    checking.may_approve_draft(case.acted_by_role(command.actor_role))
    early = letters.signed_off_early(case, command)
    contains = letters.contents_complete(case, command.contains)
    happenings.approve_draft(course, stage=case.complaint.stage, contains=contains, early=early)


def _return_draft(course: Course, command: ask.ReturnDraft, case: Case) -> None:
    checking.may_return_draft(case.acted_by_role(command.actor_role))
    conditions.change_named(case, command)
    happenings.return_draft(course, stage=case.complaint.stage, words=command.words)


def _issue_response(course: Course, command: ask.IssueResponse, case: Case) -> None:
    guards.may_issue_response(case)
    outcome = conditions.findings_complete(case, command)
    contains = letters.contents_unchecked_before(case, command.contains)
    happenings.issue_response(
        course,
        stage=case.complaint.stage,
        outcome=outcome,
        issues=command.issues,
        words=command.words,
        channel=command.channel,
        contains=contains,
        send_letter=command.send_letter,
    )
    promises.promise_remedies(course, command.issues, owner=command.actor)


def _escalate(course: Course, command: ask.EscalateComplaint, case: Case) -> None:
    guards.may_escalate(case)
    if guards.needs_reason_to_escalate(case):
        conditions.reason_given(case, command.words)
    happenings.escalate(
        course,
        to_stage=case.complaint.stage + 1,
        channel=command.channel,
        because=conditions.escalates_because(case, command),
        words=command.words,
    )


def _close(course: Course, command: ask.CloseComplaint, case: Case) -> None:
    guards.may_decide(case)
    conditions.may_close_because(case, command)
    happenings.close(
        course,
        because=command.because,
        clause=case.policy.closing.clause,
        words=command.words,
        send_letter=command.send_letter,
    )


def _refuse(course: Course, command: ask.RefuseComplaint, case: Case) -> None:
    guards.may_refuse(case)
    exclusion = conditions.excluded(case, command.exclusion)
    admission.may_be_refused_as(case, command, exclusion)
    conditions.told_of_refusal(command)
    happenings.refuse(
        course,
        ComplaintRefused(
            exclusion.exclusion,
            exclusion.cited.clause,
            exclusion.destination,
            command.words,
            command.ombudsman_told,
            command.arose_on,
            command.known_on,
            admission.departs_from(
                course.overlay,
                case.complaint.received,
                arose_on=command.arose_on,
                known_on=command.known_on,
            ),
            command.send_letter,
        ),
    )

"""What each thing done to a complaint brings about: one short function per happening, after all
guards.

Used for what is done now and for histories of the past alike.
"""

from dataclasses import replace
from datetime import date

from services.workflow.domain import obligations
from services.workflow.domain.commands import OpenComplaint
from services.workflow.domain.course import Course
from shared.complaints.events import (
    ComplaintAcknowledged,
    ComplaintAllocated,
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintOpened,
    ComplaintRefused,
    ComplaintReopened,
    ComplaintWithdrawn,
    ContactMade,
    DeadlineExtended,
    DraftApproved,
    DraftReturned,
    DraftSubmitted,
    HoldingResponseSent,
    ResponseIssued,
)
from shared.complaints.values import (
    Channel,
    IssueOutcome,
    Moment,
    Outcome,
    WordsReference,
)
from shared.policies.counting import is_late
from shared.policies.deadlines import DeadlineState, deadlines_after_extension
from shared.policies.overlay import ExtensionTold, extends_too
from shared.policies.policy import RESPOND, Citation, Fact

REFUSED = "refused"
WITHDRAWN = "withdrawn"
LATE = "late"
DISSATISFIED = "dissatisfied"


def open_complaint(course: Course, opening: OpenComplaint) -> None:
    """Open what was received; the clocks start with its receipt, not with its opening."""
    received, overlay = opening.received, course.overlay
    course.tell(
        ComplaintOpened(
            reference=opening.reference,
            organisation=opening.organisation,
            route=opening.route,
            channel=opening.channel,
            policy=course.policy.policy,
            policy_hash=course.policy.policy_hash,
            received_on=received.on,
            received_at=received.at,
            issues=opening.issues,
            complainant=opening.complainant,
            words=opening.words,
            named_officers=opening.named_officers,
            source_reference=opening.source_reference,
            overlay_policy=None if overlay is None else overlay.policy,
            overlay_policy_hash=None if overlay is None else overlay.policy_hash,
        )
    )
    course.moment = received
    course.begin(Fact.RECEIVED, 1)


def acknowledge(
    course: Course, *, stage: int, channel: Channel, words: WordsReference | None
) -> None:
    """The complainant was told of the receipt."""
    course.do(ComplaintAcknowledged(stage, channel, words), Fact.ACKNOWLEDGED, stage)


def make_contact(
    course: Course, *, stage: int, channel: Channel, words: WordsReference | None
) -> None:
    """The complainant was reached."""
    course.do(ContactMade(stage, channel, words), Fact.CONTACTED, stage)


def allocate(
    course: Course,
    *,
    stage: int,
    handlers: tuple[str, ...],
    words: WordsReference | None = None,
) -> None:
    """The stage was given to those who consider it; the words say why it goes to others now."""
    course.do(ComplaintAllocated(stage, handlers, words), Fact.ALLOCATED, stage)


def send_holding_response(
    course: Course,
    *,
    stage: int,
    words: WordsReference | None,
    expected_on: date | None,
    send_letter: bool = False,
) -> None:
    """The complainant was told why the answer will be late; no date moves."""
    sent = HoldingResponseSent(stage, words, expected_on, send_letter)
    course.do(sent, Fact.HOLDING_RESPONSE, stage)


def extend(
    course: Course,
    *,
    stage: int,
    to_on: date,
    kind: str,
    cited: Citation,
    agreed: bool,
    ombudsman_details_given: bool,
    words: WordsReference | None,
    good_reason: bool = False,
    told_on: date | None = None,
    authorised_by: str | None = None,
    ground: str | None = None,
    send_letter: bool = False,
) -> None:
    """The date of the response moved, and with it what is counted from its current date."""
    known = course.complaint.deadlines_at(stage)
    from_on = known[RESPOND].latest.due_on
    course.tell(
        DeadlineExtended(
            stage,
            from_on,
            to_on,
            kind,
            agreed,
            ombudsman_details_given,
            words,
            told_on,
            authorised_by,
            ground,
            send_letter,
        )
    )
    for deadline in deadlines_after_extension(
        course.policy,
        course.calendar,
        route=course.complaint.route,
        stage=stage,
        to_on=to_on,
        cited=cited,
        known=known,
    ):
        course.tell(deadline)
    _extend_beside(
        course,
        ExtensionTold(
            to_on,
            agreed=agreed,
            explained=words is not None,
            ombudsman_details_given=ombudsman_details_given,
            good_reason=good_reason,
        ),
        stage=stage,
    )


def _extend_beside(course: Course, told: ExtensionTold, *, stage: int) -> None:
    """The date of the policy beside the own one moves too, where its own conditions are met."""
    overlay, route = course.overlay, course.complaint.route
    if overlay is None:
        return
    known = course.complaint.deadlines_at(stage, overlay=overlay.policy)
    response, rule = known.get(RESPOND), overlay.extension(route=route, stage=stage)
    if response is None or rule is None or is_late(response.latest, course.moment):
        return
    if not extends_too(told, rule, response, course.calendar.by_law):
        return
    for deadline in deadlines_after_extension(
        overlay,
        course.calendar.by_law,
        route=route,
        stage=stage,
        to_on=told.to_on,
        cited=rule.cited,
        known=known,
    ):
        course.tell(replace(deadline, overlay=overlay.policy))


def submit_draft(course: Course, *, stage: int, words: WordsReference | None) -> None:
    """A draft was handed in; drafts count from 1 within a stage."""
    last = course.complaint.draft
    number = 1 if last is None or last.stage != stage else last.number + 1
    course.do(DraftSubmitted(stage, number, words), Fact.DRAFT_SUBMITTED, stage)


def approve_draft(
    course: Course, *, stage: int, contains: tuple[str, ...] = (), early: bool = False
) -> None:
    """The latest draft passed the check."""
    last = course.complaint.draft
    number = 1 if last is None or last.stage != stage else last.number
    course.do(DraftApproved(stage, number, contains, early), Fact.APPROVED, stage)


def return_draft(course: Course, *, stage: int, words: WordsReference | None) -> None:
    """The latest draft did not pass the check; another one takes its place."""
    last = course.complaint.draft
    number = 1 if last is None else last.number
    course.tell(DraftReturned(stage, number, words))


def issue_response(
    course: Course,
    *,
    stage: int,
    outcome: Outcome | None,
    issues: tuple[IssueOutcome, ...],
    words: WordsReference | None,
    channel: Channel = Channel.UNKNOWN,
    contains: tuple[str, ...] = (),
    send_letter: bool = False,
) -> None:
    """The complainant was told the outcome; what else was owed at the stage is no longer needed."""
    course.tell(ResponseIssued(stage, outcome, issues, words, channel, contains, send_letter))
    course.meet(Fact.RESPONSE, stage)
    course.settle_conditional(stage)
    course.lift("no longer needed: the response was issued", stage=stage)
    obligations.end_updates(course, "the response was issued")
    course.begin(Fact.RESPONSE, stage)
    course.begin(Fact.RESPONSE_RECEIVED, stage, since=_arrival(course, channel))


def _arrival(course: Course, channel: Channel) -> Moment:
    """When what is sent now counts as received, by the policy's rule for the way it is sent."""
    days = course.policy.days_to_arrive(channel)
    if days == 0:
        return course.moment
    return Moment(course.calendar.working_days_after(course.moment.on, days))


def escalate(
    course: Course,
    *,
    to_stage: int,
    channel: Channel,
    because: str | None,
    words: WordsReference | None,
) -> None:
    """The next stage was asked for; a closed case is opened again for it."""
    complaint = course.complaint
    from_stage = complaint.stage
    if complaint.ending is not None:
        course.tell(ComplaintReopened(from_stage, words))
    stage = course.policy.stage(to_stage)
    answered = complaint.has(Fact.RESPONSE)
    course.tell(
        ComplaintEscalated(
            from_stage=from_stage,
            to_stage=to_stage,
            channel=channel,
            because=because or (DISSATISFIED if answered else LATE),
            departure=None if stage is None else stage.departure,
            words=words,
        )
    )
    course.meet(Fact.ESCALATION_REQUESTED, from_stage)
    course.lift("the next stage was opened", stage=from_stage)
    obligations.end_updates(course, "the next stage was opened")
    course.begin(Fact.ESCALATION_REQUESTED, to_stage)


def close(
    course: Course,
    *,
    because: str,
    clause: str | None,
    words: WordsReference | None = None,
    send_letter: bool = False,
) -> None:
    """The case was closed; what still ran is lifted, at every stage."""
    stage = course.complaint.stage
    course.tell(ComplaintClosed(stage, because, clause, words, send_letter))
    course.meet(Fact.CLOSED, stage)
    for at in sorted({known.latest.stage for known in course.complaint.all_deadlines}):
        course.lift(f"the complaint was closed: {because.replace('_', ' ')}", stage=at)
    obligations.end_contributions(course)
    obligations.end_updates(course, "the complaint was closed")


def refuse(course: Course, refused: ComplaintRefused) -> None:
    """The matter was kept out of the procedure, which closes the case."""
    course.tell(refused)
    close(course, because=REFUSED, clause=refused.clause)


def withdraw(course: Course, *, words: WordsReference | None, send_letter: bool = False) -> None:
    """The complainant took the complaint back, which closes the case."""
    course.tell(ComplaintWithdrawn(course.complaint.stage, words))
    close(course, because=WITHDRAWN, clause=None, send_letter=send_letter)


def reopen(course: Course, *, words: WordsReference | None) -> None:
    """A closed case goes on; no clock stood still, so an unanswered stage is due when it was."""
    stage = course.complaint.stage
    course.tell(ComplaintReopened(stage, words))
    if course.complaint.has(Fact.RESPONSE):
        return
    for known in course.complaint.all_deadlines:
        if known.latest.stage == stage and known.state is DeadlineState.LIFTED:
            course.tell(known.next_generation())

"""Dates that are owed besides the duties of the policy: what was promised, ordered, asked for.

They are deadlines like all others, under a name that ends in a number, such as `promise 1`, which no
policy uses: timers, boards and reports take them as they come. Neither a response nor the close of
the case ends them.
"""

from datetime import date

from services.workflow.domain import further
from services.workflow.domain.course import Course
from shared.complaints.events import DeadlineLifted, DeadlineMet, DeadlineSet, PromiseMissed
from shared.complaints.values import Moment
from shared.policies.counting import DueDate, due_after, is_late
from shared.policies.deadlines import Deadline, DeadlineState
from shared.policies.named_rules import as_stated
from shared.policies.policy import Citation, Span, Unit

DAYS_OFF = {Unit.WORKING_DAYS.value, Unit.WORKING_DAY_HOURS.value}


def owed_as(kind: str, number: int) -> str:
    """Name the duty."""
    return f"{kind} {number}"


def is_obligation(duty: str) -> bool:
    """Say whether a duty's name is one of these, and none of a policy."""
    return " " in duty


def owe_by(
    course: Course,
    duty: str,
    *,
    stage: int,
    by: date,
    trigger: str,
    responsible: str,
    cited: Citation,
) -> None:
    """Owe something by a day that somebody named."""
    span = Span(max(0, (by - course.moment.on).days), Unit.CALENDAR_DAYS)
    _set(
        course,
        duty,
        DueDate(by),
        stage=stage,
        span=span,
        trigger=trigger,
        trigger_on=course.moment.on,
        responsible=responsible,
        cited=cited,
    )


def owe_after(
    course: Course,
    duty: str,
    *,
    stage: int,
    since: Moment,
    span: Span,
    trigger: str,
    responsible: str,
    cited: Citation,
) -> None:
    """Owe something a span after a moment, as the law counts: without the landlord's closures."""
    due = due_after(since, span, course.calendar.by_law)
    _set(
        course,
        duty,
        due,
        stage=stage,
        span=span,
        trigger=trigger,
        trigger_on=since.on,
        responsible=responsible,
        cited=cited,
    )


def fulfil(course: Course, duty: str, *, stage: int) -> None:
    """What was owed is done; where its day has gone by, it was missed first."""
    known = course.complaint.deadline(duty, stage)
    if known is None or not known.is_owed:
        return
    _miss_if_overdue(course, known)
    due_on, met_on = known.latest.due_on, course.moment.on
    late_by = course.calendar.working_days_between(due_on, met_on)
    course.tell(DeadlineMet(duty, stage, due_on, met_on, late_by))


def end(course: Course, duty: str, *, stage: int, reason: str) -> None:
    """What was owed is owed no more."""
    known = course.complaint.deadline(duty, stage)
    if known is None or known.state is not DeadlineState.RUNNING:
        return
    _miss_if_overdue(course, known)
    if not is_late(known.latest, course.moment):
        course.tell(DeadlineLifted(duty, stage, reason))


def miss(course: Course, known: Deadline) -> None:
    """Its day ended: a promise is told to be missed under its own number too."""
    kind, _, number = known.latest.duty.rpartition(" ")
    if kind == further.PROMISE:
        course.tell(PromiseMissed(known.latest.stage, int(number), known.latest.due_on))
    course.miss(known)


def end_contributions(course: Course) -> None:
    """What others were asked for is wanted no more once the case is closed."""
    for entry in course.complaint.further.of(further.CONTRIBUTION):
        if entry.standing == "asked":
            duty = owed_as(entry.kind, entry.number)
            end(course, duty, stage=entry.stage, reason="the complaint was closed")


def end_updates(course: Course, reason: str) -> None:
    """No more updates are owed: the answer is out, the case is closed, or another interval holds."""
    for entry in course.complaint.further.of(further.UPDATE):
        end(course, owed_as(entry.kind, entry.number), stage=entry.stage, reason=reason)


def _miss_if_overdue(course: Course, known: Deadline) -> None:
    if known.state is DeadlineState.RUNNING and is_late(known.latest, course.moment):
        miss(course, known)


def _set(
    course: Course,
    duty: str,
    due: DueDate,
    *,
    stage: int,
    span: Span,
    trigger: str,
    trigger_on: date,
    responsible: str,
    cited: Citation,
) -> None:
    known = course.complaint.deadline(duty, stage)
    calendar, policy = course.calendar.by_law, course.policy
    cited = as_stated(cited, policy, course.overlay)
    start, until = sorted((trigger_on, due.on))
    course.tell(
        DeadlineSet(
            duty=duty,
            stage=stage,
            generation=1 if known is None else known.latest.generation + 1,
            due_on=due.on,
            due_at=due.at,
            trigger=trigger,
            trigger_on=trigger_on,
            span=span.count,
            unit=span.unit.value,
            rule=cited.rule,
            clause=cited.clause,
            firmness="must",
            responsible=responsible,
            policy=policy.policy,
            policy_hash=policy.policy_hash,
            calendar_revision=calendar.revision,
            skipped=calendar.skipped_between(start, until) if span.unit.value in DAYS_OFF else (),
        )
    )

"""What the passing of days brings about by itself: reminders, duties missed, a case closed by silence."""

from services.workflow.domain import happenings, obligations
from services.workflow.domain.course import Course
from shared.complaints.events import (
    DeadlineApproaching,
    DeadlineLifted,
    DraftDue,
    EscalationWindowClosed,
    HoldingResponseDue,
)
from shared.complaints.values import Notice
from shared.policies.deadlines import Deadline
from shared.policies.policy import Fact, Passing

SILENCE = "silence"


def raise_notice(course: Course, known: Deadline, notice: Notice) -> None:
    """A reminder came due."""
    deadline = known.latest
    match notice.kind:
        case "holding_response_due":
            course.tell(HoldingResponseDue(deadline.stage, deadline.due_on, deadline.trigger_on))
        case "draft_due":
            course.tell(DraftDue(deadline.stage, deadline.due_on))
        case _:
            left = course.calendar.working_days_between(course.moment.on, deadline.due_on)
            course.tell(DeadlineApproaching(deadline.duty, deadline.stage, deadline.due_on, left))


def pass_deadline(course: Course, known: Deadline, *, goes_on: bool = False) -> None:
    """The day of a duty ended; `goes_on` where a history shows that silence did not close it."""
    duty = course.duty_of(known)
    if obligations.is_obligation(known.latest.duty):
        obligations.miss(course, known)
    elif duty is None or duty.passing is Passing.MISSED:
        course.miss(known)
    elif duty.passing is Passing.CLOSES_BY_SILENCE:
        _close_by_silence(course, known, goes_on=goes_on)
    elif Fact.ESCALATION_REQUESTED in duty.met_by:
        _end_window(course, known)
    elif duty.passing is Passing.LAPSES:
        deadline = known.latest
        course.tell(DeadlineLifted(deadline.duty, deadline.stage, "its day passed"))
    # What is owed only if the response is late is decided with the response, not on its own day.


def _close_by_silence(course: Course, known: Deadline, *, goes_on: bool) -> None:
    _end_window(course, known)
    if not goes_on:
        happenings.close(course, because=SILENCE, clause=known.latest.clause)


def _end_window(course: Course, known: Deadline) -> None:
    deadline = known.latest
    course.tell(EscalationWindowClosed(deadline.stage, deadline.due_on))
    course.tell(DeadlineLifted(deadline.duty, deadline.stage, "the time passed in silence"))

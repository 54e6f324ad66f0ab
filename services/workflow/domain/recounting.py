"""Another calendar: what still runs is counted again, each date that moves with the fact that says
why.
"""

from datetime import date

from services.workflow.domain.course import Course
from shared.complaints.events import DeadlineRecounted, DeadlineSet
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.policy import Policy
from shared.policies.recounting import counted_again, deadlines_recounted


def recount(course: Course, *, reason: str) -> None:
    """Count the dates of every stage again, those in law first: the landlord's own are told beside
    the earlier day that the law still asks for.
    """
    stages = sorted({known.latest.stage for known in course.complaint.all_deadlines})
    for stage in stages:
        if course.overlay is not None:
            _recount(course, course.overlay, course.calendar.by_law, stage=stage, reason=reason)
        _recount(course, course.policy, course.calendar, stage=stage, reason=reason)


def _recount(
    course: Course, policy: Policy, calendar: WorkingDayCalendar, *, stage: int, reason: str
) -> None:
    overlay = None if policy is course.policy else policy.policy
    before = course.complaint.deadlines_at(stage, overlay=overlay)
    duties = policy.duties_at(route=course.complaint.route, stage=stage)
    for told in deadlines_recounted(
        calendar,
        duties={duty.duty: duty for duty in duties},
        known=before,
        now=course.moment,
    ):
        was = before[told.duty].latest
        course.tell(
            DeadlineRecounted(
                duty=told.duty,
                stage=stage,
                from_on=was.due_on,
                to_on=told.due_on,
                from_calendar=was.calendar_revision,
                to_calendar=told.calendar_revision,
                reason=reason,
                lawful_on=None if overlay else _lawful_on(course, told),
                overlay=overlay,
            )
        )
        course.tell(told)


def _lawful_on(course: Course, told: DeadlineSet) -> date | None:
    """The earlier day that binds all the same: that of the policy above, else that without the
    landlord's own closures.
    """
    if course.overlay is not None:
        above = course.complaint.deadlines_at(told.stage, overlay=course.overlay.policy)
        twin = above.get(told.duty)
        on = twin.latest.due_on if twin is not None and twin.is_owed else told.due_on
    else:
        by_law = course.calendar.by_law
        on = counted_again(told, by_law, trigger_on=told.trigger_on).on
    return on if on < told.due_on else None

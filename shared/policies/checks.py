"""Who checks a draft before it is issued, and what the response must contain, as the policy says."""

from datetime import date

from shared.complaints.values import Route
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.policy import Approval, Policy
from shared.policies.provisions import LetterContents


def approvers(
    approval: Approval, *, received_on: date, on: date, calendar: WorkingDayCalendar
) -> tuple[str, ...]:
    """Return the roles that may approve on a day: a lower level too, while the complaint is young
    enough for it.
    """
    early = approval.early
    if early is None:
        return (approval.by,)
    days = calendar.working_days_between(received_on, on)
    return (approval.by, *early.by) if days <= early.within_working_days else (approval.by,)


def response_letter(policy: Policy, *, route: Route, stage: int) -> LetterContents | None:
    """Return what the response of a stage must contain, where the policy says."""
    if route is not Route.COMPLAINT:
        return None
    is_last = policy.stage(stage + 1) is None
    return policy.letter("final_response" if is_last else "first_response")

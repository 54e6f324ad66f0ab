"""Which commands a complaint permits now, and why the others are not possible."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from services.workflow.domain import checking, guards
from services.workflow.domain import commands as ask
from services.workflow.domain.complaint import Complaint
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.domain.subjects import STEPS
from shared.complaints.values import Moment
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.policies.policy import Policy


@dataclass(frozen=True, slots=True)
class PermittedCommand:
    """A command by the name of its class; `why` says what it will do, or why it is not possible."""

    name: str
    allowed: bool
    why: str


def permitted(
    complaint: Complaint,
    policy: Policy,
    calendar: WorkingDayCalendar,
    now: datetime,
    *,
    actor: str | None = None,
    actor_role: str | None = None,
) -> tuple[PermittedCommand, ...]:
    """Return every command of an officer in the order of a case; judged for one officer where
    given.
    """
    moment = Moment(london_day(now), now)
    case = Case(complaint, policy, calendar, moment, actor, actor_role)
    return tuple(_judged(case, command, *entry) for command, entry in _COMMANDS.items()) + tuple(
        _judged(case, command, step.guard, step.does) for command, step in STEPS.items()
    )


def _judged(
    case: Case, command: type[ask.Asked], guard: Callable[[Case], None], does: str
) -> PermittedCommand:
    try:
        guard(case)
    except ComplaintRuleBroken as refusal:
        return PermittedCommand(command.__name__, allowed=False, why=str(refusal))
    return PermittedCommand(command.__name__, allowed=True, why=does)


_COMMANDS: dict[type[ask.Asked], tuple[Callable[[Case], None], str]] = {
    ask.AcknowledgeComplaint: (
        guards.may_acknowledge,
        "Records that the complainant was told of the receipt.",
    ),
    ask.RecordContactAttempt: (
        guards.is_open,
        "Records that the complainant was tried and not reached.",
    ),
    ask.RecordContact: (
        guards.is_open,
        "Records that the complainant was reached.",
    ),
    ask.AllocateComplaint: (
        guards.may_decide,
        "Gives this stage to the officer or panel who considers it.",
    ),
    ask.SendHoldingResponse: (
        guards.may_send_holding_response,
        "Records that the complainant was told why the answer will be late; no date moves.",
    ),
    ask.ExtendDeadline: (
        guards.may_extend,
        "Moves the date of the response, on the policy's condition.",
    ),
    ask.SubmitDraft: (
        guards.may_submit_draft,
        "Hands a draft response to the team that checks it.",
    ),
    ask.ApproveDraft: (
        checking.may_approve_draft,
        "Approves the latest draft for issue.",
    ),
    ask.ReturnDraft: (
        checking.may_return_draft,
        "Sends the latest draft back to who drafted it, with what is to be changed.",
    ),
    ask.IssueResponse: (
        guards.may_issue_response,
        "Records the response to the complainant, with an outcome for each issue.",
    ),
    ask.EscalateComplaint: (
        guards.may_escalate,
        "Opens the next stage; on a closed complaint the reason must be on record.",
    ),
    ask.CloseComplaint: (
        guards.may_decide,
        "Closes the complaint; before its time only for a reason on record.",
    ),
    ask.RefuseComplaint: (
        guards.may_refuse,
        "Keeps the matter out of the procedure, on one of the policy's grounds.",
    ),
    ask.WithdrawComplaint: (
        guards.may_decide,
        "Records that the complainant took the complaint back.",
    ),
    ask.ReopenComplaint: (
        guards.may_reopen,
        "Opens the closed complaint again, for a reason on record.",
    ),
}

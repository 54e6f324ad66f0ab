"""What a response must contain, and what an early sign-off needs: confirmed by whoever checks it,
or refused with what is missing.
"""

from services.workflow.domain.commands import ApproveDraft
from services.workflow.domain.complaint import Complaint
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet
from shared.policies.checks import response_letter
from shared.policies.policy import Citation, Policy


def parts_of_response(complaint: Complaint, policy: Policy) -> tuple[str, ...]:
    """Return the parts that the response of this stage must have; none where no policy says."""
    letter = response_letter(policy, route=complaint.route, stage=complaint.stage)
    return () if letter is None else letter.contains


def contents_complete(case: Case, contains: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts of the response that the policy asks for, all of which it must contain."""
    complaint = case.complaint
    letter = response_letter(case.policy, route=complaint.route, stage=complaint.stage)
    if letter is None:
        return ()
    missing = [part for part in letter.contains if part not in contains]
    if missing:
        raise ConditionNotMet(
            f"The response does not contain: {'; '.join(missing)}.",
            cited=Citation(f"The response contains: {'; '.join(letter.contains)}.", letter.clause),
            way_out="Put it into the response, and confirm each part in `contains`.",
        )
    return letter.contains


def contents_unchecked_before(case: Case, contains: tuple[str, ...]) -> tuple[str, ...]:
    """Return the parts of a response that goes out without the check of a draft."""
    complaint = case.complaint
    approval = case.policy.approval_at(route=complaint.route, stage=complaint.stage)
    return contents_complete(case, contains) if approval is None else ()


def signed_off_early(case: Case, command: ApproveDraft) -> bool:
    """Say whether a lower level signs off: only what needed no investigation and is agreed."""
    complaint = case.complaint
    approval = case.policy.approval_at(route=complaint.route, stage=complaint.stage)
    if approval is None or approval.early is None or command.actor_role in {None, approval.by}:
        return False
    if not command.without_investigation:
        raise ConditionNotMet(
            "Nothing says that no investigation was needed.",
            cited=approval.early.cited,
            way_out=f"Say so, or ask the {approval.by.replace('_', ' ')}.",
        )
    if not command.agreed:
        raise ConditionNotMet(
            "The complainant has not agreed to the early resolution.",
            cited=approval.early.cited,
            way_out=f"Agree it, or ask the {approval.by.replace('_', ' ')}.",
        )
    return True

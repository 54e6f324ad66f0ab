"""May a draft be approved, or sent back? By a second person, of the team that the policy names."""

from services.workflow.domain import guards
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import (
    TRUE_RECORD,
    ConditionNotMet,
    NotIndependent,
    NotNow,
)
from shared.policies.checks import approvers
from shared.policies.policy import Citation


def may_approve_draft(case: Case) -> None:
    """Nobody checks their own draft, and only the team named by the policy does."""
    _may_check(case, "Nobody approves their own draft.", "A draft is approved by the role {}.")


def may_return_draft(case: Case) -> None:
    """A draft is sent back by those who may approve it, and by nobody else."""
    _may_check(case, "Nobody sends back their own draft.", "A draft is sent back by the role {}.")


def cited_for_check(case: Case) -> Citation:
    """Cite the check of drafts; where the policy asks for none, the rule is the product's own."""
    complaint = case.complaint
    approval = case.policy.approval_at(route=complaint.route, stage=complaint.stage)
    if approval is None:
        return Citation("A second person checks a draft.", TRUE_RECORD)
    return approval.cited


def _may_check(case: Case, own: str, by_others: str) -> None:
    complaint = case.complaint
    approval = case.policy.approval_at(route=complaint.route, stage=complaint.stage)
    cited = cited_for_check(case)
    guards.is_unanswered(case, cited)
    draft = complaint.draft
    if draft is None or not draft.waits:
        raise NotNow(
            "There is no draft waiting to be checked.", cited=cited, way_out="Submit a draft first."
        )
    guards.not_about_them(case)
    if draft.submitted_by == case.actor:
        raise NotIndependent(
            own, cited=cited, way_out="Ask a colleague of the team that checks drafts."
        )
    if approval is None:
        return
    allowed = approvers(
        approval,
        received_on=complaint.received.on,
        on=case.moment.on,
        calendar=case.calendar,
    )
    if case.actor_role not in {None, *allowed}:
        named = " or ".join(allowed).replace("_", " ")
        raise ConditionNotMet(by_others.format(named), cited=cited, way_out="Ask that team.")

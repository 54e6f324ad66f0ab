"""The commands outside the stages, one module per subject; this is where they are known."""

from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.step import AnyStep
from services.workflow.domain.subjects import (
    admission,
    compensation,
    concerns,
    contributions,
    definition,
    documents,
    following,
    hearings,
    learning,
    mediation,
    notes,
    ombudsman,
    other_routes,
    panel,
    promises,
    referrals,
    representation,
    restrictions,
    triage,
    updates,
)

STEPS: dict[type[FurtherCommand], AnyStep] = {
    step.command: step
    for subject in (
        promises,
        definition,
        triage,
        admission,
        representation,
        panel,
        compensation,
        ombudsman,
        contributions,
        mediation,
        restrictions,
        concerns,
        updates,
        learning,
        referrals,
        hearings,
        other_routes,
        notes,
        following,
        documents,
    )
    for step in subject.STEPS
}


def carry_out(course: Course, command: FurtherCommand, case: Case) -> None:
    """Do what the command asks, or raise `ComplaintRuleBroken`."""
    step = STEPS[type(command)]
    case = case.acted_by_role(getattr(command, "actor_role", None))
    step.guard(case)
    step.act(course, command, case)

"""The commands outside the stages, one module per subject; this is where they are known."""

from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.step import AnyStep
from services.workflow.domain.subjects import (
    compensation,
    concerns,
    contributions,
    definition,
    mediation,
    ombudsman,
    panel,
    promises,
    representation,
    restrictions,
    triage,
)

STEPS: dict[type[FurtherCommand], AnyStep] = {
    step.command: step
    for subject in (
        promises,
        definition,
        triage,
        representation,
        panel,
        compensation,
        ombudsman,
        contributions,
        mediation,
        restrictions,
        concerns,
    )
    for step in subject.STEPS
}


def carry_out(course: Course, command: FurtherCommand, case: Case) -> None:
    """Do what the command asks, or raise `ComplaintRuleBroken`."""
    step = STEPS[type(command)]
    step.guard(case)
    step.act(course, command, case)

"""What other areas and organisations are asked for, so that one answer can be given."""

from dataclasses import dataclass
from datetime import date

from services.workflow.domain import further, guards, obligations
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet
from services.workflow.domain.step import (
    AnyStep,
    Step,
    entry_of,
    needs_words,
    not_before,
    with_any,
)
from shared.complaints.events import ContributionAsked, ContributionGiven
from shared.policies.named_rules import named_rule

ASKED = named_rule(
    "several_areas",
    "Who answers a complaint about several areas gets the part of each in time.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskContribution(FurtherCommand):
    """Ask an area or an organisation for its part, by a day; the words say for what."""

    of: str
    due_on: date
    actor_role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class GiveContribution(FurtherCommand):
    """Record what an area or an organisation answered."""

    number: int


def _may_ask(case: Case) -> None:
    guards.is_open(case)
    rule = case.policy.contributions
    if rule is not None and case.actor_role not in {None, rule.by}:
        raise ConditionNotMet(
            f"Others are asked for their part by the role {rule.by.replace('_', ' ')}.",
            cited=rule.cited,
            way_out="Tell that team what is wanted.",
        )


def _ask(course: Course, command: AskContribution, case: Case) -> None:
    needs_words(command, "Nothing is asked for.", cited=ASKED, way_out="Say what is wanted.")
    not_before(case, command.due_on, "The day it is wanted by has gone by.", cited=ASKED)
    stage = case.complaint.stage
    number = case.complaint.further.next_number(further.CONTRIBUTION)
    course.tell(ContributionAsked(stage, number, command.of, command.due_on, command.words))
    obligations.owe_by(
        course,
        obligations.owed_as(further.CONTRIBUTION, number),
        stage=stage,
        by=command.due_on,
        trigger="contribution_asked",
        responsible=command.of,
        cited=ASKED,
    )


def _give(course: Course, command: GiveContribution, case: Case) -> None:
    entry = entry_of(case, further.CONTRIBUTION, command.number, "asked", cited=ASKED)
    needs_words(command, "Nothing was answered.", cited=ASKED, way_out="Put the answer in.")
    course.tell(ContributionGiven(entry.stage, entry.number, command.words))
    duty = obligations.owed_as(further.CONTRIBUTION, entry.number)
    obligations.fulfil(course, duty, stage=entry.stage)


STEPS: tuple[AnyStep, ...] = (
    Step(
        AskContribution,
        _may_ask,
        _ask,
        "Asks another area or organisation for its part of the answer, by a day.",
    ),
    Step(
        GiveContribution,
        with_any(further.CONTRIBUTION, "asked", cited=ASKED),
        _give,
        "Records what another area or organisation answered.",
    ),
)

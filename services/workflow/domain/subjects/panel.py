"""Who may not decide, and who sits: declared interests, a panel with its seats, its hearing and its
report.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from itertools import permutations

from services.workflow.domain import guards, happenings
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import INTEREST, Case
from services.workflow.domain.refusals import (
    ConditionNotMet,
    NotIndependent,
    NotInPolicy,
    NotNow,
)
from services.workflow.domain.step import (
    AnyStep,
    Step,
    always,
    needs_words,
    not_before,
    one_of,
)
from shared.complaints.events import (
    ConflictDeclared,
    ConflictWithdrawn,
    HearingArranged,
    PanelConvened,
    PanelReported,
)
from shared.complaints.values import PanelSeat
from shared.policies.named_rules import named_rule
from shared.policies.policy import Citation, Fact, Stage

INTERESTS = ("named", "relative", "line_manager", "earlier_part", "other")
MOST_SEATS = 9
HEARING = named_rule(
    "hearing", "The panel may hear the complainant, who may bring a friend or adviser."
)
REPORT = named_rule(
    "panel_report",
    "The outcome of a panel comes with a written report: findings, recommendations, lessons.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclareConflict(FurtherCommand):
    """Record that an officer has an interest in the case."""

    officer: str
    interest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawConflict(FurtherCommand):
    """Record that a declared interest is none after all; the words say why."""

    officer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConvenePanel(FurtherCommand):
    """Name a person for every seat of the panel that considers this stage."""

    seats: tuple[PanelSeat, ...]
    hearing_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ArrangeHearing(FurtherCommand):
    """Ask the complainant to a hearing of the panel."""

    hearing_on: date
    companion: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitPanelReport(FurtherCommand):
    """Put the report of the panel on record."""


def _may_convene(case: Case) -> None:
    guards.is_open(case)
    stage = _stage(case)
    if len(stage.considered_by) < 2:
        raise NotInPolicy(
            f"{stage.name} is considered by one person, not by a panel.",
            cited=Citation("A panel sits where the policy says so.", stage.considered_by_clause),
            way_out="Allocate the stage to that person.",
        )


def _may_hear(case: Case) -> None:
    guards.is_open(case)
    if case.complaint.stage not in case.complaint.further.panel:
        raise NotNow("No panel was convened.", cited=HEARING, way_out="Convene the panel first.")
    if case.complaint.has(Fact.RESPONSE):
        raise NotNow(
            "The panel has answered.", cited=HEARING, way_out="Record what followed as a contact."
        )


def _may_report(case: Case) -> None:
    if case.complaint.stage not in case.complaint.further.panel:
        raise NotNow("No panel was convened.", cited=REPORT, way_out="Convene the panel first.")


def _declare(course: Course, command: DeclareConflict, case: Case) -> None:
    one_of(command.interest, INTERESTS, what="interest", cited=INTEREST)
    if command.officer in case.complaint.further.conflicted:
        raise NotNow(
            f"Officer {command.officer} has declared an interest already.",
            cited=INTEREST,
            way_out="Nothing more is to be done.",
        )
    stage = case.complaint.stage
    course.tell(ConflictDeclared(stage, command.officer, command.interest, command.words))


def _any_declared(case: Case) -> None:
    if not case.complaint.further.conflicted:
        raise NotNow(
            "Nobody has declared an interest.", cited=INTEREST, way_out="Nothing is to be done."
        )


def _withdraw_conflict(course: Course, command: WithdrawConflict, case: Case) -> None:
    declared = case.complaint.further.conflicted
    if command.officer not in declared:
        raise NotNow(
            f"Officer {command.officer} has declared no interest.",
            cited=INTEREST,
            way_out=f"Choose from: {', '.join(sorted(declared))}.",
        )
    if command.officer == command.actor:
        raise NotIndependent(
            "Nobody decides that their own interest is none.",
            cited=INTEREST,
            way_out="Ask a colleague to look at it.",
        )
    needs_words(
        command,
        "No reason is given.",
        cited=INTEREST,
        way_out="Say why the interest is none.",
    )
    course.tell(ConflictWithdrawn(case.complaint.stage, command.officer, command.words))


def _convene(course: Course, command: ConvenePanel, case: Case) -> None:
    stage = _stage(case)
    officers = tuple(seat.officer for seat in command.seats)
    if len(set(officers)) != len(stage.considered_by) or len(officers) != len(set(officers)):
        _refuse_seats(stage, f"{len(set(officers))} were named.")
    if not can_be_seated(stage.considered_by, [seat.role for seat in command.seats]):
        _refuse_seats(stage, "not everybody named fills a seat of their own.")
    guards.independent(case, *officers)
    not_before(case, command.hearing_on, "The day of the hearing has gone by.", cited=HEARING)
    number = case.complaint.stage
    course.tell(PanelConvened(number, command.seats, command.hearing_on, command.words))
    happenings.allocate(course, stage=number, handlers=officers)


def can_be_seated(seats: Sequence[Sequence[str]], roles: Sequence[str | None]) -> bool:
    """Say whether the people can be put on the seats so that each fills one; a role that is not
    known fits any.
    """
    return any(
        all(role is None or role in seat for seat, role in zip(seats, order, strict=True))
        for order in permutations(roles)
    )


def _refuse_seats(stage: Stage, said: str) -> None:
    normally = "; ".join(" or ".join(seat).replace("_", " ") for seat in stage.considered_by)
    raise ConditionNotMet(
        f"{stage.name} is considered by {len(stage.considered_by)}, and {said}",
        cited=Citation(f"It is normally considered by: {normally}.", stage.considered_by_clause),
        way_out="Name one person for each seat.",
    )


def _stage(case: Case) -> Stage:
    stage = case.policy.stage(case.complaint.stage)
    if stage is None:
        raise NotInPolicy(
            "The policy knows no such stage.",
            cited=case.policy.last_stage,
            way_out=case.policy.beyond_last_stage,
        )
    return stage


def _arrange(course: Course, command: ArrangeHearing, case: Case) -> None:
    not_before(case, command.hearing_on, "The day of the hearing has gone by.", cited=HEARING)
    stage = case.complaint.stage
    course.tell(HearingArranged(stage, command.hearing_on, command.companion, command.words))


def _report(course: Course, command: SubmitPanelReport, case: Case) -> None:
    needs_words(
        command, "There is no report.", cited=REPORT, way_out="Put the report of the panel in."
    )
    course.tell(PanelReported(case.complaint.stage, command.words))


STEPS: tuple[AnyStep, ...] = (
    Step(
        DeclareConflict,
        always,
        _declare,
        "Records that an officer has an interest in the case and considers it no more.",
    ),
    Step(
        WithdrawConflict,
        _any_declared,
        _withdraw_conflict,
        "Records that a declared interest is none after all, with the reason.",
    ),
    Step(ConvenePanel, _may_convene, _convene, "Names a person for every seat of the panel."),
    Step(ArrangeHearing, _may_hear, _arrange, "Asks the complainant to a hearing of the panel."),
    Step(SubmitPanelReport, _may_report, _report, "Puts the report of the panel on record."),
)

"""Compensation: offered, approved by somebody who may approve that much, accepted, paid."""

from dataclasses import dataclass

from services.workflow.domain import further, guards
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.further import Entry
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet, NotIndependent
from services.workflow.domain.step import AnyStep, Step, always, entry_of, with_any
from shared.complaints.events import (
    CompensationAnswered,
    CompensationApproved,
    CompensationOffered,
    CompensationPaid,
)
from shared.policies.named_rules import named_rule

LEVELS = named_rule(
    "compensation", "The level of compensation is approved before it goes to the complainant."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferCompensation(FurtherCommand):
    """Propose an amount for the complainant."""

    amount_pence: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveCompensation(FurtherCommand):
    """Approve an offer, up to what the role of who approves allows."""

    number: int
    actor_role: str | None = None
    limit_pence: int = 0  # what that role may approve where the policy says nothing of it


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerCompensation(FurtherCommand):
    """Record that the complainant accepted an offer, or did not."""

    number: int
    accepted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PayCompensation(FurtherCommand):
    """Record that the money was paid."""

    number: int


def _offer(course: Course, command: OfferCompensation, case: Case) -> None:
    if command.amount_pence <= 0:
        raise ConditionNotMet(
            "The offer has no amount.", cited=LEVELS, way_out="Give the amount in pence."
        )
    number = case.complaint.further.next_number(further.COMPENSATION)
    stage = case.complaint.stage
    course.tell(CompensationOffered(stage, command.amount_pence, command.words, number))


def _approve(course: Course, command: ApproveCompensation, case: Case) -> None:
    entry = entry_of(case, further.COMPENSATION, command.number, "offered", cited=LEVELS)
    if entry.actor == command.actor:
        raise NotIndependent(
            "Nobody approves their own offer.",
            cited=LEVELS,
            way_out="Ask somebody else who may approve that much.",
        )
    amount, limit = _amount(entry), _limit(case, command)
    if amount > limit:
        role = (command.actor_role or "not known").replace("_", " ")
        raise ConditionNotMet(
            f"The role {role} may approve up to £{limit / 100:,.2f}.",
            cited=LEVELS,
            way_out=f"Ask somebody who may approve £{amount / 100:,.2f}.",
        )
    role = command.actor_role or "not_recorded"
    course.tell(CompensationApproved(entry.stage, entry.number, amount, role, command.words))


def _may_approve(case: Case) -> None:
    with_any(further.COMPENSATION, "offered", cited=LEVELS)(case)
    guards.not_about_them(case)


def _limit(case: Case, command: ApproveCompensation) -> int:
    stated = case.policy.compensation
    return command.limit_pence if stated is None else stated.limit_of(command.actor_role)


def _answer(course: Course, command: AnswerCompensation, case: Case) -> None:
    entry = entry_of(case, further.COMPENSATION, command.number, "approved", cited=LEVELS)
    course.tell(CompensationAnswered(entry.stage, entry.number, command.accepted, command.words))


def _pay(course: Course, command: PayCompensation, case: Case) -> None:
    entry = entry_of(case, further.COMPENSATION, command.number, "accepted", cited=LEVELS)
    course.tell(CompensationPaid(entry.stage, entry.number, _amount(entry), command.words))


def _amount(entry: Entry) -> int:
    """Return what was offered; a history may tell of an offer and not of its amount."""
    if entry.amount_pence is None:
        raise ConditionNotMet(
            "The offer on record has no amount.",
            cited=LEVELS,
            way_out="Offer it anew, with its amount.",
        )
    return entry.amount_pence


STEPS: tuple[AnyStep, ...] = (
    Step(OfferCompensation, always, _offer, "Proposes an amount, which is approved first."),
    Step(
        ApproveCompensation,
        _may_approve,
        _approve,
        "Approves an offer, up to what your role may approve.",
    ),
    Step(
        AnswerCompensation,
        with_any(further.COMPENSATION, "approved", cited=LEVELS),
        _answer,
        "Records that the complainant accepted an offer, or did not.",
    ),
    Step(
        PayCompensation,
        with_any(further.COMPENSATION, "accepted", cited=LEVELS),
        _pay,
        "Records that the money was paid.",
    ),
)

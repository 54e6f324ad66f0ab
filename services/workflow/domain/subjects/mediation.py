"""Mediation, for which no clock stops, and petitions, which are one complaint with one contact."""

from dataclasses import dataclass

from services.workflow.domain import further, guards
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet, NotInPolicy, NotNow
from services.workflow.domain.step import AnyStep, Step, entry_of, needs_words, one_of, with_any
from shared.complaints.events import (
    MediationAnswered,
    MediationOffered,
    PetitionContactChanged,
    PetitionMarked,
    PetitionMeetingOffered,
)
from shared.complaints.values import Route
from shared.policies.named_rules import named_rule

RESULTS = ("declined", "settled", "not_settled")
OFFERED = named_rule("mediation", "Mediation may be offered at any stage; no time stops for it.")
PETITION = named_rule(
    "petition",
    "A petition is one complaint, marked as a petition, with one nominated contact.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferMediation(FurtherCommand):
    """Offer the complainant mediation."""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerMediation(FurtherCommand):
    """Record what came of an offer of mediation."""

    number: int
    result: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkPetition(FurtherCommand):
    """Mark the complaint as a petition; the words name the contact."""

    signatures: int


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferPetitionMeeting(FurtherCommand):
    """Offer to meet the petitioners; the words say when and where."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangePetitionContact(FurtherCommand):
    """Record that another person speaks for the petition; the words name them."""


def _is_petition(case: Case) -> None:
    guards.is_open(case)
    if not case.complaint.further.petition:
        raise NotNow(
            "It is not marked as a petition.", cited=PETITION, way_out="Mark it as one first."
        )


def _may_mark(case: Case) -> None:
    guards.is_open(case)
    if case.complaint.route is not Route.COMPLAINT:
        raise NotInPolicy(
            "Only a complaint can be a petition.",
            cited=PETITION,
            way_out="Make it a complaint first.",
        )
    if case.complaint.further.petition:
        raise NotNow(
            "It is marked as a petition.", cited=PETITION, way_out="Go on with it as it stands."
        )


def _offer(course: Course, command: OfferMediation, case: Case) -> None:
    number = case.complaint.further.next_number(further.MEDIATION)
    course.tell(MediationOffered(case.complaint.stage, number, command.words))


def _answer(course: Course, command: AnswerMediation, case: Case) -> None:
    entry = entry_of(case, further.MEDIATION, command.number, "offered", cited=OFFERED)
    one_of(command.result, RESULTS, what="result of mediation", cited=OFFERED)
    course.tell(MediationAnswered(entry.stage, entry.number, command.result, command.words))


def _mark(course: Course, command: MarkPetition, case: Case) -> None:
    if command.signatures < 2:
        raise ConditionNotMet(
            "A petition is signed by more than one.",
            cited=PETITION,
            way_out="Go on with it as a complaint of one person.",
        )
    needs_words(
        command,
        "Nobody is nominated as the contact.",
        cited=PETITION,
        way_out="Name the one person who is written to.",
    )
    course.tell(PetitionMarked(case.complaint.stage, command.signatures, command.words))


def _offer_meeting(course: Course, command: OfferPetitionMeeting, case: Case) -> None:
    course.tell(PetitionMeetingOffered(case.complaint.stage, command.words))


def _change_contact(course: Course, command: ChangePetitionContact, case: Case) -> None:
    needs_words(
        command,
        "Nobody is nominated as the contact.",
        cited=PETITION,
        way_out="Name the one person who is written to from now on.",
    )
    course.tell(PetitionContactChanged(case.complaint.stage, command.words))


STEPS: tuple[AnyStep, ...] = (
    Step(
        OfferMediation,
        guards.is_open,
        _offer,
        "Records that mediation was offered; no clock stops for it.",
    ),
    Step(
        AnswerMediation,
        with_any(further.MEDIATION, "offered", cited=OFFERED),
        _answer,
        "Records what came of an offer of mediation.",
    ),
    Step(MarkPetition, _may_mark, _mark, "Marks the complaint as a petition, with one contact."),
    Step(
        OfferPetitionMeeting,
        _is_petition,
        _offer_meeting,
        "Records that the petitioners were offered a meeting.",
    ),
    Step(
        ChangePetitionContact,
        _is_petition,
        _change_contact,
        "Records that another person speaks for the petition.",
    ),
)

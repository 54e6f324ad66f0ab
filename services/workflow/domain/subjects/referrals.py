"""Referral between the landlord and an organisation inside it: only with the complainant's permission do words and
sight of the case pass.
"""

from dataclasses import dataclass

from services.workflow.domain import further, guards
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.course import Course
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import ConditionNotMet, NotNow
from services.workflow.domain.step import AnyStep, Step, entry_of, with_any
from shared.complaints.events import (
    ReferralPermissionAnswered,
    ReferralPermissionAsked,
    ReferralPermissionWithdrawn,
    ReferredToOrganisation,
)
from shared.complaints.values import Channel
from shared.policies.named_rules import named_rule

ASKED, PERMITTED, DECLINED = "asked", "permitted", "declined"
REFERRED, WITHDRAWN = "referred", "withdrawn"
REFERRAL = named_rule(
    "referral",
    "A case is referred from one organisation to another with the complainant's permission.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReferralPermission(FurtherCommand):
    """Ask the complainant whether another organisation may have the case."""

    to_organisation: str
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerReferralPermission(FurtherCommand):
    """Record what the complainant said."""

    number: int
    permitted: bool
    channel: Channel


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawReferralPermission(FurtherCommand):
    """Record that the complainant took the permission back."""

    number: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ReferToOrganisation(FurtherCommand):
    """Pass the case on; the words are what the other organisation is told."""

    number: int


def _ask(course: Course, command: AskReferralPermission, case: Case) -> None:
    to, known = command.to_organisation, case.complaint.further.of(further.REFERRAL)
    if to == case.complaint.organisation:
        raise ConditionNotMet(
            f"{to} has the case already.",
            cited=REFERRAL,
            way_out="Name the organisation that it would go to.",
        )
    _says_how(command.channel)
    if any(each.about == to and each.standing in {ASKED, PERMITTED, REFERRED} for each in known):
        raise NotNow(
            f"A referral to {to} is on its way already.",
            cited=REFERRAL,
            way_out="Go on with it as it stands.",
        )
    stage, number = case.complaint.stage, case.complaint.further.next_number(further.REFERRAL)
    course.tell(ReferralPermissionAsked(stage, number, to, command.channel, command.words))


def _answer(course: Course, command: AnswerReferralPermission, case: Case) -> None:
    entry = entry_of(case, further.REFERRAL, command.number, ASKED, cited=REFERRAL)
    _says_how(command.channel)
    course.tell(
        ReferralPermissionAnswered(
            stage=entry.stage,
            number=entry.number,
            permitted=command.permitted,
            channel=command.channel,
            words=command.words,
        )
    )


def _withdraw(course: Course, command: WithdrawReferralPermission, case: Case) -> None:
    standings = (PERMITTED, REFERRED)
    entry = entry_of(case, further.REFERRAL, command.number, *standings, cited=REFERRAL)
    course.tell(ReferralPermissionWithdrawn(entry.stage, entry.number, entry.about, command.words))


def _refer(course: Course, command: ReferToOrganisation, case: Case) -> None:
    entry = entry_of(case, further.REFERRAL, command.number, PERMITTED, cited=REFERRAL)
    course.tell(ReferredToOrganisation(entry.stage, entry.number, entry.about, command.words))


def _says_how(channel: Channel) -> None:
    if channel is Channel.UNKNOWN:
        raise ConditionNotMet(
            "It is not said how the complainant was asked or answered.",
            cited=REFERRAL,
            way_out="Name the way.",
        )


STEPS: tuple[AnyStep, ...] = (
    Step(
        AskReferralPermission,
        guards.is_open,
        _ask,
        "Records that the complainant was asked whether another organisation may have the case.",
    ),
    Step(
        AnswerReferralPermission,
        with_any(further.REFERRAL, ASKED, cited=REFERRAL),
        _answer,
        "Records whether the complainant permits a referral.",
    ),
    Step(
        WithdrawReferralPermission,
        with_any(further.REFERRAL, PERMITTED, REFERRED, cited=REFERRAL),
        _withdraw,
        "Records that the permission was taken back; the other organisation looks no more.",
    ),
    Step(
        ReferToOrganisation,
        with_any(further.REFERRAL, PERMITTED, cited=REFERRAL),
        _refer,
        "Passes the case to another organisation, which the complainant has permitted.",
    ),
)

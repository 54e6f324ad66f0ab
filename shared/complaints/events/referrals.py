"""What is told about referring a case to another organisation, which needs the complainant's permission first."""

from dataclasses import dataclass

from shared.complaints.values import Channel, WordsReference


@dataclass(frozen=True, slots=True)
class ReferralPermissionAsked:
    """The complainant was asked whether the case may be referred to another organisation.

    Guidance for tenant management organisations, last paragraph: landlord and organisation refer to each other with the
    complainant's permission.
    """

    stage: int
    number: int
    to_organisation: str
    channel: Channel
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ReferralPermissionAnswered:
    """The complainant gave the permission, or did not."""

    stage: int
    number: int
    permitted: bool
    channel: Channel
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ReferralPermissionWithdrawn:
    """The complainant took the permission back: nothing more is passed on, and the other organisation looks no more."""

    stage: int
    number: int
    to_organisation: str
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ReferredToOrganisation:
    """The case was referred: from now on the other organisation's officers see it; the words were passed on."""

    stage: int
    number: int
    to_organisation: str
    words: WordsReference | None = None


ReferralEvent = (
    ReferralPermissionAsked
    | ReferralPermissionAnswered
    | ReferralPermissionWithdrawn
    | ReferredToOrganisation
)

NAMES: dict[str, type[ReferralEvent]] = {
    "complaint.referral-permission-asked.v1": ReferralPermissionAsked,
    "complaint.referral-permission-answered.v1": ReferralPermissionAnswered,
    "complaint.referral-permission-withdrawn.v1": ReferralPermissionWithdrawn,
    "complaint.referred-to-organisation.v1": ReferredToOrganisation,
}

__all__ = [
    "NAMES",
    "ReferralEvent",
    "ReferralPermissionAnswered",
    "ReferralPermissionAsked",
    "ReferralPermissionWithdrawn",
    "ReferredToOrganisation",
]

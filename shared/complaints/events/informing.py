"""What is told about keeping people informed and heard: updates at agreed intervals, enquiries, petitions, hearings."""

from dataclasses import dataclass, field

from shared.complaints.values import ADDED_LATER, Channel, WordsReference


@dataclass(frozen=True, slots=True)
class UpdatesAgreed:
    """How often the complainant hears how the case stands was agreed, in working days (Code 2024, 5.9)."""

    stage: int
    number: int
    every_working_days: int
    agreed: bool  # by the complainant; else set by the landlord because nobody could be reached
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class UpdateGiven:
    """The complainant was told how the case stands; the words are what was said."""

    stage: int
    number: int  # of the agreed interval
    channel: Channel
    words: WordsReference | None = None
    send_letter: bool = field(default=False, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class EnquiryForwarded:
    """A Board member's enquiry reached the team that records it; `copied_to` names the roles that got a copy.

    KCTMO Staff guidance 5.1: within 24 hours by e-mail, with a copy to the Company Secretary.
    """

    stage: int
    channel: Channel
    copied_to: tuple[str, ...] = ()
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ServiceRequestRemedied:
    """What a service request asked for was done; the words are the evidence (KCTMO Policy 3.2)."""

    stage: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class PetitionMeetingOffered:
    """The contact of a petition was offered a meeting (Tower Hamlets Homes, Petitions; Bancroft 11)."""

    stage: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class PetitionContactChanged:
    """Another person speaks for the petition from now on; who it is stands in the vault."""

    stage: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ConflictWithdrawn:
    """A declared interest was found not to be one; the words say why. A marked case stays hidden until marked anew."""

    stage: int
    officer: str
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class HearingHeld:
    """The panel heard the complainant, or sat without them: who of the panel was there, and who came.

    Guidance for tenant management organisations, fair procedures; KCTMO Procedure, Stage Three.
    """

    stage: int
    present: tuple[str, ...]  # of the panel
    complainant: bool
    companion: bool
    adjustments: tuple[str, ...] = ()  # made for the hearing
    words: WordsReference | None = None  # the note of the hearing


InformingEvent = (
    UpdatesAgreed
    | UpdateGiven
    | EnquiryForwarded
    | ServiceRequestRemedied
    | PetitionMeetingOffered
    | PetitionContactChanged
    | ConflictWithdrawn
    | HearingHeld
)

NAMES: dict[str, type[InformingEvent]] = {
    "complaint.updates-agreed.v1": UpdatesAgreed,
    "complaint.update-given.v1": UpdateGiven,
    "complaint.enquiry-forwarded.v1": EnquiryForwarded,
    "complaint.service-request-remedied.v1": ServiceRequestRemedied,
    "complaint.petition-meeting-offered.v1": PetitionMeetingOffered,
    "complaint.petition-contact-changed.v1": PetitionContactChanged,
    "complaint.conflict-withdrawn.v1": ConflictWithdrawn,
    "complaint.hearing-held.v1": HearingHeld,
}

__all__ = [
    "NAMES",
    "ConflictWithdrawn",
    "EnquiryForwarded",
    "HearingHeld",
    "InformingEvent",
    "PetitionContactChanged",
    "PetitionMeetingOffered",
    "ServiceRequestRemedied",
    "UpdateGiven",
    "UpdatesAgreed",
]

"""What is told about the people of a case: who speaks, who may not decide, who sits on a panel, who may look."""

from dataclasses import dataclass, field
from datetime import date

from shared.complaints.values import ADDED_LATER, PanelSeat, WordsReference


@dataclass(frozen=True, slots=True)
class RepresentativeNamed:
    """Somebody came forward to speak for the complainant; who it is stands in the vault."""

    stage: int
    number: int
    relation: str  # family, friend, advocate, member, legal, support_agency
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ConsentGiven:
    """The complainant let a representative be told, up to a scope and a day."""

    stage: int
    number: int  # of the representative
    scope: str  # everything, progress, response
    until: date | None = None
    words: WordsReference | None = None
    given: int | None = field(default=None, metadata=ADDED_LATER)  # for the how-manieth time


@dataclass(frozen=True, slots=True)
class ConsentEnded:
    """The last day of a representative's consent passed; nothing may be shared with them from now on."""

    stage: int
    number: int
    until: date


@dataclass(frozen=True, slots=True)
class ConsentWithdrawn:
    """The complainant took the consent for a representative back."""

    stage: int
    number: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class SharedWithRepresentative:
    """A representative was told something of the case, within the scope of the consent; `redacted` where what is
    confidential was left out, as for an MP or a Councillor.
    """

    stage: int
    number: int
    scope: str
    words: WordsReference | None = None
    redacted: bool = field(default=False, metadata=ADDED_LATER)
    send_letter: bool = field(default=False, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class ConflictDeclared:
    """An officer has an interest in the case, and considers it no more."""

    stage: int
    officer: str
    interest: str  # named, relative, line_manager, earlier_part, other
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class PanelConvened:
    """A panel was named for the stage, a person for every seat."""

    stage: int
    seats: tuple[PanelSeat, ...]
    hearing_on: date | None = None
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class HearingArranged:
    """The complainant was asked to a hearing, with the right to bring a companion."""

    stage: int
    hearing_on: date
    companion: bool  # whether the complainant brings one
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class PanelReported:
    """The panel wrote down what it found, what it recommends and what is to be learnt."""

    stage: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class MediationOffered:
    """Mediation was offered; no clock stops for it."""

    stage: int
    number: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class MediationAnswered:
    """What came of an offer of mediation."""

    stage: int
    number: int
    result: str  # declined, settled, not_settled
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class PetitionMarked:
    """The complaint is a petition: one case, with one nominated contact, whose name stands in the vault."""

    stage: int
    signatures: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class BehaviourRestricted:
    """How the complainant may reach the landlord was limited, until a review."""

    stage: int
    number: int
    kind: str  # one_contact, written_only, set_times, no_visits
    review_on: date
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class RestrictionReviewed:
    """A restriction was looked at again: kept until another review, or ended."""

    stage: int
    number: int
    kept: bool
    review_on: date | None = None
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class AdjustmentMade:
    """Something is done differently for this person, until a review."""

    stage: int
    number: int
    kind: str  # large_print, audio, braille, easy_read, translation, interpreter, extra_time, by_phone, home_visit
    review_on: date
    words: WordsReference | None = None
    language: str | None = field(
        default=None, metadata=ADDED_LATER
    )  # ISO 639, of a translation or an interpreter


@dataclass(frozen=True, slots=True)
class AdjustmentReviewed:
    """An adjustment was looked at again: kept until another review, or ended."""

    stage: int
    number: int
    kept: bool
    review_on: date | None = None
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class AccessRestricted:
    """Only these roles may see the case from now on, and never an officer it is about."""

    stage: int
    mark: str  # staff_conduct, board_conduct
    roles: tuple[str, ...]
    kept_from: tuple[str, ...]  # the officers it is about, whatever their role
    words: WordsReference | None = None


PeopleEvent = (
    RepresentativeNamed
    | ConsentGiven
    | ConsentEnded
    | ConsentWithdrawn
    | SharedWithRepresentative
    | ConflictDeclared
    | PanelConvened
    | HearingArranged
    | PanelReported
    | MediationOffered
    | MediationAnswered
    | PetitionMarked
    | BehaviourRestricted
    | RestrictionReviewed
    | AdjustmentMade
    | AdjustmentReviewed
    | AccessRestricted
)

NAMES: dict[str, type[PeopleEvent]] = {
    "complaint.representative-named.v1": RepresentativeNamed,
    "complaint.consent-given.v1": ConsentGiven,
    "complaint.consent-ended.v1": ConsentEnded,
    "complaint.consent-withdrawn.v1": ConsentWithdrawn,
    "complaint.shared-with-representative.v1": SharedWithRepresentative,
    "complaint.conflict-declared.v1": ConflictDeclared,
    "complaint.panel-convened.v1": PanelConvened,
    "complaint.hearing-arranged.v1": HearingArranged,
    "complaint.panel-reported.v1": PanelReported,
    "complaint.mediation-offered.v1": MediationOffered,
    "complaint.mediation-answered.v1": MediationAnswered,
    "complaint.petition-marked.v1": PetitionMarked,
    "complaint.behaviour-restricted.v1": BehaviourRestricted,
    "complaint.restriction-reviewed.v1": RestrictionReviewed,
    "complaint.adjustment-made.v1": AdjustmentMade,
    "complaint.adjustment-reviewed.v1": AdjustmentReviewed,
    "complaint.access-restricted.v1": AccessRestricted,
}

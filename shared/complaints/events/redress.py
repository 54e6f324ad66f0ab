"""What is told about money, about others who are asked, and about concerns with a clock of their own."""

from dataclasses import dataclass
from datetime import date

from shared.complaints.values import WordsReference


@dataclass(frozen=True, slots=True)
class CompensationApproved:
    """An offer of money was approved by somebody who may approve that much."""

    stage: int
    number: int
    amount_pence: int
    role: str
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class CompensationAnswered:
    """The complainant accepted the offer, or did not."""

    stage: int
    number: int
    accepted: bool
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class CompensationPaid:
    """The money was paid."""

    stage: int
    number: int
    amount_pence: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ContributionAsked:
    """Another area or organisation was asked for its part of the answer, by a day."""

    stage: int
    number: int
    of: str
    due_on: date
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ContributionGiven:
    """What another area or organisation was asked for came in."""

    stage: int
    number: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ConcernMarked:
    """The case holds something that has a clock in law beside the complaint's: a hazard, or misuse of data."""

    stage: int
    number: int
    concern: str
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ConcernDealtWith:
    """What a concern asked for was done."""

    stage: int
    number: int
    words: WordsReference | None = None


RedressEvent = (
    CompensationApproved
    | CompensationAnswered
    | CompensationPaid
    | ContributionAsked
    | ContributionGiven
    | ConcernMarked
    | ConcernDealtWith
)

NAMES: dict[str, type[RedressEvent]] = {
    "complaint.compensation-approved.v1": CompensationApproved,
    "complaint.compensation-answered.v1": CompensationAnswered,
    "complaint.compensation-paid.v1": CompensationPaid,
    "complaint.contribution-asked.v1": ContributionAsked,
    "complaint.contribution-given.v1": ContributionGiven,
    "complaint.concern-marked.v1": ConcernMarked,
    "complaint.concern-dealt-with.v1": ConcernDealtWith,
}

__all__ = [
    "NAMES",
    "CompensationAnswered",
    "CompensationApproved",
    "CompensationPaid",
    "ConcernDealtWith",
    "ConcernMarked",
    "ContributionAsked",
    "ContributionGiven",
    "RedressEvent",
]

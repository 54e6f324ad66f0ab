"""What is told about what the Ombudsman asks, orders and overturns."""

from dataclasses import dataclass
from datetime import date

from shared.complaints.values import WordsReference


@dataclass(frozen=True, slots=True)
class RefusalOverturned:
    """The Ombudsman decided that the matter should not have been kept out; the case goes on."""

    stage: int
    exclusion: str
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class EvidenceRequested:
    """The Ombudsman asked for evidence, by the day its letter states."""

    stage: int
    number: int
    items: tuple[str, ...]
    due_on: date
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class EvidenceSupplied:
    """Items of a request went to the Ombudsman; those not held were said to be so."""

    stage: int
    number: int
    items: tuple[str, ...]
    not_held: tuple[str, ...] = ()
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class OmbudsmanOrdered:
    """The Ombudsman ordered something, by the day its decision states."""

    stage: int
    number: int
    kind: str  # apology, compensation, repair, review, training, policy_change, other
    due_on: date
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class OrderComplied:
    """An order was complied with, with evidence."""

    stage: int
    number: int
    words: WordsReference | None = None

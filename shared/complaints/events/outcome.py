"""What is told after a response: the next stage, the end of the case, remedies, the Ombudsman."""

from dataclasses import dataclass
from datetime import date

from shared.complaints.values import Channel, WordsReference


@dataclass(frozen=True, slots=True)
class ComplaintEscalated:
    """The next stage was opened; `departure` names a rule of the Code that the stage itself breaks."""

    from_stage: int
    to_stage: int
    channel: Channel
    because: str  # dissatisfied, late
    departure: str | None = None
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ComplaintClosed:
    """The case was closed; `because` is silence, final_response, resolved, refused, withdrawn or other."""

    stage: int
    because: str
    clause: str | None = None
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ComplaintReopened:
    """A closed case was opened again, for a reason on record."""

    stage: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class CompensationOffered:
    """Money was offered; the amount in pence where it is known."""

    stage: int
    amount_pence: int | None = None
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """Something was promised, by a day where one was named."""

    stage: int
    by: date | None = None
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class PromiseKept:
    """A promise was fulfilled."""

    stage: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ReferredToOmbudsman:
    """The complaint reached the Ombudsman."""

    stage: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class OmbudsmanDetermined:
    """The Ombudsman decided."""

    stage: int
    words: WordsReference | None = None

"""What is told after a response: the next stage, the end of the case, remedies, the Ombudsman."""

from dataclasses import dataclass, field
from datetime import date

from shared.complaints.values import ADDED_LATER, Channel, WordsReference


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
    send_letter: bool = field(default=False, metadata=ADDED_LATER)


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
    number: int | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class PromiseMade:
    """Something was promised, by a day where one was named; `issue` where the response promised it for that issue."""

    stage: int
    by: date | None = None
    words: WordsReference | None = None
    number: int | None = field(default=None, metadata=ADDED_LATER)
    owner: str | None = field(default=None, metadata=ADDED_LATER)
    issue: int | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class PromiseKept:
    """A promise was fulfilled; the words are its evidence."""

    stage: int
    words: WordsReference | None = None
    number: int | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class ReferredToOmbudsman:
    """The complaint reached the Ombudsman, or another body where the subject is theirs."""

    stage: int
    words: WordsReference | None = None
    body: str | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class OmbudsmanDetermined:
    """The Ombudsman decided."""

    stage: int
    words: WordsReference | None = None
    finding: str | None = field(default=None, metadata=ADDED_LATER)

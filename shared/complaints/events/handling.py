"""What is told while a stage is considered, from the acknowledgement to the response."""

from dataclasses import dataclass, field
from datetime import date

from shared.complaints.values import ADDED_LATER, Channel, IssueOutcome, Outcome, WordsReference


@dataclass(frozen=True, slots=True)
class ComplaintAcknowledged:
    """The complainant was told that the complaint, or the request for a later stage, was received."""

    stage: int
    channel: Channel = Channel.UNKNOWN
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ContactAttempted:
    """The complainant was tried and not reached: recorded, but no contact."""

    stage: int
    channel: Channel
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ContactMade:
    """The complainant was reached, to understand the complaint and what is wanted."""

    stage: int
    channel: Channel
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ComplaintAllocated:
    """The stage was given to the officers who consider it: one, or the members of a panel.

    The words say why, where it goes to others than before.
    """

    stage: int
    handlers: tuple[str, ...]
    words: WordsReference | None = field(default=None, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class HoldingResponseSent:
    """The complainant was told that the answer will be late and why; the date does not move.

    `send_letter`, here and wherever the complainant is told something: the words go out as a letter from Redress;
    otherwise they were told in another way.
    """

    stage: int
    words: WordsReference | None = None
    expected_on: date | None = None
    send_letter: bool = field(default=False, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class DraftSubmitted:
    """A draft response was handed to the team that checks it; drafts count from 1 within a stage."""

    stage: int
    draft: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class DraftApproved:
    """A draft passed the check and may be issued.

    `contains` are the parts of the letter that the policy asks for and the check found. What was signed off early
    needed no investigation and is agreed with the complainant.
    """

    stage: int
    draft: int
    contains: tuple[str, ...] = field(default=(), metadata=ADDED_LATER)
    early: bool = field(default=False, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class DraftReturned:
    """A draft did not pass the check and went back to who drafted it; the words say what is to be changed."""

    stage: int
    draft: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class ResponseIssued:
    """The complainant was told the outcome of the stage, rolled up; None where a history has none.

    The channel says how it was sent, from which follows the day on which it counts as received. `contains` are the
    parts of the letter that the policy asks for, where no draft was checked before.
    """

    stage: int
    outcome: Outcome | None
    issues: tuple[IssueOutcome, ...] = ()
    words: WordsReference | None = None
    channel: Channel = field(default=Channel.UNKNOWN, metadata=ADDED_LATER)
    contains: tuple[str, ...] = field(default=(), metadata=ADDED_LATER)
    send_letter: bool = field(default=False, metadata=ADDED_LATER)


@dataclass(frozen=True, slots=True)
class NoteAdded:
    """Something worth keeping was noted on the case."""

    stage: int
    words: WordsReference | None = None

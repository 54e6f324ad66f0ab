"""What is told about promises, which outlive the case they were made in."""

from dataclasses import dataclass, field
from datetime import date

from shared.complaints.values import ADDED_LATER, Channel, WordsReference


@dataclass(frozen=True, slots=True)
class PromiseMissed:
    """The day named in a promise ended, and it was not kept."""

    stage: int
    number: int
    by: date


@dataclass(frozen=True, slots=True)
class PromiseTold:
    """The complainant was told that a promise was kept."""

    stage: int
    number: int
    channel: Channel
    words: WordsReference | None = None
    send_letter: bool = field(default=False, metadata=ADDED_LATER)

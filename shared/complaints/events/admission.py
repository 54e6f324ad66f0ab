"""What is told about who complains and since when: standing, and an old matter taken all the same."""

from dataclasses import dataclass
from datetime import date

from shared.complaints.values import WordsReference


@dataclass(frozen=True, slots=True)
class StandingRecorded:
    """What ties the complainant to the landlord was put on record: tenant, leaseholder, none and the like."""

    stage: int
    standing: str
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class DiscretionUsed:
    """A matter older than the policy takes was taken all the same; the words are the reasons.

    `known_on` is the day on which the complainant became aware of it, where that was later.
    """

    stage: int
    arose_on: date
    known_on: date | None
    clause: str
    words: WordsReference | None = None

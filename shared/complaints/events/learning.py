"""What is told about learning from a case: what went wrong, what is changed, that it was done, and who was told."""

from dataclasses import dataclass
from datetime import date

from shared.complaints.values import WordsReference


@dataclass(frozen=True, slots=True)
class LearningRecorded:
    """Something was learned from the case, and an action follows from it, with an owner and a day.

    Code 2024, 9.1 to 9.3: a landlord looks beyond the single complaint. The words say what was learned.
    """

    stage: int
    number: int
    cause: str  # delay, communication, records, workmanship, conduct, policy, decision, other
    action: str  # process, policy, training, contractor, communication, system, other
    owner: str  # officer or role who answers for the action
    due_on: date
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class LearningDone:
    """The action that followed from a case was carried out; the words are the evidence."""

    stage: int
    number: int
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class LearningShared:
    """What was learned was told to an audience (Code 2024, 9.3)."""

    stage: int
    number: int
    audience: str  # staff, contractors, residents, residents_panel, committee, governing_body
    words: WordsReference | None = None


LearningEvent = LearningRecorded | LearningDone | LearningShared

NAMES: dict[str, type[LearningEvent]] = {
    "complaint.learning-recorded.v1": LearningRecorded,
    "complaint.learning-done.v1": LearningDone,
    "complaint.learning-shared.v1": LearningShared,
}

__all__ = [
    "NAMES",
    "LearningDone",
    "LearningEvent",
    "LearningRecorded",
    "LearningShared",
]

"""What is told about the complainant following their own case: what they add to it, and the code they enter with."""

from dataclasses import dataclass

from shared.complaints.values import WordsReference


@dataclass(frozen=True, slots=True)
class InformationAdded:
    """The complainant, or who speaks for them, told the landlord more about the case.

    `about` is `case`, `reaching_them` (how they want to be reached) or `next_stage` (they asked for the next stage
    where the policy does not open it).
    """

    stage: int
    about: str
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class AccessCodeIssued:
    """A new access code for following the case goes to the complainant by letter; those before it end."""

    stage: int
    words: WordsReference | None = None


FollowingEvent = InformationAdded | AccessCodeIssued

NAMES: dict[str, type[FollowingEvent]] = {
    "complaint.information-added.v1": InformationAdded,
    "complaint.access-code-issued.v1": AccessCodeIssued,
}

__all__ = ["NAMES", "AccessCodeIssued", "FollowingEvent", "InformationAdded"]

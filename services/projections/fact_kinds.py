"""Sorts the facts of a case by what they are about, so that its timeline can be read in part.

Dates that were set, met or announced follow from what people did, and there are several to each: they stand folded
away until somebody asks for them. A date that was missed is no such thing and always stands open.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from shared.complaints import events as fact

Row = dict[str, Any]

DATES, CONTACT, DECISIONS, REDRESS, PEOPLE, OVERSIGHT, HANDLING = (
    "dates",
    "contact",
    "decisions",
    "redress",
    "people",
    "oversight",
    "handling",
)
NOTES = "notes"
WORDS, EVERYTHING, DONE = "words", "everything", ""
# What the timeline can be read by, in the order of its links; the first is what opens.
READINGS: dict[str, str] = {
    DONE: "What was done or missed",
    CONTACT: "Contact and letters",
    DECISIONS: "Decisions",
    REDRESS: "Promises and money",
    PEOPLE: "People and needs",
    OVERSIGHT: "Ombudsman and learning",
    HANDLING: "Handling",
    NOTES: "Internal notes",
    WORDS: "With words",
    DATES: "Dates",
    EVERYTHING: "Everything",
}

_KINDS: dict[str, tuple[type[Any], ...]] = {
    DATES: (
        fact.DeadlineSet,
        fact.DeadlineMet,
        fact.DeadlineLifted,
        fact.DeadlineApproaching,
        fact.DeadlineMissed,
        fact.DeadlineRecounted,
        fact.HoldingResponseDue,
        fact.DraftDue,
        fact.EscalationWindowClosed,
    ),
    CONTACT: (
        fact.ComplaintOpened,
        fact.DocumentAdded,
        fact.DocumentRemoved,
        fact.ComplaintAcknowledged,
        fact.ContactAttempted,
        fact.ContactMade,
        fact.HoldingResponseSent,
        fact.ResponseIssued,
        fact.UpdatesAgreed,
        fact.UpdateGiven,
        fact.SharedWithRepresentative,
        fact.InformationAdded,
        fact.AccessCodeIssued,
    ),
    DECISIONS: (
        fact.DeadlineExtended,
        fact.DraftSubmitted,
        fact.DraftApproved,
        fact.DraftReturned,
        fact.ComplaintEscalated,
        fact.ComplaintRefused,
        fact.ComplaintWithdrawn,
        fact.ComplaintClosed,
        fact.ComplaintReopened,
        fact.RouteChanged,
        fact.DiscretionUsed,
        fact.StandingRecorded,
        fact.PanelReported,
    ),
    REDRESS: (
        fact.PromiseMade,
        fact.PromiseKept,
        fact.PromiseMissed,
        fact.PromiseTold,
        fact.CompensationOffered,
        fact.CompensationApproved,
        fact.CompensationAnswered,
        fact.CompensationPaid,
        fact.ContributionAsked,
        fact.ContributionGiven,
        fact.ServiceRequestRemedied,
    ),
    PEOPLE: (
        fact.RepresentativeNamed,
        fact.ConsentGiven,
        fact.ConsentWithdrawn,
        fact.ConsentEnded,
        fact.ConflictDeclared,
        fact.ConflictWithdrawn,
        fact.BehaviourRestricted,
        fact.RestrictionReviewed,
        fact.AdjustmentMade,
        fact.AdjustmentReviewed,
        fact.AccessRestricted,
        fact.WordsErased,
    ),
    OVERSIGHT: (
        fact.ReferredToOmbudsman,
        fact.OmbudsmanDetermined,
        fact.RefusalOverturned,
        fact.EvidenceRequested,
        fact.EvidenceSupplied,
        fact.OmbudsmanOrdered,
        fact.OrderComplied,
        fact.LearningRecorded,
        fact.LearningDone,
        fact.LearningShared,
    ),
    NOTES: (fact.NoteAdded,),
}
_KIND_OF = {of: kind for kind, members in _KINDS.items() for of in members}
_ALWAYS_OPEN = (fact.DeadlineMissed, fact.EscalationWindowClosed)
# What colleagues write for one another.
_INTERNAL = (fact.NoteAdded, fact.DraftSubmitted, fact.DraftReturned)


@dataclass(frozen=True, slots=True)
class Stretch:
    """Facts that stand together on the timeline: one that is shown, or several folded away."""

    facts: tuple[Row, ...]
    folded: bool


def kind_of(event: fact.ComplaintEvent) -> str:
    """What a fact is about; what no kind claims is handling."""
    return _KIND_OF.get(type(event), HANDLING)


def may_fold(event: fact.ComplaintEvent) -> bool:
    """Whether it is a date that only follows from something else."""
    return kind_of(event) == DATES and not isinstance(event, _ALWAYS_OPEN)


def is_internal(event: fact.ComplaintEvent) -> bool:
    """Whether its words are for colleagues only, and are never shown to the complainant."""
    return isinstance(event, _INTERNAL)


def counted(timeline: Iterable[Row]) -> dict[str, int]:
    """How many facts each reading of the timeline shows; those folded away are not counted."""
    rows = list(timeline)
    return {reading: sum(_is_in(row, reading) for row in rows) for reading in READINGS}


def read(timeline: Sequence[Row], reading: str) -> list[Stretch]:
    """The timeline in the order given, as far as `reading` (one of READINGS) shows it."""
    if reading != DONE:
        return [Stretch((row,), folded=False) for row in timeline if _is_in(row, reading)]
    stretches: list[Stretch] = []
    for folded, rows in groupby(timeline, key=lambda row: bool(row["may_fold"])):
        if folded:
            stretches.append(Stretch(tuple(rows), folded=True))
        else:
            stretches += [Stretch((row,), folded=False) for row in rows]
    return stretches


def _is_in(row: Row, reading: str) -> bool:
    match reading:
        case "everything":
            return True
        case "":
            return not row["may_fold"]
        case "words":
            return bool(row["has_words"])
        case kind:
            return bool(row["kind"] == kind)

"""What is told about what a case is: its definition, its issues, the route it takes, the cases beside it."""

from dataclasses import dataclass
from datetime import date, datetime

from shared.complaints.values import Issue, Route, WordsReference


@dataclass(frozen=True, slots=True)
class ComplaintDefined:
    """What is complained of, or what is wanted, was put in words: a new version of that part."""

    stage: int
    part: str  # complaint, desired_outcome
    definition: int  # versions of a part count from 1
    agreed: bool  # with the complainant
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class IssueAdded:
    """A further issue was folded into the complaint before its response."""

    stage: int
    issue: Issue
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class IssueSplitOff:
    """An issue became a complaint of its own, under another reference."""

    stage: int
    number: int
    to_reference: str
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class RouteChanged:
    """The triage was revised; the first receipt stays, and the clock counts from where the policy says."""

    stage: int
    from_route: Route
    to_route: Route
    clock: str  # first_receipt, conversion
    counts_from_on: date
    counts_from_at: datetime | None
    agreed: bool  # with the complainant
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True)
class CaseLinked:
    """Another case belongs to this one."""

    stage: int
    to_reference: str
    relation: str  # split_off, converted_from, follows, related
    words: WordsReference | None = None


ScopeEvent = ComplaintDefined | IssueAdded | IssueSplitOff | RouteChanged | CaseLinked

NAMES: dict[str, type[ScopeEvent]] = {
    "complaint.defined.v1": ComplaintDefined,
    "complaint.issue-added.v1": IssueAdded,
    "complaint.issue-split-off.v1": IssueSplitOff,
    "complaint.route-changed.v1": RouteChanged,
    "complaint.case-linked.v1": CaseLinked,
}

__all__ = [
    "NAMES",
    "CaseLinked",
    "ComplaintDefined",
    "IssueAdded",
    "IssueSplitOff",
    "RouteChanged",
    "ScopeEvent",
]

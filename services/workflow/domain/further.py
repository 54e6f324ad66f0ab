"""What a case holds besides its stages: numbered entries such as promises, offers and requests, each
with where it stands.

`after` never fails and computes no date; an entry that a history mentions without a number is not
kept.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shared.complaints import events as told
from shared.complaints.events import ComplaintEvent
from shared.complaints.values import Moment

PROMISE = "promise"
COMPENSATION = "compensation"
REPRESENTATIVE = "representative"
DEFINITION = "definition"
MEDIATION = "mediation"
RESTRICTION = "restriction"
ADJUSTMENT = "adjustment"
CONTRIBUTION = "contribution"
EVIDENCE = "evidence_request"
ORDER = "ombudsman_order"
CONCERN = "concern"
LEARNING = "learning"
UPDATE = "update"
REFERRAL = "referral"
DOCUMENT = "document"


@dataclass(frozen=True, slots=True)
class Entry:
    """One numbered thing of a kind, and where it stands."""

    kind: str
    number: int
    standing: str
    stage: int
    actor: str
    about: str = ""  # a scope, a part, a concern
    until: date | None = None
    amount_pence: int | None = None
    items: tuple[str, ...] = ()  # what is still wanted
    relation: str = ""  # of a representative to the complainant
    given: int = 0  # how often consent was given


@dataclass(frozen=True, slots=True)
class Access:
    """Who may see a case that not everybody may see."""

    mark: str
    roles: tuple[str, ...]
    kept_from: frozenset[str]


@dataclass(frozen=True, slots=True)
class Further:
    """Everything besides the stages, as it stands."""

    entries: tuple[Entry, ...] = ()
    conflicted: frozenset[str] = frozenset()
    panel: frozenset[int] = frozenset()  # stages for which one was convened
    access: Access | None = None
    petition: bool = False
    standing: str | None = None  # what ties the complainant to the landlord, where it was recorded
    taken_late: bool = False  # in spite of its age
    at_ombudsman: bool = False

    def entry(self, kind: str, number: int) -> Entry | None:
        """Return one entry by its number."""
        return next((each for each in self.of(kind) if each.number == number), None)

    def of(self, kind: str) -> tuple[Entry, ...]:
        """Return the entries of a kind in the order in which they came."""
        return tuple(each for each in self.entries if each.kind == kind)

    def next_number(self, kind: str) -> int:
        """Return the number of the next entry of a kind."""
        return len(self.of(kind)) + 1

    @property
    def referred_to(self) -> frozenset[str]:
        """The organisations that the case was referred to, with a permission that still stands."""
        return frozenset(each.about for each in self.of(REFERRAL) if each.standing == "referred")

    def may_see(self, *, officer: str, role: str) -> bool:
        """Say whether an officer may see the case at all, as far as it is restricted."""
        if self.access is None:
            return True
        return role in self.access.roles and officer not in self.access.kept_from

    def consent_for(self, number: int, *, on: date) -> str | None:
        """Return up to what a representative may be told on a day; None where nothing."""
        entry = self.entry(REPRESENTATIVE, number)
        if entry is None or entry.standing != "consented":
            return None
        return entry.about if entry.until is None or on <= entry.until else None


NOTHING_FURTHER = Further()


def after(further: Further, event: ComplaintEvent, *, moment: Moment, actor: str) -> Further:
    """Return what the case holds after one more event."""
    del moment  # what is kept here counts no days
    new = _NEW.get(type(event))
    if new is not None:
        entry = new(event, actor)
        return further if entry is None else replace(further, entries=(*further.entries, entry))
    move = _MOVES.get(type(event))
    if move is not None:
        return _moved(further, event, *move)
    match event:
        case told.ConflictDeclared() | told.ConflictWithdrawn():
            return _interest(further, event)
        case told.PanelConvened():
            return replace(further, panel=further.panel | {event.stage})
        case told.AccessRestricted():
            return replace(
                further, access=Access(event.mark, event.roles, frozenset(event.kept_from))
            )
        case told.StandingRecorded():
            return replace(further, standing=event.standing)
        case _:
            return _marked(further, event)


def _marked(further: Further, event: ComplaintEvent) -> Further:
    """Keep what was said once and stays so."""
    match event:
        case told.PetitionMarked():
            return replace(further, petition=True)
        case told.DiscretionUsed():
            return replace(further, taken_late=True)
        case told.ReferredToOmbudsman():
            return replace(further, at_ombudsman=True)
        case _:
            return further


def _interest(further: Further, event: told.ConflictDeclared | told.ConflictWithdrawn) -> Further:
    """Who declares an interest in a marked case is kept from it until it is marked anew."""
    if isinstance(event, told.ConflictWithdrawn):
        return replace(further, conflicted=further.conflicted - {event.officer})
    access = further.access
    if access is not None:
        access = replace(access, kept_from=access.kept_from | {event.officer})
    return replace(further, conflicted=further.conflicted | {event.officer}, access=access)


def _entry(kind: str, standing: str) -> Callable[[Any, str], Entry | None]:
    """How an event of a kind becomes an entry."""

    def new(event: Any, actor: str) -> Entry | None:
        if event.number is None:
            return None
        return Entry(
            kind=kind,
            number=event.number,
            standing=standing,
            stage=event.stage,
            actor=actor,
            about=_first(event, "concern", "of", "relation", "kind", "to_organisation") or "",
            until=_first(event, "by", "due_on", "review_on"),
            amount_pence=getattr(event, "amount_pence", None),
            items=getattr(event, "items", ()),
            relation=getattr(event, "relation", ""),
        )

    return new


def _updates(event: told.UpdatesAgreed, actor: str) -> Entry:
    every = str(event.every_working_days)
    return Entry(UPDATE, event.number, "in force", event.stage, actor, about=every)


def _document(event: told.DocumentAdded, actor: str) -> Entry:
    return Entry(DOCUMENT, event.number, "kept", event.stage, actor, about=event.document)


def _definition(event: told.ComplaintDefined, actor: str) -> Entry:
    standing = "agreed" if event.agreed else "proposed"
    number = event.definition
    return Entry(f"{DEFINITION} {event.part}", number, standing, event.stage, actor)


def _first(event: Any, *names: str) -> Any:
    return next((getattr(event, name) for name in names if hasattr(event, name)), None)


def _moved(
    further: Further, event: Any, kind: str, change: Callable[[Entry, Any], Entry]
) -> Further:
    entries = tuple(
        change(each, event) if (each.kind, each.number) == (kind, event.number) else each
        for each in further.entries
    )
    return replace(further, entries=entries)


def _stands(standing: str) -> Callable[[Entry, Any], Entry]:
    return lambda entry, _event: replace(entry, standing=standing)


def _reviewed(entry: Entry, event: Any) -> Entry:
    standing = entry.standing if event.kept else "ended"
    return replace(entry, standing=standing, until=event.review_on)


def _supplied(entry: Entry, event: told.EvidenceSupplied) -> Entry:
    items = tuple(item for item in entry.items if item not in {*event.items, *event.not_held})
    return replace(entry, items=items, standing=entry.standing if items else "supplied")


def _consented(entry: Entry, event: told.ConsentGiven) -> Entry:
    given = entry.given + 1
    return replace(entry, standing="consented", about=event.scope, until=event.until, given=given)


def _permitted(entry: Entry, event: told.ReferralPermissionAnswered) -> Entry:
    return replace(entry, standing="permitted" if event.permitted else "declined")


def _answered(entry: Entry, event: told.CompensationAnswered) -> Entry:
    return replace(entry, standing="accepted" if event.accepted else "declined")


_NEW: dict[type[ComplaintEvent], Callable[[Any, str], Entry | None]] = {
    told.PromiseMade: _entry(PROMISE, "made"),
    told.CompensationOffered: _entry(COMPENSATION, "offered"),
    told.RepresentativeNamed: _entry(REPRESENTATIVE, "without consent"),
    told.MediationOffered: _entry(MEDIATION, "offered"),
    told.BehaviourRestricted: _entry(RESTRICTION, "in force"),
    told.AdjustmentMade: _entry(ADJUSTMENT, "in force"),
    told.ContributionAsked: _entry(CONTRIBUTION, "asked"),
    told.EvidenceRequested: _entry(EVIDENCE, "requested"),
    told.OmbudsmanOrdered: _entry(ORDER, "ordered"),
    told.ConcernMarked: _entry(CONCERN, "open"),
    told.ComplaintDefined: _definition,
    told.LearningRecorded: _entry(LEARNING, "open"),
    told.UpdatesAgreed: _updates,
    told.ReferralPermissionAsked: _entry(REFERRAL, "asked"),
    told.DocumentAdded: _document,
}
_MOVES: dict[type[ComplaintEvent], tuple[str, Callable[[Entry, Any], Entry]]] = {
    told.PromiseKept: (PROMISE, _stands("kept")),
    told.PromiseTold: (PROMISE, _stands("told")),
    told.CompensationApproved: (COMPENSATION, _stands("approved")),
    told.CompensationAnswered: (COMPENSATION, _answered),
    told.CompensationPaid: (COMPENSATION, _stands("paid")),
    told.ConsentGiven: (REPRESENTATIVE, _consented),
    told.ConsentWithdrawn: (REPRESENTATIVE, _stands("withdrawn")),
    told.ConsentEnded: (REPRESENTATIVE, _stands("ended")),
    told.MediationAnswered: (MEDIATION, _stands("answered")),
    told.RestrictionReviewed: (RESTRICTION, _reviewed),
    told.AdjustmentReviewed: (ADJUSTMENT, _reviewed),
    told.ContributionGiven: (CONTRIBUTION, _stands("given")),
    told.EvidenceSupplied: (EVIDENCE, _supplied),
    told.OrderComplied: (ORDER, _stands("complied")),
    told.ConcernDealtWith: (CONCERN, _stands("dealt with")),
    told.LearningDone: (LEARNING, _stands("done")),
    told.ReferralPermissionAnswered: (REFERRAL, _permitted),
    told.ReferralPermissionWithdrawn: (REFERRAL, _stands("withdrawn")),
    told.ReferredToOrganisation: (REFERRAL, _stands("referred")),
    told.DocumentRemoved: (DOCUMENT, _stands("removed")),
}

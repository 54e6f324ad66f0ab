"""What letters need to know of a complaint, folded from its facts: ids, dates and numbers, no words. Pure."""

from dataclasses import dataclass, replace
from datetime import date, datetime

from shared.complaints.events import (
    AccessRestricted,
    AdjustmentMade,
    AdjustmentReviewed,
    ComplaintAllocated,
    ComplaintDefined,
    ComplaintEvent,
    ComplaintOpened,
    ConflictDeclared,
    ConsentEnded,
    ConsentGiven,
    ConsentWithdrawn,
    DeadlineLifted,
    DeadlineMet,
    DeadlineSet,
    IssueAdded,
    IssueSplitOff,
    PromiseKept,
    PromiseMade,
    ReferralPermissionWithdrawn,
    ReferredToOrganisation,
    RepresentativeNamed,
    RouteChanged,
)
from shared.policies.policy import BETWEEN_OFFICERS

LARGE_PRINT = "large_print"  # written here, the others by people
PREPARED_BY_PEOPLE = frozenset({"audio", "braille", "easy_read", "translation", "by_phone"})
FORMATS = PREPARED_BY_PEOPLE | {LARGE_PRINT}


@dataclass(frozen=True, slots=True)
class RunningDeadline:
    """A duty that is still owed; `is_internal` where it is no promise to the complainant."""

    duty: str
    stage: int
    due_on: date
    due_at: datetime | None
    rule: str
    clause: str
    is_internal: bool


@dataclass(frozen=True, slots=True)
class Need:
    """How this person can read what is sent: the adjustment it was agreed as, and its language."""

    number: int
    kind: str
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Promised:
    """A promise that is still open: its words in the vault, or the issue whose remedy it is."""

    number: int
    by: date | None
    words: str | None = None
    issue: int | None = None


@dataclass(frozen=True, slots=True)
class Representative:
    """Somebody who speaks for the complainant; the words say who, and how to reach them."""

    number: int
    relation: str
    words: str | None
    consented: bool = False


@dataclass(frozen=True, slots=True)
class ComplaintFacts:
    """What letters need to know of a complaint, folded from its events."""

    organisation: str
    route: str
    complainant: str | None
    handlers: dict[int, tuple[str, ...]]
    deadlines: tuple[RunningDeadline, ...]
    seen_by: tuple[str, ...] | None = None  # roles; none: everybody who may see the organisation
    kept_from: tuple[str, ...] = ()  # officers who may not see it, whatever their role
    needs: tuple[Need, ...] = ()
    policy_hash: str | None = None  # of the policy it runs under
    subjects: tuple[tuple[int, str], ...] = ()  # the categories of its issues, by their numbers
    definition: str | None = None  # the words of what is complained of, as last defined
    outcome_sought: str | None = None  # the words of what is wanted
    promises: tuple[Promised, ...] = ()  # made and not yet kept
    kept: tuple[Promised, ...] = ()
    representatives: tuple[Representative, ...] = ()
    referred_to: tuple[str, ...] = ()  # other organisations whose officers see it too


class ComplaintNotOpened(LookupError):
    """A fact came of a complaint whose opening was not seen."""


def fold(complaint: ComplaintFacts | None, event: ComplaintEvent) -> ComplaintFacts:
    """The facts about the complaint after the event."""
    if isinstance(event, ComplaintOpened):
        return ComplaintFacts(
            organisation=event.organisation,
            route=event.route.value,
            complainant=event.complainant,
            handlers={},
            deadlines=(),
            policy_hash=event.policy_hash,
            subjects=tuple((issue.number, issue.category) for issue in event.issues),
        )
    if complaint is None:
        raise ComplaintNotOpened("a fact came before the complaint was opened")
    match event:
        case DeadlineSet() | DeadlineMet() | DeadlineLifted() if event.overlay is not None:
            return complaint  # no promise to the complainant: it judges the landlord
        case DeadlineSet():
            running = _without(complaint, duty=event.duty, stage=event.stage)
            return replace(complaint, deadlines=(*running, _running(event)))
        case DeadlineMet() | DeadlineLifted():
            running = _without(complaint, duty=event.duty, stage=event.stage)
            return replace(complaint, deadlines=running)
        case IssueAdded():
            added = (event.issue.number, event.issue.category)
            return replace(complaint, subjects=(*complaint.subjects, added))
        case IssueSplitOff():
            subjects = tuple(one for one in complaint.subjects if one[0] != event.number)
            return replace(complaint, subjects=subjects)
        case PromiseMade() | PromiseKept():
            return _about_promises(complaint, event)
        case _:
            return _about_people(complaint, event)


def _about_promises(complaint: ComplaintFacts, event: PromiseMade | PromiseKept) -> ComplaintFacts:
    if event.number is None:
        return complaint  # from a history that does not number them
    if isinstance(event, PromiseMade):
        words = None if event.words is None else event.words.words
        made = Promised(event.number, event.by, words, event.issue)
        return replace(complaint, promises=(*complaint.promises, made))
    done = tuple(one for one in complaint.promises if one.number == event.number)
    still = tuple(one for one in complaint.promises if one.number != event.number)
    return replace(complaint, promises=still, kept=(*complaint.kept, *done))


def _about_people(complaint: ComplaintFacts, event: ComplaintEvent) -> ComplaintFacts:
    match event:
        case ComplaintAllocated():
            handlers = complaint.handlers | {event.stage: event.handlers}
            return replace(complaint, handlers=handlers)
        case ComplaintDefined() if event.words is not None:
            if event.part == "desired_outcome":
                return replace(complaint, outcome_sought=event.words.words)
            return replace(complaint, definition=event.words.words)
        case RepresentativeNamed():
            words = None if event.words is None else event.words.words
            named = Representative(event.number, event.relation, words)
            return replace(complaint, representatives=(*complaint.representatives, named))
        case ConsentGiven() | ConsentWithdrawn() | ConsentEnded():
            given = isinstance(event, ConsentGiven)
            speaking = tuple(
                replace(one, consented=given) if one.number == event.number else one
                for one in complaint.representatives
            )
            return replace(complaint, representatives=speaking)
        case RouteChanged():
            return replace(complaint, route=event.to_route.value)
        case _:
            return _about_access(complaint, event)


def _about_access(complaint: ComplaintFacts, event: ComplaintEvent) -> ComplaintFacts:
    match event:
        case ReferredToOrganisation():
            others = tuple(dict.fromkeys((*complaint.referred_to, event.to_organisation)))
            return replace(complaint, referred_to=others)
        case ReferralPermissionWithdrawn():
            others = tuple(one for one in complaint.referred_to if one != event.to_organisation)
            return replace(complaint, referred_to=others)
        case AccessRestricted():
            return replace(complaint, seen_by=event.roles, kept_from=event.kept_from)
        case ConflictDeclared() if event.officer not in complaint.kept_from:
            return replace(complaint, kept_from=(*complaint.kept_from, event.officer))
        case AdjustmentMade() if event.kind in FORMATS:
            need = Need(event.number, event.kind, event.language)
            return replace(complaint, needs=(*complaint.needs, need))
        case AdjustmentReviewed() if not event.kept:
            needs = tuple(need for need in complaint.needs if need.number != event.number)
            return replace(complaint, needs=needs)
        case _:
            return complaint


def _running(event: DeadlineSet) -> RunningDeadline:
    return RunningDeadline(
        duty=event.duty,
        stage=event.stage,
        due_on=event.due_on,
        due_at=event.due_at,
        rule=event.rule,
        clause=event.clause,
        is_internal=event.duty in BETWEEN_OFFICERS
        or event.trigger.startswith("before ")
        or " " in event.duty,  # owed besides the stages, such as `promise 1`: no letter promises it
    )


def _without(complaint: ComplaintFacts, *, duty: str, stage: int) -> tuple[RunningDeadline, ...]:
    return tuple(one for one in complaint.deadlines if (one.duty, one.stage) != (duty, stage))

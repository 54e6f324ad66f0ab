"""Which letter follows from which fact, and to whom: pure, from the facts alone.

A letter holds ids and dates. Its words, with names and addresses, are written when it is sent.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from shared.complaints.events import (
    AccessRestricted,
    AdjustmentMade,
    AdjustmentReviewed,
    ComplaintAcknowledged,
    ComplaintAllocated,
    ComplaintClosed,
    ComplaintEvent,
    ComplaintOpened,
    ConflictDeclared,
    ConsentEnded,
    DeadlineApproaching,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    DraftDue,
    HoldingResponseDue,
    IssueAdded,
    IssueSplitOff,
)
from shared.policies.policy import BETWEEN_OFFICERS

NOBODY = "nobody"
SILENCE = "silence"
HOLDING_RESPONSE = "holding_response"
DRAFT = "draft"
LARGE_PRINT = "large_print"  # written here, the others by people
PREPARED_BY_PEOPLE = frozenset({"audio", "braille", "easy_read", "translation", "by_phone"})
FORMATS = PREPARED_BY_PEOPLE | {LARGE_PRINT}


class LetterKind(StrEnum):
    """What a letter says; also the name of its template."""

    ACKNOWLEDGEMENT = "acknowledgement"
    CLOSED_BY_SILENCE = "closed_by_silence"
    DEADLINE_APPROACHING = "deadline_approaching"
    HOLDING_RESPONSE_DUE = "holding_response_due"
    DRAFT_DUE = "draft_due"
    DEADLINE_MISSED = "deadline_missed"
    FORMAT_NEEDED = "format_needed"
    CONSENT_ENDED = "consent_ended"


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


@dataclass(frozen=True, slots=True)
class Staff:
    """The landlord's officers: who there is, and the complaints team of each organisation."""

    known: frozenset[str]
    complaints_teams: Mapping[str, tuple[str, ...]]

    def who_is_reminded(self, complaint: ComplaintFacts, *, stage: int) -> tuple[str, ...]:
        """The stage's handlers, else the organisation's complaints team, else the landlord's."""
        handlers = tuple(one for one in complaint.handlers.get(stage, ()) if one in self.known)
        everyone = tuple(one for team in self.complaints_teams.values() for one in team)
        return handlers or self.complaints_teams.get(complaint.organisation, ()) or everyone


@dataclass(frozen=True, slots=True)
class LetterFacts:
    """Ids and dates that the words of a letter are made of."""

    stage: int
    route: str
    duty: str | None = None
    due_on: date | None = None
    response_due_on: date | None = None
    clause: str | None = None
    handlers: tuple[str, ...] = ()
    expected: tuple[RunningDeadline, ...] = ()
    needs: tuple[Need, ...] = ()
    policy_hash: str | None = None  # of the policy that the letter speaks of
    subjects: tuple[str, ...] = ()  # from which follows where else the complainant may go
    of_letter: str | None = None  # the letter that people are asked to prepare in a format


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one recipient: `complainant:<data subject>`, `officer:<officer>` or `nobody`."""

    recipient: str
    kind: LetterKind
    facts: LetterFacts


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
        case ComplaintAllocated():
            handlers = complaint.handlers | {event.stage: event.handlers}
            return replace(complaint, handlers=handlers)
        case IssueAdded():
            added = (event.issue.number, event.issue.category)
            return replace(complaint, subjects=(*complaint.subjects, added))
        case IssueSplitOff():
            subjects = tuple(one for one in complaint.subjects if one[0] != event.number)
            return replace(complaint, subjects=subjects)
        case _:
            return _about_people(complaint, event)


def _about_people(complaint: ComplaintFacts, event: ComplaintEvent) -> ComplaintFacts:
    match event:
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


def letters_for(
    event: ComplaintEvent, complaint: ComplaintFacts, staff: Staff
) -> tuple[Letter, ...]:
    """The letters that follow; `complaint` is as it stands after the event's command."""
    match event:
        case ComplaintAcknowledged():
            return _to_complainant(complaint, staff, _acknowledgement(event, complaint))
        case ComplaintClosed() if event.because == SILENCE:
            facts = LetterFacts(event.stage, complaint.route, clause=event.clause)
            return _to_complainant(complaint, staff, (LetterKind.CLOSED_BY_SILENCE, facts))
        case DeadlineApproaching():
            facts = _about(complaint, duty=event.duty, stage=event.stage, due_on=event.due_on)
            return _to_officers(complaint, staff, LetterKind.DEADLINE_APPROACHING, facts)
        case HoldingResponseDue():
            facts = replace(
                _about(complaint, duty=HOLDING_RESPONSE, stage=event.stage, due_on=event.due_on),
                response_due_on=event.response_due_on,
            )
            return _to_officers(complaint, staff, LetterKind.HOLDING_RESPONSE_DUE, facts)
        case DraftDue():
            facts = _about(complaint, duty=DRAFT, stage=event.stage, due_on=event.due_on)
            return _to_officers(complaint, staff, LetterKind.DRAFT_DUE, facts)
        case DeadlineMissed() if event.overlay is None:
            facts = _about(complaint, duty=event.duty, stage=event.stage, due_on=event.due_on)
            return _to_officers(complaint, staff, LetterKind.DEADLINE_MISSED, facts)
        case ConsentEnded():
            whose = f"representative {event.number}"
            facts = _about(complaint, duty=whose, stage=event.stage, due_on=event.until)
            return _to_officers(complaint, staff, LetterKind.CONSENT_ENDED, facts)
        case _:
            return ()


def _acknowledgement(
    event: ComplaintAcknowledged, complaint: ComplaintFacts
) -> tuple[LetterKind, LetterFacts]:
    expected = tuple(
        deadline
        for deadline in sorted(complaint.deadlines, key=lambda one: one.due_on)
        if deadline.stage == event.stage and not deadline.is_internal
    )
    handlers = complaint.handlers.get(event.stage, ())
    facts = LetterFacts(
        event.stage,
        complaint.route,
        handlers=handlers,
        expected=expected,
    )
    return LetterKind.ACKNOWLEDGEMENT, facts


def _about(complaint: ComplaintFacts, *, duty: str, stage: int, due_on: date) -> LetterFacts:
    clauses = (one.clause for one in complaint.deadlines if (one.duty, one.stage) == (duty, stage))
    return LetterFacts(stage, complaint.route, duty=duty, due_on=due_on, clause=next(clauses, None))


def _to_complainant(
    complaint: ComplaintFacts, staff: Staff, letter: tuple[LetterKind, LetterFacts]
) -> tuple[Letter, ...]:
    """The letter, and a task for people where it is needed in a format that only they can make.

    The letter itself goes out all the same: no date waits for its other format.
    """
    if complaint.complainant is None:
        return ()  # an imported history that names nobody
    kind, facts = letter
    facts = replace(
        facts,
        needs=complaint.needs,
        policy_hash=complaint.policy_hash,
        subjects=tuple(dict.fromkeys(category for _, category in complaint.subjects)),
    )
    written = Letter(f"complainant:{complaint.complainant}", kind, facts)
    wanted = tuple(need for need in complaint.needs if need.kind in PREPARED_BY_PEOPLE)
    if not wanted:
        return (written,)
    task = LetterFacts(facts.stage, facts.route, needs=wanted, of_letter=kind.value)
    return (written, *_to_officers(complaint, staff, LetterKind.FORMAT_NEEDED, task))


def _to_officers(
    complaint: ComplaintFacts, staff: Staff, kind: LetterKind, facts: LetterFacts
) -> tuple[Letter, ...]:
    reminded = staff.who_is_reminded(complaint, stage=facts.stage)
    recipients: Iterable[str] = (f"officer:{officer}" for officer in dict.fromkeys(reminded))
    # A reminder that reaches nobody must be seen, not dropped.
    return tuple(Letter(recipient, kind, facts) for recipient in recipients) or (
        Letter(NOBODY, kind, facts),
    )


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

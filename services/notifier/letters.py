"""Which letter follows from which fact, and to whom: pure, from the facts alone.

A letter holds ids and dates. Its words, with names and addresses, are written when it is sent.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from services.notifier.case_facts import PREPARED_BY_PEOPLE, ComplaintFacts, RunningDeadline
from services.notifier.letter_facts import (
    Finding,
    Letter,
    LetterFacts,
    LetterKind,
    OfferedRemedy,
)
from shared.complaints.events import (
    AccessCodeIssued,
    ComplaintAcknowledged,
    ComplaintClosed,
    ComplaintEvent,
    ComplaintRefused,
    ConsentEnded,
    DeadlineApproaching,
    DeadlineExtended,
    DeadlineMissed,
    DeadlineRecounted,
    DraftDue,
    HoldingResponseDue,
    HoldingResponseSent,
    InformationAdded,
    PromiseTold,
    ResponseIssued,
    SharedWithRepresentative,
    UpdateGiven,
)
from shared.complaints.values import Channel

NOBODY = "nobody"
SILENCE = "silence"
RESPOND = "respond"
HOLDING_RESPONSE = "holding_response"
DRAFT = "draft"
ESCALATION_WINDOW = "escalation_window"


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


Told = tuple[LetterKind, LetterFacts]
ToldInWords = (
    ComplaintClosed
    | ComplaintRefused
    | DeadlineExtended
    | HoldingResponseSent
    | PromiseTold
    | ResponseIssued
    | SharedWithRepresentative
    | UpdateGiven
)


def letters_for(
    event: ComplaintEvent, complaint: ComplaintFacts, staff: Staff
) -> tuple[Letter, ...]:
    """The letters that follow; `complaint` is as it stands after the event's command."""
    told = _told(event, complaint)
    if told is not None:
        return _to_complainant(complaint, staff, told)
    match event:
        case SharedWithRepresentative() if event.send_letter:
            return _to_representative(event, complaint)
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
            return _of_information(event, complaint, staff)


def _of_information(
    event: ComplaintEvent, complaint: ComplaintFacts, staff: Staff
) -> tuple[Letter, ...]:
    """What the complainant adds reaches who handles the case."""
    if not isinstance(event, InformationAdded):
        return ()
    facts = LetterFacts(event.stage, complaint.route, because=event.about)
    return _to_officers(complaint, staff, LetterKind.INFORMATION_ADDED, facts)


def _told(event: ComplaintEvent, complaint: ComplaintFacts) -> Told | None:
    """What the complainant is told by letter; nothing where an officer told them in another way."""
    told = _ALWAYS_TOLD.get(type(event))
    if told is None and getattr(event, "send_letter", False):
        told = _TOLD_IN_WORDS.get(type(event))
    return None if told is None else told(event, complaint)


def _acknowledgement(event: ComplaintAcknowledged, complaint: ComplaintFacts) -> Told:
    facts = LetterFacts(
        event.stage,
        complaint.route,
        handlers=complaint.handlers.get(event.stage, ()),
        expected=_expected(complaint, event.stage),
        definition=complaint.definition,
        outcome_sought=complaint.outcome_sought,
    )
    if event.stage > 1:
        return LetterKind.ESCALATION_ACKNOWLEDGED, facts
    return LetterKind.ACKNOWLEDGEMENT, facts


def _expected(complaint: ComplaintFacts, stage: int) -> tuple[RunningDeadline, ...]:
    return tuple(
        deadline
        for deadline in sorted(complaint.deadlines, key=lambda one: one.due_on)
        if deadline.stage == stage and not deadline.is_internal
    )


def _access_code(event: AccessCodeIssued, complaint: ComplaintFacts) -> Told:
    return LetterKind.ACCESS_CODE, LetterFacts(event.stage, complaint.route, on_paper=True)


def _closed(event: ComplaintClosed, complaint: ComplaintFacts) -> Told | None:
    if event.because == SILENCE:
        facts = LetterFacts(event.stage, complaint.route, clause=event.clause)
        return LetterKind.CLOSED_BY_SILENCE, facts
    if not event.send_letter:
        return None
    facts = _in_words(event, complaint)
    closed = replace(facts, because=event.because, clause=event.clause, promises=complaint.promises)
    return LetterKind.CLOSED, closed


def _response(event: ResponseIssued, complaint: ComplaintFacts) -> Told:
    categories = dict(complaint.subjects)
    findings = tuple(
        Finding(
            found.number,
            categories.get(found.number, "other"),
            found.outcome.value,
            tuple(
                OfferedRemedy(one.kind.value, one.amount_pence, one.by) for one in found.remedies
            ),
        )
        for found in event.issues
    )
    window = (
        one.due_on
        for one in complaint.deadlines
        if (one.duty, one.stage) == (ESCALATION_WINDOW, event.stage)
    )
    facts = replace(
        _in_words(event, complaint),
        definition=complaint.definition,
        outcome_sought=complaint.outcome_sought,
        findings=findings,
        promises=tuple(one for one in complaint.promises if one.words is not None),
        ask_by=next(window, None),
    )
    return LetterKind.RESPONSE, facts


def _holding_response(event: HoldingResponseSent, complaint: ComplaintFacts) -> Told:
    facts = replace(_in_words(event, complaint), expected_on=event.expected_on)
    return LetterKind.HOLDING_RESPONSE, facts


def _extension(event: DeadlineExtended, complaint: ComplaintFacts) -> Told:
    facts = replace(_in_words(event, complaint), was_on=event.from_on, due_on=event.to_on)
    return LetterKind.EXTENSION, facts


def _refusal(event: ComplaintRefused, complaint: ComplaintFacts) -> Told:
    facts = _in_words(event, complaint)
    refused = replace(facts, clause=event.clause, destination=event.destination)
    return LetterKind.REFUSAL, refused


def _update(event: UpdateGiven, complaint: ComplaintFacts) -> Told:
    facts = replace(_in_words(event, complaint), expected=_expected(complaint, event.stage))
    return LetterKind.UPDATE, facts


def _promise_kept(event: PromiseTold, complaint: ComplaintFacts) -> Told:
    kept = tuple(one for one in complaint.kept if one.number == event.number)
    return LetterKind.PROMISE_KEPT, replace(_in_words(event, complaint), promises=kept)


def _date_moved(event: DeadlineRecounted, complaint: ComplaintFacts) -> Told | None:
    """The date of the answer, which is the one that letters name; not where only its hour moved."""
    if event.overlay is not None or event.duty != RESPOND or event.from_on == event.to_on:
        return None
    facts = _about(complaint, duty=event.duty, stage=event.stage, due_on=event.to_on)
    return LetterKind.DATE_MOVED, replace(facts, was_on=event.from_on, reason=event.reason)


# What the facts themselves say that Redress tells, and what an officer has it send.
_ALWAYS_TOLD: Mapping[type, Callable[[Any, ComplaintFacts], Told | None]] = {
    ComplaintAcknowledged: _acknowledgement,
    ComplaintClosed: _closed,
    DeadlineRecounted: _date_moved,
    AccessCodeIssued: _access_code,
}
_TOLD_IN_WORDS: Mapping[type, Callable[[Any, ComplaintFacts], Told]] = {
    ResponseIssued: _response,
    HoldingResponseSent: _holding_response,
    DeadlineExtended: _extension,
    ComplaintRefused: _refusal,
    UpdateGiven: _update,
    PromiseTold: _promise_kept,
}


def _in_words(event: ToldInWords, complaint: ComplaintFacts) -> LetterFacts:
    return LetterFacts(
        stage=getattr(event, "stage", 1),  # what is refused never got beyond the first
        route=complaint.route,
        words=None if event.words is None else event.words.words,
        on_paper=getattr(event, "channel", None) is Channel.LETTER,
    )


def _about(complaint: ComplaintFacts, *, duty: str, stage: int, due_on: date) -> LetterFacts:
    clauses = (one.clause for one in complaint.deadlines if (one.duty, one.stage) == (duty, stage))
    return LetterFacts(stage, complaint.route, duty=duty, due_on=due_on, clause=next(clauses, None))


def _to_complainant(complaint: ComplaintFacts, staff: Staff, letter: Told) -> tuple[Letter, ...]:
    """The letter, and a task for people where it is needed in a format that only they can make.

    The letter itself goes out all the same: no date waits for its other format.
    """
    if complaint.complainant is None:
        return ()  # an imported history that names nobody
    kind, facts = letter
    facts = _for_this_case(facts, complaint)
    written = Letter(f"complainant:{complaint.complainant}", kind, facts)
    wanted = tuple(need for need in complaint.needs if need.kind in PREPARED_BY_PEOPLE)
    if not wanted:
        return (written,)
    task = LetterFacts(facts.stage, facts.route, needs=wanted, of_letter=kind.value)
    return (written, *_to_officers(complaint, staff, LetterKind.FORMAT_NEEDED, task))


def _for_this_case(facts: LetterFacts, complaint: ComplaintFacts) -> LetterFacts:
    return replace(
        facts,
        needs=complaint.needs,
        policy_hash=complaint.policy_hash,
        subjects=tuple(dict.fromkeys(category for _, category in complaint.subjects)),
    )


def _to_representative(
    event: SharedWithRepresentative, complaint: ComplaintFacts
) -> tuple[Letter, ...]:
    """What was shared within the consent, to the address on record, which their own words hold."""
    speaking = (one for one in complaint.representatives if one.number == event.number)
    named = next(speaking, None)
    if complaint.complainant is None:
        return ()  # an imported history that names nobody
    facts = replace(
        _for_this_case(_in_words(event, complaint), complaint),
        needs=(),  # they are the complainant's
        # Whoever is not known here gets none, and the letter says so.
        addressee=None if named is None else named.words,
        redacted=event.redacted,
    )
    recipient = f"representative:{complaint.complainant}:{event.number}"
    return (Letter(recipient, LetterKind.COPY, facts),)


def _to_officers(
    complaint: ComplaintFacts, staff: Staff, kind: LetterKind, facts: LetterFacts
) -> tuple[Letter, ...]:
    reminded = staff.who_is_reminded(complaint, stage=facts.stage)
    recipients: Iterable[str] = (f"officer:{officer}" for officer in dict.fromkeys(reminded))
    # A reminder that reaches nobody must be seen, not dropped.
    return tuple(Letter(recipient, kind, facts) for recipient in recipients) or (
        Letter(NOBODY, kind, facts),
    )

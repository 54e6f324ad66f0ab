"""What a letter is before it has words: its kind, its recipient, the ids and dates that they are made of. Pure."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from services.notifier.case_facts import Need, Promised, RunningDeadline


class LetterKind(StrEnum):
    """What a letter says; also the name of its template."""

    ACKNOWLEDGEMENT = "acknowledgement"
    ESCALATION_ACKNOWLEDGED = "escalation_acknowledged"
    RESPONSE = "response"
    HOLDING_RESPONSE = "holding_response"
    EXTENSION = "extension"
    DATE_MOVED = "date_moved"
    REFUSAL = "refusal"
    UPDATE = "update"
    PROMISE_KEPT = "promise_kept"
    CLOSED = "closed"
    CLOSED_BY_SILENCE = "closed_by_silence"
    COPY = "copy"
    DEADLINE_APPROACHING = "deadline_approaching"
    HOLDING_RESPONSE_DUE = "holding_response_due"
    DRAFT_DUE = "draft_due"
    DEADLINE_MISSED = "deadline_missed"
    FORMAT_NEEDED = "format_needed"
    CONSENT_ENDED = "consent_ended"
    INFORMATION_ADDED = "information_added"
    SIGN_IN_CODE = "sign_in_code"
    ACCESS_CODE = "access_code"


@dataclass(frozen=True, slots=True)
class OfferedRemedy:
    """What is done to put an issue right."""

    kind: str
    amount_pence: int | None = None
    by: date | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found about an issue."""

    number: int
    category: str
    outcome: str
    remedies: tuple[OfferedRemedy, ...] = ()


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
    words: str | None = None  # what the letter says in the officer's own words, in the vault
    definition: str | None = None
    outcome_sought: str | None = None
    findings: tuple[Finding, ...] = ()
    promises: tuple[Promised, ...] = ()  # what is still to be done
    expected_on: date | None = None
    was_on: date | None = None  # the date that a letter named before
    reason: str | None = None  # why the landlord adopted the calendar that moved it
    because: str | None = None
    destination: str | None = None  # where an excluded matter goes instead
    ask_by: date | None = None  # the last day to ask for the next stage
    addressee: str | None = None  # the words that say who a representative is
    redacted: bool = False
    on_paper: bool = False  # whoever issued it chose a letter, whatever else is known


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter to one recipient: `complainant:<data subject>`, `officer:<officer>`, `nobody`, or
    `representative:<data subject of the complainant>:<number>`.
    """

    recipient: str
    kind: LetterKind
    facts: LetterFacts

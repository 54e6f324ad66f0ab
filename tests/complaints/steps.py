"""What is done to a complaint in these tests, as commands: a damp bedroom, a boiler, a missed
visit.
"""

from datetime import date
from typing import Any

from services.workflow.domain.commands import (
    AcknowledgeComplaint,
    AllocateComplaint,
    ApproveDraft,
    CloseComplaint,
    Command,
    EscalateComplaint,
    ExtendDeadline,
    IssueResponse,
    OpenComplaint,
    RecordContact,
    RecordContactAttempt,
    RefuseComplaint,
    ReopenComplaint,
    ReturnDraft,
    SendHoldingResponse,
    SubmitDraft,
    TimerFell,
    WithdrawComplaint,
)
from shared.complaints.values import (
    Channel,
    Issue,
    IssueOutcome,
    Outcome,
    Remedy,
    RemedyKind,
    Route,
    WordsReference,
)
from shared.policy_packs.loader import shipped_policies
from tests.support.complaint_spec import at, policy_named

# Officers by their work; ids stand for people.
TEAM = "officer-complaints-team"
TEAM_COLLEAGUE = "officer-complaints-team-2"
MANAGER = "officer-housing-manager"
HEAD = "officer-head-of-housing"
CHIEF = "officer-chief-executive"
BOARD_MEMBER = "officer-resident-board-member"
COUNCIL_MEMBER = "officer-council-board-member"
PANEL = (CHIEF, BOARD_MEMBER, COUNCIL_MEMBER)

# Every part that a shipped policy asks for in a response; others confirm no less.
EVERYTHING = tuple(
    sorted({part for name in shipped_policies() for letter in policy_named(name).letters
            for part in letter.contains})
)  # fmt: skip


def parts_of(policy: str, letter: str) -> tuple[str, ...]:
    """What a policy asks for in a letter."""
    asked = policy_named(policy).letter(letter)
    assert asked is not None
    return asked.contains


A_REASON = WordsReference("words-reason", "c0ffee")
A_LETTER = WordsReference("words-letter", "beef")
DAMP = Issue(1, "damp and mould")
MISSED_VISIT = Issue(2, "missed appointment")


def opened(
    on: date,
    clock: str = "09:30",
    *,
    route: Route = Route.COMPLAINT,
    issues: tuple[Issue, ...] = (DAMP,),
    named: tuple[str, ...] = (),
) -> OpenComplaint:
    return OpenComplaint(
        happened=at(on, clock),
        actor="complainant",
        reference="RB-2026-000001",
        organisation="mill-lane",
        route=route,
        channel=Channel.WEB_FORM,
        received=at(on, clock),
        issues=issues,
        complainant="subject-1",
        words=A_LETTER,
        named_officers=named,
    )


def acknowledged(on: date, clock: str = "12:00") -> AcknowledgeComplaint:
    return AcknowledgeComplaint(happened=at(on, clock), actor=TEAM, channel=Channel.EMAIL)


def tried(on: date) -> RecordContactAttempt:
    return RecordContactAttempt(happened=at(on), actor=TEAM, channel=Channel.PHONE)


def contacted(on: date, clock: str = "12:00") -> RecordContact:
    return RecordContact(happened=at(on, clock), actor=TEAM, channel=Channel.PHONE)


def allocated(on: date, *handlers: str, words: WordsReference | None = None) -> AllocateComplaint:
    return AllocateComplaint(happened=at(on), actor=TEAM, handlers=handlers, words=words)


def held(on: date, clock: str = "12:00") -> SendHoldingResponse:
    return SendHoldingResponse(happened=at(on, clock), actor=TEAM, words=A_LETTER)


def extended(
    on: date,
    to_on: date | None = None,
    *,
    by: int | None = None,
    agreed: bool = True,
    details: bool = True,
    good_reason: bool = False,
    words: WordsReference | None = A_REASON,
    told_on: date | None = None,
    role: str | None = "complaints_team",
) -> ExtendDeadline:
    return ExtendDeadline(
        happened=at(on),
        actor=TEAM,
        to_on=to_on,
        by_working_days=by,
        agreed=agreed,
        ombudsman_details_given=details,
        good_reason=good_reason,
        words=words,
        told_on=told_on,
        actor_role=role,
    )


def told_and_extended(on: date, **asked: Any) -> ExtendDeadline:
    """An extension that is authorised on the day on which the complainant is told of it."""
    return extended(on, told_on=on, **asked)


def drafted(on: date, clock: str = "10:00", *, by: str = MANAGER) -> SubmitDraft:
    return SubmitDraft(happened=at(on, clock), actor=by, words=A_LETTER)


def returned(
    on: date,
    clock: str = "11:00",
    *,
    by: str = TEAM,
    role: str | None = None,
    words: WordsReference | None = A_REASON,
) -> ReturnDraft:
    return ReturnDraft(happened=at(on, clock), actor=by, actor_role=role, words=words)


def approved(
    on: date, clock: str = "11:00", *, by: str = TEAM, contains: tuple[str, ...] = EVERYTHING
) -> ApproveDraft:
    return ApproveDraft(
        happened=at(on, clock), actor=by, actor_role="complaints_team", contains=contains
    )


def found(number: int = 1, outcome: Outcome = Outcome.UPHELD) -> IssueOutcome:
    return IssueOutcome(number, outcome, (Remedy(RemedyKind.APOLOGY),))


def answered(
    on: date,
    *findings: IssueOutcome,
    clock: str = "12:00",
    by: str = MANAGER,
    contains: tuple[str, ...] = EVERYTHING,
) -> IssueResponse:
    return IssueResponse(
        happened=at(on, clock),
        actor=by,
        issues=findings or (found(),),
        words=A_LETTER,
        contains=contains,
    )


def checked_and_answered(
    on: date, *findings: IssueOutcome, by: str = MANAGER
) -> tuple[Command, ...]:
    """A draft, its approval and the response, all on one day."""
    return drafted(on, by=by), approved(on), answered(on, *findings, by=by)


def escalated(
    on: date, clock: str = "12:00", *, words: WordsReference | None = None
) -> EscalateComplaint:
    return EscalateComplaint(
        happened=at(on, clock), actor="complainant", channel=Channel.PHONE, words=words
    )


def closed(
    on: date, because: str = "resolved", *, words: WordsReference | None = None
) -> CloseComplaint:
    return CloseComplaint(happened=at(on), actor=TEAM, because=because, words=words)


def refused(on: date, exclusion: str) -> RefuseComplaint:
    return RefuseComplaint(
        happened=at(on), actor=TEAM, exclusion=exclusion, words=A_LETTER, ombudsman_told=True
    )


def withdrawn(on: date) -> WithdrawComplaint:
    return WithdrawComplaint(happened=at(on), actor="complainant")


def reopened(on: date, *, words: WordsReference | None = A_REASON) -> ReopenComplaint:
    return ReopenComplaint(happened=at(on), actor=TEAM, words=words)


def fell(on: date, duty: str, *, kind: str = "missed", generation: int = 1) -> TimerFell:
    return TimerFell(
        happened=at(on, "00:00"),
        actor="system",
        kind=kind,
        duty=duty,
        stage=1,
        generation=generation,
    )

"""What may be asked of a complaint, by a person or by a day that passes."""

from dataclasses import dataclass
from datetime import date

from shared.complaints.values import (
    Channel,
    Issue,
    IssueOutcome,
    Moment,
    Route,
    WordsReference,
)
from shared.policies.policy import Citation, Span


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """When what the command tells of happened, and who gave it: an officer's id, `system`,
    `complainant` or `representative` with its number.
    """

    happened: Moment
    actor: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ConcernTerms:
    """A concern with a clock in law, and how long it may take."""

    concern: str
    span: Span
    cited: Citation
    responsible: str


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenComplaint(Asked):
    """Open what was received, under the policy in force on the day of receipt; the clocks of its
    concerns start with that receipt too.
    """

    reference: str
    organisation: str
    route: Route
    channel: Channel
    received: Moment
    issues: tuple[Issue, ...]
    complainant: str | None = None
    words: WordsReference | None = None
    named_officers: tuple[str, ...] = ()
    source_reference: str | None = None
    concerns: tuple[ConcernTerms, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AcknowledgeComplaint(Asked):
    """Record that the complainant was told of the receipt."""

    channel: Channel = Channel.UNKNOWN
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContactAttempt(Asked):
    """Record that the complainant was tried and not reached."""

    channel: Channel
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordContact(Asked):
    """Record that the complainant was reached."""

    channel: Channel
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AllocateComplaint(Asked):
    """Give the stage to the officer, or to the panel, who considers it; the words say why it goes to
    somebody else than before.
    """

    handlers: tuple[str, ...]
    words: WordsReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SendHoldingResponse(Asked):
    """Record that the complainant was told why the answer will be late, and when to expect it."""

    words: WordsReference | None = None
    expected_on: date | None = None
    send_letter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendDeadline(Asked):
    """Move the date of the response, to a day or by so many working days; by as many as the policy
    usually takes where neither is given.

    Where the policy names who authorises it, that is who gives the command, after `told_on`.
    """

    to_on: date | None = None
    by_working_days: int | None = None
    agreed: bool = False
    ombudsman_details_given: bool = False
    good_reason: bool = False
    words: WordsReference | None = None
    told_on: date | None = None  # the day on which the complainant was told of it
    actor_role: str | None = None
    ground: str | None = None  # one that the policy knows besides its usual condition
    send_letter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmitDraft(Asked):
    """Hand a draft response to the team that checks it."""

    words: WordsReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ApproveDraft(Asked):
    """Approve the latest draft for issue; the role of who approves, where it is known.

    `contains` are the parts of the letter that were found in it. What a lower level signs off
    needed no investigation and is agreed with the complainant.
    """

    actor_role: str | None = None
    contains: tuple[str, ...] = ()
    without_investigation: bool = False
    agreed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReturnDraft(Asked):
    """Send the latest draft back to who drafted it; the words say what is to be changed."""

    words: WordsReference | None = None
    actor_role: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueResponse(Asked):
    """Tell the complainant the outcome, issue by issue; the channel is how it is sent.

    `contains` are the parts of the letter that were found in it, where no draft was checked.
    """

    issues: tuple[IssueOutcome, ...]
    words: WordsReference | None = None
    channel: Channel = Channel.UNKNOWN
    contains: tuple[str, ...] = ()
    send_letter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class EscalateComplaint(Asked):
    """Open the next stage at the complainant's wish; `because` is dissatisfied or late, told from
    the case if not given.
    """

    channel: Channel
    words: WordsReference | None = None
    because: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseComplaint(Asked):
    """Close the case; `because` is final_response, resolved or other."""

    because: str
    words: WordsReference | None = None
    send_letter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RefuseComplaint(Asked):
    """Keep the matter out of the procedure, on one of the policy's grounds; the words are the
    reasons that the complainant was given.

    A ground of age needs to know when the matter arose, and when the complainant learnt of it.
    """

    exclusion: str
    words: WordsReference | None = None
    ombudsman_told: bool = False
    arose_on: date | None = None
    known_on: date | None = None
    discretion_considered: bool = False
    send_letter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class WithdrawComplaint(Asked):
    """Record that the complainant took the complaint back."""

    words: WordsReference | None = None
    send_letter: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReopenComplaint(Asked):
    """Open a closed case again, for a reason in words."""

    words: WordsReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FurtherCommand(Asked):
    """A command outside the stages: each stands in the module of its subject
    (`services.workflow.domain.subjects`).
    """

    words: WordsReference | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TimerFell(Asked):
    """Note that a timer came due; it happened at the timer's own moment, however late it is looked
    at.
    """

    kind: str  # notice, missed
    duty: str
    stage: int
    generation: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RecountDeadlines(Asked):
    """Count again what still runs, by the calendar that the landlord adopted; why it did is one
    sentence that names nobody.
    """

    reason: str


Command = (
    OpenComplaint
    | AcknowledgeComplaint
    | RecordContactAttempt
    | RecordContact
    | AllocateComplaint
    | SendHoldingResponse
    | ExtendDeadline
    | SubmitDraft
    | ApproveDraft
    | ReturnDraft
    | IssueResponse
    | EscalateComplaint
    | CloseComplaint
    | RefuseComplaint
    | WithdrawComplaint
    | ReopenComplaint
    | TimerFell
    | RecountDeadlines
    | FurtherCommand
)

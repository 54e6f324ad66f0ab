"""What an officer may send with each command, checked strictly: one body per command, and the
command it becomes.

The JSON API and the plain forms both go through these, so that no rule about what may be sent
stands twice.
"""

from datetime import date
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from services.workflow.body import (
    ChannelBody,
    CommandBody,
    Given,
    LetterBody,
    OfficerId,
    WordsBody,
    WrittenBody,
)
from services.workflow.domain import commands
from services.workflow.domain.commands import Command
from services.workflow.subjects import FURTHER_FORMS
from shared.complaints.values import (
    Channel,
    IssueOutcome,
    Outcome,
    Remedy,
    RemedyKind,
)

MOST_ISSUES = 50
MOST_REMEDIES = 20
MOST_HANDLERS = 9
MOST_PENCE = 100_000_000
MOST_PARTS = 40  # of a letter; a policy names a handful
MOST_WORKING_DAYS = 250  # a year; what a policy allows is its own, smaller matter


# Parts of a letter, in the words of the policy: what was found in it by whoever checked it.
Parts = Annotated[
    tuple[Annotated[str, StringConstraints(min_length=1, max_length=300)], ...],
    Field(default=(), max_length=MOST_PARTS, description="parts of the letter that it contains"),
]


class AcknowledgementBody(ChannelBody):
    """The complainant was told that the complaint was received."""

    words_kind = "letter"

    def command(self, given: Given) -> Command:
        """`AcknowledgeComplaint`."""
        return commands.AcknowledgeComplaint(
            channel=self.channel, words=given.words, happened=given.happened, actor=given.actor
        )


class ContactAttemptBody(ChannelBody):
    """The complainant was tried and not reached."""

    def command(self, given: Given) -> Command:
        """`RecordContactAttempt`."""
        return commands.RecordContactAttempt(
            channel=self.channel, words=given.words, happened=given.happened, actor=given.actor
        )


class ContactBody(ChannelBody):
    """The complainant was reached."""

    def command(self, given: Given) -> Command:
        """`RecordContact`."""
        return commands.RecordContact(
            channel=self.channel, words=given.words, happened=given.happened, actor=given.actor
        )


class AllocationBody(WordsBody):
    """The stage is given to one officer or to a panel; the words say why it goes to others now."""

    gives_work_in = "handlers"
    handlers: list[OfficerId] = Field(min_length=1, max_length=MOST_HANDLERS)

    def command(self, given: Given) -> Command:
        """`AllocateComplaint`."""
        return commands.AllocateComplaint(
            handlers=tuple(self.handlers),
            words=given.words,
            happened=given.happened,
            actor=given.actor,
        )


class HoldingResponseBody(WrittenBody):
    """The complainant was told that the answer will be late."""

    words_kind = "letter"
    expected_on: date | None = None

    def command(self, given: Given) -> Command:
        """`SendHoldingResponse`."""
        return commands.SendHoldingResponse(
            words=given.words,
            expected_on=self.expected_on,
            send_letter=self.send_letter,
            happened=given.happened,
            actor=given.actor,
        )


class ExtensionBody(WrittenBody):
    """The date of the response moves, to a day or by working days."""

    words_kind = "letter"
    to_on: date | None = None
    by_working_days: int | None = Field(default=None, ge=1, le=MOST_WORKING_DAYS)
    agreed: bool = False
    ombudsman_details_given: bool = False
    good_reason: bool = False
    told_on: date | None = Field(
        default=None, description="when the complainant was told, where somebody authorises it"
    )
    ground: Literal["legal_advice"] | None = Field(
        default=None, description="a ground that the policy knows besides its usual condition"
    )

    @model_validator(mode="after")
    def says_how_far_once(self) -> Self:
        """A day and a number of working days could contradict each other; with neither it takes as
        many as the policy says it usually does.
        """
        if self.to_on is not None and self.by_working_days is not None:
            raise ValueError("give to_on or by_working_days, not both")
        return self

    def command(self, given: Given) -> Command:
        """`ExtendDeadline`."""
        return commands.ExtendDeadline(
            to_on=self.to_on,
            by_working_days=self.by_working_days,
            agreed=self.agreed,
            # A letter from Redress always gives them.
            ombudsman_details_given=self.ombudsman_details_given or self.send_letter,
            send_letter=self.send_letter,
            good_reason=self.good_reason,
            told_on=self.told_on,
            ground=self.ground,
            actor_role=given.role,
            words=given.words,
            happened=given.happened,
            actor=given.actor,
        )


class DraftBody(WordsBody):
    """A draft response is handed to those who check it."""

    words_kind = "letter"

    def command(self, given: Given) -> Command:
        """`SubmitDraft`."""
        return commands.SubmitDraft(words=given.words, happened=given.happened, actor=given.actor)


class ApprovalBody(CommandBody):
    """The draft passed the check; a lower level signs off only what needed no investigation."""

    contains: Parts = ()
    without_investigation: bool = False
    agreed: bool = Field(default=False, description="the complainant agrees to it being settled")

    def command(self, given: Given) -> Command:
        """`ApproveDraft`."""
        return commands.ApproveDraft(
            happened=given.happened,
            actor=given.actor,
            actor_role=given.role,
            contains=self.contains,
            without_investigation=self.without_investigation,
            agreed=self.agreed,
        )


class DraftReturnBody(WordsBody):
    """The draft did not pass the check; the words say what is to be changed."""

    def command(self, given: Given) -> Command:
        """`ReturnDraft`."""
        return commands.ReturnDraft(
            words=given.words,
            happened=given.happened,
            actor=given.actor,
            actor_role=given.role,
        )


class RemedyBody(BaseModel):
    """What is offered for an issue."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    kind: RemedyKind
    amount_pence: int | None = Field(default=None, ge=0, le=MOST_PENCE)
    by: date | None = None


class IssueOutcomeBody(BaseModel):
    """What was found about one issue."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True)

    number: int = Field(ge=1, le=MOST_ISSUES)
    outcome: Outcome
    remedies: list[RemedyBody] = Field(default_factory=list, max_length=MOST_REMEDIES)

    def value(self) -> IssueOutcome:
        """The finding as a value of the domain."""
        remedies = tuple(
            Remedy(kind=remedy.kind, amount_pence=remedy.amount_pence, by=remedy.by)
            for remedy in self.remedies
        )
        return IssueOutcome(number=self.number, outcome=self.outcome, remedies=remedies)


class ResponseBody(WrittenBody):
    """The complainant is told what was found about every issue."""

    words_kind = "letter"
    issues: list[IssueOutcomeBody] = Field(min_length=1, max_length=MOST_ISSUES)
    channel: Channel = Field(
        default=Channel.UNKNOWN, description="how it is sent; a letter counts as received later"
    )
    contains: Parts = ()

    def command(self, given: Given) -> Command:
        """`IssueResponse`."""
        return commands.IssueResponse(
            issues=tuple(issue.value() for issue in self.issues),
            words=given.words,
            channel=self.channel,
            contains=self.contains,
            send_letter=self.send_letter,
            happened=given.happened,
            actor=given.actor,
        )


class EscalationBody(ChannelBody):
    """The complainant asked for the next stage, by this channel; no reason is asked for."""

    because: Literal["dissatisfied", "late"] | None = None

    def command(self, given: Given) -> Command:
        """`EscalateComplaint`."""
        return commands.EscalateComplaint(
            channel=self.channel,
            words=given.words,
            because=self.because,
            happened=given.happened,
            actor=given.actor,
        )


class ClosureBody(LetterBody):
    """The case is closed by an officer; closure by silence is the system's."""

    because: Literal["final_response", "resolved", "other"]

    def command(self, given: Given) -> Command:
        """`CloseComplaint`."""
        return commands.CloseComplaint(
            because=self.because,
            words=given.words,
            send_letter=self.send_letter,
            happened=given.happened,
            actor=given.actor,
        )


class RefusalBody(WrittenBody):
    """The matter is excluded from the complaints procedure."""

    words_kind = "letter"
    exclusion: Annotated[str, StringConstraints(min_length=1, max_length=80)]
    ombudsman_told: bool = Field(
        default=False, description="the letter tells of the right to go to the Ombudsman"
    )
    arose_on: date | None = Field(default=None, description="where it is refused for its age")
    known_on: date | None = Field(default=None, description="when the complainant learnt of it")
    discretion_considered: bool = False

    def command(self, given: Given) -> Command:
        """`RefuseComplaint`."""
        return commands.RefuseComplaint(
            exclusion=self.exclusion,
            ombudsman_told=self.ombudsman_told or self.send_letter,
            send_letter=self.send_letter,
            arose_on=self.arose_on,
            known_on=self.known_on,
            discretion_considered=self.discretion_considered,
            words=given.words,
            happened=given.happened,
            actor=given.actor,
        )


class WithdrawalBody(LetterBody):
    """The complainant took the complaint back."""

    def command(self, given: Given) -> Command:
        """`WithdrawComplaint`."""
        return commands.WithdrawComplaint(
            words=given.words,
            send_letter=self.send_letter,
            happened=given.happened,
            actor=given.actor,
        )


class ReopeningBody(WordsBody):
    """A closed case is opened again, for a reason on record."""

    def command(self, given: Given) -> Command:
        """`ReopenComplaint`."""
        return commands.ReopenComplaint(
            words=given.words, happened=given.happened, actor=given.actor
        )


# The last part of a command's address, and what may be sent to it.
BODIES: dict[str, type[CommandBody]] = {
    "acknowledgement": AcknowledgementBody,
    "contact-attempts": ContactAttemptBody,
    "contacts": ContactBody,
    "allocation": AllocationBody,
    "holding-responses": HoldingResponseBody,
    "extensions": ExtensionBody,
    "drafts": DraftBody,
    "approvals": ApprovalBody,
    "draft-returns": DraftReturnBody,
    "responses": ResponseBody,
    "escalation": EscalationBody,
    "closure": ClosureBody,
    "refusal": RefusalBody,
    "withdrawal": WithdrawalBody,
    "reopening": ReopeningBody,
    **{form.address: form.body for form in FURTHER_FORMS},
}

"""What people do in the demonstration: one verb per command, done by whoever's role it is, with plausible words."""

from datetime import date, time, timedelta
from typing import TypedDict
from uuid import uuid5

from services.redress.demonstration.matters import (
    ANSWERS,
    HOLDING,
    HOLDING_REASONS,
    NOTES,
    WHAT_TO_CHANGE,
)
from services.redress.demonstration.papers import Brought
from services.redress.demonstration.people import officer_of, officers_for
from services.redress.demonstration.telling import DEMONSTRATION, Setting, Telling
from services.workflow.domain import commands as ask
from services.workflow.domain.letters import parts_of_response
from services.workflow.domain.subjects.documents import AddDocument
from services.workflow.domain.subjects.notes import AddNote
from shared.complaints.values import (
    Channel,
    Issue,
    IssueOutcome,
    Moment,
    Outcome,
    Remedy,
    RemedyKind,
    Route,
    WordsReference,
)
from shared.documents.rows import WORDS_KIND
from shared.documents.taking import Checked

COMPLAINANT = "complainant"
PROMISES_SINCE = timedelta(days=45)


class By(TypedDict):
    """When it was done, and by whom."""

    happened: Moment
    actor: str


class Acting(Telling):
    """A case with the officers of its organisation."""

    def __init__(self, setting: Setting, *, resident: dict[str, str]) -> None:
        super().__init__(setting)
        self._resident = resident
        self._team = officer_of(setting.organisation, "complaints_team")

    @property
    def _handler(self) -> str:
        return self.complaint.handlers[0] if self.complaint.handlers else self._considered_by()[0]

    def receive(
        self,
        day: date,
        *,
        at: time = time(11, 15),
        channel: Channel = Channel.WEB_FORM,
        route: Route = Route.COMPLAINT,
    ) -> None:
        """It reaches the landlord: by a form that the complainant fills in, or told to the complaints team."""
        self.go_to(day, at)
        for kind, text in self._resident.items():
            self.words(kind, text)
        self.words("desired_outcome", self.setting.matter.desired_outcome)
        self.do(
            ask.OpenComplaint(
                reference=self.setting.reference,
                organisation=self.setting.organisation,
                route=route,
                channel=channel,
                received=self.moment,
                issues=(Issue(1, self.setting.matter.category),),
                complainant=str(self.setting.complainant),
                words=self.words("complaint", self.setting.matter.complaint),
                happened=self.moment,
                actor=COMPLAINANT if channel is Channel.WEB_FORM else self._team,
            )
        )

    def bring(self, file: Checked, *, kind: str) -> None:
        """The complainant brings a photo or a letter, which the complaints team puts on the case."""
        document = uuid5(DEMONSTRATION, f"{self.setting.number}/document/{len(self.brought)}")
        words = self.words(WORDS_KIND, file.words, words=document)
        self.do(
            AddDocument(
                **self._by(self._team),
                document=str(document),
                kind=kind,
                media_type=file.media_type,
                size=len(file.content),
                brought_by=COMPLAINANT,
                words=words,
            )
        )
        self.brought.append(Brought(document, self.setting.complainant, kind, file))

    def acknowledge(self) -> None:
        """The complaints team writes that it arrived."""
        self.do(ask.AcknowledgeComplaint(**self._by(self._team), channel=Channel.EMAIL))

    def try_contact(self) -> None:
        """The phone rings out."""
        words = self.words("note", "No answer, left a message to call back.")
        self.do(
            ask.RecordContactAttempt(**self._by(self._team), channel=Channel.PHONE, words=words)
        )

    def contact(self) -> None:
        """The complainant says what would put it right."""
        words = self.words(
            "note", f"Spoke about what is wanted: {self.setting.matter.desired_outcome}"
        )
        self.do(ask.RecordContact(**self._by(self._team), channel=Channel.PHONE, words=words))

    def allocate(self) -> None:
        """Given to whoever considers this stage."""
        self.do(ask.AllocateComplaint(**self._by(self._team), handlers=self._considered_by()))

    def send_holding_response(self) -> None:
        """The complainant is told why the answer will be late."""
        self.do(
            ask.SendHoldingResponse(
                **self._by(self._handler),
                words=self._letter(HOLDING.format(why=self._reason())),
                expected_on=self.setting.calendar.working_days_after(self.response_due_on, 3),
            )
        )

    def extend(self, *, by_working_days: int) -> None:
        """The date moves, agreed with the complainant and explained with the Ombudsman's details."""
        self.do(
            ask.ExtendDeadline(
                **self._by(self._handler),
                by_working_days=by_working_days,
                agreed=True,
                ombudsman_details_given=True,
                told_on=self.moment.on,
                words=self._letter(HOLDING.format(why=self._reason())),
            )
        )

    def draft(self, text: str = ANSWERS["upheld"]) -> None:
        """The handler hands a draft to the complaints team."""
        self.do(ask.SubmitDraft(**self._by(self._handler), words=self._letter(text)))

    def send_back(self) -> None:
        """The complaints team says what the draft lacks."""
        words = self.words("note", WHAT_TO_CHANGE)
        self.do(ask.ReturnDraft(**self._by(self._team), actor_role="complaints_team", words=words))

    def note(self) -> None:
        """The handler writes down what colleagues should know."""
        words = self.words("note", NOTES[self.setting.number % len(NOTES)])
        self.do(AddNote(**self._by(self._handler), words=words))

    def draft_and_approve(self) -> None:
        """A draft that passes the check, where the policy has one."""
        complaint = self.complaint
        approval = self.setting.policy.approval_at(route=complaint.route, stage=complaint.stage)
        if approval is None:
            return
        self.draft()
        self.do(
            ask.ApproveDraft(
                **self._by(self._team),
                actor_role=approval.by,
                contains=parts_of_response(complaint, self.setting.policy),
            )
        )

    def answer(self, outcome: Outcome, *, compensation_pence: int | None = None) -> None:
        """The handler tells the complainant the outcome, with an apology and perhaps money."""
        remedies: tuple[Remedy, ...] = (Remedy(RemedyKind.EXPLANATION),)
        if outcome is Outcome.UPHELD:
            remedies = (
                Remedy(RemedyKind.APOLOGY),
                Remedy(RemedyKind.REPAIR, by=self._promised_day()),
            )
        if compensation_pence is not None:
            remedies += (Remedy(RemedyKind.COMPENSATION, amount_pence=compensation_pence),)
        self.do(
            ask.IssueResponse(
                **self._by(self._handler),
                issues=(IssueOutcome(1, outcome, remedies),),
                words=self._letter(ANSWERS[outcome.value]),
                contains=parts_of_response(self.complaint, self.setting.policy),
            )
        )

    def escalate(self, *, reason: str = "The answer does not deal with what I wrote.") -> None:
        """The complainant asks for the next stage."""
        words = self.words("complaint", reason)
        self.do(ask.EscalateComplaint(**self._by(COMPLAINANT), channel=Channel.EMAIL, words=words))

    def refuse(self, exclusion: str) -> None:
        """The complaints team keeps the matter out of the procedure."""
        words = self._letter("This was answered last year, and nothing in your letter is new.")
        self.do(
            ask.RefuseComplaint(
                **self._by(self._team), exclusion=exclusion, words=words, ombudsman_told=True
            )
        )

    def withdraw(self) -> None:
        """The complainant takes it back."""
        words = self.words("note", "Phoned to say that it has been put right.")
        self.do(ask.WithdrawComplaint(**self._by(COMPLAINANT), words=words))

    def reopen(self) -> None:
        """The complaints team takes it up again."""
        words = self.words("note", "Phoned again: the fault came back the next day.")
        self.do(ask.ReopenComplaint(**self._by(self._team), words=words))

    def close_when_open(self, because: str) -> None:
        """The complaints team closes the case, with a word why."""
        if self.complaint.ending is None:
            words = self.words(
                "note", "The complainant has our final answer and knows the way to the Ombudsman."
            )
            self.do(ask.CloseComplaint(**self._by(self._team), because=because, words=words))

    def _by(self, actor: str) -> By:
        return By(happened=self.moment, actor=actor)

    def _letter(self, text: str) -> WordsReference:
        return self.words("letter", text)

    def _reason(self) -> str:
        return HOLDING_REASONS[self.setting.number % len(HOLDING_REASONS)]

    def _promised_day(self) -> date | None:
        """Three weeks on in a case of the last months; in older ones the repair was done at once."""
        if self.setting.until - self.now > PROMISES_SINCE:
            return None
        return self.setting.calendar.working_days_after(self.moment.on, 15)

    def _considered_by(self) -> tuple[str, ...]:
        """Whom the policy names for the stage; the seats of a panel are filled by different people."""
        stage = self.setting.policy.stage(self.complaint.stage)
        if stage is None:
            raise LookupError(f"{self.setting.policy.policy} has no stage {self.complaint.stage}")
        taken = set(self.complaint.involved_before(stage.number))
        chosen: list[str] = []
        for seat in stage.considered_by:
            free = (
                each for each in officers_for(self.setting.organisation, seat) if each not in taken
            )
            chosen.append(next(free))
            taken.add(chosen[-1])
        return tuple(chosen)

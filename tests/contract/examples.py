"""One plausible example of every fact, every field filled: the source of the golden records."""

from datetime import UTC, date, datetime
from uuid import UUID

from shared.complaints import events
from shared.complaints.values import (
    Channel,
    Issue,
    IssueOutcome,
    Moment,
    Notice,
    Outcome,
    Remedy,
    RemedyKind,
    Route,
    SkippedDay,
    WordsReference,
)
from shared.eventstore.record import NewRecord
from tests.contract.further_examples import FURTHER_EXAMPLES
from tests.contract.oversight_examples import OVERSIGHT_EXAMPLES
from tests.contract.rulebook_examples import RULEBOOK_EXAMPLES

WED_1_APR_2026 = date(2026, 4, 1)
THU_2_APR_2026 = date(2026, 4, 2)
THU_9_APR_2026 = date(2026, 4, 9)
THU_16_APR_2026 = date(2026, 4, 16)
HALF_PAST_NINE = datetime(2026, 4, 1, 8, 30, tzinfo=UTC)  # British Summer Time
WORDS = WordsReference("6d0a6a32-6f0f-4c7c-9d3e-5b8f3f1c2a10", "ab" * 32)
EASTER = (
    SkippedDay(date(2026, 4, 3), "Good Friday"),
    SkippedDay(date(2026, 4, 6), "Easter Monday"),
)
REMEDIES = (
    Remedy(RemedyKind.APOLOGY),
    Remedy(RemedyKind.COMPENSATION, amount_pence=15_000),
    Remedy(RemedyKind.REPAIR, by=THU_16_APR_2026),
)

EXAMPLES: tuple[events.ComplaintEvent, ...] = (
    events.ComplaintOpened(
        reference="RC-2026-000042",
        organisation="mill-lane",
        route=Route.COMPLAINT,
        channel=Channel.WALK_IN,
        policy="kctmo-2010",
        policy_hash="cd" * 32,
        received_on=WED_1_APR_2026,
        received_at=HALF_PAST_NINE,
        issues=(Issue(1, "repairs"), Issue(2, "staff conduct")),
        complainant="0b6a9f53-5b0e-4a57-8f1c-0f2a1b3c4d5e",
        words=WORDS,
        named_officers=("officer-7",),
        source_reference="202213567",
    ),
    events.DeadlineSet(
        duty="respond",
        stage=1,
        generation=2,
        due_on=THU_16_APR_2026,
        due_at=datetime(2026, 4, 16, 22, 59, 59, 999_999, tzinfo=UTC),
        trigger="received",
        trigger_on=WED_1_APR_2026,
        span=10,
        unit="working_days",
        rule="A full answer is sent within ten working days – “in full”.",
        clause="Procedure, Stage one",
        firmness="must",
        responsible="caseworker",
        policy="kctmo-2010",
        policy_hash="cd" * 32,
        calendar_revision="england-0123456789ab",
        skipped=EASTER,
        notices=(Notice("approaching", THU_9_APR_2026),),
    ),
    events.DeadlineMet("acknowledge", 1, THU_9_APR_2026, THU_2_APR_2026, 0),
    events.DeadlineLifted("respond", 1, "withdrawn"),
    events.DeadlineApproaching("respond", 1, THU_16_APR_2026, 3),
    events.HoldingResponseDue(1, THU_9_APR_2026, THU_16_APR_2026),
    events.DraftDue(1, THU_9_APR_2026),
    events.DeadlineMissed("respond", 1, THU_16_APR_2026),
    events.EscalationWindowClosed(1, THU_16_APR_2026),
    events.ComplaintAcknowledged(1, Channel.LETTER, WORDS),
    events.ContactAttempted(1, Channel.PHONE, WORDS),
    events.ContactMade(1, Channel.PHONE, WORDS),
    events.ComplaintAllocated(3, ("officer-4", "officer-5", "officer-6")),
    events.HoldingResponseSent(1, WORDS, THU_16_APR_2026),
    events.DeadlineExtended(
        stage=1,
        from_on=THU_9_APR_2026,
        to_on=THU_16_APR_2026,
        kind="agree",
        agreed=True,
        ombudsman_details_given=False,
        words=WORDS,
    ),
    events.DraftSubmitted(1, 2, WORDS),
    events.DraftApproved(1, 2),
    events.DraftReturned(1, 2, WORDS),
    events.ResponseIssued(
        1,
        Outcome.PARTLY_UPHELD,
        (
            IssueOutcome(1, Outcome.UPHELD, REMEDIES),
            IssueOutcome(2, Outcome.NOT_UPHELD),
        ),
        WORDS,
    ),
    events.ComplaintEscalated(1, 2, Channel.COUNCILLOR, "dissatisfied", "Code 5.17", WORDS),
    events.ComplaintRefused("over_a_year_old", "Code 2.2", "the Housing Ombudsman", WORDS),
    events.ComplaintWithdrawn(1, WORDS),
    events.ComplaintClosed(1, "silence", "Procedure, Stage one", WORDS),
    events.ComplaintReopened(1, WORDS),
    events.CompensationOffered(2, 25_000, WORDS),
    events.PromiseMade(1, THU_16_APR_2026, WORDS),
    events.PromiseKept(1, WORDS),
    events.ReferredToOmbudsman(3, WORDS),
    events.OmbudsmanDetermined(3, WORDS),
    events.NoteAdded(1, WORDS),
    *FURTHER_EXAMPLES,
    *RULEBOOK_EXAMPLES,
    *OVERSIGHT_EXAMPLES,
)


def envelope_of(event: events.ComplaintEvent) -> NewRecord:
    """The example with an envelope in which every field is filled too."""
    return NewRecord(
        event_id=UUID("11111111-2222-4333-8444-555555555555"),
        event=event,
        happened=Moment(WED_1_APR_2026, HALF_PAST_NINE),
        actor="officer-1",
        correlation_id="3f0e9a5c-9f5b-4a57-8f1c-0f2a1b3c4d5e",
        causation_id="POST /api/v1/complaints",
        known_at=datetime(2026, 4, 2, 7, 0, 0, 1, tzinfo=UTC),
        origin="import",
    )

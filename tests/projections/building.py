"""Builds facts of cases by hand, with dates counted by hand, and puts them into a log or straight
into a fold.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, time
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from psycopg import sql

from shared.complaints.events import (
    ComplaintAcknowledged,
    ComplaintAllocated,
    ComplaintEvent,
    ComplaintOpened,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    ResponseIssued,
)
from shared.complaints.values import (
    Channel,
    Issue,
    IssueOutcome,
    Moment,
    Outcome,
    Remedy,
    RemedyKind,
    Route,
    SkippedDay,
    WordsReference,
)
from shared.database.pool import Database
from shared.eventstore.codec import name_of
from shared.eventstore.record import NewRecord, RecordedEvent
from shared.eventstore.recorder import Append, FeedRecorder

Fact = tuple[date, ComplaintEvent]

DAMP = "RC-2026-000001"
LIFT = "RC-2026-000002"
HASH = "c0de" * 16
GOOD_FRIDAY = SkippedDay(date(2026, 4, 3), "Good Friday")
EASTER_MONDAY = SkippedDay(date(2026, 4, 6), "Easter Monday")

mon_2_mar, wed_4_mar, mon_9_mar = date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 9)
wed_18_mar, thu_19_mar, fri_20_mar = date(2026, 3, 18), date(2026, 3, 19), date(2026, 3, 20)
mon_23_mar, wed_1_apr = date(2026, 3, 23), date(2026, 4, 1)
fri_10_apr, fri_24_apr = date(2026, 4, 10), date(2026, 4, 24)


def opened(
    reference: str,
    received_on: date,
    *,
    organisation: str = "riverside",
    complainant: str | None = None,
    words: WordsReference | None = None,
) -> ComplaintOpened:
    """A complaint about one matter."""
    return ComplaintOpened(
        reference=reference,
        organisation=organisation,
        route=Route.COMPLAINT,
        channel=Channel.EMAIL,
        policy="hos-code-2024",
        policy_hash=HASH,
        received_on=received_on,
        received_at=None,
        issues=(Issue(1, "damp"),),
        complainant=complainant,
        words=words,
    )


ACKNOWLEDGE = DeadlineSet(
    duty="acknowledge",
    stage=1,
    generation=1,
    due_on=mon_9_mar,
    due_at=None,
    trigger="received",
    trigger_on=mon_2_mar,
    span=5,
    unit="working_days",
    rule="The complaint is acknowledged within five working days of receipt.",
    clause="Code 6.2",
    firmness="must",
    responsible="complaints_team",
    policy="hos-code-2024",
    policy_hash=HASH,
    calendar_revision="england-test",
)
# Counted from the day the acknowledgement is due, until it is made.
RESPOND = replace(
    ACKNOWLEDGE,
    duty="respond",
    due_on=mon_23_mar,
    trigger="after acknowledge",
    trigger_on=mon_9_mar,
    span=10,
    rule="The stage 1 response is sent within ten working days of the acknowledgement.",
    clause="Code 6.3",
    responsible="caseworker",
)
RESPOND_AGAIN = replace(
    RESPOND, generation=2, due_on=wed_18_mar, trigger="acknowledged", trigger_on=wed_4_mar
)

# Answered two working days late: Thursday 19 and Friday 20 March lie after Wednesday 18 March.
DAMP_CASE: tuple[Fact, ...] = (
    (mon_2_mar, opened(DAMP, mon_2_mar)),
    (mon_2_mar, ACKNOWLEDGE),
    (mon_2_mar, RESPOND),
    (mon_2_mar, ComplaintAllocated(stage=1, handlers=("amara",))),
    (wed_4_mar, ComplaintAcknowledged(stage=1, channel=Channel.EMAIL)),
    (wed_4_mar, DeadlineMet("acknowledge", 1, mon_9_mar, wed_4_mar, 0)),
    (wed_4_mar, RESPOND_AGAIN),
    (thu_19_mar, DeadlineMissed("respond", 1, wed_18_mar)),
    (
        fri_20_mar,
        ResponseIssued(
            stage=1,
            outcome=Outcome.UPHELD,
            issues=(
                IssueOutcome(
                    1, Outcome.UPHELD, (Remedy(RemedyKind.COMPENSATION, amount_pence=5_000),)
                ),
            ),
        ),
    ),
    (fri_20_mar, DeadlineMet("respond", 1, wed_18_mar, fri_20_mar, 2)),
)

# Open, with Easter in its counts: 2, 7, 8, 9, 10 April, then 13 to 17 and 20 to 24 April.
LIFT_CASE: tuple[Fact, ...] = (
    (wed_1_apr, opened(LIFT, wed_1_apr, organisation="mill-lane")),
    (
        wed_1_apr,
        replace(
            ACKNOWLEDGE,
            trigger_on=wed_1_apr,
            due_on=fri_10_apr,
            skipped=(GOOD_FRIDAY, EASTER_MONDAY),
        ),
    ),
    (wed_1_apr, replace(RESPOND, trigger_on=fri_10_apr, due_on=fri_24_apr)),
    (wed_1_apr, ComplaintAllocated(stage=1, handlers=("ben",))),
)


def event_id(reference: str, version: int) -> UUID:
    """The same id for the same fact, in every run."""
    return uuid5(NAMESPACE_URL, f"{reference}/{version}")


def noon(day: date) -> datetime:
    """When the tests record what happened on a day."""
    return datetime.combine(day, time(12), tzinfo=UTC)


def recorded(
    facts: Sequence[Fact],
    *,
    reference: str = DAMP,
    landlord: str = "riverside",
    actor: str = "amara",
) -> tuple[RecordedEvent, ...]:
    """The facts as a reader of the feed gets them."""
    return tuple(
        RecordedEvent(
            landlord=landlord,
            seq=version,
            stream=reference,
            version=version,
            event_id=event_id(reference, version),
            name=name_of(event),
            event=event,
            happened=Moment(day),
            known_at=None,
            recorded_at=noon(day),
            actor=actor,
            command_id=event_id(reference, 0),
            correlation_id="correlation",
            causation_id="causation",
            origin="live",
            previous_hash=bytes(32),
            hash=bytes(32),
        )
        for version, (day, event) in enumerate(facts, start=1)
    )


def append(
    workflow: Database,
    facts: Sequence[Fact],
    *,
    reference: str,
    landlord: str = "riverside",
    after: int = 0,
) -> None:
    """Puts the facts into the log as one command's."""
    FeedRecorder(workflow, environment={}).append(
        Append(
            landlord=landlord,
            stream=reference,
            expected_version=after,
            records=tuple(
                NewRecord(
                    event_id=event_id(reference, after + number),
                    event=event,
                    happened=Moment(day),
                    actor="amara",
                    correlation_id="correlation",
                    causation_id="causation",
                )
                for number, (day, event) in enumerate(facts, start=1)
            ),
            command_id=event_id(reference, -after - 1),
            fingerprint=b"test",
            recorded_at=noon(facts[-1][0]),
        )
    )


def rows_of(database: Database, table: str, *, landlord: str = "riverside") -> list[dict[str, Any]]:
    """Every row of the landlord in a table of this service, in the order of its key."""
    query = sql.SQL("SELECT * FROM {} ORDER BY 1, 2, 3, 4").format(
        sql.Identifier("projections", table)
    )
    with database.transaction(landlord) as cursor:
        return cursor.execute(query).fetchall()

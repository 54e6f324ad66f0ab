"""Builds landlords, facts and appends for the tests of the log."""

from datetime import UTC, date, datetime
from uuid import UUID, uuid4

from shared.complaints.events import ComplaintEvent, NoteAdded
from shared.complaints.values import Moment
from shared.database.pool import Database
from shared.eventstore.record import NewRecord
from shared.eventstore.recorder import Append
from shared.registry.landlords import Landlord, register_landlord

RIVERSIDE = "riverside"
HILLTOP = "hilltop"
BOILER = "RC-2026-000001"
DAMP = "RC-2026-000002"
WED_11_MAR_2026 = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)


def register(owner: Database, *slugs: str) -> None:
    """Register landlords, each with an empty feed."""
    for slug in slugs:
        landlord = Landlord(slug, f"{slug.title()} Borough Council", "council", "RC")
        with owner.transaction(slug) as cursor:
            register_landlord(cursor, landlord, now=WED_11_MAR_2026)


def fact(event: ComplaintEvent | None = None, *, event_id: UUID | None = None) -> NewRecord:
    """A fact of the day, a note unless another is given."""
    return NewRecord(
        event_id=event_id or uuid4(),
        event=event or NoteAdded(stage=1),
        happened=Moment(date(2026, 3, 11), WED_11_MAR_2026),
        actor="officer-1",
        correlation_id="correlation-1",
        causation_id="causation-1",
    )


def append_of(
    *records: NewRecord,
    landlord: str = RIVERSIDE,
    stream: str = BOILER,
    expected_version: int = 0,
    command_id: UUID | None = None,
) -> Append:
    """The append of one command."""
    return Append(
        landlord=landlord,
        stream=stream,
        expected_version=expected_version,
        records=records,
        command_id=command_id or uuid4(),
        fingerprint=b"what was asked",
        recorded_at=WED_11_MAR_2026,
    )

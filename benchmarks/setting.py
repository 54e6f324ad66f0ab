"""A landlord with real cases for the benchmarks of the durable core."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import NAMESPACE_URL, UUID, uuid4, uuid5

from services.workflow.domain.commands import Command, OpenComplaint, RecordContact
from services.workflow.handling import Handled, Handling
from shared.calendars.england import england_calendar_document
from shared.complaints.events import NoteAdded
from shared.complaints.values import Channel, Issue, Moment, Route
from shared.database.pool import Database
from shared.eventstore.record import NewRecord
from shared.eventstore.recorder import Append, FeedRecorder
from shared.policy_packs.loader import shipped_pack
from shared.registry.adoptions import adopt_policy
from shared.registry.calendars import adopt_calendar
from shared.registry.landlords import (
    Landlord,
    Organisation,
    register_landlord,
    register_organisation,
)
from shared.runtime.clock import SettableClock
from shared.vault.sealing import LandlordKeys
from shared.vault.vault import Vault

AT = datetime(2026, 3, 11, 9, 30, tzinfo=UTC)
MOMENT = Moment(date(2026, 3, 11), AT)
WORKING = "working"


@dataclass
class Setting:
    """The parts that the benchmarks need, on one database."""

    conninfo: str
    owner: Database
    database: Database
    recorder: FeedRecorder
    clock: SettableClock
    handling: Handling

    def open(self, number: int) -> str:
        """A complaint about a boiler."""
        reference = f"BM-2026-{number:06d}"
        self.give(
            reference,
            OpenComplaint(
                reference=reference,
                organisation="office",
                route=Route.COMPLAINT,
                channel=Channel.PHONE,
                received=MOMENT,
                issues=(Issue(1, "repairs"),),
                complainant=str(uuid5(NAMESPACE_URL, reference)),
                happened=MOMENT,
                actor="complainant",
            ),
        )
        return reference

    def contact(self, reference: str) -> Handled:
        """The smallest command an officer gives."""
        return self.give(
            reference, RecordContact(channel=Channel.PHONE, happened=MOMENT, actor="officer")
        )

    def give(self, reference: str, command: Command) -> Handled:
        """Gives a command under a new id."""
        return self.handling.handle(
            WORKING,
            reference,
            command,
            command_id=uuid4(),
            fingerprint=b"benchmark",
            correlation_id="benchmark",
            causation_id="benchmark",
        )


def notes(landlord: str, count: int = 1, *, stream: str | None = None) -> Append:
    """An append of notes to a complaint of its own."""
    return Append(
        landlord=landlord,
        stream=stream or str(uuid4()),
        expected_version=0,
        records=tuple(_note(uuid4()) for _ in range(count)),
        command_id=uuid4(),
        fingerprint=b"benchmark",
        recorded_at=AT,
    )


def _note(event_id: UUID) -> NewRecord:
    return NewRecord(
        event_id=event_id,
        event=NoteAdded(stage=1),
        happened=MOMENT,
        actor="officer",
        correlation_id="benchmark",
        causation_id="benchmark",
    )


def register(owner: Database, landlord: str) -> None:
    """A landlord with an empty feed."""
    with owner.transaction(landlord) as cursor:
        register_landlord(cursor, Landlord(landlord, landlord, "council", "BM"), now=AT)


def new_setting(conninfo: str, owner: Database, database: Database) -> Setting:
    """The working landlord with its policy, before its first case."""
    register(owner, WORKING)
    with owner.transaction(WORKING) as cursor:
        register_organisation(cursor, Organisation(WORKING, "office", "Office", "council"))
        adopt_calendar(cursor, WORKING, england_calendar_document(), AT)
        adopt_policy(
            cursor,
            landlord=WORKING,
            organisation="office",
            document=shipped_pack("kctmo-2010"),
            effective_from=date(2010, 5, 1),
            adopted_by="operator",
            now=AT,
        )
    clock = SettableClock(AT)
    recorder = FeedRecorder(database)
    handling = Handling(
        recorder=recorder, database=database, clock=clock, vault=Vault(LandlordKeys(bytes(32)))
    )
    return Setting(conninfo, owner, database, recorder, clock, handling)

"""What a process does for a user, each as one call that can be made again after the process died.

Every call makes its own connections, as a process does that has just started, and closes them. It
says whether nothing of its work is left.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from aio_pika import connect

from services.intake.handover import Handover, backlog
from services.intake.new_submissions import NewSubmission
from services.intake.submissions import Intake, Taken
from services.notifier.gateways import OutboxFolder
from services.notifier.sending import Sender, letter_backlog
from services.notifier.writing import Writer
from services.redress.consumers import letter_follower
from services.redress.read_models import read_model_follower
from services.workflow.domain.commands import AcknowledgeComplaint
from services.workflow.handling import Handled, Handling
from services.workflow.importing import History, HistoryFact, HistoryImporter, Imported
from services.workflow.receiving import Receiving
from services.workflow.relay import Relay, relay_backlog
from services.workflow.timer_backlog import timer_backlog
from services.workflow.timers import TimerService
from shared.complaints.values import Channel, Moment, Route
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder
from shared.messaging.bus import Bus
from shared.messaging.delivery import Waits
from shared.messaging.follower import FeedFollower
from shared.messaging.local_bus import LocalBus
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.received import ComplaintReceived
from shared.messaging.topology import COMPLAINT_RECEIVED
from shared.runtime.clock import SettableClock
from shared.vault.sealing import LandlordKeys
from shared.vault.vault import Vault
from tests.support.eventually import eventually_async

LANDLORD = "riverside"
ORGANISATION = "riverside-homes"
MON_2_MAR_2026 = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
REMINDERS_DUE = datetime(2026, 3, 3, 8, 0, tzinfo=UTC)
FIRST_DATES_MISSED = datetime(2026, 3, 5, 0, 0, tzinfo=UTC)
ERRANDS = UUID("2f1d8c1e-6a0b-4f0b-9d51-3f1f6d9e7a55")
QUICK = Waits(first_seconds=0.01, longest_seconds=0.05)
CONNECTED_WITHIN_SECONDS = 20.0


@dataclass(frozen=True)
class Errand:
    """What is to be done, for which complaint, and how to reach the servers."""

    name: str
    number: int
    conninfo: str
    rabbit_url: str
    folder: str

    @property
    def reference(self) -> str:
        """The complaint that it is about."""
        return f"RC-2026-{self.number:06}"

    @property
    def command_id(self) -> UUID:
        """The id under which it is done."""
        return uuid5(ERRANDS, f"{self.name}/{self.number}")

    @property
    def answer_file(self) -> Path:
        """Where the answer is written, once it was given."""
        return Path(self.folder) / f"{self.name}-{self.number}.json"


@dataclass
class Parts:
    """What a process of ours is built of; closed with the errand."""

    errand: Errand
    clock: SettableClock
    vault: Vault
    opened: ExitStack

    def database(self, role: str) -> Database:
        """Connections under a service's role."""
        database = Database(self.errand.conninfo, role=role, max_size=2)
        return self.opened.enter_context(database)

    def handling(self) -> Handling:
        """What carries commands out."""
        database = self.database("redress_workflow")
        return Handling(
            recorder=FeedRecorder(database, environment={}),
            database=database,
            clock=self.clock,
            vault=self.vault,
        )

    @asynccontextmanager
    async def bus(self) -> AsyncIterator[RabbitBus]:
        """Connected to the broker."""
        bus = RabbitBus(self.errand.rabbit_url, waits=QUICK)
        await bus.start()
        try:
            await eventually_async(bus.connected, within_seconds=CONNECTED_WITHIN_SECONDS)
            yield bus
        finally:
            await bus.stop()


def take_submission(parts: Parts) -> bool:
    """A resident sends a complaint."""
    errand = parts.errand
    intake = Intake(
        database=parts.database("redress_intake"),
        vault=parts.vault,
        clock=parts.clock,
        default_landlord=LANDLORD,
    )
    new = NewSubmission(
        landlord=LANDLORD,
        organisation=ORGANISATION,
        route=Route.COMPLAINT,
        channel=Channel.API,
        received=None,
        name="Jo Example",
        address=None,
        email="jo@example.org",
        phone=None,
        complaint=f"The boiler of flat {errand.number} has failed again.",
        desired_outcome="A new boiler.",
        issues=("repairs",),
    )
    key = f"key {errand.number}"
    taken = intake.take(new, key=key, submission=errand.command_id, now=parts.clock.now())
    _answer(errand, _as_answer(taken))
    return True


def hand_over(parts: Parts) -> bool:
    """Intake hands its submissions to the broker."""
    database = parts.database("redress_intake")

    async def handed_over() -> None:
        async with parts.bus() as bus:
            await Handover(database=database, bus=bus, clock=parts.clock).hand_over()

    asyncio.run(handed_over())
    return not backlog(database, now=parts.clock.now())


def receive_submission(parts: Parts) -> bool:
    """Workflow takes a submission from the broker and opens its complaint."""
    handling, errand = parts.handling(), parts.errand
    receiving = Receiving(handling)
    was_opened = handling.load(LANDLORD, errand.reference) is not None

    async def opened() -> None:
        taken = asyncio.Event()

        async def take(body: bytes) -> None:
            await receiving(body)
            if ComplaintReceived.from_body(body).submission == errand.command_id:
                taken.set()

        async def is_done() -> bool:
            # Settled by a process that died after it: then it is not delivered again.
            is_settled = was_opened and await asyncio.to_thread(_is_empty, errand)
            return taken.is_set() or is_settled

        async with parts.bus() as bus:
            await bus.subscribe(COMPLAINT_RECEIVED, take)
            await eventually_async(is_done)

    asyncio.run(opened())
    return True


def _is_empty(errand: Errand) -> bool:
    return waiting_messages(errand.rabbit_url, COMPLAINT_RECEIVED.name) == 0


def give_command(parts: Parts) -> bool:
    """An officer acknowledges the complaint."""
    errand, now = parts.errand, parts.clock.now()
    handled = parts.handling().handle(
        LANDLORD,
        errand.reference,
        AcknowledgeComplaint(
            channel=Channel.LETTER, happened=Moment(on=london_day(now), at=now), actor="ben"
        ),
        command_id=errand.command_id,
        fingerprint=hashlib.sha256(errand.command_id.bytes).digest(),
        correlation_id="correlation",
        causation_id="causation",
    )
    _answer(errand, _as_answer(handled))
    return True


def fire_timers(parts: Parts) -> bool:
    """The first dates of two complaints come near."""
    parts.clock.set(REMINDERS_DUE)
    database = parts.database("redress_workflow")
    timers = TimerService(
        recorder=FeedRecorder(database, environment={}), database=database, clock=parts.clock
    )
    timers.fire_due(LANDLORD)
    # What a dead service had claimed is passed over until its connection is seen to be gone.
    return timer_backlog(database, LANDLORD, now=parts.clock.now()).overdue == 0


def import_case(parts: Parts) -> bool:
    """A case of another system is brought in."""
    database = parts.database("redress_workflow")
    importer = HistoryImporter(
        recorder=FeedRecorder(database, environment={}),
        database=database,
        clock=parts.clock,
        vault=parts.vault,
    )
    imported = importer.import_history(LANDLORD, history(parts.errand.number))
    _answer(parts.errand, _as_answer(imported))
    return True


def history(number: int) -> History:
    """A leak of last year: acknowledged in time, answered late."""
    facts = (
        ("received", date(2025, 3, 7), "Water comes through the ceiling."),
        ("acknowledged", date(2025, 3, 12), None),
        ("response", date(2025, 4, 1), "We are sorry."),
    )
    return History(
        source_reference=f"OLD-{number}",
        organisation="riverside",
        route=Route.COMPLAINT,
        facts=tuple(
            HistoryFact(
                what=what,
                moment=Moment(on=on),
                text=text,
                stage=1 if what == "response" else None,
            )
            for what, on, text in facts
        ),
    )


def fold_read_models(parts: Parts) -> bool:
    """The read models take what is new in the feed."""
    return _caught_up(parts, "redress_projections", read_model_follower)


def write_letters_down(parts: Parts) -> bool:
    """The notifier decides which letters follow from what is new in the feed."""
    return _caught_up(parts, "redress_notifier", letter_follower)


def _caught_up(
    parts: Parts, role: str, make: Callable[[Database, Bus, SettableClock], FeedFollower]
) -> bool:
    bus = LocalBus(Path(parts.errand.folder) / "parked")
    follower = make(parts.database(role), bus, parts.clock)
    return follower.catch_up(LANDLORD) == 0


def send_letters(parts: Parts) -> bool:
    """The letters that wait are sent."""
    parts.clock.set(FIRST_DATES_MISSED)
    database = parts.database("redress_notifier")
    sender = Sender(
        database=database,
        vault=parts.vault,
        clock=parts.clock,
        writer=Writer(sender_address="team@example.org", public_url="http://127.0.0.1:8000"),
        outbox=OutboxFolder(Path(parts.errand.folder) / "outbox"),
        mail=None,
    )
    asyncio.run(sender.send_due())
    return not any(each.waiting for each in letter_backlog(database, now=parts.clock.now()))


def relay_feed(parts: Parts) -> bool:
    """The relay publishes what is new in the feed."""
    database = parts.database("redress_workflow")

    async def published() -> None:
        async with parts.bus() as bus:
            relay = Relay(database=database, bus=bus, clock=parts.clock)
            try:
                await relay.step()
            finally:
                await asyncio.to_thread(relay.step_down)

    asyncio.run(published())
    return relay_backlog(database, LANDLORD, now=parts.clock.now()).unpublished == 0


CALLS: Mapping[str, Callable[[Parts], bool]] = {
    "submission": take_submission,
    "handover": hand_over,
    "receiving": receive_submission,
    "command": give_command,
    "timers": fire_timers,
    "import": import_case,
    "read models": fold_read_models,
    "letters": write_letters_down,
    "sending": send_letters,
    "relay": relay_feed,
}


def carry_out(errand: Errand) -> bool:
    """Do the errand; True when nothing of its work is left."""
    with ExitStack() as opened:
        parts = Parts(
            errand=errand,
            clock=SettableClock(MON_2_MAR_2026),
            vault=Vault(LandlordKeys(bytes(range(32)))),
            opened=opened,
        )
        return CALLS[errand.name](parts)


def _as_answer(answered: Taken | Handled | Imported) -> dict[str, Any]:
    if isinstance(answered, Taken):
        dates = [(each.duty, each.due_on) for each in answered.dates]
        return {"reference": answered.reference, "dates": dates}
    if isinstance(answered, Handled):
        return {"version": answered.version, "events": answered.events}
    return {"reference": answered.reference, "events": answered.events}


def _answer(errand: Errand, answer: dict[str, Any]) -> None:
    """Tell the user: once an answer was given, every later one must be the same."""
    text = json.dumps(answer, default=str, sort_keys=True)
    if errand.answer_file.exists():
        assert errand.answer_file.read_text() == text
    errand.answer_file.write_text(text)


def waiting_messages(url: str, queue: str) -> int:
    """How many messages of the queue nobody has in hand."""

    async def counted() -> int:
        async with await connect(url) as connection:
            channel = await connection.channel()
            declared = await channel.declare_queue(queue, passive=True)
            return declared.declaration_result.message_count or 0

    return asyncio.run(counted())

"""The product's processes as `services/redress` puts them together, on the models; each can be killed and started."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from functools import lru_cache
from random import Random
from typing import Any, cast
from uuid import UUID

from services.intake.handover import Handover
from services.intake.submissions import Intake
from services.notifier.gateways import OutboxFolder
from services.notifier.sending import Sender
from services.notifier.writing import Writer
from services.redress.consumers import letter_follower
from services.redress.read_models import read_model_follower
from services.workflow.handling import Handling
from services.workflow.receiving import Receiving
from services.workflow.relay import Relay
from services.workflow.timers import TimerService
from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder
from shared.messaging.delivery import Waits
from shared.messaging.topology import COMPLAINT_RECEIVED, QUEUES
from shared.runtime.worker import Worker, run_all
from shared.vault.sealing import LandlordKeys
from shared.vault.vault import Vault
from tests.simulation.faults import Faults, ProcessTurns, end_sessions_of
from tests.simulation.postgres.connections import ModelDatabase
from tests.simulation.processes import Process
from tests.simulation.rabbitmq.broker import Broker
from tests.simulation.rabbitmq.bus import ModelBus
from tests.simulation.scheduling import World
from tests.simulation.setting import settled_server

BEGINS = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
WAITS = Waits(first_seconds=0.2, longest_seconds=2.0)


class LocalClock:
    """A process's clock: the world's time, with an error of its own that may jump."""

    def __init__(self, installation: Installation, process: Process) -> None:
        self._installation = installation
        self._process = process

    def now(self) -> datetime:
        """What this process believes."""
        return self._installation.true_now + timedelta(seconds=self._process.skew_seconds)


@dataclass
class Post:
    """Where letters go: kept by the name they are sent under, as the outbox folder keeps them."""

    sent: list[tuple[str, str, str]] = field(default_factory=list)
    sent_by: str = "outbox"

    def deliver(self, message: EmailMessage, *, landlord: str, name: str) -> None:
        """Takes a letter."""
        self.sent.append((landlord, name, str(message["Message-ID"])))


@dataclass
class Running:
    """A process with what the people outside can reach of it."""

    kind: str
    process: Process
    database: Database
    stop: asyncio.Event
    intake: Intake | None = None
    handling: Handling | None = None
    relay: Relay | None = None
    main: asyncio.Task[Any] | None = None


class Installation:
    """The two servers, the processes, and the time."""

    def __init__(self, world: World, faults: Faults) -> None:
        self.world = world
        self.faults = faults
        self.leapt = timedelta(0)
        self.server = settled_server(lambda: self.true_now)
        self.broker = Broker(faults)
        self.vault = Vault(LandlordKeys(bytes(32)))
        self.post = Post()
        self.running: dict[str, Running] = {}
        self.starts = 0
        self._declare_queues()

    @property
    def true_now(self) -> datetime:
        """The time of the world, which can leap by days."""
        return BEGINS + self.leapt + timedelta(seconds=self.world.now)

    def _declare_queues(self) -> None:
        """The broker was set up before anybody publishes, as deploy/ does it."""
        for queue in QUEUES:
            self.broker.declare_queue(queue.parked_name, {})
            self.broker.bind(queue.parked_name, exchange="complaints.parked", key=queue.name)
            self.broker.declare_queue(queue.name, dict(queue.arguments))
            for key in queue.bindings:
                self.broker.bind(queue.name, exchange="complaints.events", key=key)

    def start(self, name: str) -> None:
        """Start a process: `kind-number`, such as relay-2."""
        self.starts += 1
        kind = name.partition("-")[0]
        process = self.world.process(name)
        turns = ProcessTurns(process, self.faults)
        database = ModelDatabase(self.server, turns, role=ROLES[kind], name=name)
        self.world.tell(f"{name} starts")
        # An event belongs to the loop that uses it first.
        running = Running(kind, process, database, asyncio.Event())
        self.running[name] = running
        assembled = ASSEMBLED[kind](self, running)

        async def main() -> None:
            bus = assembled.bus
            if bus is not None:
                await bus.start()
                for queue, handler in assembled.subscriptions:
                    await bus.subscribe(queue, handler)
            await run_all(assembled.workers, running.stop)

        running.main = process.create_task(main(), name=name)

    def kill(self, name: str) -> None:
        """As SIGKILL does: nothing is finished, nothing is said; the servers notice."""
        running = self.running.pop(name)
        running.process.is_alive = False
        end_sessions_of(self.server, running.process)
        for link in [each for each in self.broker.links if each.name.startswith(f"{name} ")]:
            self.broker.break_link(link)
        self.world.kill(running.process)

    def has_result(self, command_id: UUID) -> bool:
        """Whether the command was carried out by now, as somebody who sees into the database knows."""
        results = self.server.storage("workflow.command_result")
        return any(row["command_id"] == command_id for row in results.rows.values())

    def clock(self, running: Running) -> LocalClock:
        """The clock of a process."""
        return LocalClock(self, running.process)

    def bus(self, running: Running) -> ModelBus:
        """The bus of a process."""
        return ModelBus(self.broker, name=running.process.name, waits=WAITS)

    def chance(self) -> Random:
        """Chance for the product's own dice, drawn from the run's."""
        return Random(self.world.chance.getrandbits(32))


@dataclass
class Assembled:
    """What runs in a process."""

    workers: list[Worker] = field(default_factory=list)
    bus: ModelBus | None = None
    subscriptions: list[tuple[Any, Any]] = field(default_factory=list)


class Idle:
    """Keeps a process alive that only answers."""

    name = "idle"

    async def run(self, stop: asyncio.Event) -> None:
        """Until it is stopped."""
        await stop.wait()


@lru_cache(maxsize=1)
def _writer() -> Writer:
    """Its templates are read once; it remembers nothing else."""
    return Writer(sender_address="complaints@example.org", public_url="http://127.0.0.1:8000")


def _intake(inst: Installation, running: Running) -> Assembled:
    bus, clock = inst.bus(running), inst.clock(running)
    handover = Handover(database=running.database, bus=bus, clock=clock)
    running.intake = Intake(
        database=running.database,
        vault=inst.vault,
        clock=clock,
        default_landlord="riverside",
        after_commit=handover.wake,
    )
    return Assembled([handover], bus)


def _workflow(inst: Installation, running: Running) -> Assembled:
    bus = inst.bus(running)
    running.handling = Handling(
        recorder=FeedRecorder(running.database, environment={}),
        database=running.database,
        clock=inst.clock(running),
        vault=inst.vault,
        chance=inst.chance(),
    )
    return Assembled([Idle()], bus, [(COMPLAINT_RECEIVED, Receiving(running.handling))])


def _timers(inst: Installation, running: Running) -> Assembled:
    timers = TimerService(
        recorder=FeedRecorder(running.database, environment={}),
        database=running.database,
        clock=inst.clock(running),
    )
    return Assembled([timers])


def _relay(inst: Installation, running: Running) -> Assembled:
    bus = inst.bus(running)
    running.relay = Relay(database=running.database, bus=bus, clock=inst.clock(running))
    return Assembled([running.relay], bus)


def _projections(inst: Installation, running: Running) -> Assembled:
    bus = inst.bus(running)
    return Assembled([read_model_follower(running.database, bus, inst.clock(running))], bus)


def _notifier(inst: Installation, running: Running) -> Assembled:
    bus, clock = inst.bus(running), inst.clock(running)
    sender = Sender(
        database=running.database,
        vault=inst.vault,
        clock=clock,
        writer=_writer(),
        outbox=cast(OutboxFolder, inst.post),
        mail=None,
    )
    return Assembled([letter_follower(running.database, bus, clock), sender], bus)


ROLES = {
    "intake": "redress_intake",
    "workflow": "redress_workflow",
    "timers": "redress_workflow",
    "relay": "redress_workflow",
    "projections": "redress_projections",
    "notifier": "redress_notifier",
}
ASSEMBLED: dict[str, Callable[[Installation, Running], Assembled]] = {
    "intake": _intake,
    "workflow": _workflow,
    "timers": _timers,
    "relay": _relay,
    "projections": _projections,
    "notifier": _notifier,
}

"""What goes wrong, how often, and when: the fault model of docs/simulation.md, drawn from the seed of a run.

Each run has some kinds of faults and not others: rare faults meet more often when the common ones are away.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, fields
from random import Random

import psycopg

from tests.simulation.postgres.server import Server, Session
from tests.simulation.processes import Process
from tests.simulation.scheduling import LONGEST_PAUSE_SECONDS, World

# A queue whose messages are facts of a feed: what is lost there is pulled from the feed. What intake hands over stands
# in a replicated queue that loses nothing once it has said yes, and there is no second way.
MAY_LOSE = ("projections.feed", "notifier.feed")
# What changes something, or makes it the truth.
WRITES = ("INSERT", "UPDATE", "DELETE", "COMMIT", "RELEASE", "SELECT workflow.append_commands")


@dataclass(frozen=True, slots=True)
class Rates:
    """How often a fault happens at each opportunity; how many of the great ones happen in a run."""

    connection_lost_before: float
    connection_lost_after: float
    publish_refused: float
    confirm_lost: float
    delivery_dropped: float
    delivery_doubled: float
    delivery_delayed: float
    deaths: int
    database_restarts: int
    broker_restarts: int
    links_broken: int
    leaders_lost: int
    clock_jumps: int

    @classmethod
    def drawn(cls, chance: Random) -> Rates:
        """Of this run: each kind is there or not."""

        def some(most: float) -> float:
            return chance.random() * most if chance.random() < 0.5 else 0.0

        def several(most: int) -> int:
            return chance.randint(1, most) if chance.random() < 0.6 else 0

        return cls(
            connection_lost_before=some(0.006),
            connection_lost_after=some(0.006),
            publish_refused=some(0.05),
            confirm_lost=some(0.01),
            delivery_dropped=some(0.15),
            delivery_doubled=some(0.15),
            delivery_delayed=some(0.10),
            deaths=several(12),
            database_restarts=several(2),
            broker_restarts=several(2),
            links_broken=several(5),
            leaders_lost=several(3),
            clock_jumps=several(4),
        )

    @classmethod
    def harsh(cls) -> Rates:
        """Everything at once and often: for the deliberate faults, which must be found soon."""
        return cls(
            connection_lost_before=0.006,
            connection_lost_after=0.006,
            publish_refused=0.05,
            confirm_lost=0.03,
            delivery_dropped=0.10,
            delivery_doubled=0.10,
            delivery_delayed=0.10,
            deaths=25,
            database_restarts=2,
            broker_restarts=1,
            links_broken=4,
            leaders_lost=14,
            clock_jumps=12,
        )

    def __str__(self) -> str:
        given = [(field.name, getattr(self, field.name)) for field in fields(self)]
        return ", ".join(
            f"{name} {value:.4g}" for name, value in given if value
        )  # what is not there is not told


class Faults:
    """The faults of one run; `is_on` until the system is left in peace to finish its work."""

    def __init__(self, world: World, rates: Rates) -> None:
        self.world = world
        self.rates = rates
        self.is_on = False
        self.database_is_away = False
        self.doomed: dict[
            str, int
        ] = {}  # at which of their writes, counted from now, processes die
        self.kill: Callable[[str], None] = lambda _: None
        self._arrivals: dict[object, tuple[float, object]] = {}

    def happens(self, rate: float) -> bool:
        """Whether a fault of this rate happens now."""
        return self.is_on and rate > 0 and self.world.chance.random() < rate

    def dies_now(self, name: str, what: str) -> bool:
        """Whether this message to the server, or its answer, is the last thing that the process sees."""
        if not self.is_on or name not in self.doomed or not what.startswith(WRITES):
            return False
        self.doomed[name] -= 1
        if self.doomed[name] > 0:
            return False
        del self.doomed[name]
        self.world.after_steps(0, lambda: self.kill(name))
        return True

    # What the model of the broker asks.

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """After so much time."""
        self.world.at(self.world.now + seconds, do)

    def send(self, line: object, do: Callable[[], None]) -> None:
        """After a moment; what was sent first on a line arrives first."""
        arrives = self.world.now + 0.0005 + self.world.chance.random() * 0.006
        # A line is known by its identity, and kept so that no other one gets the same.
        key = line if isinstance(line, str) else id(line)
        arrives = max(arrives, self._arrivals.get(key, (0.0, None))[0])
        self._arrivals[key] = (arrives, line)
        self.world.at(arrives, do)

    def refuses(self) -> bool:
        """A nack: nothing is stored."""
        return self._told(self.rates.publish_refused, "the broker refuses a message")

    def loses_confirm(self) -> bool:
        """Stored, and the publisher never hears of it."""
        return self._told(self.rates.confirm_lost, "a confirm is lost")

    def drops(self, queue: str) -> bool:
        """A stored message of a feed is lost."""
        may = queue.startswith(MAY_LOSE)
        return may and self._told(self.rates.delivery_dropped, f"a message of {queue} is lost")

    def doubles(self, queue: str) -> bool:
        """A message is delivered twice."""
        return self._told(self.rates.delivery_doubled, f"a message of {queue} comes twice")

    def delays(self, queue: str) -> float:
        """A message is overtaken."""
        if not self._told(self.rates.delivery_delayed, f"a message of {queue} is overtaken"):
            return 0.0
        return self.world.chance.random() * 3.0

    def _told(self, rate: float, what: str) -> bool:
        happens = self.happens(rate)
        if happens:
            self.world.tell_fault(what)
        return happens


class ProcessTurns:
    """How the sessions of one process wait, and how its connections break."""

    def __init__(self, process: Process, faults: Faults) -> None:
        self.process = process
        self._faults = faults
        self._world = process.world

    def connecting(self) -> None:
        """There are connections while the server is there."""
        self._world.point()
        if self._faults.database_is_away:
            raise psycopg.OperationalError("connection refused")

    @contextmanager
    def round_trip(self, session: Session, *, what: str) -> Iterator[None]:
        """Before the server does it, and after: others may be served, the connection may break."""
        self._pause(what)
        self._lose(session, self._faults.rates.connection_lost_before, "before", what)
        self._world.tell(f"{self.process.name} {session.number} {what}")
        yield
        self._pause(what)
        self._lose(session, self._faults.rates.connection_lost_after, "after", what)

    def _pause(self, what: str) -> None:
        if self._faults.dies_now(self.process.name, what):
            self._world.sleep(LONGEST_PAUSE_SECONDS)  # from which it does not wake
        else:
            self._world.point()

    def _lose(self, session: Session, rate: float, when: str, what: str) -> None:
        if self._faults.happens(rate):
            self._world.tell_fault(f"{self.process.name} loses its connection {when}: {what}")
            session.end()
        session.refuse_when_ended()

    def wait(self, until: Callable[[], bool], *, seconds: float) -> bool:
        """Wait in virtual time."""
        return self._world.wait(until, seconds=seconds)

    def moved(self) -> None:
        """The scheduler looks at every step who may go on."""


def end_sessions_of(server: Server, process: Process) -> None:
    """The server notices that a client is gone."""
    for session in list(server.sessions.values()):
        if isinstance(session.turns, ProcessTurns) and session.turns.process is process:
            session.end()

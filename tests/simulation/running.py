"""One run: a seed becomes a year of a whole installation with its faults, and a judgement."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from itertools import count
from random import Random

from tests.simulation.faults import Faults, Rates
from tests.simulation.installation import Installation
from tests.simulation.invariants import broken_promises, waits_for
from tests.simulation.one_core import on_a_core_of_its_own
from tests.simulation.patching import Lines, patched
from tests.simulation.people import People
from tests.simulation.scheduling import World, as_present
from tests.simulation.watching import Watch

WORK_SECONDS = 8.0
# In peace everything must be finished within so much time; the longest wait of the product is 5 s, a lost confirm's 10.
AT_MOST_SECONDS = 120.0
COLLECT_EVERY = 8  # runs; a collection takes as long as half a run
_RUNS = count(1)
PATIENCE = timedelta(minutes=11)  # twice the greatest error of a clock, and a little
COMPLAINTS = (2, 6)
OFFICERS = 2
LEAPS = 14


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a run came to. The fingerprint is the same for every repetition of a seed."""

    seed: int
    broken: tuple[str, ...]
    fingerprint: str
    faults: tuple[str, ...]
    last_lines: tuple[str, ...]
    rates: str
    steps: int
    commits: int
    events: int
    letters: int
    timers: int
    days: float
    starts: int

    def told(self) -> str:
        """For whoever must find out what happened: the faults, and how to see it again."""
        return "\n".join(
            [
                f"seed {self.seed} broke {len(self.broken)} promises:",
                *(f"  - {sentence}" for sentence in self.broken[:20]),
                f"rates: {self.rates}",
                f"{len(self.faults)} faults:",
                *(f"  {fault}" for fault in self.faults),
                "the last lines:",
                *(f"  {line}" for line in self.last_lines[-60:]),
                "again: " + replay_command(self.seed),
            ]
        )


def replay_command(seed: int) -> str:
    """The one command that shows the same run again."""
    return f"make simulate SEEDS=1 FIRST={seed}"


class Run:
    """The parts of one run while it goes on."""

    def __init__(self, world: World, *, harsh: bool) -> None:
        self.world = world
        self.chance = Random(world.chance.getrandbits(64))
        self.rates = Rates.harsh() if harsh else Rates.drawn(self.chance)
        self._harsh = harsh
        self.faults = Faults(world, self.rates)
        self.faults.kill = self._die
        self.inst = Installation(world, self.faults)
        self.watch = Watch(world, self.inst.server, self.inst.broker)
        self.people = People(self.inst, Random(self.chance.getrandbits(64)))
        self.names = self._names()
        self._workers: list[asyncio.Task[None]] = []

    def _names(self) -> list[str]:
        """One or two processes of each kind."""
        kinds = ("workflow", "timers", "relay", "projections", "notifier", "intake")
        return [
            f"{kind}-{number}"
            for kind in kinds
            for number in range(1, 3 if self._is_doubled(kind) else 2)
        ]

    def _is_doubled(self, kind: str) -> bool:
        return kind != "intake" and (self._harsh or self.chance.random() < 0.4)

    def live(self) -> None:
        """The year, with faults; then peace, until everything is done."""
        for name in self.names:
            self.inst.start(name)
        self.faults.is_on = True
        self._plan_faults()
        self._workers = self._people()
        self.world.run(self._is_worked, seconds=WORK_SECONDS * 2)
        self._make_peace()
        self._finish()

    def _is_worked(self) -> bool:
        return all(task.done() for task in self._workers)

    def _people(self) -> list[asyncio.Task[None]]:
        home, people, chance = self.people.home, self.people, self.chance

        def is_over() -> bool:
            return self.world.now >= WORK_SECONDS

        async def complain_later(number: int) -> None:
            await people.moment(WORK_SECONDS * 0.6)
            await people.complain(number)

        tasks = [home.create_task(complain_later(n)) for n in range(chance.randint(*COMPLAINTS))]
        tasks += [home.create_task(people.work(is_over)) for _ in range(OFFICERS)]
        tasks.append(home.create_task(people.let_days_pass(LEAPS, pause=WORK_SECONDS / LEAPS)))
        return tasks

    def _plan_faults(self) -> None:
        rates = self.rates
        plan: list[tuple[int, Callable[[], None]]] = [
            (rates.database_restarts, self._restart_database),
            (rates.broker_restarts, self._restart_broker),
            (rates.links_broken, self._break_a_link),
            (rates.leaders_lost, self._end_leadership),
            (rates.clock_jumps, self._jump_a_clock),
        ]
        for times, fault in plan:
            for _ in range(times):
                self.world.at(self.chance.random() * WORK_SECONDS, partial(self._if_on, fault))
        for _ in range(rates.deaths):
            self.world.at(self.chance.random() * WORK_SECONDS, partial(self._if_on, self._doom))

    def _if_on(self, fault: Callable[[], None]) -> None:
        if self.faults.is_on:
            fault()

    def _doom(self) -> None:
        """A process dies some steps from now, whatever it does then, or at one of its next writes."""
        name = self.chance.choice(sorted(self.names))
        if self.chance.random() < 0.6:
            self.faults.doomed[name] = self.chance.randint(1, 16)
        else:
            self.world.after_steps(self.chance.randint(1, 400), partial(self._die, name))

    def _die(self, name: str) -> None:
        if self.faults.is_on and name in self.inst.running:
            self._kill(name)

    def _kill(self, name: str) -> None:
        self.world.tell_fault(f"{name} dies")
        dead = self.inst.running[name]
        self.inst.kill(name)
        self.people.hang_up_on(dead)
        self.world.at(self.world.now + 0.1 + self.chance.random() * 3.0, partial(self._start, name))

    def _start(self, name: str) -> None:
        if name not in self.inst.running:
            self.inst.start(name)

    def _restart_database(self) -> None:
        ended = self.inst.server.stop()
        self.world.tell_fault(f"the database restarts and ends {ended} sessions")
        self.faults.database_is_away = True
        self.world.at(self.world.now + self.chance.random() * 3.0, self._database_is_back)

    def _database_is_back(self) -> None:
        self.faults.database_is_away = False

    def _restart_broker(self) -> None:
        self.world.tell_fault("the broker restarts")
        self.inst.broker.stop()
        self.world.at(self.world.now + self.chance.random() * 4.0, self.inst.broker.start)

    def _break_a_link(self) -> None:
        if self.inst.broker.links:
            link = self.chance.choice(self.inst.broker.links)
            self.world.tell_fault(f"the connection of {link.name} breaks")
            self.inst.broker.break_link(link)

    def _end_leadership(self) -> None:
        for session in list(self.inst.server.sessions.values()):
            if session.name == "redress_relay":
                self.world.tell_fault("the leading relay loses its lock")
                session.end()

    def _jump_a_clock(self) -> None:
        if self.inst.running:
            name = self.chance.choice(sorted(self.inst.running))
            seconds = self.chance.uniform(-300.0, 300.0)
            self.world.tell_fault(f"the clock of {name} is now {seconds:+.0f} s wrong")
            self.inst.running[name].process.skew_seconds = seconds

    def _make_peace(self) -> None:
        self.world.tell("peace")
        self.faults.is_on = False
        self.faults.database_is_away = False
        self.inst.broker.start()
        for name in self.names:
            self._start(name)
        for running in self.inst.running.values():
            running.process.skew_seconds = 0.0
        # What a clock that was ahead put off comes due.
        self.inst.leapt += PATIENCE

    def _finish(self) -> None:
        """Until all is done; two looks apart, because what is done may bring forth more."""

        def done() -> bool:
            # What is broken already need not be waited for.
            if self.watch.broken:
                return True
            return self._is_worked() and not waits_for(self.inst)

        for _ in range(2):
            next_look = 0.0

            def looked() -> bool:
                nonlocal next_look
                if self.world.now < next_look:
                    return False
                next_look = self.world.now + 0.5
                return done()

            self.world.run(looked, seconds=AT_MOST_SECONDS)
            self.world.run(lambda: False, seconds=1.2)

    def judged(self, lines: Lines) -> list[str]:
        """What was broken in the run."""
        found = [*self.watch.broken, *lines.alarms]
        if not self.watch.broken:  # else nobody waited for it
            found += [f"not finished: {what}" for what in waits_for(self.inst)]
        found += broken_promises(self.inst, self.people.memory)
        found += [
            f"an answer that nobody foresaw: {task.exception()!r}"
            for task in self._workers
            if task.done() and task.exception() is not None
        ]
        found += [
            f"{running.process.name}: {trouble}"
            for running in self.inst.running.values()
            for trouble in running.process.troubles
        ]
        found += [
            f"{name} ended by itself"
            for name, running in self.inst.running.items()
            if running.main is not None and running.main.done()
        ]
        return list(dict.fromkeys(found))


def simulate(seed: int, *, harsh: bool = False) -> Outcome:
    """Run a seed from nothing to its judgement; `harsh` has every kind of fault, and often."""
    world = World(seed)
    gc.disable()  # when an object goes must not depend on what ran before
    try:
        with on_a_core_of_its_own(), as_present(world), patched(world) as lines:
            run = Run(world, harsh=harsh)
            run.live()
            broken = run.judged(lines)
            return _outcome(run, broken)
    finally:
        gc.enable()
        if next(_RUNS) % COLLECT_EVERY == 0:
            gc.collect()  # what ended in circles would fill the memory of a night


def _outcome(run: Run, broken: list[str]) -> Outcome:
    world, server = run.world, run.inst.server
    return Outcome(
        seed=world.seed,
        broken=tuple(broken),
        fingerprint=world.fingerprint,
        faults=tuple(world.faults),
        last_lines=tuple(world.last_lines),
        rates=str(run.rates),
        steps=world.steps,
        commits=server.commits,
        events=len(server.rows("workflow.event")),
        letters=len(server.rows("notifier.letter")),
        timers=len(server.rows("workflow.timer")),
        days=run.inst.leapt.total_seconds() / 86_400,
        starts=run.inst.starts,
    )

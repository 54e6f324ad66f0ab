"""One order of everything: event loops, threads and time of all processes, decided by a seed.

A process is an event loop of its own with the threads that its `asyncio.to_thread` starts. At every moment exactly one
loop runs one step, or one thread runs up to its next message to a server; who it is, chance decides. Within one loop
the order is asyncio's own, first come first served, because the product may rely on that. Time passes only when
nobody can do anything.
"""

from __future__ import annotations

import _thread
import asyncio
import hashlib
import heapq
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from random import Random

from tests.simulation.processes import CREW, Process, ProcessDied, Thread

LAST_LINES = 400
MOST_STEPS = 2_000_000
# A message to a server and its answer take time, now and then so much that others come between.
PAUSES = 0.25
LONGEST_PAUSE_SECONDS = 0.006


class Stuck(AssertionError):
    """Nothing can move any more, or it moves for ever."""


class World:
    """The processes, the time, the chance, and the record of what happened."""

    def __init__(self, seed: int) -> None:
        self.seed = seed
        self.chance = Random(seed)
        self.now = 0.0
        self.steps = 0
        self.crew = CREW
        self.processes: list[Process] = []
        self.runnable: list[Thread] = []
        self.current: Thread | None = None
        self.dooms: list[tuple[int, int, Callable[[], None]]] = []
        self.surprise: BaseException | None = None  # of the models, never of the product
        self.faults: list[str] = []
        self.last_lines: deque[str] = deque(maxlen=LAST_LINES)
        self._digest = hashlib.blake2b(digest_size=16)
        self._turn = _thread.allocate_lock()
        self._turn.acquire()
        self._sleepers: list[tuple[float, int, Thread]] = []
        self._waiting: list[tuple[Thread, Callable[[], bool], float]] = []
        self._appointments: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = count()

    def tell(self, what: str) -> None:
        """Add a line to the record, whose fingerprint tells whether two runs were the same."""
        line = f"{self.now:10.4f} {what}"
        self._digest.update(line.encode())
        self.last_lines.append(line)

    def tell_fault(self, what: str) -> None:
        """The same for a fault, which is kept to be shown."""
        self.tell(f"FAULT {what}")
        self.faults.append(f"{self.now:10.4f} step {self.steps:>6} {what}")

    @property
    def fingerprint(self) -> str:
        """The hash of everything that happened so far, in its order."""
        return self._digest.hexdigest()

    def process(self, name: str) -> Process:
        """A new process."""
        process = Process(self, name)
        self.processes.append(process)
        return process

    def kill(self, process: Process) -> None:
        """The process is no more: nothing of it runs again, and no wish of it has an effect."""
        process.is_alive = False
        self.processes.remove(process)
        dead = [thread for thread in process.threads if not thread.is_done]
        self._waiting = [each for each in self._waiting if each[0] not in dead]
        self._sleepers = [each for each in self._sleepers if each[2] not in dead]
        heapq.heapify(self._sleepers)
        for thread in dead:
            if thread in self.runnable:
                self.runnable.remove(thread)
            # What unwinds now meets a dead process at every point: it can do nothing any more.
            while not thread.is_done:
                self._run_thread(thread)
        self._bury(process)

    def _bury(self, process: Process) -> None:
        """Unwind what the tasks hold, so that nothing is left to the interpreter's clearing up."""
        for _ in range(10):
            unfinished = [task for task in process.tasks if not task.done()]
            if not unfinished:
                break
            for task in unfinished:
                task.cancel()
            for _ in range(1000):
                if not process.ready:
                    break
                self._run_handle(process)
        process.ready.clear()
        process.timers.clear()

    def at(self, when: float, do: Callable[[], None]) -> None:
        """Have something done from outside at a time."""
        heapq.heappush(self._appointments, (when, next(self._numbers), do))

    def run(self, until: Callable[[], bool], *, seconds: float) -> bool:
        """Let everything go on until the condition, which is asked whenever time passes; False when so
        many seconds have passed.
        """
        end = self.now + seconds
        while not until():
            if self.now >= end:
                return False
            while self._step():
                if self.surprise is not None:
                    raise self.surprise
                if self.steps > MOST_STEPS:
                    raise Stuck(f"more than {MOST_STEPS} steps")
            self._let_time_pass(end)
        return True

    def _step(self) -> bool:
        if self._waiting:
            self._wake_those_whose_wait_is_over()
        loops = [each for each in self.processes if each.ready]
        choices = len(loops) + len(self.runnable)
        if not choices:
            return False
        self.steps += 1
        place = int(self.chance.random() * choices) if choices > 1 else 0
        if place < len(loops):
            self._run_handle(loops[place])
        else:
            self._run_thread(self.runnable.pop(place - len(loops)))
        while self.dooms and self.dooms[0][0] <= self.steps:
            heapq.heappop(self.dooms)[2]()
        return True

    def after_steps(self, steps: int, do: Callable[[], None]) -> None:
        """Have something done from outside between two steps."""
        heapq.heappush(self.dooms, (self.steps + steps, next(self._numbers), do))

    def _wake_those_whose_wait_is_over(self) -> None:
        still = []
        for waiting in self._waiting:
            thread, until, end = waiting
            if until() or self.now >= end:
                self.runnable.append(thread)
            else:
                still.append(waiting)
        self._waiting = still

    def _run_handle(self, process: Process) -> None:
        handle = process.ready.popleft()
        if handle.cancelled():
            return
        asyncio._set_running_loop(process)
        try:
            handle._run()
        except ProcessDied:
            pass
        finally:
            asyncio._set_running_loop(None)

    def _run_thread(self, thread: Thread) -> None:
        self.current = thread
        thread.resume()
        self._turn.acquire()
        self.current = None
        if thread.is_done:
            thread.process.threads.remove(thread)

    def back(self) -> None:
        """Give the turn back to the scheduler; for threads alone."""
        self._turn.release()

    def _let_time_pass(self, end: float) -> None:
        """Go to the next moment at which something happens, at most to the end."""
        moments = [end]
        for process in self.processes:
            while process.timers and process.timers[0].cancelled():
                heapq.heappop(process.timers)
            if process.timers:
                moments.append(process.timers[0].when())
        if self._sleepers:
            moments.append(self._sleepers[0][0])
        if self._appointments:
            moments.append(self._appointments[0][0])
        moments += [ends for _, _, ends in self._waiting]
        self.now = max(self.now, min(moments))
        self._what_is_due()

    def _what_is_due(self) -> None:
        while self._appointments and self._appointments[0][0] <= self.now:
            heapq.heappop(self._appointments)[2]()
        while self._sleepers and self._sleepers[0][0] <= self.now:
            self.runnable.append(heapq.heappop(self._sleepers)[2])
        for process in self.processes:
            while process.timers and process.timers[0].when() <= self.now:
                handle = heapq.heappop(process.timers)
                if not handle.cancelled():
                    process.ready.append(handle)

    def point(self) -> None:
        """A moment at which others may be served first; raises when the process has died."""
        thread = self.current
        if thread is None:
            return
        if not thread.process.is_alive:
            raise ProcessDied
        if self.chance.random() < PAUSES:
            self.sleep(self.chance.random() * LONGEST_PAUSE_SECONDS)

    def sleep(self, seconds: float) -> None:
        """`time.sleep` of a thread."""
        thread = self.current
        if thread is None:
            return
        if thread.process.is_alive:
            heapq.heappush(self._sleepers, (self.now + seconds, next(self._numbers), thread))
            thread.pause()
        if not thread.process.is_alive:
            raise ProcessDied

    def wait(self, until: Callable[[], bool], *, seconds: float) -> bool:
        """Wait in a thread for a condition; False when the seconds have passed."""
        thread = self.current
        if thread is None or until():
            return until()
        if thread.process.is_alive:
            self._waiting.append((thread, until, self.now + seconds))
            thread.pause()
        if not thread.process.is_alive:
            raise ProcessDied
        return until()

    @property
    def here(self) -> Process | None:
        """Whose code runs at this moment."""
        if self.current is not None:
            return self.current.process
        loop = asyncio._get_running_loop()
        return loop if isinstance(loop, Process) else None

    def end(self) -> None:
        """Kill what still lives."""
        for process in list(self.processes):
            self.kill(process)


class SimulatedEvent:
    """`threading.Event` for threads that take turns."""

    def __init__(self) -> None:
        self._is_set = False

    def set(self) -> None:
        """Let those who wait go on."""
        self._is_set = True

    def clear(self) -> None:
        """Have the next ones wait."""
        self._is_set = False

    def is_set(self) -> bool:
        """Whether it is set."""
        return self._is_set

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it is set."""
        return present().wait(lambda: self._is_set, seconds=1e9 if timeout is None else timeout)


_present: list[World] = []


def present() -> World:
    """The world that runs."""
    return _present[-1]


@contextmanager
def as_present(world: World) -> Iterator[World]:
    """Make it the present world; nothing of it is left alive afterwards."""
    _present.append(world)
    try:
        yield world
    finally:
        world.end()
        _present.pop()

"""A process of a run: an event loop with its threads, which run only when the scheduler says so."""

from __future__ import annotations

import _thread
import asyncio
import contextvars
import heapq
import threading
from collections import deque
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.simulation.scheduling import World

    EventLoop = Any
else:
    EventLoop = asyncio.AbstractEventLoop  # of which a process has what the product uses

Work = Callable[[], Any]


class ProcessDied(BaseException):
    """The process of this code is dead: whatever it still tries has no effect."""


class Thread:
    """A thread of a process: it runs when it is told to, up to the next point at which it may stop."""

    def __init__(self, world: World, process: Process, work: Work) -> None:
        self.process = process
        self._world = world
        self._work = work
        self._go = _thread.allocate_lock()
        self._go.acquire()
        self.is_done = False
        world.crew.run(self._run)

    def _run(self) -> None:
        self._go.acquire()
        try:
            self._work()
        except ProcessDied:
            pass
        except BaseException as surprise:  # noqa: BLE001 - raised again where somebody can see it
            self._world.surprise = surprise
        finally:
            self.is_done = True
            self._world.back()

    def resume(self) -> None:
        """Run on, until it pauses or ends; for the scheduler alone."""
        self._go.release()

    def pause(self) -> None:
        """Let others run; returns when it is this thread's turn again."""
        self._world.back()
        self._go.acquire()


class Crew:
    """Threads of the machine, used again and again: starting one costs more than a step."""

    def __init__(self) -> None:
        self._idle: list[_Hand] = []

    def run(self, work: Work) -> None:
        """Have one of them do the work."""
        hand = self._idle.pop() if self._idle else _Hand(self._idle)
        hand.give(work)


class _Hand:
    def __init__(self, idle: list[_Hand]) -> None:
        self._idle = idle
        self._given: Work | None = None
        self._wanted = _thread.allocate_lock()
        self._wanted.acquire()
        threading.Thread(target=self._serve, daemon=True, name="simulated").start()

    def give(self, work: Work) -> None:
        self._given = work
        self._wanted.release()

    def _serve(self) -> None:
        while True:
            self._wanted.acquire()
            work, self._given = self._given, None
            if work is not None:
                work()
            del work  # or it would keep a whole run alive
            self._idle.append(self)


CREW = Crew()


def _settle(
    future: asyncio.Future[Any], *, result: Any = None, error: Exception | None = None
) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)


class Process(EventLoop):  # type: ignore[misc]  # see above
    """One process: its event loop, its threads, its clock's error, and whether it lives."""

    def __init__(self, world: World, name: str) -> None:
        self.world = world
        self.name = name
        self.is_alive = True
        self.skew_seconds = 0.0
        self.ready: deque[asyncio.Handle] = deque()
        self.timers: list[asyncio.TimerHandle] = []
        self.threads: list[Thread] = []
        self.tasks: list[asyncio.Task[Any]] = []
        self.troubles: list[str] = []

    def __repr__(self) -> str:
        return f"<process {self.name}>"

    def time(self) -> float:
        return self.world.now

    def call_soon(
        self, callback: Callable[..., Any], *args: Any, context: contextvars.Context | None = None
    ) -> asyncio.Handle:
        handle = asyncio.Handle(callback, args, self, context)
        self.ready.append(handle)
        return handle

    call_soon_threadsafe = call_soon

    def call_later(
        self,
        delay: float,
        callback: Callable[..., Any],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        return self.call_at(self.time() + delay, callback, *args, context=context)

    def call_at(
        self,
        when: float,
        callback: Callable[..., Any],
        *args: Any,
        context: contextvars.Context | None = None,
    ) -> asyncio.TimerHandle:
        handle = asyncio.TimerHandle(when, callback, args, self, context)
        heapq.heappush(self.timers, handle)
        return handle

    def _timer_handle_cancelled(self, handle: asyncio.TimerHandle) -> None:
        """It is passed over when its time comes."""

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(
        self, coro: Coroutine[Any, Any, Any], *, name: object = None, context: Any = None
    ) -> asyncio.Task[Any]:
        task: asyncio.Task[Any] = asyncio.Task(
            coro, loop=self, name=None if name is None else str(name), context=context
        )
        self.tasks.append(task)
        if len(self.tasks) > 200:
            self.tasks = [each for each in self.tasks if not each.done()]
        return task

    def run_in_executor(
        self, _executor: Any, func: Callable[..., Any], *args: Any
    ) -> asyncio.Future[Any]:
        future = self.create_future()

        self.serve(lambda: func(*args), future)
        return future

    def serve(self, func: Work, future: asyncio.Future[Any]) -> None:
        """Do it in a thread of this process; the result goes to the future, whosever it is."""
        home: Any = future.get_loop()

        def work() -> None:
            try:
                result = func()
            except Exception as error:  # noqa: BLE001 - it belongs to whoever waits for it
                settled = partial(_settle, future, error=error)
            else:
                settled = partial(_settle, future, result=result)
            home.call_soon(settled)

        self.start_thread(work)

    def start_thread(self, work: Work) -> None:
        """A thread that does the work when its turn comes."""
        thread = Thread(self.world, self, work)
        self.threads.append(thread)
        self.world.runnable.append(thread)

    def is_running(self) -> bool:
        return self.is_alive

    def is_closed(self) -> bool:
        return not self.is_alive

    def get_debug(self) -> bool:
        return False

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        error = context.get("exception")
        if error is not None and not isinstance(error, Exception | ProcessDied):
            self.world.surprise = error
        self.troubles.append(f"{context.get('message')}: {type(error).__name__}: {error}")

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        self.call_exception_handler(context)

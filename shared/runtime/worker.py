"""The shape of everything that runs until it is told to stop, and the loop that most of them share."""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from typing import Protocol

import structlog

FIRST_WAIT_SECONDS = 0.2
LONGEST_WAIT_SECONDS = 5.0


class Worker(Protocol):
    """Runs until `stop` is set, then returns within two seconds; work is finished or undone, never half."""

    name: str

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""


class WakeUp:
    """Ends the rest of a worker, from any thread and at any time; needless when the worker is not running."""

    def __init__(self) -> None:
        self._event = asyncio.Event()
        self._loop: asyncio.AbstractEventLoop | None = None

    def call(self) -> None:
        """There is something to do."""
        loop = self._loop
        if loop is not None and not loop.is_closed():
            loop.call_soon_threadsafe(self._event.set)

    @contextmanager
    def heard(self) -> Iterator[asyncio.Event]:
        """The worker runs on this loop now, and rests on this event."""
        self._loop = asyncio.get_running_loop()
        try:
            yield self._event
        finally:
            self._loop = None

    def forget(self) -> None:
        """Whoever called is not answered any more."""
        self._event.clear()


async def rest(stop: asyncio.Event, seconds: float, *, wake: asyncio.Event | None = None) -> None:
    """Waits that long, or until `stop` or `wake` is set; clears `wake`."""
    waits = [asyncio.create_task(stop.wait())]
    if wake is not None:
        waits.append(asyncio.create_task(wake.wait()))
    try:
        await asyncio.wait(waits, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in waits:
            task.cancel()
        await asyncio.gather(*waits, return_exceptions=True)
    if wake is not None:
        wake.clear()


async def repeat(
    name: str,
    step: Callable[[], Awaitable[float]],
    stop: asyncio.Event,
    *,
    wake: asyncio.Event | None = None,
) -> None:
    """Calls `step` until `stop` is set; it says how many seconds to rest before the next call.

    A step that fails is logged and tried again after a wait that doubles from 0.2 to 5 seconds: a worker does not die
    of a database that restarts, and does not hide that it did.
    """
    log = structlog.get_logger().bind(worker=name)
    wait = FIRST_WAIT_SECONDS
    while not stop.is_set():
        try:
            pause = await step()
            wait = FIRST_WAIT_SECONDS
        except Exception as trouble:  # noqa: BLE001 - the outermost loop of a worker: log it, wait, try again
            log.warning(
                "worker_trouble",
                error=type(trouble).__name__,
                detail=str(trouble)[:200],
                wait_seconds=wait,
            )
            pause = wait
            wait = min(wait * 2, LONGEST_WAIT_SECONDS)
        if pause > 0:
            await rest(stop, pause, wake=wake)
        else:
            await asyncio.sleep(0)


async def run_all(workers: list[Worker], stop: asyncio.Event) -> None:
    """Runs the workers until `stop` is set; when one ends before that, all are stopped and its error is raised."""
    tasks = {asyncio.create_task(worker.run(stop), name=worker.name): worker for worker in workers}
    if not tasks:
        return
    _, pending = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    if not stop.is_set():
        stop.set()
    if pending:
        _, late = await asyncio.wait(pending, timeout=10.0)
        for task in late:
            task.cancel()
    results = await asyncio.gather(*tasks, return_exceptions=True)
    for task, outcome in zip(tasks, results, strict=True):
        if isinstance(outcome, Exception):
            raise RuntimeError(f"the worker {task.get_name()} ended") from outcome

"""A relay that died, or stands still, is replaced within ten seconds: no operator is needed."""

from __future__ import annotations

import asyncio
import os
import signal
import time
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from multiprocessing.process import BaseProcess
from pathlib import Path

import psycopg
import pytest

from services.workflow.relay import (
    NOT_LEADING_SECONDS,
    SILENT_LEADER_SECONDS,
    Relay,
    cursor_seq,
    relay_leads,
)
from shared.database.pool import Database
from shared.eventstore.feed import head
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import PROJECTIONS_FEED
from shared.runtime.clock import SystemClock
from shared.runtime.worker import run_all
from tests.crash_points.world import PROCESSES
from tests.support.eventually import eventually_async
from tests.workflow.office import LANDLORD, Office

TAKEN_OVER_WITHIN_SECONDS = 10.0
BOILER = "RC-2026-000001"


async def nobody_in_particular(_body: bytes) -> None:
    """A subscriber, so that there is somebody to publish to."""


@asynccontextmanager
async def bus_at(folder: Path) -> AsyncIterator[LocalBus]:
    """A bus with a subscriber."""
    bus = LocalBus(folder / "parked")
    await bus.start()
    await bus.subscribe(PROJECTIONS_FEED, nobody_in_particular)
    try:
        yield bus
    finally:
        await bus.stop()


@asynccontextmanager
async def running(relay: Relay) -> AsyncIterator[None]:
    """The relay at work until the test is done with it."""
    stop = asyncio.Event()
    task = asyncio.create_task(run_all([relay], stop))
    try:
        yield
    finally:
        stop.set()
        await task


def lead(conninfo: str, folder: Path) -> None:
    """What the process does that is going to die: it relays."""

    async def relaying() -> None:
        async with bus_at(folder) as bus:
            with Database(conninfo, role="redress_workflow", max_size=2) as database:
                relay = Relay(database=database, bus=bus, clock=SystemClock())
                await relay.run(asyncio.Event())

    asyncio.run(relaying())


@pytest.fixture
def process_of_relay(office: Office, tmp_path: Path) -> Iterator[BaseProcess]:
    """A relay in a process of its own."""
    process = PROCESSES.Process(target=lead, args=(office.conninfo, tmp_path / "theirs"))
    process.start()
    yield process
    process.kill()
    process.join()


def everything_is_published(office: Office) -> Callable[[], bool]:
    """Whether the cursor is at the head of the feed."""

    def looked() -> bool:
        with office.database.transaction(LANDLORD) as cursor:
            return cursor_seq(cursor, LANDLORD) == head(cursor, LANDLORD) > 0

    return looked


def somebody_leads(office: Office) -> bool:
    with office.owner.directory() as cursor:
        return relay_leads(cursor)


async def until(condition: Callable[[], bool], *, within_seconds: float = 30.0) -> None:
    await eventually_async(lambda: asyncio.to_thread(condition), within_seconds=within_seconds)


async def test_another_relay_takes_over_from_a_killed_one(
    office: Office, process_of_relay: BaseProcess, tmp_path: Path
) -> None:
    await until(lambda: somebody_leads(office))
    async with (
        bus_at(tmp_path / "ours") as bus,
        running(Relay(database=office.database, bus=bus, clock=office.clock)),
    ):
        assert process_of_relay.pid is not None
        os.kill(process_of_relay.pid, signal.SIGKILL)
        office.open(BOILER)
        killed_at = time.monotonic()
        await until(everything_is_published(office), within_seconds=TAKEN_OVER_WITHIN_SECONDS)
        assert time.monotonic() - killed_at < TAKEN_OVER_WITHIN_SECONDS


async def test_another_relay_takes_over_from_one_that_stands_still(
    office: Office, tmp_path: Path
) -> None:
    """Its process is frozen, or its machine is gone without a goodbye: nothing closes its lock's
    connection but the server, after a silence (here a short one).
    """
    async with bus_at(tmp_path) as bus:
        still = Relay(
            database=office.database, bus=bus, clock=office.clock, silent_leader_seconds=0.5
        )
        await still.step()
        assert somebody_leads(office)
        office.open(BOILER)
        async with running(Relay(database=office.database, bus=bus, clock=office.clock)):
            await until(everything_is_published(office), within_seconds=TAKEN_OVER_WITHIN_SECONDS)
            # It comes to itself: the lock is not its own any more, and it says so.
            with pytest.raises(psycopg.OperationalError):
                await still.step()
            published = everything_is_published(office)()
            assert await still.step() == NOT_LEADING_SECONDS
            assert published


def test_the_limits_add_up_to_less_than_ten_seconds() -> None:
    assert SILENT_LEADER_SECONDS + NOT_LEADING_SECONDS < TAKEN_OVER_WITHIN_SECONDS

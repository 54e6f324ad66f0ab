"""A relay in a process of its own hears at once what other processes appended, and does not rely on it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from services.workflow.domain.commands import RecordContact
from services.workflow.handling import Handling
from services.workflow.relay import Relay
from services.workflow.waking import LISTEN, GrowthListener, GrowthTeller
from shared.complaints.values import Channel
from shared.database.pool import Database
from shared.messaging.local_bus import LocalBus
from shared.runtime.worker import Worker, run_all
from tests.support.eventually import eventually
from tests.workflow.office import LANDLORD, Office, command_id

pytestmark = pytest.mark.postgres
BOILER = "RC-2026-000001"
WAITS_FOR_ITS_BROKER_SECONDS = 0.9  # the second of its waits is a whole one


class Running:
    """Workers that run while the block does."""

    def __init__(self, *workers: Worker) -> None:
        self._workers = list(workers)
        self._stop = asyncio.Event()

    async def __aenter__(self) -> None:
        self._running = asyncio.create_task(run_all(self._workers, self._stop))

    async def __aexit__(self, *_: object) -> None:
        self._stop.set()
        await self._running


async def until(condition: Callable[[], bool]) -> None:
    """Waits for it while the loop goes on."""
    await asyncio.to_thread(eventually, condition)


def listening(database: Database) -> bool:
    """Whether somebody listens."""
    with database.directory() as cursor:
        cursor.execute(
            "SELECT 1 FROM pg_stat_activity WHERE datname = current_database()"
            " AND application_name = 'redress_relay_listening' AND state = 'idle'"
        )
        return cursor.fetchone() is not None


async def test_what_a_process_appends_wakes_the_relay_of_another(office: Office) -> None:
    wakes: list[str] = []
    teller = GrowthTeller(office.database)
    handling = Handling(
        recorder=office.recorder,
        database=office.database,
        clock=office.clock,
        vault=office.vault,
        after_append=teller.tell,
    )
    office.open(BOILER)
    async with Running(teller, GrowthListener(office.database, wake=lambda: wakes.append("woken"))):
        await until(lambda: listening(office.owner) and bool(wakes))
        before = len(wakes)
        await asyncio.to_thread(
            handling.handle,
            LANDLORD,
            BOILER,
            RecordContact(channel=Channel.PHONE, happened=office.now(), actor="ben"),
            command_id=command_id(BOILER, "call"),
            fingerprint=b"call",
            correlation_id="test",
            causation_id="test",
        )
        await until(lambda: len(wakes) > before)


async def test_many_appends_at_once_are_told_together(office: Office) -> None:
    teller = GrowthTeller(office.database)
    with psycopg.connect(office.conninfo, autocommit=True) as bare:
        bare.execute(LISTEN)

        def told(*, stop_after: int | None = None, within_seconds: float) -> int:
            return len(list(bare.notifies(timeout=within_seconds, stop_after=stop_after)))

        async with Running(teller):
            for _ in range(2_000):
                teller.tell()
            first = await asyncio.to_thread(told, stop_after=1, within_seconds=20.0)
        further = told(within_seconds=0.1)
    assert first == 1
    assert further < 10


async def test_a_listener_whose_connection_was_ended_listens_again(office: Office) -> None:
    wakes: list[str] = []
    teller = GrowthTeller(office.database)
    async with Running(teller, GrowthListener(office.database, wake=lambda: wakes.append("woken"))):
        await until(lambda: listening(office.owner) and bool(wakes))
        with office.owner.directory() as cursor:
            cursor.execute(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'redress_relay_listening'"
            )
        before = len(wakes)
        await until(lambda: len(wakes) > before)  # for what it did not hear meanwhile
        before = len(wakes)
        teller.tell()
        await until(lambda: len(wakes) > before)


class CountingRelay(Relay):
    """Counts how often it looks."""

    looks = 0

    async def step(self) -> float:
        """One look more."""
        self.looks += 1
        return await super().step()


async def test_a_relay_is_woken_while_it_leads_and_has_its_broker(
    office: Office, tmp_path: Path
) -> None:
    bus, away = LocalBus(tmp_path / "parked"), LocalBus(tmp_path / "of nobody")
    leads, waits = (
        CountingRelay(database=office.database, bus=bus, clock=office.clock) for _ in range(2)
    )
    await bus.start()
    async with Running(leads):
        await until(lambda: leads.looks > 1)
        async with Running(waits):
            await until(lambda: waits.looks == 1)
            for _ in range(20):
                seen = leads.looks
                leads.wake()
                waits.wake()
                await until(lambda: leads.looks > seen)  # noqa: B023 - awaited within the turn
            # By itself the one that leads looks four times as often: only the wakes are told apart.
            assert waits.looks * 3 < leads.looks
    await bus.stop()
    cut_off = CountingRelay(database=office.database, bus=away, clock=office.clock)

    def has_looked_again_and_again() -> bool:
        cut_off.wake()
        return cut_off.looks >= 3

    async with Running(cut_off):
        began = time.monotonic()
        await until(has_looked_again_and_again)
    assert time.monotonic() - began > WAITS_FOR_ITS_BROKER_SECONDS

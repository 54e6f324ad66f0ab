"""What an event that cannot be taken costs all others: the time from commit to effect, with and without it."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from typing import Any

from psycopg import Cursor

from benchmarks.paced import at_rate
from benchmarks.reporting import Measured, milliseconds
from benchmarks.servers import Servers
from benchmarks.setting import notes, register
from services.workflow.relay import Relay
from shared.database.pool import Database
from shared.eventstore.record import RecordedEvent
from shared.eventstore.recorder import FeedRecorder
from shared.messaging.follower import FeedFollower
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.topology import PROJECTIONS_FEED
from shared.runtime.clock import SystemClock
from tests.support.eventually import eventually_async

LANDLORD = "poisoned"
EVENTS_A_SECOND, SECONDS = 50, 10.0
EVERY = 50  # one event in so many belongs to the complaint that cannot be taken
POISONED = "BM-2026-666666"
FURTHER_POISON = 5  # complaints that fail during the second half, one after the other


def measure(servers: Servers) -> list[Measured]:
    """The same traffic twice: all of it well, then with a complaint whose events are parked and held."""
    conninfo, url = servers.database(), servers.broker()
    with (
        Database(conninfo, role=None) as owner,
        Database(conninfo, role="redress_workflow") as workflow,
        Database(conninfo, role="redress_projections") as projections,
    ):
        register(owner, LANDLORD)
        return asyncio.run(_measured(workflow, projections, url))


async def _measured(workflow: Database, projections: Database, url: str) -> list[Measured]:
    recorder, bus = FeedRecorder(workflow), RabbitBus(url)
    effect = _Effect()
    relay = Relay(database=workflow, bus=bus, clock=SystemClock())
    follower = FeedFollower(
        name=PROJECTIONS_FEED.name,
        database=projections,
        bus=bus,
        queue=PROJECTIONS_FEED,
        schema="projections",
        apply=effect,
        clock=SystemClock(),
    )
    await bus.start()
    stop = asyncio.Event()
    workers = [asyncio.create_task(one.run(stop)) for one in (relay, follower)]
    await eventually_async(bus.connected)
    traffic = _Traffic(recorder, relay, effect)
    await traffic.flows()  # warm
    well = await traffic.flows()
    effect.fails = frozenset({POISONED})
    await traffic.one(POISONED)  # parked before the clock runs: what is measured is living with it
    parked = await traffic.flows()
    effect.fails |= {f"BM-2026-66{number:04}" for number in range(FURTHER_POISON)}
    parking = await traffic.flows(further=FURTHER_POISON)
    stop.set()
    await asyncio.gather(*workers)
    await bus.stop()
    with projections.transaction(LANDLORD) as cursor:
        assert len(follower.parked(cursor, LANDLORD)) > FURTHER_POISON
    without = {"nothing poisoned": well}
    rate = f"{EVENTS_A_SECOND} events a second"
    return [
        *milliseconds(
            f"commit to effect of the others, one complaint parked, {rate}",
            parked,
            beside=without,
            aims=("", "within 10 % (0.91)"),
        ),
        *milliseconds(
            f"the same while {FURTHER_POISON} more are being parked",
            parking,
            beside=without,
        ),
    ]


class _Effect:
    """Notes when each event had its effect; fails for some complaints."""

    def __init__(self) -> None:
        self.at: dict[str, float] = {}
        self.fails: frozenset[str] = frozenset()

    def __call__(self, cursor: Cursor[dict[str, Any]], event: RecordedEvent) -> None:
        cursor.execute("SELECT 1")
        if event.stream in self.fails:
            raise ValueError("this complaint cannot be taken")
        self.at[str(event.event_id)] = time.perf_counter()


class _Traffic:
    """Events of many complaints at a steady rate, now and then one of the complaint in question."""

    def __init__(self, recorder: FeedRecorder, relay: Relay, effect: _Effect) -> None:
        self._recorder = recorder
        self._relay = relay
        self._effect = effect
        self._versions = count()
        self._loop = asyncio.get_running_loop()

    async def one(self, stream: str) -> None:
        """One event of a complaint, and time for it to be taken."""
        await self._loop.run_in_executor(None, self._append, stream)
        await asyncio.sleep(1.0)

    async def flows(self, *, further: int = 0) -> list[float]:
        """Seconds from commit to effect of all events but those of complaints that fail."""
        committed: dict[str, float] = {}
        apart = int(EVENTS_A_SECOND * SECONDS) // (further + 1)

        def step(number: int) -> None:
            if number % EVERY == 0:
                self._append(POISONED)
            elif further and number % apart == 1 and number // apart < further:
                self._append(f"BM-2026-66{number // apart:04}")
            else:
                event_id = self._append(None)
                committed[event_id] = time.perf_counter()

        with ThreadPoolExecutor(1) as pool:
            await self._loop.run_in_executor(
                pool, lambda: at_rate(step, per_second=EVENTS_A_SECOND, seconds=SECONDS, workers=1)
            )

        async def all_had_their_effect() -> bool:
            return committed.keys() <= self._effect.at.keys()

        await eventually_async(all_had_their_effect)
        return [max(0.0, self._effect.at[one] - at) for one, at in committed.items()]

    def _append(self, stream: str | None) -> str:
        one = notes(LANDLORD, stream=stream)
        if stream == POISONED:
            one = replace(one, expected_version=next(self._versions))
        self._recorder.append(one)
        self._relay.wake()
        return str(one.records[0].event_id)

"""A landlord whose processes die, and what must be true of it whenever they did."""

from __future__ import annotations

import asyncio
import multiprocessing
import os
import signal
from collections import Counter
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

import psycopg
from aio_pika import connect
from eventsourcing.persistence import PersistenceError
from psycopg_pool import PoolTimeout

from services.redress.consumers import letter_follower
from services.workflow.reconciling import differences, survey
from shared.database.pool import Database
from shared.eventstore.chain import verify_feed
from shared.eventstore.feed import head
from shared.messaging.envelope import FeedEntry
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import EVENTS_EXCHANGE, QUEUES, declare_topology
from tests.chaos.outside import EVERY_FACT
from tests.crash_points.broker_line import BrokerLine
from tests.crash_points.errands import LANDLORD, Errand, carry_out
from tests.crash_points.points import Fault, Points
from tests.crash_points.postgres_line import PostgresLine
from tests.support.eventually import eventually
from tests.workflow.office import Office

# A process forked from one that has imported everything begins within milliseconds, and can be
# killed by SIGKILL like any other.
PROCESSES = multiprocessing.get_context("forkserver")
PROCESSES.set_forkserver_preload(["tests.crash_points.errands"])
ENDED_WITHIN_SECONDS = 60.0
OUTSIDE = "tests.outside"
# What a broken connection is told as; anything else is a fault of ours.
TROUBLE = (psycopg.OperationalError, PersistenceError, PoolTimeout)


@dataclass
class World:
    """One landlord on real servers."""

    office: Office
    rabbit_url: str
    folder: Path
    published: list[int] = field(default_factory=list)  # places of the feed, as they were delivered

    def errand(self, name: str, number: int) -> Errand:
        """An errand with nothing between it and the servers."""
        return Errand(name, number, self.office.conninfo, self.rabbit_url, str(self.folder))

    def broken_off(self, errand: Errand, chosen: int) -> Points:
        """Do the errand in a process of its own, which is killed at the chosen place."""
        process: list[Any] = []

        def kill() -> None:
            os.kill(process[0].pid, signal.SIGKILL)

        points = Points(chosen, die=kill)
        with ExitStack() as lines:
            process.append(
                PROCESSES.Process(target=carry_out, args=(self._through(errand, points, lines),))
            )
            process[0].start()
            process[0].join(ENDED_WITHIN_SECONDS)
        try:
            expected = -signal.SIGKILL if points.happened else 0
            assert process[0].exitcode == expected, f"{process[0].exitcode}; {points}"
        finally:
            with suppress(ProcessLookupError):
                process[0].kill()
        return points

    def disturbed(self, errand: Errand, chosen: int, fault: Fault) -> Points:
        """Do the errand while a connection breaks at the chosen place; the user tries again."""
        points = Points(chosen, fault=fault)
        with ExitStack() as lines:
            self.run_on(self._through(errand, points, lines))
        return points

    def run_on(self, errand: Errand) -> None:
        """What a user or an orchestrator does: begin again until nothing is left."""
        eventually(partial(self._without_trouble, errand))

    def _through(self, errand: Errand, points: Points, lines: ExitStack) -> Errand:
        postgres = lines.enter_context(PostgresLine(errand.conninfo, points))
        broker = lines.enter_context(BrokerLine(errand.rabbit_url, points))
        return replace(errand, conninfo=postgres.conninfo, rabbit_url=broker.url)

    def _without_trouble(self, errand: Errand) -> bool:
        try:
            return carry_out(errand)
        except TROUBLE:
            return False

    def letters_are_written_down(self) -> None:
        """The notifier takes everything up to the head."""
        with Database(self.office.conninfo, role="redress_notifier", max_size=2) as database:
            bus = LocalBus(self.folder / "parked")
            letter_follower(database, bus, self.office.clock).catch_up(LANDLORD)

    def rows(self, statement: str, *parameters: Any) -> list[dict[str, Any]]:
        """What the owner finds."""
        with self.office.owner.transaction(LANDLORD) as cursor:
            return cursor.execute(statement.encode(), parameters).fetchall()

    def scalar(self, statement: str, *parameters: Any) -> Any:
        """One figure."""
        return next(iter(self.rows(statement, *parameters)[0].values()))

    def the_log_is_whole(self) -> None:
        """The feed has no gap, its chain holds up to its head, and every version follows."""
        with self.office.owner.transaction(LANDLORD) as cursor:
            report = verify_feed(cursor, LANDLORD)
            assert report.broken is None
            assert report.verified_through == head(cursor, LANDLORD)
        skips = self.rows(
            "SELECT stream FROM workflow.event GROUP BY stream HAVING max(version) <> count(*)"
        )
        assert not skips

    def timers_are_as_replay_says(self, stream: str) -> None:
        """The rows of one complaint follow from its log."""
        with self.office.database.transaction(LANDLORD) as cursor:
            now = self.office.clock.now()
            assert not differences(cursor, LANDLORD, [stream], now=now)

    def all_timers_are_as_replay_says(self) -> None:
        """The same for every complaint."""
        now = self.office.clock.now()
        assert not survey(self.office.database, LANDLORD, now=now)

    def result_is_recorded(self, errand: Errand) -> None:
        """The command has its result, and it tells of exactly the events of that command."""
        result = self.office.recorder.command_result(LANDLORD, errand.command_id)
        assert result is not None
        written = [
            record.name
            for record in self.office.recorder.load(LANDLORD, result.stream)
            if record.command_id == errand.command_id
        ]
        assert list(result.event_names) == written

    def subscribe_from_outside(self) -> None:
        """Bind a queue of another system, which keeps every fact that is published."""

        async def bound() -> None:
            async with await connect(self.rabbit_url) as connection:
                channel = await connection.channel()
                await declare_topology(channel, QUEUES)
                queue = await channel.declare_queue(OUTSIDE, durable=True)
                for binding in EVERY_FACT:
                    await queue.bind(EVENTS_EXCHANGE, binding)

        asyncio.run(bound())

    def take_what_was_published(self) -> None:
        """Empty that queue, and remember the places of the feed that were in it."""

        async def taken() -> None:
            async with await connect(self.rabbit_url) as connection:
                queue = await (await connection.channel()).get_queue(OUTSIDE)
                while (message := await queue.get(fail=False)) is not None:
                    entry = FeedEntry.from_body(message.body)
                    self.published.append(entry.seq)
                    await message.ack()

        asyncio.run(taken())

    def each_was_published_in_order(self) -> None:
        """Every place of the feed arrived, and none for the first time before the one before it."""
        first_times = list(Counter(self.published))
        with self.office.owner.transaction(LANDLORD) as cursor:
            assert first_times == list(range(1, head(cursor, LANDLORD) + 1))

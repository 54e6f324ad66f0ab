"""Writers, rollbacks and killed connections at once: the feed has no gap, and a reader misses
nothing.
"""

from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from random import Random
from threading import Event
from typing import NoReturn

import psycopg
import pytest

from shared.database.pool import Database
from shared.eventstore.chain import verify_feed
from shared.eventstore.feed import head, read_feed
from shared.eventstore.recorder import Append, CommandAlreadyDone, FeedRecorder
from tests.eventstore.building import HILLTOP, RIVERSIDE, append_of, fact
from tests.support.postgres import TestDatabase

WRITERS = 8
APPENDS_EACH = 60
KILLS = 12


class ChangedMyMind(Exception):
    """A transaction is rolled back on purpose."""


@dataclass
class Reader:
    """Follows a feed by its numbers while it is being written."""

    database: Database
    landlord: str
    seen: list[int] = field(default_factory=list)

    def follow(self, until: Event) -> None:
        """Read on until told that all is written, then to the head."""
        last_round = False
        while not last_round:
            last_round = until.is_set()
            while self._read_page():
                pass

    def _read_page(self) -> bool:
        after = self.seen[-1] if self.seen else 0
        with self.database.transaction(self.landlord) as cursor:
            page = read_feed(cursor, self.landlord, after=after, limit=50)
        self.seen.extend(event.seq for event in page)
        return bool(page)


def write(recorder: FeedRecorder, *, landlord: str, writer: int) -> int:
    """Append to a stream of one's own, a tenth rolled back; return how many facts must be there."""
    chance = Random(f"{landlord}-{writer}")
    stream = f"RC-2026-{writer:06d}"
    version = 0
    for _ in range(APPENDS_EACH):
        facts = [fact() for _ in range(chance.randint(1, 3))]
        append = append_of(*facts, landlord=landlord, stream=stream, expected_version=version)
        if chance.random() < 0.1:
            with suppress(ChangedMyMind, psycopg.OperationalError):
                append_and_roll_back(recorder, append)
        else:
            try:
                version = recorder.append(append)
            except CommandAlreadyDone:  # killed after the commit, before the answer
                version = append.version
    return version


def append_and_roll_back(recorder: FeedRecorder, append: Append) -> NoReturn:
    """Hold the head of the feed for a moment, and leave nothing behind."""
    with recorder.database.transaction(append.landlord) as cursor:
        recorder.append_in(cursor, append)
        raise ChangedMyMind


def kill_some(conninfo: str, until: Event) -> int:
    """End back-ends of the writers now and then, like a restarting server does."""
    kills = 0
    with psycopg.connect(conninfo, autocommit=True) as connection:
        while kills < KILLS and not until.wait(0.05):
            found = connection.execute(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND application_name = 'redress_workflow'
                  AND state <> 'idle' ORDER BY random() LIMIT 1
                """
            ).fetchall()
            kills += len(found)
    return kills


@pytest.mark.parametrize("landlords", [(RIVERSIDE,), (RIVERSIDE, HILLTOP)])
def test_the_feed_has_no_gap_and_a_reader_misses_nothing(
    owner: Database, recorder: FeedRecorder, landlords: tuple[str, ...]
) -> None:
    done = Event()
    with Database(owner.conninfo, role="redress_projections") as reading:
        readers = [Reader(reading, landlord) for landlord in landlords]
        with ThreadPoolExecutor(WRITERS + 3) as pool:
            following = [pool.submit(reader.follow, done) for reader in readers]
            killing = pool.submit(kill_some, owner.conninfo, done)
            expected = written(pool, recorder, landlords)
            done.set()
            kills = killing.result()
            for each in following:
                each.result()
    assert kills > 0
    for reader in readers:
        assert reader.seen == list(range(1, expected[reader.landlord] + 1))
        with owner.transaction(reader.landlord) as cursor:
            assert head(cursor, reader.landlord) == expected[reader.landlord]
            assert verify_feed(cursor, reader.landlord).broken is None


def written(
    pool: ThreadPoolExecutor, recorder: FeedRecorder, landlords: tuple[str, ...]
) -> dict[str, int]:
    """Let eight writers write, shared among the landlords; return how many facts each feed has."""
    writing: list[tuple[str, Future[int]]] = []
    for writer in range(WRITERS):
        landlord = landlords[writer % len(landlords)]
        future = pool.submit(write, recorder, landlord=landlord, writer=writer)
        writing.append((landlord, future))
    totals = dict.fromkeys(landlords, 0)
    for landlord, future in writing:
        totals[landlord] += future.result()
    return totals


def test_a_transaction_left_open_elsewhere_holds_up_nobody(
    owner: Database, recorder: FeedRecorder, workflow: Database, empty_database: TestDatabase
) -> None:
    """An open write transaction, here or in another database, freezes feeds that are ordered by
    transaction ids.
    """
    with psycopg.connect(empty_database.conninfo) as elsewhere, owner.transaction("") as here:
        elsewhere.execute("CREATE TABLE something (id int)")
        here.execute("SELECT pg_current_xact_id()")
        recorder.append(append_of(fact()))
        with workflow.transaction(RIVERSIDE) as cursor:
            assert [event.seq for event in read_feed(cursor, RIVERSIDE, after=0, limit=9)] == [1]


def test_a_rolled_back_append_leaves_no_hole(recorder: FeedRecorder, workflow: Database) -> None:
    recorder.append(append_of(fact()))
    with pytest.raises(ChangedMyMind):
        append_and_roll_back(recorder, append_of(fact(), stream="RC-2026-000005"))
    recorder.append(append_of(fact(), stream="RC-2026-000006"))
    with workflow.transaction(RIVERSIDE) as cursor:
        seen = [(e.seq, e.stream) for e in read_feed(cursor, RIVERSIDE, after=0, limit=9)]
    assert seen == [(1, "RC-2026-000001"), (2, "RC-2026-000006")]

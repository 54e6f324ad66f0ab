"""Appends that share a transaction: each is whole, and what is wrong with one stays with it."""

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from shared.complaints.events import ComplaintAllocated
from shared.database.pool import Database
from shared.eventstore.chain import verify_feed
from shared.eventstore.codec import UnencodableEvent
from shared.eventstore.feed import head, read_feed
from shared.eventstore.recorder import (
    Append,
    CommandAlreadyDone,
    FeedRecorder,
    SourceReferenceTaken,
    StreamMoved,
)
from shared.eventstore.timers import open_timers
from shared.eventstore.together import Together
from shared.eventstore.writing import Encoded
from shared.vault.sealing import LandlordKeys
from shared.vault.vault import Vault
from tests.eventstore.building import (
    HILLTOP,
    RIVERSIDE,
    WED_11_MAR_2026,
    append_of,
    fact,
)
from tests.eventstore.test_append import ACKNOWLEDGE
from tests.support.eventually import eventually


class Watched(FeedRecorder):
    """Remembers the size of each batch it committed."""

    def __init__(self, database: Database) -> None:
        super().__init__(database, environment={})
        self.sizes: list[int] = []

    def _commit(self, batch: Sequence[Encoded]) -> None:
        super()._commit(batch)
        self.sizes.append(len(batch))


@pytest.fixture
def watched(workflow: Database) -> Watched:
    """The log as the workflow service writes it, and how many appends each commit held."""
    return Watched(workflow)


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Callers enough for every test here."""
    with ThreadPoolExecutor(16) as threads:
        yield threads


@contextmanager
def held_up(database: Database, landlord: str = RIVERSIDE) -> Iterator[None]:
    """Whoever appends for this landlord has to wait."""
    with database.transaction(landlord) as cursor:
        cursor.execute("SELECT FROM workflow.feed_head WHERE landlord = %s FOR UPDATE", (landlord,))
        yield


def given_together(
    threads: ThreadPoolExecutor, watched: Watched, owner: Database, appends: Sequence[Append]
) -> list[Future[int]]:
    """The appends, so that all of them wait behind a first one that is held up."""
    with held_up(owner):
        first = threads.submit(watched.append, append_of(fact(), stream="RC-2026-000099"))
        line = watched._together._lines[RIVERSIDE]
        eventually(lambda: line.is_led, within_seconds=5)
        futures = []
        for append in appends:
            futures.append(threads.submit(watched.append, append))
            eventually(lambda: len(line.waiting) == len(futures), within_seconds=5)
    assert first.result() == 1
    return futures


def streams(count: int) -> list[str]:
    """References of complaints."""
    return [f"RC-2026-{number:06d}" for number in range(1, count + 1)]


def test_appends_that_wait_are_committed_together_in_the_order_they_came(
    threads: ThreadPoolExecutor, watched: Watched, owner: Database
) -> None:
    appends = [append_of(fact(), fact(), stream=stream) for stream in streams(10)]
    futures = given_together(threads, watched, owner, appends)
    assert [future.result() for future in futures] == [2] * 10
    assert watched.sizes == [1, 10]
    with owner.transaction(RIVERSIDE) as cursor:
        seen = [event.stream for event in read_feed(cursor, RIVERSIDE, after=1, limit=99)]
        assert seen == [stream for stream in streams(10) for _ in range(2)]
        assert verify_feed(cursor, RIVERSIDE).broken is None
    for append in appends:
        result = watched.command_result(RIVERSIDE, append.command_id)
        assert result is not None
        assert (result.stream, result.version) == (append.stream, 2)
        assert result.event_names == ("complaint.note-added.v1",) * 2


def test_what_belongs_to_each_command_travels_with_it(
    threads: ThreadPoolExecutor, watched: Watched, owner: Database, workflow: Database
) -> None:
    vault, subject = Vault(LandlordKeys(bytes(32))), uuid4()
    with workflow.transaction(RIVERSIDE) as cursor:
        key = vault.subject_key(cursor, landlord=RIVERSIDE, subject=subject, now=WED_11_MAR_2026)
    sealed = [vault.seal(key, words=uuid4(), kind="note", text=f"note {n}") for n in range(3)]
    appends = [
        replace(
            append_of(fact(), stream=stream),
            words=(words,),
            timers_set=(ACKNOWLEDGE,),
            source_reference=f"old-{stream}",
        )
        for stream, words in zip(streams(3), sealed, strict=True)
    ]
    nothing_to_do = append_of(stream="RC-2026-000050")
    futures = given_together(threads, watched, owner, [*appends, nothing_to_do])
    assert [future.result() for future in futures] == [1, 1, 1, 0]
    assert watched.sizes == [1, 4]
    with workflow.transaction(RIVERSIDE) as cursor:
        assert [timer.stream for timer in open_timers(cursor, RIVERSIDE)] == streams(3)
        assert [vault.read(cursor, RIVERSIDE, each.words) for each in sealed] == [
            "note 0",
            "note 1",
            "note 2",
        ]
    result = watched.command_result(RIVERSIDE, nothing_to_do.command_id)
    assert result is not None
    assert result.event_names == ()


def test_a_refused_member_meets_its_own_fate_and_nobody_elses(
    threads: ThreadPoolExecutor, watched: Watched, owner: Database
) -> None:
    moved, done, taken, good, better = streams(5)
    earlier = replace(append_of(fact(), stream=done), source_reference="old-1")
    watched.append(earlier)
    watched.append(append_of(fact(), stream=moved))
    appends = [
        append_of(fact(), fact(), stream=good),
        append_of(fact(), stream=moved),
        replace(earlier, expected_version=1, source_reference=None),
        replace(append_of(fact(), stream=taken), source_reference="old-1"),
        append_of(fact(), stream=better),
    ]
    futures = given_together(threads, watched, owner, appends)
    assert (futures[0].result(), futures[4].result()) == (2, 1)
    for future, refusal in zip(
        futures[1:4], (StreamMoved, CommandAlreadyDone, SourceReferenceTaken), strict=True
    ):
        with pytest.raises(refusal):
            future.result()
    assert watched.load(RIVERSIDE, taken) == ()
    assert [len(watched.load(RIVERSIDE, stream)) for stream in (moved, done, good)] == [1, 1, 2]
    with owner.transaction(RIVERSIDE) as cursor:
        assert head(cursor, RIVERSIDE) == 6
        assert verify_feed(cursor, RIVERSIDE).broken is None


def test_of_two_on_one_complaint_one_is_told_that_it_moved(
    threads: ThreadPoolExecutor, watched: Watched, owner: Database
) -> None:
    appends = [append_of(fact(), stream=stream) for stream in (*streams(2), *streams(2))]
    futures = given_together(threads, watched, owner, appends)
    assert [future.exception() is None for future in futures] == [True, True, False, False]
    for future in futures[2:]:
        with pytest.raises(StreamMoved):
            future.result()


def test_what_is_no_fact_is_refused_before_anybody_else_is_involved(watched: Watched) -> None:
    with pytest.raises(UnencodableEvent):
        watched.append(append_of(fact(ComplaintAllocated(1, ["officer"]))))  # type: ignore[arg-type]
    assert watched.append(append_of(fact())) == 1
    assert watched.sizes == [1]


def waiter_killed(owner: Database) -> bool:
    """Ends the connection that waits for the head; the statistics are those of one moment, so each
    look is a transaction of its own.
    """
    with owner.transaction("") as cursor:
        cursor.execute(
            """
            SELECT pg_terminate_backend(pid) FROM pg_stat_activity
            WHERE datname = current_database() AND application_name = 'redress_workflow'
              AND wait_event_type = 'Lock'
            """
        )
        return cursor.rowcount > 0


def test_a_killed_connection_costs_no_member_its_append(
    threads: ThreadPoolExecutor, watched: Watched, owner: Database
) -> None:
    appends = [append_of(fact(), stream=stream) for stream in streams(6)]
    with held_up(owner):
        futures = [threads.submit(watched.append, append) for append in appends]
        eventually(lambda: waiter_killed(owner), within_seconds=20)
    assert [future.result() for future in futures] == [1] * 6
    with owner.transaction(RIVERSIDE) as cursor:
        assert head(cursor, RIVERSIDE) == 6


def test_landlords_do_not_wait_for_one_another(
    threads: ThreadPoolExecutor, watched: Watched, owner: Database
) -> None:
    with held_up(owner, HILLTOP):
        waiting = threads.submit(watched.append, append_of(fact(), landlord=HILLTOP))
        assert watched.append(append_of(fact())) == 1
        assert not waiting.done()
    assert waiting.result() == 1


def test_a_fault_of_the_program_leaves_nobody_asleep(threads: ThreadPoolExecutor) -> None:
    def faulty(_: Sequence[Encoded]) -> None:
        raise ZeroDivisionError

    written: list[Encoded] = []
    together = Together(write=faulty, write_alone=written.append)
    appends = [Encoded(append_of(fact(), stream=stream), [], []) for stream in streams(16)]
    futures = [threads.submit(together.append, append) for append in appends]
    faults = [future.exception(timeout=10) for future in futures]
    assert {type(fault) for fault in faults} <= {type(None), ZeroDivisionError}
    assert len(written) == faults.count(None)

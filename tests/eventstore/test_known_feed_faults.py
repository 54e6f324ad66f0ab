"""The ways in which other event stores let a reader of the feed miss events or stall, each tried on
ours.

They stand in the threads of Marten #1629 to #4977, Eventuous #222 and commanded/eventstore #3;
`test_feed_under_concurrency` has the transaction that is left open, here and in another database.
"""

from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from threading import Event

import psycopg
import pytest

from shared.database.pool import Database
from shared.eventstore.chain import verify_feed
from shared.eventstore.feed import read_feed
from shared.eventstore.recorder import FeedRecorder
from tests.eventstore.building import BOILER, DAMP, RIVERSIDE, append_of, fact
from tests.support.eventually import eventually

LATE = 4711  # an advisory lock of the test
WRITERS = 4
APPENDS_EACH = 40


def seen(database: Database, *, after: int = 0) -> list[tuple[int, str, int]]:
    """Place, stream and version of what a reader finds."""
    with database.transaction(RIVERSIDE) as cursor:
        page = read_feed(cursor, RIVERSIDE, after=after, limit=1_000)
        return [(event.seq, event.stream, event.version) for event in page]


def test_a_writer_with_an_early_transaction_id_is_not_missed(
    recorder: FeedRecorder, workflow: Database
) -> None:
    """A feed read up to the oldest running transaction, from a place alone, passes it over."""
    with workflow.transaction(RIVERSIDE) as early:
        early.execute("SELECT pg_current_xact_id()")
        recorder.append(append_of(fact(), stream=BOILER))
        assert seen(workflow) == [(1, BOILER, 1)]
        recorder.append_in(early, append_of(fact(), stream=DAMP))
    assert seen(workflow, after=1) == [(2, DAMP, 1)]


def test_a_writer_with_an_early_transaction_id_does_not_come_before_what_it_follows(
    recorder: FeedRecorder, workflow: Database
) -> None:
    """A feed ordered by transaction ids delivers the second version before the first."""
    with workflow.transaction(RIVERSIDE) as early:
        early.execute("SELECT pg_current_xact_id()")
        recorder.append(append_of(fact(), stream=BOILER))
        recorder.append_in(early, append_of(fact(), stream=BOILER, expected_version=1))
    assert seen(workflow) == [(1, BOILER, 1), (2, BOILER, 2)]


@contextmanager
def commits_late(owner: Database, stream: str) -> Iterator[None]:
    """Who appends to the stream has numbered and inserted, and cannot end its commit meanwhile."""
    with psycopg.connect(owner.conninfo, autocommit=True) as holder:
        holder.execute(
            "CREATE FUNCTION public.wait_for_the_test() RETURNS trigger LANGUAGE plpgsql AS"
            " 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NULL; END'"
        )
        holder.execute(
            psycopg.sql.SQL(
                "CREATE CONSTRAINT TRIGGER late AFTER INSERT ON workflow.event"
                " DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.stream = {})"
                " EXECUTE FUNCTION public.wait_for_the_test()"
            ).format(psycopg.sql.Literal(stream))
        )
        holder.execute("SELECT pg_advisory_lock(%s)", (LATE,))
        yield


def waiting_for(owner: Database, kind: str) -> bool:
    with owner.transaction("") as cursor:
        cursor.execute(
            "SELECT FROM pg_stat_activity WHERE datname = current_database()"
            " AND wait_event_type = 'Lock' AND wait_event = %s",
            (kind,),
        )
        return cursor.rowcount > 0


def test_a_commit_that_takes_long_is_not_overtaken(
    owner: Database, recorder: FeedRecorder, workflow: Database
) -> None:
    """Elsewhere the second would be read first, and the place of the first passed over."""
    with ThreadPoolExecutor(2) as threads:
        other = FeedRecorder(workflow, environment={})  # as in another process
        with commits_late(owner, BOILER):
            late = threads.submit(recorder.append, append_of(fact(), stream=BOILER))
            eventually(lambda: waiting_for(owner, "advisory"), within_seconds=5)
            quick = threads.submit(other.append, append_of(fact(), stream=DAMP))
            eventually(lambda: waiting_for(owner, "transactionid"), within_seconds=5)
            assert seen(workflow) == []
            assert not late.done()
            assert not quick.done()
        assert (late.result(), quick.result()) == (1, 1)
    assert seen(workflow) == [(1, BOILER, 1), (2, DAMP, 1)]


def vacuumed(owner: Database, until: Event) -> int:
    """How often the tables were vacuumed meanwhile."""
    rounds = 0
    with psycopg.connect(owner.conninfo, autocommit=True) as operator:
        while not until.is_set():
            operator.execute("VACUUM (FREEZE, ANALYZE) workflow.event, workflow.feed_head")
            rounds += 1
    return rounds


@pytest.mark.parametrize("together", [True, False], ids=["one process", "a process each"])
def test_appends_and_vacuum_do_not_stop_one_another(
    together: bool, owner: Database, recorder: FeedRecorder, workflow: Database
) -> None:
    """The table lock of the library would make them take turns."""

    def write(number: int) -> None:
        own = recorder if together else FeedRecorder(workflow, environment={})
        for version in range(APPENDS_EACH):
            stream = f"RC-2026-{number:06}"
            own.append(append_of(fact(), stream=stream, expected_version=version))

    done = Event()
    with ThreadPoolExecutor(WRITERS + 1) as threads:
        vacuuming = threads.submit(vacuumed, owner, done)
        writing: list[Future[None]] = [threads.submit(write, n) for n in range(WRITERS)]
        try:
            for each in writing:
                each.result()
        finally:
            done.set()
        assert vacuuming.result() > 1
    assert [place for place, _, _ in seen(workflow)] == list(range(1, WRITERS * APPENDS_EACH + 1))
    with owner.transaction(RIVERSIDE) as cursor:
        assert verify_feed(cursor, RIVERSIDE).broken is None

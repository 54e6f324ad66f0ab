"""Appends per second through the log, against the barest INSERT that writes as many bytes to the same server.

The floor gives no numbers, no chain, no command result and no timers; the library's default is what a user of
`eventsourcing` gets without us.
"""

import threading
import time
from collections.abc import Callable
from uuid import UUID, uuid4

import psycopg
from eventsourcing.persistence import StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder, PostgresDatastore
from psycopg.conninfo import conninfo_to_dict

from benchmarks.reporting import Measured, median_of_runs
from benchmarks.setting import notes, register
from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder

SECONDS = 1.0
WRITERS = (1, 16)
BODY = b"x" * 600

Step = Callable[[], object]


def measure(conninfo: str) -> list[Measured]:
    """One and sixteen writers, on one landlord and on a landlord each."""
    with Database(conninfo, role=None) as owner:
        for number in range(max(WRITERS)):
            register(owner, f"landlord-{number}")
    found = []
    with Database(conninfo, role="redress_workflow", max_size=max(WRITERS)) as database:
        recorder = FeedRecorder(database)
        for writers in WRITERS:
            floor = _median(writers, lambda _: _floor_step(conninfo))
            library = _median(writers, lambda _: _library_step(conninfo))
            one = _median(writers, lambda _: _our_step(recorder, 0))
            each = _median(writers, lambda writer: _our_step(recorder, writer))
            floors = {"raw INSERT": floor, "eventsourcing default": library}
            aim = "0.5 of raw INSERT" if writers == 1 else "1.0 of raw INSERT"
            for whose, ours in (("one landlord", one), ("a landlord each", each)):
                what = f"append, {writers} writers, {whose}"
                found.append(Measured(what, ours, "/s", floors, aim=aim))
    return found


def _median(writers: int, step_for: Callable[[int], Step]) -> float:
    return median_of_runs(lambda: _rate(writers, step_for))


def _rate(writers: int, step_for: Callable[[int], Step]) -> float:
    """Calls per second of all writers together."""
    done = [0] * writers
    steps = [step_for(writer) for writer in range(writers)]
    until = time.perf_counter() + SECONDS

    def write(writer: int) -> None:
        while time.perf_counter() < until:
            steps[writer]()
            done[writer] += 1

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(done) / SECONDS


def _floor_step(conninfo: str) -> Step:
    connection = psycopg.connect(conninfo, autocommit=True)
    return lambda: connection.execute("INSERT INTO public.floor VALUES (%s, %s)", (uuid4(), BODY))


def _our_step(recorder: FeedRecorder, landlord: int) -> Step:
    return lambda: recorder.append(notes(f"landlord-{landlord}"))


def _library_step(conninfo: str) -> Step:
    known = {name: str(value) for name, value in conninfo_to_dict(conninfo).items()}
    datastore = PostgresDatastore(
        dbname=known["dbname"],
        host=known["host"],
        port=known.get("port", "5432"),
        user=known["user"],
        password=known.get("password", ""),
    )
    recorder = PostgresApplicationRecorder(datastore)
    recorder.create_table()

    def append() -> object:
        event = StoredEvent(
            originator_id=UUID(int=uuid4().int),
            originator_version=1,
            topic="benchmark",
            state=BODY,
        )
        return recorder.insert_events([event])

    return append

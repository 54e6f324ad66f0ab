"""What the log is for: loading, reading, folding, proving and whole commands, each beside the barest program that does
the same input and output.
"""

import hashlib
import time
from collections.abc import Callable
from typing import Any
from uuid import uuid4

import orjson
import psycopg

from benchmarks.reporting import Measured, median_of_runs
from benchmarks.setting import AT, WORKING, Setting, new_setting, notes, register
from services.projections.following import CONSUMER
from services.projections.rebuilding import rebuild
from services.workflow.deciding import loaded
from shared.database.pool import Database
from shared.eventstore.chain import verify_feed
from shared.eventstore.feed import READ_MAX, read_feed
from shared.eventstore.record import RecordedEvent

CASES = 300
CONTACTS = 12
ARCHIVE = "archive"
ARCHIVED_CASES = 1_000
FACTS_PER_CASE = 20
SECONDS = 1.0
BODY = b"x" * 600

Connection = psycopg.Connection[tuple[Any, ...]]


def measure(conninfo: str) -> list[Measured]:
    """On a database with the schema and the table of the floor."""
    with (
        Database(conninfo, role=None) as owner,
        Database(conninfo, role="redress_workflow") as database,
        Database(conninfo, role="redress_projections") as projections,
        psycopg.connect(conninfo, autocommit=True) as bare,
    ):
        setting = new_setting(conninfo, owner, database)
        register(owner, ARCHIVE)
        for _ in range(ARCHIVED_CASES):
            setting.recorder.append(notes(ARCHIVE, FACTS_PER_CASE))
        references = [setting.open(number) for number in range(CASES)]
        for _ in range(CONTACTS):
            setting.contact(references[0])
        return [
            _command(setting, bare, references),
            _load(setting, bare, references[0]),
            *_reading(setting, bare),
            _verifying(setting, bare),
            _folding(setting, projections, bare),
        ]


def _per_second(step: Callable[[], object]) -> float:
    def run() -> float:
        began = time.perf_counter()
        done = 0
        while time.perf_counter() - began < SECONDS:
            step()
            done += 1
        return done / (time.perf_counter() - began)

    return median_of_runs(run)


def _insert(bare: Connection) -> Callable[[], object]:
    return lambda: bare.execute("INSERT INTO public.floor VALUES (%s, %s)", (uuid4(), BODY))


def _command(setting: Setting, bare: Connection, references: list[str]) -> Measured:
    turn = iter(references * 100)
    ours = _per_second(lambda: setting.contact(next(turn)))
    floor = {"raw INSERT": _per_second(_insert(bare))}
    what = "a whole command (look up, load, decide, append)"
    return Measured(what, ours, "/s", floor, aim="0.25 of raw INSERT")


def _load(setting: Setting, bare: Connection, reference: str) -> Measured:
    def by_hand() -> None:
        rows = bare.execute(
            "SELECT record FROM workflow.event WHERE landlord = %s AND stream = %s ORDER BY version",
            (WORKING, reference),
        )
        for (record,) in rows:
            orjson.loads(record)

    bare.execute("SELECT set_config('redress.landlord', %s, false)", (WORKING,))
    count = len(setting.recorder.load(WORKING, reference))
    ours = _per_second(lambda: loaded(setting.recorder.load(WORKING, reference)))
    floor = {"select and orjson": 1e6 / _per_second(by_hand)}
    what = f"a complaint of {count} facts loaded and replayed"
    return Measured(
        what, 1e6 / ours, "µs", floor, higher_is_better=False, aim="1.5 times the floor (0.67)"
    )


def _pages(bare: Connection, use: Callable[[tuple[Any, ...]], object]) -> int:
    """Every row of the archive, page by page; tells how many."""
    bare.execute("SELECT set_config('redress.landlord', %s, false)", (ARCHIVE,))
    after = 0
    while True:
        rows = bare.execute(
            "SELECT seq, record, previous_hash FROM workflow.event"
            " WHERE landlord = %s AND seq > %s ORDER BY seq LIMIT %s",
            (ARCHIVE, after, READ_MAX),
        ).fetchall()
        for row in rows:
            use(row)
        if not rows:
            return after
        after = rows[-1][0]


def _rate_of(read: Callable[[], int]) -> float:
    def run() -> float:
        began = time.perf_counter()
        return read() / (time.perf_counter() - began)

    return median_of_runs(run)


def _reading(setting: Setting, bare: Connection) -> list[Measured]:
    facts: list[RecordedEvent] = []

    def strictly() -> int:
        facts.clear()
        with setting.database.transaction(ARCHIVE) as cursor:
            while page := read_feed(cursor, ARCHIVE, after=len(facts), limit=READ_MAX):
                facts.extend(page)
        return len(facts)

    def replayed() -> int:
        streams = [
            setting.recorder.load(WORKING, f"BM-2026-{number:06d}") for number in range(CASES)
        ]
        began.append(time.perf_counter())
        for stream in streams:
            loaded(stream)
        return sum(map(len, streams))

    began: list[float] = []
    floor = _rate_of(lambda: _pages(bare, lambda row: orjson.loads(row[1])))
    read = Measured(
        "feed read, strictly decoded", _rate_of(strictly), "/s", {"select and orjson": floor}
    )
    count = replayed()
    replaying = count / (time.perf_counter() - began[-1])
    return [read, Measured("facts of real cases replayed", replaying, "/s", aim="100,000 /s")]


def _verifying(setting: Setting, bare: Connection) -> Measured:
    def proved() -> int:
        with setting.database.transaction(ARCHIVE) as cursor:
            report = verify_feed(cursor, ARCHIVE)
        assert report.broken is None
        return report.verified_through

    def hashed(row: tuple[Any, ...]) -> object:
        seq, record, previous = row
        return hashlib.sha256(previous + seq.to_bytes(8, "big") + record.encode()).digest()

    floor = _rate_of(lambda: _pages(bare, hashed))
    return Measured(
        "facts verified from the database",
        _rate_of(proved),
        "/s",
        {"select and SHA-256": floor},
        aim="300,000 /s",
    )


def _folding(setting: Setting, projections: Database, bare: Connection) -> Measured:
    with setting.owner.transaction(WORKING) as cursor:
        cursor.execute(
            "INSERT INTO projections.position (landlord, consumer, seq, moved_at)"
            " SELECT landlord, %s, seq, %s FROM workflow.feed_head WHERE landlord = %s",
            (CONSUMER, AT, WORKING),
        )
    floor = _rate_of(lambda: _pages(bare, lambda row: orjson.loads(row[1])))
    began = time.perf_counter()  # once: it takes seconds
    folded = rebuild(projections, WORKING) / (time.perf_counter() - began)
    return Measured(
        "facts folded into all read models, one by one as they come",
        folded,
        "/s",
        {"reading alone (orjson)": floor},
    )

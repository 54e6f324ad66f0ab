"""Folds read models again from the feed: to compare them with what is there, to put them in its place, or to build a
new version of all of them while the old one serves.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor, sql

from services.projections.building import Builder, given_up
from services.projections.case_folds import FOLD
from services.projections.case_writing import (
    CaseWriter,
    Parking,
    cases_after,
    waiting,
    waiting_tables,
)
from services.projections.following import CASE_FOLDS, CONSUMER, SCHEMA, TABLES
from services.projections.versions import (
    Version,
    VersionRefused,
    analyse,
    building_alone,
    change_places,
    make_version,
    mark_built,
    refuse_other_shape,
    serving,
    version_named,
    versions,
)
from shared.database.pool import Database
from shared.messaging.positions import Positions
from shared.runtime.clock import Clock, SystemClock

VERIFY_TRIES = 3  # when versions change places meanwhile
EXAMPLES = 5  # of each difference; the count says how many there are

OnProgress = Callable[[int, int], None]  # facts folded so far, facts to fold
Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Difference:
    """A read model whose rows are not what the feed gives: how many are too many, how many are
    missing.
    """

    read_model: str
    only_there: int
    only_rebuilt: int
    examples: tuple[str, ...]  # references of complaints


def verify(
    database: Database,
    landlord: str,
    *,
    version: Version | None = None,
    on_progress: OnProgress = lambda _done, _of: None,
) -> list[Difference]:
    """Compares the landlord's read models with a fresh fold of its feed, and changes nothing.

    Everything is seen as it was at one moment, while the follower goes on. What is parked or was given up is in none.
    """
    found: list[Difference] = []
    for _ in range(VERIFY_TRIES):
        chosen = version or _serving(database)
        found = _compared(database, landlord, chosen, on_progress=on_progress)
        if version is not None or _serving(database).version == chosen.version:
            break  # else the tables may have changed places between the snapshot and the first look at them
    return found


def _serving(database: Database) -> Version:
    with database.directory() as cursor:
        return serving(cursor)


def _compared(
    database: Database, landlord: str, version: Version, *, on_progress: OnProgress
) -> list[Difference]:
    found: dict[str, tuple[list[str], list[str]]] = {each: ([], []) for each in TABLES}
    with (
        database.transaction(landlord, one_snapshot=True) as cursor,
        cursor.connection.transaction(force_rollback=True),
    ):
        home, position, writer = _fresh_fold(cursor, landlord, version)
        after: str | None = ""
        done = 0
        with waiting_tables(cursor, list(TABLES.values()), home=home):
            while after is not None:
                cases = cases_after(cursor, landlord, after=after, up_to=position)
                through = cases[-1].reference if cases else None
                done += writer.write(cases)
                for read_model, differing in found.items():
                    run = _compare(cursor, read_model, home, after=after, through=through)
                    differing[0].extend(run[0])
                    differing[1].extend(run[1])
                on_progress(done, position)
                after = through
    return [_difference(each, *rows) for each, rows in found.items() if any(rows)]


def _fresh_fold(
    cursor: Cursor[Row], landlord: str, version: Version
) -> tuple[str, int, CaseWriter]:
    positions = Positions(schema=SCHEMA, consumer=version.consumer)
    left_out = {parked.seq for parked in positions.parked(cursor, landlord)}
    writer = CaseWriter(
        cursor,
        landlord=landlord,
        home=None,
        folds=CASE_FOLDS,
        parking=None,
        left_out=given_up(cursor, landlord) | left_out,
    )
    return version.home, positions.read(cursor, landlord), writer


def rebuild(
    database: Database,
    landlord: str,
    *,
    clock: Clock | None = None,
    on_progress: OnProgress = lambda _done, _of: None,
) -> int:
    """Replaces one landlord's read models by a fresh fold of its feed, in one transaction; tells how many facts.

    Readers see the old rows until it commits; the follower of this landlord waits.
    """
    now = (clock or SystemClock()).now()
    with database.transaction(landlord) as cursor:
        positions = Positions(schema=SCHEMA, consumer=CONSUMER)
        position = positions.lock(cursor, landlord, now=now)
        for table in TABLES.values():
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE landlord = %s").format(sql.Identifier(SCHEMA, table)),
                (landlord,),
            )
        for parked in positions.parked(cursor, landlord):
            positions.unpark(cursor, landlord, seq=parked.seq)
        writer = CaseWriter(
            cursor,
            landlord=landlord,
            home=SCHEMA,
            folds=CASE_FOLDS,
            parking=Parking(positions, now),
            left_out=given_up(cursor, landlord),
        )
        after, done = "", 0
        with waiting_tables(cursor, list(TABLES.values()), home=SCHEMA):
            while cases := cases_after(cursor, landlord, after=after, up_to=position):
                done += writer.write(cases)
                after = cases[-1].reference
                on_progress(done, position)
    return done


def begin_or_resume(owner: Database, *, clock: Clock) -> Version:
    """The newest version when it never served, whether it was broken off or only waits; or one with empty tables."""
    with owner.directory() as cursor:
        newest = versions(cursor)[0]
        unfinished = newest if newest.served_from is None else None
        if unfinished is not None:
            refuse_other_shape(cursor, unfinished)
    if unfinished is None:
        return make_version(owner, fold=FOLD, now=clock.now())
    if unfinished.fold != FOLD:
        raise VersionRefused(
            f"version {unfinished.version} was folded by fold {unfinished.fold}, and this release has fold {FOLD}:"
            f" drop it (redress projection drop {unfinished.version}) and rebuild"
        )
    return unfinished


def build_version(
    owner: Database,
    database: Database,
    *,
    clock: Clock,
    on_progress: OnProgress = lambda _done, _of: None,
) -> Version:
    """Builds the next version of all read models to its end, or goes on with the one that was broken off."""
    with building_alone(owner.conninfo):
        version = begin_or_resume(owner, clock=clock)
        Builder(database, version, clock=clock).build(on_progress=on_progress)
        analyse(owner, version)
        mark_built(owner, version, now=clock.now())
        with owner.directory() as cursor:
            return version_named(cursor, version.version)


def switch_to(owner: Database, database: Database, number: int, *, clock: Clock) -> Version:
    """Brings a built version to the head of every feed and puts it into the place of the one that serves."""
    with building_alone(owner.conninfo):
        with owner.directory() as cursor:
            version = version_named(cursor, number)
        builder = Builder(database, version, clock=clock)
        if version.built_at is not None and version.consumer != CONSUMER:
            builder.catch_up_all()
        return change_places(owner, number, clock=clock, catch_up=builder.catch_up)


def _compare(
    cursor: Cursor[Row], read_model: str, home: str, *, after: str, through: str | None
) -> tuple[list[str], list[str]]:
    """References of rows that are only there, and of rows that are only in the fresh fold, of a run of cases."""
    table = TABLES[read_model]
    there = sql.SQL(
        "SELECT * FROM {} WHERE reference > {} AND ({}::text IS NULL OR reference <= {})"
    ).format(sql.Identifier(home, table), after, through, through)
    rebuilt = sql.SQL("TABLE {}").format(waiting(table))
    only_there = _references(cursor, there, rebuilt)
    only_rebuilt = _references(cursor, rebuilt, there)
    cursor.execute(sql.SQL("TRUNCATE {}").format(waiting(table)))
    return only_there, only_rebuilt


def _references(cursor: Cursor[Row], rows: sql.Composed, others: sql.Composed) -> list[str]:
    statement = sql.SQL("SELECT reference FROM ({} EXCEPT {}) AS difference")
    return [row["reference"] for row in cursor.execute(statement.format(rows, others))]


def _difference(read_model: str, there: list[str], rebuilt: list[str]) -> Difference:
    examples = tuple(sorted({*there, *rebuilt}))[:EXAMPLES]
    return Difference(
        read_model=read_model, only_there=len(there), only_rebuilt=len(rebuilt), examples=examples
    )

"""The versions of the read models: which one serves, which is being built, and how they change places.

The tables that serve stand in schema `projections`, those of another version in a schema of its own. For a version that
does not serve, position and parked events stand under a consumer's name of its own; at the change of places they go
with the tables.
"""

import random
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import chain, repeat
from typing import Any

import psycopg
from psycopg import Cursor, sql

from services.projections.following import CONSUMER, SCHEMA, TABLES
from shared.database.pool import STATEMENT_LIMIT_SECONDS, Database, confine
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock

BUILDING, SERVING, KEPT = "building", "serving", "kept"
VERSIONS_MAX = (
    4  # of each read model, the one that serves among them: an old one is as large as a new one
)

# Readers hold the tables for the length of a page, and may hold them crosswise with the change of places. So it asks
# for all of them at once, for less than the second after which PostgreSQL looks for deadlocks and would end a reader;
# it lets go, and asks again for longer.
LOCK_MILLISECONDS = (50, 100, 200, 400, 800)
POSITION_LOCK_MILLISECONDS = 2_000
REST_BETWEEN_TRIES_SECONDS = (0.02, 0.2)
SWITCH_LIMIT_SECONDS = 60.0

ANALYSE_LIMIT_SECONDS = 600  # of one table; it looks at a sample, whose size is bounded

BUILD_LOCK = 0x4255494C44  # "BUILD"; one rebuild at a time in a database
BUILD_LOCK_PATIENCE = "1s"

Row = dict[str, Any]


class VersionRefused(ValueError):
    """The version cannot be made, switched to or dropped now; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Version:
    """One version of all read models; `fold` is the number of the code's fold that made it."""

    version: int
    fold: int
    state: str
    begun_at: datetime
    built_at: datetime | None
    served_from: datetime | None
    served_until: datetime | None

    @property
    def home(self) -> str:
        """The schema in which its tables stand."""
        return SCHEMA if self.state == SERVING else f"{SCHEMA}_v{self.version}"

    @property
    def consumer(self) -> str:
        """Under which name its position is kept."""
        return CONSUMER if self.state == SERVING else build_consumer(self.version)


def build_consumer(version: int) -> str:
    """The consumer's name of a version while it does not serve."""
    return f"projections.build.v{version}"


def versions(cursor: Cursor[Row]) -> tuple[Version, ...]:
    """All of them, the newest first."""
    rows = cursor.execute(
        "SELECT version, fold, state, begun_at, built_at, served_from, served_until"
        " FROM projections.version ORDER BY version DESC"
    )
    return tuple([Version(**row) for row in rows])


def version_named(cursor: Cursor[Row], number: int) -> Version:
    """That one; VersionRefused when there is none."""
    for version in versions(cursor):
        if version.version == number:
            return version
    known = ", ".join(str(version.version) for version in versions(cursor))
    raise VersionRefused(f"there is no version {number} of the read models; there are {known}")


def serving(cursor: Cursor[Row]) -> Version:
    """The version that readers see."""
    return next(version for version in versions(cursor) if version.state == SERVING)


def make_version(owner: Database, *, fold: int, now: datetime) -> Version:
    """Makes the empty tables of the next version, shaped as those that serve now."""
    with owner.directory() as cursor:
        cursor.execute("LOCK TABLE projections.version IN SHARE ROW EXCLUSIVE MODE")
        known = versions(cursor)
        if len(known) >= VERSIONS_MAX:
            kept = ", ".join(str(each.version) for each in known if each.state != SERVING)
            raise VersionRefused(
                f"{len(known)} versions of the read models are kept, more than enough: drop one of {kept} first"
                " (redress projection drop)"
            )
        if any(version.state == BUILDING for version in known):
            raise VersionRefused("a version is being built already: resume it, or drop it first")
        number = known[0].version + 1
        cursor.execute(
            "INSERT INTO projections.version (version, fold, state, begun_at)"
            " VALUES (%s, %s, 'building', %s)",
            (number, fold, now),
        )
        cursor.execute("SELECT projections.make_version(%s, %s)", (number, _tables()))
        return version_named(cursor, number)


def analyse(owner: Database, version: Version) -> None:
    """Tells PostgreSQL what the version's tables hold: on the guess it makes of new ones a board of 500 lines takes
    seven times as long. A table that autovacuum has in hand is left to it.
    """
    with owner.directory() as cursor:
        cursor.execute(
            "SELECT set_config('statement_timeout', %s, true)", (f"{ANALYSE_LIMIT_SECONDS}s",)
        )
        for table in _tables():
            cursor.execute(
                sql.SQL("ANALYZE (SKIP_LOCKED) {}").format(sql.Identifier(version.home, table))
            )


def mark_built(owner: Database, version: Version, *, now: datetime) -> None:
    """Every case is folded: it only has to catch up, and can serve."""
    with owner.directory() as cursor:
        cursor.execute(
            "UPDATE projections.version SET state = 'kept', built_at = %s"
            " WHERE version = %s AND state = 'building'",
            (now, version.version),
        )


def drop_version(owner: Database, number: int) -> Version:
    """Removes the tables of a version that does not serve, and what is known of it."""
    with owner.directory() as cursor:
        dropped = version_named(cursor, number)
        if dropped.state == SERVING:
            raise VersionRefused(f"version {number} serves: switch to another one first")
        for landlord in all_landlords(cursor):
            confine(cursor, landlord.landlord)
            for statement in (
                "DELETE FROM projections.position WHERE consumer = %s",
                "DELETE FROM projections.parked WHERE consumer = %s",
            ):
                cursor.execute(statement, (dropped.consumer,))
        cursor.execute("SELECT projections.drop_version(%s)", (number,))
    return dropped


def refuse_other_shape(cursor: Cursor[Row], version: Version) -> None:
    """Two versions change places only when the code that reads one can read the other."""
    row = cursor.execute(
        "SELECT projections.shape(%s, %s) = projections.shape(%s, %s) AS is_same",
        (SCHEMA, _tables(), version.home, _tables()),
    ).fetchone()
    if row is None or not row["is_same"]:
        raise VersionRefused(
            f"the tables of version {version.version} have other columns than this release reads:"
            " drop it and rebuild"
        )


def change_places(
    owner: Database, number: int, *, clock: Clock, catch_up: Callable[[str], int]
) -> Version:
    """Puts a version into the place of the one that serves, in one transaction that readers never see half of.

    `catch_up` brings the version to the head of one landlord's feed and returns it; it is called while the follower
    of that landlord waits. Raises VersionRefused when readers hold the tables for longer than a minute.
    """
    deadline = time.monotonic() + SWITCH_LIMIT_SECONDS
    for lock_milliseconds in chain(LOCK_MILLISECONDS, repeat(LOCK_MILLISECONDS[-1])):
        try:
            return _change_places(
                owner, number, clock=clock, catch_up=catch_up, lock_milliseconds=lock_milliseconds
            )
        except (psycopg.errors.LockNotAvailable, psycopg.errors.QueryCanceled):
            if time.monotonic() > deadline:
                break
            time.sleep(random.uniform(*REST_BETWEEN_TRIES_SECONDS))
    raise VersionRefused(
        f"readers held the read models for more than {SWITCH_LIMIT_SECONDS:.0f} seconds:"
        " end long transactions and switch again; nothing was changed"
    )


def _change_places(
    owner: Database,
    number: int,
    *,
    clock: Clock,
    catch_up: Callable[[str], int],
    lock_milliseconds: int,
) -> Version:
    with owner.directory() as cursor:
        cursor.execute(
            "SELECT set_config('lock_timeout', %s, true)", (f"{POSITION_LOCK_MILLISECONDS}ms",)
        )
        # Nobody registers a landlord meanwhile, whose cases would stand in one version alone.
        cursor.execute("LOCK TABLE registry.landlord IN SHARE MODE")
        old, new = serving(cursor), version_named(cursor, number)
        if new.state == SERVING:
            return new
        if new.built_at is None:
            raise VersionRefused(f"version {number} is not built to its end: rebuild resumes it")
        refuse_other_shape(cursor, new)
        landlords = [landlord.landlord for landlord in all_landlords(cursor)]
        for landlord in landlords:
            confine(cursor, landlord)
            _hold_position(cursor, landlord, now=clock.now())
        reached = {landlord: catch_up(landlord) for landlord in landlords}
        _lock_tables(cursor, new, milliseconds=lock_milliseconds)
        cursor.execute(
            "SELECT projections.change_places(%s, %s, %s)", (old.version, number, _tables())
        )
        for landlord in landlords:
            confine(cursor, landlord)
            _change_positions(cursor, landlord, old=old, new=new, reached=reached[landlord])
        now = clock.now()
        cursor.execute(
            "UPDATE projections.version SET state = 'kept', served_until = %s WHERE version = %s",
            (now, old.version),
        )
        cursor.execute(
            "UPDATE projections.version SET state = 'serving', served_from = %s, served_until = NULL"
            " WHERE version = %s",
            (now, number),
        )
        return version_named(cursor, number)


def _hold_position(cursor: Cursor[Row], landlord: str, *, now: datetime) -> None:
    """From here on the follower of the serving version waits."""
    cursor.execute(
        "INSERT INTO projections.position (landlord, consumer, seq, moved_at) VALUES (%s, %s, 0, %s)"
        " ON CONFLICT DO NOTHING",
        (landlord, CONSUMER, now),
    )
    cursor.execute(
        "SELECT FROM projections.position WHERE landlord = %s AND consumer = %s FOR UPDATE",
        (landlord, CONSUMER),
    )


def _lock_tables(cursor: Cursor[Row], new: Version, *, milliseconds: int) -> None:
    tables = [sql.Identifier(home, table) for home in (SCHEMA, new.home) for table in _tables()]
    cursor.execute("SELECT set_config('statement_timeout', %s, true)", (f"{milliseconds}ms",))
    cursor.execute(
        sql.SQL("LOCK TABLE {} IN ACCESS EXCLUSIVE MODE").format(sql.SQL(", ").join(tables))
    )
    cursor.execute(
        "SELECT set_config('statement_timeout', %s, true)", (f"{STATEMENT_LIMIT_SECONDS}s",)
    )


def _change_positions(
    cursor: Cursor[Row], landlord: str, *, old: Version, new: Version, reached: int
) -> None:
    names = {
        "landlord": landlord,
        "serving": CONSUMER,
        "new": build_consumer(new.version),
        "old": build_consumer(old.version),
        "reached": reached,
    }
    cursor.execute(
        "INSERT INTO projections.position SELECT landlord, %(old)s, seq, moved_at"
        " FROM projections.position WHERE landlord = %(landlord)s AND consumer = %(serving)s",
        names,
    )
    cursor.execute(
        "UPDATE projections.position SET seq = %(reached)s"
        " WHERE landlord = %(landlord)s AND consumer = %(serving)s",
        names,
    )
    cursor.execute(
        "DELETE FROM projections.position WHERE landlord = %(landlord)s AND consumer = %(new)s",
        names,
    )
    for place, taken_from in (("old", "serving"), ("serving", "new")):
        cursor.execute(
            "UPDATE projections.parked SET consumer = %s WHERE landlord = %s AND consumer = %s",
            (names[place], landlord, names[taken_from]),
        )


def _tables() -> list[str]:
    return sorted(TABLES.values())


@contextmanager
def building_alone(conninfo: str) -> Iterator[None]:
    """Holds the right to build; VersionRefused when another process has it. Ends with this process at the latest."""
    with psycopg.connect(conninfo, autocommit=True) as connection:
        # A moment's patience: the lock of a process that was killed is let go when its server process notices.
        connection.execute("SELECT set_config('lock_timeout', %s, false)", (BUILD_LOCK_PATIENCE,))
        try:
            connection.execute("SELECT pg_advisory_lock(%s)", (BUILD_LOCK,))
        except psycopg.errors.LockNotAvailable:
            raise VersionRefused(
                "another process builds or switches read models now: wait for it"
            ) from None
        try:
            yield
        finally:
            if not connection.closed:
                connection.execute("SELECT pg_advisory_unlock(%s)", (BUILD_LOCK,))

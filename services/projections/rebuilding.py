"""Folds a landlord's read models again from the feed: to compare them with what is there, or to put
them in its place.

Everything happens in one transaction of that landlord, while the follower waits; other landlords go
on.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, LiteralString

from psycopg import Cursor, sql

from services.projections.following import CONSUMER, SCHEMA, TABLES, apply_to_read_models
from shared.database.pool import Database
from shared.eventstore.feed import read_feed

PAGE = 500  # facts in memory at a time
EXAMPLES = 5  # of each difference; the count says how many there are

OnProgress = Callable[[int, int], None]  # facts folded so far, facts to fold


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
    database: Database, landlord: str, *, on_progress: OnProgress | None = None
) -> list[Difference]:
    """Compares the landlord's read models with a fresh fold of its feed, and changes nothing."""
    with database.transaction(landlord) as cursor:
        position = _locked_position(cursor, landlord)
        with cursor.connection.transaction(force_rollback=True):
            for table in TABLES.values():
                cursor.execute(
                    _statement("CREATE TEMPORARY TABLE {kept} AS SELECT * FROM {table}", table)
                )
            _fold_again(cursor, landlord, up_to=position, on_progress=on_progress)
            return [
                difference
                for read_model, table in TABLES.items()
                if (difference := _difference(cursor, read_model, table)) is not None
            ]


def rebuild(database: Database, landlord: str, *, on_progress: OnProgress | None = None) -> int:
    """Replaces the landlord's read models by a fresh fold of its feed; tells how many facts."""
    with database.transaction(landlord) as cursor:
        position = _locked_position(cursor, landlord)
        return _fold_again(cursor, landlord, up_to=position, on_progress=on_progress)


def _locked_position(cursor: Cursor[dict[str, Any]], landlord: str) -> int:
    """How far the follower came; it waits for this transaction."""
    row = cursor.execute(
        "SELECT seq FROM projections.position WHERE landlord = %s AND consumer = %s FOR UPDATE",
        (landlord, CONSUMER),
    ).fetchone()
    return int(row["seq"]) if row else 0


def _fold_again(
    cursor: Cursor[dict[str, Any]],
    landlord: str,
    *,
    up_to: int,
    on_progress: OnProgress | None,
) -> int:
    """What is parked was not applied and is not applied here: it has its own retry. What was given
    up stays given up.
    """
    for table in TABLES.values():
        cursor.execute(_statement("DELETE FROM {table}", table))
    left_out = {
        row["seq"]
        for row in cursor.execute(
            "SELECT seq FROM projections.parked WHERE landlord = %(landlord)s AND consumer = %(us)s"
            " UNION"
            " SELECT seq FROM projections.skipped WHERE landlord = %(landlord)s AND consumer = %(us)s",
            {"landlord": landlord, "us": CONSUMER},
        )
    }
    after = 0
    folded = 0
    while after < up_to:
        page = read_feed(cursor, landlord, after=after, limit=min(PAGE, up_to - after))
        if not page:
            break
        # Most folds only write: a page of them needs few round trips.
        with cursor.connection.pipeline():
            for event in page:
                if event.seq not in left_out:
                    apply_to_read_models(cursor, event)
                    folded += 1
        after = page[-1].seq
        if on_progress is not None:
            on_progress(after, up_to)
    return folded


def _difference(cursor: Cursor[dict[str, Any]], read_model: str, table: str) -> Difference | None:
    there = _rows_only_in(
        cursor, "SELECT reference FROM (TABLE {kept} EXCEPT TABLE {table}) AS difference", table
    )
    rebuilt = _rows_only_in(
        cursor, "SELECT reference FROM (TABLE {table} EXCEPT TABLE {kept}) AS difference", table
    )
    if not there and not rebuilt:
        return None
    examples = tuple(sorted(set(there) | set(rebuilt)))[:EXAMPLES]
    return Difference(
        read_model=read_model, only_there=len(there), only_rebuilt=len(rebuilt), examples=examples
    )


def _rows_only_in(cursor: Cursor[dict[str, Any]], text: LiteralString, table: str) -> list[str]:
    return [row["reference"] for row in cursor.execute(_statement(text, table)).fetchall()]


def _statement(text: LiteralString, table: str) -> sql.Composed:
    """Row-level security confines every one of these to the landlord of the transaction."""
    return sql.SQL(text).format(
        table=sql.Identifier(SCHEMA, table), kept=sql.Identifier("pg_temp", f"kept_{table}")
    )

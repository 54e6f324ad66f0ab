"""Reads whole cases from the log, folds them in memory and copies their rows into the tables of a version.

What cannot be folded is parked as the follower parks it: the fact that fails, and all later ones of its case behind it.
"""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from operator import attrgetter
from typing import Any, LiteralString, NamedTuple
from uuid import UUID

import orjson
from psycopg import Cursor, sql
from psycopg.rows import RowMaker

from services.projections.case_folds import CaseFold, Fact, Row, fold_case
from shared.complaints.events import EVENT_NAMES
from shared.eventstore.codec import decode_event
from shared.messaging.failures import TROUBLE_AROUND, describe
from shared.messaging.positions import HELD, POISON, Parked, Positions

# Facts that are in memory at a time, and in one transaction: a second of work, some ten megabytes. A longer case is
# taken whole.
BATCH_FACTS = 10_000


class StoredFact(NamedTuple):
    """A row of the log, its text not yet decoded."""

    stream: str
    version: int
    seq: int
    event_id: UUID
    name: str
    recorded_at: datetime
    record: str


@dataclass(frozen=True, slots=True)
class StoredCase:
    """All facts of one case up to some place of the feed, in order."""

    reference: str
    facts: tuple[StoredFact, ...]


def cases_after(
    cursor: Cursor[Any], landlord: str, *, after: str, up_to: int
) -> tuple[StoredCase, ...]:
    """The next cases in the order of references: whole cases, at least one if there is any."""
    limit = BATCH_FACTS
    while True:
        rows = _stored(
            cursor,
            _NEXT_CASES,
            {"landlord": landlord, "after": after, "up_to": up_to, "limit": limit},
        )
        cases = _by_case(rows)
        if len(rows) < limit:
            return cases
        if len(cases) > 1:
            return cases[:-1]  # the last one may go on beyond the limit
        limit *= 2


def cases_named(
    cursor: Cursor[Any], landlord: str, references: Sequence[str], *, up_to: int
) -> tuple[StoredCase, ...]:
    """Those cases."""
    return _by_case(
        _stored(
            cursor,
            _NAMED_CASES,
            {"landlord": landlord, "references": list(references), "up_to": up_to},
        )
    )


_NEXT_CASES = """
    SELECT stream, version, seq, event_id, name, recorded_at, record FROM workflow.event
    WHERE landlord = %(landlord)s AND stream > %(after)s AND seq <= %(up_to)s
    ORDER BY stream, version LIMIT %(limit)s
"""
_NAMED_CASES = """
    SELECT stream, version, seq, event_id, name, recorded_at, record FROM workflow.event
    WHERE landlord = %(landlord)s AND stream = ANY(%(references)s) AND seq <= %(up_to)s
    ORDER BY stream, version
"""


def _stored(
    cursor: Cursor[Any], query: LiteralString, parameters: dict[str, Any]
) -> list[StoredFact]:
    with cursor.connection.cursor(row_factory=_as_stored_fact) as facts:
        return facts.execute(query, parameters, binary=True).fetchall()


def _as_stored_fact(_cursor: Cursor[Any]) -> RowMaker[StoredFact]:
    return StoredFact._make


def _by_case(rows: Iterable[StoredFact]) -> tuple[StoredCase, ...]:
    return tuple(
        [
            StoredCase(reference, tuple(facts))
            for reference, facts in groupby(rows, key=attrgetter("stream"))
        ]
    )


@dataclass(frozen=True, slots=True)
class Parking:
    """Where what cannot be folded is kept aside, and the moment that is written beside it."""

    positions: Positions
    at: datetime


class CaseWriter:
    """Writes cases of one landlord into the tables of a schema, inside the caller's transactions.

    Rows are copied into temporary tables first: PostgreSQL does not copy into a table that row-level security guards,
    and guarded they are from the moment they are made.
    """

    def __init__(
        self,
        cursor: Cursor[dict[str, Any]],
        *,
        landlord: str,
        home: str | None,
        folds: Sequence[CaseFold],
        parking: Parking | None,
        left_out: frozenset[int],
    ) -> None:
        """Without a `home` the rows stay in the temporary tables; without `parking` what fails is only left out."""
        self._cursor = cursor
        self._landlord = landlord
        self._home = home
        self._folds = folds
        self._parking = parking
        self._left_out = left_out
        self._every_name = {name for name, kind in EVENT_NAMES.items() if _matters(kind, folds)}

    def write(self, cases: Sequence[StoredCase]) -> int:
        """Adds the rows of these cases, of which none may be there yet; tells how many facts they have.

        A fact that fails is parked with the later ones of its case.
        """
        try:
            with self._cursor.connection.transaction():
                self._copy(self._folded(cases))
        except TROUBLE_AROUND:
            raise
        except Exception:  # noqa: BLE001 - whatever a fold raises: the cases are taken singly
            for case in cases:
                self._write_singly(case)
        return sum(len(case.facts) for case in cases)

    def _write_singly(self, case: StoredCase) -> None:
        facts = case.facts
        error = ""
        for taken in range(len(facts), -1, -1):
            try:
                with self._cursor.connection.transaction():
                    self._copy(self._folded([StoredCase(case.reference, facts[:taken])]))
            except TROUBLE_AROUND:
                raise
            except Exception as failure:  # noqa: BLE001 - whatever a fold raises is parked
                error = describe(failure)
                continue
            for fact in facts[taken:]:
                self._park(fact, error=error if fact is facts[taken] else None)
            return

    def _park(self, fact: StoredFact, *, error: str | None) -> None:
        if self._parking is None or fact.seq in self._left_out:
            return
        parked = Parked(
            seq=fact.seq,
            stream=fact.stream,
            event_id=fact.event_id,
            reason=HELD if error is None else POISON,
            error=error or "an earlier event of the stream is parked",
            parked_at=self._parking.at,
        )
        self._parking.positions.park(self._cursor, self._landlord, parked=parked)

    def _folded(self, cases: Sequence[StoredCase]) -> dict[str, list[Row]]:
        """The rows for each table, of all these cases."""
        rows: dict[str, list[Row]] = {fold.table: [] for fold in self._folds}
        for case in cases:
            folded = fold_case(self._folds, list(self._decoded(case)))
            for table, of_case in folded.items():
                rows[table].extend(of_case.values())
        return {table: of_table for table, of_table in rows.items() if of_table}

    def _decoded(self, case: StoredCase) -> Iterator[Fact]:
        for stored in case.facts:
            name = stored.name
            if name in EVENT_NAMES and name not in self._every_name:
                continue  # no read model asked for it
            if stored.seq in self._left_out:
                continue
            record = orjson.loads(stored.record)
            yield Fact(
                landlord=self._landlord,
                stream=stored.stream,
                version=stored.version,
                seq=stored.seq,
                event_id=stored.event_id,
                name=name,
                recorded_at=stored.recorded_at,
                envelope=record,
                # As the follower reads it: what a newer version added is passed over.
                event=decode_event(name, record["data"], pass_over_unknown_fields=True),
            )

    def _copy(self, rows: dict[str, list[Row]]) -> None:
        for table, of_table in rows.items():
            columns = sql.SQL(", ").join(map(sql.Identifier, of_table[0]))
            before = waiting(table)
            statement = sql.SQL("COPY {} ({}) FROM STDIN").format(before, columns)
            with self._cursor.copy(statement) as copy:
                for row in of_table:
                    copy.write_row(tuple(row.values()))
            if self._home is None:
                continue
            self._cursor.execute(
                sql.SQL("INSERT INTO {} ({}) SELECT {} FROM {}").format(
                    sql.Identifier(self._home, table), columns, columns, before
                )
            )
            self._cursor.execute(sql.SQL("TRUNCATE {}").format(before))


@contextmanager
def waiting_tables(cursor: Cursor[Any], tables: Sequence[str], *, home: str) -> Iterator[None]:
    """The temporary tables that a writer of this connection copies into, empty."""
    for table in tables:
        # Of somebody who broke off before and left the connection to the pool.
        cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(waiting(table)))
        cursor.execute(
            sql.SQL("CREATE TEMPORARY TABLE {} (LIKE {})").format(
                waiting(table), sql.Identifier(home, table)
            )
        )
    try:
        yield
    finally:
        if not cursor.connection.closed:
            for table in tables:
                cursor.execute(sql.SQL("DROP TABLE IF EXISTS {}").format(waiting(table)))


def _matters(kind: Any, folds: Sequence[CaseFold]) -> bool:
    return any(kind in fold.steps for fold in folds)


def waiting(table: str) -> sql.Identifier:
    """The temporary table that stands before a read model's own."""
    return sql.Identifier("pg_temp", f"waiting_{table}")

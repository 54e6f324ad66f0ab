"""Builds a version of the read models beside the one that serves: folds every case, then catches up with the feed.

Each batch is one transaction with the note of how far it came, so that a build that was broken off, at whatever
point, goes on from there. Readers and the follower are not touched until versions change places.
"""

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor, sql

from services.projections.case_folds import CaseFold
from services.projections.case_writing import (
    CaseWriter,
    Parking,
    cases_after,
    cases_named,
    waiting_tables,
)
from services.projections.following import CASE_FOLDS, CONSUMER, SCHEMA
from services.projections.versions import Version
from shared.database.pool import Database, confine
from shared.eventstore.feed import head
from shared.messaging.positions import Positions
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock

CATCH_UP_FACTS = 1_000  # new facts at a time; their cases are folded again from their first fact
CASES_AT_A_TIME = 100

Row = dict[str, Any]
OnProgress = Callable[[int, int], None]  # facts folded so far, facts to fold


@dataclass(frozen=True, slots=True)
class Built:
    """How far one landlord's cases are folded into a version."""

    up_to: int
    through: str
    folded: int


class Pace:
    """How many facts were folded, and how many a second since this process began."""

    def __init__(self, *, done: int) -> None:
        self.done_before = self.done = done
        self._began = time.monotonic()

    def after(self, taken: int) -> float:
        """Counts those too; returns facts a second."""
        self.done += taken
        return (self.done - self.done_before) / max(time.monotonic() - self._began, 1e-6)


class Builder:
    """Fills one version; `folds` says which read models (all of them, unless one alone is measured)."""

    def __init__(
        self,
        database: Database,
        version: Version,
        *,
        clock: Clock,
        folds: Sequence[CaseFold] = CASE_FOLDS,
    ) -> None:
        self._database = database
        self._version = version
        self._clock = clock
        self._folds = folds
        self._positions = Positions(schema=SCHEMA, consumer=version.consumer)

    def build(self, *, on_progress: OnProgress = lambda _done, _of: None) -> int:
        """Folds every case of every landlord that is not folded yet; tells how many facts it took."""
        landlords = self._landlords()
        begun = {landlord: self._begun(landlord) for landlord in landlords}
        to_fold = sum(each.up_to for each in begun.values())
        pace = Pace(done=sum(each.folded for each in begun.values()))
        on_progress(pace.done, to_fold)
        for landlord in landlords:
            with self._writing() as cursor:
                while self._fold_batch(cursor, landlord, pace):
                    on_progress(pace.done, to_fold)
            self._finished(landlord)
        return pace.done - pace.done_before

    def catch_up(self, landlord: str) -> int:
        """Folds the cases again that the feed tells more of; returns where it stands: the head of a moment ago."""
        if self._position(landlord) is None:
            self._begun(landlord)
            pace = Pace(done=0)
            with self._writing() as cursor:
                while self._fold_batch(cursor, landlord, pace):
                    pass
            self._finished(landlord)
        with self._writing() as cursor:
            self._fold_again(cursor, landlord, self._parked_cases(cursor, landlord), move_to=None)
            while True:
                position, until, references = self._news(cursor, landlord)
                if until == position:
                    return position
                self._fold_again(cursor, landlord, references, move_to=until)

    def catch_up_all(self) -> None:
        """The same for every landlord."""
        for landlord in self._landlords():
            self.catch_up(landlord)

    def _landlords(self) -> list[str]:
        with self._database.directory() as cursor:
            return [landlord.landlord for landlord in all_landlords(cursor)]

    def _begun(self, landlord: str) -> Built:
        """What is noted of the landlord; at the first time, that its feed is to be folded up to its present head."""
        with self._database.transaction(landlord) as cursor:
            cursor.execute(
                "INSERT INTO projections.build"
                " (landlord, version, up_to, through, folded, facts_per_second, moved_at)"
                " VALUES (%s, %s, %s, '', 0, 0, %s) ON CONFLICT DO NOTHING",
                (landlord, self._version.version, head(cursor, landlord), self._clock.now()),
            )
            return built_so_far(cursor, landlord, self._version.version)

    @contextmanager
    def _writing(self) -> Iterator[Cursor[Row]]:
        """One connection with the writer's temporary tables, in autocommit."""
        tables = [fold.table for fold in self._folds]
        with (
            self._database.pool.connection() as connection,
            connection.cursor() as cursor,
            waiting_tables(cursor, tables, home=self._version.home),
        ):
            yield cursor

    def _fold_batch(self, cursor: Cursor[Row], landlord: str, pace: Pace) -> bool:
        with cursor.connection.transaction():
            confine(cursor, landlord)
            # Held to the end: should two processes build the same version, the second goes on after the first.
            cursor.execute(
                "SELECT FROM projections.build WHERE landlord = %s AND version = %s FOR UPDATE",
                (landlord, self._version.version),
            )
            built = built_so_far(cursor, landlord, self._version.version)
            cases = cases_after(cursor, landlord, after=built.through, up_to=built.up_to)
            if not cases:
                return False
            taken = self._writer(cursor, landlord).write(cases)
            cursor.execute(
                "UPDATE projections.build SET through = %s, folded = folded + %s,"
                " facts_per_second = %s, moved_at = %s WHERE landlord = %s AND version = %s",
                (
                    cases[-1].reference,
                    taken,
                    pace.after(taken),
                    self._clock.now(),
                    landlord,
                    self._version.version,
                ),
            )
            return True

    def _finished(self, landlord: str) -> None:
        """From here on the version only has to catch up with this landlord."""
        with self._database.transaction(landlord) as cursor:
            up_to = built_so_far(cursor, landlord, self._version.version).up_to
            if self._positions.lock(cursor, landlord, now=self._clock.now()) < up_to:
                self._positions.move(cursor, landlord, seq=up_to, now=self._clock.now())

    def _position(self, landlord: str) -> int | None:
        with self._database.transaction(landlord) as cursor:
            row = cursor.execute(
                "SELECT seq FROM projections.position WHERE landlord = %s AND consumer = %s",
                (landlord, self._version.consumer),
            ).fetchone()
        return None if row is None else int(row["seq"])

    def _parked_cases(self, cursor: Cursor[Row], landlord: str) -> list[str]:
        """What could not be folded the last time may be given up by now, or mended by a new release."""
        with cursor.connection.transaction():
            confine(cursor, landlord)
            parked = self._positions.parked(cursor, landlord)
        return sorted({each.stream for each in parked})

    def _news(self, cursor: Cursor[Row], landlord: str) -> tuple[int, int, list[str]]:
        with cursor.connection.transaction():
            confine(cursor, landlord)
            position = self._positions.read(cursor, landlord)
            until = min(head(cursor, landlord), position + CATCH_UP_FACTS)
            rows = cursor.execute(
                "SELECT DISTINCT stream FROM workflow.event"
                " WHERE landlord = %s AND seq > %s AND seq <= %s ORDER BY stream",
                (landlord, position, until),
            ).fetchall()
        return position, until, [row["stream"] for row in rows]

    def _fold_again(
        self, cursor: Cursor[Row], landlord: str, references: Sequence[str], *, move_to: int | None
    ) -> None:
        with cursor.connection.transaction():
            confine(cursor, landlord)
            at = self._positions.lock(cursor, landlord, now=self._clock.now())
            if move_to is not None and at >= move_to:
                return
            writer = self._writer(cursor, landlord)
            for first in range(0, len(references), CASES_AT_A_TIME):
                some = references[first : first + CASES_AT_A_TIME]
                self._forget(cursor, landlord, some)
                writer.write(cases_named(cursor, landlord, some, up_to=move_to or at))
            if move_to is not None:
                self._positions.move(cursor, landlord, seq=move_to, now=self._clock.now())

    def _forget(self, cursor: Cursor[Row], landlord: str, references: Sequence[str]) -> None:
        for fold in self._folds:
            cursor.execute(
                sql.SQL("DELETE FROM {} WHERE landlord = %s AND reference = ANY(%s)").format(
                    sql.Identifier(self._version.home, fold.table)
                ),
                (landlord, list(references)),
            )
        for parked in self._positions.parked(cursor, landlord):
            if parked.stream in references:
                self._positions.unpark(cursor, landlord, seq=parked.seq)

    def _writer(self, cursor: Cursor[Row], landlord: str) -> CaseWriter:
        return CaseWriter(
            cursor,
            landlord=landlord,
            home=self._version.home,
            folds=self._folds,
            parking=Parking(self._positions, self._clock.now()),
            left_out=given_up(cursor, landlord),
        )


def built_so_far(cursor: Cursor[Row], landlord: str, version: int) -> Built:
    """What is noted of the landlord's build; all zero when there is no note."""
    row = cursor.execute(
        "SELECT up_to, through, folded FROM projections.build WHERE landlord = %s AND version = %s",
        (landlord, version),
    ).fetchone()
    return Built(**row) if row else Built(up_to=0, through="", folded=0)


def given_up(cursor: Cursor[Row], landlord: str) -> frozenset[int]:
    """Places of events that operators gave up: no version holds them."""
    rows = cursor.execute(
        "SELECT seq FROM projections.skipped WHERE landlord = %s AND consumer = %s",
        (landlord, CONSUMER),
    )
    return frozenset(row["seq"] for row in rows)

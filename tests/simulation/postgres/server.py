"""The server: tables with their rows, who is connected, and what a commit makes visible."""

from __future__ import annotations

from collections.abc import Callable, Hashable
from contextlib import AbstractContextManager, nullcontext
from datetime import UTC, datetime
from itertools import count
from typing import Any, cast

import psycopg

from tests.simulation.postgres.definitions import Schema, migrated_schema
from tests.simulation.postgres.expressions import Known
from tests.simulation.postgres.querying import Querying
from tests.simulation.postgres.statements import read_statement
from tests.simulation.postgres.syntax import Control, Delete, Insert, Select, Update
from tests.simulation.postgres.transactions import (
    Holder,
    Locks,
    Row,
    Storage,
    Transaction,
    Turns,
)
from tests.simulation.postgres.writing import Answer, Plan, Writing

OnCommit = Callable[["Server", Transaction], None]


class Server:
    """PostgreSQL, as far as our statements reach."""

    def __init__(
        self,
        *,
        schema: Schema | None = None,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
        is_empty: bool = False,
    ) -> None:
        """With `is_empty` even the rows of the migrations are left out."""
        self.schema = schema or migrated_schema()
        self.now = now
        self.locks = Locks()
        self.sessions: dict[int, Session] = {}
        self.watchers: list[OnCommit] = []
        self.commits = 0
        self._storages: dict[str, Storage] = {}
        self._numbers = count(1)
        if is_empty:
            return
        for first_row in self.schema.first_rows:
            alone = Session(self, NobodyElse(), name="migration", number=0)
            alone.execute(first_row, ())

    def storage(self, name: str) -> Storage:
        """The rows of a table."""
        if name not in self._storages:
            self._storages[name] = Storage(self.schema.table(name))
        return self._storages[name]

    def rows(self, name: str, landlord: str | None = None) -> list[Row]:
        """The committed rows of a table, for whoever judges a run."""
        rows = self.storage(name).rows.values()
        return [row for row in rows if landlord is None or row["landlord"] == landlord]

    def copy_rows_to(self, other: Server) -> None:
        """Put every committed row into another server with the same tables, which is empty."""
        for name, storage in self._storages.items():
            there = other.storage(name)
            for row in storage.rows.values():
                there.put(there.next_id(), dict(row))

    def connect(self, turns: Turns, *, name: str) -> Session:
        """A session; `name` says whose it is."""
        session = Session(self, turns, name=name, number=next(self._numbers))
        self.sessions[session.number] = session
        return session

    def stop(self) -> int:
        """End every session at once, as a crash does; returns how many there were."""
        ended = list(self.sessions.values())
        for session in ended:
            session.end()
        return len(ended)

    def commit(self, transaction: Transaction) -> None:
        """Make what a transaction did the truth; watchers see what was before, and what it did."""
        for watcher in self.watchers:
            watcher(self, transaction)
        for storage, rows in transaction.changes.items():
            for row_id, row in rows.items():
                storage.put(row_id, row)
        self.commits += 1

    def plan(self, text: str) -> Plan:
        """The function of a statement that is no begin or end."""
        found = self.schema.plans.get(text)
        if found is None:
            found = self.schema.plans[text] = _planned(self.schema, text)
        return cast(Plan, found)


def _planned(schema: Schema, text: str) -> Plan:
    querying = Querying(schema)
    writing = Writing(schema, querying)
    match read_statement(text):
        case Insert() as insert:
            return writing.insert(insert)
        case Update() as update:
            return writing.update(update)
        case Delete() as delete:
            return writing.delete(delete)
        case Select() as select:
            query = querying.query(select, querying.scope([]))

            def run(known: Known) -> Answer:
                rows = query(known)
                return Answer(rows, len(rows))

            return run
        case Control() as control:
            raise TypeError(f"{control.what} has no plan")


class NobodyElse:
    """Turns of a session that is alone."""

    def connecting(self) -> None:
        """There are connections."""

    def round_trip(self, _session: object, *, what: str) -> AbstractContextManager[None]:  # noqa: ARG002 - nobody asks
        """Nothing can come between."""
        return nullcontext()

    def wait(self, until: Callable[[], bool], *, seconds: float) -> bool:  # noqa: ARG002 - it does not wait
        """Nobody would come to change anything."""
        return until()

    def moved(self) -> None:
        """Nobody waits."""


class Session:
    """One connection as the server sees it."""

    def __init__(self, server: Server, turns: Turns, *, name: str, number: int) -> None:
        self.server = server
        self.turns = turns
        self.name = name
        self.number = number
        self.whole = Holder(f"session {number} of {name}")
        self.transaction: Transaction | None = None
        self.is_ended = False

    @property
    def here(self) -> Transaction:
        """The transaction in which a statement runs."""
        if self.transaction is None:
            raise psycopg.errors.NoActiveSqlTransaction("no transaction is open")
        return self.transaction

    def execute(self, text: str, parameters: Any) -> Answer:
        """Carry out one statement; alone it is a transaction by itself."""
        self.refuse_when_ended()
        control = _control(text)
        if control is not None:
            return self._control(control)
        alone = self.transaction is None
        if alone:
            self.begin()
        try:
            answer = self._run(text, parameters)
        except psycopg.Error:
            if alone:
                self.rollback()
            raise
        if alone:
            self.commit()
        return answer

    def run_parsed(self, text: str, parameters: Any) -> list[Row]:
        """The rows of a statement inside another one."""
        return self.server.plan(text)(Known(self, parameters)).rows

    def _run(self, text: str, parameters: Any) -> Answer:
        transaction = self.here
        if transaction.is_failed:
            raise psycopg.errors.InFailedSqlTransaction("current transaction is aborted")
        try:
            answer = self.server.plan(text)(Known(self, parameters))
        except psycopg.Error:
            transaction.is_failed = True
            raise
        # Somebody may have ended the session while the statement waited.
        self.refuse_when_ended()
        return answer

    def _control(self, what: str) -> Answer:
        if what == "begin":
            self.begin()
        elif what == "commit":
            self.commit()
        else:
            self.rollback()
        return Answer([], -1)

    def begin(self) -> None:
        """Open a transaction."""
        if self.transaction is None:
            self.transaction = Transaction(f"transaction of {self.name}")

    def commit(self) -> None:
        """End the transaction for good; one that failed is undone."""
        transaction = self.transaction
        if transaction is None:
            return
        if transaction.is_failed:
            self.rollback()
            return
        self.transaction = None
        self.server.commit(transaction)
        self._release(transaction)

    def rollback(self) -> None:
        """Undo the transaction."""
        transaction, self.transaction = self.transaction, None
        if transaction is not None:
            self._release(transaction)

    def back_to_savepoint(self) -> None:
        """Undo what was done since the savepoint, and give back what was locked since."""
        kept = self.here.back_to_savepoint()
        self._release(self.here, kept=kept)

    def end(self) -> None:
        """The connection is gone: what was not committed never happened."""
        self.is_ended = True
        self.server.sessions.pop(self.number, None)
        for holder in (self.whole, self.transaction):
            if holder is not None:
                holder.is_over = True
        self.rollback()
        self._release(self.whole)

    def refuse_when_ended(self) -> None:
        """Raise what a client sees of a connection that is gone."""
        if self.is_ended:
            raise psycopg.OperationalError("server closed the connection unexpectedly")

    def take_lock(self, key: Hashable, *, shared: bool = False) -> bool:
        """Hold a lock until the transaction ends; says whether it had to be waited for."""
        return self.server.locks.take(self.here, key, self.turns, shared=shared)

    def is_row_free(self, storage: Storage, row_id: int) -> bool:
        """Whether no other transaction has the row locked."""
        return self.server.locks.is_free(self.here, _row_lock(storage, row_id))

    def lock_row(
        self, storage: Storage, row_id: int, *, skip: bool = False, shared: bool = False
    ) -> Row | None:
        """Lock a row and give it as it is then; None when it is gone, or locked and to be skipped."""
        key = _row_lock(storage, row_id)
        if skip:
            if not self.server.locks.try_take(self.here, key, shared=shared):
                return None
        else:
            self.take_lock(key, shared=shared)
        return self.here.current(storage, row_id)

    def _release(self, holder: Holder, *, kept: int = 0) -> None:
        self.server.locks.release(holder, kept=kept)
        self.turns.moved()


def _row_lock(storage: Storage, row_id: int) -> Hashable:
    return ("row", storage.definition.name, row_id)


def _control(text: str) -> str | None:
    first = text.lstrip()[:8].rstrip(" ;").split(" ", 1)[0].lower()
    return first if first in {"begin", "commit", "rollback"} else None

"""What the product holds instead of psycopg's pool, connections and cursors.

`Database` itself is the product's: only its pool is another. A message to the server and its answer are two moments at
which a process can die, a connection can be lost, and somebody else can be served first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Self, cast

import psycopg
from psycopg import sql
from psycopg_pool import ConnectionPool

from shared.database.pool import Database, PooledConnection
from tests.simulation.postgres.server import Server, Session
from tests.simulation.postgres.transactions import Row, Turns


class ModelCursor:
    """Sends statements and keeps the last answer."""

    def __init__(self, connection: ModelConnection) -> None:
        self.connection = connection
        self._rows: list[Row] = []
        self._next = 0
        self.rowcount = -1

    def execute(self, statement: Any, parameters: Any = None) -> Self:
        """Send a statement; inside a pipeline it is carried out with those after it."""
        text = statement if isinstance(statement, str) else _text_of(statement)
        self.connection.send(self, text, parameters)
        return self

    def take(self, rows: list[Row], rowcount: int) -> None:
        """Keep an answer."""
        self._rows, self._next, self.rowcount = rows, 0, rowcount

    def fetchone(self) -> Row | None:
        """The next row, if there is one."""
        self.connection.answer_pipeline()
        if self._next >= len(self._rows):
            return None
        self._next += 1
        return self._rows[self._next - 1]

    def fetchall(self) -> list[Row]:
        """All rows that are left."""
        self.connection.answer_pipeline()
        rows = self._rows[self._next :]
        self._next = len(self._rows)
        return rows

    def __iter__(self) -> Iterator[Row]:
        return iter(self.fetchall())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is kept open."""


def _text_of(statement: Any) -> str:
    if isinstance(statement, sql.Composable):
        return statement.as_string(None)
    return bytes(statement).decode()


class ModelPipeline:
    """Statements that travel together."""

    def __init__(self, connection: ModelConnection) -> None:
        self._connection = connection

    def sync(self) -> None:
        """Wait for all answers; raises the first error."""
        self._connection.answer_pipeline()


class ModelConnection:
    """A connection in autocommit mode, as the product asks for it."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.is_clean = True
        self._waiting: list[tuple[ModelCursor, str, Any]] | None = None

    @property
    def closed(self) -> bool:
        """Whether it is of no use any more."""
        return self.session.is_ended

    def cursor(self) -> ModelCursor:
        """A cursor."""
        return ModelCursor(self)

    def execute(self, statement: Any, parameters: Any = None) -> ModelCursor:
        """Send a statement on a cursor of its own."""
        return self.cursor().execute(statement, parameters)

    def send(self, cursor: ModelCursor, text: str, parameters: Any) -> None:
        """Carry out a statement, or keep it for the pipeline."""
        if self._waiting is not None:
            self._waiting.append((cursor, text, parameters))
            return
        self._round_trip([(cursor, text, parameters)])

    def answer_pipeline(self) -> None:
        """Carry out what the pipeline holds; after an error the rest is not carried out."""
        if self._waiting:
            waiting, self._waiting = self._waiting, []
            self._round_trip(waiting)

    def _round_trip(self, statements: list[tuple[ModelCursor, str, Any]]) -> None:
        """One message with all of them, one answer; alone and without BEGIN they are one transaction."""
        what = " ".join(statements[-1][1].split())[:60]
        with self.session.turns.round_trip(self.session, what=what):
            alone = self.session.transaction is None and len(statements) > 1
            if alone:
                self.session.begin()
            try:
                for cursor, text, parameters in statements:
                    answer = self.session.execute(text, parameters)
                    cursor.take(answer.rows, answer.count)
            except psycopg.Error:
                if alone:
                    self.session.rollback()
                raise
            if alone and not _begins(statements):
                self.session.commit()

    @contextmanager
    def pipeline(self) -> Iterator[ModelPipeline]:
        """Statements inside travel together, up to a sync, a fetch or the end."""
        if self._waiting is not None:
            yield ModelPipeline(self)
            return
        self._waiting = []
        try:
            yield ModelPipeline(self)
            self.answer_pipeline()
        finally:
            self._waiting = None

    @contextmanager
    def transaction(self, *, force_rollback: bool = False) -> Iterator[None]:
        """A savepoint inside an open transaction, else a transaction."""
        if self.session.transaction is None:
            self._call("BEGIN", self.session.begin)
            undo, keep = self.session.rollback, self.session.commit
        else:
            self._call("SAVEPOINT", self.session.here.set_savepoint)
            undo, keep = self.session.back_to_savepoint, self._forget_savepoint
        went_well = False
        try:
            yield
            went_well = True
        finally:
            if not went_well:
                # What went wrong first is what the caller hears of.
                with suppress(psycopg.Error):
                    self._call("ROLLBACK", undo)
        if force_rollback:
            self._call("ROLLBACK", undo)
        else:
            self._call("RELEASE", keep)

    def _forget_savepoint(self) -> None:
        self.session.here.forget_savepoint()

    def commit(self) -> None:
        """End the transaction."""
        self._call("COMMIT", self.session.commit)

    def rollback(self) -> None:
        """Undo the transaction."""
        if self.session.transaction is not None:
            self._call("ROLLBACK", self.session.rollback)

    def close(self) -> None:
        """Say goodbye."""
        self.session.end()

    def _call(self, what: str, work: Callable[[], None]) -> None:
        with self.session.turns.round_trip(self.session, what=what):
            self.session.refuse_when_ended()
            work()


def _begins(statements: list[tuple[ModelCursor, str, Any]]) -> bool:
    return statements[0][1].strip().upper() == "BEGIN"


class ModelPool:
    """Gives out connections; there are always some, unless the server is away."""

    def __init__(self, server: Server, turns: Turns, *, name: str) -> None:
        self._server = server
        self._turns = turns
        self._name = name
        self._idle: list[ModelConnection] = []

    @contextmanager
    def connection(self) -> Iterator[ModelConnection]:
        """One for as long as it is wanted; committed at the end, undone after an error."""
        self._turns.connecting()
        connection = self._taken()
        connection.is_clean = False
        try:
            yield connection
            if connection.session.transaction is not None:
                connection.commit()
        finally:
            if not connection.closed:
                connection.session.rollback()
                self._idle.append(connection)

    def _taken(self) -> ModelConnection:
        while self._idle:
            connection = self._idle.pop()
            if not connection.closed:
                return connection
        return ModelConnection(self._server.connect(self._turns, name=self._name))

    def open(self, *_: object) -> None:
        """It is open."""

    def close(self) -> None:
        """Say goodbye on all connections."""
        for connection in self._idle:
            connection.close()
        self._idle.clear()


class ModelDatabase(Database):
    """The product's `Database` on a pool of the model."""

    def __init__(self, server: Server, turns: Turns, *, role: str | None, name: str) -> None:
        # The product's __init__ would look for a server.
        self.conninfo = f"model of {name}"
        self.role = role
        self.server = server
        self._turns = turns
        self.pool = cast(
            "ConnectionPool[PooledConnection]", ModelPool(server, turns, name=f"{name} {role}")
        )

    def connection_apart(self, *, application_name: str) -> Any:
        """A connection outside the pool."""
        self._turns.connecting()
        return ModelConnection(self.server.connect(self._turns, name=application_name))

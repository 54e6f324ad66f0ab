"""Appends facts: one transaction for the facts, their timers, the personal words and the command's
result.

Stands on the application recorder of the `eventsourcing` library for its connections, its
exceptions and the retry after a lost connection. The library's own ways of ordering and reading
events are switched off, because a table lock and a NOTIFY make every landlord wait for every other,
and its database functions and DCB recorders let readers miss events; the feed is ordered by
`workflow.append_commands` instead, which locks one landlord's head, as the last thing before the commit. The
library sends an append in several round trips; here the commit travels with the rest.
"""

import os
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, InterfaceError, OperationalError
from eventsourcing.postgres import PostgresApplicationRecorder
from eventsourcing.utils import retry
from psycopg import Cursor

from shared.database.pool import Database, PooledConnection
from shared.eventstore.append import (
    Append,
    AppendRefused,
    CommandAlreadyDone,
    SourceReferenceTaken,
    StreamMoved,
    raise_refusal,
)
from shared.eventstore.datastore import (
    FeedDatastore,
    ForbiddenLibraryMode,
    refuse_forbidden_modes,
)
from shared.eventstore.feed import SELECT_STREAM, recorded
from shared.eventstore.record import CommandResult, RecordedEvent
from shared.eventstore.together import Together
from shared.eventstore.writing import Encoded, are_facts_alone, encoded, write_appends
from shared.runtime.tracing import span

__all__ = [
    "Append",
    "AppendRefused",
    "CommandAlreadyDone",
    "FeedRecorder",
    "SourceReferenceTaken",
    "StreamMoved",
    "append_in",
    "command_result",
]

Row = dict[str, Any]


class FeedRecorder(PostgresApplicationRecorder):
    """The log of every landlord, for the one service that may append to it."""

    def __init__(self, database: Database, *, environment: Mapping[str, str] = os.environ) -> None:
        refuse_forbidden_modes(environment)
        super().__init__(FeedDatastore(database), events_table_name="event")
        self.database = database
        self._together = Together(write=self._commit, write_alone=self._commit_alone)

    def append(self, append: Append) -> int:
        """Write what a command decided, whole, and return the new version of its complaint.

        Whoever appends for the same landlord at the same moment may share the transaction. After a
        lost connection the library tries again, so an attempt that had been committed unseen shows
        as `CommandAlreadyDone`.
        """
        if self.datastore.enable_db_functions:
            raise ForbiddenLibraryMode("Database functions of the library let readers miss events.")
        with span(
            "append",
            refusals=(AppendRefused,),
            landlord=append.landlord,
            complaint=append.stream,
            command_id=str(append.command_id),
            facts=len(append.records),
        ):
            self._together.append(encoded(append))
        return append.version

    def append_in(self, cursor: Cursor[Row], append: Append) -> int:
        """Do the same in the caller's transaction; the caller sets a savepoint when it wants to go
        on after a refusal.

        One transaction may append to several complaints only when it got them from `due_timers`,
        which makes sure that nobody else is appending to them: else two such transactions could
        wait for one another.
        """
        append_in(cursor, append)
        return append.version

    def append_all_in(self, cursor: Cursor[Row], appends: Sequence[Append]) -> None:
        """Write what was decided about different complaints of one landlord in the caller's
        transaction, which has written nothing yet.

        The complaints are locked in one order for everybody and the head of the feed last, so that
        no two writers wait for one another. After a refusal the transaction is of no more use.
        """
        try:
            _send(cursor, [encoded(append) for append in appends])
        except psycopg.IntegrityError as error:
            raise_refusal(error)
            raise

    def load(self, landlord: str, stream: str) -> tuple[RecordedEvent, ...]:
        """Return every fact of one complaint, in order; nothing when there is no such complaint."""
        return facts_of(self.database.rows(landlord, SELECT_STREAM, (landlord, stream)))

    def command_result(self, landlord: str, command_id: UUID) -> CommandResult | None:
        """Return what a command did when it was carried out, or None when it was not."""
        return result_of(self.database.rows(landlord, SELECT_RESULT, (landlord, command_id)))

    def insert_events(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse the library's writer, which knows neither commands nor their timers."""
        raise ForbiddenLibraryMode("Facts are appended with FeedRecorder.append, never bare.")

    def _commit_alone(self, one: Encoded) -> None:
        try:
            self._commit_with_retries(one)
        except IntegrityError as error:
            raise_refusal(error.__cause__)
            raise

    @retry((InterfaceError, OperationalError), max_attempts=10, wait=0.2)
    def _commit_with_retries(self, one: Encoded) -> None:
        self._commit([one])

    def _commit(self, batch: Sequence[Encoded]) -> None:
        with self.datastore.get_connection() as connection, connection.cursor() as cursor:
            if are_facts_alone(batch):
                write_appends(cursor, batch)  # one statement is a transaction by itself
            else:
                _send(cursor, batch, whole=True)
            if isinstance(connection, PooledConnection):
                connection.is_clean = True

    def _lock_table(self, curs: Cursor[Row]) -> None:
        """Lock no table: the head of the landlord's feed is enough."""

    def _notify_channel(self, curs: Cursor[Row]) -> None:
        """Notify nobody: a NOTIFY makes all commits of the server wait for one another."""

    def create_table(self) -> None:
        """Create nothing: tables come from migrations."""
        raise ForbiddenLibraryMode("Tables come from migrations, not from the library.")

    def select_events(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse the library's reader, which knows no landlord."""
        raise ForbiddenLibraryMode("A complaint is read with FeedRecorder.load.")

    def select_notifications(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse the library's reader, which knows no landlord."""
        raise ForbiddenLibraryMode("The feed is read with shared.eventstore.feed.")

    def max_notification_id(self) -> NoReturn:
        """Refuse the library's reader, which knows no landlord."""
        raise ForbiddenLibraryMode("The head of a feed is read with shared.eventstore.feed.")

    def subscribe(self, *_: Any, **__: Any) -> NoReturn:
        """Refuse the library's subscription, which lives on NOTIFY."""
        raise ForbiddenLibraryMode("Subscribers follow the feed with shared.messaging.")


SELECT_RESULT = """
    SELECT command_id, stream, fingerprint, version, event_names, recorded_at
    FROM workflow.command_result WHERE landlord = %s AND command_id = %s
"""


def append_in(cursor: Cursor[Row], append: Append) -> None:
    """Write what was decided in the caller's transaction, under the caller's role."""
    try:
        _send(cursor, [encoded(append)])
    except psycopg.IntegrityError as error:
        raise_refusal(error)
        raise


def command_result(cursor: Cursor[Row], landlord: str, command_id: UUID) -> CommandResult | None:
    """Look a command's result up in the caller's transaction."""
    return result_of(cursor.execute(SELECT_RESULT, (landlord, command_id)).fetchall())


def result_of(rows: Sequence[Row]) -> CommandResult | None:
    """Return the result that `SELECT_RESULT` found, or None when it found none."""
    if not rows:
        return None
    (row,) = rows
    return CommandResult(**{**row, "event_names": tuple(row["event_names"])})


def facts_of(rows: Sequence[Row]) -> tuple[RecordedEvent, ...]:
    """Return the facts that `SELECT_STREAM` found."""
    return tuple([recorded(row) for row in rows])


def _send(cursor: Cursor[Row], batch: Sequence[Encoded], *, whole: bool = False) -> None:
    """Send everything in one round trip, with `whole` from BEGIN to COMMIT, and raise what went
    wrong first.
    """
    trouble: psycopg.Error | None = None
    try:
        with cursor.connection.pipeline() as pipeline:
            if whole:
                cursor.execute("BEGIN")
            write_appends(cursor, batch)
            if whole:
                cursor.execute("COMMIT")
            try:
                pipeline.sync()
            except psycopg.Error as error:
                trouble = error
    except psycopg.errors.PipelineAborted:
        # What follows the first error is aborted, and says no more than that.
        if trouble is None:
            raise
    if trouble is not None:
        raise trouble

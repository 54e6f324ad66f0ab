"""Appends facts: one transaction for the facts, their timers, the personal words and the command's
result.

Stands on the application recorder of the `eventsourcing` library for the transaction, its pipeline
and the retry after a lost connection. The library's own ways of ordering and reading events are
switched off, because a table lock and a NOTIFY make every landlord wait for every other, and its
database functions and DCB recorders let readers miss events; the feed is ordered by
`workflow.append` instead, which locks one landlord's head, as the last thing before the commit.
"""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NoReturn
from uuid import UUID

import psycopg
from eventsourcing.persistence import IntegrityError, StoredEvent
from eventsourcing.postgres import PostgresApplicationRecorder
from psycopg import Cursor

from shared.database.pool import Database, confine
from shared.eventstore.codec import name_of, to_record
from shared.eventstore.datastore import (
    FeedDatastore,
    ForbiddenLibraryMode,
    refuse_forbidden_modes,
)
from shared.eventstore.feed import read_stream
from shared.eventstore.record import CommandResult, NewRecord, RecordedEvent
from shared.eventstore.timers import (
    TimerKey,
    TimersToEnd,
    TimerToSet,
    cancel_timers,
    mark_fired,
    set_timers,
)
from shared.vault.sealing import SealedWords
from shared.vault.vault import store_words

Row = dict[str, Any]


class AppendRefused(Exception):
    """The append found the log in another state than its caller believed; nothing was written."""


class StreamMoved(AppendRefused):
    """Somebody else appended to the complaint first: load it again and decide again."""


class CommandAlreadyDone(AppendRefused):
    """The command has a result, perhaps from an attempt whose answer was lost: look it up."""


class SourceReferenceTaken(AppendRefused):
    """Another complaint came from the same reference of the source system."""


@dataclass(frozen=True, slots=True)
class Append:
    """Everything one command writes. Without records it still has a result, so that a retry gets
    the same answer.

    What `timer_fired` names is ended first, then the duties of `timers_ended`, then `timers_set`
    are set.
    """

    landlord: str
    stream: str
    expected_version: int
    records: tuple[NewRecord, ...]
    command_id: UUID
    fingerprint: bytes
    recorded_at: datetime
    words: tuple[SealedWords, ...] = ()
    timers_set: tuple[TimerToSet, ...] = ()
    timers_ended: tuple[TimersToEnd, ...] = ()
    timer_fired: TimerKey | None = None
    source_reference: str | None = None

    @property
    def version(self) -> int:
        """The version of the complaint after this append."""
        return self.expected_version + len(self.records)


class FeedRecorder(PostgresApplicationRecorder):
    """The log of every landlord, for the one service that may append to it."""

    def __init__(self, database: Database, *, environment: Mapping[str, str] = os.environ) -> None:
        refuse_forbidden_modes(environment)
        super().__init__(FeedDatastore(database), events_table_name="event")
        self.database = database

    def append(self, append: Append) -> int:
        """Write what a command decided, whole, and return the new version of its complaint.

        After a lost connection the library tries again, so an attempt that had been committed
        unseen shows as `CommandAlreadyDone`.
        """
        try:
            self.insert_events(stored_events(append), append=append)
        except IntegrityError as error:
            raise_refusal(error.__cause__)
            raise
        return append.version

    def append_in(self, cursor: Cursor[Row], append: Append) -> int:
        """Do the same in the caller's transaction; the caller sets a savepoint when it wants to go
        on after a refusal.

        One transaction may append to several complaints only when it got them from `due_timers`,
        which makes sure that nobody else is appending to them: else two such transactions could
        wait for one another.
        """
        try:
            with cursor.connection.pipeline():
                self._insert_events(cursor, (), append=append)
                if append.records:
                    self._insert_stored_events(cursor, stored_events(append), append=append)
        except psycopg.IntegrityError as error:
            raise_refusal(error)
            raise
        return append.version

    def load(self, landlord: str, stream: str) -> tuple[RecordedEvent, ...]:
        """Return every fact of one complaint, in order; nothing when there is no such complaint."""
        with self.database.transaction(landlord) as cursor:
            return read_stream(cursor, landlord, stream)

    def command_result(self, landlord: str, command_id: UUID) -> CommandResult | None:
        """Return what a command did when it was carried out, or None when it was not."""
        with self.database.transaction(landlord) as cursor:
            return command_result(cursor, landlord, command_id)

    def insert_events(
        self, stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> Sequence[int] | None:
        """Append through the library's transaction; only `append` may call this."""
        if self.datastore.enable_db_functions:
            raise ForbiddenLibraryMode("Database functions of the library let readers miss events.")
        if not isinstance(kwargs.get("append"), Append):
            raise ForbiddenLibraryMode("Facts are appended with FeedRecorder.append, never bare.")
        numbers: Sequence[int] | None = super().insert_events(stored_events, **kwargs)
        return numbers

    def _insert_events(
        self,
        curs: Cursor[Row],
        stored_events: Sequence[StoredEvent],  # noqa: ARG002  # the library's signature
        **kwargs: Any,
    ) -> None:
        append: Append = kwargs["append"]
        landlord, stream, now = append.landlord, append.stream, append.recorded_at
        confine(curs, landlord)
        # Two who append to one complaint queue here, before they hold anything that a third might
        # need.
        curs.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s || '/' || %s, 0))", (landlord, stream)
        )
        _store_result(curs, append)
        if append.source_reference is not None:
            _store_source_reference(curs, append)
        if append.words:
            store_words(curs, landlord=landlord, words=append.words, now=now)
        if append.timer_fired is not None:
            mark_fired(curs, landlord=landlord, stream=stream, timer=append.timer_fired, now=now)
        if append.timers_ended:
            cancel_timers(
                curs, landlord=landlord, stream=stream, ended=append.timers_ended, now=now
            )
        if append.timers_set:
            set_timers(curs, landlord=landlord, stream=stream, timers=append.timers_set, now=now)

    def _insert_stored_events(
        self, curs: Cursor[Row], stored_events: Sequence[StoredEvent], **kwargs: Any
    ) -> None:
        append: Append = kwargs["append"]
        curs.execute(
            """
            SELECT workflow.append(
                %s, %s::text[], %s::int[], %s::uuid[], %s::text[], %s::text[], %s
            ) AS head
            """,
            (
                append.landlord,
                [stored.originator_id for stored in stored_events],
                [stored.originator_version for stored in stored_events],
                [new.event_id for new in append.records],
                [stored.topic for stored in stored_events],
                [stored.state.decode() for stored in stored_events],
                append.recorded_at,
            ),
        )

    def _fetch_ids_after_insert_events(
        self, curs: Cursor[Row], stored_events: Sequence[StoredEvent], **_: Any
    ) -> Sequence[int]:
        row = curs.fetchone()
        head = int(row["head"]) if row else 0
        return range(head - len(stored_events) + 1, head + 1)

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


def stored_events(append: Append) -> list[StoredEvent]:
    """Return the facts of an append in the library's shape: stream, version, name and canonical
    text.
    """
    return [
        StoredEvent(
            originator_id=append.stream,
            originator_version=version,
            topic=name_of(new.event),
            state=to_record(
                new,
                landlord=append.landlord,
                stream=append.stream,
                version=version,
                command_id=append.command_id,
                recorded_at=append.recorded_at,
            ).encode(),
        )
        for version, new in enumerate(append.records, start=append.expected_version + 1)
    ]


def command_result(cursor: Cursor[Row], landlord: str, command_id: UUID) -> CommandResult | None:
    """Look a command's result up in the caller's transaction."""
    row = cursor.execute(
        """
        SELECT command_id, stream, fingerprint, version, event_names, recorded_at
        FROM workflow.command_result WHERE landlord = %s AND command_id = %s
        """,
        (landlord, command_id),
    ).fetchone()
    if row is None:
        return None
    return CommandResult(**{**row, "event_names": tuple(row["event_names"])})


def raise_refusal(cause: BaseException | None) -> None:
    """Raise what a broken constraint means to the caller; return when it is none of those an append
    can meet.
    """
    if not isinstance(cause, psycopg.IntegrityError):
        return
    match cause.diag.constraint_name:
        case "event_landlord_stream_version_key":
            raise StreamMoved("Somebody else appended to the complaint first.") from cause
        case "command_result_pkey":
            raise CommandAlreadyDone("The command was carried out before.") from cause
        case "source_reference_pkey":
            raise SourceReferenceTaken("A complaint with this source reference exists.") from cause


def _store_result(cursor: Cursor[Row], append: Append) -> None:
    cursor.execute(
        """
        INSERT INTO workflow.command_result
            (landlord, command_id, stream, fingerprint, version, event_names, recorded_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s)
        """,
        (
            append.landlord,
            append.command_id,
            append.stream,
            append.fingerprint,
            append.version,
            [name_of(new.event) for new in append.records],
            append.recorded_at,
        ),
    )


def _store_source_reference(cursor: Cursor[Row], append: Append) -> None:
    cursor.execute(
        """
        INSERT INTO workflow.source_reference (landlord, source_reference, stream)
        VALUES (%s, %s, %s)
        """,
        (append.landlord, append.source_reference, append.stream),
    )

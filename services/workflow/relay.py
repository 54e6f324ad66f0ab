"""Publishes each landlord's feed to the broker, in order and at least once, from the log itself.

The log is the outbox: the relay reads above its cursor, publishes, and moves the cursor to the last
entry of the unbroken run that the broker confirmed. One relay acts at a time in a database, by an
advisory lock that ends with its connection. Should two ever overlap, the one with the older epoch
moves no cursor any more, and the compare-and-set keeps it true; subscribers see duplicates, which
their contract has them pass over. With the broker down the cursor stays and nothing is lost.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import structlog
from psycopg import Cursor

from services.workflow.leading import RELAY, still_leads, take_lead
from shared.database.pool import Database
from shared.eventstore.feed import head, read_stored
from shared.eventstore.record import StoredEvent
from shared.eventstore.traces import clear_old_traces, traces_of
from shared.messaging.bus import BrokerUnavailable, Bus
from shared.messaging.envelope import heartbeat_message, to_message
from shared.messaging.traces import publish_traced
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock
from shared.runtime.tracing import is_traced
from shared.runtime.worker import WakeUp, repeat

PAGE = 100  # entries published together: past a few hundred in flight the broker gains nothing
BUSY_SECONDS = 0.05
IDLE_SECONDS = 0.25
NOT_LEADING_SECONDS = 1.0
# A relay that leads speaks on its lock's connection with every step. The server ends a connection
# that was silent for so long, so the lock of a relay that stands still, or whose machine is gone
# without a goodbye, is free again before ten seconds have passed.
SILENT_LEADER_SECONDS = 8.0
LONGEST_BROKER_WAIT_SECONDS = 2.0
HEARTBEAT_EVERY = timedelta(seconds=30)
TRACES_KEPT = timedelta(days=1)  # longer than any outage after which somebody follows a trace
LEADER_LOCK = 0x52454C4159  # "RELAY"; advisory locks are numbers, and belong to one database


@dataclass(frozen=True, slots=True)
class RelayBacklog:
    """What a landlord's feed holds that the broker has not confirmed."""

    unpublished: int
    oldest_seconds: float  # 0 when there is none


class Relay:
    """The worker that publishes; `wake` may be called from any thread after a commit."""

    name = "relay"

    def __init__(
        self,
        *,
        database: Database,
        bus: Bus,
        clock: Clock,
        silent_leader_seconds: float = SILENT_LEADER_SECONDS,
    ) -> None:
        self._silent_leader_seconds = silent_leader_seconds
        self._database = database
        self._bus = bus
        self._clock = clock
        self._leadership: psycopg.Connection[dict[str, Any]] | None = None
        self._epoch = 0
        self._beat_at: dict[str, datetime] = {}
        self._broker_wait = IDLE_SECONDS
        self._wake_up = WakeUp()
        self._log = structlog.get_logger().bind(worker=self.name)

    async def run(self, stop: asyncio.Event) -> None:
        """Leads when it can, and publishes while it leads."""
        try:
            with self._wake_up.heard() as wake:
                await repeat(self.name, self.step, stop, wake=wake)
        finally:
            await asyncio.to_thread(self.step_down)

    def wake(self) -> None:
        """Says that the feed has grown; safe from every thread, and needless when the relay is not
        running.
        """
        # Neither a relay that does not lead nor one whose broker is away may try again with every append.
        if self._leadership is None or self._broker_wait > IDLE_SECONDS:
            return
        self._wake_up.call()

    def step_down(self) -> None:
        """Stops leading, if it led, so that another relay can."""
        if self._leadership is not None:
            self._leadership.close()
            self._leadership = None

    async def step(self) -> float:
        """Publishes one page of every landlord; returns the seconds to rest until the next."""
        if not await asyncio.to_thread(self._leads):
            return NOT_LEADING_SECONDS
        rest_seconds = IDLE_SECONDS
        try:
            for landlord in await asyncio.to_thread(self._landlords):
                rest_seconds = min(rest_seconds, await self._publish_page(landlord))
                await self._beat(landlord)
        except BrokerUnavailable as trouble:
            self._broker_wait = min(self._broker_wait * 2, LONGEST_BROKER_WAIT_SECONDS)
            self._log.warning(
                "broker_unavailable", detail=str(trouble), wait_seconds=self._broker_wait
            )
            return self._broker_wait
        self._broker_wait = IDLE_SECONDS
        return rest_seconds

    async def _publish_page(self, landlord: str) -> float:
        cursor_seq, page = await asyncio.to_thread(self._read_page, landlord)
        if not page:
            return IDLE_SECONDS
        messages = [to_message(event) for event in page]
        if is_traced():
            traces = await asyncio.to_thread(self._traces, landlord, page)
            messages = [
                replace(message, traceparent=traces.get(event.command_id))
                for message, event in zip(messages, page, strict=True)
            ]
        confirmed = await publish_traced(self._bus, messages)
        if confirmed:
            moved = await asyncio.to_thread(
                self._move_cursor, landlord, from_seq=cursor_seq, to_seq=page[confirmed - 1].seq
            )
            if not moved:
                self._log.warning("relay_overtaken", landlord=landlord, from_seq=cursor_seq)
                await asyncio.to_thread(self.step_down)
                return NOT_LEADING_SECONDS
        if confirmed < len(page):
            self._log.warning(
                "relay_partly_confirmed",
                landlord=landlord,
                published=len(page),
                confirmed=confirmed,
                next_seq=page[confirmed].seq,
            )
            return IDLE_SECONDS
        return 0.0 if len(page) == PAGE else BUSY_SECONDS

    async def _beat(self, landlord: str) -> None:
        """Tells subscribers the head of the feed: without it the loss of its last entry would show
        only with the next.
        """
        now = self._clock.now()
        last = self._beat_at.get(landlord)
        if last is not None and timedelta(0) <= now - last < HEARTBEAT_EVERY:
            return
        seq = await asyncio.to_thread(self._head, landlord)
        await self._bus.publish([heartbeat_message(landlord, seq=seq, now=now)])
        self._beat_at[landlord] = now
        if is_traced():
            await asyncio.to_thread(self._clear_old_traces, landlord, now)

    def _landlords(self) -> list[str]:
        with self._database.directory() as cursor:
            return [landlord.landlord for landlord in all_landlords(cursor)]

    def _read_page(self, landlord: str) -> tuple[int, tuple[StoredEvent, ...]]:
        with self._database.transaction(landlord) as cursor:
            seq = cursor_seq(cursor, landlord)
            return seq, read_stored(cursor, landlord, after=seq, limit=PAGE)

    def _traces(self, landlord: str, page: Sequence[StoredEvent]) -> dict[UUID, str]:
        with self._database.transaction(landlord) as cursor:
            return traces_of(cursor, landlord, {event.command_id for event in page})

    def _clear_old_traces(self, landlord: str, now: datetime) -> None:
        with self._database.transaction(landlord) as cursor:
            clear_old_traces(cursor, landlord, before=now - TRACES_KEPT)

    def _head(self, landlord: str) -> int:
        with self._database.transaction(landlord) as cursor:
            return head(cursor, landlord)

    def _move_cursor(self, landlord: str, *, from_seq: int, to_seq: int) -> bool:
        with self._database.transaction(landlord) as cursor:
            if not still_leads(cursor, RELAY, epoch=self._epoch):
                return False
            cursor.execute(
                "UPDATE workflow.relay_cursor SET seq = %s, moved_at = %s"
                " WHERE landlord = %s AND seq = %s",
                (to_seq, self._clock.now(), landlord, from_seq),
            )
            return cursor.rowcount == 1

    def _leads(self) -> bool:
        """Whether this relay holds the lock, asked on the lock's own connection: when that is gone,
        so is the lock.
        """
        try:
            if self._leadership is not None:
                self._leadership.execute("SELECT 1")
                return True
            connection = self._database.connection_apart(application_name="redress_relay")
            silence = f"{self._silent_leader_seconds * 1000:.0f}ms"
            connection.execute("SELECT set_config('idle_session_timeout', %s, false)", (silence,))
            row = connection.execute(
                "SELECT pg_try_advisory_lock(%s) AS taken", (LEADER_LOCK,)
            ).fetchone()
        except psycopg.OperationalError:
            self.step_down()
            raise
        if row is None or not row["taken"]:
            connection.close()
            return False
        self._leadership = connection
        with connection.cursor() as cursor:
            self._epoch = take_lead(cursor, RELAY, now=self._clock.now())
        self._log.info("relay_leads", epoch=self._epoch)
        return True


def cursor_seq(cursor: Cursor[dict[str, Any]], landlord: str) -> int:
    """The last entry of the feed that the broker has confirmed, with every one before it."""
    cursor.execute("SELECT seq FROM workflow.relay_cursor WHERE landlord = %s", (landlord,))
    row = cursor.fetchone()
    return int(row["seq"]) if row else 0


def relay_leads(cursor: Cursor[dict[str, Any]]) -> bool:
    """Whether a relay leads in this database at this moment, whoever it is."""
    row = cursor.execute(
        "SELECT EXISTS (SELECT FROM pg_locks WHERE locktype = 'advisory' AND granted"
        " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
        " AND (classid::bigint << 32) + objid::bigint = %s AND objsubid = 1) AS leads",
        (LEADER_LOCK,),
    ).fetchone()
    return row is not None and bool(row["leads"])


def relay_backlog(database: Database, landlord: str, *, now: datetime) -> RelayBacklog:
    """What waits to be published: the measure of the relay's health that does not depend on a relay
    running.
    """
    with database.transaction(landlord) as cursor:
        seq = cursor_seq(cursor, landlord)
        waiting = head(cursor, landlord) - seq
        if not waiting:
            return RelayBacklog(unpublished=0, oldest_seconds=0.0)
        cursor.execute(
            "SELECT recorded_at FROM workflow.event WHERE landlord = %s AND seq = %s",
            (landlord, seq + 1),
        )
        row = cursor.fetchone()
    oldest = (now - row["recorded_at"]).total_seconds() if row else 0.0
    return RelayBacklog(unpublished=waiting, oldest_seconds=max(0.0, oldest))

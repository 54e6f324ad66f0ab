"""Turns due dates into facts: every timer that fell due becomes a command, once, in the transaction
that ends its row.

A timer has no running state to be stuck in. Whoever claims its row decides and appends under an id
that follows from the timer itself, so that two services, a crash or a restored backup never raise
the same reminder twice. Between its batches it counts dates again for landlords that adopted another
calendar, also what a crash left half done.
"""

from __future__ import annotations

import asyncio
import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

import psycopg
import structlog
from psycopg import Cursor

from services.workflow.deciding import Attributes, append_of, decide_on, loaded
from services.workflow.domain import recurring
from services.workflow.domain.commands import TimerFell
from services.workflow.domain.timers import recurring_of_timer
from services.workflow.reconciling import reconcile
from services.workflow.recounting import Recounting
from shared.complaints.events import RULEBOOK, ComplaintEvent
from shared.complaints.values import Moment
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.database.pool import Database
from shared.eventstore.feed import read_stream, read_streams
from shared.eventstore.record import RecordedEvent
from shared.eventstore.recorder import Append, CommandAlreadyDone, FeedRecorder
from shared.eventstore.timers import DueTimer, due_timers, mark_fired, next_due_at
from shared.registry.calendars import current_calendar
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock
from shared.runtime.metrics import TIMER_DRIFT_SECONDS
from shared.runtime.tracing import trace
from shared.runtime.worker import repeat

# Timers of one landlord in one transaction, so that a herd of them is interleaved with other work
BATCH = 50
IDLE_SECONDS = 1.0
RECONCILE_EVERY = timedelta(minutes=10)
FAILED_RESTS = timedelta(seconds=30)  # how long a timer that failed lets others go first
SHORTEST_REST_SECONDS = 0.05
SYSTEM = "system"
TIMERS = uuid5(NAMESPACE_URL, "urn:redress:timers")


@dataclass
class _Batch:
    """The transaction in which due timers of one landlord are fired, and what they share."""

    cursor: Cursor[dict[str, Any]]
    landlord: str
    now: datetime
    _calendar: WorkingDayCalendar | None = None

    def calendar(self) -> WorkingDayCalendar:
        """The calendar that counts now: read once, and not at all for duties of no complaint."""
        # No `cached_property`: before Python 3.12 all batches of a process would wait for one lock.
        if self._calendar is None:
            self._calendar = current_calendar(self.cursor, self.landlord)
        return self._calendar


class TimerService:
    """The worker that fires timers; several may run at once."""

    name = "timers"

    def __init__(
        self,
        *,
        recorder: FeedRecorder,
        database: Database,
        clock: Clock,
        after_append: Callable[[str], None] | None = None,
    ) -> None:
        self._recorder = recorder
        self._database = database
        self._clock = clock
        self._after_append = after_append
        self._recounting = Recounting(
            recorder=recorder, database=database, clock=clock, after_append=after_append
        )
        self._failed: dict[str, dict[UUID, datetime]] = {}
        self._reconciled_at: datetime | None = None
        self._stopping = asyncio.Event()  # the one of `run`, once it runs
        self._log = structlog.get_logger().bind(worker=self.name)

    async def run(self, stop: asyncio.Event) -> None:
        """Fires what is due, landlord by landlord, until stopped."""
        self._stopping = stop
        await repeat(self.name, self.step, stop)

    async def step(self) -> float:
        """One batch of every landlord; returns the seconds to rest until the next."""
        return await asyncio.to_thread(self.fire_round)

    def fire_round(self) -> float:
        """One batch of every landlord, in turn, so that nobody's herd holds up the others."""
        with self._database.directory() as cursor:
            landlords = [landlord.landlord for landlord in all_landlords(cursor)]
        self._reconcile_when_due(landlords)
        claimed = [self.fire_due(landlord) for landlord in landlords]
        recounting = [self._recounting.step(landlord) for landlord in landlords]
        # A batch may be short because somebody works on some of its complaints just now: that must
        # not slow down a herd, so there is no rest before a round has found nothing.
        return 0.0 if any(recounting) or any(claimed) else self._until_next(landlords)

    def fire_due(self, landlord: str) -> int:
        """Fires up to a batch of the landlord's due timers in one transaction; returns how many
        were claimed.
        """
        now = self._clock.now()
        resting = self._resting(landlord, now)
        with self._database.transaction(landlord) as cursor:
            due = due_timers(cursor, landlord, now=now, limit=BATCH + len(resting))
            ready = [timer for timer in due if timer_command_id(timer) not in resting][:BATCH]
            batch = _Batch(cursor, landlord, now)
            for wave in _waves(ready):
                self._fire_wave(batch, wave)
        fired_at = self._clock.now()
        for timer in ready:
            TIMER_DRIFT_SECONDS.observe(max(0.0, (fired_at - timer.due_at).total_seconds()))
        if ready and self._after_append is not None:
            self._after_append(landlord)
        return len(ready)

    def _fire_wave(self, batch: _Batch, wave: Sequence[DueTimer]) -> None:
        """Fires timers of different complaints in a few statements for all of them; when one of
        them cannot be fired so, each goes on apart and meets its own fate.
        """
        if len(wave) == 1 or not self._fired_together(batch, wave):
            for timer in wave:
                self._fire_apart(batch, timer)

    def _fired_together(self, batch: _Batch, wave: Sequence[DueTimer]) -> bool:
        try:
            with batch.cursor.connection.transaction():
                streams = [timer.stream for timer in wave]
                histories = read_streams(batch.cursor, batch.landlord, streams)
                appends = [
                    self._traced_append(batch, timer, histories.get(timer.stream, ()))
                    for timer in wave
                ]
                self._recorder.append_all_in(batch.cursor, appends)
        except psycopg.OperationalError:
            raise  # the connection is gone, and the whole batch with it: it is tried again
        except Exception as trouble:  # noqa: BLE001 - whose trouble it is shows when each goes apart
            self._log.info("timers_fire_apart", timers=len(wave), error=type(trouble).__name__)
            return False
        return True

    def _fire_apart(self, batch: _Batch, timer: DueTimer) -> None:
        """Fires one timer behind a savepoint: what is wrong with one complaint stays with it."""
        try:
            with batch.cursor.connection.transaction():
                self._fire(batch, timer)
        except psycopg.OperationalError:
            raise  # the connection is gone, and the whole batch with it: it is tried again
        # This loop is the worker: what is wrong with one case must not stop every other case's
        # clock.
        except Exception as trouble:  # noqa: BLE001
            resting = self._failed.setdefault(timer.landlord, {})
            resting[timer_command_id(timer)] = batch.now + FAILED_RESTS
            self._log.error(
                "timer_failed",
                landlord=timer.landlord,
                complaint=timer.stream,
                duty=timer.duty,
                stage=timer.stage,
                kind=timer.kind,
                error=type(trouble).__name__,
                detail=str(trouble),
            )

    def _fire(self, batch: _Batch, timer: DueTimer) -> None:
        cursor = batch.cursor
        history = read_stream(cursor, timer.landlord, timer.stream)
        append = self._traced_append(batch, timer, history)
        try:
            with cursor.connection.transaction():
                self._recorder.append_in(cursor, append)
        except CommandAlreadyDone:
            # The row came back from a backup, or a repair set it again: its facts stand on the log
            # already.
            mark_fired(cursor, landlord=timer.landlord, fired=[(timer.stream, timer, batch.now)])

    def _traced_append(
        self, batch: _Batch, timer: DueTimer, history: tuple[RecordedEvent, ...]
    ) -> Append:
        """What the timer decides, as the first step of a trace: nobody asked for it but the clock."""
        with trace(
            f"timer {timer.kind}",
            landlord=timer.landlord,
            complaint=timer.stream,
            duty=timer.duty,
            correlation_id=str(timer_command_id(timer)),
        ):
            return self._append_of(batch, timer, history)

    def _append_of(
        self, batch: _Batch, timer: DueTimer, history: tuple[RecordedEvent, ...]
    ) -> Append:
        command = TimerFell(
            kind=timer.kind,
            duty=timer.duty,
            stage=timer.stage,
            generation=timer.generation,
            happened=Moment(on=london_day(timer.due_at), at=timer.due_at),
            actor=SYSTEM,
        )
        command_id = timer_command_id(timer)
        return append_of(
            timer.landlord,
            timer.stream,
            self._decided(batch, timer, history, command),
            Attributes(
                command_id=command_id,
                fingerprint=hashlib.sha256(command_id.bytes).digest(),
                correlation_id=str(command_id),
                causation_id=str(command_id),
            ),
            command=command,
            version=history[-1].version if history else 0,
            now=batch.now,
            timer_fired=timer,
        )

    def _decided(
        self,
        batch: _Batch,
        timer: DueTimer,
        history: tuple[RecordedEvent, ...],
        command: TimerFell,
    ) -> tuple[ComplaintEvent, ...]:
        """What the timer tells: of a complaint, or of a duty that recurs in the landlord's rulebook."""
        if timer.stream != RULEBOOK:
            return decide_on(
                batch.cursor,
                timer.landlord,
                loaded(history),
                command,
                now=batch.now,
                calendar=batch.calendar(),
            )
        duties = recurring.duties_after(entry.event for entry in history)
        known = duties.get(recurring_of_timer(timer.duty))
        return recurring.fell(known, generation=timer.generation)

    def _resting(self, landlord: str, now: datetime) -> dict[UUID, datetime]:
        """The timers that failed a short while ago: they wait, so that they cannot hold up those
        behind them.
        """
        resting = {
            timer: until for timer, until in self._failed.get(landlord, {}).items() if until > now
        }
        self._failed[landlord] = resting
        return resting

    def _until_next(self, landlords: list[str]) -> float:
        now = self._clock.now()
        rest_seconds = IDLE_SECONDS
        for landlord in landlords:
            with self._database.transaction(landlord) as cursor:
                due_at = next_due_at(cursor, landlord)
            # One that is due and still open failed, or is held by another service: no hurry.
            if due_at is not None and due_at > now:
                rest_seconds = min(rest_seconds, (due_at - now).total_seconds())
        return max(rest_seconds, SHORTEST_REST_SECONDS)

    def _reconcile_when_due(self, landlords: list[str]) -> None:
        now = self._clock.now()
        if self._reconciled_at is not None and now - self._reconciled_at < RECONCILE_EVERY:
            return
        for landlord in landlords:
            reconcile(self._database, landlord, now=now, stopped=self._stopping.is_set)
            self._recounting.follow(landlord)
        self._reconciled_at = now


def _waves(timers: Sequence[DueTimer]) -> Iterator[list[DueTimer]]:
    """The first timer of each complaint, then the second of each that has one, and so on: what the
    first of them tells is on the log when the next is decided.
    """
    waiting = list(timers)
    while waiting:
        wave: dict[str, DueTimer] = {}
        later = [timer for timer in waiting if wave.setdefault(timer.stream, timer) is not timer]
        yield list(wave.values())
        waiting = later


def timer_command_id(timer: DueTimer) -> UUID:
    """The id under which a timer is fired, the same for whoever fires it."""
    parts = (timer.landlord, timer.stream, timer.duty, timer.stage, timer.kind, timer.generation)
    return uuid5(TIMERS, "/".join(str(part) for part in parts))

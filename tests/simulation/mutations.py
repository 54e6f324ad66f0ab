"""Deliberate faults in the product, one rule each: a simulation that does not find them proves nothing.

Each is a context in which one method of the product does what it must not do. `FOUND_WITHIN` says how many seeds it
may take; docs/simulation.md lists them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any
from unittest.mock import patch

from services.intake import handover
from services.notifier import sending
from services.workflow import handling, relay, timers
from shared.eventstore import recorder
from shared.eventstore.timers import due_timers, mark_fired
from shared.messaging import applying, positions, rabbit_bus, rabbit_publishing
from shared.messaging.delivery import Delivery, deliver
from shared.messaging.received import complaint_received


@contextmanager
def relay_passes_what_was_not_confirmed() -> Iterator[None]:
    """Every message of a window counts as confirmed."""
    with patch.object(rabbit_publishing, "_leading_confirmed", len):
        yield


@contextmanager
def relay_moves_its_cursor_without_comparing() -> Iterator[None]:
    """The cursor is set, whoever moved it meanwhile."""

    def move(self: Any, landlord: str, *, from_seq: int, to_seq: int) -> bool:
        with self._database.transaction(landlord) as cursor:
            cursor.execute(
                "UPDATE workflow.relay_cursor SET seq = %s, moved_at = %s WHERE landlord = %s",
                (to_seq, self._clock.now(), landlord),
            )
        return True

    with patch.object(relay.Relay, "_move_cursor", move):
        yield


@contextmanager
def consumer_acknowledges_before_it_commits() -> Iterator[None]:
    """The broker is told that a message was taken, and then it is taken."""

    async def take(self: Any, subscription: Any, message: Any) -> None:
        await message.ack()
        delivery = Delivery(subscription.queue.name, message.message_id or "", message.body, 0)
        await deliver(delivery, subscription.handler, waits=self._waits, stop=self._stopping)

    with patch.object(rabbit_bus.RabbitBus, "_take", take):
        yield


@contextmanager
def results_are_not_looked_up() -> Iterator[None]:
    """A command that comes again is decided again."""
    with (
        patch.object(recorder.FeedRecorder, "command_result", lambda *_: None),
        patch.object(handling, "result_of", lambda _: None),
    ):
        yield


@contextmanager
def refusals_are_not_looked_up() -> Iterator[None]:
    """A command is refused because of its own effect."""
    # The result comes with the first look; it is asked for by itself when something went wrong.
    with patch.object(recorder.FeedRecorder, "command_result", lambda *_: None):
        yield


@contextmanager
def timers_are_marked_before_they_fire() -> Iterator[None]:
    """The row ends in one transaction, the fact is written in the next."""
    real = timers.TimerService._fire_apart

    def fire_due(self: Any, landlord: str) -> int:
        now = self._clock.now()
        with self._database.transaction(landlord) as cursor:
            due = due_timers(cursor, landlord, now=now, limit=timers.BATCH)
            fired = [(timer.stream, timer, now) for timer in due]
            mark_fired(cursor, landlord=landlord, fired=fired)
        for timer in due:
            with self._database.transaction(landlord) as cursor:
                real(self, timers._Batch(cursor, landlord, now), timer)
        return len(due)

    with patch.object(timers.TimerService, "fire_due", fire_due):
        yield


@contextmanager
def position_moves_before_its_effects() -> Iterator[None]:
    """The consumer says that it has dealt with a page, and deals with it in another transaction."""
    real = applying.Applying._apply_page

    def apply_page(self: Any, cursor: Any, page: Any) -> None:
        landlord = page[0].landlord
        self._positions.move(cursor, landlord, seq=page[-1].seq, now=self._clock.now())
        cursor.connection.commit()
        with self._database.transaction(landlord) as another:
            real(self, another, page)

    with patch.object(applying.Applying, "_apply_page", apply_page):
        yield


@contextmanager
def gaps_are_not_noticed() -> Iterator[None]:
    """Whatever message comes is applied, and the position is where it says."""

    def take_next(self: Any, entry: Any) -> Any:
        if entry.record is None:
            return None
        with self._database.transaction(entry.landlord) as cursor:
            position = self._positions.lock(cursor, entry.landlord, now=self._clock.now())
            if entry.seq <= position:
                return applying.Taken(position, 0)
            self._apply_page(cursor, (entry.record,))
            return applying.Taken(entry.seq, 1)

    with patch.object(applying.Applying, "take_next", take_next):
        yield


@contextmanager
def positions_are_not_locked() -> Iterator[None]:
    """Two processes of one consumer read the same position and both go on from it."""
    real = positions.Positions.lock

    def lock(self: Any, cursor: Any, landlord: str, *, now: Any) -> int:
        found = self.read(cursor, landlord)
        return found or real(self, cursor, landlord, now=now)

    with patch.object(positions.Positions, "lock", lock):
        yield


@contextmanager
def intake_marks_before_it_publishes() -> Iterator[None]:
    """A submission counts as handed over before the broker has it."""

    async def hand_over_of(self: Any, landlord: str) -> int:
        batch = await asyncio.to_thread(self._oldest, landlord)
        if not batch:
            return 0
        await asyncio.to_thread(self._mark, landlord, batch)
        return int(await self._bus.publish([complaint_received(one) for one in batch]))

    with patch.object(handover.Handover, "_hand_over_of", hand_over_of):
        yield


@contextmanager
def letters_are_marked_before_they_are_sent() -> Iterator[None]:
    """A letter counts as sent, and is sent when that is committed."""

    def send_next(self: Any, landlord: str) -> bool:
        now = self._clock.now()
        with self._database.transaction(landlord) as cursor:
            row = sending._claim(cursor, landlord, now)
            if row is None:
                return False
            sending._mark(cursor, row, state="sent", sent_by="outbox", trouble=None, now=now)
        with self._database.transaction(landlord) as cursor:
            self._deliver(cursor, row, now=now)
        return True

    with patch.object(sending.Sender, "_send_next", send_next):
        yield


@contextmanager
def other_clocks_are_not_believed() -> Iterator[None]:
    """A complaint that intake has taken lies in the future for a process whose clock is behind."""
    real = handling.Handling.handle

    def handle(self: Any, *arguments: Any, not_before: Any = None, **given: Any) -> Any:
        return real(self, *arguments, **given)

    with patch.object(handling.Handling, "handle", handle):
        yield


Mutation = Callable[[], AbstractContextManager[None]]
MUTATIONS: dict[str, Mutation] = {
    mutation.__name__: mutation
    for mutation in (
        relay_passes_what_was_not_confirmed,
        relay_moves_its_cursor_without_comparing,
        consumer_acknowledges_before_it_commits,
        results_are_not_looked_up,
        refusals_are_not_looked_up,
        timers_are_marked_before_they_fire,
        position_moves_before_its_effects,
        gaps_are_not_noticed,
        positions_are_not_locked,
        intake_marks_before_it_publishes,
        letters_are_marked_before_they_are_sent,
        other_clocks_are_not_believed,
    )
}

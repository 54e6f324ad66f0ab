"""One receiver's turn: one event after the other over one connection, each attempt marked in its own transaction."""

import time
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from uuid import UUID

import orjson
import structlog

from services.webhooks.addresses import AddressRefused
from services.webhooks.posting import Answer, Line, NotPosted, Poster
from services.webhooks.sealing import SecretSeal, SecretSealBroken
from services.webhooks.signing import signed_headers
from services.webhooks.table import ACTIVE, DISABLED, Attempt, Webhook, mark_failed, mark_taken
from shared.database.pool import Database
from shared.eventstore.feed import read_stored
from shared.eventstore.record import StoredEvent
from shared.messaging.bus import CONTENT_TYPE
from shared.messaging.envelope import cloud_event
from shared.runtime.clock import Clock

ROUND_MAX = 100  # events of one webhook in a row, so that no receiver keeps the others waiting
# How long a killed process keeps the others away. Should a look-up and a request ever take longer, somebody else sends
# the event too: the receiver passes over it, and the position is moved once.
LEASE = timedelta(seconds=20)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=5), timedelta(hours=1)
DISABLE_AFTER = timedelta(days=5)
GONE = 410


@dataclass(frozen=True, slots=True)
class Means:
    """What sending needs."""

    database: Database
    clock: Clock
    seal: SecretSeal
    poster: Poster
    chance: Random


class Turn:
    """A webhook that is leased under `lease`, and what it has not taken yet."""

    def __init__(self, means: Means, held: Webhook, lease: UUID) -> None:
        self._means = means
        self._held = held
        self._lease = lease
        self._log = structlog.get_logger().bind(landlord=held.landlord, webhook=held.webhook)

    def send(self) -> int:
        """Sends until everything was taken, one event was not, or the turn is over; how many were taken.

        Raises PostAbandoned when the process stops: nothing is noted of the event that was on its way.
        """
        page = self._page()
        try:
            line = self._means.poster.line(self._held.url) if page else None
        except AddressRefused as refused:
            self._failed(page[0], None, trouble=str(refused), took=0)
            return 0
        taken = 0
        if line is not None:
            try:
                while taken < len(page) and self._send_one(line, page[taken], is_first=not taken):
                    taken += 1
            finally:
                line.close()
        return taken

    def _page(self) -> tuple[StoredEvent, ...]:
        landlord = self._held.landlord
        with self._means.database.transaction(landlord) as cursor:
            return read_stored(cursor, landlord, after=self._held.seq, limit=ROUND_MAX)

    def _send_one(self, line: Line, event: StoredEvent, *, is_first: bool) -> bool:
        """Whether it was taken and the turn may go on."""
        began = time.monotonic()
        answer, trouble = None, None
        try:
            answer = self._post(line, event)
        except NotPosted as failed:
            trouble = str(failed)
        except AddressRefused as refused:
            trouble = str(refused)
        except SecretSealBroken:
            trouble = "its secret does not open with the key of this process"
        took = round((time.monotonic() - began) * 1000)
        if answer is None or not answer.is_taken:
            attempts = self._held.attempts if is_first else 0
            self._failed(event, answer, trouble=trouble, took=took, attempts=attempts)
            return False
        attempt = self._attempt(event, took, status=answer.status, attempts=0)
        with self._means.database.transaction(self._held.landlord) as cursor:
            until = self._means.clock.now() + LEASE
            return mark_taken(cursor, self._held, attempt, lease=self._lease, until=until)

    def _post(self, line: Line, event: StoredEvent) -> Answer:
        body = orjson.dumps(cloud_event(event))
        headers = signed_headers(
            message_id=str(event.event_id),
            at=self._means.clock.now(),
            body=body,
            secrets=self._secrets(),
        )
        return line.post(
            body, headers | {"content-type": CONTENT_TYPE, "user-agent": "Redress-webhooks"}
        )

    def _secrets(self) -> tuple[bytes, ...]:
        held = self._held
        sealed = [held.secret]
        if held.previous_secret is not None and held.previous_until is not None:
            sealed += [held.previous_secret] * (self._means.clock.now() < held.previous_until)
        return tuple(
            [
                self._means.seal.open(each, landlord=held.landlord, webhook=held.webhook)
                for each in sealed
            ]
        )

    def _failed(
        self,
        event: StoredEvent,
        answer: Answer | None,
        *,
        trouble: str | None,
        took: int,
        attempts: int | None = None,
    ) -> None:
        attempts = self._held.attempts if attempts is None else attempts
        status = None if answer is None else answer.status
        trouble = trouble or f"it answered {status}"
        attempt = self._attempt(event, took, status=status, attempts=attempts, trouble=trouble)
        with self._means.database.transaction(self._held.landlord) as cursor:
            state = mark_failed(
                cursor,
                self._held,
                attempt,
                lease=self._lease,
                pause=self._pause(attempts, answer),
                disable_after=DISABLE_AFTER,
                is_gone=status == GONE,
            )
        told = {"seq": event.seq, "attempt": attempt.attempt, "trouble": trouble}
        if state == DISABLED:
            self._log.error("webhook_disabled", **told)
        elif state == ACTIVE:
            self._log.warning("webhook_not_taken", **told)

    def _attempt(
        self,
        event: StoredEvent,
        took: int,
        *,
        status: int | None,
        attempts: int,
        trouble: str | None = None,
    ) -> Attempt:
        return Attempt(
            seq=event.seq,
            event_id=event.event_id,
            attempt=attempts + 1,
            attempted_at=self._means.clock.now(),
            took_milliseconds=took,
            status=status,
            trouble=trouble,
        )

    def _pause(self, attempts: int, answer: Answer | None) -> timedelta:
        """Doubling from five seconds to an hour, with jitter; longer when the receiver asks for it."""
        doublings: int = min(attempts, 12)
        whole = min(FIRST_PAUSE * (1 << doublings), LONGEST_PAUSE)
        pause = whole * self._means.chance.uniform(0.8, 1.0)
        asked = 0 if answer is None else answer.retry_after_seconds or 0
        return max(pause, timedelta(seconds=asked))

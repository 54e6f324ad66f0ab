"""The worker that sends: for each webhook one event after the other, the next only when the one before was taken.

A webhook is leased while a process sends to it, so any number of processes may run. What a receiver took is marked in a
transaction of its own; a crash between the answer and the mark sends the event once more, under the same id.
"""

import asyncio
import time
from random import Random
from uuid import uuid4

from services.webhooks.posting import PostAbandoned, Poster
from services.webhooks.sealing import SecretSeal
from services.webhooks.table import claim, due, release, webhooks
from services.webhooks.turns import LEASE, Means, Turn
from shared.database.pool import Database
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock
from shared.runtime.worker import repeat

LOOK_EVERY_SECONDS = 0.5
# Most landlords have no webhook; so long a new one may wait until its landlord is looked at.
LOOK_AT_ALL_EVERY_SECONDS = 15.0
AT_ONCE = 4  # receivers that are sent to at the same time; the rest wait their turn
Key = tuple[str, str]


class WebhookSender:
    """Sends what is due, a few receivers at a time."""

    name = "webhooks"

    def __init__(
        self,
        *,
        database: Database,
        clock: Clock,
        seal: SecretSeal,
        poster: Poster,
        chance: Random | None = None,
    ) -> None:
        self._database = database
        self._clock = clock
        self._poster = poster
        self._means = Means(database, clock, seal, poster, chance or Random())
        self._landlords: list[str] = []  # that have webhooks
        self._looked_at_all = -LOOK_AT_ALL_EVERY_SECONDS
        self._rounds: dict[Key, asyncio.Task[int]] = {}

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set; a request under way is broken off then, and made again after the next start."""
        breaking_off = asyncio.create_task(self._break_off(stop))
        try:
            await repeat(self.name, self._step, stop)
        finally:
            self._poster.abandon()
            await asyncio.gather(*self._rounds.values(), return_exceptions=True)
            breaking_off.cancel()

    def send_due(self) -> int:
        """One round over everything that is due, in turn; how many events were taken. For tests and commands."""
        self._look_at_all()
        return sum(self.send_round(landlord, webhook) for landlord, webhook in self._due())

    def send_round(self, landlord: str, webhook: str) -> int:
        """Sends to one receiver until it has everything, refuses, or had its turn; how many events it took."""
        now, lease = self._clock.now(), uuid4()
        with self._database.transaction(landlord) as cursor:
            held = claim(
                cursor, landlord=landlord, webhook=webhook, lease=lease, now=now, until=now + LEASE
            )
        if held is None:
            return 0
        try:
            return Turn(self._means, held, lease).send()
        except PostAbandoned:
            return 0
        finally:
            with self._database.transaction(landlord) as cursor:
                release(cursor, landlord=landlord, webhook=webhook, lease=lease)

    async def _step(self) -> float:
        for key, task in tuple(self._rounds.items()):
            if task.done():
                del self._rounds[key]
                task.result()
        for key in await asyncio.to_thread(self._due):
            if len(self._rounds) < AT_ONCE and key not in self._rounds:
                self._rounds[key] = asyncio.create_task(asyncio.to_thread(self.send_round, *key))
        return LOOK_EVERY_SECONDS

    async def _break_off(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self._poster.abandon()

    def _look_at_all(self) -> None:
        with self._database.directory() as cursor:
            everybody = [landlord.landlord for landlord in all_landlords(cursor)]
        found = []
        for landlord in everybody:
            with self._database.transaction(landlord) as cursor:
                found += [landlord] if webhooks(cursor, landlord) else []
        self._landlords = found
        self._looked_at_all = time.monotonic()

    def _due(self) -> list[Key]:
        if time.monotonic() - self._looked_at_all >= LOOK_AT_ALL_EVERY_SECONDS:
            self._look_at_all()
        found = []
        for landlord in self._landlords:
            with self._database.transaction(landlord) as cursor:
                found += [(landlord, each) for each in due(cursor, landlord, now=self._clock.now())]
        return found

"""Clears away the buckets of the API that are full again: whoever has one is as good as unknown."""

import asyncio
from dataclasses import dataclass

from shared.allowances.api_limit import SCHEMA
from shared.allowances.buckets import sweep
from shared.database.pool import Database
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock
from shared.runtime.worker import repeat

EVERY_SECONDS = 600.0
MOST_AT_ONCE = 1_000


@dataclass
class AllowanceSweeper:
    """A worker: looks every ten minutes; `landlord` is under whose name strangers count. Several may run."""

    database: Database
    clock: Clock
    landlord: str
    name: str = "allowance sweeper"

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        await repeat(self.name, self._step, stop)

    def sweep(self) -> bool:
        """One round, at most a thousand of each landlord; whether there may be more."""
        with self.database.directory() as cursor:
            landlords = {each.landlord for each in all_landlords(cursor)} | {self.landlord}
        deleted = []
        for landlord in sorted(landlords):
            with self.database.transaction(landlord) as cursor:
                now = self.clock.now()
                deleted.append(sweep(cursor, landlord, now=now, most=MOST_AT_ONCE, schema=SCHEMA))
        return MOST_AT_ONCE in deleted

    async def _step(self) -> float:
        return 0.0 if await asyncio.to_thread(self.sweep) else EVERY_SECONDS

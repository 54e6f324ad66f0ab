"""Works on the simulations that were asked for, landlord by landlord and batch by batch; several may run at once."""

import asyncio

from services.projections.simulation_jobs import work_on
from shared.database.pool import Database
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock
from shared.runtime.worker import repeat

REST_SECONDS = 2.0


class Simulator:
    """The worker."""

    name = "simulations"

    def __init__(self, *, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock

    async def run(self, stop: asyncio.Event) -> None:
        """Works until stopped; what is under way is carried on by whoever runs next."""
        await repeat(self.name, self.step, stop)

    async def step(self) -> float:
        """One batch for every landlord that waits for one; returns the seconds to rest."""
        return await asyncio.to_thread(self.work_round)

    def work_round(self) -> float:
        """The same, without a loop around it."""
        with self._database.directory() as cursor:
            landlords = [landlord.landlord for landlord in all_landlords(cursor)]
        worked = [work_on(self._database, each, now=self._clock.now()) for each in landlords]
        return 0.0 if any(worked) else REST_SECONDS

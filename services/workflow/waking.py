"""Tells the relay of another process that a feed has grown, so that it looks at once, not a quarter of a second later.

A NOTIFY within an append would make all commits of the server wait for one another. This one goes out after the
commit, in a transaction that writes nothing, and once for all that was appended meanwhile. Nobody relies on it: the
relay also looks by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Final

from psycopg import AsyncConnection

from shared.database.pool import CONNECT_LIMIT_SECONDS, Database
from shared.runtime.worker import WakeUp, repeat

TELL: Final = "SELECT pg_notify('redress_feed_grown', '')"
LISTEN: Final = "LISTEN redress_feed_grown"
UNTOLD_SECONDS = 60.0  # longest rest while nothing is to be told
LISTENED_SECONDS = (
    1.0  # then it looks whether it is to stop, and whether the connection still lives
)


class GrowthTeller:
    """The worker that says, from a process that appends, that feeds have grown."""

    name = "feed growth"

    def __init__(self, database: Database) -> None:
        self._database = database
        self._wake_up = WakeUp()
        self._has_grown = False

    def tell(self, _landlord: str = "") -> None:
        """Something was committed; safe from every thread, and waits for nothing."""
        self._has_grown = True
        self._wake_up.call()

    async def run(self, stop: asyncio.Event) -> None:
        """Tells until stopped."""
        with self._wake_up.heard() as wake:
            await repeat(self.name, self._step, stop, wake=wake)

    async def _step(self) -> float:
        if not self._has_grown:
            return UNTOLD_SECONDS
        self._has_grown = False  # first: what is appended from here on is told by the next step
        await asyncio.to_thread(self._database.rows, "", TELL, ())
        return 0.0


class GrowthListener:
    """The worker that hears it where the relay runs, and calls `wake`."""

    name = "feed growth heard"

    def __init__(self, database: Database, *, wake: Callable[[], None]) -> None:
        self._database = database
        self._wake = wake

    async def run(self, stop: asyncio.Event) -> None:
        """Listens until stopped; a connection that was lost is opened anew."""
        await repeat(self.name, partial(self._listen, stop), stop)

    async def _listen(self, stop: asyncio.Event) -> float:
        connection = await AsyncConnection.connect(
            self._database.conninfo,
            autocommit=True,
            connect_timeout=CONNECT_LIMIT_SECONDS,
            application_name="redress_relay_listening",
        )
        async with connection:
            await connection.execute(LISTEN)
            self._wake()  # for what was appended while nobody listened
            while not stop.is_set():
                async for _ in connection.notifies(timeout=LISTENED_SECONDS, stop_after=1):
                    self._wake()
                await connection.execute("SELECT 1")
        return 0.0

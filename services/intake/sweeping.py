"""Clears away what the public form keeps for a while: drafts left alone with their files, and allowances that are full
again."""

import asyncio

import structlog

from services.intake import allowances, drafts
from shared.database.pool import Database
from shared.documents.rows import KEPT_UNTOLD
from shared.documents.shelf import Shelf
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock
from shared.runtime.worker import repeat

EVERY_SECONDS = 3_600.0
MOST_AT_ONCE = 1_000


class Sweeper:
    """A worker: looks once an hour, over all landlords."""

    name = "intake sweeper"

    def __init__(self, *, database: Database, clock: Clock, shelf: Shelf) -> None:
        self._database = database
        self._clock = clock
        self._shelf = shelf

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        await repeat(self.name, self._step, stop)

    def sweep(self) -> int:
        """One round; how many rows were deleted. More than a thousand of a kind are left to the next round."""
        now = self._clock.now()
        with self._database.directory() as cursor:
            landlords = [known.landlord for known in all_landlords(cursor)]
        deleted = 0
        for landlord in landlords:
            with self._database.transaction(landlord) as cursor:
                old = drafts.sweep(cursor, landlord, now=now, most=MOST_AT_ONCE)
                full = allowances.sweep(cursor, landlord, now=now, most=MOST_AT_ONCE)
            if old:
                structlog.get_logger().info("drafts_swept", landlord=landlord, count=old)
            deleted += old + full + self._sweep_documents(landlord)
        return deleted

    def _sweep_documents(self, landlord: str) -> int:
        """Removes what was uploaded with drafts that are there no more, and was never sent."""
        before = self._clock.now() - KEPT_UNTOLD
        with self._database.transaction(landlord) as cursor:
            rows = cursor.execute(
                """
                SELECT document FROM documents.document
                WHERE landlord = %s AND draft IS NOT NULL
                    AND submission IS NULL AND settled_at IS NULL
                    AND (arrived_at < %s OR deleted_at IS NOT NULL)
                    AND NOT EXISTS (
                        SELECT FROM intake.draft
                        WHERE draft.landlord = document.landlord AND draft.draft = document.draft
                            AND draft.submission IS NULL
                    )
                LIMIT %s
                """,
                (landlord, before, MOST_AT_ONCE),
            ).fetchall()
        for row in rows:
            self._shelf.discard(landlord, row["document"])
        return len(rows)

    async def _step(self) -> float:
        deleted = await asyncio.to_thread(self.sweep)
        return 0.0 if deleted >= MOST_AT_ONCE else EVERY_SECONDS

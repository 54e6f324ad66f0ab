"""The worker that keeps the shelf in order: looks again for viruses, removes what a case no longer holds, sweeps what
was given up on the way.
"""

import asyncio
from typing import Any

import structlog
from psycopg import Cursor

from shared.documents.rows import CLEAN, INFECTED, KEPT_UNTOLD, Shelved
from shared.documents.scanning import ScannerUnavailable
from shared.documents.shelf import Shelf
from shared.registry.landlords import all_landlords
from shared.runtime.worker import repeat

Row = dict[str, Any]
REST_SECONDS = 10.0
BATCH = 50  # documents of one landlord in one round


class Keeper:
    """A worker of the service that owns the log."""

    name = "document keeper"

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._log = structlog.get_logger().bind(part="documents")

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        await repeat(self.name, self._step, stop)

    async def _step(self) -> float:
        await asyncio.to_thread(self.keep_in_order)
        return REST_SECONDS

    def keep_in_order(self) -> None:
        """One round over all landlords."""
        with self._shelf.database.directory() as cursor:
            landlords = [each.landlord for each in all_landlords(cursor)]
        for landlord in landlords:
            self.delete_removed(landlord)
            self.sweep(landlord)
        for landlord in landlords:
            self.look_again(landlord)

    def look_again(self, landlord: str) -> int:
        """Looks for viruses in what no scanner has answered for; how many were looked at."""
        if not self._shelf.scanner.checks:
            return 0
        with self._shelf.database.transaction(landlord) as cursor:
            rows = cursor.execute(
                "SELECT document FROM documents.document WHERE landlord = %s"
                " AND state = 'received' AND stored_at IS NOT NULL AND deleted_at IS NULL"
                " ORDER BY looked_at NULLS FIRST, arrived_at LIMIT %s",
                (landlord, BATCH),
            ).fetchall()
        found = self._shelf.standing(landlord, [row["document"] for row in rows])
        for shelved in found.values():
            try:
                self._look(shelved)
            except ScannerUnavailable as trouble:
                self._log.warning("scanner_unavailable", detail=str(trouble)[:200])
                break
        return len(found)

    def _look(self, shelved: Shelved) -> None:
        contents = self._shelf.contents_to_look_at(shelved)
        state = shelved.state  # erased meanwhile: nothing to find
        if contents is not None:
            state = INFECTED if self._shelf.scanner.is_infected(contents) else CLEAN
        if state == INFECTED:
            self._log.error(
                "virus_found", landlord=shelved.landlord, document=str(shelved.document)
            )
        with self._shelf.database.transaction(shelved.landlord) as cursor:
            cursor.execute(
                "UPDATE documents.document SET state = %s, looked_at = %s"
                " WHERE landlord = %s AND document = %s",
                (state, self._shelf.clock.now(), shelved.landlord, shelved.document),
            )

    def delete_removed(self, landlord: str) -> int:
        """Deletes the contents of documents that a fact says were removed; how many."""
        with self._shelf.database.transaction(landlord) as cursor:
            rows = cursor.execute(
                """
                SELECT document.document FROM workflow.event
                JOIN documents.document ON document.landlord = event.landlord
                    AND document.document = (event.record::jsonb #>> '{data,document}')::uuid
                WHERE event.landlord = %s AND event.name = 'complaint.document-removed.v1'
                    AND document.deleted_at IS NULL
                LIMIT %s
                """,
                (landlord, BATCH),
            ).fetchall()
        for row in rows:
            self._shelf.store.delete(landlord, row["document"])
            with self._shelf.database.transaction(landlord) as cursor:
                cursor.execute(
                    "UPDATE documents.document SET deleted_at = %s, settled_at = coalesce(settled_at, %s)"
                    " WHERE landlord = %s AND document = %s",
                    (self._shelf.clock.now(), self._shelf.clock.now(), landlord, row["document"]),
                )
        return len(rows)

    def sweep(self, landlord: str) -> int:
        """Settles what a fact tells of, and removes what nothing tells of after a day; how many went."""
        before = self._shelf.clock.now() - KEPT_UNTOLD
        with self._shelf.database.transaction(landlord) as cursor:
            self._settle(cursor, landlord)
            rows = cursor.execute(
                "SELECT document FROM documents.document WHERE landlord = %s"
                " AND settled_at IS NULL AND submission IS NULL AND draft IS NULL"
                " AND (arrived_at < %s OR deleted_at IS NOT NULL) ORDER BY arrived_at LIMIT %s",
                (landlord, before, BATCH),
            ).fetchall()
        for row in rows:
            self._shelf.discard(landlord, row["document"])
        return len(rows)

    def _settle(self, cursor: Cursor[Row], landlord: str) -> None:
        # The words of a document stand in the vault from the moment of the fact that tells of it.
        cursor.execute(
            """
            UPDATE documents.document SET settled_at = %s
            WHERE landlord = %s AND settled_at IS NULL AND EXISTS (
                SELECT FROM vault.words
                WHERE words.landlord = document.landlord AND words.words = document.document
            )
            """,
            (self._shelf.clock.now(), landlord),
        )

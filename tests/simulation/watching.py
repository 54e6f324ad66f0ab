"""What is watched at every commit of a run: numbers that only grow, positions that are never ahead of their effects."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from shared.complaints.events import RULEBOOK
from tests.simulation.postgres.server import Server
from tests.simulation.postgres.transactions import Row, Storage, Transaction
from tests.simulation.rabbitmq.broker import Broker
from tests.simulation.scheduling import World

ONLY_GROW = {
    "workflow.relay_cursor": "seq",
    "workflow.feed_head": "seq",
    "projections.position": "seq",
    "notifier.position": "seq",
}


class Watch:
    """Keeps what broke a promise at the moment of a commit."""

    def __init__(self, world: World, server: Server, broker: Broker) -> None:
        self.broken: list[str] = []
        self._world = world
        self._broker = broker
        server.watchers.append(self._look)

    def _look(self, server: Server, transaction: Transaction) -> None:
        for storage, rows in transaction.changes.items():
            name = storage.definition.name
            if name == "intake.submission":
                self._was_stored(row for row in rows.values() if row is not None)
            column = ONLY_GROW.get(name)
            if column is None:
                continue
            for row_id, row in rows.items():
                self._grows(storage, row_id, row, column)
                before = storage.rows.get(row_id)
                if row is not None and before is not None:
                    self._passes(server, transaction, name, before, row)

    def _passes(
        self, server: Server, transaction: Transaction, name: str, before: Row, after: Row
    ) -> None:
        passed = _events(server, after["landlord"], above=before["seq"], up_to=after["seq"])
        if name == "projections.position":
            self._has_effects(server, transaction, passed)
        elif name == "workflow.relay_cursor":
            for event in passed:
                if str(event["event_id"]) not in self._broker.stored:
                    self._say(f"the relay passed {event['seq']}, which the broker does not have")

    def _was_stored(self, submissions: Iterable[Row]) -> None:
        for row in submissions:
            marked = row["published_at"] is not None
            if marked and str(row["submission"]) not in self._broker.stored:
                self._say(f"{row['reference']} counts as handed over; the broker does not have it")

    def _grows(self, storage: Storage, row_id: int, row: Row | None, column: str) -> None:
        before = storage.rows.get(row_id)
        if before is not None and (row is None or row[column] < before[column]):
            after = None if row is None else row[column]
            self._say(f"{storage.definition.name} moved back from {before[column]} to {after}")

    def _has_effects(self, server: Server, transaction: Transaction, passed: list[Row]) -> None:
        """Every entry that the position passes is in the case history, or was parked."""
        if not passed:
            return
        landlord = passed[0]["landlord"]
        facts = self._visible(server, transaction, "projections.fact", landlord)
        parked = self._visible(server, transaction, "projections.parked", landlord)
        done = {row["seq"] for row in [*facts, *parked]}
        for event in passed:
            if event["seq"] not in done and event["stream"] != RULEBOOK:
                self._say(f"the position of {landlord} passed {event['seq']} without its effect")

    @staticmethod
    def _visible(
        server: Server, transaction: Transaction, table: str, landlord: str
    ) -> list[dict[str, Any]]:
        storage = server.storage(table)
        found = storage.indexes[("landlord",)].get((landlord,), {})
        rows = [row for _, row in transaction.candidates(storage, found)]
        return [row for row in rows if row["landlord"] == landlord]

    def _say(self, what: str) -> None:
        self._world.tell(f"BROKEN {what}")
        self.broken.append(what)


def _events(server: Server, landlord: str, *, above: int, up_to: int) -> list[Row]:
    events = server.storage("workflow.event")
    rows = [events.rows[row_id] for row_id in events.above((landlord,), above)]
    return [row for row in rows if row["seq"] <= up_to]

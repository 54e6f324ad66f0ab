"""Subscribers that break one clause each, as real ones do: the kit must name that clause."""

from __future__ import annotations

import asyncio
from typing import Any

from tests.conformance.outside_subscriber import HEARTBEAT, CouncilSubscriber


class IgnoresGaps(CouncilSubscriber):
    """Takes whatever is newer than its position, as if nothing could be lost between."""

    async def deal_with(self, event: dict[str, Any]) -> None:
        position, _ = self.warehouse.position()
        if event["feedseq"] > position and event["type"] != HEARTBEAT:
            self.warehouse.store(event)
            await asyncio.to_thread(self.report, event)

    async def apply(self, event: dict[str, Any]) -> None:
        self.warehouse.store(event)
        await asyncio.to_thread(self.report, event)


class AppliesDuplicates(CouncilSubscriber):
    """Heals gaps, and has the effect again for every delivery that it has seen before."""

    async def deal_with(self, event: dict[str, Any]) -> None:
        position, _ = self.warehouse.position()
        if event["type"] != HEARTBEAT and event["feedseq"] <= position:
            await asyncio.to_thread(self.report, event)
            return
        await super().deal_with(event)


class IgnoresHeartbeats(CouncilSubscriber):
    """Heals gaps, and throws heartbeats away."""

    async def deal_with(self, event: dict[str, Any]) -> None:
        if event["type"] != HEARTBEAT:
            await super().deal_with(event)


class DoesNotReadAtTheStart(CouncilSubscriber):
    """Begins with the first message that comes, wherever the feed is by then."""

    is_first = True

    async def read_feed(self) -> None:
        if self.warehouse.position() != (0, None):
            await super().read_feed()

    async def deal_with(self, event: dict[str, Any]) -> None:
        if self.is_first and event["type"] != HEARTBEAT:
            self.is_first = False
            await self.apply(event)
        else:
            await super().deal_with(event)


class StopsAtUnknownTypes(CouncilSubscriber):
    """Leaves out the whole rest of a page when it meets a type that it does not know."""

    async def apply(self, event: dict[str, Any]) -> None:
        if event["type"].endswith(".v9") or "addedlater" in event:
            self.warehouse.store(event)
        else:
            await super().apply(event)


class GivesUpOnTrouble(CouncilSubscriber):
    """Takes an answer other than 200 for the end of the feed, and goes on behind it."""

    def page(self, position: int) -> list[dict[str, Any]]:
        try:
            return super().page(position)
        except OSError:
            return []

    async def deal_with(self, event: dict[str, Any]) -> None:
        await super().deal_with(event)
        position, _ = self.warehouse.position()
        if event["type"] != HEARTBEAT and event["feedseq"] > position:
            self.warehouse.store(event)
            await asyncio.to_thread(self.report, event)

    async def apply(self, event: dict[str, Any]) -> None:
        self.warehouse.store(event)
        await asyncio.to_thread(self.report, event)

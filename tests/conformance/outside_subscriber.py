"""A council's own subscriber, written from docs/subscribing.md alone: aio-pika and the standard library, no more.

It keeps what it applied and its position in one SQLite transaction, as the page recommends, and reports as the page
says under "Prove it".
"""

from __future__ import annotations

import asyncio
import json
import sqlite3
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage

HEARTBEAT = "org.redress.feed.head.v1"
LONGEST_PAUSE = 5.0


class Warehouse:
    """The council's database: one row per event, and the position beside it."""

    def __init__(self, file: Path) -> None:
        self._database = sqlite3.connect(file)
        self._database.execute("CREATE TABLE IF NOT EXISTS position (seq INTEGER, hash TEXT)")
        self._database.execute(
            "CREATE TABLE IF NOT EXISTS event (id TEXT PRIMARY KEY, seq INTEGER)"
        )

    def position(self) -> tuple[int, str | None]:
        """The last event dealt with, and its hash."""
        row = self._database.execute("SELECT seq, hash FROM position").fetchone()
        return (0, None) if row is None else (row[0], row[1])

    def store(self, event: dict[str, Any]) -> None:
        """The effect and the position, in one transaction."""
        with self._database:
            self._database.execute(
                "INSERT INTO event VALUES (?, ?)", (event["id"], event["feedseq"])
            )
            self._database.execute("DELETE FROM position")
            self._database.execute(
                "INSERT INTO position VALUES (?, ?)", (event["feedseq"], event["feedhash"])
            )

    def close(self) -> None:
        """Closes the file."""
        self._database.close()


class CouncilSubscriber:
    """Follows one feed by the rule of the page."""

    def __init__(self, *, landlord: str, feed_url: str, credential: str, file: Path) -> None:
        self.landlord = landlord
        self.feed_url = feed_url
        self.credential = credential
        self.warehouse = Warehouse(file)

    async def run(self, *, amqp_url: str, queue: str) -> None:
        """Until it is cancelled; every trouble of broker or feed is waited out."""
        pause = 0.1
        while True:
            try:
                await self.read_feed()
                await self.consume(amqp_url, queue)
            except (OSError, aio_pika.exceptions.AMQPError):
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
            else:
                pause = 0.1

    async def consume(self, amqp_url: str, queue: str) -> None:
        """Takes messages one by one, and reads the feed once more when the consumer is confirmed."""
        arrived: asyncio.Queue[AbstractIncomingMessage] = asyncio.Queue()
        async with await aio_pika.connect(amqp_url) as connection:
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=20)
            await (await channel.get_queue(queue)).consume(arrived.put)
            await self.read_feed()
            while True:
                message = await arrived.get()
                await self.deal_with(json.loads(message.body))
                await message.ack()

    async def deal_with(self, event: dict[str, Any]) -> None:
        """The rule of the page, in its three cases."""
        position, _ = self.warehouse.position()
        if event["feedseq"] <= position:
            return
        if event["type"] != HEARTBEAT and event["feedprev"] == position:
            await self.apply(event)
        else:
            await self.read_feed()

    async def read_feed(self) -> None:
        """Every event after the position, page by page; asks again when the feed is not there."""
        pause = 0.1
        while True:
            try:
                position, _ = self.warehouse.position()
                events = await asyncio.to_thread(self.page, position)
            except OSError:
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE)
                continue
            if not events:
                return
            for event in events:
                await self.apply(event)

    def page(self, position: int) -> list[dict[str, Any]]:
        """One answer of the feed."""
        request = urllib.request.Request(  # noqa: S310 - the address comes from the operator
            f"{self.feed_url}?after={position}&limit=100",
            headers={"Authorization": f"Bearer {self.credential}"},
        )
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
                found: list[dict[str, Any]] = json.load(answer)
                return found
        except urllib.error.HTTPError as refusal:
            with refusal:
                if refusal.code < 500:
                    raise RuntimeError(f"the feed refuses: {refusal.code}") from None
                raise

    async def apply(self, event: dict[str, Any]) -> None:
        """Stores it and reports it."""
        _, last_hash = self.warehouse.position()
        if last_hash not in (None, event["feedprevhash"]):
            raise RuntimeError("the log was changed behind us")
        self.warehouse.store(event)
        await asyncio.to_thread(self.report, event)

    def report(self, event: dict[str, Any]) -> None:
        """Says to the conformance kit what was applied."""
        address = self.feed_url.partition("/api/")[0] + "/conformance/applied"
        body = json.dumps({"id": event["id"], "feedseq": event["feedseq"]}).encode()
        request = urllib.request.Request(  # noqa: S310 - the address comes from the operator
            address,
            data=body,
            headers={
                "Authorization": f"Bearer {self.credential}",
                "Content-Type": "application/json",
            },
        )
        with urllib.request.urlopen(request, timeout=30):  # noqa: S310
            pass


if __name__ == "__main__":
    feed, secret, broker, name, kept = sys.argv[1:]
    whose = feed.rpartition("/")[2]
    asyncio.run(
        CouncilSubscriber(landlord=whose, feed_url=feed, credential=secret, file=Path(kept)).run(
            amqp_url=broker, queue=name
        )
    )

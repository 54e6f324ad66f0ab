"""A subscriber to a landlord's feed in one file, to be copied: Python's standard library and aio-pika, nothing else.

    subscriber = Subscriber(landlord="riverside", feed_url="https://…/api/v1/feeds/riverside", credential="riverside.…",
                            position_file=Path("riverside.position"), apply=apply)
    await subscriber.run(amqp_url="amqps://…", queue="warehouse.riverside.v1", stop=stop)

`apply` gets every event of the feed, in order. The position is kept after it returns, so that a crash between the two
makes it see one event again: let it pass over an `id` that it knows, or keep the position in its own transaction.
Lost, doubled and reordered deliveries are put right from the pull feed; see docs/subscribing.md for the contract.
"""

import asyncio
import json
import logging
import os
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aio_pika
from aio_pika.abc import AbstractIncomingMessage
from aio_pika.exceptions import AMQPError

Event = dict[str, Any]
Delivered = AbstractIncomingMessage | None  # None: the connection is gone

HEARTBEAT = "org.redress.feed.head.v1"
PAGE = 500
PREFETCH = 100
QUIET_SECONDS = 75.0  # two heartbeats and a half: then the queue or the connection is suspected
HTTP_SECONDS = 60.0
LONG_POLL_SECONDS = 25
FIRST_WAIT_SECONDS = 1.0
LONGEST_WAIT_SECONDS = 60.0
REFUSED = frozenset({400, 401, 403, 404, 409, 422})  # asking again will not help

log = logging.getLogger(__name__)


class FeedRefused(RuntimeError):
    """The pull feed will not answer: wrong credential, or a position that the feed does not have."""


class FeedBroken(RuntimeError):
    """What the feed says does not follow from what it said before: somebody has to look."""


@dataclass(frozen=True)
class Position:
    """The last event that was applied, and its hash; the next one must name that hash."""

    seq: int = 0
    hash: str | None = None

    @classmethod
    def load(cls, file: Path) -> "Position":
        """What was kept; the beginning of the feed when nothing was."""
        try:
            return cls(**json.loads(file.read_text("utf-8")))
        except FileNotFoundError:
            return cls()

    def save(self, file: Path) -> None:
        """Keeps it so that it survives a crash of the machine."""
        beside = file.with_name(file.name + ".new")
        with beside.open("w", encoding="utf-8") as written:
            json.dump({"seq": self.seq, "hash": self.hash}, written)
            written.flush()
            os.fsync(written.fileno())
        beside.replace(file)
        folder = os.open(file.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


class Subscriber:
    """Applies every event of one feed once and in order, whatever happens to the deliveries."""

    def __init__(
        self,
        *,
        landlord: str,
        feed_url: str,
        credential: str,
        position_file: Path,
        apply: Callable[[Event], Awaitable[None]],
    ) -> None:
        if urllib.parse.urlsplit(feed_url).scheme not in ("http", "https"):
            raise ValueError("feed_url must begin with https:// (or http:// on one machine)")
        self._landlord = landlord
        self._feed_url = feed_url
        self._credential = credential
        self._position_file = position_file
        self._apply = apply
        self.position = Position.load(position_file)

    async def run(self, *, amqp_url: str, queue: str, stop: asyncio.Event) -> None:
        """Follows the queue until `stop` is set, and comes back after every loss of the broker or of the feed.

        What `apply` raises ends it, and so do FeedRefused and FeedBroken: the event is not marked as applied.
        """
        wait = FIRST_WAIT_SECONDS
        while not stop.is_set():
            try:
                await self.catch_up()
                wait = FIRST_WAIT_SECONDS
                await self._consume(amqp_url, queue, stop)
            except (OSError, AMQPError) as trouble:
                log.warning("trying again in %.0f seconds after %s", wait, type(trouble).__name__)
                await _rest(stop, wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def run_without_broker(self, stop: asyncio.Event) -> None:
        """The same by pulling alone; returns within half a minute after `stop` is set."""
        wait = FIRST_WAIT_SECONDS
        while not stop.is_set():
            try:
                await self.catch_up(wait_seconds=LONG_POLL_SECONDS)
                wait = FIRST_WAIT_SECONDS
            except OSError as trouble:
                log.warning("trying again in %.0f seconds after %s", wait, type(trouble).__name__)
                await _rest(stop, wait)
                wait = min(wait * 2, LONGEST_WAIT_SECONDS)

    async def take(self, body: bytes) -> None:
        """Deals with one delivery: applies it, passes over a duplicate, or pulls what was lost before it."""
        event = json.loads(body)
        if event.get("landlord") != self._landlord:
            return
        if event["feedseq"] <= self.position.seq:
            return
        if event["type"] != HEARTBEAT and event["feedprev"] == self.position.seq:
            await self._apply_next(event)
            return
        await self.catch_up()
        if self.position.seq < event["feedseq"]:
            raise FeedBroken(
                f"event {event['feedseq']} was delivered, and the feed does not hold it"
            )

    async def catch_up(self, *, wait_seconds: int = 0) -> None:
        """Pulls and applies everything after the position; waits so long for something when there is nothing."""
        while page := await asyncio.to_thread(self._pull, wait_seconds):
            for event in page:
                await self._apply_next(event)
            wait_seconds = 0

    async def _apply_next(self, event: Event) -> None:
        if event["feedprev"] != self.position.seq:
            raise FeedBroken(f"event {event['feedseq']} does not follow {self.position.seq}")
        if self.position.hash not in (None, event["feedprevhash"]):
            raise FeedBroken(f"event {event['feedseq']} does not name the hash of the one before")
        await self._apply(event)
        self.position = Position(event["feedseq"], event["feedhash"])
        await asyncio.to_thread(self.position.save, self._position_file)

    def _pull(self, wait_seconds: int) -> list[Event]:
        query = urllib.parse.urlencode(
            {"after": self.position.seq, "limit": PAGE, "wait": wait_seconds}
        )
        # The scheme was looked at above: no file is read by a wrong setting.
        request = urllib.request.Request(  # noqa: S310
            f"{self._feed_url}?{query}", headers={"Authorization": f"Bearer {self._credential}"}
        )
        try:
            with urllib.request.urlopen(request, timeout=HTTP_SECONDS) as answer:  # noqa: S310
                page: list[Event] = json.load(answer)
        except urllib.error.HTTPError as error:
            with error:
                if error.code in REFUSED:
                    raise FeedRefused(
                        f"the feed answers {error.code} at position {self.position.seq}"
                    ) from None
            raise
        return page

    async def _consume(self, amqp_url: str, queue: str, stop: asyncio.Event) -> None:
        async with await aio_pika.connect(amqp_url) as connection:
            channel = await connection.channel()
            await channel.set_qos(prefetch_count=PREFETCH)
            arrived: asyncio.Queue[Delivered] = asyncio.Queue()
            for closing in (connection, channel):
                closing.close_callbacks.add(lambda *_: arrived.put_nowait(None))
            # The queue is made by whoever runs the broker: a subscriber may not declare anything.
            source = await channel.get_queue(queue, ensure=True)
            await source.consume(arrived.put)
            # Once more, now that the queue is served: what happened between the last look and this
            # moment may have found no queue to go to, and would show only with the next message.
            await self.catch_up()
            while not stop.is_set():
                message = await _next(arrived, stop)
                if message is not None:
                    await self.take(message.body)
                    await message.ack()


async def _next(arrived: asyncio.Queue[Delivered], stop: asyncio.Event) -> Delivered:
    """The next delivery; None when `stop` was set; ConnectionError when none can be expected any more."""
    getting = asyncio.create_task(arrived.get())
    stopping = asyncio.create_task(stop.wait())
    try:
        await asyncio.wait(
            {getting, stopping}, timeout=QUIET_SECONDS, return_when=asyncio.FIRST_COMPLETED
        )
        if stop.is_set():
            return None
        if not getting.done() or getting.result() is None:
            raise ConnectionError("the connection is gone, or the heartbeats do not come")
        return getting.result()
    finally:
        getting.cancel()
        stopping.cancel()


async def _rest(stop: asyncio.Event, seconds: float) -> None:
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({stopping}, timeout=seconds)
    stopping.cancel()

"""The bus inside one process, with RabbitMQ's contract: for the embedded default and for tests.

Nothing is stored on the way: a message counts as confirmed only when every handler it is bound for
has taken it, or when it lies parked in a file. What was not confirmed still stands in the outbox or
the feed that it came from.
"""

import asyncio
import os
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import quote, unquote

import structlog

from shared.messaging.bus import PUBLISHING_WINDOW, BrokerUnavailable, Handler, Message
from shared.messaging.delivery import DEFAULT_WAITS, Delivery, Verdict, Waits, deliver
from shared.messaging.topology import DELIVERY_LIMIT, Queue, routes_to

# A publisher waits that long for handlers before it is told that a message is not confirmed; the
# message goes on being tried, and its publisher will offer it again.
TAKEN_WITHIN_SECONDS = 10.0
STOP_SECONDS = 5.0

Taking = asyncio.Task[Verdict]


class LocalBus:
    """Delivers within this process and event loop; parked messages are files in `parked_folder`."""

    def __init__(
        self,
        parked_folder: Path,
        *,
        waits: Waits = DEFAULT_WAITS,
        taken_within_seconds: float = TAKEN_WITHIN_SECONDS,
    ) -> None:
        self._parked_folder = parked_folder
        self._waits = waits
        self._taken_within_seconds = taken_within_seconds
        self._subscriptions: list[_Subscription] = []
        self._stopping = asyncio.Event()
        self._started = False
        self._log = structlog.get_logger()

    async def start(self) -> None:
        """Begins to deliver."""
        self._stopping.clear()
        self._started = True

    async def stop(self) -> None:
        """Ends the handlers; what they hold is not confirmed and stays with its publisher."""
        self._started = False
        self._stopping.set()
        takings = [taking for each in self._subscriptions for taking in each.takings]
        if takings:
            _, late = await asyncio.wait(takings, timeout=STOP_SECONDS)
            for taking in late:
                taking.cancel()
            await asyncio.gather(*takings, return_exceptions=True)
        self._subscriptions.clear()

    async def connected(self) -> bool:
        """Whether it was started and not stopped."""
        return self._started

    async def subscribe(self, queue: Queue, handler: Handler) -> None:
        """Hands on every message that is published from now on and bound for the queue."""
        self._subscriptions.append(_Subscription(queue, handler))

    async def publish(self, messages: Sequence[Message]) -> int:
        """Delivers in windows; counts the leading messages that every bound handler has taken."""
        if messages and not self._started:
            raise BrokerUnavailable("the bus of this process is not started")
        confirmed = 0
        for begin in range(0, len(messages), PUBLISHING_WINDOW):
            window = messages[begin : begin + PUBLISHING_WINDOW]
            taken = await self._publish_window(window)
            confirmed += taken
            if taken < len(window):
                break
        return confirmed

    async def parked(self, queue: Queue) -> int:
        """How many files lie in the queue's parking folder."""
        return len(self._parked_files(queue))

    async def retry_parked(self, queue: Queue) -> int:
        """Delivers the parked messages again; the file of each goes when its message was taken."""
        subscription = next((each for each in self._subscriptions if each.queue == queue), None)
        if subscription is None or not self._started:
            raise BrokerUnavailable(f"nobody is subscribed to {queue.name}")
        files = self._parked_files(queue)
        for path in files:
            taking = await self._hand_to(subscription, unquote(path.stem), path.read_bytes())
            if await taking is Verdict.TAKEN:
                path.unlink()
        return len(files)

    async def _publish_window(self, window: Sequence[Message]) -> int:
        handed: list[list[Taking]] = []
        try:
            async with asyncio.timeout(self._taken_within_seconds):
                for message in window:
                    handed.append([])
                    for subscription in self._bound(message):
                        taking = await self._hand_to(
                            subscription,
                            message.message_id,
                            message.body,
                            traceparent=message.traceparent,
                        )
                        handed[-1].append(taking)
                if everything := [taking for group in handed for taking in group]:
                    await asyncio.wait(everything)
        except TimeoutError:
            self._log.warning("messages_not_taken_in_time", messages=len(window))
        return _leading_taken(handed)

    def _bound(self, message: Message) -> list["_Subscription"]:
        bound = [each for each in self._subscriptions if each.wants(message.routing_key)]
        if not bound:
            self._log.error(
                "message_not_confirmed",
                message=message.message_id,
                routing_key=message.routing_key,
                reason="no subscribed queue is bound to the routing key",
            )
        return bound

    async def _hand_to(
        self,
        subscription: "_Subscription",
        message_id: str,
        body: bytes,
        *,
        traceparent: str | None = None,
    ) -> Taking:
        """Starts the handler as soon as the subscription has room: so the memory is bounded."""
        await subscription.room.acquire()
        taking = asyncio.create_task(self._take(subscription, message_id, body, traceparent))
        subscription.takings.add(taking)
        taking.add_done_callback(subscription.forget)
        return taking

    async def _take(
        self, subscription: "_Subscription", message_id: str, body: bytes, traceparent: str | None
    ) -> Verdict:
        name = subscription.queue.name
        verdict, failures = Verdict.FAILED, 0
        while verdict is Verdict.FAILED and failures <= DELIVERY_LIMIT:
            delivery = Delivery(name, message_id, body, failures, traceparent)
            verdict = await deliver(
                delivery, subscription.handler, waits=self._waits, stop=self._stopping
            )
            failures += 1
        if verdict in {Verdict.REJECTED, Verdict.FAILED}:
            await asyncio.to_thread(self._park, name, message_id, body)
        return verdict

    def _park(self, queue_name: str, message_id: str, body: bytes) -> None:
        folder = self._parked_folder / queue_name
        folder.mkdir(parents=True, exist_ok=True)
        path = folder / f"{quote(message_id, safe='')}.json"
        beside = path.with_suffix(".part")
        with beside.open("wb") as file:
            file.write(body)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
        self._log.error("message_lies_parked", queue=queue_name, message=message_id)

    def _parked_files(self, queue: Queue) -> list[Path]:
        return sorted((self._parked_folder / queue.name).glob("*.json"))


class _Subscription:
    """A queue inside the process: its handler, and the messages that it is taking now."""

    def __init__(self, queue: Queue, handler: Handler) -> None:
        self.queue = queue
        self.handler = handler
        self.room = asyncio.Semaphore(queue.prefetch)
        self.takings: set[Taking] = set()

    def wants(self, routing_key: str) -> bool:
        return any(routes_to(binding, routing_key) for binding in self.queue.bindings)

    def forget(self, taking: Taking) -> None:
        self.takings.discard(taking)
        self.room.release()


def _leading_taken(handed: Sequence[Sequence[Taking]]) -> int:
    """How many messages from the first on were handed to somebody and are off everybody's hands."""
    for place, takings in enumerate(handed):
        if not takings or not all(_is_off_our_hands(taking) for taking in takings):
            return place
    return len(handed)


def _is_off_our_hands(taking: Taking) -> bool:
    """Taken or parked; not still being tried, given back, or ended by an error (a full disk)."""
    return (
        taking.done()
        and not taking.cancelled()
        and taking.exception() is None
        and taking.result() is not Verdict.STOPPED
    )

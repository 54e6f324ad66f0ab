"""The broker: what it keeps, whom it gives it to, and what it gives again."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import count
from typing import Any, Protocol

from aio_pika.abc import AbstractMessage

from shared.messaging.topology import routes_to


class Mischief(Protocol):
    """What may go wrong between the broker and its clients; chance and time are the simulation's."""

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """Do it after so much time."""

    def send(self, line: object, do: Callable[[], None]) -> None:
        """Do it when what is sent on this line has arrived; what is sent first arrives first."""

    def refuses(self) -> bool:
        """Whether the broker says no to a message that it could store."""

    def loses_confirm(self) -> bool:
        """Whether the broker stores a message and its yes never arrives."""

    def drops(self, queue: str) -> bool:
        """Whether a stored message is lost before its delivery."""

    def doubles(self, queue: str) -> bool:
        """Whether a message is delivered once more although it was taken."""

    def delays(self, queue: str) -> float:
        """For how many seconds a message is overtaken by those behind it."""


class Calm:
    """Nothing goes wrong, and everything takes no time: for the contract suite."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop

    def later(self, seconds: float, do: Callable[[], None]) -> None:
        """After so much real time."""
        self._loop.call_later(seconds, do)

    def send(self, _line: object, do: Callable[[], None]) -> None:
        """At once, in order."""
        self._loop.call_soon(do)

    def refuses(self) -> bool:
        """Never."""
        return False

    def loses_confirm(self) -> bool:
        """Never."""
        return False

    def drops(self, _queue: str) -> bool:
        """Never."""
        return False

    def doubles(self, _queue: str) -> bool:
        """Never."""
        return False

    def delays(self, _queue: str) -> float:
        """Never."""
        return 0.0


@dataclass(slots=True)
class Stored:
    """A message in a queue, and how often its delivery came to nothing."""

    place: int
    message: AbstractMessage
    failures: int = 0


@dataclass(slots=True)
class Consumer:
    """Somebody to whom a queue gives its messages, up to so many at a time."""

    connection: Link
    prefetch: int
    give: Callable[[Delivered], None]
    in_hand: dict[int, Stored] = field(default_factory=dict)


@dataclass(slots=True)
class KeptQueue:
    """A queue with its arguments, its messages and its consumers."""

    name: str
    arguments: dict[str, Any]
    waiting: deque[Stored] = field(default_factory=deque)
    consumers: list[Consumer] = field(default_factory=list)

    def put_back(self, stored: Stored) -> None:
        """Give it its place again, before what came later."""
        before = [each for each in self.waiting if each.place < stored.place]
        after = [each for each in self.waiting if each.place > stored.place]
        self.waiting = deque([*before, stored, *after])


class Link:
    """One connection to the broker; `on_lost` are told when it breaks."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.is_open = True
        self.on_lost: list[Callable[[], None]] = []


@dataclass(slots=True)
class Delivered:
    """A message on its way to a consumer, or in its hand."""

    broker: Broker
    queue: KeptQueue
    consumer: Consumer
    stored: Stored
    is_settled: bool = False

    def settle(self, *, taken: bool, requeue: bool = False) -> None:
        """The consumer's word; a connection that is gone has none."""
        if self.is_settled or not self.consumer.connection.is_open:
            return
        self.is_settled = True
        self.broker.settle(self, taken=taken, requeue=requeue)


class Broker:
    """Exchanges, queues and connections of one virtual host."""

    def __init__(self, mischief: Mischief) -> None:
        self.mischief = mischief
        self.is_up = True
        self.links: list[Link] = []
        self.queues: dict[str, KeptQueue] = {}
        self.bindings: list[tuple[str, str, str]] = []
        self.dropped = 0
        self.stored: set[str] = set()  # the ids of all messages that it ever kept
        self._numbers = count(1)
        self._dispatching: set[str] = set()

    def connect(self, name: str) -> Link:
        """A connection; refused while the broker is down."""
        if not self.is_up:
            raise ConnectionRefusedError("the broker is down")
        link = Link(name)
        self.links.append(link)
        return link

    def break_link(self, link: Link) -> None:
        """End a connection: what its consumers held goes back to the queues."""
        if not link.is_open:
            return
        link.is_open = False
        self.links.remove(link)
        for queue in self.queues.values():
            for consumer in [each for each in queue.consumers if each.connection is link]:
                queue.consumers.remove(consumer)
                for stored in list(consumer.in_hand.values()):
                    self._failed(queue, stored)
                consumer.in_hand.clear()
            self.dispatch(queue)
        for tell in link.on_lost:
            tell()

    def stop(self) -> None:
        """Stop: every connection breaks. Queues are durable and their messages persistent."""
        self.is_up = False
        for link in list(self.links):
            self.break_link(link)

    def start(self) -> None:
        """Start again with what was stored."""
        self.is_up = True

    def declare_queue(self, name: str, arguments: dict[str, Any]) -> KeptQueue:
        """The queue of this name; one that is there already stays."""
        return self.queues.setdefault(name, KeptQueue(name, arguments))

    def bind(self, queue: str, *, exchange: str, key: str) -> None:
        """Have the exchange give the queue what its key matches."""
        if (exchange, key, queue) not in self.bindings:
            self.bindings.append((exchange, key, queue))

    def unbind(self, queue: str, *, exchange: str, key: str) -> None:
        """End a binding, if there is one."""
        self.bindings = [each for each in self.bindings if each != (exchange, key, queue)]

    def route(self, *, exchange: str, key: str) -> list[KeptQueue]:
        """Which queues get a message; the exchange without a name knows queues by name."""
        if not exchange:
            return [self.queues[key]] if key in self.queues else []
        found = dict.fromkeys(
            queue
            for bound_to, pattern, queue in self.bindings
            if bound_to == exchange and routes_to(pattern, key)
        )
        return [self.queues[name] for name in found]

    def store(self, queues: list[KeptQueue], message: AbstractMessage) -> None:
        """Keep the message in every one of them."""
        self.stored.add(message.message_id or "")
        for queue in queues:
            queue.waiting.append(Stored(next(self._numbers), message))
            self.dispatch(queue)

    def consume(self, name: str, consumer: Consumer) -> None:
        """Give the queue's messages to one more."""
        queue = self.queues[name]
        queue.consumers.append(consumer)
        self.dispatch(queue)

    def dispatch(self, queue: KeptQueue) -> None:
        """Give out what waits, in order, soon."""
        if queue.name not in self._dispatching:
            self._dispatching.add(queue.name)
            self.mischief.send(queue.name, lambda: self._dispatch(queue))

    def _dispatch(self, queue: KeptQueue) -> None:
        self._dispatching.discard(queue.name)
        passed_over: list[Stored] = []
        while queue.waiting and (consumer := self._ready_consumer(queue)) is not None:
            stored = queue.waiting.popleft()
            if self.mischief.drops(queue.name):
                self.dropped += 1
                continue
            if (seconds := self.mischief.delays(queue.name)) > 0:
                passed_over.append(stored)
                self.mischief.later(seconds, lambda late=stored: self._overtaken(queue, late))  # type: ignore[misc]  # mypy knows no defaults of lambdas
                continue
            self._hand_out(queue, consumer, stored)
            if self.mischief.doubles(queue.name) and consumer.prefetch > len(consumer.in_hand):
                self._hand_out(queue, consumer, Stored(next(self._numbers), stored.message))

    def _overtaken(self, queue: KeptQueue, late: Stored) -> None:
        queue.waiting.appendleft(late)
        self.dispatch(queue)

    def _ready_consumer(self, queue: KeptQueue) -> Consumer | None:
        consumers = queue.consumers
        if queue.arguments.get("x-single-active-consumer"):
            consumers = consumers[:1]
        ready = [each for each in consumers if len(each.in_hand) < each.prefetch]
        # The one who was served longest ago comes first.
        if ready and len(consumers) > 1:
            queue.consumers.remove(ready[0])
            queue.consumers.append(ready[0])
        return ready[0] if ready else None

    def _hand_out(self, queue: KeptQueue, consumer: Consumer, stored: Stored) -> None:
        consumer.in_hand[stored.place] = stored
        delivered = Delivered(self, queue, consumer, stored)

        def arrive() -> None:
            if consumer.connection.is_open:
                consumer.give(delivered)

        self.mischief.send(consumer, arrive)

    def settle(self, delivered: Delivered, *, taken: bool, requeue: bool) -> None:
        """A message is off a consumer's hands."""
        queue, stored = delivered.queue, delivered.stored
        delivered.consumer.in_hand.pop(stored.place, None)
        if not taken and requeue:
            self._failed(queue, stored)
        elif not taken:
            self._park(queue, stored)
        self.dispatch(queue)

    def _failed(self, queue: KeptQueue, stored: Stored) -> None:
        stored.failures += 1
        limit = queue.arguments.get("x-delivery-limit")
        if limit is not None and stored.failures > limit:
            self._park(queue, stored)
        else:
            queue.put_back(stored)

    def _park(self, queue: KeptQueue, stored: Stored) -> None:
        exchange = queue.arguments.get("x-dead-letter-exchange")
        if exchange is not None:
            key = queue.arguments["x-dead-letter-routing-key"]
            self.store(self.route(exchange=exchange, key=key), stored.message)

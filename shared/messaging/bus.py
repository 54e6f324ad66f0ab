"""The port through which services exchange messages; `local_bus` and `rabbit_bus` stand behind it.

Delivery is at least once. A message that a handler cannot take is never dropped: it is redelivered,
and at the end parked beside its queue, from where `retry_parked` puts it back.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from shared.messaging.topology import Queue

Handler = Callable[[bytes], Awaitable[None]]

# RabbitMQ's own study and ours agree: beyond about 100 in flight only the latency grows.
PUBLISHING_WINDOW = 100

CONTENT_TYPE = "application/cloudevents+json; charset=utf-8"


class BrokerUnavailable(Exception):
    """No message could be handed over: the broker cannot be reached now; try again later."""


class RejectMessage(Exception):
    """Raised by a handler: park this message, it can never be taken. Say why without words."""


@dataclass(frozen=True, slots=True)
class Message:
    """What is handed to the broker: a CloudEvent as JSON, and what brokers' tools look at."""

    message_id: str
    routing_key: str
    type: str
    body: bytes
    correlation_id: str
    timestamp: datetime
    # Whatever has the same one is kept in its order; none: it belongs to no complaint.
    partition: str | None = None
    # The trace it belongs to, where somebody traces: a header beside the event, never a part of it.
    traceparent: str | None = None


class Bus(Protocol):
    """Publishing with confirmation, and consuming with acknowledgement after the work is done.

    A handler that returns has committed its work, and the message is acknowledged. One that raises
    `RejectMessage` has the message parked. Trouble around the handler (its database cannot be
    reached) is waited out with the message in hand. After any other exception the message is
    delivered again after a wait, and parked when the delivery limit is reached. Handlers of one
    queue are started in the order of the queue, up to its `prefetch` at the same time.
    """

    async def start(self) -> None:
        """Begins to connect and returns; a broker that is down is tried again until it is there."""

    async def stop(self) -> None:
        """Lets handlers finish for a short while, gives back what they hold and disconnects."""

    async def publish(self, messages: Sequence[Message]) -> int:
        """How many of the leading messages are confirmed, without a gap.

        Raises BrokerUnavailable when none could be tried. A message beyond the count may have
        arrived all the same: publish it again, its consumers know duplicates.
        """

    async def subscribe(self, queue: Queue, handler: Handler) -> None:
        """Hands each message of the queue to the handler, now or as soon as the broker is there."""

    async def connected(self) -> bool:
        """Whether messages can be published and every subscription is served."""

    async def parked(self, queue: Queue) -> int:
        """How many messages of the queue are parked."""

    async def retry_parked(self, queue: Queue) -> int:
        """Puts the parked messages of the queue back into it; returns how many."""

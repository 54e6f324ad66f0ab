"""The one table of exchanges, queues and bindings, and the one function that declares it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import aio_pika
from aio_pika.abc import AbstractChannel
from aiormq.exceptions import (
    ChannelAccessRefused,
    ChannelPreconditionFailed,
    ConnectionCommandInvalid,
)

EVENTS_EXCHANGE = "complaints.events"
PARKED_EXCHANGE = "complaints.parked"
# What the consistent-hash exchanges spread by: landlord and complaint of the message.
PARTITION_HEADER = "x-redress-partition"
TRACE_HEADER = "traceparent"  # as W3C Trace Context has it for AMQP; only where somebody traces
PARTITIONS_MAX = 64
PARTITION_PREFETCH = 20
HEARTBEATS = "*.feed.head.v1"

# RabbitMQ 3 has no limit of its own: a message that kills its consumer would return for ever.
DELIVERY_LIMIT = 10


class TopologyMismatch(RuntimeError):
    """The broker's queues or exchanges differ from the table, or we may not declare them."""


@dataclass(frozen=True, slots=True)
class Queue:
    """A durable quorum queue, what it is bound to, and how it is consumed."""

    name: str
    bindings: tuple[str, ...]
    prefetch: int
    single_active_consumer: bool
    # The exchange that spreads complaints over several queues; none: the queue gets everything it is bound to.
    spread_by: str | None = None
    # What it was bound to in another arrangement, and must be no longer, or it would fill for ever.
    former_bindings: tuple[str, ...] = ()

    @property
    def parked_name(self) -> str:
        """The queue beside it that keeps what could not be taken."""
        return f"{self.name}.parked"

    @property
    def arguments(self) -> Mapping[str, str | int | bool]:
        """What the broker is asked for; a change of any of them needs a new queue name."""
        return {
            "x-queue-type": "quorum",
            "x-delivery-limit": DELIVERY_LIMIT,
            "x-single-active-consumer": self.single_active_consumer,
            "x-dead-letter-exchange": PARKED_EXCHANGE,
            "x-dead-letter-routing-key": self.name,
            # A parked message leaves this queue only when the parking queue has confirmed it;
            # RabbitMQ requires this overflow behaviour for that.
            "x-dead-letter-strategy": "at-least-once",
            "x-overflow": "reject-publish",
        }


COMPLAINT_RECEIVED = Queue(
    name="workflow.complaint-received.v1",
    bindings=("*.intake.*.complaint-received.v1",),
    prefetch=8,
    single_active_consumer=False,
)
# Everything that is numbered on a feed, so that no gap is seen where nothing was lost.
WHOLE_FEED = ("*.complaint.#", "*.rulebook.#", HEARTBEATS)
PROJECTIONS_FEED = Queue(
    name="projections.feed.v1",
    bindings=WHOLE_FEED,
    prefetch=100,
    single_active_consumer=True,
)
NOTIFIER_FEED = Queue(
    name="notifier.feed.v1",
    bindings=WHOLE_FEED,
    prefetch=100,
    single_active_consumer=True,
)
QUEUES = (COMPLAINT_RECEIVED, PROJECTIONS_FEED, NOTIFIER_FEED)


def partitions_of(queue: Queue, count: int) -> tuple[Queue, ...]:
    """Queues that share what the queue would get, complaint by complaint, each with one active consumer.

    The names hold the count: another count spreads complaints otherwise, over queues of its own.
    """
    if not 1 < count <= PARTITIONS_MAX:
        raise ValueError(f"from 2 to {PARTITIONS_MAX} partitions, not {count}")
    name, _, version = queue.name.rpartition(".")
    # Heartbeats belong to no complaint; whoever shares a feed looks for lost messages by himself.
    bindings = tuple(binding for binding in queue.bindings if binding != HEARTBEATS)
    return tuple(
        Queue(
            name=f"{name}.{place}-of-{count}.{version}",
            bindings=bindings,
            prefetch=PARTITION_PREFETCH,
            single_active_consumer=True,
            spread_by=f"{name}.spread-{count}.{version}",
        )
        for place in range(count)
    )


def queues_with(*, notifier_partitions: int) -> tuple[Queue, ...]:
    """Everything of ours, where the letters are decided by so many workers; the same in every process."""
    if notifier_partitions == 1:
        return QUEUES
    idle = replace(NOTIFIER_FEED, bindings=(), former_bindings=NOTIFIER_FEED.bindings)
    others = tuple(queue for queue in QUEUES if queue is not NOTIFIER_FEED)
    return (*others, idle, *partitions_of(NOTIFIER_FEED, notifier_partitions))


PARKED_ARGUMENTS: Mapping[str, str] = {"x-queue-type": "quorum"}


def routes_to(pattern: str, routing_key: str) -> bool:
    """Whether a topic exchange routes the key: `*` is one word, `#` any number of them."""
    return _words_match(pattern.split("."), routing_key.split("."))


def _words_match(pattern: list[str], words: list[str]) -> bool:
    if not pattern:
        return not words
    if pattern[0] == "#":
        return any(_words_match(pattern[1:], words[taken:]) for taken in range(len(words) + 1))
    return bool(words) and pattern[0] in ("*", words[0]) and _words_match(pattern[1:], words[1:])


async def declare_topology(channel: AbstractChannel, queues: tuple[Queue, ...] = QUEUES) -> None:
    """Declares everything in the table; what is there already and equal stays as it is."""
    try:
        events = await channel.declare_exchange(
            EVENTS_EXCHANGE, aio_pika.ExchangeType.TOPIC, durable=True
        )
        parked = await channel.declare_exchange(
            PARKED_EXCHANGE, aio_pika.ExchangeType.DIRECT, durable=True
        )
        for queue in queues:
            await _declare_queue(channel, queue, events=events, parked=parked)
    except ConnectionCommandInvalid as unknown:
        raise TopologyMismatch(
            "RabbitMQ does not know the exchange type x-consistent-hash: enable its plugin "
            "rabbitmq_consistent_hash_exchange, or use one partition."
        ) from unknown
    except (ChannelPreconditionFailed, ChannelAccessRefused) as refusal:
        raise TopologyMismatch(f"RabbitMQ refuses our exchanges and queues: {refusal}") from refusal


async def _declare_queue(
    channel: AbstractChannel,
    queue: Queue,
    *,
    events: aio_pika.abc.AbstractExchange,
    parked: aio_pika.abc.AbstractExchange,
) -> None:
    beside = await channel.declare_queue(
        queue.parked_name, durable=True, arguments=dict(PARKED_ARGUMENTS)
    )
    await beside.bind(parked, routing_key=queue.name)
    declared = await channel.declare_queue(
        queue.name, durable=True, arguments=dict(queue.arguments)
    )
    for binding in queue.former_bindings:
        await declared.unbind(events, routing_key=binding)
    if queue.spread_by is None:
        for binding in queue.bindings:
            await declared.bind(events, routing_key=binding)
        return
    spreading = await channel.declare_exchange(
        queue.spread_by,
        "x-consistent-hash",
        durable=True,
        arguments={"hash-header": PARTITION_HEADER},
    )
    # On such an exchange the key of a binding is the weight of its queue.
    await declared.bind(spreading, routing_key="1")
    for binding in queue.bindings:
        await spreading.bind(events, routing_key=binding)

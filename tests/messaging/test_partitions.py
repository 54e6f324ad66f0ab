"""Complaints are spread over queues at the broker: a complaint always to the same one."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import aio_pika
import pytest
from aio_pika.abc import AbstractIncomingMessage

from shared.messaging.ahead import Ahead
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.topology import (
    NOTIFIER_FEED,
    PROJECTIONS_FEED,
    Queue,
    TopologyMismatch,
    declare_topology,
    partitions_of,
    queues_with,
)
from tests.messaging.bus_contract import QUICK
from tests.messaging.following import Feed
from tests.messaging.sharing import WORKERS, grown, messages, removed
from tests.support.eventually import eventually_async


@pytest.mark.rabbitmq
async def test_the_same_complaint_always_goes_to_the_same_queue_and_the_old_queue_is_let_go(
    rabbit_url: str, feed: Feed
) -> None:
    grown(feed, 60)
    queues = partitions_of(NOTIFIER_FEED, WORKERS)
    before = RabbitBus(rabbit_url, waits=QUICK)
    await before.start()
    await eventually_async(before.connected)
    await before.stop()
    bus = RabbitBus(rabbit_url, queues=queues_with(notifier_partitions=WORKERS), waits=QUICK)
    await bus.start()
    await eventually_async(bus.connected)
    assert await bus.publish(messages(feed)) == 60
    found: defaultdict[str, set[str]] = defaultdict(set)
    async with await aio_pika.connect(rabbit_url) as connection:
        channel = await connection.channel()
        got: list[str] = []
        for queue in queues:

            async def take(message: AbstractIncomingMessage, name: str = queue.name) -> None:
                got.append(name)
                found[str(message.headers["x-redress-partition"])].add(name)

            await (await channel.get_queue(queue.name)).consume(take, no_ack=True)

        async def all_came() -> bool:
            return len(got) == 60

        await eventually_async(all_came)
        letters = await channel.declare_queue(NOTIFIER_FEED.name, passive=True)
        assert letters.declaration_result.message_count == 0
        board = await channel.declare_queue(PROJECTIONS_FEED.name, passive=True)
        assert board.declaration_result.message_count == 60
    assert all(len(names) == 1 for names in found.values())
    assert len(found) > 10
    assert len(set.union(*found.values())) >= 3
    await bus.stop()
    await removed(rabbit_url)


def test_partitions_have_names_of_their_own_for_each_count() -> None:
    four, eight = partitions_of(NOTIFIER_FEED, 4), partitions_of(NOTIFIER_FEED, 8)
    names = {queue.name for queue in (*four, *eight)}
    assert len(names) == 12
    assert {queue.spread_by for queue in four} == {"notifier.feed.spread-4.v1"}
    assert all(queue.single_active_consumer for queue in four)
    assert all(queue.arguments["x-queue-type"] == "quorum" for queue in four)
    for count in (0, 1, 65):
        with pytest.raises(ValueError, match="partitions"):
            partitions_of(NOTIFIER_FEED, count)
    assert queues_with(notifier_partitions=1)[-1] is NOTIFIER_FEED
    with pytest.raises(ValueError, match="notifier"):
        Ahead(schema="projections", consumer="board")


@pytest.mark.rabbitmq
async def test_a_broker_without_the_plugin_is_told_as_what_it_is(rabbit_url: str) -> None:
    unknown = [
        Queue("a.v1", ("*.complaint.#",), 1, single_active_consumer=True, spread_by="a.spread")
    ]
    async with await aio_pika.connect(rabbit_url) as connection:
        channel = await connection.channel()
        real = channel.declare_exchange

        async def declare(name: str, kind: str, **more: Any) -> Any:
            # The answer of a broker that lacks the type is the same for every type that it lacks.
            return await real(name, kind.replace("x-consistent-hash", "x-not-there"), **more)

        channel.declare_exchange = declare  # type: ignore[method-assign, assignment]
        with pytest.raises(TopologyMismatch, match="rabbitmq_consistent_hash_exchange"):
            await declare_topology(channel, tuple(unknown))

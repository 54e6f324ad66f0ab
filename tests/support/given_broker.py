"""A broker that RABBITMQ_URL names: it has one virtual host, which each test finds empty."""

from __future__ import annotations

import asyncio

import aio_pika

from shared.messaging.topology import EVENTS_EXCHANGE, PARKED_EXCHANGE, QUEUES


def empty(url: str) -> None:
    """Delete the queues and exchanges of the project, and no others."""
    asyncio.run(_empty(url))


async def _empty(url: str) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        for queue in QUEUES:
            await channel.queue_delete(queue.name)
            await channel.queue_delete(queue.parked_name)
        for exchange in (EVENTS_EXCHANGE, PARKED_EXCHANGE):
            await channel.exchange_delete(exchange)

"""The support itself: databases and brokers are fresh for each test, and waiting has a limit."""

from __future__ import annotations

from collections.abc import Iterator

import aio_pika
import psycopg
import pytest

from shared.messaging.topology import COMPLAINT_RECEIVED
from tests.support.eventually import eventually, eventually_async
from tests.support.installing import make_sure_of_servers
from tests.support.postgres import TestDatabase
from tests.support.rabbitmq import RabbitServer
from tests.support.servers import ServerFolder


def _tables(conninfo: str) -> list[str]:
    question = b"SELECT relname FROM pg_class WHERE relname = 'written_by_a_test'"
    with psycopg.connect(conninfo) as connection:
        return [str(row[0]) for row in connection.execute(question).fetchall()]


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_gets_a_database_that_nobody_wrote_to(database: TestDatabase, turn: str) -> None:
    assert _tables(database.conninfo) == []
    with psycopg.connect(database.conninfo) as connection:
        connection.execute("CREATE TABLE written_by_a_test ()")
    assert _tables(database.conninfo) == ["written_by_a_test"]


def test_a_database_is_dropped_even_when_a_connection_was_left_open(
    servers: ServerFolder, request: pytest.FixtureRequest
) -> None:
    leaked = psycopg.connect(servers.postgres_conninfo)
    request.addfinalizer(leaked.close)
    database = request.getfixturevalue("empty_database")
    assert isinstance(database, TestDatabase)
    in_the_way = psycopg.connect(database.conninfo)
    request.addfinalizer(in_the_way.close)


@pytest.mark.parametrize("turn", ["first", "second"])
async def test_each_test_gets_a_broker_without_queues(rabbit_url: str, turn: str) -> None:
    async with await aio_pika.connect(rabbit_url) as connection:
        channel = await connection.channel()
        with pytest.raises(aio_pika.exceptions.ChannelNotFoundEntity):
            await channel.declare_queue(COMPLAINT_RECEIVED.name, passive=True)
        again = await connection.channel()
        await again.declare_queue(COMPLAINT_RECEIVED.name, durable=True)


@pytest.mark.acceptance
async def test_a_broker_of_its_own_keeps_messages_over_a_stop(own_rabbit: RabbitServer) -> None:
    await _publish(own_rabbit.url(), b"the boiler is mended")
    own_rabbit.stop()
    assert not own_rabbit.running()
    own_rabbit.start()
    assert await _next_message(own_rabbit.url()) == b"the boiler is mended"


async def _publish(url: str, body: bytes) -> None:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        await channel.declare_queue(
            "complaints", durable=True, arguments={"x-queue-type": "quorum"}
        )
        message = aio_pika.Message(body, delivery_mode=aio_pika.DeliveryMode.PERSISTENT)
        await channel.default_exchange.publish(message, "complaints")


async def _next_message(url: str) -> bytes:
    async with await aio_pika.connect(url) as connection:
        channel = await connection.channel()
        queue = await channel.declare_queue("complaints", passive=True)
        message = await queue.get(timeout=30)
        await message.ack()
        return message.body


def test_servers_and_browser_are_found() -> None:
    postgres, rabbit, chromium = make_sure_of_servers()
    assert postgres.startswith("PostgreSQL: ")
    assert rabbit.startswith("RabbitMQ: ")
    assert chromium.startswith("Chromium: ")


def test_waiting_ends_with_the_condition() -> None:
    answers: Iterator[str] = iter(["", "", "here"])
    assert eventually(lambda: next(answers)) == "here"


def test_waiting_gives_up_with_what_was_seen_last() -> None:
    def not_yet() -> bool:
        raise AssertionError("two of three letters")

    with pytest.raises(AssertionError, match="two of three letters"):
        eventually(not_yet, within_seconds=0.05)


async def test_waiting_for_an_awaited_condition_gives_up_too() -> None:
    async def never() -> bool:
        return False

    with pytest.raises(AssertionError, match="not true within"):
        await eventually_async(never, within_seconds=0.05)

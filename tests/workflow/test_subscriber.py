"""The subscriber that others may copy, on a real broker and a real feed: every event once, in order."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path
from random import Random

import aio_pika
import pytest
from aio_pika.abc import AbstractChannel
from fastapi import FastAPI

from services.redress.http_server import HttpServer, take_port
from services.redress.subscriber import Event, FeedBroken, FeedRefused, Position, Subscriber
from services.workflow import feeds
from shared.eventstore.feed import read_feed
from shared.identity.sessions import credential
from shared.identity.sign_in import install_identity
from shared.messaging.envelope import heartbeat_message, to_message
from shared.messaging.topology import EVENTS_EXCHANGE
from shared.registry.subscribers import add_subscriber
from shared.web.site import install_web
from tests.support.eventually import eventually_async
from tests.workflow.office import LANDLORD, Office

pytestmark = [pytest.mark.postgres, pytest.mark.rabbitmq]

QUEUE = "warehouse.riverside.v1"
TOKEN = "t" * 43


@pytest.fixture
async def feed_url(office: Office) -> AsyncIterator[str]:
    """The pull feed, served over HTTP."""
    app = FastAPI()
    app.include_router(feeds.router(office.database))
    install_web(app, settings=office.settings, services={"workflow": "services.workflow"})
    install_identity(app, database=office.database, clock=office.clock, settings=office.settings)
    with office.owner.transaction(LANDLORD) as cursor:
        add_subscriber(
            cursor,
            landlord=LANDLORD,
            subscriber="warehouse",
            token=TOKEN,
            by="operator",
            now=office.clock.now(),
        )
    http, stop = HttpServer(app, take_port("127.0.0.1", 0)), asyncio.Event()
    serving = asyncio.create_task(http.run(stop))
    await http.serving()
    yield f"http://{http.address}/api/v1/feeds/{LANDLORD}"
    stop.set()
    await serving


@pytest.fixture
async def channel(rabbit_url: str) -> AsyncIterator[AbstractChannel]:
    """The landlord's side of the broker: the exchange, and a queue made for this subscriber."""
    async with await aio_pika.connect(rabbit_url) as connection:
        channel = await connection.channel()
        exchange = await channel.declare_exchange(EVENTS_EXCHANGE, "topic", durable=True)
        queue = await channel.declare_queue(QUEUE, durable=True)
        await queue.bind(exchange, f"{LANDLORD}.complaint.#")
        await queue.bind(exchange, f"{LANDLORD}.feed.head.v1")
        yield channel
        await channel.queue_delete(QUEUE)


class Warehouse:
    """What the subscriber fills: the numbers of the events, in the order in which they came."""

    def __init__(self, feed_url: str, folder: Path) -> None:
        self._feed_url = feed_url
        self.file = folder / "riverside.position"
        self.seqs: list[int] = []

    async def apply(self, event: Event) -> None:
        self.seqs.append(event["feedseq"])

    def subscriber(self, *, token: str = TOKEN) -> Subscriber:
        return Subscriber(
            landlord=LANDLORD,
            feed_url=self._feed_url,
            credential=credential(LANDLORD, token),
            position_file=self.file,
            apply=self.apply,
        )

    @asynccontextmanager
    async def following(self, rabbit_url: str) -> AsyncIterator[None]:
        """The subscriber at work."""
        stop = asyncio.Event()
        running = asyncio.create_task(
            self.subscriber().run(amqp_url=rabbit_url, queue=QUEUE, stop=stop)
        )
        yield
        stop.set()
        await asyncio.wait_for(running, 5)


@pytest.fixture
def warehouse(feed_url: str, tmp_path: Path) -> Warehouse:
    """An empty one."""
    return Warehouse(feed_url, tmp_path)


def bodies(office: Office, *, after: int = 0) -> list[bytes]:
    """The messages of the feed, as the relay publishes them."""
    with office.database.transaction(LANDLORD) as cursor:
        return [
            to_message(event).body for event in read_feed(cursor, LANDLORD, after=after, limit=500)
        ]


def heartbeat(office: Office, seq: int) -> bytes:
    return heartbeat_message(LANDLORD, seq=seq, now=office.clock.now()).body


async def deliver(channel: AbstractChannel, messages: Sequence[bytes]) -> None:
    for body in messages:
        await channel.default_exchange.publish(aio_pika.Message(body), QUEUE)


async def open_many(office: Office, numbers: range) -> None:
    for number in numbers:
        await asyncio.to_thread(office.open, f"RC-2026-{number:06}")


async def took(warehouse: Warehouse, last: int) -> None:
    async def everything() -> bool:
        return warehouse.seqs[-1:] == [last]

    await eventually_async(everything, within_seconds=40)
    assert warehouse.seqs == list(range(1, last + 1))


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_dropped_doubled_and_reordered_deliveries_are_put_right(
    office: Office, warehouse: Warehouse, channel: AbstractChannel, rabbit_url: str, seed: int
) -> None:
    async with warehouse.following(rabbit_url):
        await open_many(office, range(1, 11))
        chance = Random(seed)
        sent = [body for body in bodies(office) for _ in range(chance.choice((0, 1, 1, 1, 2)))]
        for place in range(len(sent) - 3):
            if chance.random() < 0.2:
                sent[place], sent[place + 3] = sent[place + 3], sent[place]
        await deliver(channel, sent)
        await deliver(channel, [heartbeat(office, len(bodies(office)))])
        await took(warehouse, len(bodies(office)))


async def test_the_loss_of_the_last_delivery_shows_with_the_next_heartbeat(
    office: Office, warehouse: Warehouse, channel: AbstractChannel, rabbit_url: str
) -> None:
    async with warehouse.following(rabbit_url):
        await open_many(office, range(1, 2))
        last = len(bodies(office))
        await deliver(channel, [*bodies(office)[:-1], heartbeat(office, last)])
        await took(warehouse, last)


async def test_it_goes_on_where_it_was_after_a_restart_and_pulls_what_came_meanwhile(
    office: Office, warehouse: Warehouse, channel: AbstractChannel, rabbit_url: str
) -> None:
    await open_many(office, range(1, 2))
    first = len(bodies(office))
    async with warehouse.following(rabbit_url):
        await took(warehouse, first)
    assert Position.load(warehouse.file).seq == first
    await open_many(office, range(2, 3))
    await deliver(channel, bodies(office))
    async with warehouse.following(rabbit_url):
        await took(warehouse, len(bodies(office)))


async def test_it_comes_back_when_its_queue_was_not_there_or_went_away(
    office: Office, warehouse: Warehouse, channel: AbstractChannel, rabbit_url: str
) -> None:
    await channel.queue_delete(QUEUE)
    async with warehouse.following(rabbit_url):
        await open_many(office, range(1, 2))
        await channel.declare_queue(QUEUE, durable=True)
        await took(warehouse, len(bodies(office)))
        await open_many(office, range(2, 3))
        await deliver(channel, bodies(office))
        await took(warehouse, len(bodies(office)))


async def test_what_happened_just_before_its_queue_was_served_is_not_left_to_the_next_message(
    office: Office, warehouse: Warehouse, channel: AbstractChannel, rabbit_url: str
) -> None:
    subscriber, stop = warehouse.subscriber(), asyncio.Event()
    await subscriber.catch_up()
    await open_many(office, range(1, 2))  # and nobody publishes it
    consuming = asyncio.create_task(subscriber._consume(rabbit_url, QUEUE, stop))
    await took(warehouse, len(bodies(office)))
    stop.set()
    await asyncio.wait_for(consuming, 10)


async def test_another_landlord_s_messages_on_the_queue_are_passed_over(
    office: Office, warehouse: Warehouse
) -> None:
    await open_many(office, range(1, 2))
    subscriber = warehouse.subscriber()
    await subscriber.take(heartbeat_message("hilltop", seq=9, now=office.clock.now()).body)
    assert warehouse.seqs == []


async def test_without_a_broker_pulling_is_enough(office: Office, warehouse: Warehouse) -> None:
    await open_many(office, range(1, 2))
    stop = asyncio.Event()
    running = asyncio.create_task(warehouse.subscriber().run_without_broker(stop))
    await took(warehouse, len(bodies(office)))
    await open_many(office, range(2, 3))
    await took(warehouse, len(bodies(office)))
    stop.set()
    await open_many(office, range(3, 4))  # ends its long poll
    await asyncio.wait_for(running, 10)


async def test_what_could_not_be_applied_is_not_marked_as_applied(
    office: Office, warehouse: Warehouse, feed_url: str
) -> None:
    await open_many(office, range(1, 2))

    async def fail(event: Event) -> None:
        if event["feedseq"] == 2:
            raise ZeroDivisionError

    subscriber = Subscriber(
        landlord=LANDLORD,
        feed_url=feed_url,
        credential=credential(LANDLORD, TOKEN),
        position_file=warehouse.file,
        apply=fail,
    )
    with pytest.raises(ZeroDivisionError):
        await subscriber.catch_up()
    assert Position.load(warehouse.file).seq == 1


async def test_a_feed_that_contradicts_itself_or_lost_its_end_stops_it(
    office: Office, warehouse: Warehouse
) -> None:
    await open_many(office, range(1, 2))
    Position(1, "00" * 32).save(warehouse.file)
    with pytest.raises(FeedBroken, match="event 2 does not name the hash"):
        await warehouse.subscriber().catch_up()
    Position(900).save(warehouse.file)
    with pytest.raises(FeedRefused, match="409 at position 900"):
        await warehouse.subscriber().catch_up()
    warehouse.file.unlink()
    with pytest.raises(FeedRefused, match="401"):
        await warehouse.subscriber(token="wrong").catch_up()
    with pytest.raises(FeedBroken, match="does not hold it"):
        await warehouse.subscriber().take(heartbeat(office, 900))

"""What every bus promises; the in-process bus and RabbitMQ are held to the same tests."""

import asyncio
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

import psycopg

from shared.messaging.bus import Bus, Message, RejectMessage
from shared.messaging.delivery import Waits
from shared.messaging.topology import (
    COMPLAINT_RECEIVED,
    DELIVERY_LIMIT,
    NOTIFIER_FEED,
    PROJECTIONS_FEED,
    Queue,
)
from tests.support.eventually import eventually_async

QUICK = Waits(first_seconds=0.01, longest_seconds=0.05)
MON_2_MAR_2026 = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

FACT = "riverside.complaint.s1.acknowledged.v1"
HEARTBEAT = "riverside.feed.head.v1"
RECEIVED = "riverside.intake.-.complaint-received.v1"
NOBODYS = "riverside.nothing.that.anybody.wants"


def message(number: int, routing_key: str = FACT) -> Message:
    return Message(
        message_id=f"message-{number}",
        routing_key=routing_key,
        type="org.redress.test.v1",
        body=f"{number}".encode(),
        correlation_id="correlation-1",
        timestamp=MON_2_MAR_2026,
    )


class Taker:
    """A handler that keeps what it took, and first does what it is told."""

    def __init__(self, before: Callable[[bytes], None] = lambda _: None) -> None:
        self.taken: list[bytes] = []
        self.attempts: Counter[bytes] = Counter()
        self._before = before

    async def __call__(self, body: bytes) -> None:
        self.attempts[body] += 1
        self._before(body)
        self.taken.append(body)

    async def has(self, *bodies: bytes) -> None:
        async def everything_taken() -> bool:
            return sorted(set(self.taken)) == sorted(bodies)

        await eventually_async(everything_taken)


def failing(times: int, error: Exception) -> Callable[[bytes], None]:
    """Fails the first so many attempts of each message."""
    attempts: Counter[bytes] = Counter()

    def fail(body: bytes) -> None:
        attempts[body] += 1
        if attempts[body] <= times:
            raise error

    return fail


async def parks(bus: Bus, queue: Queue, count: int) -> None:
    async def so_many() -> bool:
        return await bus.parked(queue) == count

    await eventually_async(so_many)


class BusContract:
    """Inherited once for each bus, whose module gives the fixture `bus`: started and connected."""

    async def test_a_message_reaches_every_queue_bound_for_it(self, bus: Bus) -> None:
        boards, letters = Taker(), Taker()
        await bus.subscribe(PROJECTIONS_FEED, boards)
        await bus.subscribe(NOTIFIER_FEED, letters)
        assert await bus.publish([message(1)]) == 1
        await boards.has(b"1")
        await letters.has(b"1")

    async def test_a_queue_gets_only_what_its_bindings_name(self, bus: Bus) -> None:
        boards, intake = Taker(), Taker()
        await bus.subscribe(PROJECTIONS_FEED, boards)
        await bus.subscribe(COMPLAINT_RECEIVED, intake)
        sent = [message(1, FACT), message(2, RECEIVED), message(3, HEARTBEAT)]
        assert await bus.publish(sent) == 3
        await boards.has(b"1", b"3")
        await intake.has(b"2")

    async def test_handlers_are_started_in_the_order_of_the_queue(self, bus: Bus) -> None:
        taker = Taker()
        await bus.subscribe(PROJECTIONS_FEED, taker)
        assert await bus.publish([message(number) for number in range(250)]) == 250
        await taker.has(*(f"{number}".encode() for number in range(250)))
        assert taker.taken == [f"{number}".encode() for number in range(250)]

    async def test_a_message_that_a_handler_failed_comes_again(self, bus: Bus) -> None:
        taker = Taker(failing(2, ValueError("a surprise")))
        await bus.subscribe(COMPLAINT_RECEIVED, taker)
        await bus.publish([message(1, RECEIVED)])
        await taker.has(b"1")
        assert taker.attempts[b"1"] == 3
        assert await bus.parked(COMPLAINT_RECEIVED) == 0

    async def test_nothing_is_lost_when_every_message_fails_once(self, bus: Bus) -> None:
        taker = Taker(failing(1, ValueError("a surprise")))
        await bus.subscribe(PROJECTIONS_FEED, taker)
        assert await bus.publish([message(number) for number in range(150)]) == 150
        await taker.has(*(f"{number}".encode() for number in range(150)))

    async def test_a_rejected_message_is_parked_at_once_and_taken_when_it_is_retried(
        self, bus: Bus
    ) -> None:
        taker = Taker(failing(1, RejectMessage("no such policy")))
        await bus.subscribe(COMPLAINT_RECEIVED, taker)
        await bus.publish([message(1, RECEIVED)])
        await parks(bus, COMPLAINT_RECEIVED, 1)
        assert taker.attempts[b"1"] == 1
        assert await bus.retry_parked(COMPLAINT_RECEIVED) == 1
        await taker.has(b"1")
        await parks(bus, COMPLAINT_RECEIVED, 0)

    async def test_a_message_that_always_fails_is_parked_and_the_others_go_on(
        self, bus: Bus
    ) -> None:
        def fail(body: bytes) -> None:
            if body == b"1":
                raise ValueError("for ever")

        taker = Taker(fail)
        await bus.subscribe(COMPLAINT_RECEIVED, taker)
        await bus.publish([message(1, RECEIVED), message(2, RECEIVED)])
        await parks(bus, COMPLAINT_RECEIVED, 1)
        await taker.has(b"2")
        assert taker.attempts[b"1"] == DELIVERY_LIMIT + 1

    async def test_trouble_around_the_handler_is_waited_out_and_never_parks(self, bus: Bus) -> None:
        away = psycopg.OperationalError("the database restarts")
        taker = Taker(failing(DELIVERY_LIMIT + 5, away))
        await bus.subscribe(COMPLAINT_RECEIVED, taker)
        await bus.publish([message(1, RECEIVED)])
        await taker.has(b"1")
        assert await bus.parked(COMPLAINT_RECEIVED) == 0

    async def test_the_count_stops_before_the_first_message_that_nobody_is_bound_for(
        self, bus: Bus
    ) -> None:
        taker = Taker()
        await bus.subscribe(PROJECTIONS_FEED, taker)
        sent = [message(1), message(2), message(3, NOBODYS), message(4)]
        assert await bus.publish(sent) == 2
        assert await bus.publish([message(5, NOBODYS)]) == 0
        assert await bus.publish(sent[3:]) == 1
        await taker.has(b"1", b"2", b"4")

    async def test_publishing_nothing_confirms_nothing(self, bus: Bus) -> None:
        assert await bus.publish([]) == 0

    async def test_no_more_messages_are_in_hand_than_the_prefetch(self, bus: Bus) -> None:
        in_hand: set[bytes] = set()
        most = 0
        go_on = asyncio.Event()

        async def slow(body: bytes) -> None:
            nonlocal most
            in_hand.add(body)
            most = max(most, len(in_hand))
            await go_on.wait()
            in_hand.remove(body)

        await bus.subscribe(COMPLAINT_RECEIVED, slow)
        publishing = asyncio.create_task(
            bus.publish([message(number, RECEIVED) for number in range(40)])
        )

        async def full() -> bool:
            return len(in_hand) == COMPLAINT_RECEIVED.prefetch

        await eventually_async(full)
        go_on.set()
        assert await publishing == 40

        async def empty() -> bool:
            return not in_hand

        await eventually_async(empty)
        assert most == COMPLAINT_RECEIVED.prefetch

    async def test_stopping_does_not_wait_for_a_handler_whose_database_is_away(
        self, bus: Bus
    ) -> None:
        taker = Taker(failing(10_000, psycopg.OperationalError("the database is away")))
        await bus.subscribe(COMPLAINT_RECEIVED, taker)
        publishing = asyncio.create_task(bus.publish([message(1, RECEIVED)]))

        async def tried() -> bool:
            return taker.attempts[b"1"] > 1

        await eventually_async(tried)
        async with asyncio.timeout(2.0):
            await bus.stop()
        publishing.cancel()
        await asyncio.wait([publishing])
        assert not taker.taken

"""From the outbox to the bus: nothing lost, oldest first, also across a broker that was down."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from services.intake.handover import Handover, backlog
from services.intake.new_submissions import NewAdjustment, NewRepresentative, NewSubmission
from shared.complaints.values import Channel, Route
from shared.messaging.bus import Bus, Message, RejectMessage
from shared.messaging.local_bus import LocalBus
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.received import ComplaintReceived
from shared.messaging.topology import COMPLAINT_RECEIVED
from tests.intake.setting import Setting
from tests.support.eventually import eventually

SEED = UUID("6f2c9a55-4b1e-4b7e-9c1e-0f6f4b8f2a10")


def take(setting: Setting, number: int, *, landlord: str = "riverside") -> UUID:
    """Takes one submission, as the API would."""
    submission = uuid5(SEED, f"{landlord} {number}")
    new = canary(number, landlord=landlord)
    setting.intake().take(new, key=f"key {number}", submission=submission, now=setting.clock.now())
    return submission


def canary(number: int, *, landlord: str = "riverside") -> NewSubmission:
    """A submission whose every word can be told again."""
    return NewSubmission(
        landlord=landlord,
        organisation=landlord,
        route=Route.COMPLAINT,
        channel=Channel.API,
        received=None,
        name="Jo Canaryname",
        address=None,
        email="jo.canary@example.org",
        phone=None,
        complaint=f"canary complaint {number}",
        desired_outcome=None,
        issues=("general", "damp"),
    )


def handover(setting: Setting, bus: Bus) -> Handover:
    return Handover(database=setting.database("redress_intake"), bus=bus, clock=setting.clock)


def unpublished(setting: Setting) -> int:
    return len(setting.rows("SELECT FROM intake.submission WHERE published_at IS NULL"))


async def until(condition: Callable[[], bool], *, within_seconds: float = 10.0) -> None:
    """Waits beside the event loop, because the conditions ask the database."""
    await asyncio.to_thread(eventually, condition, within_seconds=within_seconds)


class Recording:
    """A bus end that keeps what it was given."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def take(self, body: bytes) -> None:
        """Takes a message."""
        self.bodies.append(body)

    @property
    def submissions(self) -> list[UUID]:
        """Which submissions came, in order."""
        return [ComplaintReceived.from_body(body).submission for body in self.bodies]


async def test_submissions_are_handed_over_once_and_the_oldest_first(
    setting: Setting, tmp_path: Path
) -> None:
    taken = [take(setting, number) for number in range(5)]
    bus, workflow = LocalBus(tmp_path), Recording()
    await bus.start()
    await bus.subscribe(COMPLAINT_RECEIVED, workflow.take)
    worker = handover(setting, bus)
    assert await worker.hand_over() == 5
    assert await worker.hand_over() == 0
    assert workflow.submissions == taken
    assert unpublished(setting) == 0
    await bus.stop()


async def test_a_message_says_what_was_received_and_no_personal_word(
    setting: Setting, tmp_path: Path
) -> None:
    submission = take(setting, 1)
    bus, workflow = LocalBus(tmp_path), Recording()
    await bus.start()
    await bus.subscribe(COMPLAINT_RECEIVED, workflow.take)
    await handover(setting, bus).hand_over()
    received = ComplaintReceived.from_body(workflow.bodies[0])
    assert received.reference == "RC-2026-000001"
    assert received.complainant == str(uuid5(submission, "complainant"))
    assert received.words is not None
    assert received.words.words == str(uuid5(submission, "complaint"))
    assert [(each.number, each.category) for each in received.issues] == [
        (1, "general"),
        (2, "damp"),
    ]
    assert received.received_at == setting.clock.now()
    text = json.dumps(json.loads(workflow.bodies[0]))
    for canary in ("anary", "Jo ", "@"):
        assert canary not in text
    await bus.stop()


async def test_while_the_broker_is_down_nothing_is_lost_and_later_everything_arrives(
    setting: Setting, tmp_path: Path
) -> None:
    bus, workflow = LocalBus(tmp_path), Recording()
    worker = handover(setting, bus)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    taken = [take(setting, number) for number in range(3)]
    setting.clock.advance(timedelta(minutes=5))
    (waiting,) = backlog(setting.database("redress_intake"), now=setting.clock.now())
    assert (waiting.landlord, waiting.waiting) == ("riverside", 3)
    assert waiting.oldest_age == timedelta(minutes=5)
    await bus.subscribe(COMPLAINT_RECEIVED, workflow.take)
    await bus.start()
    await until(lambda: workflow.submissions == taken)
    await until(lambda: unpublished(setting) == 0)
    assert backlog(setting.database("redress_intake"), now=setting.clock.now()) == ()
    stop.set()
    await asyncio.wait_for(running, timeout=2)
    await bus.stop()


async def test_only_the_leading_confirmed_submissions_are_marked(setting: Setting) -> None:
    taken = [take(setting, number) for number in range(4)]

    class ConfirmsTwo(LocalBus):
        """The broker's yes came for two, then the connection broke."""

        def __init__(self) -> None:
            super().__init__(Path("unused"))
            self.given: list[Message] = []

        async def publish(self, messages: Sequence[Message]) -> int:
            self.given = list(messages)
            return min(2, len(messages))

    bus = ConfirmsTwo()
    worker = handover(setting, bus)
    assert await worker.hand_over() == 2
    left = setting.rows(
        "SELECT submission FROM intake.submission WHERE published_at IS NULL ORDER BY number"
    )
    assert [row["submission"] for row in left] == taken[2:]
    await worker.hand_over()
    assert [message.message_id for message in bus.given] == [str(each) for each in taken[2:]]


async def test_every_landlord_has_its_turn(setting: Setting, tmp_path: Path) -> None:
    taken = {take(setting, 1), take(setting, 2, landlord="hillside")}
    bus, workflow = LocalBus(tmp_path), Recording()
    await bus.start()
    await bus.subscribe(COMPLAINT_RECEIVED, workflow.take)
    assert await handover(setting, bus).hand_over() == 2
    assert set(workflow.submissions) == taken
    await bus.stop()


async def test_a_commit_in_the_same_process_wakes_the_worker(
    setting: Setting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.intake.handover.IDLE_WAIT_SECONDS", 60.0)
    bus, workflow = LocalBus(tmp_path), Recording()
    await bus.start()
    await bus.subscribe(COMPLAINT_RECEIVED, workflow.take)
    worker = handover(setting, bus)
    worker.wake()  # before it runs: nothing happens
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    submission = await asyncio.to_thread(take, setting, 1)
    await asyncio.to_thread(worker.wake)
    await until(lambda: workflow.submissions == [submission])
    stop.set()
    await asyncio.wait_for(running, timeout=2)
    worker.wake()  # after it ended: nothing happens either
    await bus.stop()


async def test_a_submission_that_cannot_be_taken_is_parked_and_the_next_ones_go_on(
    setting: Setting, tmp_path: Path
) -> None:
    poison, healthy = take(setting, 1), take(setting, 2)
    bus, workflow = LocalBus(tmp_path), Recording()

    async def picky(body: bytes) -> None:
        if ComplaintReceived.from_body(body).submission == poison:
            raise RejectMessage("not this one")
        await workflow.take(body)

    await bus.start()
    await bus.subscribe(COMPLAINT_RECEIVED, picky)
    await handover(setting, bus).hand_over()
    assert workflow.submissions == [healthy]
    assert await bus.parked(COMPLAINT_RECEIVED) == 1
    assert unpublished(setting) == 0
    await bus.stop()


@pytest.mark.rabbitmq
async def test_submissions_arrive_through_a_real_broker(setting: Setting, rabbit_url: str) -> None:
    taken = {take(setting, number) for number in range(20)}
    bus, workflow = RabbitBus(rabbit_url), Recording()
    await bus.start()
    await bus.subscribe(COMPLAINT_RECEIVED, workflow.take)
    worker = handover(setting, bus)
    stop = asyncio.Event()
    running = asyncio.create_task(worker.run(stop))
    await until(lambda: set(workflow.submissions) == taken, within_seconds=30.0)
    await until(lambda: unpublished(setting) == 0)
    stop.set()
    await asyncio.wait_for(running, timeout=2)
    await bus.stop()


async def test_who_speaks_and_what_is_needed_is_handed_over_without_a_personal_word(
    setting: Setting, tmp_path: Path
) -> None:
    new = replace(
        canary(1),
        home="canary house",
        representative=NewRepresentative(
            relation="friend", words="canary Ida", scope="progress", consent_words="canary letter"
        ),
        adjustments=(
            NewAdjustment(kind="translation", language="so"),
            NewAdjustment(kind="other", words="canary needs"),
        ),
    )
    setting.intake().take(new, key="key", submission=SEED, now=setting.clock.now())
    bus, workflow = LocalBus(tmp_path), Recording()
    await bus.start()
    await bus.subscribe(COMPLAINT_RECEIVED, workflow.take)
    await handover(setting, bus).hand_over()
    received = ComplaintReceived.from_body(workflow.bodies[0])
    said = received.representative
    assert said is not None
    assert (said.relation, said.scope) == ("friend", "progress")
    assert said.words is not None
    assert said.consent_words is not None
    assert setting.read({"words": said.words.words}) == "canary Ida"
    assert setting.read({"words": said.consent_words.words}) == "canary letter"
    translation, other = received.adjustments
    assert (translation.kind, translation.language, translation.words) == (
        "translation",
        "so",
        None,
    )
    assert other.words is not None
    assert setting.read({"words": other.words.words}) == "canary needs"
    assert b"anary" not in workflow.bodies[0]
    await bus.stop()

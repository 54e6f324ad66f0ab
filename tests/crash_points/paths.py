"""The ways from a user or a due date to an effect: what each begins from, and what must follow."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from uuid import uuid5

from aio_pika import Message, connect

from services.projections.rebuilding import verify
from shared.complaints.values import Channel, Issue, Route
from shared.database.pool import Database
from shared.messaging.received import ComplaintReceived, complaint_received
from shared.messaging.topology import (
    COMPLAINT_RECEIVED,
    EVENTS_EXCHANGE,
    QUEUES,
    declare_topology,
)
from tests.crash_points.errands import (
    LANDLORD,
    MON_2_MAR_2026,
    ORGANISATION,
    REMINDERS_DUE,
    Errand,
    carry_out,
)
from tests.crash_points.world import World

Step = Callable[[World, Errand], None]
WORDS_OF_A_SUBMISSION = 4  # name, email, complaint, desired outcome


def nothing(world: World, errand: Errand) -> None:
    """There is nothing to prepare, or nothing more to look at."""


@dataclass(frozen=True)
class Path:
    """One errand: before it, after it, and after all of it."""

    name: str
    at_least: int  # places at which its process may die: fewer would mean that some are not seen
    check: Step
    prepare: Step = nothing
    check_all: Callable[[World], None] = lambda _: None


def opened(world: World, errand: Errand) -> None:
    """The complaint is there."""
    world.office.open(errand.reference, ORGANISATION)


def taken(world: World, errand: Errand) -> None:
    """The submission is stored once, with its words, and its answer names it."""
    rows = world.rows(
        "SELECT reference FROM intake.submission WHERE submission = %s", errand.command_id
    )
    assert len(rows) == 1
    assert str(rows[0]["reference"]) in errand.answer_file.read_text()
    submissions = world.scalar("SELECT count(*) FROM intake.submission")
    words = world.scalar("SELECT count(*) FROM vault.words")
    assert words == submissions * WORDS_OF_A_SUBMISSION


def references_are_dense(world: World) -> None:
    """No reference was lost with an attempt that died."""
    rows = world.rows("SELECT reference FROM intake.submission ORDER BY reference")
    expected = [f"RC-2026-{number:06}" for number in range(1, len(rows) + 1)]
    assert [row["reference"] for row in rows] == expected


def waits_in_the_outbox(world: World, errand: Errand) -> None:
    """A submission that nobody has handed over."""
    submission = world.errand("submission", errand.number)
    carry_out(submission)


def reached_the_broker(world: World, errand: Errand) -> None:
    """The submission is marked, and its message is there; a copy is no harm."""
    submission = world.errand("submission", errand.number).command_id
    rows = world.rows(
        "SELECT published_at FROM intake.submission WHERE submission = %s", submission
    )
    assert rows[0]["published_at"] is not None
    bodies = asyncio.run(_emptied(world.rabbit_url))
    assert {ComplaintReceived.from_body(body).submission for body in bodies} == {submission}


async def _emptied(url: str) -> list[bytes]:
    bodies = []
    async with await connect(url) as connection:
        queue = await (await connection.channel()).get_queue(COMPLAINT_RECEIVED.name)
        while (message := await queue.get(fail=False)) is not None:
            bodies.append(message.body)
            await message.ack()
    return bodies


def waits_at_the_broker(world: World, errand: Errand) -> None:
    """The message of a submission."""
    received = ComplaintReceived(
        landlord=LANDLORD,
        organisation=ORGANISATION,
        submission=errand.command_id,
        reference=errand.reference,
        route=Route.COMPLAINT,
        channel=Channel.API,
        received_on=MON_2_MAR_2026.date(),
        received_at=MON_2_MAR_2026,
        logged_at=MON_2_MAR_2026,
        complainant=str(uuid5(errand.command_id, "complainant")),
        words=None,
        issues=(Issue(1, "repairs"),),
        named_officers=(),
        logged_by=None,
        correlation_id="correlation",
    )

    async def published() -> None:
        async with await connect(world.rabbit_url) as connection:
            channel = await connection.channel(publisher_confirms=True)
            await declare_topology(channel, QUEUES)
            exchange = await channel.get_exchange(EVENTS_EXCHANGE)
            message = complaint_received(received)
            await exchange.publish(
                Message(message.body, message_id=message.message_id), message.routing_key
            )

    asyncio.run(published())


def opened_once(world: World, errand: Errand) -> None:
    """One complaint, opened by this submission."""
    names = world.office.names(errand.reference)
    assert names.count("opened") == 1
    carried_out_once(world, errand)


def carried_out_once(world: World, errand: Errand) -> None:
    """Log, timers and result are as after one undisturbed command."""
    world.the_log_is_whole()
    world.timers_are_as_replay_says(errand.reference)
    world.result_is_recorded(errand)


def acknowledged_once(world: World, errand: Errand) -> None:
    """The officer's command has one effect."""
    assert world.office.names(errand.reference).count("acknowledged") == 1
    carried_out_once(world, errand)


def two_opened(world: World, errand: Errand) -> None:
    """Two complaints with the same dates: their timers are fired together."""
    for reference in (errand.reference, twin_of(errand)):
        world.office.open(reference, ORGANISATION)


def twin_of(errand: Errand) -> str:
    """The other complaint."""
    return f"RC-2026-{errand.number + 500_000:06}"


def reminded_once(world: World, errand: Errand) -> None:
    """Each of the first dates is announced once for each of the two, and its timer is over."""
    world.the_log_is_whole()
    for reference in (errand.reference, twin_of(errand)):
        announced = world.office.names(reference).count("deadline-approaching")
        fired = world.scalar(
            "SELECT count(*) FROM workflow.timer WHERE stream = %s AND ended_by = 'fired'",
            reference,
        )
        assert announced == fired == 3
        world.timers_are_as_replay_says(reference)


def imported_once(world: World, errand: Errand) -> None:
    """One case under the reference of the other system."""
    streams = world.rows(
        "SELECT stream FROM workflow.source_reference WHERE source_reference = %s",
        f"OLD-{errand.number}",
    )
    assert len(streams) == 1
    assert str(streams[0]["stream"]) in errand.answer_file.read_text()
    world.the_log_is_whole()
    world.timers_are_as_replay_says(str(streams[0]["stream"]))


def at_the_head(consumer: str) -> Step:
    """The position of a consumer is the head of the feed."""

    def check(world: World, _errand: Errand) -> None:
        head = world.scalar("SELECT seq FROM workflow.feed_head WHERE landlord = %s", LANDLORD)
        statement = f"SELECT seq FROM {consumer}.position WHERE landlord = %s"  # noqa: S608
        assert world.scalar(statement, LANDLORD) == head

    return check


def read_models_are_the_fold(world: World) -> None:
    """What was folded in pieces is what the feed gives in one."""
    with Database(world.office.conninfo, role="redress_projections", max_size=2) as database:
        assert verify(database, LANDLORD) == []
    assert world.scalar("SELECT count(*) FROM projections.parked") == 0


def with_reminders(world: World, errand: Errand) -> None:
    """A complaint whose first reminders are on the log."""
    world.office.clock.set(MON_2_MAR_2026)
    opened(world, errand)
    world.office.clock.set(REMINDERS_DUE)
    while world.office.timers.fire_due(LANDLORD):
        pass
    world.office.clock.set(MON_2_MAR_2026)


def with_letters(world: World, errand: Errand) -> None:
    """The reminders wait to be sent."""
    with_reminders(world, errand)
    world.letters_are_written_down()


def letters_are_written_down_once(world: World) -> None:
    """Every complaint has the same letters: one to each recipient for each reminder."""
    rows = world.rows("SELECT reference, kind, recipient FROM notifier.letter")
    found: dict[str, Counter[tuple[str, str]]] = {}
    for row in rows:
        letters = found.setdefault(row["reference"], Counter())
        letters[row["kind"], row["recipient"]] += 1
    complaints = "SELECT count(*) FROM workflow.event WHERE name = 'complaint.opened.v1'"
    assert len(found) == world.scalar(complaints)
    assert len({frozenset(letters.items()) for letters in found.values()}) == 1


def letters_are_sent_once(world: World) -> None:
    """One file for each letter, none half written."""
    letters = world.rows("SELECT event_id, recipient, state FROM notifier.letter")
    assert {row["state"] for row in letters} == {"sent"}
    files = sorted(path.name for path in (world.folder / "outbox").rglob("*") if path.is_file())
    assert len(files) == len(letters) == len(set(files))
    assert {name.rpartition(".")[2] for name in files} == {"eml"}
    assert Counter(name[:36] for name in files) == Counter(str(row["event_id"]) for row in letters)


def opened_for_subscribers(world: World, errand: Errand) -> None:
    """The complaint is there, and somebody wants to hear of it."""
    world.subscribe_from_outside()
    opened(world, errand)


def confirmed_to_the_head(world: World, errand: Errand) -> None:
    """The relay's cursor is at the head."""
    head = world.scalar("SELECT seq FROM workflow.feed_head WHERE landlord = %s", LANDLORD)
    cursor = world.scalar("SELECT seq FROM workflow.relay_cursor WHERE landlord = %s", LANDLORD)
    assert cursor == head
    world.take_what_was_published()


PATHS = (
    Path("submission", 16, taken, check_all=references_are_dense),
    Path("handover", 24, reached_the_broker, prepare=waits_in_the_outbox),
    Path(
        "receiving",
        26,
        opened_once,
        prepare=waits_at_the_broker,
        check_all=World.all_timers_are_as_replay_says,
    ),
    Path(
        "command",
        18,
        acknowledged_once,
        prepare=opened,
        check_all=World.all_timers_are_as_replay_says,
    ),
    Path(
        "timers",
        35,
        reminded_once,
        prepare=two_opened,
        check_all=World.all_timers_are_as_replay_says,
    ),
    Path("import", 21, imported_once, check_all=World.all_timers_are_as_replay_says),
    Path(
        "read models",
        20,
        at_the_head("projections"),
        prepare=opened,
        check_all=read_models_are_the_fold,
    ),
    Path(
        "letters",
        36,
        at_the_head("notifier"),
        prepare=with_reminders,
        check_all=letters_are_written_down_once,
    ),
    Path("sending", 40, nothing, prepare=with_letters, check_all=letters_are_sent_once),
    Path(
        "relay",
        40,
        confirmed_to_the_head,
        prepare=opened_for_subscribers,
        check_all=World.each_was_published_in_order,
    ),
)

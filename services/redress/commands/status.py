"""`redress status`: what waits at every stage, for how long, and whether somebody should look."""

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Annotated, Any

import typer
from rich.console import Console

from services.notifier.sending import LetterBacklog, letter_backlog
from services.redress.assembly import NOTIFIER, WEBHOOKS, WORKFLOW, Installation, installation
from services.redress.commands.options import AsWholeJson, Data
from services.redress.commands.settings import settings_for
from services.redress.commands.status_table import print_status
from services.redress.consumers import CONSUMERS
from services.redress.stages import ALARM_AFTER, Waiting, landlords_of, waiting_at
from services.webhooks.backlog import WebhookBacklog, webhook_backlog
from services.workflow.leading import Leader, leaders
from services.workflow.relay import cursor_seq, relay_leads
from services.workflow.timer_backlog import TimerBacklog, timer_backlog
from shared.eventstore.feed import head_with_hash

WELL, ALARM = 0, 1


@dataclass(frozen=True, slots=True)
class ParkedStreams:
    """What a consumer keeps aside for a landlord: an operator has to retry or to skip it."""

    consumer: str
    landlord: str
    streams: int
    events: int


@dataclass(frozen=True, slots=True)
class FeedHead:
    """The last entry of a landlord's feed, and how far the broker has confirmed it."""

    landlord: str
    seq: int
    hash: str
    published: int


@dataclass(frozen=True, slots=True)
class Status:
    """Everything `redress status` knows."""

    at: datetime
    stages: tuple[Waiting, ...]
    timers: dict[str, TimerBacklog]
    letters: tuple[LetterBacklog, ...]
    parked: tuple[ParkedStreams, ...]
    heads: tuple[FeedHead, ...]
    relay_leads: bool
    leaders: tuple[Leader, ...]
    webhooks: tuple[WebhookBacklog, ...]

    @property
    def is_alarming(self) -> bool:
        """Whether something waits too long, is parked, or is no longer sent."""
        is_late = any(stage.is_alarming for stage in self.stages)
        return is_late or bool(self.parked) or any(each.disabled for each in self.webhooks)


def look(inst: Installation) -> Status:
    """Measures everything; nothing is changed."""
    now = inst.clock.now()
    workflow = inst.database(WORKFLOW)
    landlords = landlords_of(inst, WORKFLOW)
    with workflow.directory() as cursor:
        leads = relay_leads(cursor)
        taken = leaders(cursor)
    return Status(
        at=now,
        stages=tuple(each for stage in ALARM_AFTER for each in waiting_at(inst, stage, now=now)),
        timers={each: timer_backlog(workflow, each, now=now) for each in landlords},
        letters=letter_backlog(inst.database(NOTIFIER), now=now),
        parked=tuple(_parked(inst, landlords)),
        heads=tuple(_head(inst, each) for each in landlords),
        relay_leads=leads,
        leaders=taken,
        webhooks=webhook_backlog(inst.database(WEBHOOKS), now=now),
    )


def _parked(inst: Installation, landlords: list[str]) -> list[ParkedStreams]:
    found = []
    for name, consumer in CONSUMERS.items():
        follower = consumer.follower(inst)
        for landlord in landlords:
            with inst.database(consumer.role).transaction(landlord) as cursor:
                parked = follower.parked(cursor, landlord)
            if parked:
                streams = len({each.stream for each in parked})
                found.append(ParkedStreams(name, landlord, streams, len(parked)))
    return found


def _head(inst: Installation, landlord: str) -> FeedHead:
    with inst.database(WORKFLOW).transaction(landlord) as cursor:
        seq, hash_ = head_with_hash(cursor, landlord)
        return FeedHead(landlord, seq, hash_.hex(), cursor_seq(cursor, landlord))


def as_json(status: Status) -> dict[str, Any]:
    """The whole of it, for a program; ages in seconds."""
    return {
        "at": status.at.isoformat(),
        "alarming": status.is_alarming,
        "stages": [
            {
                "stage": each.stage,
                "landlord": each.landlord,
                "waiting": each.waiting,
                "oldest_seconds": _seconds(each.oldest),
                "alarm_after_seconds": _seconds(each.alarm_after),
                "alarming": each.is_alarming,
            }
            for each in status.stages
        ],
        "timers": [
            {
                "landlord": landlord,
                "open": timers.waiting,
                "due_within_a_day": timers.due_within_a_day,
                "overdue": timers.overdue,
                "overdue_ages": timers.overdue_ages,
            }
            for landlord, timers in status.timers.items()
        ],
        "letters": [
            {"landlord": each.landlord, "failed": each.failed, "undeliverable": each.undeliverable}
            for each in status.letters
        ],
        "parked": [asdict(each) for each in status.parked],
        "feeds": [
            {
                "landlord": each.landlord,
                "head": each.seq,
                "hash": each.hash,
                "published": each.published,
            }
            for each in status.heads
        ],
        "relay_leads": status.relay_leads,
        "leaders": [
            {
                "leader": each.leader,
                "epoch": each.epoch,
                "taken_at": each.taken_at.isoformat(),
            }
            for each in status.leaders
        ],
        "webhooks": [_webhooks_told(each) for each in status.webhooks],
    }


def _webhooks_told(found: WebhookBacklog) -> dict[str, Any]:
    return {
        "landlord": found.landlord,
        "waiting": found.waiting,
        "disabled": list(found.disabled),
        "paused": list(found.paused),
    }


def _seconds(age: timedelta | None) -> float | None:
    return None if age is None else round(age.total_seconds(), 3)


def status_command(
    *,
    as_json_text: AsWholeJson = False,
    everybody: Annotated[
        bool, typer.Option("--all", help="Every stage of every landlord, not only the worst.")
    ] = False,
    data: Data = None,
) -> None:
    """Say what waits at every stage and how old the oldest is, what is parked, and who leads; the worst first.

    Exit code: 0 when all is well, 1 when something waits longer than it may or is parked. The limits stand in
    deploy/README.md.
    """
    with installation(settings_for(data)) as inst:
        found = look(inst)
    if as_json_text:
        typer.echo(json.dumps(as_json(found), ensure_ascii=False, indent=2))
    else:
        print_status(found, Console(), everybody=everybody)
    raise typer.Exit(ALARM if found.is_alarming else WELL)

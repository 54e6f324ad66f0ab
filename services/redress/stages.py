"""What waits at every stage between a command and its last effect, and how long the oldest has waited.

All of it is measured from the tables, so it tells the truth also when the process that should do the work is gone.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta

from services.intake.handover import backlog
from services.notifier.sending import LetterBacklog, letter_backlog
from services.redress.assembly import INTAKE, NOTIFIER, WEBHOOKS, WORKFLOW, Installation
from services.redress.consumers import CONSUMERS
from services.webhooks.backlog import WebhookBacklog, webhook_backlog
from services.workflow.relay import relay_backlog
from services.workflow.timer_backlog import timer_backlog
from shared.registry.landlords import all_landlords

OUTBOX, RELAY, TIMERS = "intake outbox", "relay", "timers"
PROJECTIONS_LAG, NOTIFIER_LAG = "projections", "notifier"
LETTERS, LETTERS_TO_TRY = "letters", "letters to try"
WEBHOOKS_LAG, WEBHOOKS_TO_TRY = "webhooks", "webhooks to try"

# How long the oldest may wait before somebody should look; a healthy stage needs a second or two.
ALARM_AFTER = {
    OUTBOX: timedelta(minutes=1),
    RELAY: timedelta(minutes=1),
    PROJECTIONS_LAG: timedelta(minutes=1),
    NOTIFIER_LAG: timedelta(minutes=1),
    TIMERS: timedelta(minutes=1),
    # Since the next attempt should have been made: nobody is sending.
    LETTERS_TO_TRY: timedelta(minutes=1),
    # Since the fact that asked for it: the mail server refuses, attempt after attempt.
    LETTERS: timedelta(hours=1),
    # The same of webhooks: nobody sends; and a receiver does not take what it is sent.
    WEBHOOKS_TO_TRY: timedelta(minutes=1),
    WEBHOOKS_LAG: timedelta(hours=1),
}


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits at one stage for one landlord."""

    stage: str
    landlord: str
    waiting: int
    oldest: timedelta | None  # None when nothing waits

    @property
    def alarm_after(self) -> timedelta:
        """How old the oldest may grow."""
        return ALARM_AFTER[self.stage]

    @property
    def is_alarming(self) -> bool:
        """Whether it waits longer than it may."""
        return self.oldest is not None and self.oldest > self.alarm_after


Measure = Callable[[Installation, datetime, str | None], Iterator[Waiting]]


def landlords_of(inst: Installation, role: str, only: str | None = None) -> list[str]:
    """The slugs of all landlords, read under a role; or of the one that is asked for."""
    if only is not None:
        return [only]
    with inst.database(role).directory() as cursor:
        return [landlord.landlord for landlord in all_landlords(cursor)]


def waiting_at(
    inst: Installation, stage: str, *, now: datetime, only: str | None = None
) -> tuple[Waiting, ...]:
    """What waits at that stage, for every landlord, or for one alone."""
    return tuple(
        each for each in _MEASURES[stage](inst, now, only) if only in (None, each.landlord)
    )


def _outbox(inst: Installation, now: datetime, only: str | None) -> Iterator[Waiting]:
    found = {each.landlord: each for each in backlog(inst.database(INTAKE), now=now)}
    for landlord in landlords_of(inst, INTAKE, only):
        one = found.get(landlord)
        yield Waiting(OUTBOX, landlord, one.waiting if one else 0, one.oldest_age if one else None)


def _relay(inst: Installation, now: datetime, only: str | None) -> Iterator[Waiting]:
    for landlord in landlords_of(inst, WORKFLOW, only):
        found = relay_backlog(inst.database(WORKFLOW), landlord, now=now)
        oldest = timedelta(seconds=found.oldest_seconds) if found.unpublished else None
        yield Waiting(RELAY, landlord, found.unpublished, oldest)


def _timers(inst: Installation, now: datetime, only: str | None) -> Iterator[Waiting]:
    for landlord in landlords_of(inst, WORKFLOW, only):
        found = timer_backlog(inst.database(WORKFLOW), landlord, now=now)
        yield Waiting(TIMERS, landlord, found.overdue, found.oldest_overdue)


def _lag(stage: str) -> Measure:
    consumer = CONSUMERS[stage]

    def measure(inst: Installation, now: datetime, only: str | None) -> Iterator[Waiting]:
        follower = consumer.follower(inst)
        for landlord in landlords_of(inst, consumer.role, only):
            with inst.database(consumer.role).transaction(landlord) as cursor:
                lag = follower.lag(cursor, landlord)
            since = lag.oldest_recorded_at
            oldest = None if since is None else max(timedelta(0), now - since)
            yield Waiting(stage, landlord, lag.entries, oldest)

    return measure


def _letters(stage: str, age: Callable[[LetterBacklog], timedelta | None]) -> Measure:
    def measure(inst: Installation, now: datetime, only: str | None) -> Iterator[Waiting]:
        found = {each.landlord: each for each in letter_backlog(inst.database(NOTIFIER), now=now)}
        for landlord in landlords_of(inst, NOTIFIER, only):
            one = found.get(landlord)
            yield Waiting(stage, landlord, one.waiting if one else 0, age(one) if one else None)

    return measure


def _webhooks(stage: str, age: Callable[[WebhookBacklog], timedelta | None]) -> Measure:
    def measure(inst: Installation, now: datetime, _only: str | None) -> Iterator[Waiting]:
        # Only landlords that have webhooks: most have none.
        for found in webhook_backlog(inst.database(WEBHOOKS), now=now):
            yield Waiting(stage, found.landlord, found.waiting, age(found))

    return measure


_MEASURES: dict[str, Measure] = {
    OUTBOX: _outbox,
    RELAY: _relay,
    PROJECTIONS_LAG: _lag(PROJECTIONS_LAG),
    NOTIFIER_LAG: _lag(NOTIFIER_LAG),
    TIMERS: _timers,
    LETTERS_TO_TRY: _letters(LETTERS_TO_TRY, lambda letters: letters.oldest_due_age),
    LETTERS: _letters(LETTERS, lambda letters: letters.oldest_age),
    WEBHOOKS_TO_TRY: _webhooks(WEBHOOKS_TO_TRY, lambda webhooks: webhooks.oldest_due_age),
    WEBHOOKS_LAG: _webhooks(WEBHOOKS_LAG, lambda webhooks: webhooks.oldest_age),
}

"""`/administration/operation`: what `redress status` says of one landlord, for its administrators.

Each figure is read under the role of the service whose tables it lies in. A process whose login may not take on a role
says so in place of that service's figures.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.administration.desk import WholeLandlord
from services.notifier.sending import LetterBacklog, letter_backlog
from services.redress.assembly import (
    ADMINISTRATION,
    INTAKE,
    NOTIFIER,
    PROJECTIONS,
    WEBHOOKS,
    WORKFLOW,
    Installation,
)
from services.redress.commands.status_table import said
from services.redress.consumers import CONSUMERS
from services.redress.stages import (
    ALARM_AFTER,
    LETTERS,
    LETTERS_TO_TRY,
    NOTIFIER_LAG,
    OUTBOX,
    PROJECTIONS_LAG,
    RELAY,
    TIMERS,
    WEBHOOKS_LAG,
    WEBHOOKS_TO_TRY,
    Waiting,
    waiting_at,
)
from services.webhooks.backlog import WebhookBacklog, webhook_backlog
from services.workflow.leading import Leader, leaders
from services.workflow.relay import cursor_seq, relay_leads
from services.workflow.timer_backlog import TimerBacklog, timer_backlog
from shared.eventstore.feed import head_with_hash
from shared.messaging.positions import POISON, Parked
from shared.web.pages import render

ROLES = {
    OUTBOX: INTAKE,
    RELAY: WORKFLOW,
    TIMERS: WORKFLOW,
    PROJECTIONS_LAG: PROJECTIONS,
    NOTIFIER_LAG: NOTIFIER,
    LETTERS_TO_TRY: NOTIFIER,
    LETTERS: NOTIFIER,
    WEBHOOKS_TO_TRY: WEBHOOKS,
    WEBHOOKS_LAG: WEBHOOKS,
}
EXPLAINED = {
    OUTBOX: "Complaints that the workflow has not been sent",
    RELAY: "Facts that the broker has not confirmed",
    PROJECTIONS_LAG: "Facts that board and case pages do not show yet",
    NOTIFIER_LAG: "Facts that no letter was written about yet",
    TIMERS: "Timers whose time has come",
    LETTERS_TO_TRY: "Letters that nobody tries to send although it is time",
    LETTERS: "Letters that are not sent",
    WEBHOOKS_TO_TRY: "Facts that nobody tries to send to webhooks although it is time",
    WEBHOOKS_LAG: "Facts that a webhook has not taken",
}
REFRESH_SECONDS = 30
MOST_PARKED = 100


@dataclass(frozen=True, slots=True)
class ParkedCase:
    """A complaint that a consumer keeps aside: the fact that failed, why, and what waits behind it."""

    consumer: str
    poison: Parked
    behind: int


@dataclass(frozen=True, slots=True)
class Feed:
    """The landlord's feed and who carries it."""

    seq: int
    hash: str
    published: int
    relay_leads: bool
    leaders: tuple[Leader, ...]


@dataclass(frozen=True, slots=True)
class Operation:
    """What can be seen of one landlord; None for what this process may not look at."""

    stages: dict[str, Waiting | None]
    parked: tuple[ParkedCase, ...]
    timers: TimerBacklog | None
    letters: LetterBacklog | None
    webhooks: WebhookBacklog | None
    feed: Feed | None
    unseen: tuple[str, ...]

    @property
    def is_alarming(self) -> bool:
        """Whether something waits too long, is parked, or is no longer sent."""
        is_late = any(each is not None and each.is_alarming for each in self.stages.values())
        return is_late or bool(self.parked) or bool(self.webhooks and self.webhooks.disabled)


def router(inst: Installation) -> APIRouter:
    """`/administration/operation`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/administration/operation")
    def operation(
        request: Request,
        who: WholeLandlord,
        refresh: Annotated[str, Query(max_length=3)] = "",
    ) -> Response:
        answer = render(
            request,
            "redress/operation.html",
            found=look_at(inst, who.officer.landlord),
            explained=EXPLAINED,
            limits={stage: said(limit) for stage, limit in ALARM_AFTER.items()},
            said=said,
            now=inst.clock.now(),
            refresh=refresh == "yes",
            seconds=REFRESH_SECONDS,
        )
        if refresh == "yes":
            # Only where somebody asked for it, so that nobody's reading is cut off.
            answer.headers["refresh"] = str(REFRESH_SECONDS)
        return answer

    return routes


def look_at(inst: Installation, landlord: str) -> Operation:
    """Measures it; nothing is changed."""
    roles = roles_open_to(inst)
    now = inst.clock.now()

    letters = webhooks = timers = None
    if NOTIFIER in roles:
        every = letter_backlog(inst.database(NOTIFIER), now=now)
        letters = next((each for each in every if each.landlord == landlord), None)
    if WEBHOOKS in roles:
        all_webhooks = webhook_backlog(inst.database(WEBHOOKS), now=now)
        webhooks = next((each for each in all_webhooks if each.landlord == landlord), None)
    if WORKFLOW in roles:
        timers = timer_backlog(inst.database(WORKFLOW), landlord, now=now)
    return Operation(
        stages={
            stage: _stage(inst, stage, landlord) if ROLES[stage] in roles else None
            for stage in ALARM_AFTER
        },
        parked=tuple(_parked(inst, landlord, roles))[:MOST_PARKED],
        timers=timers,
        letters=letters,
        webhooks=webhooks,
        feed=_feed(inst, landlord) if WORKFLOW in roles else None,
        unseen=tuple(sorted(set(ROLES.values()) - roles)),
    )


def roles_open_to(inst: Installation) -> frozenset[str]:
    """The roles of services that the login of this process may take on."""
    with inst.database(ADMINISTRATION).directory() as cursor:
        rows = cursor.execute(
            "SELECT rolname FROM pg_roles"
            " WHERE rolname = ANY (%s) AND pg_has_role(session_user, oid, 'MEMBER')",
            (sorted(set(ROLES.values())),),
        ).fetchall()
    return frozenset(row["rolname"] for row in rows)


def _stage(inst: Installation, stage: str, landlord: str) -> Waiting:
    found = waiting_at(inst, stage, now=inst.clock.now(), only=landlord)
    return found[0] if found else Waiting(stage, landlord, 0, None)


def _parked(inst: Installation, landlord: str, roles: frozenset[str]) -> Iterator[ParkedCase]:
    for name, consumer in CONSUMERS.items():
        if consumer.role not in roles:
            continue
        follower = consumer.follower(inst)
        with inst.database(consumer.role).transaction(landlord) as cursor:
            parked = follower.parked(cursor, landlord)
        for each in parked:
            if each.reason == POISON:
                behind = sum(other.stream == each.stream for other in parked) - 1
                yield ParkedCase(name, each, behind)


def _feed(inst: Installation, landlord: str) -> Feed:
    with inst.database(WORKFLOW).directory() as cursor:
        leads, taken = relay_leads(cursor), leaders(cursor)
    with inst.database(WORKFLOW).transaction(landlord) as cursor:
        seq, hash_ = head_with_hash(cursor, landlord)
        return Feed(seq, hash_.hex(), cursor_seq(cursor, landlord), leads, taken)

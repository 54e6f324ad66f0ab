"""What webhooks still have to send, measured from the tables: the truth also when nobody sends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from services.webhooks.table import ACTIVE, DISABLED, PAUSED
from shared.database.pool import Database
from shared.registry.landlords import all_landlords


@dataclass(frozen=True, slots=True)
class WebhookBacklog:
    """A landlord's webhooks: events that active ones have not taken, and which ones do not run."""

    landlord: str
    waiting: int
    oldest_age: timedelta | None  # since the oldest of them was recorded
    oldest_due_age: timedelta | None  # since its attempt should have been made
    disabled: tuple[str, ...]
    paused: tuple[str, ...]


def webhook_backlog(database: Database, *, now: datetime) -> tuple[WebhookBacklog, ...]:
    """For each landlord that has webhooks."""
    with database.directory() as cursor:
        landlords = [landlord.landlord for landlord in all_landlords(cursor)]
    found = []
    for landlord in landlords:
        rows = database.rows(
            landlord,
            """
            SELECT webhook, state, head.seq - webhook.seq AS behind, recorded_at, next_attempt_at
            FROM webhooks.webhook JOIN workflow.feed_head AS head USING (landlord)
            LEFT JOIN workflow.event
                ON event.landlord = webhook.landlord AND event.seq = webhook.seq + 1
            WHERE webhook.landlord = %s AND state <> 'removed' ORDER BY webhook
            """,
            (landlord,),
        )
        if not rows:
            continue
        waiting = [row for row in rows if row["state"] == ACTIVE and row["behind"] > 0]
        oldest = min((row["recorded_at"] for row in waiting), default=None)
        due = min(
            (max(row["recorded_at"], row["next_attempt_at"]) for row in waiting), default=None
        )
        found.append(
            WebhookBacklog(
                landlord=landlord,
                waiting=sum(row["behind"] for row in waiting),
                oldest_age=_age(oldest, now),
                oldest_due_age=_age(due, now) if due is not None and due <= now else None,
                disabled=tuple(row["webhook"] for row in rows if row["state"] == DISABLED),
                paused=tuple(row["webhook"] for row in rows if row["state"] == PAUSED),
            )
        )
    return tuple(found)


def _age(since: datetime | None, now: datetime) -> timedelta | None:
    return None if since is None else max(timedelta(0), now - since)

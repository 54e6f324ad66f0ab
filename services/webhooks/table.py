"""The rows of the webhooks: how the operator makes and changes them, and how the worker takes and moves them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from psycopg import Cursor

Row = dict[str, Any]

ACTIVE, PAUSED, DISABLED, REMOVED = "active", "paused", "disabled", "removed"
WEBHOOKS_MAX = 50  # of one landlord; each is a sequence of posts for every event
DELIVERIES_KEPT = 1_000  # of one webhook
_COLUMNS = (
    "landlord", "webhook", "url", "secret", "previous_secret", "previous_until", "state", "seq", "attempts",
    "next_attempt_at", "failing_since", "trouble", "added_by", "added_at", "changed_by", "changed_at",
)  # fmt: skip


class WebhookRefused(ValueError):
    """The webhook cannot be made or changed like this; says why and what to do."""


@dataclass(frozen=True, slots=True)
class Webhook:
    """One receiver of one landlord's feed. `seq` is the last event that it took; instants are in UTC."""

    landlord: str
    webhook: str
    url: str
    secret: bytes = field(repr=False)  # sealed
    previous_secret: bytes | None = field(repr=False)  # sealed
    previous_until: datetime | None
    state: str
    seq: int
    attempts: int
    next_attempt_at: datetime
    failing_since: datetime | None
    trouble: str | None
    added_by: str
    added_at: datetime
    changed_by: str | None
    changed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """What came of one POST."""

    seq: int
    event_id: UUID
    attempt: int
    attempted_at: datetime
    took_milliseconds: int
    status: int | None
    trouble: str | None


def add_webhook(
    cursor: Cursor[Row],
    *,
    landlord: str,
    webhook: str,
    url: str,
    sealed: bytes,
    after: int,
    by: str,
    now: datetime,
) -> None:
    """Begins to send the feed after that number; for the owner of the tables. A removed name may be used again."""
    every = webhooks(cursor, landlord)
    if len(every) >= WEBHOOKS_MAX:
        raise WebhookRefused(f"{landlord} has {WEBHOOKS_MAX} webhooks already: remove one first")
    if any(each.webhook == webhook for each in every):
        raise WebhookRefused(
            f"there is a webhook {webhook} already: remove it first, or choose another name"
        )
    cursor.execute(
        """
        INSERT INTO webhooks.webhook
            (landlord, webhook, url, secret, state, seq, next_attempt_at, added_by, added_at)
        VALUES (%s, %s, %s, %s, 'active', %s, %s, %s, %s)
        ON CONFLICT (landlord, webhook) DO UPDATE
        SET url = excluded.url, secret = excluded.secret, previous_secret = NULL, previous_until = NULL,
            state = 'active', seq = excluded.seq, attempts = 0, next_attempt_at = excluded.next_attempt_at,
            failing_since = NULL, trouble = NULL, lease = NULL, leased_until = NULL,
            added_by = excluded.added_by, added_at = excluded.added_at, changed_by = NULL, changed_at = NULL
        """,
        (landlord, webhook, url, sealed, after, now, by, now),
    )


def webhooks(cursor: Cursor[Row], landlord: str) -> tuple[Webhook, ...]:
    """All of the landlord but the removed."""
    rows = cursor.execute(
        "SELECT * FROM webhooks.webhook WHERE landlord = %s AND state <> 'removed' ORDER BY webhook",
        (landlord,),
    )
    return tuple([_webhook(row) for row in rows])


def webhook_named(cursor: Cursor[Row], landlord: str, webhook: str) -> Webhook:
    """One of them; raises WebhookRefused when there is none."""
    for each in webhooks(cursor, landlord):
        if each.webhook == webhook:
            return each
    raise WebhookRefused(f"there is no webhook {webhook} of {landlord}")


def set_state(
    cursor: Cursor[Row], *, landlord: str, webhook: str, state: str, by: str, now: datetime
) -> None:
    """Pauses, resumes or removes; what was being retried is tried at once when it goes on."""
    webhook_named(cursor, landlord, webhook)
    cursor.execute(
        "UPDATE webhooks.webhook SET state = %s, attempts = 0, failing_since = NULL, trouble = NULL,"
        " next_attempt_at = %s, changed_by = %s, changed_at = %s WHERE landlord = %s AND webhook = %s",
        (state, now, by, now, landlord, webhook),
    )


def replay_after(
    cursor: Cursor[Row], *, landlord: str, webhook: str, after: int, by: str, now: datetime
) -> None:
    """Sends everything after that number again; a delivery under way does not move the position any more."""
    webhook_named(cursor, landlord, webhook)
    cursor.execute(
        "UPDATE webhooks.webhook SET seq = %s, attempts = 0, failing_since = NULL, trouble = NULL,"
        " next_attempt_at = %s, lease = NULL, leased_until = NULL, changed_by = %s, changed_at = %s"
        " WHERE landlord = %s AND webhook = %s",
        (after, now, by, now, landlord, webhook),
    )


def set_secret(
    cursor: Cursor[Row],
    *,
    landlord: str,
    webhook: str,
    sealed: bytes,
    previous_until: datetime,
    by: str,
    now: datetime,
) -> None:
    """Signs with a new secret, and with the one before too until that instant."""
    webhook_named(cursor, landlord, webhook)
    cursor.execute(
        "UPDATE webhooks.webhook SET previous_secret = secret, previous_until = %s, secret = %s,"
        " changed_by = %s, changed_at = %s WHERE landlord = %s AND webhook = %s",
        (previous_until, sealed, by, now, landlord, webhook),
    )


def deliveries(
    cursor: Cursor[Row], landlord: str, webhook: str, *, limit: int
) -> tuple[Attempt, ...]:
    """The last attempts, the newest first."""
    rows = cursor.execute(
        "SELECT seq, event_id, attempt, attempted_at, took_milliseconds, status, trouble"
        " FROM webhooks.delivery WHERE landlord = %s AND webhook = %s ORDER BY delivery DESC LIMIT %s",
        (landlord, webhook, limit),
    )
    return tuple([Attempt(**row) for row in rows])


def due(cursor: Cursor[Row], landlord: str, *, now: datetime) -> tuple[str, ...]:
    """Whose next attempt is due and that nobody is delivering to."""
    rows = cursor.execute(
        "SELECT webhook FROM webhooks.webhook JOIN workflow.feed_head AS head USING (landlord)"
        " WHERE landlord = %s AND state = 'active' AND webhook.seq < head.seq AND next_attempt_at <= %s"
        " AND (lease IS NULL OR leased_until <= %s) ORDER BY next_attempt_at, webhook",
        (landlord, now, now),
    )
    return tuple([row["webhook"] for row in rows])


def claim(
    cursor: Cursor[Row], *, landlord: str, webhook: str, lease: UUID, now: datetime, until: datetime
) -> Webhook | None:
    """Takes it for this process until that instant; None when somebody else was quicker."""
    row = cursor.execute(
        "UPDATE webhooks.webhook SET lease = %s, leased_until = %s"
        " WHERE landlord = %s AND webhook = %s AND state = 'active'"
        " AND (lease IS NULL OR leased_until <= %s) RETURNING *",
        (lease, until, landlord, webhook, now),
    ).fetchone()
    return None if row is None else _webhook(row)


def release(cursor: Cursor[Row], *, landlord: str, webhook: str, lease: UUID) -> None:
    """Gives it back, and forgets attempts beyond those that are kept."""
    cursor.execute(
        "UPDATE webhooks.webhook SET lease = NULL, leased_until = NULL"
        " WHERE landlord = %s AND webhook = %s AND lease = %s",
        (landlord, webhook, lease),
    )
    cursor.execute(
        "DELETE FROM webhooks.delivery WHERE landlord = %s AND webhook = %s AND delivery <= ("
        " SELECT delivery FROM webhooks.delivery WHERE landlord = %s AND webhook = %s"
        " ORDER BY delivery DESC OFFSET %s LIMIT 1)",
        (landlord, webhook, landlord, webhook, DELIVERIES_KEPT),
    )


def mark_taken(
    cursor: Cursor[Row], held: Webhook, attempt: Attempt, *, lease: UUID, until: datetime
) -> bool:
    """Moves the position to an event that was taken; False when the webhook must not go on: it was paused, removed or
    replayed meanwhile.
    """
    _log(cursor, held, attempt)
    row = cursor.execute(
        "UPDATE webhooks.webhook SET seq = %s, attempts = 0, failing_since = NULL, trouble = NULL,"
        " leased_until = %s WHERE landlord = %s AND webhook = %s AND lease = %s AND seq = %s"
        " RETURNING state",
        (attempt.seq, until, held.landlord, held.webhook, lease, attempt.seq - 1),
    ).fetchone()
    return row is not None and row["state"] == ACTIVE


def mark_failed(
    cursor: Cursor[Row],
    held: Webhook,
    attempt: Attempt,
    *,
    lease: UUID,
    pause: timedelta,
    disable_after: timedelta,
    is_gone: bool,
) -> str:
    """Notes when to try again, or that it is disabled; returns the state that it has now."""
    _log(cursor, held, attempt)
    failing_since = held.failing_since or attempt.attempted_at
    ends = is_gone or attempt.attempted_at - failing_since >= disable_after
    row = cursor.execute(
        "UPDATE webhooks.webhook SET attempts = %s, next_attempt_at = %s, failing_since = %s, trouble = %s,"
        " state = CASE WHEN %s AND state = 'active' THEN 'disabled' ELSE state END"
        " WHERE landlord = %s AND webhook = %s AND lease = %s AND seq = %s RETURNING state",
        (
            attempt.attempt,
            attempt.attempted_at + pause,
            failing_since,
            attempt.trouble,
            ends,
            held.landlord,
            held.webhook,
            lease,
            attempt.seq - 1,
        ),
    ).fetchone()
    return held.state if row is None else str(row["state"])


def _log(cursor: Cursor[Row], held: Webhook, attempt: Attempt) -> None:
    cursor.execute(
        "INSERT INTO webhooks.delivery (landlord, webhook, seq, event_id, attempt, attempted_at,"
        " took_milliseconds, status, trouble) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s)",
        (
            held.landlord,
            held.webhook,
            attempt.seq,
            attempt.event_id,
            attempt.attempt,
            attempt.attempted_at,
            attempt.took_milliseconds,
            attempt.status,
            attempt.trouble,
        ),
    )


def _webhook(row: Row) -> Webhook:
    return Webhook(**{name: row[name] for name in _COLUMNS})

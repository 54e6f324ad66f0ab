"""Tells on the landlord's own feed what it adopts, in the transaction that writes the registry's rows."""

import hashlib
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_URL, uuid5

from psycopg import Cursor

from shared.complaints.events import RULEBOOK, RulebookEvent
from shared.complaints.values import Moment
from shared.complaints.working_days import london_day
from shared.eventstore.record import LIVE, NewRecord
from shared.eventstore.recorder import Append, append_in
from shared.eventstore.timers import TimersToEnd, TimerToSet

Row = dict[str, Any]

RULEBOOKS = uuid5(NAMESPACE_URL, "urn:redress:rulebooks")
LONGEST_REASON = 300


class AdoptionRefused(ValueError):
    """This cannot be adopted like this; the message names the field, the rule and the way out."""


def tell(
    cursor: Cursor[Row],
    *,
    landlord: str,
    event: RulebookEvent,
    by: str,
    now: datetime,
    origin: str = LIVE,
    timers_set: tuple[TimerToSet, ...] = (),
    timers_ended: tuple[TimersToEnd, ...] = (),
) -> int:
    """Append the fact to the landlord's rulebook and return its version there.

    For the owner of the tables; nobody else adopts for the same landlord until the transaction ends.
    """
    hold(cursor, landlord)  # first, so that the version is true
    version = rulebook_version(cursor, landlord)
    command_id = uuid5(RULEBOOKS, f"{landlord}/{version + 1}")
    record = NewRecord(
        event_id=uuid5(command_id, "0"),
        event=event,
        happened=Moment(london_day(now), now),
        actor=by,
        correlation_id=str(command_id),
        causation_id=str(command_id),
        origin=origin,
    )
    append_in(
        cursor,
        Append(
            landlord=landlord,
            stream=RULEBOOK,
            expected_version=version,
            records=(record,),
            command_id=command_id,
            fingerprint=hashlib.sha256(repr(event).encode()).digest(),
            recorded_at=now,
            timers_set=timers_set,
            timers_ended=timers_ended,
        ),
    )
    return version + 1


def hold(cursor: Cursor[Row], landlord: str) -> None:
    """Let nobody else adopt for the landlord until the transaction ends: what is read of it from now on stays true."""
    # The lock that every append to this stream takes.
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s || '/' || %s, 0))", (landlord, RULEBOOK)
    )


def rulebook_version(cursor: Cursor[Row], landlord: str) -> int:
    """Return how many facts the landlord's rulebook holds."""
    row = cursor.execute(
        "SELECT max(version) AS version FROM workflow.event WHERE landlord = %s AND stream = %s",
        (landlord, RULEBOOK),
    ).fetchone()
    return (row["version"] if row else None) or 0


def refuse_bad_reason(reason: str | None) -> None:
    """Refuse a reason that is blank, several lines or longer than one sentence."""
    if reason is None:
        return
    if not reason.strip() or "\n" in reason or len(reason) > LONGEST_REASON:
        raise AdoptionRefused(
            f"reason: is one sentence of at most {LONGEST_REASON} characters that names nobody."
        )

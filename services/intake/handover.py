"""Hands submissions over to the workflow: oldest first, in batches, marked once confirmed.

A batch may be published twice (a crash between the broker's yes and our mark, or two of these
workers side by side); the workflow opens a submission once, by its id.
"""

import asyncio
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

import structlog
from pydantic import TypeAdapter

from shared.complaints.values import Channel, Issue, Route, WordsReference
from shared.database.pool import Database
from shared.messaging.bus import BrokerUnavailable, Bus
from shared.messaging.received import (
    ComplaintReceived,
    ReceivedAdjustment,
    ReceivedRepresentative,
    complaint_received,
)
from shared.messaging.traces import publish_traced
from shared.registry.landlords import all_landlords
from shared.runtime.clock import Clock
from shared.runtime.worker import WakeUp, repeat

BATCH = 100  # what the broker confirms at its best rate
BUSY_WAIT_SECONDS = 0.05
IDLE_WAIT_SECONDS = 0.5
LONGEST_BROKER_WAIT_SECONDS = 2.0
_REPRESENTATIVE: TypeAdapter[ReceivedRepresentative | None] = TypeAdapter(
    ReceivedRepresentative | None
)
_ADJUSTMENTS: TypeAdapter[tuple[ReceivedAdjustment, ...]] = TypeAdapter(
    tuple[ReceivedAdjustment, ...]
)


@dataclass(frozen=True, slots=True)
class Backlog:
    """What a landlord's submissions still wait for, as health shows it."""

    landlord: str
    waiting: int
    oldest_age: timedelta


class Handover:
    """A worker: moves submissions from the outbox to the bus."""

    name = "intake handover"

    def __init__(self, *, database: Database, bus: Bus, clock: Clock) -> None:
        self._database = database
        self._bus = bus
        self._clock = clock
        self._wake_up = WakeUp()
        self._broker_wait = BUSY_WAIT_SECONDS

    def wake(self) -> None:
        """Something was committed: look now. May be called from any thread and at any time."""
        self._wake_up.call()

    async def run(self, stop: asyncio.Event) -> None:
        """Works until `stop` is set."""
        with self._wake_up.heard() as wake:
            await repeat(self.name, self._step, stop, wake=wake)

    async def hand_over(self) -> int:
        """One round over all landlords; how many submissions were handed over."""
        landlords = await asyncio.to_thread(self._landlords)
        return sum([await self._hand_over_of(landlord) for landlord in landlords])

    async def _step(self) -> float:
        try:
            handed_over = await self.hand_over()
        except BrokerUnavailable:
            self._broker_wait = min(self._broker_wait * 2, LONGEST_BROKER_WAIT_SECONDS)
            structlog.get_logger().warning(
                "handover_waits_for_broker", wait_seconds=self._broker_wait
            )
            # A wake-up must not turn the wait into a busy loop against a broker that is down.
            self._wake_up.forget()
            return self._broker_wait
        self._broker_wait = BUSY_WAIT_SECONDS
        return BUSY_WAIT_SECONDS if handed_over else IDLE_WAIT_SECONDS

    def _landlords(self) -> list[str]:
        with self._database.directory() as cursor:
            return [landlord.landlord for landlord in all_landlords(cursor)]

    async def _hand_over_of(self, landlord: str) -> int:
        found = await asyncio.to_thread(self._oldest, landlord)
        if not found:
            return 0
        batch = [one for one, _ in found]
        messages = [
            replace(complaint_received(one), traceparent=traceparent) for one, traceparent in found
        ]
        confirmed = await publish_traced(self._bus, messages)
        if confirmed < len(batch):
            structlog.get_logger().warning(
                "submissions_not_confirmed", landlord=landlord, count=len(batch) - confirmed
            )
        if confirmed:
            await asyncio.to_thread(self._mark, landlord, batch[:confirmed])
        return confirmed

    def _oldest(self, landlord: str) -> list[tuple[ComplaintReceived, str | None]]:
        """The oldest submissions that wait, each with its trace where it has one."""
        with self._database.transaction(landlord) as cursor:
            cursor.execute(
                "SELECT * FROM intake.submission WHERE landlord = %s AND published_at IS NULL"
                " ORDER BY number LIMIT %s",
                (landlord, BATCH),
            )
            return [(_received(row), row["traceparent"]) for row in cursor.fetchall()]

    def _mark(self, landlord: str, batch: list[ComplaintReceived]) -> None:
        with self._database.transaction(landlord) as cursor:
            cursor.execute(
                "UPDATE intake.submission SET published_at = %s"
                " WHERE landlord = %s AND submission = ANY(%s) AND published_at IS NULL",
                (self._clock.now(), landlord, [one.submission for one in batch]),
            )


def backlog(database: Database, *, now: datetime) -> tuple[Backlog, ...]:
    """For each landlord with submissions to hand over: how many, and the age of the oldest."""
    with database.directory() as cursor:
        landlords = [landlord.landlord for landlord in all_landlords(cursor)]
    found = []
    for landlord in landlords:
        with database.transaction(landlord) as cursor:
            cursor.execute(
                "SELECT count(*) AS waiting, min(logged_at) AS oldest FROM intake.submission"
                " WHERE landlord = %s AND published_at IS NULL",
                (landlord,),
            )
            row = cursor.fetchone()
        if row is not None and row["waiting"]:
            found.append(Backlog(landlord, row["waiting"], now - row["oldest"]))
    return tuple(found)


def _received(row: dict[str, Any]) -> ComplaintReceived:
    return ComplaintReceived(
        landlord=row["landlord"],
        organisation=row["organisation"],
        submission=row["submission"],
        reference=row["reference"],
        route=Route(row["route"]),
        channel=Channel(row["channel"]),
        received_on=row["received_on"],
        received_at=row["received_at"],
        logged_at=row["logged_at"],
        complainant=str(row["complainant"]),
        words=WordsReference(str(row["words"]), row["commitment"]),
        issues=tuple(
            Issue(number, category) for number, category in enumerate(row["issues"], start=1)
        ),
        named_officers=tuple(row["named_officers"]),
        logged_by=row["logged_by"],
        correlation_id=str(row["submission"]),
        representative=_REPRESENTATIVE.validate_python(row["representative"]),
        adjustments=_ADJUSTMENTS.validate_python(row["adjustments"]),
        documents=tuple(row["documents"]),
    )

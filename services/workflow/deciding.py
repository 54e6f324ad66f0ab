"""What stands between a loaded complaint and its append: the rules it is decided by, and what is stored of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self
from uuid import UUID, uuid5

from psycopg import Cursor

from services.workflow.domain.commands import Command, OpenComplaint
from services.workflow.domain.complaint import Complaint, evolve, replay
from services.workflow.domain.decisions import decide
from services.workflow.domain.timers import timers_after
from services.workflow.not_done import ComplaintUnknown
from shared.complaints.events import RULEBOOK, ComplaintEvent, ComplaintOpened
from shared.complaints.working_days import WorkingDayCalendar
from shared.eventstore.record import LIVE, NewRecord, RecordedEvent
from shared.eventstore.recorder import Append
from shared.eventstore.timers import TimerKey
from shared.policies.policy import Policy
from shared.registry.adoptions import held_policies, policies_by_hash, policies_in_force
from shared.registry.calendars import current_calendar, held_calendar
from shared.runtime.tracing import traceparent
from shared.vault.sealing import SealedWords


@dataclass(frozen=True, slots=True)
class LoadedComplaint:
    """A complaint as its log says it is."""

    complaint: Complaint
    events: tuple[RecordedEvent, ...]

    @property
    def version(self) -> int:
        """How many events it has."""
        return self.events[-1].version

    @property
    def facts(self) -> Iterator[ComplaintEvent]:
        """What happened, without when and by whom."""
        return (record.event for record in self.events)

    @property
    def opened(self) -> ComplaintOpened:
        """The fact it began with: the complainant and the issues stand there."""
        first = self.events[0].event
        if not isinstance(first, ComplaintOpened):  # replaying refuses it before
            raise TypeError(f"the log of {self.events[0].stream} does not begin with its opening")
        return first

    def after(self, events: Sequence[ComplaintEvent], command: Command) -> Self:
        """The same with what the command told, which is not on the log yet."""
        complaint = self.complaint
        for event in events:
            complaint = evolve(complaint, event, moment=command.happened, actor=command.actor)
        return replace(self, complaint=complaint)

    @property
    def standing(self) -> str:
        """`open`, or `closed`."""
        return "open" if self.complaint.ending is None else "closed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attributes:
    """Under which id a command runs, what it is part of, where it comes from, and the words that are stored with it."""

    command_id: UUID
    fingerprint: bytes
    correlation_id: str
    causation_id: str
    origin: str = LIVE
    source_reference: str | None = None
    words: tuple[SealedWords, ...] = ()


def loaded(events: tuple[RecordedEvent, ...]) -> LoadedComplaint | None:
    """The complaint that these events of one stream make; the landlord's rulebook is none."""
    if events and events[0].stream == RULEBOOK:
        return None
    complaint = replay(events)
    return None if complaint is None else LoadedComplaint(complaint=complaint, events=events)


def decide_on(
    cursor: Cursor[dict[str, Any]],
    landlord: str,
    before: LoadedComplaint | None,
    command: Command,
    *,
    now: datetime,
    calendar: WorkingDayCalendar | None = None,
) -> tuple[ComplaintEvent, ...]:
    """Decides under the policies pinned on the complaint, or for a new one under those of the day
    of receipt; by `calendar`, or the one that counts now.
    """
    complaint = before.complaint if before else None
    if isinstance(command, OpenComplaint):
        where, on = command.organisation, command.received.on
        policy, overlay = policies_in_force(cursor, landlord, where, on)
    elif complaint is None:
        raise ComplaintUnknown(f"{landlord} has no complaint under this reference")
    else:
        policy, overlay = policies_by_hash(cursor, landlord, *_pinned(complaint))
    counted = calendar or current_calendar(cursor, landlord)
    return decide(complaint, command, policy, counted, now, overlay=overlay)


def held_rules(
    landlord: str, before: LoadedComplaint | None, calendar_revision: str | None
) -> tuple[Policy, Policy | None, WorkingDayCalendar] | None:
    """Return the policies of an open complaint and the calendar, where this process has read them all before."""
    if before is None or calendar_revision is None:
        return None
    policies = held_policies(landlord, *_pinned(before.complaint))
    calendar = held_calendar(landlord, calendar_revision)
    return None if policies is None or calendar is None else (*policies, calendar)


def _pinned(complaint: Complaint) -> tuple[str, str | None]:
    return complaint.policy_hash, complaint.overlay_policy_hash


def append_of(
    landlord: str,
    stream: str,
    events: Sequence[ComplaintEvent],
    attributes: Attributes,
    *,
    command: Command,
    version: int,
    now: datetime,
    timer_fired: TimerKey | None = None,
) -> Append:
    """Everything that one command stores, with ids that follow from the command's own."""
    records = tuple(
        NewRecord(
            event_id=uuid5(attributes.command_id, str(index)),
            event=event,
            happened=command.happened,
            actor=command.actor,
            correlation_id=attributes.correlation_id,
            causation_id=attributes.causation_id,
            origin=attributes.origin,
        )
        for index, event in enumerate(events)
    )
    timers_set, timers_ended = timers_after(events)
    return Append(
        landlord=landlord,
        stream=stream,
        expected_version=version,
        records=records,
        words=attributes.words,
        command_id=attributes.command_id,
        fingerprint=attributes.fingerprint,
        timers_set=timers_set,
        timers_ended=timers_ended,
        timer_fired=timer_fired,
        source_reference=attributes.source_reference,
        recorded_at=now,
        traceparent=traceparent(),
    )

"""Puts facts into the log, as the workflow would, and has the notifier follow them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from uuid import UUID, uuid5

from services.notifier.composing import compose
from shared.complaints.events import ComplaintEvent, ComplaintOpened, DeadlineSet
from shared.complaints.values import Channel, Issue, Moment, Route
from shared.eventstore.record import LIVE, NewRecord
from shared.eventstore.recorder import Append, FeedRecorder
from shared.messaging.follower import FeedFollower
from shared.messaging.local_bus import LocalBus
from shared.messaging.topology import NOTIFIER_FEED
from tests.intake.setting import Setting
from tests.support.complaint_spec import policy_named

REFERENCE = "RC-2026-000001"
COMPLAINANT = UUID("0d3d7d44-6d0f-4a41-9d80-3f37c5a3b6aa")
SEED = UUID("7d0e1f9c-2f0b-4f0b-8d66-5d4b5f1e9d11")


def opened(
    *, organisation: str = "riverside-homes", complainant: UUID | None = COMPLAINANT
) -> ComplaintOpened:
    """A complaint about a boiler, received on Monday 2 March 2026."""
    return ComplaintOpened(
        reference=REFERENCE,
        organisation=organisation,
        route=Route.COMPLAINT,
        channel=Channel.API,
        policy="kctmo-2010",
        policy_hash=policy_named("kctmo-2010").policy_hash,
        received_on=date(2026, 3, 2),
        received_at=datetime(2026, 3, 2, 9, 30, tzinfo=UTC),
        issues=(Issue(1, "general"),),
        complainant=None if complainant is None else str(complainant),
    )


def deadline(
    duty: str, due_on: date, *, stage: int = 1, generation: int = 1, trigger: str = "received"
) -> DeadlineSet:
    """A duty with its date."""
    return DeadlineSet(
        duty=duty,
        stage=stage,
        generation=generation,
        due_on=due_on,
        due_at=None,
        trigger=trigger,
        trigger_on=date(2026, 3, 2),
        span=10,
        unit="working_days",
        rule=f"The rule of {duty}.",
        clause=f"Clause of {duty}",
        firmness="must",
        responsible="manager",
        policy="kctmo-2010",
        policy_hash="0" * 64,
        calendar_revision="england-test",
    )


@dataclass
class Feed:
    """One landlord's log and the notifier that follows it."""

    setting: Setting
    folder: Path
    landlord: str = "riverside"
    _versions: dict[str, int] = field(default_factory=dict)
    _commands: int = 0

    def __post_init__(self) -> None:
        self._recorder = FeedRecorder(self.setting.database("redress_workflow"), environment={})

    def append(
        self, *events: ComplaintEvent, stream: str = REFERENCE, origin: str = LIVE
    ) -> tuple[UUID, ...]:
        """Appends the events as one command; returns their ids."""
        self._commands += 1
        command_id = uuid5(SEED, f"{self.landlord} {self._commands}")
        now = self.setting.clock.now()
        ids = tuple(uuid5(command_id, str(place)) for place in range(len(events)))
        records = tuple(
            NewRecord(
                event_id=event_id,
                event=event,
                happened=Moment(now.date(), now),
                actor="system",
                correlation_id="correlation",
                causation_id="causation",
                origin=origin,
            )
            for event_id, event in zip(ids, events, strict=True)
        )
        version = self._versions.get(stream, 0)
        self._versions[stream] = self._recorder.append(
            Append(
                landlord=self.landlord,
                stream=stream,
                expected_version=version,
                records=records,
                command_id=command_id,
                fingerprint=b"asked",
                recorded_at=now,
            )
        )
        return ids

    def follower(self) -> FeedFollower:
        """The notifier's follower."""
        return FeedFollower(
            name=NOTIFIER_FEED.name,
            database=self.setting.database("redress_notifier"),
            bus=LocalBus(self.folder),
            queue=NOTIFIER_FEED,
            schema="notifier",
            apply=compose,
            clock=self.setting.clock,
        )

    def follow(self, *events: ComplaintEvent, stream: str = REFERENCE) -> tuple[UUID, ...]:
        """Appends the events as one command, and lets the notifier catch up."""
        ids = self.append(*events, stream=stream)
        self.follower().catch_up(self.landlord)
        return ids

    def name_the_complainant(
        self, *, name: str = "Jo Canaryname", email: str | None = None, address: str | None = None
    ) -> None:
        """What intake writes into the vault."""
        words = {"name": name, "email": email, "address": address}
        with self.setting.database("redress_intake").transaction(self.landlord) as cursor:
            for kind, text in words.items():
                if text is not None:
                    self.setting.vault.write(
                        cursor,
                        landlord=self.landlord,
                        subject=COMPLAINANT,
                        words=uuid5(COMPLAINANT, f"{kind} {text}"),
                        kind=kind,
                        text=text,
                        now=self.setting.clock.now(),
                    )

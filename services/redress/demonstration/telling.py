"""Tells one invented case through the real decisions: what people did, and what the days in between brought about.

Nothing is stored here. Every step is the append that handling the same command at that moment would have made, so that
a demonstration holds nothing that the rules would have refused.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from uuid import NAMESPACE_URL, UUID, uuid5

from services.redress.demonstration.matters import Matter
from services.redress.demonstration.papers import Brought
from services.workflow.deciding import Attributes, append_of
from services.workflow.domain.commands import Command, OpenComplaint, TimerFell
from services.workflow.domain.complaint import Complaint, evolve
from services.workflow.domain.decisions import decide
from services.workflow.domain.timers import TimerSet, timers_after
from shared.complaints.events import ComplaintEvent
from shared.complaints.values import Moment, WordsReference
from shared.complaints.working_days import LONDON, WorkingDayCalendar, london_day
from shared.eventstore.record import IMPORT
from shared.eventstore.recorder import Append
from shared.policies.policy import RESPOND, Policy
from shared.vault.sealing import SealedWords

DEMONSTRATION = uuid5(NAMESPACE_URL, "urn:redress:demonstration")
FINGERPRINT = b"demonstration"
SYSTEM = "system"
TIMER_LAG = timedelta(seconds=1)
BETWEEN_STEPS = timedelta(minutes=12)


Seal = Callable[[UUID, str, str], SealedWords]


class NotYet(Exception):
    """The story has reached the present: what comes next has not happened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """What a case starts from; `seal` encrypts words of the complainant under a kind and an id."""

    landlord: str
    number: int
    reference: str
    organisation: str
    complainant: UUID
    matter: Matter
    policy: Policy
    overlay: Policy | None
    calendar: WorkingDayCalendar
    until: datetime
    seal: Seal


class Telling:
    """One case as it is told; its `appends` are in order of time."""

    def __init__(self, setting: Setting) -> None:
        self.setting = setting
        self.appends: list[Append] = []
        self.brought: list[Brought] = []
        self.now = datetime.min.replace(tzinfo=UTC)
        self._complaint: Complaint | None = None
        self._running: set[TimerSet] = set()
        self._sealed: list[SealedWords] = []

    @property
    def complaint(self) -> Complaint:
        """The case as it stands."""
        if self._complaint is None:
            raise LookupError("the story has not begun: nothing was received")
        return self._complaint

    @property
    def moment(self) -> Moment:
        """The present moment of the story."""
        return Moment(on=london_day(self.now), at=self.now)

    @property
    def response_due_on(self) -> date:
        """When the answer of the present stage is due."""
        deadline = self.complaint.deadline(RESPOND)
        if deadline is None:
            raise LookupError(f"no answer is owed at stage {self.complaint.stage}")
        return deadline.latest.due_on

    def go_to(self, day: date, at: time = time(10, 20)) -> None:
        """Goes on to a time in London, on the way whatever falls due; raises NotYet beyond the present."""
        then = datetime.combine(day, at, tzinfo=LONDON).astimezone(UTC)
        if then > self.setting.until:
            raise NotYet
        self.let_time_pass(then)
        self.now = max(self.now, then)

    def go_on(self, working_days: int, at: time = time(10, 20)) -> None:
        """Goes on by so many working days."""
        self.go_to(self.setting.calendar.working_days_after(london_day(self.now), working_days), at)

    def go_to_before_due(self, working_days: int, at: time = time(14, 5)) -> None:
        """Goes on to so many working days before the answer is due; 0 is the day itself."""
        self.go_to(
            self.setting.calendar.working_days_before(self.response_due_on, working_days), at
        )

    def words(self, kind: str, text: str, *, words: UUID | None = None) -> WordsReference:
        """Seals words, which are stored with the next step; under an id of their own, or the one given."""
        words = words or uuid5(
            DEMONSTRATION, f"{self.setting.number}/words/{len(self.appends)}/{len(self._sealed)}"
        )
        sealed = self.setting.seal(words, kind, text)
        self._sealed.append(sealed)
        return sealed.reference

    def do(self, command: Command) -> None:
        """Carries out a command at this moment, and moves on a little."""
        self._append(
            command, now=self.now, attributes=_attributes(self.setting.number, len(self.appends))
        )
        self.now += BETWEEN_STEPS

    def let_time_pass(self, until: datetime) -> None:
        """Everything that falls due up to then, in order."""
        while due := [timer for timer in self._running if timer.due_at <= until]:
            timer = min(due, key=lambda each: (each.due_at, each.stage, each.duty, each.kind))
            self._running.discard(timer)
            command = TimerFell(
                kind=timer.kind,
                duty=timer.duty,
                stage=timer.stage,
                generation=timer.generation,
                happened=Moment(on=london_day(timer.due_at), at=timer.due_at),
                actor=SYSTEM,
            )
            attributes = _attributes(self.setting.number, len(self.appends))
            self._append(command, now=timer.due_at + TIMER_LAG, attributes=attributes, fired=timer)

    def _append(
        self,
        command: Command,
        *,
        now: datetime,
        attributes: Attributes,
        fired: TimerSet | None = None,
    ) -> None:
        policy, calendar = self.setting.policy, self.setting.calendar
        before = self._complaint
        overlay = self._overlay_of(command)
        events = decide(before, command, policy, calendar, now, overlay=overlay)
        for event in events:
            self._complaint = evolve(
                self._complaint, event, moment=command.happened, actor=command.actor
            )
        append = append_of(
            self.setting.landlord,
            self.setting.reference,
            events,
            replace(
                attributes,
                source_reference=str(attributes.command_id) if before is None else None,
                words=tuple(self._sealed),
            ),
            command=command,
            version=before.version if before else 0,
            now=now,
            timer_fired=fired,
        )
        self._sealed.clear()
        self._keep_timers(events)
        self.appends.append(append)

    def _overlay_of(self, command: Command) -> Policy | None:
        if isinstance(command, OpenComplaint):
            return self.setting.overlay
        return self.setting.overlay if self.complaint.overlay_policy is not None else None

    def _keep_timers(self, events: Sequence[ComplaintEvent]) -> None:
        timers_set, timers_ended = timers_after(events)
        ended = {(timer.duty, timer.stage) for timer in timers_ended}
        self._running = {timer for timer in self._running if (timer.duty, timer.stage) not in ended}
        self._running.update(timers_set)


def _attributes(number: int, step: int) -> Attributes:
    command_id = uuid5(DEMONSTRATION, f"{number}/{step}")
    return Attributes(
        command_id=command_id,
        fingerprint=FINGERPRINT,
        correlation_id=str(uuid5(DEMONSTRATION, str(number))),
        causation_id=str(command_id),
        origin=IMPORT,
    )

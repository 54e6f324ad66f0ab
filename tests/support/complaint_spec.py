"""given / when / then for one complaint: commands made it, a command comes, events follow or it is
refused.

given(opened(mon_2_mar_2026)).when(acknowledged(tue_3_mar_2026)).then(ComplaintAcknowledged(1), …)

Between commands the days pass as in life: every timer that comes due falls. Deadlines that are set
are compared by `due(...)`, with what a test wants to say of them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from functools import cache

import pytest

from services.workflow.domain.commands import Command, TimerFell
from services.workflow.domain.complaint import Complaint, replay
from services.workflow.domain.course import HistoricEvent
from services.workflow.domain.decisions import decide
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.domain.timers import TimerSet, timers_after
from shared.calendars.england import england_calendar_document, load_calendar
from shared.complaints.events import ComplaintEvent, DeadlineSet
from shared.complaints.values import Moment
from shared.complaints.working_days import LONDON, WorkingDayCalendar, london_day
from shared.policies.policy import Policy
from shared.policy_packs.loader import load_policy, shipped_pack

KCTMO = "kctmo-2010"
CODE = "hos-code-2024"


@cache
def england() -> WorkingDayCalendar:
    """The calendar of all these tests."""
    return load_calendar(england_calendar_document())


@cache
def policy_named(name: str) -> Policy:
    """A shipped policy."""
    return load_policy(shipped_pack(name), source=f"{name}.toml")


def at(day: date, clock: str = "12:00") -> Moment:
    """A time of day in London."""
    instant = datetime.combine(day, time.fromisoformat(clock), tzinfo=LONDON)
    return Moment(day, instant.astimezone(UTC))


@dataclass(frozen=True)
class Due:
    """What a test says of a deadline that is set; what it leaves out is not compared."""

    duty: str
    on: date
    stage: int = 1
    generation: int | None = None
    trigger: str | None = None
    clause: str | None = None
    overlay: str | None = None

    def tells_of(self, event: ComplaintEvent) -> bool:
        """Say whether the event is such a deadline."""
        if not isinstance(event, DeadlineSet):
            return False
        said = (self.duty, self.on, self.stage, self.overlay)
        return (
            said == (event.duty, event.due_on, event.stage, event.overlay)
            and self.generation in {None, event.generation}
            and self.trigger in {None, event.trigger}
            and self.clause in {None, event.clause}
        )


def due(  # noqa: PLR0917 - reads as a sentence
    duty: str,
    on: date,
    stage: int = 1,
    generation: int | None = None,
    trigger: str | None = None,
    clause: str | None = None,
    overlay: str | None = None,
) -> Due:
    """A deadline that is set, under the complaint's own policy or the overlay."""
    return Due(duty, on, stage, generation, trigger, clause, overlay)


@dataclass(frozen=True)
class Spec:
    """A complaint with the history that made it."""

    policy: Policy
    overlay: Policy | None = None
    history: tuple[HistoricEvent, ...] = ()
    fallen: frozenset[TimerSet] = frozenset()
    timers_awake: bool = True

    @property
    def complaint(self) -> Complaint | None:
        """The state after the history."""
        return replay(self.history)

    @property
    def state(self) -> Complaint:
        """The same, once it is opened."""
        complaint = self.complaint
        assert complaint is not None
        return complaint

    def with_timers_asleep(self) -> Spec:
        """From here on no timer falls: the service that looks at them is down."""
        return replace(self, timers_awake=False)

    def after(self, command: Command, *, now: datetime | None = None) -> Spec:
        """Go on with a command, after the days until it have passed."""
        lived = self.until(now or _instant(command.happened))
        now = now or _instant(command.happened)
        events = decide(lived.complaint, command, self.policy, england(), now, overlay=self.overlay)
        return lived.told(events, moment=command.happened, actor=command.actor)

    def told(self, events: tuple[ComplaintEvent, ...], *, moment: Moment, actor: str) -> Spec:
        """Add events to the history."""
        entries = tuple(HistoricEvent(event, moment, None, actor) for event in events)
        return replace(self, history=(*self.history, *entries))

    def until(self, instant: datetime) -> Spec:
        """Let the timers fall that come due by an instant, each at its own moment."""
        lived = self
        while self.timers_awake and (timer := lived.next_timer(instant)) is not None:
            lived = replace(lived.fall(timer), fallen=lived.fallen | {timer})
        return lived

    def fall(self, timer: TimerSet, *, now: datetime | None = None) -> Spec:
        """Let one timer fall."""
        moment = Moment(london_day(timer.due_at), timer.due_at)
        command = TimerFell(
            happened=moment,
            actor="system",
            kind=timer.kind,
            duty=timer.duty,
            stage=timer.stage,
            generation=timer.generation,
        )
        now = now or timer.due_at
        events = decide(self.complaint, command, self.policy, england(), now, overlay=self.overlay)
        return self.told(events, moment=moment, actor="system")

    def next_timer(self, instant: datetime) -> TimerSet | None:
        """Return the timer that comes due first, if any does by the instant."""
        timers, _ = timers_after(entry.event for entry in self.history)
        due_by = [each for each in timers if each.due_at <= instant and each not in self.fallen]
        return min(due_by, key=lambda each: each.due_at, default=None)

    def when(self, command: Command, *, now: datetime | None = None) -> Outcome:
        """Give the command of which the test tells."""
        lived = self.until(now or _instant(command.happened))
        try:
            after = replace(lived, timers_awake=False).after(command, now=now)
        except ComplaintRuleBroken as refusal:
            return Outcome(lived, refusal=refusal)
        return Outcome(after, events=after.events_since(lived))

    def when_time_passes_to(self, day: date, clock: str = "12:00") -> Outcome:
        """Let the days pass of which the test tells."""
        after = self.until(_instant(at(day, clock)))
        return Outcome(after, events=after.events_since(self))

    def events_since(self, before: Spec) -> tuple[ComplaintEvent, ...]:
        """Return what was added to an earlier history."""
        return tuple(entry.event for entry in self.history[len(before.history) :])


@dataclass(frozen=True)
class Outcome:
    """What followed."""

    after: Spec
    events: tuple[ComplaintEvent, ...] = ()
    refusal: ComplaintRuleBroken | None = None

    def then(self, *expected: ComplaintEvent | Due) -> Spec:
        """Exactly these events follow, in this order."""
        assert self.refusal is None, self.refusal
        assert len(self.events) == len(expected), self.events
        for event, said in zip(self.events, expected, strict=True):
            if isinstance(said, Due):
                assert said.tells_of(event), (event, said)
            else:
                assert event == said
        return self.after

    def then_among_others(self, *expected: ComplaintEvent | Due) -> Spec:
        """These events follow, with others of which the test does not tell."""
        assert self.refusal is None, self.refusal
        for said in expected:
            assert any(
                said.tells_of(event) if isinstance(said, Due) else said == event
                for event in self.events
            ), (said, self.events)
        return self.after

    def then_refused(self, *words: str, clause: str | None = None, way_out: str = "") -> Spec:
        """It is refused, in these words, with this clause, naming this way out."""
        if self.refusal is None:
            pytest.fail(f"It was not refused: {self.events}")
        for said in words:
            assert said in self.refusal.said
        assert clause in {None, self.refusal.clause}
        assert way_out in self.refusal.way_out
        assert self.refusal.rule
        assert self.refusal.clause
        assert str(self.refusal) == f"{self.refusal.said} {self.refusal.way_out}"
        return self.after

    def then_nothing_happens(self) -> Spec:
        """Nothing follows."""
        return self.then()


def given(
    *steps: Command | tuple[Command, ...],
    under: str | Policy = KCTMO,
    beside: str | Policy | None = None,
) -> Spec:
    """A complaint that these commands made, under a policy and, where given, one beside it."""
    overlay = policy_named(beside) if isinstance(beside, str) else beside
    spec = Spec(policy_named(under) if isinstance(under, str) else under, overlay)
    for step in steps:
        for command in step if isinstance(step, tuple) else (step,):
            spec = spec.after(command)
    return spec


def _instant(moment: Moment) -> datetime:
    assert moment.at is not None
    return moment.at

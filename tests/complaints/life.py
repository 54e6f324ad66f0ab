"""A complaint as it lives: commands are given, days pass, timers fall, and every step is looked at."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar
from uuid import UUID

from services.workflow.domain.commands import TimerFell
from services.workflow.domain.complaint import Complaint, evolve, replay
from services.workflow.domain.course import HistoricEvent
from services.workflow.domain.decisions import decide
from services.workflow.domain.further import REPRESENTATIVE
from services.workflow.domain.permitted import permitted
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.domain.timers import (
    CONSENT,
    CONSENT_ENDS,
    MISSED,
    NOTICE,
    TimersEnded,
    TimerSet,
    timed_duty,
    timers_after,
)
from shared.complaints import events as told
from shared.complaints.events import ComplaintEvent
from shared.complaints.values import Moment
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.eventstore.codec import from_record, to_record
from shared.eventstore.record import NewRecord
from shared.policies.counting import overdue_from
from shared.policies.deadlines import EXTENSION, Deadline, DeadlineState
from shared.policies.policy import Fact, Policy
from tests.complaints.after_the_close import AFTER_THE_CLOSE
from tests.support.complaint_spec import at, england

DATES = (told.DeadlineSet, told.DeadlineMet, told.DeadlineLifted, told.DeadlineMissed)
RECORDED = datetime(2040, 1, 1, tzinfo=UTC)  # no rule looks at it
Key = tuple[str, int]


@dataclass
class Life:
    """One complaint from its opening on; every command and every timer is checked as it is taken."""

    told: ClassVar[set[type[ComplaintEvent]]] = set()  # in all lives together

    policy: Policy
    now: datetime
    overlay: Policy | None = None
    calendar: WorkingDayCalendar = field(default_factory=england)
    history: list[HistoricEvent] = field(default_factory=list)
    stored: list[HistoricEvent] = field(default_factory=list)  # the same, written and read back
    complaint: Complaint | None = None
    table: dict[tuple[str, int, str, int], TimerSet] = field(default_factory=dict)

    @property
    def state(self) -> Complaint:
        """The complaint, once it is opened."""
        assert self.complaint is not None
        return self.complaint

    @property
    def today(self) -> date:
        """The day in London."""
        return london_day(self.now)

    def give(self, command: object) -> bool:
        """Give a command; say whether it was taken. What `permitted` rules out is refused."""
        possible = self._may_be_possible(command)
        try:
            events = self._decided(command)
        except ComplaintRuleBroken as refusal:
            return _is_refused_with_its_rule(refusal)
        assert possible, f"permitted says no, decide says yes: {command}"
        self._take(events, moment=command.happened, actor=command.actor)  # type: ignore[attr-defined]
        return True

    def pass_time(self, span: timedelta, *, timers_awake: bool) -> None:
        """Let time pass; each timer that comes due falls at its own moment, or waits asleep."""
        until = self.now + span
        while timers_awake and (timer := self._next_timer(until)) is not None:
            del self.table[timer.duty, timer.stage, timer.kind, timer.generation]
            self.now = max(self.now, timer.due_at)
            moment = Moment(london_day(timer.due_at), timer.due_at)
            fell = TimerFell(
                happened=moment,
                actor="system",
                kind=timer.kind,
                duty=timer.duty,
                stage=timer.stage,
                generation=timer.generation,
            )
            self._take(self._decided(fell), moment=moment, actor="system")
            if timer.kind == MISSED:
                assert not self._decided(fell), f"a day ends twice: {timer}"
        self.now = until

    def _next_timer(self, until: datetime) -> TimerSet | None:
        due = [timer for timer in self.table.values() if timer.due_at <= until]
        return min(due, key=lambda timer: (timer.due_at, timer.duty), default=None)

    def _decided(self, command: object) -> tuple[ComplaintEvent, ...]:
        return decide(
            self.complaint,
            command,  # type: ignore[arg-type]  # drawn by its fields: any command there is
            self.policy,
            self.calendar,
            self.now,
            overlay=self.overlay,
        )

    def close_a_day(self, day: date, *, by_law: bool) -> None:
        """The landlord adopts a calendar in which a day is closed, by law or by itself alone."""
        closures = {**self.calendar.closures, day: "closed"}
        closed = self.calendar.office_closures | (frozenset() if by_law else {day})
        known = england().first_day, england().last_day
        revision = f"{len(closures)} and {len(closed)} closed"
        self.calendar = WorkingDayCalendar(revision, *known, closures, closed)

    def possible(self) -> set[str]:
        """Name what `permitted` offers now, to somebody who is not named."""
        judged = permitted(self.state, self.policy, self.calendar, self.now)
        return {each.name for each in judged if each.allowed}

    def _may_be_possible(self, command: object) -> bool:
        """What `permitted` says of the command to the one who gives it, when it is said to happen."""
        happened: Moment = command.happened  # type: ignore[attr-defined]
        if self.complaint is None or happened.at is None:
            return True
        judged = permitted(
            self.complaint,
            self.policy,
            self.calendar,
            happened.at,
            actor=command.actor,  # type: ignore[attr-defined]
            actor_role=getattr(command, "actor_role", None),
        )
        return {each.name: each.allowed for each in judged}.get(type(command).__name__, True)

    def _take(self, events: tuple[ComplaintEvent, ...], *, moment: Moment, actor: str) -> None:
        before = self.complaint
        for event in events:
            Life.told.add(type(event))
            self._check_event(event)
            entry = HistoricEvent(event, moment, None, actor)
            self.history.append(entry)
            self.stored.append(_stored(entry))
            self.complaint = evolve(self.complaint, event, moment=moment, actor=actor)
        _check_no_date_moves_silently(before, events, self.complaint)
        if before is not None and before.ending is not None:
            _check_only_what_may_follow_a_close(events, self.policy)
        self._keep_timers(events)

    def _check_event(self, event: ComplaintEvent) -> None:
        """What is told of a date refers to the date that was set, and counts as the calendar does."""
        if not isinstance(event, told.DeadlineMet | told.DeadlineLifted | told.DeadlineMissed):
            return
        known = _deadlines(self.state).get((timed_duty(event), event.stage))
        assert known is not None, f"never set: {event}"
        if isinstance(event, told.DeadlineLifted):
            assert known.state is DeadlineState.RUNNING, f"lifted, though {known.state}: {event}"
            return
        assert event.due_on == known.latest.due_on, event
        if isinstance(event, told.DeadlineMissed):
            assert known.state is DeadlineState.RUNNING, f"missed, though {known.state}: {event}"
        else:
            assert known.state is not DeadlineState.MET, f"met twice: {event}"
            judged_by = self.calendar if event.overlay is None else self.calendar.by_law
            late_by = sum(
                judged_by.is_working_day(day) for day in _days(event.due_on, event.met_on)
            )
            assert event.late_by_working_days == late_by, event

    def _keep_timers(self, events: tuple[ComplaintEvent, ...]) -> None:
        """Keep the table of timers as the service keeps it: ended ones go, then new ones come."""
        timers, ended = timers_after(events)
        for each in ended:
            self.table = {key: timer for key, timer in self.table.items() if not _ends(each, timer)}
        for timer in timers:
            key = (timer.duty, timer.stage, timer.kind, timer.generation)
            assert key not in self.table, f"two timers for one duty: {timer}"
            self.table[key] = timer

    def check(self) -> None:
        """Whatever happened: the history adds up to the state, and each open duty has its timers."""
        assert replay(self.stored) == self.complaint, "what was stored adds up to something else"
        assert self.state.version == len(self.history)
        wanted = {timer for known in _deadlines(self.state).values() for timer in _timers_of(known)}
        wanted |= set(_consents_that_end(self.state))
        standing, _ = timers_after(entry.event for entry in self.history)
        assert len(standing) == len(set(standing)), "a timer stands twice"
        assert set(standing) == wanted, "the timers are not those of the duties that run"
        ahead = {timer for timer in wanted if timer.due_at > self.now}
        kept = {timer for timer in self.table.values() if timer.due_at > self.now}
        assert kept == ahead, "the table does not hold exactly one timer for each end and reminder"


def _is_refused_with_its_rule(refusal: ComplaintRuleBroken) -> bool:
    assert refusal.rule
    assert refusal.clause
    assert refusal.way_out
    return False


def _days(after: date, up_to: date) -> Iterator[date]:
    """Each day after one up to another."""
    return (after + timedelta(days=step) for step in range(1, (up_to - after).days + 1))


def _stored(entry: HistoricEvent) -> HistoricEvent:
    """The same fact after it was written to the log and read again."""
    new = NewRecord(
        event_id=UUID(int=1),
        event=entry.event,
        happened=entry.moment,
        actor=entry.actor,
        correlation_id="",
        causation_id="",
    )
    text = to_record(
        new,
        landlord="riverside",
        stream="RB-2026-000001",
        version=1,
        command_id=UUID(int=2),
        recorded_at=RECORDED,
    )
    assert json.loads(text)["data"] is not None
    read = from_record(text, seq=1, previous_hash=b"", hash_=b"")
    assert read.event == entry.event
    assert read.happened == entry.moment
    return HistoricEvent(read.event, read.happened, None, read.actor)


def _deadlines(complaint: Complaint) -> dict[Key, Deadline]:
    return {
        (timed_duty(known.latest), known.latest.stage): known for known in complaint.all_deadlines
    }


def _timers_of(known: Deadline) -> tuple[TimerSet, ...]:
    """What must stand for a duty: while it runs one timer for its end and one for each reminder."""
    if known.state is not DeadlineState.RUNNING:
        return ()
    latest = known.latest
    duty, stage, generation = timed_duty(latest), latest.stage, latest.generation
    return (
        TimerSet(duty, stage, MISSED, generation, overdue_from(latest)),
        *(TimerSet(duty, stage, NOTICE, generation, _at_eight(each.on)) for each in latest.notices),
    )


def _consents_that_end(complaint: Complaint) -> Iterator[TimerSet]:
    """What must stand for a consent with an end: one timer for the instant after its last day."""
    for entry in complaint.further.of(REPRESENTATIVE):
        if entry.standing == "consented" and entry.until is not None:
            due_at = at(entry.until + timedelta(days=1), "00:00").at
            assert due_at is not None
            yield TimerSet(f"{CONSENT} {entry.number}", 0, CONSENT_ENDS, entry.given, due_at)


def _at_eight(day: date) -> datetime:
    instant = at(day, "08:00").at
    assert instant is not None
    return instant


def _ends(ended: TimersEnded, timer: TimerSet) -> bool:
    return (ended.duty, ended.stage) == (timer.duty, timer.stage)


def _check_no_date_moves_silently(
    before: Complaint | None, events: tuple[ComplaintEvent, ...], after: Complaint | None
) -> None:
    assert after is not None
    known = {} if before is None else _deadlines(before)
    moved = {key for key, now in _deadlines(after).items() if _date(known.get(key)) != _date(now)}
    for event in events:
        if not isinstance(event, told.DeadlineSet):
            continue
        key = (timed_duty(event), event.stage)
        moved.discard(key)
        was = known.get(key)
        assert event.generation == (1 if was is None else was.latest.generation + 1), event
        assert event.rule, event
        assert event.clause, event
        assert _says_why(event, was, events, before=before, after=after), (event, events)
        known[key] = Deadline(event, event)
    assert not moved, f"moved without a word: {moved}"


def _date(known: Deadline | None) -> object:
    return None if known is None else (known.latest.due_on, known.latest.due_at)


def _says_why(
    event: told.DeadlineSet,
    was: Deadline | None,
    events: tuple[ComplaintEvent, ...],
    *,
    before: Complaint | None,
    after: Complaint,
) -> bool:
    """Whether the reason stands beside the date: the fact or date it counts from, an extension, a reopening."""
    same = was is not None and _date(was) == (event.due_on, event.due_at)
    if same and any(isinstance(each, told.ComplaintReopened) for each in events):
        return True
    if any(
        isinstance(each, told.DeadlineRecounted)
        and (each.duty, each.stage, each.overlay) == (event.duty, event.stage, event.overlay)
        and each.to_on == event.due_on
        for each in events
    ):
        return True
    if event.trigger == EXTENSION:
        return any(
            isinstance(each, told.DeadlineExtended) and each.to_on == event.due_on
            for each in events
        )
    way, _, anchor = event.trigger.partition(" ")
    if way in {"before", "after"}:
        return any(
            isinstance(each, told.DeadlineSet)
            and (each.duty, each.stage, each.overlay) == (anchor, event.stage, event.overlay)
            and each.due_on == event.trigger_on
            for each in events
        )
    if event.trigger in set(Fact):
        done = frozenset() if before is None else before.done
        new = {fact for fact, _ in after.done - done}
        if Fact.RESPONSE in new:
            new.add(Fact.RESPONSE_RECEIVED)
        # On another route the same receipt counts for other dates.
        rerouted = any(isinstance(each, told.RouteChanged) for each in events)
        return event.trigger in new or (rerouted and event.trigger == Fact.RECEIVED)
    # What is owed besides the policy's duties is promised, ordered or asked for in a fact of its own.
    return any(not isinstance(each, DATES) for each in events)


def _check_only_what_may_follow_a_close(events: tuple[ComplaintEvent, ...], policy: Policy) -> None:
    duties = {duty.duty for duty in policy.duties}
    for event in events:
        if isinstance(event, told.ComplaintReopened):
            return
        if isinstance(event, DATES):
            assert event.duty not in duties, f"a duty of a closed case: {event}"
        else:
            assert type(event) in AFTER_THE_CLOSE, f"told of a closed case: {event}"

"""Lets the days pass that lie between the last fact of an imported case and now; pure but for what
it calls.

What the timers would have said had they been there is decided by the same rules, in the order of
its own moments.
"""

from collections.abc import Sequence
from datetime import datetime

from services.workflow.domain.commands import TimerFell
from services.workflow.domain.complaint import Complaint, evolve
from services.workflow.domain.decisions import decide
from services.workflow.domain.history import HistoricEvent
from services.workflow.domain.timers import MISSED, TimerSet, timers_after
from shared.complaints.values import Moment
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.policies.policy import Policy

SYSTEM = "system"
MOST_TIMERS = 10_000  # of one case


class EndlessHistory(RuntimeError):
    """The days of a case bring forth ever new dates: a policy goes round in a circle."""


def settled(
    events: Sequence[HistoricEvent],
    policy: Policy,
    calendar: WorkingDayCalendar,
    *,
    now: datetime,
    overlay: Policy | None = None,
) -> tuple[HistoricEvent, ...]:
    """The events, followed by what the days since then brought: missed dates, windows that closed
    in silence.

    Reminders are left out: nobody was reminded then, and to be reminded now of what has passed
    helps nobody.
    """
    history = list(events)
    complaint: Complaint | None = None
    for historic in history:
        complaint = _evolved(complaint, historic)
    fallen: set[TimerSet] = set()
    for _ in range(MOST_TIMERS):
        timer = _next_fallen(history, fallen, now=now)
        if timer is None:
            return tuple(history)
        fallen.add(timer)
        command = TimerFell(
            kind=timer.kind,
            duty=timer.duty,
            stage=timer.stage,
            generation=timer.generation,
            happened=Moment(on=london_day(timer.due_at), at=timer.due_at),
            actor=SYSTEM,
        )
        for event in decide(complaint, command, policy, calendar, now, overlay=overlay):
            historic = HistoricEvent(
                event=event, moment=command.happened, known_at=None, actor=SYSTEM
            )
            complaint = _evolved(complaint, historic)
            history.append(historic)
    raise EndlessHistory(f"more than {MOST_TIMERS} days of this history pass without an end")


def _evolved(complaint: Complaint | None, historic: HistoricEvent) -> Complaint:
    return evolve(complaint, historic.event, moment=historic.moment, actor=historic.actor)


def _next_fallen(
    history: Sequence[HistoricEvent], fallen: set[TimerSet], *, now: datetime
) -> TimerSet | None:
    running, _ = timers_after(historic.event for historic in history)
    due = [
        timer
        for timer in running
        if timer.kind == MISSED and timer.due_at <= now and timer not in fallen
    ]
    return min(due, key=lambda timer: (timer.due_at, timer.stage, timer.duty), default=None)

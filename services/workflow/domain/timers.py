"""Which timers follow from events: a reminder at eight in the morning, a missed deadline when its
day has ended.

Told from the events alone: a `DeadlineSet` carries its notices and its due date.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from shared.complaints.events import (
    ComplaintEvent,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
)
from shared.complaints.working_days import LONDON
from shared.policies.counting import overdue_from

NOTICE = "notice"
MISSED = "missed"
NOTICES_AT = time(8, tzinfo=LONDON)  # at the start of an office day


@dataclass(frozen=True, slots=True)
class TimerSet:
    """A timer that must come due at an instant (UTC), unless it is ended before."""

    duty: str
    stage: int
    kind: str
    generation: int
    due_at: datetime


@dataclass(frozen=True, slots=True)
class TimersEnded:
    """All timers of a duty, of every earlier generation, are ended."""

    duty: str
    stage: int


def timers_after(
    events: Iterable[ComplaintEvent],
) -> tuple[tuple[TimerSet, ...], tuple[TimersEnded, ...]]:
    """Return the timers that stand after the events, and those that must be ended first.

    Given a whole history, the timers set are those that still run.
    """
    running: dict[tuple[str, int], tuple[TimerSet, ...]] = {}
    ended: dict[tuple[str, int], TimersEnded] = {}
    for event in events:
        match event:
            case DeadlineSet():
                running[event.duty, event.stage] = tuple(_timers_of(event))
                if event.generation > 1:
                    ended[event.duty, event.stage] = TimersEnded(event.duty, event.stage)
            case DeadlineMet() | DeadlineLifted():
                running.pop((event.duty, event.stage), None)
                ended[event.duty, event.stage] = TimersEnded(event.duty, event.stage)
            case DeadlineMissed():  # its own timer told of it, and it was the last
                running.pop((event.duty, event.stage), None)
            case _:
                pass
    timers = tuple(timer for timers in running.values() for timer in timers)
    return timers, tuple(ended.values())


def _timers_of(deadline: DeadlineSet) -> Iterator[TimerSet]:
    for notice in deadline.notices:
        due_at = datetime.combine(notice.on, NOTICES_AT).astimezone(UTC)
        yield TimerSet(deadline.duty, deadline.stage, NOTICE, deadline.generation, due_at)
    yield TimerSet(
        deadline.duty, deadline.stage, MISSED, deadline.generation, overdue_from(deadline)
    )

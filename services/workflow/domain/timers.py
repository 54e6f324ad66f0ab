"""Which timers follow from events: a reminder at eight in the morning, a missed deadline when its
day has ended.

Told from the events alone: a `DeadlineSet` carries its notices and its due date. A timer's duty is
the duty's name, with the policy before it where its clock runs beside the complaint's own, such as
`statutory-code/respond`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time

from services.workflow.domain.complaint import Complaint
from shared.complaints.events import (
    ComplaintEvent,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
)
from shared.complaints.working_days import LONDON
from shared.policies.counting import overdue_from
from shared.policies.deadlines import Deadline

NOTICE = "notice"
MISSED = "missed"
UNDER = "/"  # in no name of a policy or a duty
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
                key = (timed_duty(event), event.stage)
                running[key] = tuple(_timers_of(event))
                if event.generation > 1:
                    ended[key] = TimersEnded(*key)
            case DeadlineMet() | DeadlineLifted():
                key = (timed_duty(event), event.stage)
                running.pop(key, None)
                ended[key] = TimersEnded(*key)
            case DeadlineMissed():  # its own timer told of it, and it was the last
                running.pop((timed_duty(event), event.stage), None)
            case _:
                pass
    timers = tuple(timer for timers in running.values() for timer in timers)
    return timers, tuple(ended.values())


def timed_duty(event: DeadlineSet | DeadlineMet | DeadlineLifted | DeadlineMissed) -> str:
    """Name the duty of a fact as its timers do."""
    return event.duty if event.overlay is None else f"{event.overlay}{UNDER}{event.duty}"


def deadline_of_timer(complaint: Complaint, duty: str, stage: int) -> Deadline | None:
    """Return the deadline that a timer's duty and stage name."""
    overlay, _, name = duty.rpartition(UNDER)
    return complaint.deadlines_at(stage, overlay=overlay or None).get(name)


def _timers_of(deadline: DeadlineSet) -> Iterator[TimerSet]:
    for notice in deadline.notices:
        due_at = datetime.combine(notice.on, NOTICES_AT).astimezone(UTC)
        yield TimerSet(timed_duty(deadline), deadline.stage, NOTICE, deadline.generation, due_at)
    yield TimerSet(
        timed_duty(deadline), deadline.stage, MISSED, deadline.generation, overdue_from(deadline)
    )

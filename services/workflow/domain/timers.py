"""Which timers follow from events: a reminder at eight in the morning, a missed deadline when its
day has ended, the end of a consent when its last day has.

Told from the events alone: a `DeadlineSet` carries its notices and its due date. A timer's duty is
the duty's name, with the policy before it where its clock runs beside the complaint's own, such as
`statutory-code/respond`.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, time, timedelta

from services.workflow.domain.complaint import Complaint
from shared.complaints.events import (
    ComplaintEvent,
    ConsentEnded,
    ConsentGiven,
    ConsentWithdrawn,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
)
from shared.complaints.events.oversight import (
    RecurringDutyDone,
    RecurringDutyEnded,
    RecurringDutyMissed,
    RecurringDutySet,
)
from shared.complaints.working_days import LONDON, london_midnight
from shared.policies.counting import overdue_from
from shared.policies.deadlines import Deadline

NOTICE = "notice"
MISSED = "missed"
CONSENT_ENDS = "consent_ends"
CONSENT = "consent"
OF_NO_STAGE = 0  # a consent is given for the case, whatever stage it is at
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
            case ConsentGiven() | ConsentWithdrawn() | ConsentEnded():
                key = (f"{CONSENT} {event.number}", OF_NO_STAGE)
                running[key] = tuple(_timers_of_consent(event))
                ended[key] = TimersEnded(*key)
            case RecurringDutySet():
                key = (timed_recurring(event.organisation, event.duty), OF_NO_STAGE)
                running[key] = (_timer_of_recurring(event),)
                ended[key] = TimersEnded(*key)
            case RecurringDutyDone() | RecurringDutyEnded():
                key = (timed_recurring(event.organisation, event.duty), OF_NO_STAGE)
                running.pop(key, None)
                ended[key] = TimersEnded(*key)
            case RecurringDutyMissed():  # its own timer told of it
                key = (timed_recurring(event.organisation, event.duty), OF_NO_STAGE)
                running.pop(key, None)
            case _:
                pass
    timers = tuple(timer for timers in running.values() for timer in timers)
    return timers, tuple(ended.values())


def timed_duty(event: DeadlineSet | DeadlineMet | DeadlineLifted | DeadlineMissed) -> str:
    """Name the duty of a fact as its timers do."""
    return event.duty if event.overlay is None else f"{event.overlay}{UNDER}{event.duty}"


def timed_recurring(organisation: str, duty: str) -> str:
    """Name a duty of an organisation's, which belongs to no complaint, as its timers do."""
    return f"{organisation}{UNDER}{duty}"


def recurring_of_timer(duty: str) -> tuple[str, str]:
    """Return the organisation and the recurring duty that a timer's duty names."""
    organisation, _, name = duty.partition(UNDER)
    return organisation, name


def _timer_of_recurring(event: RecurringDutySet) -> TimerSet:
    due_at = london_midnight(event.due_on + timedelta(days=1))
    duty = timed_recurring(event.organisation, event.duty)
    return TimerSet(duty, OF_NO_STAGE, MISSED, event.generation, due_at)


def deadline_of_timer(complaint: Complaint, duty: str, stage: int) -> Deadline | None:
    """Return the deadline that a timer's duty and stage name."""
    overlay, _, name = duty.rpartition(UNDER)
    return complaint.deadlines_at(stage, overlay=overlay or None).get(name)


def consent_of_timer(duty: str) -> int:
    """Return the number of the representative whose consent a timer's duty names."""
    return int(duty.removeprefix(f"{CONSENT} "))


def _timers_of_consent(
    event: ConsentGiven | ConsentWithdrawn | ConsentEnded,
) -> Iterator[TimerSet]:
    # Consents of before they were counted have no timer: what their end forbids is refused anyhow.
    if not isinstance(event, ConsentGiven) or event.until is None or event.given is None:
        return
    due_at = london_midnight(event.until + timedelta(days=1))
    yield TimerSet(f"{CONSENT} {event.number}", OF_NO_STAGE, CONSENT_ENDS, event.given, due_at)


def _timers_of(deadline: DeadlineSet) -> Iterator[TimerSet]:
    for notice in deadline.notices:
        due_at = datetime.combine(notice.on, NOTICES_AT).astimezone(UTC)
        yield TimerSet(timed_duty(deadline), deadline.stage, NOTICE, deadline.generation, due_at)
    yield TimerSet(
        timed_duty(deadline), deadline.stage, MISSED, deadline.generation, overdue_from(deadline)
    )

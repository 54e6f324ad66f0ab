"""What would the dates be? The duties of a case that nobody has stored, with their counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.workflow.domain.commands import OpenComplaint
from services.workflow.domain.history import HistoricFact, record_history
from shared.complaints.events import DeadlineSet
from shared.complaints.values import Channel, Issue, Moment, Route
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.counting import CountedDay, counted_days
from shared.policies.policy import Policy


@dataclass(frozen=True, slots=True)
class ScheduledDuty:
    """A duty with its latest date: by the end of `due_on`, or at `due_at` (UTC) where it is due in
    hours.
    """

    duty: str
    stage: int
    due_on: date
    due_at: datetime | None
    trigger: str
    trigger_on: date
    span: int
    unit: str
    rule: str
    clause: str
    firmness: str
    responsible: str
    counted: tuple[CountedDay, ...]
    target_on: date | None = None  # the earlier day to work to, where the start came late
    overlay: str | None = None  # the policy it is owed under beside the one that was asked for


def dates_for(
    policy: Policy,
    calendar: WorkingDayCalendar,
    received: Moment,
    facts: Sequence[HistoricFact] = (),
    *,
    route: Route = Route.COMPLAINT,
    overlay: Policy | None = None,
) -> tuple[ScheduledDuty, ...]:
    """Return every duty that the facts bring about, by stage and date; those under the policy
    beside it come last.
    """
    opening = OpenComplaint(
        happened=received,
        actor="nobody",
        reference="",
        organisation="",
        route=route,
        channel=Channel.UNKNOWN,
        received=received,
        issues=(Issue(1, "general"),),
    )
    latest: dict[tuple[str | None, str, int], DeadlineSet] = {}
    for entry in record_history(opening, facts, policy, calendar, overlay=overlay):
        if isinstance(entry.event, DeadlineSet):
            latest[entry.event.overlay, entry.event.duty, entry.event.stage] = entry.event
    in_order = sorted(
        latest.values(), key=lambda told: (told.overlay is not None, told.stage, told.due_on)
    )
    return tuple(_scheduled(told, calendar) for told in in_order)


def _scheduled(told: DeadlineSet, calendar: WorkingDayCalendar) -> ScheduledDuty:
    return ScheduledDuty(
        duty=told.duty,
        stage=told.stage,
        due_on=told.due_on,
        due_at=told.due_at,
        trigger=told.trigger,
        trigger_on=told.trigger_on,
        span=told.span,
        unit=told.unit,
        rule=told.rule,
        clause=told.clause,
        firmness=told.firmness,
        responsible=told.responsible,
        counted=counted_days(told, calendar),
        target_on=told.target_on,
        overlay=told.overlay,
    )

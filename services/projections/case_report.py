"""The report of one case, from its facts alone: the history, every duty with its count, and the
spans between facts.

Pure: facts and a calendar in, values out. `redress case` prints it; the figures are those an
auditor counts by hand.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from services.projections import case_report_text
from services.projections.telling import tell
from services.projections.why import counted_as_json
from shared.complaints.events import (
    ComplaintAcknowledged,
    ComplaintEscalated,
    ComplaintOpened,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineRecounted,
    DeadlineSet,
    ResponseIssued,
)
from shared.complaints.working_days import WorkingDayCalendar
from shared.eventstore.codec import encode_event, instant_text
from shared.eventstore.record import RecordedEvent
from shared.web.wording import working_days

RECEIVED = "received"
ACKNOWLEDGED = "acknowledged"
ESCALATION_REQUESTED = "escalation_requested"
ESCALATION_ACKNOWLEDGED = "escalation_acknowledged"


@dataclass(frozen=True, slots=True)
class DutyReport:
    """What became of one duty of one stage; `deadline` is its latest date, `earlier_on` the dates
    it had before, `recounted` each count that another calendar replaced, with the reason.
    """

    deadline: DeadlineSet
    earlier_on: tuple[date, ...] = ()
    earlier_missed_on: tuple[date, ...] = ()
    met: DeadlineMet | None = None
    missed: bool = False
    lifted: str | None = None
    recounted: tuple[tuple[DeadlineSet, DeadlineRecounted], ...] = ()

    @property
    def verdict(self) -> str:
        """One phrase: met in time, missed by n working days, missed, no longer due, open."""
        if self.met is not None:
            late = self.met.late_by_working_days
            return f"missed by {working_days(late)}" if late else "met in time"
        if self.missed:
            return "missed"
        return "open" if self.lifted is None else "no longer due"

    def as_json(self) -> dict[str, Any]:
        """Everything needed to count the date again."""
        deadline = self.deadline
        return {
            "duty": deadline.duty,
            "stage": deadline.stage,
            "due_on": deadline.due_on.isoformat(),
            "due_at": instant_text(deadline.due_at) if deadline.due_at else None,
            "target_on": deadline.target_on.isoformat() if deadline.target_on else None,
            "met_on": self.met.met_on.isoformat() if self.met else None,
            "late_by_working_days": self.met.late_by_working_days if self.met else None,
            "missed": self.missed,
            "lifted": self.lifted,
            "verdict": self.verdict,
            "rule": deadline.rule,
            "clause": deadline.clause,
            "trigger": deadline.trigger,
            "trigger_on": deadline.trigger_on.isoformat(),
            "span": deadline.span,
            "unit": deadline.unit,
            "counted": counted_as_json(deadline),
            "responsible": deadline.responsible,
            "earlier_due_on": [day.isoformat() for day in self.earlier_on],
            "earlier_missed_on": [day.isoformat() for day in self.earlier_missed_on],
            "recounted": [_recount_as_json(was, told) for was, told in self.recounted],
            "policy": deadline.policy,
            "policy_hash": deadline.policy_hash,
            "calendar_revision": deadline.calendar_revision,
        }


def _recount_as_json(was: DeadlineSet, told: DeadlineRecounted) -> dict[str, Any]:
    """The count of before, and why it was replaced."""
    return {
        "from_on": told.from_on.isoformat(),
        "to_on": told.to_on.isoformat(),
        "reason": told.reason,
        "from_calendar": told.from_calendar,
        "to_calendar": told.to_calendar,
        "lawful_on": told.lawful_on.isoformat() if told.lawful_on else None,
        "counted": counted_as_json(was),
    }


@dataclass(frozen=True, slots=True)
class SpanReport:
    """Working days after the one fact, up to and including the other."""

    start: str
    end: str
    working_days: int

    def as_json(self) -> dict[str, Any]:
        """As histories write it."""
        return {"from": self.start, "to": self.end, "working_days": self.working_days}


@dataclass(frozen=True, slots=True)
class CaseReport:
    """A case as the log has it."""

    opened: ComplaintOpened
    events: tuple[RecordedEvent, ...]
    duties: tuple[DutyReport, ...]
    code_duties: tuple[DutyReport, ...]  # under the policy beside the case's own
    spans: tuple[SpanReport, ...]

    def as_json(self) -> dict[str, Any]:
        """For machines: dates as ISO 8601, instants in UTC."""
        return {
            "reference": self.opened.reference,
            "source_reference": self.opened.source_reference,
            "landlord": self.events[0].landlord,
            "organisation": self.opened.organisation,
            "route": self.opened.route.value,
            "policy": self.opened.policy,
            "policy_hash": self.opened.policy_hash,
            "received_on": self.opened.received_on.isoformat(),
            "history": [fact_as_json(event) for event in self.events],
            "duties": [duty.as_json() for duty in self.duties],
            "code_policy": self.opened.overlay_policy,
            "code_policy_hash": self.opened.overlay_policy_hash,
            "code_duties": [duty.as_json() for duty in self.code_duties],
            "spans": [span.as_json() for span in self.spans],
        }

    def as_text(self, *, why: bool = False) -> str:
        """For a terminal of 80 columns; `why` adds the rule and the day count under each date."""
        return case_report_text.as_text(self, why=why)


def fact_as_json(recorded: RecordedEvent) -> dict[str, Any]:
    """A fact with its envelope and its raw data."""
    return {
        "version": recorded.version,
        "seq": recorded.seq,
        "event_id": str(recorded.event_id),
        "name": recorded.name,
        "title": tell(recorded.event).title,
        "happened_on": recorded.happened.on.isoformat(),
        "happened_at": instant_text(recorded.happened.at) if recorded.happened.at else None,
        "known_at": instant_text(recorded.known_at) if recorded.known_at else None,
        "recorded_at": instant_text(recorded.recorded_at),
        "actor": recorded.actor,
        "origin": recorded.origin,
        "data": encode_event(recorded.event),
    }


def case_report(events: Sequence[RecordedEvent], calendar: WorkingDayCalendar) -> CaseReport:
    """Reports a case from all its facts in order; ValueError when they do not begin with its
    opening.
    """
    if not events or not isinstance(events[0].event, ComplaintOpened):
        raise ValueError("A case begins with the fact that it was opened.")
    opened = events[0].event
    duties = _duties(events)
    return CaseReport(
        opened=opened,
        events=tuple(events),
        duties=tuple(duty for duty in duties if duty.deadline.overlay is None),
        code_duties=tuple(duty for duty in duties if duty.deadline.overlay is not None),
        spans=_spans(events, opened.received_on, calendar),
    )


@dataclass(slots=True)
class _DutySoFar:
    dates: list[DeadlineSet] = field(default_factory=list)
    met: DeadlineMet | None = None
    missed_on: set[date] = field(default_factory=set)
    lifted: str | None = None
    recounted: list[tuple[DeadlineSet, DeadlineRecounted]] = field(default_factory=list)

    def report(self) -> DutyReport:
        earlier = [
            one.due_on
            for one, following in zip(self.dates, self.dates[1:], strict=False)
            if one.due_on != following.due_on
        ]
        return DutyReport(
            deadline=self.dates[-1],
            earlier_on=tuple(earlier),
            earlier_missed_on=tuple(day for day in earlier if day in self.missed_on),
            met=self.met,
            missed=self.dates[-1].due_on in self.missed_on
            or (self.met is not None and self.met.late_by_working_days > 0),
            lifted=self.lifted,
            recounted=tuple(self.recounted),
        )


def _duties(events: Iterable[RecordedEvent]) -> tuple[DutyReport, ...]:
    """One report per policy, duty and stage, in the order in which they were first set."""
    so_far: dict[tuple[str | None, int, str], _DutySoFar] = {}
    for recorded in events:
        event = recorded.event
        if isinstance(event, DeadlineSet):
            duty = so_far.setdefault((event.overlay, event.stage, event.duty), _DutySoFar())
            duty.dates.append(event)
            duty.met, duty.lifted = None, None
        elif isinstance(event, DeadlineRecounted):
            duty = so_far[event.overlay, event.stage, event.duty]
            duty.recounted.append((duty.dates[-1], event))
        elif isinstance(event, DeadlineMet | DeadlineMissed | DeadlineLifted):
            _note(so_far.get((event.overlay, event.stage, event.duty)), event)
    return tuple(duty.report() for duty in so_far.values())


def _note(duty: _DutySoFar | None, event: DeadlineMet | DeadlineMissed | DeadlineLifted) -> None:
    if duty is None:  # a history may begin in the middle
        return
    if isinstance(event, DeadlineMet):
        duty.met = event
    elif isinstance(event, DeadlineLifted):
        duty.lifted = event.reason
    else:
        duty.missed_on.add(event.due_on)


def _spans(
    events: Iterable[RecordedEvent], received_on: date, calendar: WorkingDayCalendar
) -> tuple[SpanReport, ...]:
    """Only between facts that are on record, and only forwards."""
    requested: dict[int, date] = {1: received_on}
    acknowledged: dict[int, date] = {}
    answered: dict[int, date] = {}
    for recorded in events:
        event, day = recorded.event, recorded.happened.on
        if isinstance(event, ComplaintEscalated):
            requested.setdefault(event.to_stage, day)
        elif isinstance(event, ComplaintAcknowledged):
            acknowledged.setdefault(event.stage, day)
        elif isinstance(event, ResponseIssued):
            answered.setdefault(event.stage, day)
    spans = []
    for stage in sorted(requested):
        asked = RECEIVED if stage == 1 else ESCALATION_REQUESTED
        confirmed = ACKNOWLEDGED if stage == 1 else ESCALATION_ACKNOWLEDGED
        moments = (
            (asked, requested[stage]),
            (confirmed, acknowledged.get(stage)),
            (f"response stage {stage}", answered.get(stage)),
        )
        for (start, start_on), (end, end_on) in (
            (moments[0], moments[1]),
            (moments[0], moments[2]),
            (moments[1], moments[2]),
        ):
            if start_on is not None and end_on is not None and start_on <= end_on:
                count = calendar.working_days_between(start_on, end_on)
                spans.append(SpanReport(start=start, end=end, working_days=count))
    return tuple(spans)

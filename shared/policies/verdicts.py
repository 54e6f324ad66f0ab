"""What became of the duties of a complaint: in time, late or open; and what its log says of them. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from typing import Protocol

from shared.complaints import events as told
from shared.complaints.events import ComplaintEvent
from shared.complaints.values import Moment, Route
from shared.policies.policy import RESPOND

JUDGED = ("acknowledge", RESPOND)  # the duties that a report tells of


class Verdict(StrEnum):
    """What became of a duty."""

    IN_TIME = "in_time"
    LATE = "late"
    OPEN = "open"  # still to be done in time, or ended with the case before its day
    NO_DATE = "no_date"  # the policy sets none


@dataclass(frozen=True, slots=True)
class Judged:
    """One duty of one stage under a policy; `late` stands once its day has passed undone, whatever came later."""

    due_on: date
    done_on: date | None = None
    late: bool = False

    @property
    def verdict(self) -> Verdict:
        """Say what became of it."""
        if self.late:
            return Verdict.LATE
        return Verdict.OPEN if self.done_on is None else Verdict.IN_TIME


Key = tuple[int, str]  # a stage and a duty of it
Verdicts = dict[Key, Judged]


class Told(Protocol):
    """A fact with when it happened, and when it was on record: until then its duty counted as undone."""

    @property
    def event(self) -> ComplaintEvent: ...

    @property
    def happened(self) -> Moment: ...

    @property
    def known(self) -> Moment: ...


def as_recorded(history: Iterable[Told]) -> Verdicts:
    """Return what the log itself says of the duties under the complaint's own policy."""
    found: Verdicts = {}
    for each in history:
        event = each.event
        if not isinstance(event, told.DeadlineSet | told.DeadlineMet | told.DeadlineMissed):
            continue
        if event.overlay is not None or event.duty not in JUDGED:
            continue
        key = (event.stage, event.duty)
        known = found.get(key) or Judged(event.due_on)
        match event:
            case told.DeadlineSet():
                found[key] = replace(known, due_on=event.due_on, done_on=None)
            case told.DeadlineMet():
                late = known.late or event.late_by_working_days > 0
                found[key] = replace(known, done_on=event.met_on, late=late)
            case told.DeadlineMissed():
                found[key] = replace(known, late=True)
    return found


def stages_opened(history: Iterable[Told]) -> dict[int, date]:
    """Return the day on which each stage of a complaint began to count."""
    opened: dict[int, date] = {}
    for each in history:
        match each.event:
            case told.ComplaintOpened(received_on=on):
                opened[1] = on
            case told.RouteChanged(to_route=Route.COMPLAINT, counts_from_on=on):
                opened[1] = on
            case told.ComplaintEscalated(to_stage=stage):
                opened[stage] = each.happened.on
            case _:
                pass
    return opened


def is_judged(history: Iterable[Told]) -> bool:
    """Say whether it is a complaint that was taken: no other route, and not kept out for good."""
    route, kept_out = Route.COMPLAINT, False
    for each in history:
        match each.event:
            case told.ComplaintOpened(route=opened_as):
                route = opened_as
            case told.RouteChanged(to_route=to_route):
                route = to_route
            case told.ComplaintRefused():
                kept_out = True
            case told.RefusalOverturned():
                kept_out = False
            case _:
                pass
    return route is Route.COMPLAINT and not kept_out

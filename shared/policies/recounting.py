"""What still runs, counted again by another calendar: the same rule from the same day, and the date
that it comes to now.

A proclaimed holiday moves the dates ahead of it and rewrites nothing: what is done, lifted or
missed stays, and so does the day that an extension named.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from shared.complaints.events import DeadlineSet
from shared.complaints.values import Moment, Notice
from shared.complaints.working_days import LONDON, WorkingDayCalendar
from shared.policies.counting import HOURS_A_DAY, DueDate, due_after, due_before, is_late
from shared.policies.deadlines import EXTENSION, Deadline, DeadlineState
from shared.policies.policy import Direction, Duty, Fact, Span, Unit

_WORKING_DAYS = frozenset({Unit.WORKING_DAYS, Unit.WORKING_DAY_HOURS})


def deadlines_recounted(
    calendar: WorkingDayCalendar,
    *,
    duties: Mapping[str, Duty],
    known: Mapping[str, Deadline],
    now: Moment,
) -> tuple[DeadlineSet, ...]:
    """Return the running deadlines of one stage that another calendar moves, one generation on.

    `duties` are those of the policy at that stage, by name; what is not among them, such as a clock
    in law beside the complaint's, is counted without the landlord's own closures. Left alone is what
    was counted by this calendar, what an extension dated, and what has gone by, or would have gone
    by when counted again: nobody could keep such a date. The time in which a complainant may ask
    for the next stage never gets shorter.
    """
    recount = _Recount(calendar, duties=duties, known=known, now=now)
    for name in known:
        recount.count(name)
    return tuple(recount.told.values())


def counted_again(
    deadline: DeadlineSet, calendar: WorkingDayCalendar, *, trigger_on: date
) -> DueDate:
    """Return what the span of a deadline comes to by a calendar, from a day that starts it now.

    The time of day of a start in hours is read back from the instant at which they ended.
    """
    unit = Unit(deadline.unit)
    span = Span(deadline.span, unit)
    if unit not in _WORKING_DAYS:
        moved = trigger_on - deadline.trigger_on
        at = deadline.due_at
        return DueDate(deadline.due_on + moved, None if at is None else at + moved)
    if deadline.trigger.startswith(Direction.BEFORE):
        return due_before(trigger_on, span, calendar)
    return due_after(Moment(trigger_on, _started_at(deadline, trigger_on)), span, calendar)


def _started_at(deadline: DeadlineSet, day: date) -> datetime | None:
    if deadline.due_at is None or deadline.unit != Unit.WORKING_DAY_HOURS:
        return None
    end = deadline.due_at.astimezone(LONDON).replace(tzinfo=None)
    start = (end - timedelta(hours=deadline.span % HOURS_A_DAY)).time()
    return datetime.combine(day, start, tzinfo=LONDON).astimezone(UTC)


class _Recount:
    """One round, in which the date of one duty may move that of another."""

    def __init__(
        self,
        calendar: WorkingDayCalendar,
        *,
        duties: Mapping[str, Duty],
        known: Mapping[str, Deadline],
        now: Moment,
    ) -> None:
        self.told: dict[str, DeadlineSet] = {}
        self._calendar = calendar
        self._duties = duties
        self._known = known
        self._now = now
        self._looked_at: set[str] = set()

    def count(self, name: str) -> None:
        known = self._known.get(name)
        if known is None or name in self._looked_at:
            return
        self._looked_at.add(name)
        latest = known.latest
        if (
            known.state is not DeadlineState.RUNNING
            or latest.trigger == EXTENSION
            or latest.calendar_revision == self._calendar.revision
            or is_late(latest, self._now)
        ):
            return
        told = self._counted(latest)
        if not is_late(told, self._now) and self._differs(latest, told):
            self.told[name] = told

    def _counted(self, latest: DeadlineSet) -> DeadlineSet:
        duty = self._duties.get(latest.duty)
        calendar = self._calendar if duty is not None else self._calendar.by_law
        trigger_on = self._trigger_on(latest)
        due = counted_again(latest, calendar, trigger_on=trigger_on)
        if duty is not None and Fact.ESCALATION_REQUESTED in duty.met_by:
            due = max(due, DueDate(latest.due_on, latest.due_at), key=lambda each: each.on)
        start, end = sorted((trigger_on, due.on))
        counts_days = Unit(latest.unit) in _WORKING_DAYS
        return replace(
            latest,
            generation=latest.generation + 1,
            due_on=due.on,
            due_at=due.at,
            trigger_on=trigger_on,
            calendar_revision=calendar.revision,
            skipped=calendar.skipped_between(start, end) if counts_days else (),
            notices=self._notices(latest, duty, due),
            target_on=self._target(latest, duty, due),
        )

    def _trigger_on(self, latest: DeadlineSet) -> date:
        """The day that starts the count: another one where it is the date of a duty that moved."""
        _, _, anchor = latest.trigger.partition(" ")
        self.count(anchor)
        moved = self.told.get(anchor)
        return latest.trigger_on if moved is None else moved.due_on

    def _notices(self, latest: DeadlineSet, duty: Duty | None, due: DueDate) -> tuple[Notice, ...]:
        """The reminders, counted again; those whose day has gone by are not raised a second time."""
        if duty is None or duty.notice is None or not latest.notices:
            return ()
        before = duty.notice.working_days_before
        on = self._calendar.working_days_before(due.on, before) if before else due.on
        return (Notice(duty.notice.kind, on),) if on >= self._now.on else ()

    def _target(self, latest: DeadlineSet, duty: Duty | None, due: DueDate) -> date | None:
        if latest.target_on is None or duty is None or duty.otherwise is None:
            return None
        anchor = self._known[duty.otherwise.trigger.duty].latest
        anchor = self.told.get(anchor.duty, anchor)
        capped = due_after(Moment(anchor.due_on, anchor.due_at), duty.span, self._calendar)
        return capped.on if capped.on < due.on else None

    def _differs(self, latest: DeadlineSet, told: DeadlineSet) -> bool:
        to_come = tuple(notice for notice in latest.notices if notice.on >= self._now.on)
        return (latest.due_on, latest.due_at, to_come) != (told.due_on, told.due_at, told.notices)

"""Judges the complaints of a period again under a policy pack: batch by batch from the log, without a word to it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Cursor

from shared.complaints.events import ComplaintEvent
from shared.complaints.values import Moment
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.database.pool import Database
from shared.eventstore.feed import read_streams
from shared.eventstore.record import LIVE, RecordedEvent
from shared.policies.policy import Policy
from shared.policies.simulating import judged_again
from shared.policies.verdicts import Judged, Verdict, as_recorded, is_judged, stages_opened
from shared.registry.calendars import current_calendar

BATCH = 100  # complaints in one transaction

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Scope:
    """Which complaints are judged: those received in a period, as far as they were on record at an instant."""

    landlord: str
    organisation: str | None
    from_on: date
    to_on: date
    as_at: datetime


@dataclass(frozen=True, slots=True)
class Outcome:
    """One duty of one stage of a complaint: what became of it, and what would have under the pack."""

    reference: str
    organisation: str
    stage: int
    duty: str
    opened_on: date
    then_due: date
    then: Verdict
    now_due: date | None
    now: Verdict
    done_on: date | None


@dataclass(frozen=True, slots=True)
class Batch:
    """The next complaints: how many were looked at, how many of them judged, and with what outcome."""

    references: tuple[str, ...]
    judged: int
    outcomes: tuple[Outcome, ...]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A fact of the log with the moment from which it counts as done."""

    event: ComplaintEvent
    happened: Moment
    known: Moment


def count_of(cursor: Cursor[Row], scope: Scope) -> int:
    """How many complaints there are to look at."""
    row = cursor.execute(
        """
        SELECT count(*) AS complaints FROM projections.complaint
        WHERE landlord = %s AND received_on BETWEEN %s AND %s
            AND (%s::text IS NULL OR organisation = %s)
        """,
        (scope.landlord, scope.from_on, scope.to_on, scope.organisation, scope.organisation),
    ).fetchone()
    return row["complaints"] if row else 0


def next_batch(cursor: Cursor[Row], scope: Scope, policy: Policy, *, after: str) -> Batch:
    """The complaints that follow on the one named, judged; no reference where there are no more."""
    rows = cursor.execute(
        """
        SELECT reference, organisation FROM projections.complaint
        WHERE landlord = %s AND received_on BETWEEN %s AND %s
            AND (%s::text IS NULL OR organisation = %s) AND reference > %s
        ORDER BY reference LIMIT %s
        """,
        (
            scope.landlord,
            scope.from_on,
            scope.to_on,
            scope.organisation,
            scope.organisation,
            after,
            BATCH,
        ),
    ).fetchall()
    references = tuple(row["reference"] for row in rows)
    calendar = current_calendar(cursor, scope.landlord)
    histories = read_streams(cursor, scope.landlord, references)
    judged, outcomes = 0, list[Outcome]()
    for row in rows:
        entries = _entries(histories.get(row["reference"], ()), scope.as_at)
        if entries and is_judged(entries):
            judged += 1
            outcomes += _outcomes(row, entries, policy, calendar, as_at=scope.as_at)
    return Batch(references, judged, tuple(outcomes))


def whole(database: Database, scope: Scope, policy: Policy) -> Iterator[Batch]:
    """Every batch, each in a transaction of its own."""
    passed = ""
    while True:
        with database.transaction(scope.landlord) as cursor:
            batch = next_batch(cursor, scope, policy, after=passed)
        if not batch.references:
            return
        yield batch
        passed = batch.references[-1]


def _entries(history: Sequence[RecordedEvent], as_at: datetime) -> list[_Entry]:
    """The facts on record by then. What was recorded as it happened counts as done from its record on, as the timers
    had it; what was imported, from when it happened.
    """
    return [
        _Entry(
            each.event,
            each.happened,
            Moment(london_day(each.recorded_at), each.recorded_at)
            if each.origin == LIVE
            else each.happened,
        )
        for each in history
        if each.recorded_at <= as_at
    ]


def _outcomes(
    row: Row,
    entries: Sequence[_Entry],
    policy: Policy,
    calendar: WorkingDayCalendar,
    *,
    as_at: datetime,
) -> Iterator[Outcome]:
    recorded, opened = as_recorded(entries), stages_opened(entries)
    now = judged_again(entries, policy, calendar, as_at=Moment(london_day(as_at), as_at))
    for (stage, duty), then in sorted(recorded.items()):
        if stage not in opened:
            continue
        again: Judged | None = now.get((stage, duty))
        yield Outcome(
            reference=row["reference"],
            organisation=row["organisation"],
            stage=stage,
            duty=duty,
            opened_on=opened[stage],
            then_due=then.due_on,
            then=then.verdict,
            now_due=None if again is None else again.due_on,
            now=Verdict.NO_DATE if again is None else again.verdict,
            done_on=then.done_on,
        )

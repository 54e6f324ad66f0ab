"""Counts open dates again after a landlord adopted another calendar: a batch of cases at a time, from where it stopped.

A batch is one transaction with the note of how far it came, so that a crash loses nothing and does nothing twice. What
was decided meanwhile by the calendar of before is found on the feed and counted again too.
"""

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import groupby
from operator import attrgetter
from typing import Any
from uuid import NAMESPACE_URL, uuid5

import structlog
from psycopg import Cursor

from services.workflow.deciding import Attributes, LoadedComplaint, append_of, loaded
from services.workflow.domain.commands import RecountDeadlines
from services.workflow.domain.decisions import decide
from services.workflow.recount_progress import (
    Batch,
    RecountProgress,
    counts_of,
    note,
    open_streams,
    progress_of,
    recount_row,
    streams_of_before,
)
from shared.complaints.events import ComplaintEvent, DeadlineRecounted
from shared.complaints.values import Moment
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.database.pool import Database
from shared.eventstore.feed import recorded
from shared.eventstore.recorder import Append, AppendRefused, FeedRecorder
from shared.registry.adoptions import policies_by_hash
from shared.registry.calendars import calendar_by_revision
from shared.runtime.clock import Clock

BATCH = 50  # cases in one transaction: bounds for how long it holds the head of the feed
ATTEMPTS = 3  # of a batch that met somebody else's append; then the cases go one by one
SYSTEM = "system"
RECOUNTS = uuid5(NAMESPACE_URL, "urn:redress:recounts")

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class MovedDate:
    """A date that another calendar moves."""

    reference: str
    organisation: str
    duty: str
    stage: int
    overlay: str | None
    from_on: date
    to_on: date
    lawful_on: date | None


class Recounting:
    """Carries out what `adopt_calendar` has asked for; several may run at once."""

    def __init__(
        self,
        *,
        recorder: FeedRecorder,
        database: Database,
        clock: Clock,
        after_append: Callable[[str], None] | None = None,
    ) -> None:
        self._recorder = recorder
        self._database = database
        self._clock = clock
        self._after_append = after_append
        self._log = structlog.get_logger().bind(part="recounting")

    def progress(self, landlord: str) -> RecountProgress | None:
        """The last recount of the landlord, finished or not; None when its calendar never changed."""
        with self._database.transaction(landlord) as cursor:
            row = recount_row(cursor, landlord)
        return None if row is None else progress_of(row)

    def open_cases(self, landlord: str) -> int:
        """How many cases are left to look at, or would be looked at."""
        with self._database.transaction(landlord) as cursor:
            row = recount_row(cursor, landlord)
            passed = row["passed_stream"] if row and row["finished_at"] is None else ""
            found = cursor.execute(
                "SELECT count(DISTINCT stream) AS cases FROM workflow.timer"
                " WHERE landlord = %s AND ended_at IS NULL AND stream > %s",
                (landlord, passed),
            ).fetchone()
        return int(found["cases"]) if found else 0

    def step(self, landlord: str) -> bool:
        """Counts one batch of cases again; False when nothing was left to do."""
        for _ in range(ATTEMPTS):
            try:
                return self._batch(landlord, limit=BATCH)
            except AppendRefused:
                self._log.info("recount_conflict", landlord=landlord)
        for _ in range(ATTEMPTS):
            try:
                return self._batch(landlord, limit=1)
            except AppendRefused:
                self._log.info("recount_conflict", landlord=landlord, alone=True)
        return True  # the busiest case of all: it is tried again with the next step

    def follow(self, landlord: str) -> bool:
        """Counts again what was told on the feed, since the recount ended, by the calendar before;
        False when the end of the feed is reached.
        """
        with self._database.transaction(landlord) as cursor:
            row = recount_row(cursor, landlord)
            if row is None or row["finished_at"] is None:
                return False
        return self._catch_up(landlord, row)

    def preview(
        self, landlord: str, calendar: WorkingDayCalendar, *, reason: str
    ) -> Iterator[MovedDate]:
        """What adopting a calendar would move now, case by case; nothing is written."""
        passed, now = "", self._clock.now()
        while True:
            with self._database.transaction(landlord) as cursor:
                streams = open_streams(cursor, landlord, after=passed, limit=BATCH)
                for case in _cases(cursor, landlord, streams):
                    told = _decided(cursor, landlord, case, calendar, reason=reason, now=now)
                    yield from _moved(case, told)
            if not streams:
                return
            passed = streams[-1]

    def _batch(self, landlord: str, *, limit: int) -> bool:
        with self._database.transaction(landlord) as cursor:
            row = recount_row(cursor, landlord)
            if row is None or row["finished_at"] is not None:
                return False
            streams = open_streams(cursor, landlord, after=row["passed_stream"], limit=limit)
            done = self._recount(cursor, landlord, row, streams)
            if streams:
                note(cursor, row, done, passed_stream=streams[-1])
        if streams:
            self._tell(landlord, done)
            return True
        if not self._catch_up(landlord, row):
            self._finish(landlord, row)
        return True

    def _catch_up(self, landlord: str, row: Row) -> bool:
        with self._database.transaction(landlord) as cursor:
            streams, until = streams_of_before(cursor, landlord, row)
            if until == row["passed_seq"]:
                return False
            done = self._recount(cursor, landlord, row, streams)
            note(cursor, row, done, passed_seq=until)
        self._tell(landlord, done)
        return True

    def _finish(self, landlord: str, row: Row) -> None:
        now = self._clock.now()
        with self._database.transaction(landlord) as cursor:
            cursor.execute(
                "UPDATE workflow.recount SET finished_at = %s"
                " WHERE landlord = %s AND rulebook_version = %s AND finished_at IS NULL",
                (now, landlord, row["rulebook_version"]),
            )
        self._log.info("recount_finished", landlord=landlord, **counts_of(row))

    def _recount(
        self, cursor: Cursor[Row], landlord: str, row: Row, streams: Sequence[str]
    ) -> Batch:
        """Decides and appends, in the caller's transaction; a case that cannot be counted is left
        as it is, and told to the operators: it must not hold up the dates of all others.
        """
        calendar = calendar_by_revision(cursor, landlord, row["calendar_revision"])
        now, done, appends = self._clock.now(), Batch(), list[Append]()
        for case in _cases(cursor, landlord, streams):
            done.cases += 1
            try:
                told = _decided(cursor, landlord, case, calendar, reason=row["reason"], now=now)
            except (ValueError, LookupError) as trouble:
                done.failed += 1
                reference = case.complaint.reference
                self._log.error(
                    "recount_failed", landlord=landlord, complaint=reference, detail=str(trouble)
                )
                continue
            if told:
                done.cases_moved += 1
                done.dates += sum(isinstance(event, DeadlineRecounted) for event in told)
                appends.append(_append(landlord, case, told, row=row, now=now))
        if appends:
            self._recorder.append_all_in(cursor, appends)
        return done

    def _tell(self, landlord: str, done: Batch) -> None:
        if done.cases_moved and self._after_append is not None:
            self._after_append(landlord)


def _decided(
    cursor: Cursor[Row],
    landlord: str,
    case: LoadedComplaint,
    calendar: WorkingDayCalendar,
    *,
    reason: str,
    now: datetime,
) -> tuple[ComplaintEvent, ...]:
    complaint = case.complaint
    pinned = complaint.policy_hash, complaint.overlay_policy_hash
    policy, overlay = policies_by_hash(cursor, landlord, *pinned)
    command = _command(reason, now=now)
    return decide(complaint, command, policy, calendar, now, overlay=overlay)


def _command(reason: str, *, now: datetime) -> RecountDeadlines:
    return RecountDeadlines(happened=Moment(london_day(now), now), actor=SYSTEM, reason=reason)


def _append(
    landlord: str,
    case: LoadedComplaint,
    told: Sequence[ComplaintEvent],
    *,
    row: Row,
    now: datetime,
) -> Append:
    stream, adoption = case.complaint.reference, row["rulebook_version"]
    command_id = uuid5(RECOUNTS, f"{landlord}/{stream}/{adoption}/{case.version}")
    return append_of(
        landlord,
        stream,
        told,
        Attributes(
            command_id=command_id,
            fingerprint=hashlib.sha256(command_id.bytes).digest(),
            correlation_id=f"rulebook/{adoption}",
            causation_id=f"rulebook/{adoption}",
        ),
        command=_command(row["reason"], now=now),
        version=case.version,
        now=now,
    )


def _moved(case: LoadedComplaint, told: Sequence[ComplaintEvent]) -> Iterator[MovedDate]:
    for event in told:
        if isinstance(event, DeadlineRecounted):
            yield MovedDate(
                reference=case.complaint.reference,
                organisation=case.complaint.organisation,
                duty=event.duty,
                stage=event.stage,
                overlay=event.overlay,
                from_on=event.from_on,
                to_on=event.to_on,
                lawful_on=event.lawful_on,
            )


def _cases(cursor: Cursor[Row], landlord: str, streams: Sequence[str]) -> Iterator[LoadedComplaint]:
    rows = cursor.execute(
        "SELECT seq, record, previous_hash, hash FROM workflow.event"
        " WHERE landlord = %s AND stream = ANY(%s) ORDER BY stream, version",
        (landlord, list(streams)),
    ).fetchall()
    for _, history in groupby(map(recorded, rows), key=attrgetter("stream")):
        case = loaded(tuple(history))
        if case is not None:
            yield case

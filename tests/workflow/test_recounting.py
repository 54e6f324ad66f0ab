"""A landlord adopts another calendar: every open date that moves has its fact, its timers move with it, a crash loses
nothing, and nobody else waits.
"""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from psycopg import Cursor

from services.workflow.domain.commands import AcknowledgeComplaint, CloseComplaint, ReopenComplaint
from services.workflow.reconciling import survey
from services.workflow.recounting import BATCH, Recounting
from shared.calendars.england import england_calendar_document, load_calendar, revised_document
from shared.complaints.events import RULEBOOK, CalendarAdopted, DeadlineRecounted, DeadlineSet
from shared.complaints.values import WordsReference
from shared.database.pool import Database
from shared.eventstore.chain import verify_feed
from shared.eventstore.recorder import Append, FeedRecorder
from shared.registry.calendars import adopt_calendar, adopted_calendars, current_calendar
from tests.workflow.office import LANDLORD, Office

FRI_13_MAR_2026 = date(2026, 3, 13)
MON_16_MAR_2026 = date(2026, 3, 16)
WHY = "The offices are closed for the move on Friday 13 March."
MON_14_DEC_2026 = datetime(2026, 12, 14, 9, 30, tzinfo=UTC)
MANY = BATCH + 7
Row = dict[str, Any]


class Crash(RuntimeError):
    """The process dies here."""


class DyingRecorder(FeedRecorder):
    """Dies before or after the append of a batch, inside its transaction."""

    def __init__(self, database: Database, *, at_batch: int) -> None:
        super().__init__(database)
        self.left = at_batch

    def append_all_in(self, cursor: Cursor[Row], appends: Sequence[Append]) -> None:
        super().append_all_in(cursor, appends)
        self.left -= 1
        if self.left == 0:
            raise Crash


def adopt(office: Office, *, reason: str | None = WHY, **changes: object) -> str:
    """Adopt the calendar of before with other closed days."""
    with office.owner.transaction(LANDLORD) as cursor:
        before = adopted_calendars(cursor, LANDLORD)[0].document
        document = revised_document(before, **changes)  # type: ignore[arg-type]
        now = office.clock.now()
        return adopt_calendar(cursor, LANDLORD, document, now, by="ada", reason=reason)


def recounting(office: Office, recorder: FeedRecorder | None = None) -> Recounting:
    """Recounting as the timer service has it."""
    return Recounting(
        recorder=recorder or office.recorder, database=office.database, clock=office.clock
    )


def run(recount: Recounting) -> None:
    """Until nothing is left."""
    while recount.step(LANDLORD):
        pass


def cases(office: Office, count: int = MANY) -> list[str]:
    """Complaints received and not yet acknowledged, on Monday 2 March 2026."""
    return [office.open(f"RC-2026-{number:06}") for number in range(1, count + 1)]


def moved(office: Office, reference: str) -> list[DeadlineRecounted]:
    """The dates of a case that were counted again."""
    events = [record.event for record in office.case(reference).events]
    return [event for event in events if isinstance(event, DeadlineRecounted)]


def everything_agrees(office: Office) -> None:
    """The timers are those that follow from the log, and the chain of the feed holds."""
    assert survey(office.database, LANDLORD, now=office.clock.now()) == []
    with office.owner.transaction(LANDLORD) as cursor:
        assert verify_feed(cursor, LANDLORD).broken is None


def test_the_adoption_is_a_fact_of_the_landlords_own_feed(office: Office) -> None:
    before = office.recorder.load(LANDLORD, RULEBOOK)
    revision = adopt(office, office_closures={FRI_13_MAR_2026: "Moving house"})
    (told,) = office.recorder.load(LANDLORD, RULEBOOK)[len(before) :]
    assert isinstance(told.event, CalendarAdopted)
    assert told.event.calendar_revision == revision
    assert [(day.on, day.name) for day in told.event.closed] == [(FRI_13_MAR_2026, "Moving house")]
    assert told.event.office_closures == (FRI_13_MAR_2026,)
    assert (told.event.reason, told.actor, told.version) == (WHY, "ada", len(before) + 1)
    assert office.handling.load(LANDLORD, RULEBOOK) is None  # and it is no complaint
    everything_agrees(office)


def test_every_open_date_that_moves_has_its_fact_and_its_timers(office: Office) -> None:
    references = cases(office)
    revision = adopt(office, holidays={FRI_13_MAR_2026: "Proclaimed"})
    recount = recounting(office)
    run(recount)
    for reference in references:
        told = moved(office, reference)
        assert {event.to_calendar for event in told} == {revision}
        assert {event.reason for event in told} == {WHY}
        assert (date(2026, 3, 16), date(2026, 3, 17)) in {
            (event.from_on, event.to_on) for event in told
        }
    progress = recount.progress(LANDLORD)
    assert progress is not None
    assert (progress.cases, progress.cases_moved) == (MANY, MANY)
    assert progress.dates_moved == sum(len(moved(office, each)) for each in references)
    assert progress.finished_at is not None
    everything_agrees(office)


@pytest.mark.parametrize("at_batch", [1, 2])
def test_after_a_crash_half_way_the_rest_follows_and_nothing_is_told_twice(
    office: Office, at_batch: int
) -> None:
    references = cases(office)
    adopt(office, holidays={FRI_13_MAR_2026: "Proclaimed"})
    with pytest.raises(Crash):
        run(recounting(office, DyingRecorder(office.database, at_batch=at_batch)))
    half = sum(bool(moved(office, each)) for each in references)
    assert half == (at_batch - 1) * BATCH
    everything_agrees(office)
    office.timers.fire_round()  # the timer service of the next start finds it
    run(recounting(office))
    told = [moved(office, each) for each in references]
    assert all(len(each) == len({event.duty for event in each}) > 0 for each in told)
    progress = recounting(office).progress(LANDLORD)
    assert progress is not None
    assert (progress.cases, progress.cases_moved) == (MANY, MANY)
    everything_agrees(office)


def test_a_process_that_is_killed_before_its_commit_leaves_the_batch_to_the_next(
    office: Office,
) -> None:
    references = cases(office)
    adopt(office, holidays={FRI_13_MAR_2026: "Proclaimed"})
    killed = subprocess.run(
        [sys.executable, "-m", "tests.workflow.killed_recount", office.conninfo, LANDLORD, "2"],
        check=False,
        timeout=60,
        capture_output=True,
        text=True,
    )
    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert sum(bool(moved(office, each)) for each in references) == BATCH
    everything_agrees(office)
    run(recounting(office))
    assert all(moved(office, each) for each in references)
    progress = recounting(office).progress(LANDLORD)
    assert progress is not None
    assert (progress.cases, progress.cases_moved) == (MANY, MANY)
    assert progress.dates_moved == sum(len(moved(office, each)) for each in references)
    everything_agrees(office)


def test_a_dry_run_tells_the_same_and_writes_nothing(office: Office) -> None:
    cases(office, 3)
    with office.owner.transaction(LANDLORD) as cursor:
        document = adopted_calendars(cursor, LANDLORD)[0].document
    calendar = load_calendar(revised_document(document, holidays={FRI_13_MAR_2026: "Proclaimed"}))
    foretold = list(recounting(office).preview(LANDLORD, calendar, reason=WHY))
    assert moved(office, "RC-2026-000001") == []
    adopt(office, holidays={FRI_13_MAR_2026: "Proclaimed"})
    run(recounting(office))
    happened = [
        (reference, event.duty, event.from_on, event.to_on)
        for reference in sorted({each.reference for each in foretold})
        for event in moved(office, reference)
    ]
    assert [(each.reference, each.duty, each.from_on, each.to_on) for each in foretold] == happened
    assert happened


def test_an_officer_who_is_quicker_is_not_held_up_and_the_case_is_counted_all_the_same(
    office: Office,
) -> None:
    (reference,) = cases(office, 1)
    adopt(office, holidays={FRI_13_MAR_2026: "Proclaimed"})

    class Meanwhile(FeedRecorder):
        """Somebody else appends between the decision and the append, once."""

        done = False

        def append_all_in(self, cursor: Cursor[Row], appends: Sequence[Append]) -> None:
            if not self.done:
                self.done = True
                now = office.now()
                office.give(reference, AcknowledgeComplaint(happened=now, actor="ada"), key="ack")
            super().append_all_in(cursor, appends)

    run(recounting(office, Meanwhile(office.database)))
    assert "acknowledged" in office.names(reference)
    assert [event.duty for event in moved(office, reference)].count("respond") == 1
    everything_agrees(office)


def test_what_is_told_by_the_calendar_of_before_is_counted_again_later(office: Office) -> None:
    (reference,) = cases(office, 1)
    words = WordsReference("6d0a6a32-6f0f-4c7c-9d3e-5b8f3f1c2a10", "ab" * 32)
    closing = CloseComplaint(happened=office.now(), actor="ben", because="other", words=words)
    office.give(reference, closing, key="close")
    adopt(office, holidays={FRI_13_MAR_2026: "Proclaimed"})
    recount = recounting(office)
    run(recount)
    assert moved(office, reference) == []  # nothing ran
    reopening = ReopenComplaint(happened=office.now(), actor="ben", words=words)
    office.give(reference, reopening, key="reopen")
    assert recount.follow(LANDLORD)
    assert {event.duty for event in moved(office, reference)} >= {"respond"}
    told = office.case(reference).version
    assert recount.follow(LANDLORD)  # over its own facts, to the end of the feed
    assert not recount.follow(LANDLORD)
    assert office.case(reference).version == told
    everything_agrees(office)


def test_what_is_opened_afterwards_is_counted_by_the_new_calendar_at_once(office: Office) -> None:
    revision = adopt(office, holidays={FRI_13_MAR_2026: "Proclaimed"})
    run(recounting(office))
    reference = office.open("RC-2026-000001")
    events = [record.event for record in office.case(reference).events]
    assert {event.calendar_revision for event in events if isinstance(event, DeadlineSet)} == {
        revision
    }
    assert not moved(office, reference)


def test_adopting_again_before_the_end_begins_again_with_the_newer_calendar(office: Office) -> None:
    references = cases(office)
    adopt(office, holidays={FRI_13_MAR_2026: "Proclaimed"})
    assert recounting(office).step(LANDLORD)
    office.clock.advance(timedelta(minutes=1))
    second = adopt(office, reason=None, holidays={MON_16_MAR_2026: "Proclaimed too"})
    run(recounting(office))
    for reference in references:
        last = {event.duty: event for event in moved(office, reference)}
        assert {event.to_calendar for event in last.values()} == {second}
        assert last["respond"].reason == "Proclaimed too on 2026-03-16 is closed"
    with office.owner.transaction(LANDLORD) as cursor:
        assert current_calendar(cursor, LANDLORD).revision == second
    everything_agrees(office)


def test_a_case_that_cannot_be_counted_holds_up_nobody_and_is_told(office: Office) -> None:
    office.clock.set(MON_14_DEC_2026)
    fine = office.open("RC-2026-000002")
    office.clock.advance(timedelta(days=4))
    broken = office.open("RC-2026-000001")  # its answer is due in January, which nobody knows then
    document = england_calendar_document(last_year=2026)
    with office.owner.transaction(LANDLORD) as cursor:
        adopt_calendar(
            cursor,
            LANDLORD,
            revised_document(document, holidays={date(2026, 12, 23): "Proclaimed"}),
            office.clock.now(),
        )
    recount = recounting(office)
    run(recount)
    assert moved(office, fine)
    assert not moved(office, broken)
    progress = recount.progress(LANDLORD)
    assert progress is not None
    assert (progress.cases, progress.cases_failed) == (2, 1)
    everything_agrees(office)

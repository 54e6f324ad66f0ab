"""Open dates counted again after a landlord closed another day: every moved date is an event of its case."""

import time
from datetime import date

from benchmarks.reporting import Measured
from benchmarks.setting import AT, WORKING, new_setting
from services.workflow.recounting import Recounting
from shared.calendars.england import revised_document
from shared.database.pool import Database
from shared.registry.calendars import adopt_calendar, adopted_calendars

CASES = 2_500
CLOSED = date(2026, 3, 17)  # every case was received on 11 March and has not been answered
PROMISED = 250_000


def measure(conninfo: str) -> list[Measured]:
    """Some thousand cases; what a quarter of a million dates would take at that pace is reckoned, not measured."""
    with (
        Database(conninfo, role=None) as owner,
        Database(conninfo, role="redress_workflow") as database,
    ):
        setting = new_setting(conninfo, owner, database)
        for number in range(CASES):
            setting.open(number)
        with owner.transaction(WORKING) as cursor:
            before = adopted_calendars(cursor, WORKING)[0].document
            closed = revised_document(before, holidays={CLOSED: "Proclaimed"})
            # The floor moves the same dates in one statement, and tells nobody.
            began = time.perf_counter()
            dates = cursor.execute(
                "UPDATE workflow.timer SET due_at = due_at + interval '1 day'"
                " WHERE landlord = %s AND ended_at IS NULL",
                (WORKING,),
            ).rowcount
            floor = dates / (time.perf_counter() - began)
            cursor.connection.rollback()
        with owner.transaction(WORKING) as cursor:
            adopt_calendar(cursor, WORKING, closed, AT, by="operator", reason="Proclaimed.")
        work = Recounting(recorder=setting.recorder, database=database, clock=setting.clock)
        began = time.perf_counter()
        while work.step(WORKING):
            pass
        took = time.perf_counter() - began
        done = work.progress(WORKING)
        assert done is not None
        pace = done.dates_moved / took
    return [
        Measured(
            f"open dates counted again, {done.dates_moved:,} of {done.cases:,} cases",
            pace,
            "/s",
            {"bare UPDATE of their timers": floor},
            aim="2,083 /s",
        ),
        Measured(
            f"{PROMISED:,} open dates at that pace (reckoned)",
            PROMISED / pace,
            "s",
            higher_is_better=False,
            aim="120 s",
        ),
    ]

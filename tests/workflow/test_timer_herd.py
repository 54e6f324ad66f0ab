"""After an outage a herd of timers is overdue: it is drained in batches, once, in the order of
time, and neither commands nor other landlords wait for it.
"""

from __future__ import annotations

import time
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from datetime import UTC, datetime
from itertools import count
from threading import Barrier

from services.workflow.domain.commands import RecordContactAttempt
from services.workflow.reconciling import survey
from services.workflow.timer_backlog import timer_backlog
from services.workflow.timers import BATCH, TimerService
from shared.complaints.values import Channel
from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder
from tests.workflow.office import LANDLORD, MON_2_MAR_2026, Office, register

THU_5_MAR_2026 = datetime(2026, 3, 5, tzinfo=UTC)  # the first three dates have just passed
COMPLAINTS = 60
MISSED_EACH = 3
OFFICERS = 3
LONGEST_WAIT_SECONDS = 5.0  # a batch and a few conflicts, on a machine with other things to do
OTHER = "hillside"


def herd(office: Office, *, complaints: int = COMPLAINTS) -> list[str]:
    """Complaints on which nobody acted while no timer service ran."""
    references = [f"RC-2026-{number:06}" for number in range(1, complaints + 1)]
    for reference in references:
        office.open(reference)
    office.clock.set(THU_5_MAR_2026)
    return references


def drain(timers: TimerService) -> int:
    """Fire until nothing is left; how many rounds it took."""
    rounds = 1
    while timers.fire_round() == 0.0:
        rounds += 1
    return rounds


def each_was_missed_once(office: Office, references: list[str]) -> None:
    for reference in references:
        assert office.names(reference).count("deadline-missed") == MISSED_EACH
    assert timer_backlog(office.database, LANDLORD, now=office.clock.now()).overdue == 0
    assert survey(office.database, LANDLORD, now=office.clock.now()) == []


def test_a_herd_is_drained_in_batches_and_each_date_is_told_once(office: Office) -> None:
    references = herd(office)
    overdue = timer_backlog(office.database, LANDLORD, now=office.clock.now())
    # The reminders of the days before are overdue too; what they would announce has passed.
    assert (
        overdue.overdue == overdue.overdue_ages["under 1 s"] + overdue.overdue_ages["1 h or more"]
    )
    assert overdue.overdue_ages["under 1 s"] == COMPLAINTS * MISSED_EACH
    assert drain(office.timers) >= overdue.overdue // BATCH
    each_was_missed_once(office, references)


def test_what_is_fired_together_stands_on_the_log_as_if_fired_one_by_one(office: Office) -> None:
    references = herd(office, complaints=3)
    drain(office.timers)
    histories = [
        [(record.name, record.version, record.happened, record.actor) for record in case.events]
        for case in map(office.case, references)
    ]
    assert histories[0] == histories[1] == histories[2]
    commands = [
        record.command_id for case in map(office.case, references) for record in case.events
    ]
    # The opening is one command with all its facts, and so is every timer that had something to say.
    assert len(set(commands)) == len(references) * (1 + MISSED_EACH)


def test_two_services_drain_a_herd_together_and_say_nothing_twice(
    office: Office, connections: ExitStack
) -> None:
    references = herd(office)
    begin = Barrier(2)

    def service() -> int:
        database = connections.enter_context(
            Database(office.conninfo, role="redress_workflow", max_size=2)
        )
        timers = TimerService(
            recorder=FeedRecorder(database), database=database, clock=office.clock
        )
        begin.wait()
        fired = 0
        while timer_backlog(database, LANDLORD, now=office.clock.now()).overdue:
            fired += timers.fire_due(LANDLORD)
        return fired

    with ThreadPoolExecutor(2) as threads:
        both: list[Future[int]] = [threads.submit(service) for _ in range(2)]
        fired = [each.result() for each in both]
    assert all(fired)
    each_was_missed_once(office, references)


def test_commands_go_on_while_a_herd_is_drained(office: Office) -> None:
    """Also on complaints of the herd: a batch holds them for its transaction and no longer."""
    references = herd(office)
    attempt = RecordContactAttempt(channel=Channel.PHONE, happened=office.now(), actor="ben")
    with ThreadPoolExecutor(1 + OFFICERS) as threads:
        draining = threads.submit(drain, office.timers)

        def work(reference: str) -> list[float]:
            """How long each command of an officer took that was answered during the drain."""
            waits: list[float] = []
            for number in count(1):
                began = time.monotonic()
                office.give(reference, attempt, key=f"attempt {number}")
                if draining.done():
                    break
                waits.append(time.monotonic() - began)
            return waits

        # The last of the herd: their timers are fired at its end.
        working = [threads.submit(work, reference) for reference in references[-OFFICERS:]]
        waits = [each.result() for each in working]
        draining.result()
    drain(office.timers)  # what was passed over because an officer had it in hand
    assert sum(map(len, waits)) >= OFFICERS
    assert max(max(each, default=0.0) for each in waits) < LONGEST_WAIT_SECONDS
    each_was_missed_once(office, references)


def test_a_landlord_with_a_single_timer_does_not_wait_for_the_herd_of_another(
    office: Office,
) -> None:
    herd(office)
    office.clock.set(MON_2_MAR_2026)
    register(office, OTHER, "HC", {OTHER: ("council", "kctmo-2010")})
    opening = office.opening("HC-2026-000001", OTHER)
    office.give("HC-2026-000001", opening, key="open", landlord=OTHER)
    office.clock.set(THU_5_MAR_2026)
    assert office.timers.fire_round() == 0.0  # there is more to do
    now = office.clock.now()
    assert timer_backlog(office.database, OTHER, now=now).overdue == 0
    left = timer_backlog(office.database, LANDLORD, now=now).overdue
    assert left > COMPLAINTS * MISSED_EACH - BATCH


def test_complaints_that_somebody_works_on_do_not_slow_down_the_rest_of_the_herd(
    office: Office,
) -> None:
    references = herd(office)
    with office.owner.transaction(LANDLORD) as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s || '/' || %s, 0))",
            (LANDLORD, references[0]),
        )
        rests = [office.timers.fire_round() for _ in range(COMPLAINTS * MISSED_EACH // BATCH)]
        assert not any(rests)
    drain(office.timers)
    each_was_missed_once(office, references)

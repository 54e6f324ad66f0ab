"""Days that pass become facts: once, in order, whoever is looking and however late."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime

from services.workflow.domain.commands import (
    AcknowledgeComplaint,
    ApproveDraft,
    IssueResponse,
    SubmitDraft,
)
from services.workflow.timers import TimerService, timer_command_id
from shared.complaints.events import ComplaintClosed, DeadlineMissed, EscalationWindowClosed
from shared.complaints.values import Channel, IssueOutcome, Outcome
from shared.eventstore.timers import DueTimer
from shared.runtime.worker import run_all
from tests.support.eventually import eventually_async
from tests.workflow.office import LANDLORD, MON_2_MAR_2026, Office, register

BOILER = "RC-2026-000001"
FRI_20_MAR_2026 = datetime(2026, 3, 20, 10, 0, tzinfo=UTC)
WED_20_MAY_2026 = datetime(2026, 5, 20, 10, 0, tzinfo=UTC)

# What silence brings to a complaint of Monday 2 March 2026 under the KCTMO policy: London day,
# hour, event, duty.
SILENCE = [
    ("2026-03-03 08:00", "deadline-approaching", "acknowledge"),
    ("2026-03-03 08:00", "deadline-approaching", "allocate"),
    ("2026-03-03 08:00", "deadline-approaching", "contact"),
    ("2026-03-05 00:00", "deadline-missed", "acknowledge"),
    ("2026-03-05 00:00", "deadline-missed", "allocate"),
    ("2026-03-05 00:00", "deadline-missed", "contact"),
    ("2026-03-11 08:00", "holding-response-due", None),  # three working days before Monday 16
    ("2026-03-12 08:00", "deadline-approaching", "respond"),
    ("2026-03-13 08:00", "draft-due", None),  # one working day before Monday 16
    ("2026-03-14 00:00", "deadline-missed", "draft"),
    ("2026-03-17 00:00", "deadline-missed", "respond"),
    ("2026-03-17 00:00", "deadline-missed", "holding_response"),
]


def told(office: Office, reference: str, *, after: int) -> list[tuple[str, str, str | None]]:
    return [
        (
            f"{record.happened.at:%Y-%m-%d %H:%M}",
            record.name.split(".")[1],
            getattr(record.event, "duty", None),
        )
        for record in office.case(reference).events[after:]
    ]


def answer(office: Office, reference: str) -> None:
    office.give(reference, SubmitDraft(happened=office.now(), actor="cora"), key="draft")
    office.give(
        reference,
        ApproveDraft(happened=office.now(), actor="ben", actor_role="complaints_team"),
        key="approval",
    )
    outcome = IssueResponse(
        issues=(IssueOutcome(1, Outcome.UPHELD),), happened=office.now(), actor="cora"
    )
    office.give(reference, outcome, key="response")


def test_a_case_on_which_nobody_acts_is_told_of_every_date_at_its_own_moment(
    office: Office,
) -> None:
    office.open(BOILER)
    opened = office.case(BOILER).version
    office.run_until(FRI_20_MAR_2026)
    assert told(office, BOILER, after=opened) == SILENCE


def test_after_the_answer_silence_closes_the_case_when_twenty_working_days_have_passed(
    office: Office,
) -> None:
    """Good Friday and Easter Monday, 3 and 6 April 2026, do not count."""
    office.open(BOILER)
    office.run_until(FRI_20_MAR_2026)
    answer(office, BOILER)
    office.run_until(WED_20_MAY_2026)
    case = office.case(BOILER)
    window = next(r for r in case.events if isinstance(r.event, EscalationWindowClosed))
    closed = next(r for r in case.events if isinstance(r.event, ComplaintClosed))
    assert isinstance(window.event, EscalationWindowClosed)
    assert isinstance(closed.event, ComplaintClosed)
    assert window.event.last_day_on == date(2026, 4, 21)
    assert closed.event.because == "silence"
    assert closed.happened.on == date(2026, 4, 22)
    assert closed.actor == "system"


def test_what_was_done_in_time_is_neither_announced_nor_missed(office: Office) -> None:
    office.open(BOILER)
    letter = AcknowledgeComplaint(channel=Channel.LETTER, happened=office.now(), actor="ben")
    office.give(BOILER, letter, key="letter")
    office.run_until(FRI_20_MAR_2026)
    assert not [
        record
        for record in office.case(BOILER).events
        if isinstance(record.event, DeadlineMissed) and record.event.duty == "acknowledge"
    ]


def test_dates_that_passed_while_nobody_looked_are_missed_at_their_own_moment(
    office: Office,
) -> None:
    """A service that was off for two months raises no reminder of what is past."""
    office.open(BOILER)
    opened = office.case(BOILER).version
    office.clock.set(WED_20_MAY_2026)
    while office.timers.fire_due(LANDLORD):
        pass
    assert told(office, BOILER, after=opened) == [
        entry for entry in SILENCE if entry[1] == "deadline-missed"
    ]
    assert {r.recorded_at for r in office.case(BOILER).events[opened:]} == {WED_20_MAY_2026}


def test_two_services_at_once_fire_each_timer_once(office: Office) -> None:
    references = [office.open(f"RC-2026-{number:06}") for number in range(1, 31)]
    office.clock.set(FRI_20_MAR_2026)

    def fire_all(service: TimerService) -> int:
        fired = 0
        while _open_and_due(office):
            fired += service.fire_due(LANDLORD)
        return fired

    with ThreadPoolExecutor(2) as pool:
        fired = list(pool.map(fire_all, [office.timers, office.timers]))
    assert sum(fired) == 30 * 12
    for reference in references:
        missed = [
            record.event.duty
            for record in office.case(reference).events
            if isinstance(record.event, DeadlineMissed)
        ]
        assert sorted(missed) == sorted(
            duty for _, name, duty in SILENCE if name.endswith("missed") and duty
        )


def test_a_timer_that_cannot_be_fired_leaves_the_others_alone_and_its_row_open(
    office: Office,
) -> None:
    office.open(BOILER)
    with office.owner.transaction(LANDLORD) as cursor:
        cursor.execute(
            "INSERT INTO workflow.timer (landlord, stream, duty, stage, kind, generation, due_at)"
            " VALUES (%s, 'RC-2026-999999', 'respond', 1, 'missed', 1, %s)",
            (LANDLORD, MON_2_MAR_2026),
        )
    office.clock.set(FRI_20_MAR_2026)
    service = office.timers
    while service.fire_due(LANDLORD):
        pass
    assert office.names(BOILER).count("deadline-missed") == 6
    assert _open_and_due(office) == 1


def test_a_timer_that_comes_back_from_a_backup_says_nothing_twice(office: Office) -> None:
    office.open(BOILER)
    office.run_until(FRI_20_MAR_2026)
    before = office.case(BOILER).version
    with office.owner.transaction(LANDLORD) as cursor:
        cursor.execute(
            "UPDATE workflow.timer SET ended_at = NULL, ended_by = NULL WHERE landlord = %s",
            (LANDLORD,),
        )
    assert office.timers.fire_due(LANDLORD) == 12
    assert office.case(BOILER).version == before
    assert _open_and_due(office) == 0


def test_the_id_of_a_timers_command_follows_from_the_timer_alone() -> None:
    timer = DueTimer(LANDLORD, BOILER, "respond", 1, "missed", 1, MON_2_MAR_2026)
    later = DueTimer(LANDLORD, BOILER, "respond", 1, "missed", 1, WED_20_MAY_2026)
    again = DueTimer(LANDLORD, BOILER, "respond", 1, "missed", 2, MON_2_MAR_2026)
    assert timer_command_id(timer) == timer_command_id(later) != timer_command_id(again)


def test_one_landlords_herd_does_not_hold_up_another(office: Office) -> None:
    register(office, "hillside", "HC", {"hillside": ("council", "kctmo-2010")})
    for number in range(1, 13):
        office.open(f"RC-2026-{number:06}")
    office.give(
        "HC-2026-000001",
        office.opening("HC-2026-000001", "hillside"),
        key="open",
        landlord="hillside",
    )
    office.clock.set(FRI_20_MAR_2026)
    assert office.timers.fire_round() == 0.0  # riverside has more than one batch
    with office.owner.transaction("hillside") as cursor:
        row = cursor.execute(
            "SELECT count(*) AS open FROM workflow.timer"
            " WHERE landlord = 'hillside' AND ended_at IS NULL AND due_at <= %s",
            (FRI_20_MAR_2026,),
        ).fetchone()
    assert row is not None
    assert row["open"] == 0


async def test_the_worker_fires_by_itself_and_ends_when_told(office: Office) -> None:
    office.open(BOILER)
    stop = asyncio.Event()
    running = asyncio.create_task(run_all([office.timers], stop))
    office.clock.set(FRI_20_MAR_2026)

    async def all_told() -> bool:
        return await asyncio.to_thread(_open_and_due, office) == 0

    await eventually_async(all_told)
    stop.set()
    await asyncio.wait_for(running, timeout=2.0)
    assert "deadline-missed" in office.names(BOILER)


def _open_and_due(office: Office) -> int:
    with office.owner.transaction(LANDLORD) as cursor:
        row = cursor.execute(
            "SELECT count(*) AS open FROM workflow.timer"
            " WHERE landlord = %s AND ended_at IS NULL AND due_at <= %s",
            (LANDLORD, office.clock.now()),
        ).fetchone()
    assert row is not None
    return int(row["open"])

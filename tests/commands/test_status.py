"""What `redress status` measures, when it raises an alarm, and that readiness follows the same limits."""

from __future__ import annotations

import json
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from services.redress.assembly import WORKFLOW, Installation
from services.redress.commands.importing import import_file
from services.redress.commands.status import Status, as_json, look
from services.redress.commands.status_table import WORST
from services.redress.consumers import CONSUMERS
from services.redress.health import nothing_waits_too_long
from services.redress.stages import NOTIFIER_LAG, PROJECTIONS_LAG, RELAY, TIMERS, waiting_at
from services.workflow.leading import take_lead
from services.workflow.relay import LEADER_LOCK, relay_leads
from shared.eventstore.feed import head
from shared.runtime.clock import SettableClock
from tests.commands.histories import DAMP, lines

pytestmark = pytest.mark.postgres
Written = Callable[[str, str], Path]
LARKFIELD = "larkfield-homes"


@pytest.fixture
def imported(
    installed: Installation, written: Written, capsys: pytest.CaptureFixture[str]
) -> Installation:
    """One case is in the log and in the read models, and nobody has relayed it or written letters."""
    import_file(installed, file=written("cases.jsonl", lines(DAMP)))
    capsys.readouterr()
    return installed


def ages(status: Status) -> dict[str, timedelta | None]:
    return {each.stage: each.oldest for each in status.stages}


def put_right(inst: Installation) -> None:
    """What the relay and the notifier would have done."""
    CONSUMERS["notifier"].follower(inst).catch_up(LARKFIELD)
    with inst.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        cursor.execute("UPDATE workflow.relay_cursor SET seq = %s", (head(cursor, LARKFIELD),))


def add_timer(inst: Installation, *, overdue: timedelta, duty: str = "respond") -> None:
    with inst.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        cursor.execute(
            "INSERT INTO workflow.timer (landlord, stream, duty, stage, kind, generation, due_at)"
            " VALUES (%s, 'LH-2025-000009', %s, 1, 'missed', 1, %s)",
            (LARKFIELD, duty, inst.clock.now() - overdue),
        )


def test_an_installation_without_landlords_is_well(installed: Installation) -> None:
    status = look(installed)
    assert (status.is_alarming, status.stages, status.heads) == (False, (), ())


def test_what_nobody_relayed_or_followed_ages_until_it_is_an_alarm(
    imported: Installation, clock: SettableClock
) -> None:
    clock.advance(timedelta(seconds=59))
    status = look(imported)
    assert not status.is_alarming
    assert ages(status)[RELAY] == ages(status)[NOTIFIER_LAG] == timedelta(seconds=59)
    assert ages(status)[PROJECTIONS_LAG] is None
    clock.advance(timedelta(seconds=2))
    alarming = [each.stage for each in look(imported).stages if each.is_alarming]
    assert alarming == [RELAY, NOTIFIER_LAG]
    put_right(imported)
    assert not look(imported).is_alarming


def test_the_head_of_each_feed_is_told_with_its_hash(imported: Installation) -> None:
    (feed,) = as_json(look(imported))["feeds"]
    with imported.database(WORKFLOW).transaction(LARKFIELD) as cursor:
        assert feed["head"] == head(cursor, LARKFIELD) > 0
    assert (len(feed["hash"]), feed["published"]) == (64, 0)


def test_overdue_timers_are_counted_by_age(imported: Installation) -> None:
    put_right(imported)
    for number, seconds in enumerate((0.2, 5, 30, 300, 3000, 90_000)):
        add_timer(imported, overdue=timedelta(seconds=seconds), duty=f"duty-{number}")
    add_timer(imported, overdue=timedelta(hours=-2), duty="later")
    status = look(imported)
    timers = status.timers[LARKFIELD]
    assert (timers.waiting, timers.overdue, timers.due_within_a_day) == (7, 6, 1)
    assert set(timers.overdue_ages.values()) == {1}
    assert [each.stage for each in status.stages if each.is_alarming] == [TIMERS]


def test_what_is_parked_is_an_alarm(imported: Installation) -> None:
    put_right(imported)
    with imported.owner.transaction(LARKFIELD) as cursor:
        cursor.execute(
            "INSERT INTO projections.parked SELECT landlord, 'projections.feed.v1', seq, stream, event_id,"
            " 'poison', 'ValueError', recorded_at FROM workflow.event WHERE seq <= 2"
        )
    status = look(imported)
    assert status.is_alarming
    assert as_json(status)["parked"] == [
        {"consumer": "projections", "landlord": LARKFIELD, "streams": 1, "events": 2}
    ]


def test_whether_a_relay_leads_is_seen_from_any_connection(imported: Installation) -> None:
    workflow = imported.database(WORKFLOW)
    with workflow.directory() as other, imported.owner.directory() as leader:
        assert not relay_leads(other)
        leader.execute("SELECT pg_advisory_xact_lock(%s)", (LEADER_LOCK,))
        assert relay_leads(other)


async def test_a_process_is_not_ready_while_its_stage_is_over_the_alarm(
    imported: Installation, clock: SettableClock
) -> None:
    check = nothing_waits_too_long(imported, RELAY)
    assert await check() is None
    clock.advance(timedelta(minutes=2))
    assert await check() == "the oldest item waits longer than 60 seconds"
    put_right(imported)
    assert await check() is None
    assert [each.waiting for each in waiting_at(imported, RELAY, now=clock.now())] == [0]


def test_the_command_ends_with_one_when_somebody_should_look(
    imported: Installation, terminal: Callable[..., tuple[int, str]]
) -> None:
    put_right(imported)
    code, output = terminal("status", "--json")
    assert (code, json.loads(output)["alarming"]) == (0, False)
    add_timer(imported, overdue=timedelta(days=400))
    code, output = terminal("status")
    assert code == 1
    assert "ALARM" in output
    assert "no relay leads" in output


def test_the_summary_comes_first_and_everything_fits_eighty_columns(
    imported: Installation, terminal: Callable[..., tuple[int, str]]
) -> None:
    put_right(imported)
    for number in range(2 * WORST):
        add_timer(imported, overdue=timedelta(days=400), duty=f"duty-{number}")
    with imported.database(WORKFLOW).directory() as cursor:
        take_lead(cursor, "relay", now=imported.clock.now())
    code, output = terminal("status")
    assert code == 1
    lines_told = output.splitlines()
    assert lines_told[0].startswith(
        "ALARM: 1 stage over the alarm for 1 of 1 landlord, 0 complaints"
    )
    assert max(map(len, lines_told)) <= 80
    assert f"feed of {LARKFIELD}" not in output
    assert "no relay leads, epoch 1 since 2026-11-02 09:30 UTC" in output
    code, everything = terminal("status", "--all")
    assert f"feed of {LARKFIELD}" in everything
    code, output = terminal("status", "--json")
    assert json.loads(output)["leaders"] == [
        {"leader": "relay", "epoch": 1, "taken_at": "2026-11-02T09:30:00+00:00"}
    ]

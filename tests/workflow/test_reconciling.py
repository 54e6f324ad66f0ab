"""The log is right about timers, and the rows are put right by it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from services.workflow.domain.commands import AcknowledgeComplaint, WithdrawComplaint
from services.workflow.reconciling import TimerDifference, reconcile
from shared.complaints.values import Channel
from tests.workflow.office import LANDLORD, Office

BOILER = "RC-2026-000001"
DAMAGE = {
    "missing": b"""
        DELETE FROM workflow.timer WHERE landlord = %s AND duty = 'respond' AND kind = 'missed'
    """,
    "ended": b"""
        UPDATE workflow.timer SET ended_at = due_at, ended_by = 'cancelled'
        WHERE landlord = %s AND duty = 'respond' AND kind = 'missed'
    """,
    "moved": b"""
        UPDATE workflow.timer SET due_at = due_at + interval '1 year'
        WHERE landlord = %s AND duty = 'respond' AND kind = 'missed'
    """,
    "left over": b"""
        INSERT INTO workflow.timer (landlord, stream, duty, stage, kind, generation, due_at)
        SELECT landlord, stream, duty, 2, kind, 1, due_at FROM workflow.timer
        WHERE landlord = %s AND duty = 'respond' AND kind = 'missed'
    """,
}


def mended(office: Office) -> list[TimerDifference]:
    return reconcile(office.database, LANDLORD, now=office.clock.now())


def rows(office: Office) -> list[tuple[object, ...]]:
    with office.owner.transaction(LANDLORD) as cursor:
        found = cursor.execute(
            "SELECT stream, duty, stage, kind, generation, due_at FROM workflow.timer"
            " WHERE landlord = %s AND ended_at IS NULL ORDER BY 1, 2, 3, 4, 5",
            (LANDLORD,),
        )
        return [tuple(row.values()) for row in found]


def test_rows_that_agree_with_the_log_are_left_alone(office: Office) -> None:
    office.open(BOILER)
    letter = AcknowledgeComplaint(channel=Channel.LETTER, happened=office.now(), actor="ben")
    office.give(BOILER, letter, key="letter")
    office.open("RC-2026-000002", organisation="riverside")
    office.run_until(datetime(2026, 3, 20, 10, 0, tzinfo=UTC))
    office.give(BOILER, WithdrawComplaint(happened=office.now(), actor="ben"), key="withdraw")
    assert mended(office) == []


@pytest.mark.parametrize("trouble", DAMAGE)
def test_a_row_that_differs_from_the_log_is_found_and_put_right(
    office: Office, trouble: str
) -> None:
    office.open(BOILER)
    before = rows(office)
    with office.owner.transaction(LANDLORD) as cursor:
        cursor.execute(DAMAGE[trouble], (LANDLORD,))
    assert [difference.trouble for difference in mended(office)] == [trouble]
    assert rows(office) == before
    assert mended(office) == []


def test_what_came_due_while_the_reconciler_looked_is_no_difference(office: Office) -> None:
    """Its look begins before a date passes, and a command tells that it has passed before it ends."""
    office.open(BOILER)
    as_the_look_began = office.clock.now()
    office.clock.advance(timedelta(days=90))  # no timer was fired meanwhile
    office.give(BOILER, WithdrawComplaint(happened=office.now(), actor="ben"), key="withdraw")
    assert reconcile(office.database, LANDLORD, now=as_the_look_began) == []


def test_a_timer_that_has_fired_without_a_word_is_not_set_again(office: Office) -> None:
    """The holding response's day passes in silence: whether it was needed is known later."""
    office.open(BOILER)
    office.run_until(datetime(2026, 3, 12, 7, 0, tzinfo=UTC))
    assert mended(office) == []

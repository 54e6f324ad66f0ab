"""What a landlord adopts is told on its own feed, in the transaction that writes the registry's rows."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest

from shared.calendars.england import england_calendar_document, revised_document
from shared.complaints.events import RULEBOOK, CalendarAdopted, PolicyAdopted
from shared.database.pool import Database
from shared.eventstore.chain import verify_feed
from shared.eventstore.feed import read_feed, read_stream
from shared.eventstore.record import RecordedEvent
from shared.policy_packs.loader import load_policy
from shared.registry.adoptions import adopt_policy, adoptions
from shared.registry.calendars import (
    adopt_calendar,
    adopted_calendars,
    current_calendar,
    has_calendar,
    why_recounted,
)
from shared.registry.rulebook import AdoptionRefused, rulebook_version
from tests.eventstore.building import HILLTOP, RIVERSIDE, WED_11_MAR_2026
from tests.registry.test_adoptions import FIRST, adopt

ENGLAND = england_calendar_document()
MON_1_JUN_2026, FRI_19_JUN_2026 = date(2026, 6, 1), date(2026, 6, 19)
MOURNING = revised_document(ENGLAND, holidays={FRI_19_JUN_2026: "Day of mourning"})


def rulebook(owner: Database, landlord: str = RIVERSIDE) -> tuple[RecordedEvent, ...]:
    """The facts of the landlord's rulebook."""
    with owner.transaction(landlord) as cursor:
        return read_stream(cursor, landlord, RULEBOOK)


def adopt_days(owner: Database, document: str, *, reason: str | None = None, later: int = 0) -> str:
    """Adopt a calendar for Riverside."""
    now = WED_11_MAR_2026 + timedelta(days=later)
    with owner.transaction(RIVERSIDE) as cursor:
        return adopt_calendar(cursor, RIVERSIDE, document, now, by="amal", reason=reason)


def test_a_policy_is_told_with_everything_that_was_decided(owner: Database) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        adopt_policy(
            cursor,
            landlord=RIVERSIDE,
            organisation="mill-lane",
            document=FIRST,
            effective_from=MON_1_JUN_2026,
            until=FRI_19_JUN_2026,
            adopted_by="amal",
            reason="The system is out of use.",
            now=WED_11_MAR_2026,
        )
    (told,) = rulebook(owner)
    policy = load_policy(FIRST, source="shipped")
    assert told.event == PolicyAdopted(
        organisation="mill-lane",
        policy="kctmo-2010",
        policy_version=policy.version,
        policy_hash=policy.policy_hash,
        overlay=False,
        effective_from=MON_1_JUN_2026,
        until=FRI_19_JUN_2026,
        reason="The system is out of use.",
    )
    assert (told.actor, told.version, told.happened.at) == ("amal", 1, WED_11_MAR_2026)
    with owner.transaction(RIVERSIDE) as cursor:
        (row,) = adoptions(cursor, RIVERSIDE)
    assert (row.policy, row.until, row.adopted_by, row.reason) == (
        "kctmo-2010",
        FRI_19_JUN_2026,
        "amal",
        "The system is out of use.",
    )


def test_the_facts_are_numbered_and_chained_on_the_landlords_feed_alone(owner: Database) -> None:
    adopt(owner, FIRST, effective_from=MON_1_JUN_2026)
    adopt_days(owner, ENGLAND)
    with owner.transaction(RIVERSIDE) as cursor:
        assert [told.seq for told in read_feed(cursor, RIVERSIDE, after=0, limit=10)] == [1, 2]
        assert verify_feed(cursor, RIVERSIDE).broken is None
    assert [told.version for told in rulebook(owner)] == [1, 2]
    assert rulebook(owner, HILLTOP) == ()


def test_what_changes_nothing_is_not_told(owner: Database) -> None:
    for later in range(2):
        adopt(owner, FIRST, effective_from=MON_1_JUN_2026, days_later=later)
        adopt_days(owner, ENGLAND, later=later)
    assert len(rulebook(owner)) == 2


def test_a_row_that_cannot_be_written_takes_its_fact_with_it(owner: Database) -> None:
    with pytest.raises(psycopg.errors.ForeignKeyViolation):
        adopt(owner, FIRST, effective_from=MON_1_JUN_2026, organisation="nobody")
    assert rulebook(owner) == ()


def test_a_calendar_is_told_with_the_days_it_closes_and_opens(owner: Database) -> None:
    assert adopt_days(owner, ENGLAND) == adopt_days(owner, ENGLAND, later=1)
    adopt_days(owner, MOURNING, reason="Proclaimed.", later=2)
    adopt_days(owner, ENGLAND, later=3)
    first, second, third = [told.event for told in rulebook(owner)]
    assert isinstance(first, CalendarAdopted)
    assert isinstance(second, CalendarAdopted)
    assert isinstance(third, CalendarAdopted)
    assert (first.replaces_revision, first.closed, first.opened) == (None, (), ())
    assert second.replaces_revision == first.calendar_revision
    assert [day.on for day in second.closed] == [FRI_19_JUN_2026]
    assert why_recounted(second) == "Proclaimed."
    assert [day.on for day in third.opened] == [FRI_19_JUN_2026]
    assert why_recounted(third) == "Day of mourning on 2026-06-19 is open"
    with owner.transaction(RIVERSIDE) as cursor:
        assert current_calendar(cursor, RIVERSIDE).revision == first.calendar_revision
        assert [found.revision for found in adopted_calendars(cursor, RIVERSIDE)] == [
            first.calendar_revision,
            second.calendar_revision,
        ]


def test_two_calendars_adopted_at_one_instant_stand_in_the_order_of_the_rulebook(
    owner: Database,
) -> None:
    adopt_days(owner, MOURNING)
    second = adopt_days(owner, ENGLAND)
    third = adopt_days(owner, MOURNING)
    with owner.transaction(RIVERSIDE) as cursor:
        assert current_calendar(cursor, RIVERSIDE).revision == third != second


def test_a_holiday_that_becomes_the_landlords_own_closure_is_told_as_closed_anew(
    owner: Database,
) -> None:
    adopt_days(owner, MOURNING)
    own = revised_document(ENGLAND, office_closures={FRI_19_JUN_2026: "Day of mourning"})
    adopt_days(owner, own, later=1)
    told = rulebook(owner)[-1].event
    assert isinstance(told, CalendarAdopted)
    assert [day.on for day in told.closed] == [FRI_19_JUN_2026]
    assert told.office_closures == (FRI_19_JUN_2026,)


def test_the_first_calendar_asks_for_no_recount_and_every_other_does(owner: Database) -> None:
    def recounts() -> list[int]:
        with owner.transaction(RIVERSIDE) as cursor:
            rows = cursor.execute("SELECT rulebook_version FROM workflow.recount").fetchall()
        return [row["rulebook_version"] for row in rows]

    with owner.transaction(RIVERSIDE) as cursor:
        assert not has_calendar(cursor, RIVERSIDE)
    adopt_days(owner, ENGLAND)
    assert recounts() == []
    adopt_days(owner, MOURNING, later=1)
    assert recounts() == [2]
    adopt_days(owner, ENGLAND, later=2)
    assert recounts() == [3]
    with owner.transaction(RIVERSIDE) as cursor:
        assert has_calendar(cursor, RIVERSIDE)
        assert rulebook_version(cursor, RIVERSIDE) == 3


@pytest.mark.parametrize("reason", ["", "  ", "two\nlines", "x" * 301])
def test_a_reason_is_one_sentence(owner: Database, reason: str) -> None:
    with pytest.raises(AdoptionRefused, match="reason: is one sentence"):
        adopt_days(owner, ENGLAND, reason=reason)
    assert rulebook(owner) == ()


@pytest.mark.parametrize("role", ["redress_intake", "redress_projections", "redress_notifier"])
def test_no_service_but_the_one_that_keeps_the_log_can_tell_anything_there(
    owner: Database, role: str
) -> None:
    with (
        Database(owner.conninfo, role=role, max_size=1) as service,
        service.transaction(RIVERSIDE) as cursor,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        adopt_calendar(cursor, RIVERSIDE, ENGLAND, WED_11_MAR_2026)

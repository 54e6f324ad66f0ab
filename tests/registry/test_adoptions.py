"""The policy in force on a day, whichever was adopted since; the calendar in use, whichever came
before.
"""

from datetime import date, timedelta

import pytest

from shared.calendars.england import england_calendar_document
from shared.database.pool import Database
from shared.policy_packs.loader import load_policy, shipped_pack
from shared.registry.adoptions import (
    PolicyNotAdopted,
    PolicyPackAltered,
    adopt_policy,
    policy_by_hash,
    policy_in_force,
)
from shared.registry.calendars import (
    CalendarNotAdopted,
    adopt_calendar,
    calendar_by_revision,
    current_calendar,
)
from tests.eventstore.building import HILLTOP, RIVERSIDE, WED_11_MAR_2026

MON_1_APR_2024 = date(2024, 4, 1)
FIRST, SECOND = shipped_pack("kctmo-2010"), shipped_pack("hos-code-2024")
ENGLAND = england_calendar_document(first_year=2024, last_year=2027)
SHORT = england_calendar_document(first_year=2025, last_year=2026)


def adopt(
    owner: Database,
    document: str,
    *,
    effective_from: date,
    organisation: str = "mill-lane",
    days_later: int = 0,
) -> str:
    """Adopt a policy for an organisation of Riverside."""
    with owner.transaction(RIVERSIDE) as cursor:
        return adopt_policy(
            cursor,
            landlord=RIVERSIDE,
            organisation=organisation,
            document=document,
            effective_from=effective_from,
            adopted_by="amal",
            now=WED_11_MAR_2026 + timedelta(days=days_later),
        )


def in_force(database: Database, on: date, *, organisation: str = "mill-lane") -> str:
    """The hash of the policy that binds an organisation on a day."""
    with database.transaction(RIVERSIDE) as cursor:
        return policy_in_force(cursor, RIVERSIDE, organisation, on).policy_hash


def test_a_policy_is_in_force_from_its_day_until_the_next_ones(owner: Database) -> None:
    old = adopt(owner, FIRST, effective_from=date(2000, 1, 1))
    new = adopt(owner, SECOND, effective_from=MON_1_APR_2024)
    assert in_force(owner, date(2000, 1, 1)) == old
    assert in_force(owner, date(2024, 3, 31)) == old
    assert in_force(owner, MON_1_APR_2024) == new
    with owner.transaction(RIVERSIDE) as cursor:
        assert policy_by_hash(cursor, RIVERSIDE, old) == load_policy(FIRST, source="shipped")


def test_before_any_policy_is_in_force_the_way_out_is_named(owner: Database) -> None:
    adopt(owner, FIRST, effective_from=MON_1_APR_2024)
    with pytest.raises(PolicyNotAdopted, match=r"mill-lane .* on 2024-03-31; adopt one"):
        in_force(owner, date(2024, 3, 31))
    with pytest.raises(PolicyNotAdopted):
        in_force(owner, MON_1_APR_2024, organisation="riverside")


def test_the_later_of_two_adoptions_for_the_same_day_counts(owner: Database) -> None:
    adopt(owner, FIRST, effective_from=MON_1_APR_2024)
    corrected = adopt(owner, SECOND, effective_from=MON_1_APR_2024, days_later=1)
    assert in_force(owner, MON_1_APR_2024) == corrected


def test_adopting_what_is_in_force_changes_nothing(owner: Database) -> None:
    adopt(owner, FIRST, effective_from=date(2000, 1, 1))
    adopt(owner, FIRST, effective_from=date(2000, 1, 1), days_later=1)
    adopt(owner, FIRST, effective_from=MON_1_APR_2024, days_later=2)
    with owner.transaction(RIVERSIDE) as cursor:
        rows = cursor.execute("SELECT effective_from FROM registry.adoption").fetchall()
    assert rows == [{"effective_from": date(2000, 1, 1)}]


def test_a_policy_of_another_landlord_is_not_found(owner: Database) -> None:
    policy_hash = adopt(owner, FIRST, effective_from=MON_1_APR_2024)
    assert in_force(owner, MON_1_APR_2024) == policy_hash
    with owner.transaction(HILLTOP) as cursor:
        with pytest.raises(PolicyNotAdopted):
            policy_by_hash(cursor, HILLTOP, policy_hash)
        with pytest.raises(PolicyNotAdopted):
            policy_in_force(cursor, RIVERSIDE, "mill-lane", MON_1_APR_2024)


def test_a_pack_whose_stored_text_was_changed_is_refused(owner: Database) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute(
            "INSERT INTO registry.policy_pack VALUES (%s, %s, %s, %s, %s)",
            (RIVERSIDE, "not-its-hash", "kctmo-2010", FIRST, WED_11_MAR_2026),
        )
        with pytest.raises(PolicyPackAltered):
            policy_by_hash(cursor, RIVERSIDE, "not-its-hash")


@pytest.mark.parametrize("role", ["redress_intake", "redress_workflow", "redress_projections"])
def test_every_service_finds_policy_and_calendar(owner: Database, role: str) -> None:
    policy_hash = adopt(owner, FIRST, effective_from=MON_1_APR_2024)
    with owner.transaction(RIVERSIDE) as cursor:
        revision = adopt_calendar(cursor, RIVERSIDE, ENGLAND, WED_11_MAR_2026)
    with Database(owner.conninfo, role=role, max_size=1) as service:
        assert in_force(service, MON_1_APR_2024) == policy_hash
        with service.transaction(RIVERSIDE) as cursor:
            assert current_calendar(cursor, RIVERSIDE).revision == revision


def test_the_calendar_adopted_last_is_current_and_the_others_stay(owner: Database) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        first = adopt_calendar(cursor, RIVERSIDE, ENGLAND, WED_11_MAR_2026)
        second = adopt_calendar(cursor, RIVERSIDE, SHORT, WED_11_MAR_2026 + timedelta(days=1))
        assert current_calendar(cursor, RIVERSIDE).revision == second
        assert calendar_by_revision(cursor, RIVERSIDE, first).revision == first
        adopt_calendar(cursor, RIVERSIDE, ENGLAND, WED_11_MAR_2026 + timedelta(days=2))
        assert current_calendar(cursor, RIVERSIDE).revision == first


def test_a_landlord_without_a_calendar_is_told_to_adopt_one(owner: Database) -> None:
    with owner.transaction(HILLTOP) as cursor, pytest.raises(CalendarNotAdopted, match="adopt one"):
        current_calendar(cursor, HILLTOP)

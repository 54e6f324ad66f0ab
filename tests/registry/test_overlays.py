"""The policy that runs beside an organisation's own, and policies that are in force for a time."""

from datetime import date, timedelta

from shared.database.pool import Database
from shared.registry.adoptions import (
    adopt_policy,
    overlay_in_force,
    policies_by_hash,
    policies_in_force,
    policy_in_force,
)
from tests.eventstore.building import RIVERSIDE, WED_11_MAR_2026
from tests.registry.test_adoptions import FIRST, SECOND, adopt

MON_1_APR_2024 = date(2024, 4, 1)
SUN_31_MAR_2024 = date(2024, 3, 31)
MON_1_JUN_2026, TUE_30_JUN_2026, WED_1_JUL_2026 = (
    date(2026, 6, 1),
    date(2026, 6, 30),
    date(2026, 7, 1),
)


def adopt_beside(owner: Database, *, until: date | None = None, days_later: int = 0) -> str:
    """Adopt the code as the overlay of an organisation of Riverside, from 1 April 2024."""
    with owner.transaction(RIVERSIDE) as cursor:
        return adopt_policy(
            cursor,
            landlord=RIVERSIDE,
            organisation="mill-lane",
            document=SECOND,
            effective_from=MON_1_APR_2024,
            adopted_by="amal",
            now=WED_11_MAR_2026 + timedelta(days=days_later),
            until=until,
            overlay=True,
        )


def beside(database: Database, on: date) -> str | None:
    """The hash of the overlay on a day."""
    with database.transaction(RIVERSIDE) as cursor:
        found = overlay_in_force(cursor, RIVERSIDE, "mill-lane", on)
    return None if found is None else found.policy_hash


def own(database: Database, on: date) -> str:
    """The hash of the own policy on a day."""
    with database.transaction(RIVERSIDE) as cursor:
        return policy_in_force(cursor, RIVERSIDE, "mill-lane", on).policy_hash


def test_an_overlay_is_adopted_beside_the_own_policy_and_takes_its_place_nowhere(
    owner: Database,
) -> None:
    policy = adopt(owner, FIRST, effective_from=MON_1_APR_2024)
    code = adopt_beside(owner)
    assert own(owner, MON_1_APR_2024) == policy
    assert beside(owner, MON_1_APR_2024) == code
    assert beside(owner, SUN_31_MAR_2024) is None
    with owner.transaction(RIVERSIDE) as cursor:
        in_force = policies_in_force(cursor, RIVERSIDE, "mill-lane", MON_1_APR_2024)
        assert policies_by_hash(cursor, RIVERSIDE, policy, code) == in_force
        assert policies_by_hash(cursor, RIVERSIDE, policy, None) == (in_force[0], None)


def test_an_organisation_without_an_overlay_has_none(owner: Database) -> None:
    adopt(owner, FIRST, effective_from=MON_1_APR_2024)
    assert beside(owner, MON_1_JUN_2026) is None


def test_a_temporary_policy_is_in_force_up_to_its_last_day_and_the_one_before_again_after_it(
    owner: Database,
) -> None:
    usual = adopt(owner, FIRST, effective_from=MON_1_APR_2024)
    with owner.transaction(RIVERSIDE) as cursor:
        temporary = adopt_policy(
            cursor,
            landlord=RIVERSIDE,
            organisation="mill-lane",
            document=SECOND,
            effective_from=MON_1_JUN_2026,
            adopted_by="amal",
            now=WED_11_MAR_2026,
            until=TUE_30_JUN_2026,
        )
    assert own(owner, MON_1_JUN_2026 - timedelta(days=1)) == usual
    assert [own(owner, day) for day in (MON_1_JUN_2026, TUE_30_JUN_2026)] == [temporary] * 2
    assert own(owner, WED_1_JUL_2026) == usual


def test_adopting_the_same_overlay_again_changes_nothing_but_another_last_day_does(
    owner: Database,
) -> None:
    for until, days_later in ((None, 0), (None, 1), (TUE_30_JUN_2026, 2)):
        adopt_beside(owner, until=until, days_later=days_later)
    with owner.transaction(RIVERSIDE) as cursor:
        rows = cursor.execute(
            "SELECT until_on FROM registry.adoption WHERE overlay ORDER BY adopted_at"
        ).fetchall()
    assert [row["until_on"] for row in rows] == [None, TUE_30_JUN_2026]

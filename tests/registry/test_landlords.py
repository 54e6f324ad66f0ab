"""Landlords, organisations and case references."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import psycopg
import pytest

from shared.database.pool import Database
from shared.eventstore.feed import head
from shared.registry.landlords import (
    Landlord,
    all_landlords,
    next_reference,
    organisations,
    register_landlord,
    register_organisation,
)
from tests.eventstore.building import HILLTOP, RIVERSIDE, WED_11_MAR_2026
from tests.registry.conftest import ORGANISATIONS


def test_registering_again_changes_nothing(owner: Database) -> None:
    renamed = Landlord(RIVERSIDE, "Somebody Else", "tmo", "XX")
    with owner.transaction(RIVERSIDE) as cursor:
        before = all_landlords(cursor)
        register_landlord(cursor, renamed, now=WED_11_MAR_2026 + timedelta(days=1))
        register_organisation(cursor, ORGANISATIONS[0])
        assert all_landlords(cursor) == before
        assert head(cursor, RIVERSIDE) == 0
        assert organisations(cursor, RIVERSIDE) == (ORGANISATIONS[1], ORGANISATIONS[0])


@pytest.mark.parametrize(
    "landlord",
    [
        Landlord("River Side", "Riverside", "council", "RC"),
        Landlord("", "Nobody", "council", "RC"),
        Landlord("riverside-2", "Riverside", "castle", "RC"),
        Landlord("riverside-2", "Riverside", "council", "rc1"),
    ],
)
def test_a_landlord_that_makes_no_sense_is_refused(owner: Database, landlord: Landlord) -> None:
    with (
        pytest.raises(psycopg.errors.CheckViolation),
        owner.transaction(landlord.landlord) as cursor,
    ):
        register_landlord(cursor, landlord, now=WED_11_MAR_2026)


def test_organisations_of_another_landlord_are_not_seen(owner: Database) -> None:
    with owner.transaction(HILLTOP) as cursor:
        assert organisations(cursor, HILLTOP) == ()
        assert organisations(cursor, RIVERSIDE) == ()


def test_references_count_within_a_landlord_and_year(owner: Database) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        assert next_reference(cursor, RIVERSIDE, 2026) == "RC-2026-000001"
        assert next_reference(cursor, RIVERSIDE, 2026) == "RC-2026-000002"
        assert next_reference(cursor, RIVERSIDE, 2027) == "RC-2027-000001"
    with owner.transaction(HILLTOP) as cursor:
        assert next_reference(cursor, HILLTOP, 2026) == "RC-2026-000001"


@pytest.mark.parametrize("role", ["redress_intake", "redress_workflow"])
def test_references_are_given_once_however_many_ask(owner: Database, role: str) -> None:
    def take(_: int) -> str:
        with service.transaction(RIVERSIDE) as cursor:
            return next_reference(cursor, RIVERSIDE, 2026)

    with Database(owner.conninfo, role=role) as service, ThreadPoolExecutor(8) as pool:
        taken = sorted(pool.map(take, range(40)))
    assert taken == [f"RC-2026-{number:06d}" for number in range(1, 41)]


def test_a_landlord_that_nobody_registered_has_no_references(owner: Database) -> None:
    with (
        pytest.raises((LookupError, psycopg.errors.ForeignKeyViolation)),
        owner.transaction("nowhere") as cursor,
    ):
        next_reference(cursor, "nowhere", 2026)

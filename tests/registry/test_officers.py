"""Officers are known by id, within their landlord."""

from dataclasses import replace

import psycopg
import pytest

from shared.database.pool import Database
from shared.registry.officers import Officer, UnknownRole, officer, officers, register_officer
from tests.eventstore.building import HILLTOP, RIVERSIDE

JOAN = Officer(RIVERSIDE, "joan", "mill-lane", "Joan Price", "joan@example.org", "caseworker")
AMAL = Officer(RIVERSIDE, "amal", "riverside", "Amal Haddad", "amal@example.org", "manager")


def test_officers_are_found_by_id_and_listed_by_organisation(owner: Database) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        register_officer(cursor, AMAL)
        register_officer(cursor, JOAN)
        assert officers(cursor, RIVERSIDE) == (JOAN, AMAL)
        assert officer(cursor, RIVERSIDE, "joan") == JOAN
        assert officer(cursor, RIVERSIDE, "nobody") is None
    with owner.transaction(HILLTOP) as cursor:
        assert officer(cursor, HILLTOP, "joan") is None
        assert officer(cursor, RIVERSIDE, "joan") is None


def test_registering_again_brings_an_officer_up_to_date(owner: Database) -> None:
    promoted = replace(JOAN, role="head_of_service", organisation="riverside")
    with owner.transaction(RIVERSIDE) as cursor:
        register_officer(cursor, JOAN)
        register_officer(cursor, promoted)
        assert officers(cursor, RIVERSIDE) == (promoted,)


def test_a_role_that_does_not_exist_is_refused_with_those_that_do(owner: Database) -> None:
    with owner.transaction(RIVERSIDE) as cursor, pytest.raises(UnknownRole, match="caseworker"):
        register_officer(cursor, replace(JOAN, role="king"))


def test_an_officer_of_an_unknown_organisation_is_refused(owner: Database) -> None:
    with (
        pytest.raises(psycopg.errors.ForeignKeyViolation),
        owner.transaction(RIVERSIDE) as cursor,
    ):
        register_officer(cursor, replace(JOAN, organisation="nowhere"))

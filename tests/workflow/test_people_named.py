"""Whom the forms offer to name: on a panel only people who may fill one of its seats."""

import pytest

from services.workflow.action_fields import ACTIONS
from services.workflow.people_named import people, questions
from shared.database.pool import Database
from shared.registry.officers import Officer, register_officer
from tests.identity.building import RIVERSIDE, register_everybody
from tests.support.complaint_spec import KCTMO, policy_named
from tests.support.postgres import TestDatabase

SITTING = (("bea", "board_member"), ("ida", "independent_member"), ("del", "director"))
OTHERS = (("ada", "auditor"), ("tom", "administrator"))


@pytest.fixture
def owner(database: TestDatabase) -> Database:
    """A landlord with people in every kind of role."""
    owner = Database(database.conninfo, role=None)
    register_everybody(owner)
    with owner.transaction(RIVERSIDE) as cursor:
        for name, role in (*SITTING, *OTHERS):
            register_officer(cursor, Officer(RIVERSIDE, name, "riverside", name, "", role))
    return owner


def named(owner: Database, command: str, *, stage: int) -> set[str]:
    """Who may be named in the form of a command at a stage of KCTMO's policy."""
    with owner, owner.transaction(RIVERSIDE) as cursor:
        offered = people(
            cursor, RIVERSIDE, ACTIONS[command], stage=stage, policy=policy_named(KCTMO)
        )
    return {each.value for each in offered}


@pytest.mark.postgres
def test_a_panel_is_chosen_from_those_who_may_fill_its_seats(owner: Database) -> None:
    assert named(owner, "panel", stage=3) == {"bea", "ida", "del"}


@pytest.mark.postgres
def test_a_stage_is_allocated_to_anybody_who_works_on_complaints(owner: Database) -> None:
    offered = named(owner, "allocation", stage=3)
    assert offered >= {"amara", "ben", "del"}
    assert not offered & {"ada", "tom"}


@pytest.mark.postgres
def test_a_form_that_names_nobody_offers_nobody(owner: Database) -> None:
    assert named(owner, "notes", stage=1) == set()


def test_the_form_of_a_panel_says_which_seats_there_are() -> None:
    (asked, *_) = questions(ACTIONS["panel"], 3, policy_named(KCTMO))
    assert asked.hint == (
        "One person for each seat: chief executive or director; board member; "
        "board member or independent member."
    )
    assert questions(ACTIONS["notes"], 3, policy_named(KCTMO)) == ACTIONS["notes"].fields

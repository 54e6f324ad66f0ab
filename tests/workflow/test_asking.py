"""What the forms ask under a policy: what it needs, nothing it has no use for, and people who may do it."""

from dataclasses import replace
from datetime import date

import pytest

from services.workflow.action_fields import ACTIONS
from services.workflow.asking import conditions, people, questions
from services.workflow.domain.complaint import Complaint
from shared.complaints.values import Route
from shared.database.pool import Database
from shared.registry.officers import Officer, register_officer
from tests.complaints.steps import opened
from tests.identity.building import RIVERSIDE, register_everybody
from tests.support.complaint_spec import CODE, KCTMO, Spec, policy_named
from tests.support.postgres import TestDatabase

THH = "thh-2022"
SITTING = (("bea", "board_member"), ("ida", "independent_member"), ("del", "director"))
OTHERS = (("ada", "auditor"), ("tom", "administrator"))


def at_stage(stage: int) -> Complaint:
    """A complaint under KCTMO's policy that has come to this stage."""
    complaint = Spec(policy_named(KCTMO)).after(opened(date(2026, 3, 2))).complaint
    assert complaint is not None
    return replace(complaint, stage=stage)


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
    policy = policy_named(KCTMO)
    with owner, owner.transaction(RIVERSIDE) as cursor:
        offered = people(cursor, RIVERSIDE, ACTIONS[command], at_stage(stage), policy)
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
    (asked, *_) = questions(ACTIONS["panel"], at_stage(3), policy_named(KCTMO))
    assert asked.hint == (
        "One person for each seat: chief executive or director; board member; "
        "board member or independent member."
    )
    notes = ACTIONS["notes"]
    assert questions(notes, at_stage(3), policy_named(KCTMO)) == notes.fields
    assert conditions(notes, at_stage(3), policy_named(KCTMO)) == ()


def asked_for(policy: str, *, stage: int = 1, route: Route = Route.COMPLAINT) -> dict[str, bool]:
    """What the form of an extension asks under a policy, and whether it may be left out."""
    complaint = replace(at_stage(stage), route=route)
    fields = questions(ACTIONS["extensions"], complaint, policy_named(policy))
    return {field.name: field.optional for field in fields}


def test_an_extension_that_needs_agreement_asks_for_it_and_for_when_the_complainant_was_told() -> (
    None
):
    found = asked_for(THH)
    # Beside it the policy moves the date for legal advice, which needs neither.
    assert found == dict.fromkeys(
        ("to_on", "by_working_days", "agreed", "told_on", "ground", "words", "send_letter"), True
    )
    query = asked_for(THH, route=Route.QUERY)
    assert "told_on" not in query
    assert query["agreed"] is False


def test_an_extension_under_the_code_asks_for_reasons_and_the_ombudsmans_details() -> None:
    found = asked_for(CODE)
    assert found["words"] is False
    assert found["ombudsman_details_given"] is False
    assert "agreed" not in found
    assert "ground" not in found


def test_the_form_of_an_extension_says_what_the_policy_asks_with_its_clauses() -> None:
    told = conditions(ACTIONS["extensions"], at_stage(1), policy_named(THH))
    assert [cited.clause for cited in told] == [
        "Timescales, Stage 1 Complaints",
        "Stage 1 - Complaints Investigation, paragraph 2",
        "Complaints through an advocate, paragraph 3",
    ]


def test_where_no_date_may_move_the_form_stays_as_it_is() -> None:
    extensions = ACTIONS["extensions"]
    nowhere = replace(policy_named(THH), extensions=())
    assert questions(extensions, at_stage(1), nowhere) == extensions.fields

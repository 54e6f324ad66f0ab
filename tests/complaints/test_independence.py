"""Independence: at later stages nobody considers what they handled before or what is about them."""

import pytest

from services.workflow.domain.commands import Command
from tests.complaints.steps import (
    A_REASON,
    BOARD_MEMBER,
    CHIEF,
    HEAD,
    MANAGER,
    TEAM,
    allocated,
    answered,
    approved,
    checked_and_answered,
    drafted,
    escalated,
    opened,
)
from tests.support.complaint_spec import CODE, Spec, given
from tests.support.dates import (
    fri_20_mar_2026,
    mon_2_mar_2026,
    mon_16_mar_2026,
    mon_23_mar_2026,
    tue_3_mar_2026,
    tue_17_mar_2026,
    tue_24_mar_2026,
    wed_4_mar_2026,
    wed_18_mar_2026,
)

SURVEYOR = "officer-surveyor"
CHAIR = "officer-chair-of-the-board"
NOTE_ON_STAGES_2_AND_3 = "Guidance for tenant management organisations, note on stages 2 and 3"
PANEL_CLAUSE = "Procedure, Stage Three; Staff guidance 6.6"


def at_stage_two() -> Spec:
    return given(
        opened(mon_2_mar_2026, named=(CHAIR,)),
        allocated(tue_3_mar_2026, SURVEYOR),
        allocated(wed_4_mar_2026, MANAGER, words=A_REASON),
        checked_and_answered(mon_16_mar_2026),
        escalated(tue_17_mar_2026),
    )


@pytest.mark.parametrize("officer", [MANAGER, SURVEYOR, TEAM])
def test_who_handled_drafted_approved_or_answered_stage_one_gets_no_seat_at_stage_two(
    officer: str,
) -> None:
    at_stage_two().when(allocated(wed_18_mar_2026, officer)).then_refused(
        "took part at an earlier stage",
        clause=NOTE_ON_STAGES_2_AND_3,
        way_out="not involved before",
    )


@pytest.mark.parametrize(
    "officer", ["officer-who-drafts", "officer-who-checks", "officer-who-issues"]
)
def test_whoever_had_one_part_in_the_answer_to_stage_one_gets_no_seat_at_stage_two(
    officer: str,
) -> None:
    case = given(
        opened(mon_2_mar_2026),
        drafted(mon_16_mar_2026, by="officer-who-drafts"),
        approved(mon_16_mar_2026, by="officer-who-checks"),
        answered(mon_16_mar_2026, by="officer-who-issues"),
        escalated(tue_17_mar_2026),
    )
    case.when(allocated(wed_18_mar_2026, officer)).then_refused("took part at an earlier stage")


def test_who_is_complained_of_gets_no_seat_at_a_later_stage() -> None:
    at_stage_two().when(allocated(wed_18_mar_2026, CHAIR)).then_refused(
        "is named in the complaint", way_out="the complaint is not about"
    )


def test_a_fresh_head_of_service_considers_stage_two() -> None:
    after = at_stage_two().after(allocated(wed_18_mar_2026, HEAD))
    assert after.state.handlers == (HEAD,)


@pytest.mark.parametrize("command", [drafted(wed_18_mar_2026), answered(wed_18_mar_2026)])
def test_who_answered_stage_one_neither_drafts_nor_answers_stage_two(command: Command) -> None:
    at_stage_two().when(command).then_refused("took part at an earlier stage")


def test_the_team_that_checks_drafts_checks_them_at_every_stage() -> None:
    spec = at_stage_two().after(drafted(wed_18_mar_2026, by=HEAD))
    spec.after(approved(wed_18_mar_2026, by=TEAM))


@pytest.mark.parametrize("officer", [MANAGER, SURVEYOR, HEAD, CHAIR])
def test_the_panel_of_stage_three_has_nobody_from_either_stage_before(officer: str) -> None:
    spec = at_stage_two().after(allocated(wed_18_mar_2026, HEAD))
    for command in checked_and_answered(fri_20_mar_2026, by=HEAD):
        spec = spec.after(command)
    spec = spec.after(escalated(mon_23_mar_2026))
    spec.when(allocated(tue_24_mar_2026, CHIEF, BOARD_MEMBER, officer)).then_refused(
        f"Officer {officer}", clause=PANEL_CLAUSE
    )


def test_the_code_wants_a_different_person_at_stage_2() -> None:
    spec = given(
        opened(mon_2_mar_2026),
        allocated(tue_3_mar_2026, MANAGER),
        answered(mon_16_mar_2026),
        escalated(tue_17_mar_2026),
        under=CODE,
    )
    spec.when(allocated(wed_18_mar_2026, MANAGER)).then_refused(clause="Code 5.8 and 6.13")
    spec.when(answered(wed_18_mar_2026)).then_refused(clause="Code 5.8 and 6.13")
    spec.after(answered(wed_18_mar_2026, by=HEAD))


def test_at_stage_one_the_manager_of_those_named_may_consider_it() -> None:
    given(opened(mon_2_mar_2026, named=(CHAIR,))).after(allocated(tue_3_mar_2026, MANAGER))

"""A landlord's own pack, a file that no code knows, carries a complaint from receipt to its close."""

from datetime import date
from functools import cache
from pathlib import Path

from services.workflow.domain.commands import Command
from shared.complaints.events import (
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintEvent,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    ResponseIssued,
)
from shared.complaints.values import Channel, Outcome
from shared.policies.checking import findings
from shared.policies.policy import Policy
from shared.policy_packs.loader import load_policy
from tests.complaints.steps import (
    A_LETTER,
    A_REASON,
    MANAGER,
    acknowledged,
    allocated,
    answered,
    closed,
    escalated,
    extended,
    found,
    opened,
    refused,
)
from tests.support.complaint_spec import Due, Spec, due, given

FILE = Path(__file__).parent / "packs" / "meadow-homes.toml"
# Mondays to Fridays of March to May 2026 without Good Friday (3 April), Easter Monday (6 April),
# the early May holiday (4 May) and the spring holiday (25 May), counted on paper.
MON_2_MAR, WED_4_MAR, THU_5_MAR = date(2026, 3, 2), date(2026, 3, 4), date(2026, 3, 5)
WED_18_MAR, THU_19_MAR, MON_23_MAR = date(2026, 3, 18), date(2026, 3, 19), date(2026, 3, 23)
TUE_24_MAR, THU_26_MAR, WED_6_MAY = date(2026, 3, 24), date(2026, 3, 26), date(2026, 5, 6)
THU_7_MAY, FRI_8_MAY = date(2026, 5, 7), date(2026, 5, 8)
BOARD = ("officer-board-1", "officer-board-2", "officer-independent")


@cache
def meadow_homes() -> Policy:
    return load_policy(FILE.read_text("utf-8"), source=FILE.name)


def test_the_pack_is_sound() -> None:
    assert findings(meadow_homes()) == ()


def went_on(spec: Spec, command: Command, *expected: ComplaintEvent | Due) -> Spec:
    spec.when(command).then_among_others(*expected)
    return spec.after(command)


def test_a_whole_case_runs_under_it() -> None:
    spec = went_on(
        given(under=meadow_homes()),
        opened(MON_2_MAR),
        due("acknowledge", THU_5_MAR, clause="Section 3"),
        due("respond", WED_18_MAR, clause="Section 3"),
    )
    met = DeadlineMet("acknowledge", 1, THU_5_MAR, WED_4_MAR, 0)
    spec = went_on(spec, acknowledged(WED_4_MAR), met).after(allocated(WED_4_MAR, MANAGER))
    spec.when_time_passes_to(THU_19_MAR, "08:00").then(DeadlineMissed("respond", 1, WED_18_MAR))
    spec = went_on(
        spec,
        answered(THU_19_MAR),
        ResponseIssued(1, Outcome.UPHELD, (found(),), A_LETTER),
        DeadlineMet("respond", 1, WED_18_MAR, THU_19_MAR, 1),
    )
    spec = went_on(
        spec,
        escalated(MON_23_MAR),
        ComplaintEscalated(1, 2, Channel.PHONE, "dissatisfied"),
        due("acknowledge", THU_26_MAR, stage=2, clause="Section 4"),
        due("respond", THU_7_MAY, stage=2, clause="Section 4"),
    )
    the_board_panel_answers(spec.after(acknowledged(TUE_24_MAR)))


def the_board_panel_answers(spec: Spec) -> None:
    spec.when(allocated(TUE_24_MAR, MANAGER, *BOARD[:2])).then_refused(
        "took part at an earlier stage", clause="Section 4"
    )
    spec = spec.after(allocated(TUE_24_MAR, *BOARD))
    met = DeadlineMet("respond", 2, THU_7_MAY, WED_6_MAY, 0)
    spec = went_on(spec, answered(WED_6_MAY, by=BOARD[0]), met)
    spec.when(escalated(THU_7_MAY)).then_refused(
        "no further stage", clause="Section 5", way_out="Housing Ombudsman"
    )
    spec.when(closed(FRI_8_MAY, "final_response")).then(
        ComplaintClosed(2, "final_response", "Section 6")
    )


def test_it_moves_no_date_and_turns_away_what_it_says() -> None:
    spec = given(opened(MON_2_MAR), under=meadow_homes())
    spec.when(extended(WED_4_MAR, by=5)).then_refused("knows no extension")
    spec.when(refused(WED_4_MAR, "anonymous")).then_refused(clause="Section 2")
    spec.when(refused(WED_4_MAR, "before_a_court")).then_among_others(
        DeadlineLifted("respond", 1, "the complaint was closed: refused")
    )
    spec.when(closed(WED_4_MAR, words=A_REASON)).then_among_others(
        ComplaintClosed(1, "resolved", "Section 6", A_REASON)
    )

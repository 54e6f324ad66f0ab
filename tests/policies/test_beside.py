"""A policy beside the complaint's own: whether an extension moves its date too."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from shared.complaints.values import Moment, Route
from shared.policies.deadlines import Deadline, DeadlineState, deadlines_on_receipt
from shared.policies.overlay import ExtensionTold, as_overlay, extends_too
from shared.policies.policy import RESPOND, Extension
from tests.policies.reading import every_rule
from tests.support.complaint_spec import england

MON_2_MAR = date(2026, 3, 2)
WED_18_MAR = date(2026, 3, 18)  # ten working days after the acknowledgement is due
WED_1_APR = date(2026, 4, 1)  # ten working days later: the cap
THU_2_APR = date(2026, 4, 2)
ALL_TOLD = ExtensionTold(
    to_on=date(2026, 3, 19),
    agreed=True,
    explained=True,
    ombudsman_details_given=True,
    good_reason=False,
)


def response() -> Deadline:
    told = deadlines_on_receipt(
        every_rule(), england(), route=Route.COMPLAINT, received=Moment(MON_2_MAR)
    )
    due = next(each for each in told if each.duty == RESPOND)
    assert due.due_on == WED_18_MAR
    return Deadline(due, due)


def rule(**changes: Any) -> Extension:
    """Explained, with the Ombudsman's details, ten working days at most, more for good reason."""
    known = every_rule().extension(route=Route.COMPLAINT, stage=1)
    assert known is not None
    return replace(known, **changes)


def moves(known: Extension | None = None, due: Deadline | None = None, **told: Any) -> bool:
    return extends_too(replace(ALL_TOLD, **told), known or rule(), due or response(), england())


def test_an_extension_that_meets_every_condition_moves_the_date_too() -> None:
    assert moves()


@pytest.mark.parametrize(
    "told",
    [
        {"to_on": WED_18_MAR},
        {"to_on": date(2026, 3, 17)},
        {"explained": False},
        {"ombudsman_details_given": False},
        {"to_on": THU_2_APR},
    ],
    ids=["no later", "earlier", "not explained", "no details", "beyond the cap"],
)
def test_an_extension_that_misses_one_condition_leaves_the_date(told: dict[str, Any]) -> None:
    assert not moves(**told)


def test_the_cap_is_counted_from_the_date_as_first_set_and_may_be_reached() -> None:
    assert moves(to_on=WED_1_APR)
    later = response()
    extended = replace(later.latest, due_on=date(2026, 3, 25), trigger="extension")
    assert not moves(due=later.set_again(extended), to_on=THU_2_APR)


def test_a_good_reason_goes_beyond_the_cap_where_the_policy_lets_it() -> None:
    assert moves(to_on=THU_2_APR, good_reason=True)
    assert not moves(rule(more_for_good_reason=False), to_on=THU_2_APR, good_reason=True)


def test_without_a_cap_any_day_will_do() -> None:
    assert moves(rule(most_working_days=None), to_on=date(2027, 3, 1))


def test_what_must_be_agreed_is_not_moved_by_an_explanation() -> None:
    agreed = rule(kind="agree")
    assert not moves(agreed, agreed=False)
    assert moves(agreed, explained=False)
    assert moves(agreed=False)


def test_details_that_the_policy_does_not_ask_for_need_not_be_given() -> None:
    assert moves(rule(ombudsman_details=None), ombudsman_details_given=False)


def test_the_date_of_a_response_that_is_out_does_not_move() -> None:
    assert not moves(due=replace(response(), state=DeadlineState.MET))
    assert moves(due=replace(response(), state=DeadlineState.MISSED))


def test_what_runs_beside_is_what_the_landlord_owes_and_reminds_nobody() -> None:
    beside = as_overlay(every_rule())
    names = [(duty.duty, duty.stages[0], duty.notice) for duty in beside.duties]
    assert ("escalation_window", 1, None) not in names
    assert ("late_window", 1, None) not in names
    assert ("holding_response", 1, None) in names
    assert all(notice is None for _, _, notice in names)
    assert replace(beside, duties=every_rule().duties) == every_rule()

"""At what moment: an hour counts where something is due in hours, and what is promised keeps no case open."""

from __future__ import annotations

from datetime import date

import pytest

from services.workflow.domain import conditions
from services.workflow.domain.commands import ExtendDeadline
from services.workflow.domain.guards import Case
from services.workflow.domain.permitted import permitted
from shared.complaints.events import ComplaintClosed
from shared.complaints.values import Route
from tests.complaints import steps
from tests.complaints.refusals_beside_stages import after, ask
from tests.complaints.refusals_of_stages import (
    MON_9_MAR,
    MON_16_MAR,
    TUE_3_MAR,
    a_case,
    answer,
    approval,
    at_stage_two,
)
from tests.complaints.steps import CHIEF, MANAGER, TEAM
from tests.support.complaint_spec import at, england

THU_5_MAR = date(2026, 3, 5)
FRI_1_MAY = date(2026, 5, 1)


@pytest.mark.parametrize(("clock", "may_extend"), [("09:29", True), ("09:31", False)])
def test_what_may_be_done_is_judged_to_the_minute(clock: str, may_extend: bool) -> None:
    """A query of Monday at half past nine is answered within 72 hours: on Thursday at that time."""
    query = a_case(route=Route.QUERY)
    now = at(THU_5_MAR, clock).at
    assert now is not None
    found = permitted(query.state, query.policy, england(), now)
    assert {each.name: each.allowed for each in found}["ExtendDeadline"] is may_extend


def test_a_promise_that_still_runs_keeps_no_answered_case_open() -> None:
    promised = after(
        ask("MakePromise", MON_16_MAR, by=FRI_1_MAY, owner=MANAGER),
        steps.drafted(MON_16_MAR, "13:00", by=CHIEF),
        approval(MON_16_MAR, clock="13:30"),
        answer(MON_16_MAR, clock="14:00", actor=CHIEF),
        spec=at_stage_two(),
    )
    closed = promised.when(steps.closed(date(2026, 3, 17), "final_response"))
    closed.then_among_others(ComplaintClosed(2, "final_response", "14"))


def test_the_condition_of_an_extension_is_asked_after_its_guard() -> None:
    """A programmer's fault, and no refusal: nobody may extend what has no rule, or no date."""
    without_a_rule = a_case(route=Route.SERVICE_REQUEST)
    asked = ExtendDeadline(happened=at(MON_9_MAR), actor=TEAM, by_working_days=5)
    case = Case(without_a_rule.state, without_a_rule.policy, england(), at(TUE_3_MAR))
    with pytest.raises(ValueError, match="may_extend first"):
        conditions.extended_to(case, asked)

"""Permitted: one table of what can be done at each point of a case, and why the rest cannot."""

from collections.abc import Callable

import pytest

from services.workflow.domain import commands as ask
from services.workflow.domain.permitted import permitted
from services.workflow.domain.subjects import STEPS
from shared.complaints.values import Route
from shared.complaints.working_days import london_midnight
from tests.complaints.steps import (
    A_REASON,
    MANAGER,
    TEAM,
    acknowledged,
    answered,
    approved,
    checked_and_answered,
    closed,
    drafted,
    escalated,
    opened,
    withdrawn,
)
from tests.support.complaint_spec import CODE, Spec, england, given
from tests.support.dates import (
    mon_2_mar_2026,
    mon_9_mar_2026,
    tue_3_mar_2026,
    tue_17_mar_2026,
    wed_4_mar_2026,
    wed_11_mar_2026,
)

ALWAYS_WHILE_OPEN = "RecordContactAttempt RecordContact AllocateComplaint CloseComplaint Withdraw"
BEFORE_THE_RESPONSE = f"{ALWAYS_WHILE_OPEN} SendHoldingResponse SubmitDraft Refuse"
AT_THE_LAST_STAGE = (
    f"{ALWAYS_WHILE_OPEN} SendHoldingResponse SubmitDraft Acknowledge ExtendDeadline"
)

POINTS = [
    (
        "just opened",
        lambda: given(opened(mon_2_mar_2026)),
        f"{BEFORE_THE_RESPONSE} Acknowledge ExtendDeadline",
    ),
    (
        "acknowledged",
        lambda: given(opened(mon_2_mar_2026), acknowledged(tue_3_mar_2026)),
        f"{BEFORE_THE_RESPONSE} ExtendDeadline",
    ),
    (
        "draft waiting",
        lambda: given(opened(mon_2_mar_2026), drafted(wed_4_mar_2026)),
        f"{BEFORE_THE_RESPONSE} Acknowledge ExtendDeadline ApproveDraft ReturnDraft",
    ),
    (
        "draft approved",
        lambda: given(opened(mon_2_mar_2026), drafted(wed_4_mar_2026), approved(wed_4_mar_2026)),
        f"{BEFORE_THE_RESPONSE} Acknowledge ExtendDeadline IssueResponse",
    ),
    (
        "answered",
        lambda: given(opened(mon_2_mar_2026), checked_and_answered(mon_9_mar_2026)),
        f"{ALWAYS_WHILE_OPEN} Escalate",
    ),
    (
        "under the Code, nothing to approve",
        lambda: given(opened(mon_2_mar_2026), under=CODE),
        f"{BEFORE_THE_RESPONSE} Acknowledge ExtendDeadline IssueResponse",
    ),
    (
        "at the last stage",
        lambda: given(
            opened(mon_2_mar_2026), answered(tue_3_mar_2026), escalated(wed_4_mar_2026), under=CODE
        ),
        f"{AT_THE_LAST_STAGE} IssueResponse",
    ),
    ("withdrawn", lambda: given(opened(mon_2_mar_2026), withdrawn(tue_3_mar_2026)), "Reopen"),
    (
        "answered and closed",
        lambda: given(
            opened(mon_2_mar_2026),
            checked_and_answered(mon_9_mar_2026),
            closed(wed_11_mar_2026, words=A_REASON),
        ),
        "Reopen Escalate",
    ),
    (
        "an enquiry",
        lambda: given(opened(mon_2_mar_2026, route=Route.MEMBERS_ENQUIRY)),
        f"{BEFORE_THE_RESPONSE} Acknowledge",
    ),
]


@pytest.mark.parametrize(("_point", "lived", "expected"), POINTS, ids=[row[0] for row in POINTS])
def test_what_can_be_done(_point: str, lived: Callable[[], Spec], expected: str) -> None:
    spec = lived()
    found = permitted(
        spec.state, spec.policy, england(), london_midnight(wed_11_mar_2026).replace(hour=20)
    )
    procedure = {command.__name__ for command in ask.Command.__args__}
    allowed = {
        judged.name.removesuffix("Complaint")
        for judged in found
        if judged.allowed and judged.name in procedure
    }
    assert allowed == {name.removesuffix("Complaint") for name in expected.split()}


def test_every_command_of_an_officer_is_judged_and_says_why() -> None:
    spec = given(opened(mon_2_mar_2026))
    found = permitted(spec.state, spec.policy, england(), london_midnight(tue_3_mar_2026))
    expected = {command.__name__ for command in (*ask.Command.__args__, *STEPS)}
    expected -= {"OpenComplaint", "TimerFell", "RecountDeadlines", "FurtherCommand"}
    assert {judged.name for judged in found} == expected
    assert all(judged.why.endswith(".") for judged in found)


def test_it_is_judged_for_the_officer_who_asks() -> None:
    spec = given(opened(mon_2_mar_2026), drafted(wed_4_mar_2026, by=MANAGER))
    now = london_midnight(tue_17_mar_2026)

    def may_approve(actor: str, role: str) -> bool:
        found = permitted(spec.state, spec.policy, england(), now, actor=actor, actor_role=role)
        return {judged.name: judged.allowed for judged in found}["ApproveDraft"]

    assert may_approve(TEAM, "complaints_team")
    assert not may_approve(MANAGER, "complaints_team")
    assert not may_approve("officer-2", "manager")


def test_lateness_opens_the_next_stage_by_itself() -> None:
    spec = given(opened(mon_2_mar_2026))
    for now, allowed in ((wed_11_mar_2026, False), (tue_17_mar_2026, True)):
        found = permitted(spec.state, spec.policy, england(), london_midnight(now))
        assert {judged.name: judged.allowed for judged in found}["EscalateComplaint"] is allowed

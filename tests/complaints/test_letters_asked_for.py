"""What goes to the complainant as a letter is said by the command, and stands on the fact it leads to."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.workflow.domain.commands import Command
from shared.complaints.events import (
    ComplaintClosed,
    ComplaintEvent,
    ComplaintRefused,
    DeadlineExtended,
    HoldingResponseSent,
    ResponseIssued,
)
from tests.complaints.steps import (
    A_REASON,
    acknowledged,
    answered,
    approved,
    closed,
    drafted,
    extended,
    held,
    opened,
    refused,
    withdrawn,
)
from tests.support.complaint_spec import CODE, KCTMO, Spec, policy_named

MON_2_MAR, TUE_3_MAR, THU_5_MAR = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 5)


@pytest.mark.parametrize("by_letter", [True, False])
@pytest.mark.parametrize(
    ("policy", "before", "command", "fact"),
    [
        (KCTMO, (), held(THU_5_MAR), HoldingResponseSent),
        (CODE, (), extended(THU_5_MAR, by=3), DeadlineExtended),
        (KCTMO, (drafted(TUE_3_MAR), approved(TUE_3_MAR)), answered(THU_5_MAR), ResponseIssued),
        (KCTMO, (), refused(THU_5_MAR, "anonymous"), ComplaintRefused),
        (KCTMO, (), withdrawn(THU_5_MAR), ComplaintClosed),
        (
            KCTMO,
            (drafted(TUE_3_MAR), approved(TUE_3_MAR), answered(TUE_3_MAR)),
            closed(THU_5_MAR, words=A_REASON),
            ComplaintClosed,
        ),
    ],
    ids=["holding response", "extension", "response", "refusal", "withdrawal", "closing"],
)
def test_a_fact_says_whether_it_goes_out_as_a_letter(
    policy: str,
    before: tuple[Command, ...],
    command: Command,
    fact: type[ComplaintEvent],
    *,
    by_letter: bool,
) -> None:
    case = Spec(policy_named(policy)).after(opened(MON_2_MAR)).after(acknowledged(TUE_3_MAR))
    for each in before:
        case = case.after(each)
    outcome = case.when(replace(command, send_letter=by_letter))  # type: ignore[arg-type] # each given here has it
    assert outcome.refusal is None, outcome.refusal
    (told,) = [event for event in outcome.events if isinstance(event, fact)]
    assert getattr(told, "send_letter") is by_letter  # noqa: B009 - each kind of fact has it

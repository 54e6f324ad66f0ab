"""A history's extension moves a date only where one stood, later, under a rule, and in time; else somebody was told."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.workflow.domain.history import HistoricFact, record_history
from shared.complaints.events import (
    ComplaintClosed,
    ComplaintEvent,
    DeadlineExtended,
    DeadlineLifted,
    EscalationWindowClosed,
    HoldingResponseSent,
)
from shared.complaints.values import Moment, WordsReference
from shared.policies.policy import Policy
from tests.complaints.steps import opened
from tests.policies.reading import every_rule
from tests.support.complaint_spec import england

MON_2_MAR = date(2026, 3, 2)
TUE_17_MAR = date(2026, 3, 17)  # the answer is due: ten working days after the acknowledgement
WED_18_MAR = date(2026, 3, 18)
SAID = WordsReference("words-said", "aa")
REASON = WordsReference("words-reason", "bb")


def fact(what: str, on: date, **more: Any) -> HistoricFact:
    return HistoricFact(what=what, moment=Moment(on), **more)


def recorded(*facts: HistoricFact, under: Policy | None = None) -> tuple[ComplaintEvent, ...]:
    day = Moment(MON_2_MAR)
    opening = replace(opened(MON_2_MAR), happened=day, received=day, actor="officer-import")
    acknowledged = fact("acknowledged", date(2026, 3, 3))
    told = record_history(opening, (acknowledged, *facts), under or every_rule(), england())
    return tuple(entry.event for entry in told)


def of(kind: type[ComplaintEvent], *facts: HistoricFact, **more: Any) -> list[ComplaintEvent]:
    return [each for each in recorded(*facts, **more) if isinstance(each, kind)]


def extension(on: date, to: date | None = WED_18_MAR, **more: Any) -> HistoricFact:
    return fact("extension", on, to=to, **more)


@pytest.mark.parametrize("agreed", [True, False, None])
def test_a_later_day_that_was_told_in_time_moves_the_date(agreed: bool | None) -> None:
    moved = extension(TUE_17_MAR, agreed=agreed, words=SAID, reason_words=REASON)
    assert of(DeadlineExtended, moved) == [
        DeadlineExtended(
            1,
            TUE_17_MAR,
            WED_18_MAR,
            "explain",
            agreed=agreed is True,
            ombudsman_details_given=False,
            words=SAID,
        )
    ]
    assert of(HoldingResponseSent, moved) == []


def test_the_reason_stands_in_for_the_words() -> None:
    (moved,) = of(DeadlineExtended, extension(TUE_17_MAR, reason_words=REASON))
    assert isinstance(moved, DeadlineExtended)
    assert moved.words == REASON


@pytest.mark.parametrize(
    ("told", "policy"),
    [
        (extension(TUE_17_MAR, to=TUE_17_MAR), every_rule()),
        (extension(TUE_17_MAR, to=None), every_rule()),
        (extension(WED_18_MAR, to=date(2026, 3, 25)), every_rule()),
        (extension(TUE_17_MAR), replace(every_rule(), extensions=())),
        (extension(TUE_17_MAR, stage=2), every_rule()),
    ],
    ids=["no later", "no day", "too late", "no rule", "a stage without a date"],
)
def test_otherwise_the_complainant_was_told_and_no_date_moved(
    told: HistoricFact, policy: Policy
) -> None:
    told = replace(told, reason_words=REASON)
    assert of(DeadlineExtended, told, under=policy) == []
    assert of(HoldingResponseSent, told, under=policy) == [
        HoldingResponseSent(told.stage or 1, REASON, told.to)
    ]


def test_a_date_that_was_met_does_not_move() -> None:
    answered = fact("response", date(2026, 3, 10))
    assert of(DeadlineExtended, answered, extension(date(2026, 3, 11))) == []


def test_an_extension_of_the_first_stage_is_told_of_it_though_the_second_is_open() -> None:
    """The first stage was lifted when the second opened: there is no date of it to move."""
    escalated = fact("escalation_requested", date(2026, 3, 10))
    told = extension(date(2026, 3, 11), to=date(2026, 4, 30), stage=1, words=SAID)
    assert of(DeadlineExtended, escalated, told) == []
    at_the_second = replace(told, stage=None)
    (moved,) = of(DeadlineExtended, escalated, at_the_second)
    assert isinstance(moved, DeadlineExtended)
    assert (moved.stage, moved.kind) == (2, "agree")


def test_a_case_that_went_on_after_its_time_to_ask_was_not_closed_by_silence() -> None:
    answered = fact("response", date(2026, 3, 10))
    events = recorded(answered, fact("escalation_requested", date(2026, 5, 5)))
    assert not any(isinstance(each, ComplaintClosed) for each in events)
    assert any(isinstance(each, EscalationWindowClosed) for each in events)
    lifted = {each.duty: each.reason for each in events if isinstance(each, DeadlineLifted)}
    assert lifted["escalation_window"] == "the time passed in silence"


def test_what_no_history_tells_of_is_named_with_all_it_tells_of() -> None:
    with pytest.raises(ValueError, match="No history tells of") as refused:
        recorded(fact("rumour", MON_2_MAR), fact("gossip", MON_2_MAR))
    said = str(refused.value)
    assert said.startswith(
        "No history tells of gossip, rumour; it tells of acknowledged, allocated,"
    )
    assert said.endswith(", response, withdrawn.")

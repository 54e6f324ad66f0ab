"""Days that a command names: the day itself will do, one that has gone by will not, a review lies ahead."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from services.workflow.domain.commands import Command
from shared.complaints.values import Channel
from tests.complaints.refusals_beside_stages import SEATS, after, ask
from tests.complaints.refusals_of_stages import MON_9_MAR, MON_16_MAR, acknowledged, at_stage_two
from tests.complaints.steps import MANAGER
from tests.support.complaint_spec import Spec

THE_DAY_AFTER = MON_9_MAR + timedelta(days=1)
YESTERDAY = MON_9_MAR - timedelta(days=3)  # the Friday before


def named(name: str, field: str, day: date, **fields: object) -> Command:
    return ask(name, MON_9_MAR, **{field: day}, **fields)


MAY_BE_TODAY = [
    ("MakePromise", "by", {"owner": MANAGER}),
    ("AskContribution", "due_on", {"of": "repairs"}),
    ("GiveConsent", "until", {"number": 1, "scope": "progress"}),
    ("RecordLearning", "due_on", {"cause": "delay", "action": "policy", "owner": MANAGER}),
]
LIES_AHEAD = [
    ("RestrictBehaviour", {"kind": "no_visits"}),
    ("ReviewRestriction", {"number": 1}),
    ("MakeAdjustment", {"kind": "audio"}),
    ("ReviewAdjustment", {"number": 1}),
]


def a_case() -> Spec:
    """With a representative, a restriction and an adjustment."""
    return after(
        ask("NameRepresentative", YESTERDAY, relation="friend"),
        ask("RestrictBehaviour", YESTERDAY, kind="no_visits", review_on=MON_16_MAR),
        ask("MakeAdjustment", YESTERDAY, kind="audio", review_on=MON_16_MAR),
        spec=acknowledged(),
    )


@pytest.mark.parametrize(("name", "field", "fields"), MAY_BE_TODAY)
def test_a_day_to_come_may_be_the_day_itself(
    name: str, field: str, fields: dict[str, object]
) -> None:
    assert a_case().when(named(name, field, MON_9_MAR, **fields)).events
    a_case().when(named(name, field, YESTERDAY, **fields)).then_refused(
        way_out="Give the day itself, or a later one."
    )


@pytest.mark.parametrize(("name", "fields"), LIES_AHEAD)
def test_a_review_lies_ahead(name: str, fields: dict[str, object]) -> None:
    assert a_case().when(named(name, "review_on", THE_DAY_AFTER, **fields)).events
    a_case().when(named(name, "review_on", MON_9_MAR, **fields)).then_refused(
        "The day of the review has gone by.", way_out="Choose a later day."
    )


def test_a_hearing_may_be_held_on_the_day_on_which_it_is_arranged() -> None:
    convened = at_stage_two().when(
        ask("ConvenePanel", MON_16_MAR, seats=SEATS, hearing_on=MON_16_MAR)
    )
    assert convened.events
    assert convened.after.when(ask("ArrangeHearing", MON_16_MAR, hearing_on=MON_16_MAR)).events


def test_a_review_without_a_day_ends_what_is_reviewed() -> None:
    ended = a_case().after(ask("ReviewRestriction", MON_9_MAR, number=1))
    ended.when(ask("ReviewRestriction", THE_DAY_AFTER, number=1)).then_refused(
        "There is no restriction that this could be about."
    )


def test_an_update_may_be_agreed_for_one_day_and_for_sixty() -> None:
    for days in (1, 60):
        assert a_case().when(ask("AgreeUpdates", MON_9_MAR, every_working_days=days)).events


def test_a_promise_that_was_told_needs_the_way_it_was_told() -> None:
    kept = after(
        ask("MakePromise", YESTERDAY, by=MON_16_MAR, owner=MANAGER),
        ask("KeepPromise", MON_9_MAR, number=1),
        spec=a_case(),
    )
    assert kept.when(ask("TellPromiseKept", MON_9_MAR, number=1, channel=Channel.PHONE)).events

"""What a history tells meets its duties and takes its number, as if it had been recorded on its day."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from services.workflow.domain.history import HistoricFact, record_history
from services.workflow.domain.subjects.compensation import (
    AnswerCompensation,
    ApproveCompensation,
    OfferCompensation,
    PayCompensation,
)
from shared.complaints.events import (
    CompensationOffered,
    CompensationPaid,
    ComplaintEvent,
    DeadlineLifted,
    DeadlineMet,
    DeadlineSet,
    DraftApproved,
    EscalationWindowClosed,
)
from shared.complaints.values import Channel, Moment, Route
from shared.policies.deadlines import EXTENSION
from shared.policies.policy import Fact, FactTrigger, Policy
from tests.complaints.further_steps import ask
from tests.complaints.steps import A_LETTER, opened
from tests.policies.reading import every_rule
from tests.support.complaint_spec import KCTMO, Spec, england, policy_named

MON_2_MAR, TUE_3_MAR, WED_4_MAR = date(2026, 3, 2), date(2026, 3, 3), date(2026, 3, 4)
TUE_10_MAR, TUE_31_MAR, MON_1_JUN = date(2026, 3, 10), date(2026, 3, 31), date(2026, 6, 1)


def fact(what: str, on: date, **more: Any) -> HistoricFact:
    return HistoricFact(what=what, moment=Moment(on), **more)


def recorded(
    *facts: HistoricFact,
    under: Policy,
    beside: Policy | None = None,
    route: Route = Route.COMPLAINT,
) -> tuple[ComplaintEvent, ...]:
    day = Moment(MON_2_MAR)
    opening = opened(MON_2_MAR, route=route)
    opening = replace(opening, happened=day, received=day, actor="officer-import")
    told = record_history(opening, facts, under, england(), overlay=beside)
    return tuple(entry.event for entry in told)


def with_a_remedy(*met_by: Fact) -> Policy:
    """The policy with an answer to service requests, met by something else."""
    policy = every_rule()
    known = policy.duty("respond", route=Route.QUERY, stage=1)
    assert known is not None
    remedy = replace(known, routes=(Route.SERVICE_REQUEST,), met_by=met_by)
    return replace(policy, duties=(*policy.duties, remedy))


def test_an_enquiry_that_was_forwarded_meets_the_duty_to_forward_it() -> None:
    events = recorded(
        fact("forwarded", TUE_3_MAR),
        under=policy_named(KCTMO),
        route=Route.BOARD_ENQUIRY,
    )
    assert DeadlineMet("forward", 1, TUE_3_MAR, TUE_3_MAR, 0) in events


def test_a_remedy_meets_the_duty_that_asks_for_it() -> None:
    events = recorded(
        fact("remedied", WED_4_MAR),
        under=with_a_remedy(Fact.REMEDIED),
        route=Route.SERVICE_REQUEST,
    )
    (met,) = [each for each in events if isinstance(each, DeadlineMet)]
    assert (met.duty, met.met_on) == ("respond", WED_4_MAR)


def test_an_approval_meets_the_duty_that_asks_for_it() -> None:
    events = recorded(
        fact("approved", WED_4_MAR),
        under=with_a_remedy(Fact.APPROVED),
        route=Route.SERVICE_REQUEST,
    )
    (met,) = [each for each in events if isinstance(each, DeadlineMet)]
    assert (met.duty, met.met_on) == ("respond", WED_4_MAR)


def test_an_approval_whose_draft_no_history_tells_of_is_of_the_first_draft_of_its_stage() -> None:
    events = recorded(
        fact("approved", TUE_3_MAR, stage=1),
        fact("draft_submitted", WED_4_MAR, stage=1),
        fact("draft_submitted", WED_4_MAR, stage=1),
        fact("approved", WED_4_MAR, stage=1),
        fact("response", WED_4_MAR, stage=1),
        fact("escalation_requested", TUE_10_MAR, stage=2),
        fact("approved", TUE_31_MAR, stage=2),
        under=every_rule(),
    )
    approved = [each for each in events if isinstance(each, DraftApproved)]
    assert [(each.stage, each.draft) for each in approved] == [(1, 1), (1, 2), (2, 1)]


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        (Channel.EMAIL, TUE_10_MAR),
        (Channel.WALK_IN, date(2026, 3, 11)),
        (Channel.LETTER, date(2026, 3, 12)),
    ],
)
def test_the_time_to_ask_begins_when_what_was_sent_that_way_counts_as_received(
    sent: Channel, received: date
) -> None:
    answered = fact("response", TUE_10_MAR, stage=1, channel=sent)
    events = recorded(fact("acknowledged", TUE_3_MAR), answered, under=every_rule())
    (window,) = [
        each
        for each in events
        if isinstance(each, DeadlineSet) and each.duty == "escalation_window"
    ]
    assert (window.trigger_on, window.due_on) == (received, received + timedelta(days=28))


def test_each_offer_of_compensation_has_a_number_of_its_own() -> None:
    offers = (
        fact("compensation_offered", day, amount_pence=100, words=A_LETTER)
        for day in (TUE_3_MAR, WED_4_MAR)
    )
    events = recorded(*offers, under=every_rule())
    assert [each.number for each in events if isinstance(each, CompensationOffered)] == [1, 2]


def test_an_offer_whose_amount_no_history_tells_is_not_approved_but_offered_anew() -> None:
    offered = fact("compensation_offered", TUE_3_MAR, words=A_LETTER)
    day = Moment(MON_2_MAR)
    opening = replace(opened(MON_2_MAR), happened=day, received=day, actor="officer-import")
    history = record_history(opening, (offered,), every_rule(), england())
    case = Spec(replace(every_rule(), compensation=None), history=history)
    refused = case.when(ask(ApproveCompensation, WED_4_MAR, number=1))
    assert str(refused.refusal) == (
        "The offer on record has no amount. Offer it anew, with its amount."
    )
    case = case.after(ask(OfferCompensation, WED_4_MAR, amount_pence=5_000, actor="officer-other"))
    approve = ask(ApproveCompensation, WED_4_MAR, number=2, limit_pence=5_000)
    case = case.after(approve)
    case = case.after(ask(AnswerCompensation, WED_4_MAR, "13:00", number=2, accepted=True))
    pay = ask(PayCompensation, WED_4_MAR, "14:00", number=2)
    case.when(pay).then(CompensationPaid(1, 2, 5_000, A_LETTER))


def test_whoever_asked_after_the_window_closed_has_nothing_else_running_at_that_stage() -> None:
    policy = every_rule()
    answered = FactTrigger(Fact.RESPONSE_RECEIVED)
    duties = tuple(
        replace(duty, trigger=answered) if duty.duty == "late_window" else duty
        for duty in policy.duties
    )
    events = recorded(
        fact("acknowledged", TUE_3_MAR),
        fact("response", TUE_10_MAR, stage=1),
        fact("escalation_requested", MON_1_JUN, stage=2),
        under=replace(policy, duties=duties),
    )
    closed = next(each for each in events if isinstance(each, EscalationWindowClosed))
    after = events[events.index(closed) :]
    lifted = [each for each in after if isinstance(each, DeadlineLifted)]
    assert DeadlineLifted("late_window", 1, "the complaint went on") in lifted


@pytest.mark.parametrize(("to", "moves"), [(TUE_31_MAR, True), (date(2026, 4, 1), False)], ids=str)
def test_a_history_knows_of_no_good_reason_to_go_beyond_the_cap_of_the_policy_beside(
    to: date, moves: bool
) -> None:
    """It is ten working days after the date of 17 March; the own policy has no cap."""
    policy = every_rule()
    rule = policy.extensions[0]
    own = replace(rule, most_working_days=None, ombudsman_details=None)
    beside = replace(rule, more_for_good_reason=True, ombudsman_details=None)
    events = recorded(
        fact("acknowledged", TUE_3_MAR),
        fact("extension", TUE_10_MAR, to=to, words=A_LETTER),
        under=replace(policy, extensions=(own,)),
        beside=replace(policy, policy="beside", extensions=(beside,)),
    )
    extended = [
        each.overlay
        for each in events
        if isinstance(each, DeadlineSet) and (each.trigger, each.due_on) == (EXTENSION, to)
    ]
    assert extended == ([None, "beside"] if moves else [None])

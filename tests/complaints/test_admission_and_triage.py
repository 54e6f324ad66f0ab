"""When a matter is too old, what a revised triage counts from, what a response contains, who hands a stage over."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from services.workflow.domain.commands import ExtendDeadline
from services.workflow.domain.letters import parts_of_response
from services.workflow.domain.refusals import TRUE_RECORD
from services.workflow.domain.subjects.admission import UseDiscretion
from services.workflow.domain.subjects.compensation import ApproveCompensation, OfferCompensation
from services.workflow.domain.subjects.triage import ChangeRoute
from shared.complaints.events import ComplaintAllocated, DeadlineLifted, RouteChanged
from shared.complaints.values import Route
from shared.policies.policy import Fact, FactTrigger, Policy
from tests.complaints import steps
from tests.complaints.further_steps import MON_2_MAR, TUE_3_MAR, WED_4_MAR, a_case, ask
from tests.complaints.refusals_of_stages import MON_16_MAR, answer, approval, at_stage_two
from tests.complaints.steps import CHIEF, HEAD, MANAGER
from tests.policies.reading import every_rule
from tests.support.complaint_spec import CODE, KCTMO, at, given, policy_named


class TestAge:
    """Twelve months from the event, or from becoming aware of it."""

    @pytest.mark.parametrize(
        ("arose_on", "known_on", "last_day"),
        [
            (date(2026, 3, 2), None, "2027-03-02"),
            (date(2026, 3, 2), date(2026, 3, 2), "2027-03-02"),
            (date(2024, 1, 1), date(2025, 6, 1), "2026-06-01"),
        ],
    )
    def test_a_matter_of_the_last_twelve_months_needs_no_discretion(
        self, arose_on: date, known_on: date | None, last_day: str
    ) -> None:
        take = ask(UseDiscretion, TUE_3_MAR, arose_on=arose_on, known_on=known_on)
        a_case().when(take).then_refused(
            f"The matter is not too old: it could be complained of until {last_day}."
        )

    def test_nobody_knows_of_a_matter_before_it_happened(self) -> None:
        take = ask(UseDiscretion, TUE_3_MAR, arose_on=date(2024, 1, 2), known_on=date(2024, 1, 1))
        a_case().when(take).then_refused(
            "The complainant would have known of it before it happened."
        )

    def test_nobody_complains_of_what_happens_on_the_next_day(self) -> None:
        take = ask(UseDiscretion, TUE_3_MAR, arose_on=TUE_3_MAR)
        a_case().when(take).then_refused(
            "It would have happened after it was complained of on 2026-03-02."
        )


class TestTriage:
    """What the clock counts from once the heading changes."""

    def converting(self, route: Route, clock: str) -> Policy:
        policy = every_rule()
        (rule,) = policy.conversions
        return replace(policy, conversions=(replace(rule, route=route, clock=clock),))

    @pytest.mark.parametrize(
        ("route", "to_route", "clock", "counts_from"),
        [
            (Route.SERVICE_REQUEST, Route.COMPLAINT, "conversion", "conversion"),
            (Route.SERVICE_REQUEST, Route.QUERY, "conversion", "first_receipt"),
            (Route.QUERY, Route.COMPLAINT, "first_receipt", "first_receipt"),
        ],
    )
    def test_a_policy_says_what_the_clock_of_a_new_complaint_counts_from(
        self, route: Route, to_route: Route, clock: str, counts_from: str
    ) -> None:
        case = given(steps.opened(MON_2_MAR, route=route), under=self.converting(route, clock))
        changed = case.when(ask(ChangeRoute, WED_4_MAR, to_route=to_route))
        (told,) = [each for each in changed.events if isinstance(each, RouteChanged)]
        since = WED_4_MAR if counts_from == "conversion" else MON_2_MAR
        assert (told.clock, told.counts_from_on) == (counts_from, since)

    def test_where_the_policy_says_nothing_a_query_counts_from_its_conversion(self) -> None:
        policy = replace(every_rule(), conversions=())
        case = given(steps.opened(MON_2_MAR, route=Route.QUERY), under=policy)
        changed = case.when(ask(ChangeRoute, WED_4_MAR, to_route=Route.COMPLAINT))
        (told,) = [each for each in changed.events if isinstance(each, RouteChanged)]
        assert (told.clock, told.counts_from_on) == ("conversion", WED_4_MAR)


class TestPartsOfAResponse:
    """What the page of whoever answers asks to confirm."""

    def test_they_are_those_of_the_letter_of_the_stage(self) -> None:
        first = policy_named(CODE).letter("first_response")
        assert first is not None
        assert parts_of_response(a_case().state, policy_named(CODE)) == first.contains

    def test_where_the_policy_names_no_letter_for_the_stage_there_are_none(self) -> None:
        policy = every_rule()
        silent = replace(policy, letters=())
        assert parts_of_response(a_case().state, policy) == ("what was found", "how to go on")
        assert parts_of_response(a_case().state, silent) == ()

    def test_a_query_is_answered_in_any_words(self) -> None:
        assert parts_of_response(a_case(route=Route.QUERY).state, policy_named(CODE)) == ()


class TestHandingOver:
    """A stage that somebody considers goes to others for a reason."""

    def test_without_one_it_is_refused_by_the_duty_to_allocate(self) -> None:
        case = given(steps.opened(MON_2_MAR), steps.allocated(TUE_3_MAR, MANAGER), under=KCTMO)
        case.when(steps.allocated(WED_4_MAR, HEAD)).then_refused(
            f"The stage is with {MANAGER}, and nothing says why it goes to others.",
            clause="Staff guidance 4.2",
        )

    def test_everybody_whom_it_is_with_is_named(self) -> None:
        """The second stage of this policy has two seats."""
        case = at_stage_two().after(steps.allocated(MON_16_MAR, *steps.PANEL[:2]))
        others = steps.allocated(date(2026, 3, 17), *steps.PANEL[1:])
        case.when(others).then_refused(
            f"The stage is with {', '.join(steps.PANEL[:2])}, "
            "and nothing says why it goes to others."
        )


def test_at_a_stage_that_the_policy_has_no_more_nobody_is_asked_to_be_independent() -> None:
    """The policy was made shorter while the case was at its second stage."""
    case = at_stage_two()
    shorter = replace(case, policy=replace(case.policy, stages=case.policy.stages[:1]))
    shorter.when(steps.allocated(MON_16_MAR, MANAGER)).then_among_others(
        ComplaintAllocated(2, (MANAGER,))
    )


def test_an_extension_of_no_working_days_moves_nothing() -> None:
    case = given(steps.opened(MON_2_MAR), steps.acknowledged(TUE_3_MAR), under=CODE)
    asked = ExtendDeadline(
        happened=at(WED_4_MAR),
        actor=MANAGER,
        by_working_days=0,
        agreed=True,
        ombudsman_details_given=True,
        words=steps.A_REASON,
        told_on=WED_4_MAR,
        actor_role="complaints_team",
    )
    case.when(asked).then_refused("The new date is not after 2026-03-17.")


def test_of_several_of_a_kind_the_way_out_names_each_number() -> None:
    case = a_case()
    for _ in range(2):
        case = case.after(ask(OfferCompensation, TUE_3_MAR, amount_pence=100))
    case.when(ask(ApproveCompensation, WED_4_MAR, number=3)).then_refused(
        "There is no compensation 3.", way_out="Choose from: 1, 2."
    )


def test_what_was_answered_is_not_acknowledged_afterwards() -> None:
    case = given(steps.opened(MON_2_MAR), steps.checked_and_answered(TUE_3_MAR), under=CODE)
    acknowledging = case.when(steps.acknowledged(WED_4_MAR))
    acknowledging.then_refused("This stage was already answered.", clause="Code 6.2")
    assert acknowledging.refusal is not None
    assert acknowledging.refusal.rule == "It comes before the response."


def test_where_the_policy_owes_no_answer_by_a_day_none_is_named() -> None:
    policy = every_rule()
    duties = tuple(duty for duty in policy.duties if duty.duty in {"acknowledge", "late_window"})
    case = given(steps.opened(MON_2_MAR), under=replace(policy, duties=duties))
    asking = case.when(steps.escalated(TUE_3_MAR))
    asking.then_refused("The response is not out yet.", clause="12")


def test_what_still_ran_is_lifted_for_the_reason_of_the_closing_in_words() -> None:
    """Under a policy that leaves time to ask after the last answer too."""
    before = at_stage_two()
    duties = tuple(
        replace(duty, stages=(2,), trigger=FactTrigger(Fact.RESPONSE_RECEIVED))
        if duty.duty == "late_window"
        else duty
        for duty in before.policy.duties
    )
    case = replace(before, policy=replace(before.policy, duties=duties))
    case = case.after(steps.drafted(MON_16_MAR, "13:00", by=CHIEF))
    case = case.after(approval(MON_16_MAR, clock="13:30"))
    case = case.after(answer(MON_16_MAR, clock="14:00", actor=CHIEF))
    closing = steps.closed(date(2026, 3, 17), "final_response", words=steps.A_REASON)
    case.when(closing).then_among_others(
        DeadlineLifted("late_window", 2, "the complaint was closed: final response")
    )


def test_where_the_policy_asks_for_no_check_nobody_checks_their_own_draft_all_the_same() -> None:
    case = given(steps.opened(MON_2_MAR), under=replace(every_rule(), approval=None))
    nothing = case.when(steps.approved(TUE_3_MAR))
    nothing.then_refused("There is no draft waiting to be checked.", clause=TRUE_RECORD)
    own = case.after(steps.drafted(TUE_3_MAR, by=MANAGER)).when(approval(WED_4_MAR, actor=MANAGER))
    own.then_refused("Nobody approves their own draft.", clause=TRUE_RECORD)
    for outcome in (nothing, own):
        assert outcome.refusal is not None
        assert outcome.refusal.rule == "A second person checks a draft."

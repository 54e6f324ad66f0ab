"""Which clocks run on: at the stage that goes on, and under the policy beside whose terms an extension meets."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from services.workflow.domain.further import NOTHING_FURTHER
from shared.complaints.events import (
    ComplaintReopened,
    DeadlineExtended,
    DeadlineLifted,
    DeadlineSet,
    RouteChanged,
)
from shared.complaints.values import Route
from shared.policies.policy import Policy
from tests.complaints import steps
from tests.complaints.refusals_beside_stages import after, ask
from tests.complaints.refusals_of_stages import (
    MON_2_MAR,
    MON_9_MAR,
    MON_16_MAR,
    TUE_3_MAR,
    WED_4_MAR,
    at_stage_two,
)
from tests.complaints.steps import A_REASON
from tests.policies.reading import every_rule
from tests.support.complaint_spec import Outcome, Spec, due, given

TUE_17_MAR = date(2026, 3, 17)
WED_18_MAR = date(2026, 3, 18)


def beside(**changes: object) -> Policy:
    """Another landlord's policy, of the same rules but for those that are written otherwise."""
    return replace(every_rule(), policy="code", policy_hash="code-hash", **changes)  # type: ignore[arg-type]


def opened_beside(code: Policy, *, route: Route = Route.COMPLAINT) -> Spec:
    """A case that both policies judge, whose timers are looked at by nobody."""
    opened = steps.opened(MON_2_MAR, route=route)
    return given(opened, under=every_rule(), beside=code).with_timers_asleep()


def extended(spec: Spec) -> Outcome:
    """Ten working days after the acknowledgement, and five more."""
    return spec.after(steps.acknowledged(TUE_3_MAR)).when(
        steps.extended(WED_4_MAR, by=5, role="head_of_service", told_on=WED_4_MAR)
    )


def moved_beside(outcome: Outcome) -> list[date]:
    """The new date of the response under the policy beside, where the extension moved it."""
    assert any(isinstance(each, DeadlineExtended) for each in outcome.events)
    return [
        each.due_on
        for each in outcome.events
        if isinstance(each, DeadlineSet)
        and (each.overlay, each.duty, each.trigger) == ("code", "respond", "extension")
    ]


def set_beside(outcome: Outcome) -> list[tuple[str, int, date]]:
    return [
        (each.duty, each.generation, each.due_on)
        for each in outcome.events
        if isinstance(each, DeadlineSet) and each.overlay is not None
    ]


def test_a_reopened_stage_takes_up_its_own_duties_and_leaves_those_of_the_stage_before() -> None:
    closed = at_stage_two().after(steps.closed(TUE_17_MAR, words=A_REASON))
    lifted = [each.event for each in closed.history if isinstance(each.event, DeadlineLifted)]
    assert {each.stage for each in lifted} == {1, 2}
    closed.when(steps.reopened(WED_18_MAR)).then(
        ComplaintReopened(2, A_REASON),
        due("acknowledge", TUE_17_MAR, stage=2, generation=2),
        due("respond", date(2026, 4, 15), stage=2, generation=2),
    )


def test_an_extension_moves_the_date_of_both_where_both_conditions_are_met() -> None:
    outcome = extended(opened_beside(beside()))
    assert moved_beside(outcome) == [date(2026, 3, 24)]
    assert ("respond", 3, date(2026, 3, 24)) in set_beside(outcome)


def test_a_policy_beside_that_knows_no_extension_keeps_its_date() -> None:
    assert moved_beside(extended(opened_beside(beside(extensions=())))) == []


def test_a_policy_beside_that_asks_for_no_response_has_no_date_to_move() -> None:
    code = every_rule()
    silent = beside(duties=tuple(d for d in code.duties if d.duty == "acknowledge"))
    assert moved_beside(extended(opened_beside(silent))) == []


def test_a_date_beside_that_has_passed_does_not_move() -> None:
    quick = tuple(
        replace(duty, span=replace(duty.span, count=1)) if duty.duty == "respond" else duty
        for duty in every_rule().duties
    )
    asleep = opened_beside(beside(duties=quick)).after(steps.acknowledged(TUE_3_MAR))
    outcome = asleep.when(
        steps.extended(MON_9_MAR, by=5, role="head_of_service", told_on=MON_9_MAR)
    )
    assert moved_beside(outcome) == []


def test_another_route_counts_anew_under_both_policies_one_generation_on() -> None:
    """A complaint that becomes one again: what was set under the policy beside is set once more."""
    spec = opened_beside(beside()).after(
        ask("ChangeRoute", TUE_3_MAR, to_route=Route.QUERY, agreed=True)
    )
    outcome = spec.when(ask("ChangeRoute", WED_4_MAR, to_route=Route.COMPLAINT, agreed=True))
    (changed,) = [each for each in outcome.events if isinstance(each, RouteChanged)]
    assert changed.counts_from_on == WED_4_MAR
    assert ("respond", 3, date(2026, 3, 20)) in set_beside(outcome)
    assert ("acknowledge", 2, date(2026, 3, 6)) in set_beside(outcome)
    first = spec.history[-1].event
    assert isinstance(first, DeadlineSet)
    assert (first.duty, first.generation, first.overlay) == ("respond", 2, "code")


def test_a_duty_that_another_route_brings_begins_with_its_first_generation() -> None:
    spec = opened_beside(beside(), route=Route.QUERY)
    outcome = spec.when(ask("ChangeRoute", TUE_3_MAR, to_route=Route.COMPLAINT))
    generations = {(duty, generation) for duty, generation, _ in set_beside(outcome)}
    assert ("acknowledge", 1) in generations
    assert ("respond", 2) in generations


def test_a_draft_of_another_heading_is_no_draft_of_this_one() -> None:
    drafted = after(steps.drafted(WED_4_MAR))
    query = drafted.after(ask("ChangeRoute", MON_9_MAR, to_route=Route.QUERY, agreed=True))
    assert query.state.draft is None


def test_an_unrestricted_case_may_be_seen_by_everybody() -> None:
    assert NOTHING_FURTHER.may_see(officer="officer-1", role="caseworker")


def test_nobody_may_be_told_anything_for_a_representative_that_nobody_named() -> None:
    assert NOTHING_FURTHER.consent_for(1, on=MON_16_MAR) is None

"""A duty that nothing on its route can meet is told: what happens on some routes alone meets none on the others."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.complaints.values import Route
from shared.policies.checking import findings
from shared.policies.policy import Fact, Policy
from tests.policies.reading import every_rule


def with_first_duty(*met_by: Fact, routes: tuple[Route, ...]) -> Policy:
    """The policy, whose acknowledgement is met by something else, on these routes."""
    policy = every_rule()
    first, *rest = policy.duties
    return replace(policy, duties=(replace(first, met_by=met_by, routes=routes), *rest))


def unmet(policy: Policy) -> list[tuple[str, str]]:
    """What is said of duties that nothing meets, and of which."""
    return [
        (each.where, each.said)
        for each in findings(policy)
        if each.said.startswith("nothing meets it")
    ]


def test_a_complaint_is_neither_forwarded_nor_remedied() -> None:
    policy = with_first_duty(Fact.FORWARDED, Fact.REMEDIED, routes=(Route.COMPLAINT,))
    assert unmet(policy) == [
        (
            "duties.1 (acknowledge)",
            "nothing meets it: on the route complaint there is no forwarded or remedied",
        )
    ]


@pytest.mark.parametrize(
    ("fact", "route"),
    [
        (Fact.FORWARDED, Route.BOARD_ENQUIRY),
        (Fact.FORWARDED, Route.MEMBERS_ENQUIRY),
        (Fact.REMEDIED, Route.SERVICE_REQUEST),
        (Fact.ACKNOWLEDGED, Route.COMPLAINT),
        (Fact.ACKNOWLEDGED, Route.SERVICE_REQUEST),
    ],
)
def test_what_can_happen_on_the_route_meets_the_duty(fact: Fact, route: Route) -> None:
    assert unmet(with_first_duty(fact, routes=(route,))) == []


def test_one_of_several_facts_is_enough_and_each_route_is_looked_at() -> None:
    either = (Fact.REMEDIED, Fact.ACKNOWLEDGED)
    assert unmet(with_first_duty(*either, routes=(Route.COMPLAINT,))) == []
    both = with_first_duty(Fact.REMEDIED, routes=(Route.SERVICE_REQUEST, Route.QUERY))
    assert [said for _, said in unmet(both)] == [
        "nothing meets it: on the route query there is no remedied"
    ]

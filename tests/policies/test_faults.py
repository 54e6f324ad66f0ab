"""What is wrong with a policy although its form is right: each fault is told, and nothing else is."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from shared.complaints.values import Route
from shared.policies.checking import Finding, findings
from shared.policies.policy import (
    LETTERS,
    Citation,
    Direction,
    Duty,
    DutyTrigger,
    Fact,
    FactTrigger,
    Otherwise,
    Policy,
    Span,
    Unit,
)
from tests.policies.reading import every_rule

NOWHERE = Citation("A rule without a place.", "tbc")


def found(policy: Policy) -> list[tuple[str, str]]:
    return [(each.where, each.said) for each in findings(policy)]


def with_duty(name: str, stage: int, **changes: Any) -> Policy:
    """The policy with one duty written otherwise; the first of that name at the stage."""
    policy = every_rule()
    known = policy.duty(name, route=Route.COMPLAINT, stage=stage)
    duties = tuple(replace(duty, **changes) if duty is known else duty for duty in policy.duties)
    return replace(policy, duties=duties)


def written(**fields: Any) -> Policy:
    """The policy with some fields written otherwise."""
    return replace(every_rule(), **fields)


def with_first(table: str, **changes: Any) -> Policy:
    """The policy with the first rule of one kind written otherwise."""
    first, *rest = getattr(every_rule(), table)
    return written(**{table: (replace(first, **changes), *rest)})


def without_clause(table: str) -> Policy:
    """The policy with a rule of one kind whose clause is not named."""
    return written(**{table: replace(getattr(every_rule(), table), cited=NOWHERE)})


def missing(clause: str) -> str:
    return f"the clause is missing: “{clause}” names no place in the policy"


def test_nothing_is_wrong_with_a_policy_that_says_everything() -> None:
    assert findings(every_rule()) == ()


def test_a_stage_is_reached_by_what_opens_it_and_not_by_a_later_fact() -> None:
    policy = every_rule()
    later = FactTrigger(Fact.ACKNOWLEDGED)
    second = tuple(
        replace(duty, trigger=later) if duty.stages == (2,) else duty for duty in policy.duties
    )
    assert found(replace(policy, duties=second)) == [
        (
            "stage 2",
            "nobody can reach it: nothing is counted from escalation_requested, which opens it",
        )
    ]


def test_the_first_stage_is_opened_by_the_receipt() -> None:
    policy = every_rule()
    first = tuple(
        replace(duty, trigger=FactTrigger(Fact.CONTACTED), otherwise=None)
        if duty.trigger == FactTrigger(Fact.RECEIVED) and Route.COMPLAINT in duty.routes
        else duty
        for duty in policy.duties
    )
    first = tuple(
        replace(duty, otherwise=None) if duty.otherwise is not None else duty for duty in first
    )
    assert found(replace(policy, duties=first))[0] == (
        "stage 1",
        "nobody can reach it: nothing is counted from received, which opens it",
    )


def test_a_stage_is_reached_through_the_duties_that_count_from_one_another() -> None:
    """The response counts from the acknowledgement's date, and that from the request."""
    waits = Otherwise(DutyTrigger(Direction.AFTER, "acknowledge"), "Silence stops no clock.")
    policy = with_duty("respond", 2, trigger=FactTrigger(Fact.ACKNOWLEDGED), otherwise=waits)
    assert found(policy) == []


def test_only_a_complaint_has_further_stages() -> None:
    routes = (Route.COMPLAINT, Route.QUERY, Route.BOARD_ENQUIRY)
    said = (
        "nobody can reach stage 2 on the route query, board_enquiry: "
        "only a complaint has further stages"
    )
    assert found(with_duty("respond", 2, routes=routes))[0] == ("duties.8 (respond)", said)


@pytest.mark.parametrize(
    ("trigger", "said"),
    [
        (FactTrigger(Fact.RECEIVED), "received"),
        (FactTrigger(Fact.CLOSED), "closed"),
        (DutyTrigger(Direction.AFTER, "draft"), "after draft"),
        (DutyTrigger(Direction.BEFORE, "acknowledge"), "before acknowledge"),
    ],
    ids=str,
)
def test_a_count_that_no_event_of_its_stage_starts_is_told(
    trigger: FactTrigger | DutyTrigger, said: str
) -> None:
    """A duty of another stage, or the duty itself, starts no count."""
    policy = with_duty("acknowledge", 2, trigger=trigger)
    assert found(policy) == [
        ("duties.7 (acknowledge)", f"no event gives its trigger {said} at stage 2")
    ]


@pytest.mark.parametrize(
    "fact",
    [Fact.ACKNOWLEDGED, Fact.CONTACTED, Fact.ALLOCATED, Fact.RESPONSE, Fact.ESCALATION_REQUESTED],
)
def test_what_can_happen_at_a_stage_starts_a_count(fact: Fact) -> None:
    assert found(with_duty("acknowledge", 2, trigger=FactTrigger(fact))) == []


def test_what_stands_in_for_a_trigger_starts_the_count_too() -> None:
    waits = Otherwise(DutyTrigger(Direction.AFTER, "acknowledge"), "Silence stops no clock.")
    policy = with_duty("respond", 2, trigger=FactTrigger(Fact.CLOSED), otherwise=waits)
    assert found(policy) == []


def test_a_letter_that_nothing_asks_for_is_told() -> None:
    assert found(with_first("letters", letter="greeting")) == [
        (
            "letters (greeting)",
            f"nothing asks for such a letter: there are {', '.join(LETTERS)}",
        )
    ]


def test_an_extension_is_usually_no_longer_than_its_cap() -> None:
    assert found(with_first("extensions", usual_working_days=11)) == [
        ("extensions.1", "it is usually 11 working days, longer than its cap of 10")
    ]
    assert found(with_first("extensions", usual_working_days=10)) == []
    assert found(with_first("extensions", usual_working_days=None)) == []
    assert found(with_first("extensions", most_working_days=None)) == []


def window(policy: Policy, days: int) -> Policy:
    """The policy with the second time to ask so many days long, from receipt."""
    duties = tuple(
        replace(duty, span=Span(days, Unit.CALENDAR_DAYS)) if duty.duty == "late_window" else duty
        for duty in policy.duties
    )
    return replace(policy, duties=duties)


def test_no_time_to_ask_ends_before_the_answer_is_due() -> None:
    """Received on a Monday, acknowledged 48 hours on, answered ten working days later: day 16."""
    assert found(window(every_rule(), 17)) == []
    assert found(window(every_rule(), 16)) == [
        ("stage 1", "late_window closes on day 16 before the response is due on day 16")
    ]


@pytest.mark.parametrize("clause", ["tbc", " TBC ", "none", "N/A", "-", "…", ""])
def test_a_clause_that_names_no_place_is_missing(clause: str) -> None:
    rule = replace(every_rule(), closing=Citation("A case is closed.", clause))
    assert found(rule) == [("closing", missing(clause))]


@pytest.mark.parametrize("clause", ["7", "§ 7", "Clause 7", "none of the above"])
def test_a_clause_that_names_a_place_is_none(clause: str) -> None:
    assert found(replace(every_rule(), closing=Citation("A case is closed.", clause))) == []


@pytest.mark.parametrize(
    ("where", "written_otherwise"),
    [
        *(
            (name, partial(written, **{name: NOWHERE}))
            for name in ("escalation", "last_stage", "closing", "reopening", "exclusion_rule")
        ),
        *(
            (name, partial(without_clause, name))
            for name in (
                "outcomes", "approval", "sampling", "deemed_receipt", "time_bar", "standing",
                "members_copy", "compensation", "contributions",
            )
        ),
        ("duties.1 (acknowledge)", lambda: with_first("duties", cited=NOWHERE)),
        ("extensions.1", lambda: with_first("extensions", cited=NOWHERE)),
        (
            "extensions.1.ombudsman_details",
            lambda: with_first("extensions", ombudsman_details=NOWHERE),
        ),
        ("exclusions (before_a_court)", lambda: with_first("exclusions", cited=NOWHERE)),
        ("stage 1, independence", lambda: with_first("stages", independence=NOWHERE)),
        ("provisions (plain_words)", lambda: with_first("provisions", cited=NOWHERE)),
        ("conversions (service_request)", lambda: with_first("conversions", cited=NOWHERE)),
        ("stage 1", lambda: with_first("stages", clause="tbc")),
        ("stage 1, considered by", lambda: with_first("stages", considered_by_clause="tbc")),
        ("bodies (housing_ombudsman)", lambda: with_first("bodies", clause="tbc")),
        ("letters (acknowledgement)", lambda: with_first("letters", clause="tbc")),
    ],
)  # fmt: skip
def test_every_rule_names_its_clause(where: str, written_otherwise: Callable[[], Policy]) -> None:
    assert found(written_otherwise()) == [(where, missing("tbc"))]


def test_a_reminder_names_its_clause() -> None:
    first: Duty = every_rule().duties[0]
    assert first.notice is not None
    policy = with_first("duties", notice=replace(first.notice, clause="tbc"))
    assert found(policy) == [("duties.1 (acknowledge).notice", missing("tbc"))]


def test_a_matter_that_is_kept_out_goes_somewhere() -> None:
    assert findings(with_first("exclusions", destination="42?")) == (
        Finding(
            "exclusions (before_a_court)",
            "it has no destination: say where the matter goes instead",
        ),
    )


def test_rules_are_counted_from_one_as_they_stand_in_the_file() -> None:
    policy = every_rule()
    *duties, last = policy.duties
    changed = replace(policy, duties=(*duties, replace(last, cited=NOWHERE)))
    assert found(changed) == [(f"duties.{len(policy.duties)} (respond)", missing("tbc"))]
    first, second, *rest = policy.extensions
    changed = replace(policy, extensions=(first, replace(second, cited=NOWHERE), *rest))
    assert found(changed) == [("extensions.2", missing("tbc"))]

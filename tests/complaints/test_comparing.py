"""A policy held against the code above it: every way in which it is later or looser, with both
clauses, and nothing where it is not.
"""

from dataclasses import replace

import pytest

from shared.policies.comparing import Departure, departures
from shared.policies.policy import Duty, Extension, Fact, FactTrigger, Policy, Span, Unit
from tests.support.complaint_spec import CODE, KCTMO, england, policy_named


def found(own: Policy | str, *, year: int = 2026) -> list[tuple[str, int | None, str, str]]:
    """Kind, stage and both clauses of each departure from the Code."""
    return [(one.kind, one.stage, one.own_clause, one.code_clause) for one in against(own, year)]


def against(own: Policy | str, year: int = 2026) -> tuple[Departure, ...]:
    policy = policy_named(own) if isinstance(own, str) else own
    return departures(policy, policy_named(CODE), england(), year=year)


def the_code_but(name: str, stage: int, **changes: object) -> Policy:
    """The Code with one duty of one stage written otherwise."""
    code = policy_named(CODE)

    def changed(duty: Duty) -> Duty:
        if duty.duty != name or stage not in duty.stages:
            return duty
        return replace(duty, **changes)  # type: ignore[arg-type]  # fields of a duty, by name

    return replace(code, duties=tuple(changed(duty) for duty in code.duties))


def extending(**changes: object) -> Policy:
    """The Code with its extensions written otherwise."""
    code = policy_named(CODE)

    def changed(rule: Extension) -> Extension:
        return replace(rule, **changes)  # type: ignore[arg-type]  # fields of a rule, by name

    return replace(code, extensions=tuple(changed(rule) for rule in code.extensions))


def test_the_code_departs_from_itself_nowhere() -> None:
    assert found(CODE) == []


def test_the_policy_of_kctmo_has_a_third_stage_and_extends_without_cap_or_details() -> None:
    assert found(KCTMO) == [
        ("extension", 1, "Staff guidance 6.2", "Code 6.4"),
        ("extension", 1, "Staff guidance 6.2", "Code 6.5"),
        ("extension", 2, "Staff guidance 6.2", "Code 6.15"),
        ("extension", 2, "Staff guidance 6.2", "Code 6.16"),
        ("stages", 3, "Procedure, Stage Three", "Code 5.3 and 6.10"),
    ]


def test_bancrofts_first_answer_comes_ten_working_days_after_the_codes() -> None:
    (later,) = [one for one in against("bancroft-tmc") if one.kind == "later"]
    assert (later.stage, later.duty, later.code_clause) == (1, "respond", "Code 6.3")
    assert later.worst is not None
    assert later.worst.working_days_later == 10
    calendar, sample = england(), later.worst
    assert sample.acknowledged_on is not None
    assert sample.own_due_on == calendar.working_days_after(sample.received_on, 20)
    assert sample.code_due_on == calendar.working_days_after(sample.acknowledged_on, 10)


@pytest.mark.parametrize("policy", ["thh-2022", "bancroft-tmc"])
def test_an_informal_stage_and_a_short_time_bar_are_told(policy: str) -> None:
    kinds = {one.kind: one for one in against(policy)}
    assert kinds["informal_stage"].code_clause == "Code 5.2"
    assert kinds["time_bar"].code_clause == "Code 2.2 and 2.3"
    assert "6 months instead of 12" in kinds["time_bar"].said
    assert all(one.own_clause and one.code_clause for one in against(policy))


def test_ten_working_days_of_receipt_are_no_later_than_ten_of_the_acknowledgement() -> None:
    on_receipt = the_code_but("respond", 1, trigger=FactTrigger(Fact.RECEIVED), otherwise=None)
    assert found(on_receipt) == []


def test_one_working_day_more_is_found_with_the_case_that_shows_it() -> None:
    (later,) = against(the_code_but("acknowledge", 2, span=Span(6, Unit.WORKING_DAYS)))
    assert (later.kind, later.stage, later.duty) == ("later", 2, "acknowledge")
    assert later.worst is not None
    assert later.worst.working_days_later == 1


@pytest.mark.parametrize(
    ("calendar_days", "departs"),
    [(5, False), (7, False), (8, True)],
    ids=["five days", "a week", "eight days"],
)
def test_numbers_of_different_units_are_compared_by_counting(
    calendar_days: int, departs: bool
) -> None:
    """A week of calendar days never takes in a sixth working day; eight days sometimes do."""
    pack = the_code_but("acknowledge", 1, span=Span(calendar_days, Unit.CALENDAR_DAYS))
    assert [one.kind for one in against(pack) if one.duty == "acknowledge"] == (
        ["later"] if departs else []
    )


def test_a_duty_that_the_policy_leaves_out_is_missing() -> None:
    code = policy_named(CODE)
    silent = replace(
        code,
        duties=tuple(
            replace(duty, otherwise=None)
            for duty in code.duties
            if (duty.duty, duty.stages) != ("acknowledge", (2,))
        ),
    )
    missing = [one for one in against(silent) if one.kind == "missing"]
    assert [(one.stage, one.duty, one.code_clause) for one in missing] == [
        (2, "acknowledge", "Code 6.11")
    ]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"most_working_days": 30}, "30 working days"),
        ({"most_working_days": None}, "no cap"),
        ({"kind": "unstated"}, "no condition"),
        ({"ombudsman_details": None}, "Ombudsman's details"),
    ],
)
def test_a_looser_extension_is_told_for_each_stage(changes: dict[str, object], said: str) -> None:
    told = against(extending(**changes))
    assert [(one.kind, one.stage) for one in told] == [("extension", 1), ("extension", 2)]
    assert all(said in one.said for one in told)


def test_a_stricter_extension_is_no_departure() -> None:
    assert found(extending(most_working_days=5, kind="agree")) == []


def test_a_second_stage_without_independence_is_told() -> None:
    code = policy_named(CODE)
    stages = tuple(replace(stage, independence=None) for stage in code.stages)
    assert found(replace(code, stages=stages)) == [
        ("independence", 2, "Code 6.13", "Code 5.8 and 6.13")
    ]

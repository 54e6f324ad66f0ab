"""What is told of a policy that is later or looser than the code above it: whole, with the case that shows it most.

The code of these tests is the policy that says everything; the policy held against it is the same with one rule
written otherwise.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Any

import pytest

from shared.complaints.values import Route
from shared.complaints.working_days import CalendarDoesNotKnow, WorkingDayCalendar
from shared.policies.comparing import Departure, Sample, departures
from shared.policies.policy import Citation, Policy, Span, Unit
from shared.policies.provisions import Conversion, Provision
from tests.policies.reading import every_rule
from tests.support.complaint_spec import england

OWN = Citation("Our own way.", "Ours 7")


@cache
def the_code() -> Policy:
    """All rules, and of the duties those that are quickly counted."""
    policy = every_rule()
    kept = tuple(duty for duty in policy.duties if duty.duty in {"acknowledge", "respond"})
    return replace(policy, duties=kept)


@cache
def without_dates() -> Policy:
    """All rules but those with dates, so that nothing is counted."""
    return replace(every_rule(), duties=())


def against_the_code(own: Policy, code: Policy | None = None) -> tuple[Departure, ...]:
    standard = code or (the_code() if own.duties else without_dates())
    return departures(own, standard, england(), year=2026)


def with_duty(name: str, stage: int, **changes: Any) -> Policy:
    policy = the_code()
    known = policy.duty(name, route=Route.COMPLAINT, stage=stage)
    duties = (replace(duty, **changes) if duty is known else duty for duty in policy.duties)
    return replace(policy, duties=tuple(duties))


def with_extension(stage: int, policy: Policy | None = None, **changes: Any) -> Policy:
    policy = policy or without_dates()
    known = policy.extension(route=Route.COMPLAINT, stage=stage)
    rules = (replace(rule, **changes) if rule is known else rule for rule in policy.extensions)
    return replace(policy, extensions=tuple(rules))


def barred(**changes: Any) -> Policy:
    policy = without_dates()
    assert policy.time_bar is not None
    return replace(policy, time_bar=replace(policy.time_bar, cited=OWN, **changes))


def test_a_policy_that_says_the_same_departs_nowhere() -> None:
    assert against_the_code(the_code()) == ()


def test_of_all_cases_the_one_with_most_days_between_is_shown() -> None:
    """Received on Monday 16 March, acknowledged on the last day for it, answered over Easter."""
    own = with_duty("respond", 1, span=Span(12, Unit.WORKING_DAYS), cited=OWN)
    assert against_the_code(own) == (
        Departure(
            "later",
            1,
            "respond",
            "The date to respond may lie 2 working days after the Code's.",
            "Ours 7",
            "4",
            Sample(date(2026, 3, 16), date(2026, 3, 18), date(2026, 4, 7), date(2026, 4, 1), 2),
        ),
    )


def test_one_working_day_later_is_told_of_the_stage_where_it_is_counted() -> None:
    """Stage 2 is not acknowledged first; 20 working days from Monday 9 March end on Thursday 2 April, before Easter."""
    own = with_duty("respond", 2, span=Span(21, Unit.WORKING_DAYS), cited=OWN)
    (later,) = against_the_code(own)
    assert (later.stage, later.own_clause, later.code_clause) == (2, "Ours 7", "8")
    assert later.said == "The date to respond may lie 1 working day after the Code's."
    assert later.worst == Sample(
        date(2026, 3, 5), date(2026, 3, 5), date(2026, 4, 7), date(2026, 4, 2), 1
    )


def test_most_working_days_tell_more_than_most_days() -> None:
    """Three calendar days instead of one: two working days at most, with a weekend only one or none."""
    own = with_duty("acknowledge", 2, span=Span(3, Unit.CALENDAR_DAYS), cited=OWN)
    (later,) = against_the_code(own)
    assert later.worst is not None
    assert later.worst.working_days_later == 2
    assert later.worst.own_due_on.isoweekday() < 6


def test_every_day_of_the_year_is_tried_and_no_other() -> None:
    """A calendar that begins with the year and ends with what its last day sets is enough."""
    own, closed = with_duty("respond", 2, span=Span(21, Unit.WORKING_DAYS)), dict[date, str]()
    calendar = WorkingDayCalendar("a year", date(2024, 1, 1), date(2025, 1, 29), closed)
    assert len(departures(own, the_code(), calendar, year=2024)) == 1
    late = WorkingDayCalendar("too late", date(2024, 1, 2), date(2025, 1, 29), closed)
    with pytest.raises(CalendarDoesNotKnow, match="2024-01-01"):
        departures(own, the_code(), late, year=2024)
    early = WorkingDayCalendar("too early", date(2024, 1, 1), date(2025, 1, 28), closed)
    with pytest.raises(CalendarDoesNotKnow, match="2024-12-31"):
        departures(own, the_code(), early, year=2024)


def test_a_duty_that_the_policy_leaves_out_is_missing() -> None:
    second = tuple(duty for duty in the_code().duties if duty.stages != (2,))
    policy = replace(the_code(), duties=second)
    assert against_the_code(policy)[1] == Departure(
        "missing",
        2,
        "respond",
        "No date is set to respond; the Code says: The panel answers.",
        "Harbour Trust: complaints",
        "8",
    )


def test_a_duty_of_several_words_is_told_in_words() -> None:
    policy = every_rule()
    own = replace(policy, duties=tuple(d for d in policy.duties if d.duty != "holding_response"))
    (missing,) = against_the_code(own, policy)
    assert missing.said == (
        "No date is set to holding response; the Code says: Who must wait is told."
    )


def test_what_is_missing_hides_nothing_that_comes_after_it() -> None:
    longer = with_duty("respond", 2, span=Span(30, Unit.WORKING_DAYS))
    own = replace(longer, duties=tuple(d for d in longer.duties if d.duty != "acknowledge"))
    own = replace(own, duties=tuple(replace(d, otherwise=None) for d in own.duties))
    found = against_the_code(own)
    assert [(each.kind, each.stage, each.duty) for each in found] == [
        ("missing", 1, "acknowledge"),
        ("missing", 2, "acknowledge"),
        ("later", 2, "respond"),
    ]


EXTENSION = ("extension", 1, "respond")


@pytest.mark.parametrize(
    ("changes", "said", "code_clause"),
    [
        (
            {"most_working_days": None},
            "An extension has no cap; the Code's is 10 working days.",
            "10",
        ),
        (
            {"most_working_days": 11},
            "An extension may take 11 working days; the Code's cap is 10.",
            "10",
        ),
        (
            {"kind": "unstated"},
            "An extension needs no condition; under the Code it is explained.",
            "10",
        ),
        (
            {"ombudsman_details": None},
            "Whoever is told of an extension need not be given the Ombudsman's details.",
            "10.1",
        ),
    ],
)
def test_a_looser_extension_is_told_with_both_clauses(
    changes: dict[str, Any], said: str, code_clause: str
) -> None:
    own = with_extension(1, cited=OWN, **changes)
    assert against_the_code(own) == (Departure(*EXTENSION, said, "Ours 7", code_clause),)


def test_an_extension_is_no_looser_than_a_code_that_sets_no_cap_and_asks_for_no_details() -> None:
    code = with_extension(1, most_working_days=None, ombudsman_details=None)
    assert against_the_code(with_extension(1, code, most_working_days=30), code) == ()
    assert against_the_code(without_dates(), code) == ()


def test_a_policy_without_an_extension_is_not_looser_than_one_with() -> None:
    none = replace(without_dates(), extensions=())
    assert against_the_code(none) == ()
    assert against_the_code(without_dates(), none) == ()


def test_whoever_considered_the_complaint_before_is_kept_out_of_a_later_stage() -> None:
    policy = without_dates()
    stages = tuple(replace(stage, independence=None) for stage in policy.stages)
    own = replace(policy, stages=stages)
    assert against_the_code(own) == (
        Departure(
            "independence",
            2,
            None,
            "Nothing keeps out of this stage whoever considered the complaint before.",
            "2.1",
            "2.2",
        ),
    )
    assert against_the_code(without_dates(), own) == ()


def test_a_stage_beyond_those_of_the_code_is_told_and_not_compared() -> None:
    policy = without_dates()
    third = replace(policy.stages[1], number=3, name="Third look", clause="Ours 9")
    own = replace(policy, stages=(*policy.stages, third))
    said = "Third look goes beyond the 2 stages of the Code."
    assert against_the_code(own) == (Departure("stages", 3, None, said, "Ours 9", "13"),)
    assert against_the_code(without_dates(), own) == ()


def test_a_query_that_comes_first_is_an_informal_stage() -> None:
    query = Conversion(Route.QUERY, "conversion", OWN)
    own = replace(without_dates(), conversions=(query,))
    said = "A complaint may first be handled as a query, which is an informal stage."
    assert against_the_code(own) == (
        Departure("informal_stage", None, None, said, "Ours 7", "the Code as a whole"),
    )
    rules = (
        Provision("plain_words", Citation("Letters are written plainly.", "34")),
        Provision("no_informal_stage", Citation("There is no stage before the first.", "35")),
    )
    (told,) = against_the_code(own, replace(without_dates(), provisions=rules))
    assert told.code_clause == "35"


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"months": 5}, "A matter is kept out after 5 months instead of 6."),
        (
            {"counted_from": "event"},
            "A matter is kept out counted from the event, even where the complainant learnt of it later.",
        ),
        ({"discretion": False}, "A matter is kept out without discretion."),
        (
            {"months": 5, "discretion": False},
            "A matter is kept out after 5 months instead of 6, without discretion.",
        ),
    ],
)
def test_an_older_matter_is_kept_out_sooner(changes: dict[str, Any], said: str) -> None:
    assert against_the_code(barred(**changes)) == (
        Departure("time_bar", None, None, said, "Ours 7", "22"),
    )


@pytest.mark.parametrize("changes", [{"months": 6}, {"months": 7}])
def test_an_older_matter_is_not_kept_out_sooner(changes: dict[str, Any]) -> None:
    assert against_the_code(barred(**changes)) == ()


def test_a_bar_is_no_stricter_than_one_that_is_as_strict() -> None:
    strict = barred(counted_from="event", discretion=False)
    assert against_the_code(strict, strict) == ()
    none = replace(without_dates(), time_bar=None)
    assert against_the_code(none) == ()
    assert against_the_code(strict, none) == ()

"""Duties that recur, such as a review every six months: each has its day, and lateness gains no time."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from services.workflow.domain import recurring
from services.workflow.domain.recurring import RecurringDuty, duties_after
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.domain.timers import MISSED, TimersEnded, TimerSet, timers_after
from shared.complaints.events import ComplaintEvent
from shared.complaints.events.oversight import (
    RecurringDutyDone,
    RecurringDutyEnded,
    RecurringDutyMissed,
    RecurringDutySet,
)
from shared.policies.policy import Citation
from shared.policies.provisions import Recurring
from shared.policy_packs.loader import shipped_policies
from tests.support.complaint_spec import policy_named

MON_2_MAR = date(2026, 3, 2)
WED_2_SEP = date(2026, 9, 2)
FRI_4_SEP = date(2026, 9, 4)
SIX_MONTHS = Recurring(
    "review_with_managers",
    6,
    "complaints_team",
    Citation("The team meets senior managers every six months.", "Staff guidance 6.8"),
)
MINUTES = "Minutes of the management meeting."
KEY = ("mill-lane", "review_with_managers")
BEGUN = RecurringDutySet(
    organisation="mill-lane",
    duty="review_with_managers",
    generation=1,
    due_on=WED_2_SEP,
    counted_from=MON_2_MAR,
    every_months=6,
    rule=SIX_MONTHS.cited.rule,
    clause="Staff guidance 6.8",
    responsible="complaints_team",
)


def begin(
    known: RecurringDuty | None = None, *, since: date = MON_2_MAR
) -> tuple[ComplaintEvent, ...]:
    """The policy's duty, begun by the landlord."""
    return recurring.begin(
        known, SIX_MONTHS, organisation="mill-lane", counted_from=since, today=date(2026, 12, 1)
    )


def done(
    *before: ComplaintEvent, on: date, rule: Recurring | None = SIX_MONTHS, evidence: str = MINUTES
) -> tuple[ComplaintEvent, ...]:
    """What follows when it was done."""
    known = duties_after(before).get(KEY)
    return recurring.done(
        known,
        rule,
        named="mill-lane: review_with_managers",
        done_on=on,
        today=date(2026, 12, 1),
        evidence=evidence,
    )


def test_a_review_is_due_six_months_after_the_last_one() -> None:
    assert begin() == (BEGUN,)


def test_each_time_it_is_done_the_next_day_counts_from_then() -> None:
    early = date(2026, 8, 31)
    fact, again = done(BEGUN, on=early)
    assert fact == RecurringDutyDone(*KEY, 1, WED_2_SEP, early, MINUTES)
    assert again == replace(
        BEGUN, generation=2, due_on=date(2027, 2, 28), counted_from=early
    )  # the month is shorter


def test_one_that_is_late_was_missed_first_and_gains_no_time() -> None:
    missed, fact, again = done(BEGUN, on=FRI_4_SEP)
    assert missed == RecurringDutyMissed(*KEY, 1, WED_2_SEP)
    assert isinstance(fact, RecurringDutyDone)
    assert isinstance(again, RecurringDutySet)
    assert again.due_on == date(2027, 3, 4)
    told_already = done(BEGUN, missed, on=FRI_4_SEP)
    assert [type(event) for event in told_already] == [RecurringDutyDone, RecurringDutySet]


def test_the_policy_in_force_says_how_often_from_then_on() -> None:
    quarterly = replace(SIX_MONTHS, every_months=3)
    *_, again = done(BEGUN, on=WED_2_SEP, rule=quarterly)
    assert isinstance(again, RecurringDutySet)
    assert (again.every_months, again.due_on) == (3, date(2026, 12, 2))
    *_, as_before = done(BEGUN, on=WED_2_SEP, rule=None)
    assert isinstance(as_before, RecurringDutySet)
    assert as_before.every_months == 6


def test_a_timer_stands_at_the_end_of_its_day_and_goes_when_it_is_done() -> None:
    duty = "mill-lane/review_with_managers"
    midnight = datetime(2026, 9, 2, 23, tzinfo=UTC)  # British Summer Time
    assert timers_after([BEGUN])[0] == (TimerSet(duty, 0, MISSED, 1, midnight),)
    standing, ended = timers_after([BEGUN, *done(BEGUN, on=date(2026, 8, 31))])
    assert [timer.generation for timer in standing] == [2]
    assert ended == (TimersEnded(duty, 0),)
    assert timers_after([BEGUN, RecurringDutyMissed(*KEY, 1, WED_2_SEP)])[0] == ()
    over = RecurringDutyEnded(*KEY, 1, "Another policy.")
    assert timers_after([BEGUN, over]) == ((), (TimersEnded(duty, 0),))


def test_its_timer_tells_once_that_it_was_missed() -> None:
    known = duties_after([BEGUN])[KEY]
    (missed,) = recurring.fell(known, generation=1)
    assert missed == RecurringDutyMissed(*KEY, 1, WED_2_SEP)
    assert recurring.fell(duties_after([BEGUN, missed])[KEY], generation=1) == ()
    assert recurring.fell(known, generation=2) == ()
    assert recurring.fell(None, generation=1) == ()
    ended = duties_after([BEGUN, RecurringDutyEnded(*KEY, 1, "Another policy.")])[KEY]
    assert recurring.fell(ended, generation=1) == ()


def test_what_is_owed_no_more_can_begin_again() -> None:
    (over,) = recurring.end(duties_after([BEGUN])[KEY], named="it", reason="Another policy. ")
    assert over == RecurringDutyEnded(*KEY, 1, "Another policy.")
    (again,) = begin(duties_after([BEGUN, over])[KEY], since=FRI_4_SEP)
    assert isinstance(again, RecurringDutySet)
    assert again.generation == 2


@pytest.mark.parametrize(
    ("what", "said"),
    [
        (lambda: begin(duties_after([BEGUN])[KEY]), "owes review with managers already"),
        (lambda: begin(since=date(2027, 1, 1)), "lies in the future"),
        (lambda: done(on=FRI_4_SEP), "is not owed"),
        (lambda: done(BEGUN, on=date(2027, 1, 1)), "lies in the future"),
        (lambda: done(BEGUN, on=date(2026, 3, 1)), "this lies before"),
        (lambda: done(BEGUN, on=FRI_4_SEP, evidence=" "), "Nothing says so in one sentence."),
        (lambda: done(BEGUN, on=FRI_4_SEP, evidence="a\nb"), "Nothing says so in one sentence."),
        (lambda: done(BEGUN, on=FRI_4_SEP, evidence="x" * 301), "in one sentence"),
        (lambda: recurring.end(None, named="it", reason="Why."), "it is not owed."),
    ],
)
def test_what_cannot_have_been_is_refused_with_rule_and_way_out(what: object, said: str) -> None:
    with pytest.raises(ComplaintRuleBroken, match=said) as refused:
        what()  # type: ignore[operator]
    assert refused.value.rule
    assert refused.value.clause
    assert refused.value.way_out


def test_the_policies_name_what_recurs_with_its_clause() -> None:
    named = {
        (name, rule.duty): (rule.every_months, rule.cited.clause)
        for name in shipped_policies()
        for rule in policy_named(name).recurring
    }
    assert named["kctmo-2010", "review_with_managers"] == (6, "Staff guidance 6.8")
    assert named["kctmo-2010", "policy_review"] == (36, "Policy 5.2")
    assert named["hos-code-2024", "annual_report"] == (12, "Code 8.1 and 8.2")

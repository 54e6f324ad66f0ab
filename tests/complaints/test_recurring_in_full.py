"""Duties that recur, in full: what is remembered of each, what is told, and what is said to somebody who is refused."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.workflow.domain.recurring import (
    LONGEST_SENTENCE,
    RecurringDuty,
    begin,
    done,
    duties_after,
    end,
    fell,
)
from services.workflow.domain.refusals import (
    TRUE_RECORD,
    ComplaintRuleBroken,
    ConditionNotMet,
    NothingThere,
    NotNow,
    NotTrueToTime,
)
from shared.complaints.events.oversight import (
    RecurringDutyDone,
    RecurringDutyEnded,
    RecurringDutyMissed,
    RecurringDutySet,
)
from shared.policies.policy import Citation
from shared.policies.provisions import Recurring

LAST_TIME, DUE, TODAY = date(2026, 1, 5), date(2026, 7, 5), date(2026, 8, 3)
REPORT = Recurring(
    "report_to_board",
    6,
    "head_of_service",
    Citation("The Board hears of complaints twice a year.", "Policy 9"),
)
SET = RecurringDutySet(
    organisation="mill-lane",
    duty="report_to_board",
    generation=1,
    due_on=DUE,
    counted_from=LAST_TIME,
    every_months=6,
    rule=REPORT.cited.rule,
    clause="Policy 9",
    responsible="head_of_service",
)
KEY = ("mill-lane", "report_to_board")
MISSED = RecurringDutyMissed(*KEY, 1, DUE)
DONE = RecurringDutyDone(*KEY, 1, DUE, DUE, "Minutes of 5 July, item 4.")
ENDED = RecurringDutyEnded(*KEY, 1, "The Board was dissolved.")
OWED = RecurringDuty(SET)


def was_done(known: RecurringDuty | None = OWED, **fields: Any) -> tuple[Any, ...]:
    given: dict[str, Any] = {
        "named": "report to board of mill-lane",
        "done_on": DUE,
        "today": TODAY,
        "evidence": " Minutes of 5 July, item 4. ",
    }
    return done(known, REPORT, **(given | fields))


def begun(known: RecurringDuty | None, **fields: Any) -> tuple[RecurringDutySet, ...]:
    given: dict[str, Any] = {
        "organisation": "mill-lane",
        "counted_from": LAST_TIME,
        "today": TODAY,
    }
    return begin(known, REPORT, **(given | fields))


def test_what_is_remembered_of_a_duty_is_its_latest_date_and_how_it_stands() -> None:
    second = replace(SET, generation=2, counted_from=DUE, due_on=date(2027, 1, 5))
    other = replace(SET, organisation="harbour")
    assert duties_after([other, SET, MISSED]) == {
        KEY: RecurringDuty(SET, missed=True),
        ("harbour", "report_to_board"): RecurringDuty(other),
    }
    assert duties_after([SET, MISSED, DONE]) == {KEY: RecurringDuty(SET, True, done_on=DUE)}  # noqa: FBT003
    assert duties_after([SET, DONE, second]) == {KEY: RecurringDuty(second, done_on=DUE)}
    missed_again = replace(MISSED, generation=2, due_on=second.due_on)
    late = duties_after([SET, DONE, second, missed_again])
    assert late == {KEY: RecurringDuty(second, missed=True, done_on=DUE)}
    assert duties_after([SET, DONE, second, missed_again, ENDED]) == {
        KEY: RecurringDuty(second, missed=True, ended=True, done_on=DUE)
    }


def test_a_duty_begins_as_the_policy_has_it() -> None:
    assert begun(None) == (SET,)
    ended = RecurringDuty(replace(SET, generation=3), ended=True)
    assert begun(ended) == (replace(SET, generation=4),)
    assert begun(None, counted_from=TODAY)[0].due_on == date(2027, 2, 3)


def test_what_is_done_in_time_is_due_again_so_many_months_after_that_day() -> None:
    again = replace(SET, generation=2, counted_from=DUE, due_on=date(2027, 1, 5))
    assert was_done() == (DONE, again)


def test_what_is_done_late_was_missed_first_unless_that_was_noticed() -> None:
    late = date(2026, 7, 6)
    told, *_ = was_done(done_on=late)
    assert told == MISSED
    told, *_ = was_done(RecurringDuty(SET, missed=True), done_on=late)
    assert isinstance(told, RecurringDutyDone)


def test_without_a_rule_in_the_policy_it_goes_on_as_before() -> None:
    *_, again = done(OWED, None, named="it", done_on=LAST_TIME, today=TODAY, evidence="Seen.")
    assert again == replace(SET, generation=2)


def test_a_duty_that_is_owed_no_more_says_why() -> None:
    assert end(OWED, named="it", reason=" The Board was dissolved. ") == (ENDED,)


@pytest.mark.parametrize(
    "known",
    [None, RecurringDuty(SET, ended=True), RecurringDuty(SET, missed=True),
     RecurringDuty(replace(SET, generation=2))],
)  # fmt: skip
def test_a_timer_that_comes_too_late_tells_nothing(known: RecurringDuty | None) -> None:
    assert fell(known, generation=1) == ()
    assert fell(OWED, generation=1) == (MISSED,)


TRUE_TO_TIME = ("Things are recorded at the time they happened.", TRUE_RECORD)
AS_THE_POLICY_SAYS = (REPORT.cited.rule, "Policy 9")
IN_ONE_SENTENCE = (
    ConditionNotMet,
    "Nothing says so in one sentence.",
    "Give at most 300 characters that name nobody, such as where the minutes are.",
    *AS_THE_POLICY_SAYS,
)
NOT_OWED = (
    "Look what is owed with `redress duty list`, or begin it.",
    "What is recorded names what is there.",
    TRUE_RECORD,
)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        (
            lambda: begun(OWED),
            (NotNow, "mill-lane owes report to board already, by 2026-07-05.",
             "Record that it was done; the next day follows from that.", *AS_THE_POLICY_SAYS),
        ),
        (
            lambda: begun(None, counted_from=date(2026, 8, 4)),
            (NotTrueToTime, "The day it is counted from lies in the future.",
             "Record it once it has happened.", *TRUE_TO_TIME),
        ),
        (
            lambda: was_done(done_on=date(2026, 8, 4)),
            (NotTrueToTime, "The day it was done lies in the future.",
             "Record it once it has happened.", *TRUE_TO_TIME),
        ),
        (
            lambda: was_done(done_on=date(2026, 1, 4)),
            (NotTrueToTime, "It was done on 2026-01-05 last: this lies before.",
             "Give the day on which it was done this time.", *AS_THE_POLICY_SAYS),
        ),
        (lambda: was_done(None), (NothingThere, "report to board of mill-lane is not owed.", *NOT_OWED)),
        (lambda: end(RecurringDuty(SET, ended=True), named="it", reason="Over."),
         (NothingThere, "it is not owed.", *NOT_OWED)),
        (lambda: was_done(evidence=" "), IN_ONE_SENTENCE),
        (lambda: was_done(evidence="Two\nlines."), IN_ONE_SENTENCE),
        (lambda: was_done(evidence="x" * (LONGEST_SENTENCE + 1)), IN_ONE_SENTENCE),
        (lambda: end(OWED, named="it", reason=""), IN_ONE_SENTENCE),
    ],
)  # fmt: skip
def test_a_refusal_says_what_stands_against_it(asked: Any, said: tuple[Any, ...]) -> None:
    with pytest.raises(ComplaintRuleBroken) as told:
        asked()
    refusal = told.value
    assert (type(refusal), refusal.said, refusal.way_out, refusal.rule, refusal.clause) == said


def test_a_sentence_may_be_as_long_as_the_limit_and_a_day_may_be_today() -> None:
    assert was_done(evidence="x" * LONGEST_SENTENCE, done_on=TODAY)

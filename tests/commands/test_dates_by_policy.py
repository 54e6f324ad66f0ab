"""What `redress dates` answers under the other shipped policies: every date worked out by hand, and
what a contrary reading would have given, which it must not.
"""

from __future__ import annotations

import json

import pytest
from typer.testing import CliRunner

from services.redress.main import app

KCTMO, THH, BANCROFT = "kctmo-2010", "thh-2022", "bancroft-tmc"
CODE, LGSCO = "hos-code-2024", "lgsco-code"
Due = dict[tuple[str, int], str]


def answer(*arguments: str) -> list[dict[str, str]]:
    answered = CliRunner().invoke(app, ["dates", *arguments, "--json"])
    assert answered.exit_code == 0, answered.output
    duties: list[dict[str, str]] = json.loads(answered.output)["duties"]
    return duties


def ask(policy: str, received: str, *facts: str, more: tuple[str, ...] = ()) -> Due:
    """The due dates by duty and stage."""
    given = [part for fact in facts for part in ("--fact", fact)]
    return {
        (duty["duty"], int(duty["stage"])): duty.get("due_on") or duty["due_at"]
        for duty in answer(policy, "--received", received, *given, *more)
    }


# Received; 48 hours on working days; 48 real hours; five, ten, twenty and thirty working days.
GRID = (
    ("2025-09-09T10:15", "2025-09-11T10:15:00+01:00", None,
     "2025-09-16", "2025-09-23", "2025-10-07", "2025-10-21"),
    ("2025-09-12T18:40", "2025-09-16T18:40:00+01:00", "2025-09-14T18:40:00+01:00",
     "2025-09-19", "2025-09-26", "2025-10-10", "2025-10-24"),
    ("2025-10-24T16:30", "2025-10-28T16:30:00+00:00", "2025-10-26T15:30:00+00:00",
     "2025-10-31", "2025-11-07", "2025-11-21", "2025-12-05"),
    ("2026-03-27T09:00", "2026-03-31T09:00:00+01:00", "2026-03-29T10:00:00+01:00",
     "2026-04-07", "2026-04-14", "2026-04-28", "2026-05-13"),
    ("2025-04-17T11:00", "2025-04-23T11:00:00+01:00", "2025-04-19T11:00:00+01:00",
     "2025-04-28", "2025-05-06", "2025-05-20", "2025-06-04"),
    ("2025-12-22T14:00", "2025-12-24T14:00:00+00:00", None,
     "2025-12-31", "2026-01-08", "2026-01-22", "2026-02-05"),
)  # fmt: skip
GRID_NAMES = (
    "a plain fortnight", "a Friday evening", "the clocks go back", "the clocks go forward, then Easter",
    "Maundy Thursday", "Christmas",
)  # fmt: skip
on_the_grid = pytest.mark.parametrize("row", GRID, ids=GRID_NAMES)
Row = tuple[str, str, str | None, str, str, str, str]


@on_the_grid
def test_thh_at_stage_one(row: Row) -> None:
    received, hours, real_hours, five, ten, twenty, _ = row
    assert ask(THH, received) == {
        ("acknowledge", 1): hours,
        ("contact", 1): hours,
        ("early_resolution", 1): five,
        ("respond", 1): ten,
    }
    assert hours != real_hours
    extension = f"extension={received[:10]},to={twenty}"
    assert ask(THH, received, extension)["respond", 1] == twenty


@on_the_grid
def test_bancroft_at_stage_one(row: Row) -> None:
    received, hours, _, five, ten, twenty, thirty = row
    assert ask(BANCROFT, received) == {
        ("acknowledge", 1): hours,
        ("contact", 1): hours,
        ("early_resolution", 1): five,
        ("stretch_target", 1): ten,
        ("respond", 1): twenty,
    }
    extended = ask(BANCROFT, received, f"extension={received[:10]},to={thirty}")
    assert (extended["respond", 1], extended["stretch_target", 1]) == (thirty, ten)


@on_the_grid
def test_a_receipt_without_a_time_has_until_the_end_of_the_second_working_day(row: Row) -> None:
    received, hours, *_ = row
    for policy in (THH, BANCROFT):
        assert ask(policy, received[:10])["acknowledge", 1] == hours[:10]


@on_the_grid
def test_a_query_is_answered_in_five_working_days(row: Row) -> None:
    received, hours, _, five, *_ = row
    for policy in (THH, BANCROFT):
        due = ask(policy, received, more=("--route", "query"))
        assert due == {("contact", 1): hours, ("respond", 1): five}


@pytest.mark.parametrize(
    ("received", "wrong"),
    [
        ("2025-09-09T10:15", "2025-09-17T10:15:00+01:00"),  # 48 staffed hours of 9 to 5
        ("2025-09-12T18:40", "2025-09-14T18:40:00+01:00"),  # on a Sunday
        ("2025-10-24T16:30", "2025-10-26T16:30:00+00:00"),  # the wall clock: 49 real hours
        ("2026-03-27T09:00", "2026-03-29T09:00:00+01:00"),  # the wall clock: 47 real hours
        ("2025-04-17T11:00", "2025-04-19T11:00:00+01:00"),  # on Easter Saturday
    ],
)
def test_48_hours_are_not_read_the_other_ways(received: str, wrong: str) -> None:
    for policy in (THH, BANCROFT):
        due = ask(policy, received)
        assert wrong not in {due["acknowledge", 1], due["contact", 1]}


def test_a_friday_evening_counts_as_friday_and_not_as_received_on_monday() -> None:
    for policy in (KCTMO, THH):
        assert ask(policy, "2025-09-12T18:40")["respond", 1] != "2025-09-29"


def test_days_on_which_offices_close_between_christmas_and_new_year_are_working_days() -> None:
    for policy in (KCTMO, THH):
        assert ask(policy, "2025-12-22T14:00")["respond", 1] != "2026-01-13"
    closed = ("--closed", "2025-12-29", "--closed", "2025-12-30", "--closed", "2025-12-31")
    assert ask(THH, "2025-12-22T14:00", more=closed)["respond", 1] == "2026-01-13"


@pytest.mark.parametrize("policy", [CODE, LGSCO])
@pytest.mark.parametrize(
    "row",
    [
        ("2025-09-09T10:15", "2025-09-11", "2025-09-16", "2025-09-25", "2025-10-09"),
        ("2025-09-12T18:40", "2025-09-16", "2025-09-19", "2025-09-30", "2025-10-14"),
        ("2025-10-24T16:30", "2025-10-28", "2025-10-31", "2025-11-11", "2025-11-25"),
        ("2026-03-27T09:00", "2026-03-31", "2026-04-07", "2026-04-16", "2026-04-30"),
        ("2025-04-17T11:00", "2025-04-22", "2025-04-28", "2025-05-07", "2025-05-21"),
        ("2025-12-22T14:00", "2025-12-24", "2025-12-31", "2026-01-12", "2026-01-26"),
    ],
    ids=GRID_NAMES,
)
def test_both_codes_at_stage_1(policy: str, row: tuple[str, ...]) -> None:
    received, acknowledged, acknowledge, respond, extended = row
    acknowledgement = f"acknowledged={acknowledged}"
    due = ask(policy, received, acknowledgement)
    assert due == {("acknowledge", 1): acknowledge, ("respond", 1): respond}
    extension = f"extension={acknowledged},to={extended}"
    assert ask(policy, received, acknowledgement, extension)["respond", 1] == extended


@pytest.mark.parametrize("policy", [CODE, LGSCO])
def test_both_codes_at_their_latest_and_at_stage_2(policy: str) -> None:
    assert ask(policy, "2025-09-09T10:15")["respond", 1] == "2025-09-30"
    facts = (
        "acknowledged=2026-07-20", "response=2026-08-03",
        "escalation_requested=2026-08-17T16:00", "acknowledged:2=2026-08-19",
    )  # fmt: skip
    due = ask(policy, "2026-07-20", *facts)
    assert (due["acknowledge", 2], due["respond", 2]) == ("2026-08-24", "2026-09-17")
    longer = ask(policy, "2026-07-20", *facts, "extension:2=2026-08-19,to=2026-10-15")
    assert longer["respond", 2] == "2026-10-15"


@pytest.mark.parametrize("policy", [THH, BANCROFT])
def test_the_councils_stage_two_over_the_august_bank_holiday(policy: str) -> None:
    facts = ("response=2026-08-03", "escalation_requested=2026-08-17T16:00")
    due = ask(policy, "2026-07-20T09:00", *facts)
    assert due["acknowledge", 2] == "2026-08-19T16:00:00+01:00"
    assert due["respond", 2] == "2026-09-15"
    longer = ask(policy, "2026-07-20T09:00", *facts, "extension:2=2026-08-20,to=2026-09-29")
    assert longer["respond", 2] == "2026-09-29"


def test_the_time_to_ask_the_council_runs_from_receipt_of_the_response() -> None:
    by_mail = ask(THH, "2026-03-20", "response=2026-04-02,by=email")
    assert by_mail["escalation_window", 1] == "2026-05-05"
    by_post = answer(THH, "--received", "2026-03-20", "--fact", "response=2026-04-02,by=letter")
    window = next(duty for duty in by_post if duty["duty"] == "escalation_window")
    assert (window["trigger"], window["trigger_on"]) == ("response_received", "2026-04-08")
    assert window["due_on"] == "2026-05-07"


def test_bancroft_sets_no_time_to_ask() -> None:
    due = ask(BANCROFT, "2026-03-20", "response=2026-04-02,by=letter")
    assert not any(duty in {"escalation_window", "close"} for duty, _ in due)


def test_no_clock_pauses_while_a_question_is_out() -> None:
    for policy in (KCTMO, THH):
        due = ask(policy, "2025-11-03", "contact_attempted=2025-11-05", "contacted=2025-11-12")
        assert due["respond", 1] == "2025-11-17"  # and not the 24th: nothing is added for the wait


def test_a_late_acknowledgement_buys_no_time_under_the_code() -> None:
    duties = answer(CODE, "--received", "2026-06-01", "--fact", "acknowledged=2026-06-10")
    respond = next(duty for duty in duties if duty["duty"] == "respond")
    assert respond["due_on"] == "2026-06-24"  # to the letter: ten working days of the actual one
    assert respond["target_on"] == "2026-06-22"  # ten working days of the day it was due
    assert next(d for d in duties if d["duty"] == "acknowledge")["due_on"] == "2026-06-08"
    in_time = answer(CODE, "--received", "2026-06-01", "--fact", "acknowledged=2026-06-08")
    assert not any("target_on" in duty for duty in in_time)


def test_a_bank_holiday_that_is_added_moves_the_date_by_one_working_day() -> None:
    facts = ("acknowledged=2026-06-10",)
    assert ask(CODE, "2026-06-10", *facts)["respond", 1] == "2026-06-24"
    after = ask(CODE, "2026-06-10", *facts, more=("--closed", "2026-06-19"))
    assert after["respond", 1] == "2026-06-25"


@pytest.mark.parametrize(
    ("received", "respond"),
    [
        ("2026-07-02T23:59:30+01:00", "2026-07-16"),
        ("2026-07-03T00:30:00+01:00", "2026-07-17"),  # 2 July in UTC, which is the wrong day
        ("2026-07-02T23:30:00+00:00", "2026-07-17"),
    ],
)
def test_midnight_in_london_decides_the_day(received: str, respond: str) -> None:
    for policy in (KCTMO, THH):
        assert ask(policy, received)["respond", 1] == respond


def test_a_channel_that_is_none_is_named_with_those_there_are() -> None:
    arguments = ["dates", THH, "--received", "2026-03-20", "--fact", "response=2026-04-02,by=owl"]
    answered = CliRunner().invoke(app, arguments)
    assert answered.exit_code == 2
    assert "“owl” is not a channel; choose from web_form" in answered.output

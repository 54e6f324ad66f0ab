"""Dates worked out by hand on paper calendars: one receipt, every date two policies ask for.

The bank holidays in reach: 18 and 21 April, 5 and 26 May, 25 and 26 December 2025; 1 January, 3 and
6 April, 4 and 25 May 2026.
"""

from datetime import date
from pathlib import Path

import pytest

from services.workflow.domain.history import HistoricFact
from services.workflow.domain.schedule import ScheduledDuty, dates_for
from shared.complaints.values import Moment
from shared.policy_packs.loader import load_policy
from tests.complaints.steps import acknowledged, extended, opened
from tests.support.complaint_spec import CODE, KCTMO, due, england, given, policy_named


def day(text: str) -> date:
    return date.fromisoformat(text)


def told(what: str, on: str, stage: int | None = None) -> HistoricFact:
    return HistoricFact(what=what, moment=Moment(day(on)), stage=stage)


def schedule_of_own_pack(
    received: str, *facts: HistoricFact
) -> dict[tuple[str, int], ScheduledDuty]:
    pack = Path(__file__).parent / "packs" / "meadow-homes.toml"
    policy = load_policy(pack.read_text("utf-8"), source=pack.name)
    found = dates_for(policy, england(), Moment(day(received)), facts)
    return {(duty.duty, duty.stage): duty for duty in found}


def schedule(
    policy: str, received: str, *facts: HistoricFact
) -> dict[tuple[str, int], ScheduledDuty]:
    found = dates_for(policy_named(policy), england(), Moment(day(received)), facts)
    return {(duty.duty, duty.stage): duty for duty in found}


# received, acknowledge, holding response, draft, respond
KCTMO_DATES = [
    ("2025-09-09", "2025-09-11", "2025-09-18", "2025-09-22", "2025-09-23"),  # no holiday
    ("2025-09-12", "2025-09-16", "2025-09-23", "2025-09-25", "2025-09-26"),  # Friday evening
    ("2025-10-24", "2025-10-28", "2025-11-04", "2025-11-06", "2025-11-07"),  # clocks go back
    ("2026-03-27", "2026-03-31", "2026-04-09", "2026-04-13", "2026-04-14"),  # Easter 2026
    ("2025-04-17", "2025-04-23", "2025-04-30", "2025-05-02", "2025-05-06"),  # Maundy Thursday
    ("2025-12-22", "2025-12-24", "2026-01-05", "2026-01-07", "2026-01-08"),  # Christmas
]

# received, acknowledged on, acknowledge, respond, respond extended by ten
CODE_DATES = [
    ("2025-09-09", "2025-09-11", "2025-09-16", "2025-09-25", "2025-10-09"),
    ("2025-09-12", "2025-09-16", "2025-09-19", "2025-09-30", "2025-10-14"),
    ("2025-10-24", "2025-10-28", "2025-10-31", "2025-11-11", "2025-11-25"),
    ("2026-03-27", "2026-03-31", "2026-04-07", "2026-04-16", "2026-04-30"),
    ("2025-04-17", "2025-04-22", "2025-04-28", "2025-05-07", "2025-05-21"),
    ("2025-12-22", "2025-12-24", "2025-12-31", "2026-01-12", "2026-01-26"),
]


@pytest.mark.parametrize(
    ("received", "acknowledge", "holding", "draft", "respond"),
    KCTMO_DATES,
    ids=[row[0] for row in KCTMO_DATES],
)
def test_the_dates_of_kctmo_stage_one(
    received: str, acknowledge: str, holding: str, draft: str, respond: str
) -> None:
    given().when(opened(day(received))).then_among_others(
        due("acknowledge", day(acknowledge)),
        due("contact", day(acknowledge)),
        due("respond", day(respond)),
        due("holding_response", day(holding)),
        due("draft", day(draft)),
    )


@pytest.mark.parametrize(
    ("received", "acknowledged_on", "acknowledge", "respond", "extended_to"),
    CODE_DATES,
    ids=[row[0] for row in CODE_DATES],
)
def test_the_dates_of_the_code_at_stage_1(
    received: str, acknowledged_on: str, acknowledge: str, respond: str, extended_to: str
) -> None:
    spec = given(under=CODE)
    spec = spec.when(opened(day(received))).then_among_others(due("acknowledge", day(acknowledge)))
    spec = spec.when(acknowledged(day(acknowledged_on))).then_among_others(
        due("respond", day(respond), clause="Code 6.3")
    )
    spec.when(extended(day(acknowledged_on), by=10)).then_among_others(
        due("respond", day(extended_to), clause="Code 6.4")
    )


def test_the_code_at_its_latest_counts_from_the_last_day_to_acknowledge() -> None:
    assert schedule(CODE, "2025-09-09")["respond", 1].due_on == day("2025-09-30")


# (duty, stage), date: received Monday 2 March 2026, answered 16 March; stage two asked for
# 15 April, answered 29 April; stage three asked for 8 May.
KCTMO_THREE_STAGES = [
    ("acknowledge", 1, "2026-03-04"),
    ("contact", 1, "2026-03-04"),
    ("allocate", 1, "2026-03-04"),
    ("respond", 1, "2026-03-16"),
    ("holding_response", 1, "2026-03-11"),
    ("draft", 1, "2026-03-13"),
    ("escalation_window", 1, "2026-04-15"),
    ("close", 1, "2026-04-16"),
    ("acknowledge", 2, "2026-04-17"),
    ("contact", 2, "2026-04-17"),
    ("respond", 2, "2026-04-29"),
    ("draft", 2, "2026-04-28"),
    ("holding_response", 2, "2026-04-24"),
    ("escalation_window", 2, "2026-05-29"),
    ("close", 2, "2026-05-30"),
    ("acknowledge", 3, "2026-05-12"),
    ("respond", 3, "2026-06-18"),
    ("draft", 3, "2026-06-17"),
    ("holding_response", 3, "2026-06-15"),
]


def test_the_dates_of_kctmo_through_all_three_stages() -> None:
    found = schedule(
        KCTMO,
        "2026-03-02",
        told("response", "2026-03-16"),
        told("escalation_requested", "2026-04-15"),
        told("response", "2026-04-29"),
        told("escalation_requested", "2026-05-08"),
    )
    expected = {(duty, stage): day(on) for duty, stage, on in KCTMO_THREE_STAGES}
    assert {key: duty.due_on for key, duty in found.items()} == expected


def test_28_working_days_of_stage_three_are_counted_one_by_one() -> None:
    found = schedule(
        KCTMO,
        "2026-03-02",
        told("response", "2026-03-16"),
        told("escalation_requested", "2026-04-15", 2),
        told("response", "2026-04-29", 2),
        told("escalation_requested", "2026-05-08", 3),
    )["respond", 3]
    assert [step.day for step in found.counted] == list(range(1, 29))
    assert found.counted[0].date == day("2026-05-11")
    assert found.counted[-1].date == day("2026-06-18")
    # Spring bank holiday, Monday 25 May, is passed over between days 10 and 11.
    assert [(step.day, step.date) for step in found.counted if step.skipped] == [
        (11, day("2026-05-26"))
    ]


def test_after_silence_the_case_closes_the_next_calendar_day() -> None:
    found = schedule(KCTMO, "2026-03-02", told("response", "2026-03-16"))
    assert found["escalation_window", 1].due_on == day("2026-04-15")
    assert found["close", 1].due_on == day("2026-04-16")
    assert found["close", 1].unit == "calendar_days"
    assert [step.date for step in found["close", 1].counted] == [day("2026-04-16")]


def test_clarification_leaves_the_date_where_it_was() -> None:
    found = schedule(
        KCTMO,
        "2025-11-03",
        told("contact_attempted", "2025-11-05"),
        told("contacted", "2025-11-12"),
    )
    assert found["respond", 1].due_on == day("2025-11-17")


def test_the_code_at_stage_2_over_the_august_bank_holiday() -> None:
    found = schedule(
        CODE,
        "2026-07-06",
        told("acknowledged", "2026-07-06"),
        told("response", "2026-07-20"),
        told("escalation_requested", "2026-08-17"),
        told("escalation_acknowledged", "2026-08-19"),
    )
    assert found["acknowledge", 2].due_on == day("2026-08-24")
    assert found["respond", 2].due_on == day("2026-09-17")


def test_a_late_acknowledgement_under_the_code_is_shown_with_its_literal_date() -> None:
    found = schedule(CODE, "2026-06-01", told("acknowledged", "2026-06-10"))
    assert found["acknowledge", 1].due_on == day("2026-06-08")
    assert found["respond", 1].due_on == day("2026-06-24")


def test_web_forms_either_side_of_midnight_are_a_day_apart() -> None:
    assert schedule(KCTMO, "2026-07-02")["respond", 1].due_on == day("2026-07-16")
    assert schedule(KCTMO, "2026-07-03")["respond", 1].due_on == day("2026-07-17")


def test_a_promise_is_late_from_the_day_after_and_counted_in_working_days() -> None:
    by, done = day("2026-06-26"), day("2026-07-03")
    assert england().working_days_between(by, day("2026-06-27")) == 0  # a Saturday, and late
    assert england().working_days_between(by, done) == 5


def test_a_pack_of_ones_own_is_counted_by_hand_too() -> None:
    found = schedule_of_own_pack(
        "2026-03-02", told("response", "2026-03-18"), told("escalation_requested", "2026-03-23")
    )
    assert {key: duty.due_on.isoformat() for key, duty in found.items()} == {
        ("acknowledge", 1): "2026-03-05",
        ("respond", 1): "2026-03-18",
        ("acknowledge", 2): "2026-03-26",
        ("respond", 2): "2026-05-07",
    }

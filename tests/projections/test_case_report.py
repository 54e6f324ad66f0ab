"""The report of a case: every duty with its count, met or missed, and the spans between facts, as
counted by hand.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.projections import telling
from services.projections.case_report import CaseReport, case_report
from services.projections.telling import tell
from shared.calendars.england import england_calendar_document, load_calendar
from shared.complaints.events import (
    EVENT_NAMES,
    ComplaintAcknowledged,
    ComplaintEscalated,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    NoteAdded,
    ResponseIssued,
)
from shared.complaints.values import Channel, Outcome
from tests.projections.building import (
    ACKNOWLEDGE,
    DAMP,
    DAMP_CASE,
    LIFT,
    LIFT_CASE,
    RESPOND,
    Fact,
    fri_20_mar,
    mon_2_mar,
    recorded,
    wed_18_mar,
)

CALENDAR = load_calendar(england_calendar_document())
fri_27_mar, tue_7_apr, fri_15_may = date(2026, 3, 27), date(2026, 4, 7), date(2026, 5, 15)


def report(*facts: Fact, reference: str = DAMP) -> CaseReport:
    """The report of the facts."""
    return case_report(recorded(facts, reference=reference), CALENDAR)


def duties(found: CaseReport) -> list[tuple[Any, ...]]:
    """The figures of every duty."""
    keys = ("duty", "stage", "due_on", "met_on", "late_by_working_days")
    return [tuple(row[key] for key in keys) for row in found.as_json()["duties"]]


def test_a_duty_is_met_in_time_or_late_by_so_many_working_days() -> None:
    found = report(*DAMP_CASE)
    assert duties(found) == [
        ("acknowledge", 1, "2026-03-09", "2026-03-04", 0),
        ("respond", 1, "2026-03-18", "2026-03-20", 2),
    ]
    assert [duty.verdict for duty in found.duties] == ["met in time", "missed by 2 working days"]


def test_the_spans_carry_the_names_that_histories_use() -> None:
    assert report(*DAMP_CASE).as_json()["spans"] == [
        {"from": "received", "to": "acknowledged", "working_days": 2},
        {"from": "received", "to": "response stage 1", "working_days": 14},
        {"from": "acknowledged", "to": "response stage 1", "working_days": 12},
    ]


def test_later_stages_are_counted_from_their_own_request_over_bank_holidays() -> None:
    found = report(
        DAMP_CASE[0],
        (fri_27_mar, ComplaintEscalated(1, 2, Channel.PHONE, "late")),
        (tue_7_apr, ComplaintAcknowledged(2)),
        (fri_15_may, ResponseIssued(2, Outcome.UPHELD)),
    )
    # 30, 31 March, 1, 2, 7 April (Easter between); then to 15 May without Monday 4 May.
    assert found.as_json()["spans"] == [
        {"from": "escalation_requested", "to": "escalation_acknowledged", "working_days": 5},
        {"from": "escalation_requested", "to": "response stage 2", "working_days": 32},
        {"from": "escalation_acknowledged", "to": "response stage 2", "working_days": 27},
    ]


def test_a_count_shows_each_day_and_what_it_passed_over() -> None:
    acknowledge = report(*LIFT_CASE, reference=LIFT).as_json()["duties"][0]
    assert [day["date"] for day in acknowledge["counted"]] == [
        "2026-04-02",
        "2026-04-07",
        "2026-04-08",
        "2026-04-09",
        "2026-04-10",
    ]
    assert acknowledge["counted"][1]["skipped"] == [
        {"date": "2026-04-03", "name": "Good Friday"},
        {"date": "2026-04-06", "name": "Easter Monday"},
    ]
    assert (acknowledge["rule"][:3], acknowledge["clause"]) == ("The", "Code 6.2")


def test_a_count_backwards_ends_on_its_due_date() -> None:
    holding = replace(
        RESPOND,
        duty="holding_response",
        due_on=date(2026, 4, 21),
        trigger="before respond",
        trigger_on=date(2026, 4, 24),
        span=3,
    )
    found = report(DAMP_CASE[0], (mon_2_mar, holding)).as_json()["duties"][0]
    assert [day["date"] for day in found["counted"]] == ["2026-04-23", "2026-04-22", "2026-04-21"]


def test_a_date_that_moved_keeps_its_earlier_one() -> None:
    assert report(*DAMP_CASE).as_json()["duties"][1]["earlier_due_on"] == ["2026-03-23"]


@pytest.mark.parametrize(
    ("then", "verdict", "late"),
    [
        ((), "open", None),
        ((DeadlineMissed("respond", 1, wed_18_mar),), "missed", None),
        ((DeadlineLifted("respond", 1, "withdrawn"),), "no longer due", None),
        (
            (
                DeadlineMissed("respond", 1, wed_18_mar),
                DeadlineLifted("respond", 1, "next stage opened"),
            ),
            "missed",
            None,
        ),
        ((DeadlineMet("respond", 1, wed_18_mar, wed_18_mar, 0),), "met in time", 0),
        ((DeadlineMet("respond", 1, wed_18_mar, fri_20_mar, 1),), "missed by 1 working day", 1),
    ],
)
def test_a_verdict_says_what_became_of_a_duty(
    then: tuple[Any, ...], verdict: str, late: int | None
) -> None:
    found = report(DAMP_CASE[0], DAMP_CASE[6], *((fri_20_mar, fact) for fact in then))
    assert found.duties[0].verdict == verdict
    assert found.as_json()["duties"][0]["late_by_working_days"] == late


def test_a_missed_date_does_not_make_the_one_set_after_it_missed() -> None:
    found = report(
        DAMP_CASE[0],
        (mon_2_mar, ACKNOWLEDGE),
        (fri_20_mar, DeadlineMissed("acknowledge", 1, ACKNOWLEDGE.due_on)),
        (fri_20_mar, replace(ACKNOWLEDGE, generation=2, due_on=fri_27_mar)),
    )
    assert found.duties[0].verdict == "open"
    assert found.as_json()["duties"][0]["earlier_missed_on"] == [ACKNOWLEDGE.due_on.isoformat()]
    assert "moved from Mon 9 Mar 2026, which was missed" in found.as_text(why=True)


def test_the_history_is_whole_and_in_order() -> None:
    history = report(*DAMP_CASE).as_json()["history"]
    assert [fact["version"] for fact in history] == list(range(1, 11))
    assert history[0]["happened_on"] == "2026-03-02"
    assert history[0]["recorded_at"] == "2026-03-02T12:00:00.000000Z"
    assert history[8]["title"] == "Stage 1: response sent, upheld"


@pytest.mark.parametrize("why", [False, True])
def test_the_text_fits_a_terminal_and_names_what_was_missed(why: bool) -> None:
    text = report(*DAMP_CASE).as_text(why=why)
    assert max(len(line) for line in text.splitlines()) <= 80
    assert "missed by 2 working days" in text.replace("\n    ", " ")
    assert "compensation £50.00" in text.replace("\n" + " " * 19, " ")
    assert ("Code 6.3" in text) == why
    assert ("10: Wed 18 Mar" in text) == why


def test_a_report_begins_with_the_opening() -> None:
    with pytest.raises(ValueError, match="opened"):
        report((mon_2_mar, NoteAdded(1)))


def test_every_fact_can_be_told() -> None:
    assert set(telling._TELLINGS) == set(EVENT_NAMES.values())
    for _, event in (*DAMP_CASE, *LIFT_CASE):
        assert tell(event).title

"""History: the past is recorded as it was, with the breaches it shows; nothing in it is refused."""

import json
import os
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import pytest

from services.workflow.domain.complaint import replay
from services.workflow.domain.history import (
    HISTORIC_FACTS,
    HistoricEvent,
    HistoricFact,
    record_history,
)
from services.workflow.domain.timers import timers_after
from shared.complaints import events as told
from shared.complaints.events import DeadlineMet, DeadlineMissed, DeadlineSet
from shared.complaints.values import Moment, Outcome, Route, WordsReference
from tests.complaints.steps import opened
from tests.support.complaint_spec import CODE, KCTMO, england, policy_named

OFFICER = "officer-import"
SOME_WORDS = WordsReference("words-history", "abc")


def day(text: str) -> date:
    return date.fromisoformat(text)


def fact(what: str, on: str, stage: int | None = None, **more: Any) -> HistoricFact:
    return HistoricFact(what=what, moment=Moment(day(on)), stage=stage, **more)


def record(policy: str, received: str, *facts: HistoricFact) -> tuple[HistoricEvent, ...]:
    moment = Moment(day(received))
    opening = replace(opened(day(received)), happened=moment, received=moment, actor=OFFICER)
    return record_history(opening, facts, policy_named(policy), england())


def duties(history: tuple[HistoricEvent, ...]) -> dict[tuple[str, int], tuple[str, str, int]]:
    """Return due date, day met and working days late of every duty that was met."""
    return {
        (event.duty, event.stage): (
            event.due_on.isoformat(),
            event.met_on.isoformat(),
            event.late_by_working_days,
        )
        for event in (entry.event for entry in history)
        if isinstance(event, DeadlineMet)
    }


def missed(history: tuple[HistoricEvent, ...]) -> list[tuple[str, int, str]]:
    """Return what was missed and the day on which that was so."""
    return [
        (entry.event.duty, entry.event.stage, entry.moment.on.isoformat())
        for entry in history
        if isinstance(entry.event, DeadlineMissed)
    ]


# Invented cases, counted by hand, in the shapes that published determinations have.
CASES: list[tuple[str, str, list[HistoricFact], dict[tuple[str, int], tuple[str, str, int]]]] = [
    (
        "received on a Saturday, never acknowledged, answered late at both stages",
        "2024-06-08",
        [
            fact("response", "2024-07-12", 1),
            fact("escalation_requested", "2024-07-15", 2),
            fact("response", "2024-09-02", 2),
        ],
        {
            # acknowledge by Fri 14 June; ten more: Fri 28 June; then 1 to 12 July are ten
            ("respond", 1): ("2024-06-28", "2024-07-12", 10),
            # acknowledge by Mon 22 July; 20 more: Mon 19 Aug; 26 Aug is a holiday: 9 to 2 Sep
            ("respond", 2): ("2024-08-19", "2024-09-02", 9),
        },
    ),
    (
        "acknowledged late: the response counts from the acknowledgement itself",
        "2023-03-01",
        [fact("acknowledged", "2023-03-14"), fact("response", "2023-03-29", 1)],
        {
            ("acknowledge", 1): ("2023-03-08", "2023-03-14", 4),
            ("respond", 1): ("2023-03-28", "2023-03-29", 1),
        },
    ),
    (
        "over the coronation: stage 2 acknowledged in time",
        "2023-04-03",
        [
            fact("acknowledged", "2023-04-03"),
            fact("response", "2023-04-19", 1),
            fact("escalation_requested", "2023-05-02", 2),
            fact("escalation_acknowledged", "2023-05-10", 2),
            fact("response", "2023-06-08", 2),
        ],
        {
            ("acknowledge", 1): ("2023-04-12", "2023-04-03", 0),  # Good Friday, Easter Monday
            ("respond", 1): ("2023-04-19", "2023-04-19", 0),
            ("acknowledge", 2): ("2023-05-10", "2023-05-10", 0),  # 8 May does not count
            ("respond", 2): ("2023-06-08", "2023-06-08", 0),  # nor does 29 May
        },
    ),
    (
        "answered on the day it came",
        "2023-10-02",
        [fact("response", "2023-10-02", 1), fact("compensation_offered", "2023-10-02")],
        {("respond", 1): ("2023-10-23", "2023-10-02", 0)},
    ),
    (
        "answered late, on a Saturday, which counts for nothing itself",
        "2024-01-02",
        [fact("response", "2024-01-27", 1)],
        {("respond", 1): ("2024-01-23", "2024-01-27", 3)},
    ),
]


@pytest.mark.parametrize(
    ("_shape", "received", "facts", "expected"), CASES, ids=[case[0] for case in CASES]
)
def test_hand_counted_histories_under_the_code(
    _shape: str,
    received: str,
    facts: list[HistoricFact],
    expected: dict[tuple[str, int], tuple[str, str, int]],
) -> None:
    assert duties(record(CODE, received, *facts)) == expected


def test_days_that_pass_between_facts_are_missed_at_their_own_midnight() -> None:
    history = record(CODE, "2024-06-08", fact("response", "2024-07-12", 1))
    assert missed(history) == [("acknowledge", 1, "2024-06-15"), ("respond", 1, "2024-06-29")]
    late = next(entry for entry in history if isinstance(entry.event, DeadlineMissed))
    assert late.moment.at == datetime(2024, 6, 14, 23, 0, tzinfo=UTC)
    assert (late.actor, late.known_at) == ("system", None)


def test_no_reminder_is_made_up() -> None:
    history = record(KCTMO, "2024-06-10", fact("response", "2024-07-12", 1))
    reminders = (told.DeadlineApproaching, told.HoldingResponseDue, told.DraftDue)
    assert not [entry for entry in history if isinstance(entry.event, reminders)]


def test_facts_keep_when_they_happened_and_when_they_became_known() -> None:
    known = datetime(2024, 8, 1, 9, tzinfo=UTC)
    history = record(CODE, "2024-06-10", fact("acknowledged", "2024-06-11", known_at=known))
    entry = next(e for e in history if isinstance(e.event, told.ComplaintAcknowledged))
    assert (entry.moment, entry.known_at, entry.actor) == (
        Moment(day("2024-06-11")),
        known,
        OFFICER,
    )


def test_facts_are_taken_in_order_of_time() -> None:
    in_order = (fact("acknowledged", "2024-06-11"), fact("response", "2024-06-20"))
    assert record(CODE, "2024-06-10", *reversed(in_order)) == record(CODE, "2024-06-10", *in_order)


def test_an_escalation_without_an_answer_opens_the_next_stage_all_the_same() -> None:
    history = record(
        CODE,
        "2024-06-10",
        fact("escalation_requested", "2024-06-12"),
        fact("response", "2024-06-28", 1),
        fact("response", "2024-07-10", 2),
    )
    assert duties(history)["respond", 1] == ("2024-07-01", "2024-06-28", 0)
    state = replay(history)
    assert state is not None
    assert state.stage == 2


def test_a_late_answer_to_a_stage_that_is_over_starts_no_clock() -> None:
    history = record(
        KCTMO,
        "2026-03-02",
        fact("escalation_requested", "2026-03-18"),
        fact("response", "2026-03-20", 1),
        fact("note", "2026-05-20"),
    )
    assert duties(history)["respond", 1] == ("2026-03-16", "2026-03-20", 4)
    assert not [e for e in history if isinstance(e.event, told.ComplaintClosed)]


def test_an_answer_at_a_stage_nobody_recorded_as_opened_is_taken() -> None:
    history = record(CODE, "2024-06-10", fact("response", "2024-08-01", 2))
    state = replay(history)
    assert state is not None
    assert state.stage == 2
    assert ("respond", 2) not in duties(history)


def test_a_second_acknowledgement_starts_no_clock_anew() -> None:
    history = record(
        CODE, "2024-06-10", fact("acknowledged", "2024-06-11"), fact("acknowledged", "2024-06-20")
    )
    dates = [e.event for e in history if isinstance(e.event, DeadlineSet)]
    assert [d.due_on for d in dates if d.duty == "respond"] == [
        day("2024-07-01"),
        day("2024-06-25"),
    ]


def test_a_request_made_again_for_the_same_stage_is_a_note() -> None:
    history = record(
        CODE,
        "2024-06-10",
        fact("response", "2024-06-12"),
        fact("escalation_requested", "2024-06-13", 2),
        fact("escalation_requested", "2024-06-17", 2),
    )
    assert [type(e.event) for e in history].count(told.ComplaintEscalated) == 1
    assert isinstance(history[-1].event, told.NoteAdded)


def test_a_stage_the_policy_does_not_have_is_taken_without_duties() -> None:
    history = record(
        CODE,
        "2024-06-10",
        fact("escalation_requested", "2024-07-15"),
        fact("escalation_requested", "2024-09-16"),
    )
    assert isinstance(history[-1].event, told.ComplaintEscalated)
    assert history[-1].event.to_stage == 3


def test_silence_closes_a_case_of_the_past_unless_it_went_on() -> None:
    answer = fact("response", "2026-03-16")
    silent = record(KCTMO, "2026-03-02", answer, fact("note", "2026-05-01"))
    closing = next(e for e in silent if isinstance(e.event, told.ComplaintClosed))
    assert closing.moment.on == day("2026-04-16")
    assert closing.event == told.ComplaintClosed(1, "silence", "Procedure, Closing your complaint")
    went_on = record(KCTMO, "2026-03-02", answer, fact("escalation_requested", "2026-05-01"))
    assert not [e for e in went_on if isinstance(e.event, told.ComplaintClosed)]
    assert duties(went_on).keys() >= {("respond", 1)}
    assert [e.event for e in went_on if isinstance(e.event, told.EscalationWindowClosed)] == [
        told.EscalationWindowClosed(1, day("2026-04-15"))
    ]


def test_a_case_closed_by_hand_after_its_time_was_closed_late() -> None:
    history = record(
        KCTMO, "2026-03-02", fact("response", "2026-03-16"), fact("closed", "2026-04-20")
    )
    assert duties(history)["close", 1] == ("2026-04-16", "2026-04-20", 2)


def test_an_extension_moves_the_date_before_it_passes_and_not_after() -> None:
    moved = record(
        KCTMO,
        "2026-03-02",
        fact("extension", "2026-03-12", to=day("2026-03-25"), agreed=True),
        fact("response", "2026-03-25"),
    )
    assert duties(moved)["respond", 1] == ("2026-03-25", "2026-03-25", 0)
    too_late = record(
        KCTMO,
        "2026-03-02",
        fact("extension", "2026-03-18", to=day("2026-03-25"), agreed=True),
        fact("response", "2026-03-25"),
    )
    assert duties(too_late)["respond", 1] == ("2026-03-16", "2026-03-25", 7)
    assert told.HoldingResponseSent(1, None, day("2026-03-25")) in [e.event for e in too_late]


def test_everything_a_history_tells_of_is_taken_in_one_case() -> None:
    facts = [
        fact("received", "2026-03-02"),
        fact("acknowledged", "2026-03-03"),
        fact("forwarded", "2026-03-03"),
        fact("contact_attempted", "2026-03-03"),
        fact("contacted", "2026-03-04"),
        fact("allocated", "2026-03-04", handlers=("officer-1",)),
        fact("holding_response", "2026-03-11", to=day("2026-03-20")),
        fact("extension", "2026-03-11", to=day("2026-03-20"), agreed=True),
        fact("draft_submitted", "2026-03-19"),
        fact("approved", "2026-03-19"),
        fact("response", "2026-03-20", outcome=Outcome.UPHELD, words=SOME_WORDS),
        fact("compensation_offered", "2026-03-20", amount_pence=11_000),
        fact("promise_made", "2026-03-20", to=day("2026-05-01")),
        fact("escalation_requested", "2026-03-30", reason_words=SOME_WORDS),
        fact("escalation_acknowledged", "2026-03-31"),
        fact("note", "2026-04-01"),
        fact("promise_kept", "2026-04-20"),
        fact("withdrawn", "2026-04-21"),
        fact("reopened", "2026-04-22"),
        fact("remedied", "2026-04-22"),
        fact("ombudsman_referral", "2026-04-23"),
        fact("closed", "2026-04-24", reason_words=SOME_WORDS),
        fact("ombudsman_determination", "2026-11-02"),
    ]
    assert {each.what for each in facts} == HISTORIC_FACTS
    history = record(KCTMO, "2026-03-02", *facts)
    state = replay(history)
    assert state is not None
    assert (state.stage, state.ending and state.ending.because) == (2, "other")
    assert told.ResponseIssued(1, Outcome.UPHELD, (), SOME_WORDS) in [e.event for e in history]
    timers, _ = timers_after(entry.event for entry in history)
    assert timers == ()


def test_what_no_history_tells_of_is_named() -> None:
    with pytest.raises(ValueError, match="No history tells of sneezed; it tells of acknowledged"):
        record(CODE, "2026-03-02", fact("sneezed", "2026-03-03"))


def test_what_is_still_owed_after_the_last_fact_keeps_its_timers() -> None:
    history = record(CODE, "2026-03-02", fact("acknowledged", "2026-03-03"))
    timers, _ = timers_after(entry.event for entry in history)
    assert {(timer.duty, timer.kind) for timer in timers} == {
        ("respond", "notice"),
        ("respond", "missed"),
    }


PUBLISHED = os.environ.get("REDRESS_HISTORIES")


@pytest.mark.skipif(PUBLISHED is None, reason="REDRESS_HISTORIES names no file of histories")
def test_every_figure_of_the_published_histories_comes_out() -> None:
    lines = Path(PUBLISHED or "").read_text("utf-8").splitlines()
    for history in map(json.loads, lines):
        received = next(f["on"] for f in history["facts"] if f["what"] == "received")
        facts = [fact(f["what"], f["on"], f.get("stage")) for f in history["facts"]]
        assert Route(history["route"]) is Route.COMPLAINT
        found = duties(record(history["policy"], received, *facts))
        for expected in history["expected"]["duties"]:
            key = (expected["duty"], expected["stage"])
            figures = (expected["due_on"], expected["met_on"], expected["late_by_working_days"])
            assert found.get(key) == figures, history["reference"]

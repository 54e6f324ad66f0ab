"""Timers are rows: set, moved, ended with their duty, claimed once, never revived."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import pytest

from shared.database.pool import Database
from shared.eventstore.recorder import Append, FeedRecorder
from shared.eventstore.timers import due_timers, next_due_at, open_timers
from tests.eventstore.building import BOILER, DAMP, HILLTOP, RIVERSIDE, append_of, fact

THU_26_MAR_2026 = datetime(2026, 3, 26, tzinfo=UTC)
LATER = THU_26_MAR_2026 + timedelta(days=10)


@dataclass(frozen=True)
class Timer:
    """A timer as the rules hand it over."""

    duty: str = "respond"
    stage: int = 1
    kind: str = "missed"
    generation: int = 1
    due_at: datetime = THU_26_MAR_2026


@dataclass(frozen=True)
class Duty:
    """A duty whose timers end."""

    duty: str
    stage: int


def next_of(append: Append, **changes: object) -> Append:
    """The next command on the same complaint, of one fact."""
    after = append_of(fact(), stream=append.stream, expected_version=append.version)
    return replace(after, **changes)  # type: ignore[arg-type]  # fields of Append, by name


def open_ones(workflow: Database, stream: str = BOILER) -> list[tuple[str, str, int]]:
    """Duty, kind and generation of what is open."""
    with workflow.transaction(RIVERSIDE) as cursor:
        found = open_timers(cursor, RIVERSIDE, stream=stream)
    return [(timer.duty, timer.kind, timer.generation) for timer in found]


@pytest.fixture
def first(recorder: FeedRecorder) -> Append:
    """A complaint with three open timers."""
    timers = (Timer(), Timer(kind="notice"), Timer(duty="acknowledge"))
    append = replace(append_of(fact()), timers_set=timers)
    recorder.append(append)
    return append


def test_a_new_generation_ends_the_older_ones_of_its_duty_and_stage(
    recorder: FeedRecorder, workflow: Database, first: Append
) -> None:
    elsewhere = Timer(stage=2)
    recorder.append(next_of(first, timers_set=(Timer(generation=2, due_at=LATER), elsewhere)))
    assert open_ones(workflow) == [
        ("acknowledge", "missed", 1),
        ("respond", "missed", 2),
        ("respond", "missed", 1),
    ]


def test_ending_a_duty_ends_all_its_timers_and_no_others(
    recorder: FeedRecorder, workflow: Database, first: Append
) -> None:
    recorder.append(next_of(first, timers_ended=(Duty("respond", 1), Duty("acknowledge", 2))))
    assert open_ones(workflow) == [("acknowledge", "missed", 1)]


def test_what_ends_is_ended_before_what_is_set_is_set(
    recorder: FeedRecorder, workflow: Database, first: Append
) -> None:
    again = (Timer(generation=2, due_at=LATER),)
    recorder.append(next_of(first, timers_ended=(Duty("respond", 1),), timers_set=again))
    assert ("respond", "missed", 2) in open_ones(workflow)


def test_setting_a_timer_again_moves_it_while_it_is_open(
    recorder: FeedRecorder, workflow: Database, first: Append
) -> None:
    recorder.append(next_of(first, timers_set=(Timer(due_at=LATER),)))
    with workflow.transaction(RIVERSIDE) as cursor:
        due = {(t.duty, t.kind): t.due_at for t in open_timers(cursor, RIVERSIDE)}
    assert due[("respond", "missed")] == LATER
    assert due[("respond", "notice")] == THU_26_MAR_2026


def test_a_timer_that_fired_is_not_set_again(
    recorder: FeedRecorder, workflow: Database, first: Append
) -> None:
    second = next_of(first, timer_fired=Timer())
    recorder.append(second)
    recorder.append(next_of(second, timers_set=(Timer(due_at=LATER),)))
    assert open_ones(workflow) == [("acknowledge", "missed", 1), ("respond", "notice", 1)]


def test_timers_fall_in_the_order_of_their_time_and_not_before(
    recorder: FeedRecorder, workflow: Database
) -> None:
    soon = Timer(kind="notice", due_at=THU_26_MAR_2026 - timedelta(days=3))
    recorder.append(replace(append_of(fact()), timers_set=(Timer(due_at=LATER),)))
    recorder.append(replace(append_of(fact(), stream=DAMP), timers_set=(Timer(), soon)))
    with workflow.transaction(RIVERSIDE) as cursor:
        assert next_due_at(cursor, RIVERSIDE) == soon.due_at
        due = due_timers(cursor, RIVERSIDE, now=THU_26_MAR_2026, limit=10)
        assert [(timer.stream, timer.kind) for timer in due] == [(DAMP, "notice"), (DAMP, "missed")]
        assert len(due_timers(cursor, RIVERSIDE, now=LATER, limit=2)) == 2
        assert due_timers(cursor, HILLTOP, now=LATER, limit=10) == ()
    with workflow.transaction(HILLTOP) as cursor:
        assert next_due_at(cursor, HILLTOP) is None


def test_two_workers_never_claim_the_same_timer(
    workflow: Database, recorder: FeedRecorder, first: Append
) -> None:
    recorder.append(replace(append_of(fact(), stream=DAMP), timers_set=(Timer(due_at=LATER),)))
    with workflow.transaction(RIVERSIDE) as one, workflow.transaction(RIVERSIDE) as other:
        claimed = due_timers(one, RIVERSIDE, now=LATER, limit=2)
        left = due_timers(other, RIVERSIDE, now=LATER, limit=10)
    assert [timer.stream for timer in claimed] == [BOILER, BOILER]
    # The third timer of the same complaint waits too: its worker will append to that complaint.
    assert [timer.stream for timer in left] == [DAMP]


def test_timers_of_a_complaint_that_is_being_appended_to_wait_for_the_next_round(
    workflow: Database, recorder: FeedRecorder, first: Append
) -> None:
    with workflow.transaction(RIVERSIDE) as appending:
        recorder.append_in(appending, next_of(first))
        with workflow.transaction(RIVERSIDE) as worker:
            assert due_timers(worker, RIVERSIDE, now=LATER, limit=10) == ()
    with workflow.transaction(RIVERSIDE) as worker:
        assert len(due_timers(worker, RIVERSIDE, now=LATER, limit=10)) == 3

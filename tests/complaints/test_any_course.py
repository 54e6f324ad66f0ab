"""Whatever is done to a complaint, in whatever order: it is decided or refused, and the history
adds up.
"""

from collections.abc import Callable
from datetime import date, timedelta

from hypothesis import given as given_any
from hypothesis import settings
from hypothesis import strategies as some

from services.workflow.domain.commands import Command
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.domain.timers import timers_after
from shared.complaints.events import DeadlineMet, DeadlineSet
from shared.complaints.working_days import london_midnight
from tests.complaints import steps
from tests.support.complaint_spec import CODE, KCTMO, Spec, given
from tests.support.dates import mon_2_mar_2026

OFFICERS = [steps.TEAM, steps.MANAGER, steps.HEAD, steps.CHIEF]
DEEDS: list[Callable[[date], Command]] = [
    steps.acknowledged,
    steps.tried,
    steps.contacted,
    steps.held,
    lambda on: steps.allocated(on, steps.MANAGER),
    lambda on: steps.allocated(on, *steps.PANEL),
    lambda on: steps.extended(on, by=5),
    lambda on: steps.escalated(on, words=steps.A_REASON),
    lambda on: steps.closed(on, words=steps.A_REASON),
    lambda on: steps.refused(on, "already_considered"),
    steps.withdrawn,
    steps.reopened,
]


def commands_on(deed: int, officer: str, days_on: int) -> tuple[Command, ...]:
    """Return what is done on a day: one of the deeds, or the steps of a response."""
    on = mon_2_mar_2026 + timedelta(days=days_on)
    if deed < len(DEEDS):
        return (DEEDS[deed](on),)
    return (steps.drafted(on, by=officer), steps.approved(on), steps.answered(on, by=officer))


courses = some.lists(
    some.tuples(
        some.integers(0, len(DEEDS) + 2),  # three chances of a response
        some.sampled_from(OFFICERS),
        some.integers(0, 15),
    ),
    max_size=14,
)


@settings(max_examples=150, deadline=None)
@given_any(policy=some.sampled_from([KCTMO, CODE]), course=courses)
def test_the_history_adds_up(policy: str, course: list[tuple[int, str, int]]) -> None:
    spec, days_on = given(steps.opened(mon_2_mar_2026), under=policy), 0
    refusals: list[ComplaintRuleBroken] = []
    for deed, officer, pause in course:
        days_on += pause
        for command in commands_on(deed, officer, days_on):
            try:
                spec = spec.after(command)
            except ComplaintRuleBroken as refusal:
                refusals.append(refusal)
    assert all(each.rule and each.clause and each.way_out for each in refusals)
    adds_up(spec.until(london_midnight(mon_2_mar_2026 + timedelta(days=days_on + 1))))


def adds_up(spec: Spec) -> None:
    events = [entry.event for entry in spec.history]
    running = {
        (known.latest.duty, known.latest.stage, known.latest.generation)
        for known in spec.state.deadlines
        if known.state == "running"
    }
    timers, _ = timers_after(events)
    assert {(timer.duty, timer.stage, timer.generation) for timer in timers} == running
    if spec.state.ending is not None:
        assert running == set()
    assert spec.state.version == len(events)
    generations: dict[tuple[str, int], int] = {}
    for event in events:
        if isinstance(event, DeadlineSet):
            key = (event.duty, event.stage)
            assert event.generation == generations.get(key, 0) + 1
            generations[key] = event.generation
    met = [(event.duty, event.stage) for event in events if isinstance(event, DeadlineMet)]
    assert len(met) == len(set(met))

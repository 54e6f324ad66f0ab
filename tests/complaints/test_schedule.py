"""A schedule: every duty of a case that nobody stored, with its latest date and the count of it."""

from __future__ import annotations

from datetime import UTC, date, datetime

from services.workflow.domain.history import HistoricFact
from services.workflow.domain.schedule import ScheduledDuty, dates_for
from shared.complaints.values import Moment, Route, SkippedDay
from shared.policies.counting import CountedDay
from tests.complaints.whole_lives import beside
from tests.policies.reading import every_rule
from tests.support.complaint_spec import at, england

MON_30_MAR = date(2026, 3, 30)
TUE_31_MAR = date(2026, 3, 31)
EASTER = (
    SkippedDay(date(2026, 4, 3), "Good Friday"),
    SkippedDay(date(2026, 4, 6), "Easter Monday"),
)


def schedule(*facts: HistoricFact, route: Route = Route.COMPLAINT) -> tuple[ScheduledDuty, ...]:
    received = at(MON_30_MAR, "09:30")
    return dates_for(every_rule(), england(), received, facts, route=route, overlay=beside())


def acknowledged(on: date) -> HistoricFact:
    return HistoricFact(what="acknowledged", moment=Moment(on))


def test_a_duty_tells_all_that_its_deadline_says_and_every_day_that_was_counted() -> None:
    respond = next(each for each in schedule(acknowledged(TUE_31_MAR)) if each.duty == "respond")
    counted = respond.counted
    assert respond == ScheduledDuty(
        duty="respond",
        stage=1,
        due_on=date(2026, 4, 16),
        due_at=None,
        trigger="acknowledged",
        trigger_on=TUE_31_MAR,
        span=10,
        unit="working_days",
        rule="We answer.",
        clause="4",
        firmness="should",
        responsible="caseworker",
        counted=counted,
        target_on=None,
        overlay=None,
    )
    assert len(counted) == 10
    assert counted[:3] == (
        CountedDay(1, date(2026, 4, 1), ()),
        CountedDay(2, date(2026, 4, 2), ()),
        CountedDay(3, date(2026, 4, 7), EASTER),
    )
    assert counted[-1] == CountedDay(10, date(2026, 4, 16), ())


def test_an_hour_is_told_where_something_is_due_in_hours() -> None:
    acknowledge = schedule()[0]
    assert (acknowledge.duty, acknowledge.due_on) == ("acknowledge", date(2026, 4, 1))
    assert acknowledge.due_at == datetime(2026, 4, 1, 8, 30, tzinfo=UTC)
    assert acknowledge.counted == ()


def test_a_start_that_came_late_leaves_the_earlier_day_to_work_to() -> None:
    late = schedule(acknowledged(date(2026, 4, 8)))
    respond = next(each for each in late if each.duty == "respond")
    assert (respond.due_on, respond.target_on) == (date(2026, 4, 22), date(2026, 4, 17))


def test_duties_stand_by_stage_and_date_and_those_beside_come_last() -> None:
    escalated = HistoricFact(what="escalation_requested", moment=Moment(date(2026, 5, 5)))
    found = [(each.overlay, each.stage, each.due_on, each.duty) for each in schedule(escalated)]
    assert found == sorted(found, key=lambda each: (each[0] is not None, each[1], each[2]))
    assert [(overlay, stage, duty) for overlay, stage, _, duty in found] == [
        (None, 1, "acknowledge"),
        (None, 1, "draft"),
        (None, 1, "respond"),
        (None, 1, "holding_response"),
        (None, 1, "late_window"),
        (None, 2, "acknowledge"),
        (None, 2, "respond"),
        ("meadow-homes", 1, "acknowledge"),
        ("meadow-homes", 1, "respond"),
        ("meadow-homes", 2, "acknowledge"),
        ("meadow-homes", 2, "respond"),
    ]


def test_another_route_has_its_own_duties() -> None:
    assert [(each.duty, each.span) for each in schedule(route=Route.MEMBERS_ENQUIRY)] == [
        ("respond", 8)
    ]

"""The board: soonest first, working days left or gone, filters, pages, and only what the reader may
see.
"""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.projections.following import apply_to_read_models
from services.projections.read_models.deadlines_board import (
    BoardFilter,
    Place,
    board,
    figures,
)
from shared.complaints.working_days import WorkingDayCalendar
from shared.database.pool import Database
from shared.registry.calendars import current_calendar
from tests.identity.building import RIVERSIDE
from tests.projections.building import (
    ACKNOWLEDGE,
    DAMP,
    DAMP_CASE,
    LIFT,
    LIFT_CASE,
    RESPOND,
    Fact,
    opened,
    recorded,
)

pytestmark = pytest.mark.postgres

thu_9_apr = datetime(2026, 4, 9, 10, 0, tzinfo=UTC)


@pytest.fixture
def calendar(projections: Database) -> WorkingDayCalendar:
    """The calendar of the landlord."""
    with projections.transaction(RIVERSIDE) as cursor:
        return current_calendar(cursor, RIVERSIDE)


@pytest.fixture
def two_cases(projections: Database) -> None:
    """The damp case, answered late, and the lift case of the TMO, open."""
    with projections.transaction(RIVERSIDE) as cursor:
        for event in recorded(DAMP_CASE):
            apply_to_read_models(cursor, event)
        for event in recorded(LIFT_CASE, reference=LIFT):
            apply_to_read_models(cursor, event)


def seen(
    database: Database,
    calendar: WorkingDayCalendar,
    *,
    now: datetime = thu_9_apr,
    **wanted: Any,
) -> list[tuple[str, str]]:
    """Reference and duty of every row."""
    with database.transaction(RIVERSIDE) as cursor:
        rows, _ = board(
            cursor, landlord=RIVERSIDE, wanted=BoardFilter(**wanted), calendar=calendar, now=now
        )
    return [(row["reference"], row["duty"]) for row in rows]


ACKNOWLEDGE_LIFT = (LIFT, "acknowledge")
RESPOND_LIFT = (LIFT, "respond")
RESPOND_DAMP = (DAMP, "respond")


@pytest.mark.usefixtures("two_cases")
@pytest.mark.parametrize(
    ("day", "wanted", "expected"),
    [
        (9, {}, [ACKNOWLEDGE_LIFT, RESPOND_LIFT]),
        (9, {"status": "soon"}, [ACKNOWLEDGE_LIFT]),
        (9, {"status": "today"}, []),
        (10, {"status": "today"}, [ACKNOWLEDGE_LIFT]),
        (10, {"status": "overdue"}, []),
        (11, {"status": "overdue"}, [ACKNOWLEDGE_LIFT]),
        (9, {"status": "missed"}, [RESPOND_DAMP]),
        (9, {"stage": 1}, [ACKNOWLEDGE_LIFT, RESPOND_LIFT]),
        (9, {"stage": 2}, []),
        (9, {"handler": "ben"}, [ACKNOWLEDGE_LIFT, RESPOND_LIFT]),
        (9, {"handler": "amara"}, []),
        (9, {"duty": "respond"}, [RESPOND_LIFT]),
        (9, {"duty": "promise"}, []),
        (9, {"organisation": "mill-lane"}, [ACKNOWLEDGE_LIFT, RESPOND_LIFT]),
        (9, {"organisation": "riverside"}, []),
        (9, {"confined_to": "mill-lane", "status": "missed"}, []),
        (9, {"confined_to": "homes"}, []),
        (9, {"confined_to": "homes", "organisation": "mill-lane"}, []),
    ],
)
def test_a_filter_shows_what_it_says(
    projections: Database,
    calendar: WorkingDayCalendar,
    day: int,
    wanted: dict[str, Any],
    expected: list[tuple[str, str]],
) -> None:
    now = datetime(2026, 4, day, 10, 0, tzinfo=UTC)
    assert seen(projections, calendar, now=now, **wanted) == expected


@pytest.mark.usefixtures("two_cases")
def test_one_filter_shows_every_promise_whatever_its_number(
    projections: Database, calendar: WorkingDayCalendar
) -> None:
    day = date(2026, 4, 1)
    promises = [replace(RESPOND, duty=f"promise {number}", due_on=day) for number in (1, 2)]
    told = recorded([*LIFT_CASE, *((day, one) for one in promises)], reference=LIFT)
    with projections.transaction(RIVERSIDE) as cursor:
        for one in told[len(LIFT_CASE) :]:
            apply_to_read_models(cursor, one)
    found = seen(projections, calendar, now=thu_9_apr, duty="promise", status="overdue")
    assert found == [(LIFT, "promise 1"), (LIFT, "promise 2")]


@pytest.mark.usefixtures("two_cases")
def test_the_day_of_asking_decides_what_is_left(
    projections: Database, calendar: WorkingDayCalendar
) -> None:
    left = {}
    for day in (2, 9, 10, 13, 14):
        with projections.transaction(RIVERSIDE) as cursor:
            rows, _ = board(
                cursor,
                landlord=RIVERSIDE,
                wanted=BoardFilter(),
                calendar=calendar,
                now=datetime(2026, 4, day, 10, 0, tzinfo=UTC),
            )
        left[day] = (
            rows[0]["status"],
            rows[0]["working_days_left"],
            rows[0]["late_by_working_days"],
        )
    # Due Friday 10 April; Easter Monday is the 6th, and the 11th and 12th are a weekend.
    assert left == {
        2: ("later", 4, None),
        9: ("soon", 1, None),
        10: ("today", 0, None),
        13: ("overdue", None, 1),
        14: ("overdue", None, 2),
    }


@pytest.mark.usefixtures("two_cases")
def test_the_london_day_counts_not_the_utc_one(
    projections: Database, calendar: WorkingDayCalendar
) -> None:
    half_past_midnight_on_the_11th = datetime(2026, 4, 10, 23, 30, tzinfo=UTC)
    assert seen(projections, calendar, now=half_past_midnight_on_the_11th, status="overdue")


@pytest.mark.usefixtures("two_cases")
def test_the_figures_are_those_of_the_filters(
    projections: Database, calendar: WorkingDayCalendar
) -> None:
    with projections.transaction(RIVERSIDE) as cursor:
        everything, of_the_tmo = (
            figures(
                cursor,
                landlord=RIVERSIDE,
                wanted=BoardFilter(confined_to=confined),
                calendar=calendar,
                now=thu_9_apr,
            )
            for confined in (None, "mill-lane")
        )
    assert everything == {
        "overdue": 0,
        "today": 0,
        "soon": 1,
        "week": 1,
        "approval": 0,
        "missed": 1,
    }
    assert of_the_tmo == {
        "overdue": 0,
        "today": 0,
        "soon": 1,
        "week": 1,
        "approval": 0,
        "missed": 0,
    }


def test_a_duty_in_hours_is_overdue_within_its_day(
    projections: Database, calendar: WorkingDayCalendar
) -> None:
    due_at = datetime(2026, 4, 9, 9, 0, tzinfo=UTC)
    in_hours = replace(
        ACKNOWLEDGE, due_on=date(2026, 4, 9), due_at=due_at, span=48, unit="elapsed_hours"
    )
    facts: list[Fact] = [
        (date(2026, 4, 7), opened(DAMP, date(2026, 4, 7))),
        (date(2026, 4, 7), in_hours),
    ]
    with projections.transaction(RIVERSIDE) as cursor:
        for event in recorded(facts):
            apply_to_read_models(cursor, event)
    assert seen(projections, calendar, status="overdue") == [(DAMP, "acknowledge")]
    assert seen(projections, calendar, status="today") == []


def test_pages_follow_one_another_without_gap_or_repeat(
    projections: Database, calendar: WorkingDayCalendar
) -> None:
    with projections.transaction(RIVERSIDE) as cursor:
        for number in range(1, 8):
            reference = f"RC-2026-{number:06}"
            for event in recorded(DAMP_CASE[:3], reference=reference):
                apply_to_read_models(cursor, event)
    found: list[tuple[str, str]] = []
    after: Place | None = None
    pages = 0
    while pages == 0 or after is not None:
        with projections.transaction(RIVERSIDE) as cursor:
            rows, after = board(
                cursor,
                landlord=RIVERSIDE,
                wanted=BoardFilter(),
                calendar=calendar,
                now=thu_9_apr,
                after=Place.parse(str(after)) if after else None,
                limit=4,
            )
        found += [(row["reference"], row["duty"]) for row in rows]
        pages += 1
    assert pages == 4
    assert len(found) == len(set(found)) == 14
    assert found == sorted(found, key=lambda row: (row[1] != "acknowledge", row[0]))


def test_the_earlier_day_to_work_to_stands_beside_the_date(
    projections: Database, calendar: WorkingDayCalendar
) -> None:
    late_start = replace(ACKNOWLEDGE, duty="respond", target_on=date(2026, 4, 1))
    first = date(2026, 4, 7)
    facts: list[Fact] = [
        (first, opened(DAMP, first)),
        (first, replace(ACKNOWLEDGE, target_on=None)),
        (first, late_start),
    ]
    with projections.transaction(RIVERSIDE) as cursor:
        for event in recorded(facts):
            apply_to_read_models(cursor, event)
        rows, _ = board(
            cursor,
            landlord=RIVERSIDE,
            wanted=BoardFilter(confined_to=None),
            calendar=calendar,
            now=thu_9_apr,
        )
    assert {row["duty"]: row["target_on"] for row in rows} == {
        "acknowledge": None,
        "respond": date(2026, 4, 1),
    }

"""The board as it stood at an instant, on both axes, and what differs between two instants."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest
from fastapi.testclient import TestClient

from services.projections import board_past, board_past_pages
from services.projections.board_past import MovedLine, lines_of, moved_between
from services.projections.past import AsAt, PastCase
from services.projections.reading import Reading
from services.projections.visibility import hidden_from
from shared.complaints.events import AccessRestricted
from shared.database.pool import Database
from shared.identity.sessions import acting_as
from shared.messaging.follower import FeedFollower
from shared.registry.calendars import current_calendar
from tests.identity.building import AMARA, BEN, RIVERSIDE, application, browser, sign_in
from tests.projections.building import (
    DAMP,
    DAMP_CASE,
    LIFT,
    LIFT_CASE,
    append,
    fri_10_apr,
    fri_24_apr,
    wed_1_apr,
    wed_18_mar,
)

Row = dict[str, Any]
pytestmark = pytest.mark.postgres


def noon(month: int, day: int) -> datetime:
    """Noon of a day in 2026."""
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture
def two_cases(owner: Database, workflow: Database, follower: FeedFollower) -> None:
    """The damp, all of it recorded on 20 March, and the lift, recorded on 1 April."""
    append(workflow, DAMP_CASE, reference=DAMP)
    append(workflow, LIFT_CASE, reference=LIFT)
    follower.catch_up(RIVERSIDE)


@pytest.fixture
def client(two_cases: None, projections: Database, reading: Reading) -> TestClient:
    """A browser on the past of the board."""
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(board_past_pages.router(reading))
    return browser(app)


def stood(reading: Reading, as_at: AsAt, *, officer: str = "amara") -> list[tuple[str, str, date]]:
    """The lines of the board then, for an officer."""
    with reading.database.transaction(RIVERSIDE) as cursor:
        who = acting_as(cursor, landlord=RIVERSIDE, officer=officer, until=noon(12, 31))
        assert who is not None
        rows = board_past.board_as_at(
            cursor,
            board_past.Seen(RIVERSIDE, who.confined_to, None, hidden_from(cursor, who)),
            as_at,
            calendar=current_calendar(cursor, RIVERSIDE),
            now=noon(12, 31),
        )
    return [(row["reference"], row["duty"], row["due_on"]) for row in rows]


@pytest.mark.usefixtures("two_cases")
def test_the_board_shows_what_was_to_be_done_then_soonest_first(reading: Reading) -> None:
    assert stood(reading, AsAt(happened=noon(3, 3))) == [
        (DAMP, "acknowledge", date(2026, 3, 9)),
        (DAMP, "respond", date(2026, 3, 23)),
    ]
    assert stood(reading, AsAt(happened=noon(3, 5))) == [(DAMP, "respond", wed_18_mar)]
    assert stood(reading, AsAt(happened=noon(3, 21))) == []
    assert stood(reading, AsAt(happened=noon(4, 1))) == [
        (LIFT, "acknowledge", fri_10_apr),
        (LIFT, "respond", fri_24_apr),
    ]


@pytest.mark.usefixtures("two_cases")
def test_what_was_not_on_record_yet_was_not_on_the_board(reading: Reading) -> None:
    # Everything about the damp was written down on 20 March, when it had been answered.
    assert stood(reading, AsAt(recorded=noon(3, 5))) == []
    both = AsAt(happened=noon(3, 5), recorded=noon(3, 20))
    assert stood(reading, both) == [(DAMP, "respond", wed_18_mar)]


@pytest.mark.usefixtures("two_cases")
def test_lateness_is_judged_at_that_instant_and_not_now(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get("/board/past?happened_on=2026-03-19").text
    assert "1 working day late" in page
    assert "<b>1</b> Overdue" in page
    assert f"/complaints/{DAMP}/past?happened_on=2026-03-19" in page


@pytest.mark.usefixtures("two_cases")
def test_an_officer_of_one_organisation_sees_its_past_alone(reading: Reading) -> None:
    then = AsAt(happened=noon(4, 1))
    assert [line[0] for line in stood(reading, then, officer=BEN.officer)] == [LIFT, LIFT]
    assert stood(reading, AsAt(happened=noon(3, 3)), officer=BEN.officer) == []


def test_a_case_that_is_hidden_now_has_no_past_on_the_board(
    two_cases: None, workflow: Database, follower: FeedFollower, reading: Reading
) -> None:
    restricted = AccessRestricted(stage=1, mark="staff", roles=("director",), kept_from=())
    append(workflow, [(wed_1_apr, restricted)], reference=LIFT, after=len(LIFT_CASE))
    follower.catch_up(RIVERSIDE)
    assert stood(reading, AsAt(happened=noon(4, 1))) == []


@pytest.mark.usefixtures("two_cases")
def test_more_cases_than_can_be_folded_are_refused_with_a_way_out(
    client: TestClient, owner: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(board_past, "MOST_CASES", 0)
    sign_in(owner, client, AMARA)
    page = client.get("/board/past?happened_on=2026-03-03")
    assert page.status_code == 422
    assert "Choose one organisation" in page.text
    assert 'value="2026-03-03"' in page.text


def test_two_instants_differ_by_what_came_went_and_moved(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    asked = "/board/past/changes?from_happened_on=2026-03-03&to_happened_on=2026-03-05"
    page = client.get(asked).text
    assert "Monday 23 March 2026" in page
    assert "Wednesday 18 March 2026" in page
    assert "Not on the board" in page
    assert (
        "Nothing differs"
        in client.get(
            "/board/past/changes?from_happened_on=2026-03-03&to_happened_on=2026-03-03"
        ).text
    )


def test_with_no_second_moment_the_past_is_compared_with_now(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get("/board/past/changes?from_happened_on=2026-03-03").text
    assert DAMP in page
    assert LIFT in page


@pytest.mark.parametrize("field", ["from_happened_on", "from_recorded_on", "to_recorded_on"])
def test_a_day_that_is_none_is_asked_for_again(
    client: TestClient, owner: Database, field: str
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get(f"/board/past/changes?{field}=yesterday")
    assert page.status_code == 422
    assert f'href="#{field}"' in page.text


def test_of_a_duty_under_two_policies_the_earlier_date_has_the_line() -> None:
    owed = {"stage": 1, "duty": "respond", "standing": "open", "due_on": wed_18_mar, "overlay": ""}
    code = owed | {"due_on": fri_10_apr, "overlay": "hos-code-2024"}
    done = owed | {"duty": "acknowledge", "standing": "met"}
    complaint = {"standing": "open", "organisation": "riverside", "policy": "own"}
    case = PastCase((), complaint, (code, owed, done), ("amara",))
    (line,) = lines_of(case)
    assert (line["due_on"], line["owed_under"], line["handlers"]) == (wed_18_mar, "own", ("amara",))
    assert line["beside"] == [{"owed_under": "hos-code-2024", "due_on": fri_10_apr}]
    assert list(lines_of(replace(case, complaint=complaint | {"standing": "closed"}))) == []
    assert list(lines_of(replace(case, complaint=None))) == []


def test_lines_are_told_apart_by_case_stage_and_duty() -> None:
    line = {"reference": DAMP, "stage": 1, "duty": "respond", "due_on": wed_18_mar}
    later = line | {"stage": 2, "due_on": fri_24_apr}
    assert moved_between([line], [line, later]) == [MovedLine(DAMP, 2, "respond", None, fri_24_apr)]
    assert moved_between([line], []) == [MovedLine(DAMP, 1, "respond", wed_18_mar, None)]

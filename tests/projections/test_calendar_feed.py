"""An officer's deadlines in their calendar: at a secret address that can be revoked, without anybody's name."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape

import pytest
from fastapi.testclient import TestClient
from icalendar import Calendar

from services.projections import calendar_pages
from services.projections.reading import Reading
from shared.complaints.events import AccessRestricted
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from tests.identity.building import AMARA, BEN, RIVERSIDE, application, browser, sign_in
from tests.projections.building import ACKNOWLEDGE, LIFT, LIFT_CASE, append, fri_10_apr, wed_1_apr

pytestmark = pytest.mark.postgres

ADDRESS = re.compile(r"<code>https?://[^/]+(/calendar/[^<]+\.ics)</code>")


@pytest.fixture
def client(
    owner: Database,
    workflow: Database,
    follower: FeedFollower,
    projections: Database,
    reading: Reading,
) -> TestClient:
    """A browser; Ben handles the lift case."""
    append(workflow, LIFT_CASE, reference=LIFT)
    follower.catch_up(RIVERSIDE)
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(calendar_pages.router(reading))
    return browser(app)


def made(client: TestClient) -> str:
    """The path of a new address, as the page shows it."""
    found = ADDRESS.search(client.post("/board/calendar").text)
    assert found is not None
    return unescape(found[1])


def events(client: TestClient, path: str) -> dict[str, tuple[object, int]]:
    """UID, begin and SEQUENCE of what a calendar program gets, which is not signed in."""
    client.headers.pop("authorization", None)
    answer = client.get(path)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    calendar = Calendar.from_ical(answer.content)
    return {
        str(event["uid"]): (event.decoded("dtstart"), int(str(event["sequence"])))
        for event in calendar.walk("VEVENT")
    }


def test_the_calendar_holds_what_its_officer_owes_and_nothing_else(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, BEN)
    assert events(client, made(client)) == {
        f"riverside/{LIFT}/1/acknowledge": (date(2026, 4, 10), 2),
        f"riverside/{LIFT}/1/respond": (date(2026, 4, 24), 3),
    }
    sign_in(owner, client, AMARA)
    assert events(client, made(client)) == {}


def test_a_date_that_moves_keeps_its_uid_and_raises_its_sequence(
    client: TestClient, owner: Database, workflow: Database, follower: FeedFollower
) -> None:
    sign_in(owner, client, BEN)
    path = made(client)
    uid = f"riverside/{LIFT}/1/acknowledge"
    _, before = events(client, path)[uid]
    due_at = datetime(2026, 4, 10, 15, 30, tzinfo=UTC)
    moved = replace(ACKNOWLEDGE, generation=2, due_on=fri_10_apr, due_at=due_at)
    append(workflow, [(wed_1_apr, moved)], reference=LIFT, after=len(LIFT_CASE))
    follower.catch_up(RIVERSIDE)
    begins, after = events(client, path)[uid]
    assert begins == due_at
    assert after > before


def test_the_calendar_names_nobody(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, BEN)
    text = client.get(made(client)).text
    assert LIFT in text
    for name in ("Ben", "Okafor", "Mill Lane", "example.org"):
        assert name not in text


def test_an_address_is_shown_once_and_ends_with_the_next_or_when_revoked(
    client: TestClient, owner: Database, projections: Database
) -> None:
    sign_in(owner, client, BEN)
    first = made(client)
    assert first not in client.get("/board/calendar").text
    second = made(client)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200
    assert client.post("/board/calendar/revoke").status_code == 303
    assert client.get(second).status_code == 404
    secret = second.split(".", 1)[1].removesuffix(".ics")
    with projections.transaction(RIVERSIDE) as cursor:
        stored = cursor.execute("SELECT * FROM desk.calendar_address").fetchall()
    assert secret not in str(stored)


@pytest.mark.parametrize("secret", ["riverside.guessed", "nowhere.at-all", "none"])
def test_a_guessed_address_is_not_there(client: TestClient, secret: str) -> None:
    assert client.get(f"/calendar/{secret}.ics").status_code == 404


def test_a_case_kept_from_the_officer_leaves_their_calendar(
    client: TestClient, owner: Database, workflow: Database, follower: FeedFollower
) -> None:
    sign_in(owner, client, BEN)
    path = made(client)
    marked = AccessRestricted(1, "staff_conduct", ("manager",), ())
    append(workflow, [(wed_1_apr, marked)], reference=LIFT, after=len(LIFT_CASE))
    follower.catch_up(RIVERSIDE)
    assert events(client, path) == {}


def test_no_other_site_makes_or_revokes_an_address(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, BEN)
    client.headers["sec-fetch-site"] = "cross-site"
    assert client.post("/board/calendar").status_code == 403
    assert client.post("/board/calendar/revoke").status_code == 403

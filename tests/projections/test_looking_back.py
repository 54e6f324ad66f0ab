"""A case as it stood: what had happened by a moment, what was on record by it, what changed between
two, and whether each stored fact is what was written.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import orjson
import pytest
from fastapi.testclient import TestClient

from services.projections import past_pages
from services.projections.past import NOW, AsAt, Change, case_as_at, changes_between
from services.projections.reading import Reading
from services.projections.stored_records import stored_records
from shared.database.pool import Database
from shared.documents.shelf import Shelf
from shared.eventstore.codec import canonical, encode_event, name_of
from shared.messaging.follower import FeedFollower
from shared.registry.policy_titles import PolicyTitles
from tests.identity.building import AMARA, CERYS, RIVERSIDE, application, browser, sign_in
from tests.projections.building import DAMP, DAMP_CASE, append

Row = dict[str, Any]


def facts(*, recorded_daily: bool = True) -> list[Row]:
    """The case of the damp as rows of its history; each recorded on its day, or all a year later."""
    return [
        {
            "version": version,
            "seq": version,
            "event_id": None,
            "name": name_of(event),
            "happened_on": on,
            "happened_at": None,
            "known_at": None,
            "recorded_at": datetime(on.year, on.month, on.day, 12, tzinfo=UTC)
            + (timedelta(0) if recorded_daily else timedelta(days=365)),
            "actor": "amara",
            "origin": "live",
            "data": orjson.loads(canonical(encode_event(event))),
        }
        for version, (on, event) in enumerate(DAMP_CASE, 1)
    ]


def noon(month: int, day: int) -> datetime:
    """Noon of a day in 2026."""
    return datetime(2026, month, day, 12, tzinfo=UTC)


def stood(as_at: AsAt, rows: list[Row]) -> Any:
    """The case at that moment."""
    return case_as_at(rows, as_at, landlord=RIVERSIDE, reference=DAMP)


def test_before_its_first_fact_there_is_no_case() -> None:
    assert stood(AsAt(happened=noon(3, 1)), facts()).complaint is None


def test_a_missed_date_is_open_and_not_missed_the_day_before() -> None:
    then = {row["duty"]: row for row in stood(AsAt(happened=noon(3, 18)), facts()).deadlines}
    later = {row["duty"]: row for row in stood(AsAt(happened=noon(3, 19)), facts()).deadlines}
    assert (then["respond"]["standing"], then["respond"]["missed"]) == ("open", False)
    assert (later["respond"]["standing"], later["respond"]["missed"]) == ("open", True)


def test_a_date_that_moved_later_shows_what_it_was_then() -> None:
    then = {row["duty"]: row for row in stood(AsAt(happened=noon(3, 3)), facts()).deadlines}
    assert f"{then['respond']['due_on']}" == "2026-03-23"
    now = {row["duty"]: row for row in stood(NOW, facts()).deadlines}
    assert f"{now['respond']['due_on']}" == "2026-03-18"


def test_what_happened_and_what_was_on_record_are_two_axes() -> None:
    brought_in_later = facts(recorded_daily=False)
    assert stood(AsAt(happened=noon(3, 25)), brought_in_later).complaint["stage"] == 1
    assert stood(AsAt(recorded=noon(3, 25)), brought_in_later).complaint is None


def test_the_difference_names_each_thing_that_changed_as_it_was_and_as_it_became() -> None:
    before, after = AsAt(happened=noon(3, 3)), AsAt(happened=noon(3, 5))
    found = changes_between(stood(before, facts()), stood(after, facts()), PolicyTitles())
    assert found == [
        Change("Stage 1: acknowledge", "Monday 9 March 2026, open", "Monday 9 March 2026, met"),
        Change("Stage 1: respond", "Monday 23 March 2026, open", "Wednesday 18 March 2026, open"),
    ]
    assert changes_between(stood(after, facts()), stood(after, facts()), PolicyTitles()) == []


@pytest.fixture
def damp(owner: Database, workflow: Database, follower: FeedFollower) -> None:
    """The case in the log and in the read models."""
    append(workflow, DAMP_CASE, reference=DAMP)
    follower.catch_up(RIVERSIDE)


@pytest.fixture
def client(damp: None, projections: Database, reading: Reading, shelf: Shelf) -> TestClient:
    """A browser on the pages that look back."""
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(past_pages.router(reading, shelf))
    return browser(app)


@pytest.mark.postgres
def test_the_page_of_the_past_says_that_it_is_the_past(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    page = client.get(f"/complaints/{DAMP}/past?happened_on=2026-03-03").text
    assert "This is the past." in page
    assert "Monday 23 March 2026" in page
    assert "response sent" not in page
    assert f'href="/complaints/{DAMP}/actions"' not in page


@pytest.mark.postgres
@pytest.mark.parametrize(
    ("query", "status", "words"),
    [
        ("", 200, "Choose a moment"),
        ("happened_on=3+March", 422, "Enter a day, like 2026-03-27"),
        ("happened_on=2026-03-03&happened_time=nine", 422, "Enter a time, like 09:30"),
        ("happened_time=09:30", 422, "Enter a day, like 2026-03-27"),
        ("happened_on=2020-01-01", 422, 'href="#happened_on">Nothing of this complaint had'),
        ("recorded_on=2020-01-01", 422, 'href="#recorded_on">Nothing of this complaint had'),
    ],
)
def test_a_moment_that_is_none_is_asked_for_again(
    client: TestClient, owner: Database, query: str, status: int, words: str
) -> None:
    sign_in(owner, client, AMARA)
    answer = client.get(f"/complaints/{DAMP}/past?{query}", headers={"accept": "text/html"})
    assert (answer.status_code, words in answer.text) == (status, True)


@pytest.mark.postgres
def test_what_changed_between_two_days_stands_in_a_table(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    asked = f"/complaints/{DAMP}/changes?axis=happened&from_on=2026-03-03"
    page = client.get(f"{asked}&to_on=2026-03-05").text
    assert "Wednesday 18 March 2026, open" in page
    backwards = client.get(f"{asked}&to_on=2026-03-01")
    assert backwards.status_code == 422
    assert "Choose a later moment than the first" in backwards.text


@pytest.mark.postgres
def test_a_case_that_is_not_theirs_has_no_past_for_a_reader(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, CERYS)
    for page in (
        "past?happened_on=2026-03-03",
        "changes?from_on=2026-03-03&to_on=2026-03-05",
        "audit",
    ):
        assert client.get(f"/complaints/{DAMP}/{page}").status_code == 404


@pytest.mark.postgres
def test_the_audit_shows_each_fact_as_stored_and_that_the_chain_holds(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    page = client.get(f"/complaints/{DAMP}/audit").text
    assert "Sound" in page
    assert "complaint.response-issued.v1" in page
    assert page.count("Hash holds") == len(DAMP_CASE)


@pytest.mark.postgres
def test_a_fact_altered_behind_the_programs_back_is_marked(
    client: TestClient, owner: Database
) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute("ALTER TABLE workflow.event DISABLE TRIGGER USER")
        cursor.execute(
            "UPDATE workflow.event SET record = replace(record, 'upheld', 'partly')"
            " WHERE landlord = %s AND record LIKE '%%upheld%%'",
            (RIVERSIDE,),
        )
        assert cursor.rowcount == 1
        records = stored_records(cursor, landlord=RIVERSIDE, reference=DAMP)
    assert [record.version for record in records if not record.sound] == [9]
    sign_in(owner, client, AMARA)
    page = client.get(f"/complaints/{DAMP}/audit").text
    assert "Facts of this case were altered" in page

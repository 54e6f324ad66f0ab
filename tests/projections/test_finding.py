"""A complaint is found by its reference, by whoever may see it."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from services.projections import search_pages
from services.projections.read_models.case_search import LONGEST_QUERY
from services.projections.reading import Reading
from shared.complaints.events import AccessRestricted
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.registry.officers import Officer
from tests.identity.building import AMARA, BEN, CERYS, RIVERSIDE, application, browser, sign_in
from tests.projections.building import DAMP, DAMP_CASE, LIFT, LIFT_CASE, append

pytestmark = pytest.mark.postgres

tue_7_apr = date(2026, 4, 7)


@pytest.fixture
def client(
    owner: Database,
    workflow: Database,
    follower: FeedFollower,
    projections: Database,
    reading: Reading,
) -> TestClient:
    """A browser; there are two cases, one of them of the TMO."""
    append(workflow, DAMP_CASE, reference=DAMP)
    append(workflow, LIFT_CASE, reference=LIFT)
    follower.catch_up(RIVERSIDE)
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(search_pages.router(reading))
    return browser(app)


@pytest.mark.parametrize("typed", [LIFT, LIFT.lower(), f" {LIFT} ", "000002"])
def test_the_only_complaint_found_is_opened(
    client: TestClient, owner: Database, typed: str
) -> None:
    sign_in(owner, client, AMARA)
    answer = client.get("/find", params={"reference": typed})
    assert (answer.status_code, answer.headers["location"]) == (303, f"/complaints/{LIFT}")


def test_several_are_listed_the_newest_first(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    page = client.get("/find?reference=2026").text
    assert "2 found" in page
    assert page.index(LIFT) < page.index(DAMP)


@pytest.mark.parametrize(("officer", "reference"), [(BEN, DAMP), (CERYS, LIFT), (CERYS, DAMP)])
def test_complaints_of_others_are_not_found(
    client: TestClient, owner: Database, officer: Officer, reference: str
) -> None:
    sign_in(owner, client, officer)
    answer = client.get("/find", params={"reference": reference})
    assert answer.status_code == 200
    assert "Nothing found" in answer.text


def test_a_case_kept_from_the_reader_is_not_found(
    client: TestClient, owner: Database, workflow: Database, follower: FeedFollower
) -> None:
    marked = AccessRestricted(1, "staff_conduct", ("manager",), ())
    append(workflow, [(tue_7_apr, marked)], reference=LIFT, after=len(LIFT_CASE))
    follower.catch_up(RIVERSIDE)
    sign_in(owner, client, AMARA)
    assert "Nothing found" in client.get("/find", params={"reference": LIFT}).text


@pytest.mark.parametrize("typed", ["%", "_", "\\", "' OR true --"])
def test_what_was_typed_is_no_pattern(client: TestClient, owner: Database, typed: str) -> None:
    sign_in(owner, client, AMARA)
    assert "Nothing found" in client.get("/find", params={"reference": typed}).text


@pytest.mark.parametrize("typed", ["", "  ", "x" * (LONGEST_QUERY + 1)])
def test_what_cannot_be_a_reference_comes_back(
    client: TestClient, owner: Database, typed: str
) -> None:
    sign_in(owner, client, AMARA)
    answer = client.get("/find", params={"reference": typed})
    assert answer.status_code == 422
    assert 'href="#q"' in answer.text
    assert f'value="{typed}"' in answer.text or not typed
    assert "Error: " not in client.get("/find").text

"""The board's filters as links, what waits for approval, and the views that officers save."""

from datetime import date

import pytest
from fastapi.testclient import TestClient

from services.projections import pages, view_pages
from services.projections.reading import Reading
from services.projections.saved_views import MOST_VIEWS
from shared.complaints.events import DraftApproved, DraftSubmitted, ResponseIssued
from shared.complaints.values import Outcome
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from tests.identity.building import AMARA, BEN, DAI, RIVERSIDE, application, browser, sign_in
from tests.projections.building import LIFT, LIFT_CASE, Fact, append

pytestmark = pytest.mark.postgres

tue_7_apr = date(2026, 4, 7)
SUBMITTED: Fact = (tue_7_apr, DraftSubmitted(stage=1, draft=1))
APPROVED: Fact = (tue_7_apr, DraftApproved(stage=1, draft=1))
SUBMITTED_AGAIN: Fact = (tue_7_apr, DraftSubmitted(stage=1, draft=2))
OF_STAGE_TWO: Fact = (tue_7_apr, DraftSubmitted(stage=2, draft=1))
ANSWERED: Fact = (tue_7_apr, ResponseIssued(stage=1, outcome=Outcome.UPHELD, issues=()))


@pytest.fixture
def client(
    owner: Database, workflow: Database, projections: Database, reading: Reading
) -> TestClient:
    """A browser on the board."""
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(pages.router(reading))
    app.include_router(view_pages.router(reading))
    return browser(app)


@pytest.mark.parametrize(
    ("facts", "waiting"),
    [
        ((), 0),
        ((SUBMITTED,), 1),
        ((SUBMITTED, APPROVED), 0),
        ((SUBMITTED, APPROVED, SUBMITTED_AGAIN), 1),
        ((SUBMITTED, ANSWERED), 0),
        ((OF_STAGE_TWO,), 0),
    ],
)
def test_a_response_waits_for_approval_from_its_draft_until_that_is_approved(
    client: TestClient,
    owner: Database,
    workflow: Database,
    follower: FeedFollower,
    *,
    facts: tuple[Fact, ...],
    waiting: int,
) -> None:
    append(workflow, (*LIFT_CASE, *facts), reference=LIFT)
    follower.catch_up(RIVERSIDE)
    sign_in(owner, client, AMARA)
    assert f"<b>{waiting}</b> Waiting for approval" in client.get("/board").text
    lines = client.get("/board?status=approval").text
    assert ("#due-1-respond" in lines) == bool(waiting)
    assert "#due-1-acknowledge" not in lines


def test_each_filter_is_a_link_that_removes_it_and_figures_keep_the_others(
    client: TestClient, owner: Database, workflow: Database, follower: FeedFollower
) -> None:
    append(workflow, LIFT_CASE, reference=LIFT)
    follower.catch_up(RIVERSIDE)
    sign_in(owner, client, AMARA)
    page = client.get("/board?status=soon&stage=1&handler=ben").text
    assert 'href="/board?stage=1&amp;handler=ben"><span' in page
    assert 'href="/board?status=soon&amp;handler=ben"' in page
    assert 'href="/board?status=overdue&amp;stage=1&amp;handler=ben"' in page
    assert "<b>1</b> Due in 2 working days" in page
    assert "<b>0</b> Due in 2 working days" in client.get("/board?handler=amara").text
    promises = client.get("/board?duty=promise&stage=1").text
    assert '<span class="govuk-visually-hidden">Remove the filter </span>Promises' in promises
    assert 'href="/board?status=overdue&amp;stage=1&amp;duty=promise"' in promises
    assert "Remove the filter" not in client.get("/board?duty=anything").text
    assert "Filters that are set" not in client.get("/board?density=compact").text


def save(client: TestClient, name: str, query: str, *, share: str = "") -> int:
    """What the form of the board answers."""
    form = {"name": name, "query": query, "share": share}
    return client.post("/board/views", data=form).status_code


def test_a_view_is_kept_for_its_officer_and_shared_only_on_their_word(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    assert save(client, "Late & mine", "?status=overdue&handler=amara") == 303
    assert save(client, "Stage two", "?stage=2&unknown=%00", share="yes") == 303
    own = client.get("/board?stage=2").text
    assert 'href="/board?status=overdue&amp;handler=amara">Late &amp; mine</a>' in own
    assert 'href="/board?stage=2" aria-current="page">Stage two</a>' in own
    sign_in(owner, client, BEN)
    others = client.get("/board").text
    assert "Late &amp; mine" not in others
    assert "Stage two</a>" in others
    assert "shared by Amara Cole" in others
    sign_in(owner, client, DAI)
    assert "Stage two" not in client.get("/board").text


def test_a_view_is_replaced_under_its_name_and_deleted_by_its_officer_alone(
    client: TestClient, owner: Database
) -> None:
    sign_in(owner, client, AMARA)
    save(client, "Mine", "?stage=1", share="yes")
    save(client, "Mine", "?stage=2", share="yes")
    page = client.get("/board").text
    assert 'href="/board?stage=2">Mine</a>' in page
    assert 'href="/board?stage=1">Mine</a>' not in page
    amara = client.headers["authorization"]
    sign_in(owner, client, BEN)
    assert client.post("/board/views/delete", data={"name": "Mine"}).status_code == 404
    client.headers["authorization"] = amara
    assert client.post("/board/views/delete", data={"name": "Mine"}).status_code == 303
    assert "Mine</a>" not in client.get("/board").text


@pytest.mark.parametrize(
    ("name", "said"),
    [(" ", "Enter a name"), ("x" * 61, "at most 60 characters"), ("a\nb", "must be one line")],
)
def test_a_name_that_cannot_be_comes_back_with_what_was_typed(
    client: TestClient, owner: Database, name: str, said: str
) -> None:
    sign_in(owner, client, AMARA)
    form = {"name": name, "query": "?stage=2", "share": "yes"}
    answer = client.post("/board/views", data=form)
    assert answer.status_code == 422
    assert said in answer.text
    assert "<title>Error: " in answer.text
    assert 'name="query" value="?stage=2"' in answer.text
    assert f'value="{name}"' in answer.text
    assert 'value="yes" checked' in answer.text


def test_an_officer_keeps_so_many_views_and_no_more(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    for number in range(MOST_VIEWS):
        assert save(client, f"View {number}", "?stage=1") == 303
    assert save(client, "One more", "?stage=1") == 422
    assert save(client, "View 3", "?stage=2") == 303


def test_no_other_site_saves_a_view(client: TestClient, owner: Database) -> None:
    sign_in(owner, client, AMARA)
    client.headers["sec-fetch-site"] = "cross-site"
    assert save(client, "Theirs", "?stage=1") == 403

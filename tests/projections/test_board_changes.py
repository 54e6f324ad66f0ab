"""An open board is told how many complaints changed, and nothing about them."""

import re
from datetime import date

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient

from services.projections import board_changes, pages
from services.projections.board_changes import Streams, banner
from services.projections.reading import Reading
from shared.complaints.events import ComplaintAllocated
from shared.database.pool import Database
from shared.messaging.follower import FeedFollower
from shared.registry.officers import Officer
from tests.identity.building import AMARA, BEN, DAI, RIVERSIDE, application, browser, sign_in
from tests.projections.building import DAMP, DAMP_CASE, LIFT, LIFT_CASE, append

CONNECT = re.compile(r'hx-sse:connect="([^"]+)"')
tue_7_apr = date(2026, 4, 7)


@pytest.fixture
def streams() -> Streams:
    """What is open in this process."""
    return Streams(most=2, most_each=1)


@pytest.fixture
def app(owner: Database, projections: Database, reading: Reading, streams: Streams) -> FastAPI:
    """The board in a process that is being stopped: a stream says what is new, and ends."""
    app = application(projections, services={"projections": "services.projections"})
    app.include_router(pages.router(reading))
    app.include_router(board_changes.router(reading, streams))
    app.state.is_stopping = True
    return app


@pytest.fixture
def client(app: FastAPI, workflow: Database, follower: FeedFollower) -> TestClient:
    """A browser; there is one case of the TMO."""
    append(workflow, LIFT_CASE, reference=LIFT)
    follower.catch_up(RIVERSIDE)
    return browser(app)


def stream_of(client: TestClient, query: str = "") -> str:
    """The address to which the board connects."""
    found = CONNECT.search(client.get(f"/board{query}").text)
    assert found is not None
    return found[1].replace("&amp;", "&")


@pytest.mark.postgres
@pytest.mark.parametrize(("officer", "said"), [(AMARA, 2), (BEN, 1), (DAI, 0)])
def test_an_open_board_hears_of_what_its_reader_may_see_and_only_how_many(
    client: TestClient,
    owner: Database,
    workflow: Database,
    follower: FeedFollower,
    *,
    officer: Officer,
    said: int,
) -> None:
    sign_in(owner, client, officer)
    address = stream_of(client, "?stage=1")
    assert "data:" not in client.get(address).text
    for reference, facts, after in (
        (DAMP, DAMP_CASE, 0),
        (LIFT, [(tue_7_apr, ComplaintAllocated(stage=1, handlers=("ben", "cerys")))], 4),
    ):
        append(workflow, facts, reference=reference, after=after)
    follower.catch_up(RIVERSIDE)
    sent = client.get(address)
    assert sent.headers["content-type"].startswith("text/event-stream")
    assert ("data:" in sent.text) == bool(said)
    assert LIFT not in sent.text
    assert DAMP not in sent.text
    if said:
        assert banner(said, "/board?stage=1") in sent.text
        place = re.search(r"^id: (\d+)$", sent.text, re.MULTILINE)
        assert place is not None
        again = client.get(address, headers={"last-event-id": place[1]}).text
        assert "data:" not in again


@pytest.mark.postgres
def test_streams_are_limited_for_each_officer_and_in_all(
    client: TestClient, owner: Database, streams: Streams
) -> None:
    sign_in(owner, client, AMARA)
    address = stream_of(client)
    assert client.get(address).status_code == 200
    assert streams.open.total() == 0
    for full in ({("riverside", "amara"): 1}, {("riverside", "ben"): 2}):
        streams.open.update(full)
        assert client.get(address).status_code == 429
        streams.open.clear()
    assert client.get(address).status_code == 200


@pytest.mark.postgres
def test_an_ended_session_hears_nothing(client: TestClient) -> None:
    assert client.get("/api/v1/board/changes?after=0").status_code == 401


def test_the_words_fit_the_number() -> None:
    assert "1 complaint has changed" in banner(1, "/board")
    assert "2 complaints have changed" in banner(2, "/board")
    assert "100 or more complaints have changed" in banner(100, "/board")
    assert "stage=1&amp;handler=ben" in banner(2, "/board?stage=1&handler=ben")

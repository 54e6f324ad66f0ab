"""The pull feed: the events of the broker, in order, for those who may read them, with a position to go on from."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.workflow import feeds
from shared.eventstore.feed import read_feed
from shared.identity.sessions import credential
from shared.identity.sign_in import install_identity
from shared.messaging.envelope import cloud_event
from shared.registry.officers import Officer, register_officer
from shared.registry.subscribers import (
    SubscriberRefused,
    add_subscriber,
    revoke_subscriber,
    subscribers,
)
from shared.web.site import install_web
from tests.workflow.office import LANDLORD, Office, register

BOILER = "RC-2026-000001"
FEED = f"/api/v1/feeds/{LANDLORD}"
TOKEN = "t" * 43


@pytest.fixture
def application(office: Office) -> FastAPI:
    """The feed alone, as workflow serves it."""
    app = FastAPI()
    app.include_router(feeds.router(office.database))
    install_web(app, settings=office.settings, services={"workflow": "services.workflow"})
    install_identity(app, database=office.database, clock=office.clock, settings=office.settings)
    return app


@pytest.fixture
def client(office: Office, application: FastAPI) -> TestClient:
    """A subscriber with a token, on a feed with one complaint."""
    office.open(BOILER)
    with office.owner.transaction(LANDLORD) as cursor:
        add_subscriber(
            cursor,
            landlord=LANDLORD,
            subscriber="council-warehouse",
            token=TOKEN,
            by="operator",
            now=office.clock.now(),
        )
    headers = {"authorization": f"Bearer {credential(LANDLORD, TOKEN)}"}
    return TestClient(application, headers=headers)


def officer_of(office: Office, role: str, organisation: str = LANDLORD) -> dict[str, str]:
    name = f"{role}-of-{organisation}"
    with office.owner.transaction(LANDLORD) as cursor:
        register_officer(
            cursor, Officer(LANDLORD, name, organisation, "Gwen Lowe", "g@example.org", role)
        )
    return office.signed_in(name)


def test_the_feed_gives_the_same_cloud_events_as_the_broker(
    office: Office, client: TestClient
) -> None:
    answer = client.get(FEED)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "application/cloudevents-batch+json"
    assert answer.headers["cache-control"] == "no-store"
    with office.database.transaction(LANDLORD) as cursor:
        facts = read_feed(cursor, LANDLORD, after=0, limit=100)
    assert answer.json() == [cloud_event(fact) for fact in facts]


def test_the_links_lead_through_the_whole_feed_and_rest_at_its_end(client: TestClient) -> None:
    whole = [event["feedseq"] for event in client.get(FEED).json()]
    seen, address = [], f"{FEED}?limit=2"
    while page := (answer := client.get(address)).json():
        assert len(page) <= 2
        seen += [event["feedseq"] for event in page]
        assert answer.headers["redress-feed-position"] == str(seen[-1])
        assert answer.headers["redress-feed-head"] == str(whole[-1])
        address = answer.links["next"]["url"]
    assert seen == whole == list(range(1, len(whole) + 1))
    assert answer.links["next"]["url"] == address


def test_a_long_poll_is_answered_as_soon_as_the_feed_grows(
    office: Office, client: TestClient
) -> None:
    last = len(client.get(FEED).json())
    asked = threading.Event()

    def grow() -> None:
        asked.wait(5)
        office.open("RC-2026-000002")

    with ThreadPoolExecutor() as pool:
        growing = pool.submit(grow)
        began = time.monotonic()
        asked.set()
        answer = client.get(FEED, params={"after": last, "wait": 20})
        growing.result()
    assert answer.json()[0]["feedprev"] == last
    assert time.monotonic() - began < 10


def test_a_long_poll_ends_empty_when_nothing_comes_or_the_server_stops(
    application: FastAPI, client: TestClient
) -> None:
    last = len(client.get(FEED).json())
    assert client.get(FEED, params={"after": last, "wait": 1}).json() == []
    application.state.is_stopping = True
    began = time.monotonic()
    answer = client.get(FEED, params={"after": last, "wait": 30})
    assert (answer.status_code, answer.json()) == (200, [])
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("query", [{"wait": 31}, {"limit": 0}, {"limit": 1001}, {"after": -1}])
def test_what_is_asked_for_is_bounded(client: TestClient, query: dict[str, int]) -> None:
    assert client.get(FEED, params=query).status_code == 422


def test_a_position_beyond_the_end_is_refused_loudly(client: TestClient) -> None:
    answer = client.get(FEED, params={"after": 1000})
    assert answer.status_code == 409
    assert "restored from a backup" in answer.json()["detail"]


def test_nobody_reads_the_feed_without_a_credential_or_with_a_foreign_one(
    office: Office, application: FastAPI, client: TestClient
) -> None:
    register(office, "hilltop", "HC", {"hilltop": ("council", "hos-code-2024")})
    assert TestClient(application).get(FEED).status_code == 401
    assert client.get("/api/v1/feeds/hilltop").status_code == 401
    assert client.get("/api/v1/feeds/nowhere").status_code == 401
    other = {"authorization": f"Bearer {credential('hilltop', TOKEN)}"}
    assert client.get("/api/v1/feeds/hilltop", headers=other).status_code == 401
    auditor = officer_of(office, "auditor")
    assert client.get("/api/v1/feeds/hilltop", headers=auditor).status_code == 401


def test_a_revoked_token_opens_nothing_and_stays_on_record(
    office: Office, client: TestClient
) -> None:
    with office.owner.transaction(LANDLORD) as cursor:
        with pytest.raises(SubscriberRefused, match="revoke it first"):
            add_subscriber(
                cursor,
                landlord=LANDLORD,
                subscriber="council-warehouse",
                token="another",
                by="operator",
                now=office.clock.now(),
            )
        revoke_subscriber(
            cursor,
            landlord=LANDLORD,
            subscriber="council-warehouse",
            by="operator",
            now=office.clock.now(),
        )
        (kept,) = subscribers(cursor, LANDLORD)
        assert subscribers(cursor, LANDLORD, in_force=True) == ()
        with pytest.raises(SubscriberRefused, match="no token in force"):
            revoke_subscriber(
                cursor, landlord=LANDLORD, subscriber="x", by="operator", now=office.clock.now()
            )
    assert kept.revoked_at == office.clock.now()
    assert client.get(FEED).status_code == 401


def test_only_auditors_and_administrators_of_the_council_itself_read_it(
    office: Office, client: TestClient
) -> None:
    for role, organisation, status in (
        ("auditor", LANDLORD, 200),
        ("administrator", LANDLORD, 200),
        ("auditor", "mill-lane", 403),
        ("manager", LANDLORD, 403),
    ):
        headers = officer_of(office, role, organisation)
        assert client.get(FEED, headers=headers).status_code == status, (role, organisation)

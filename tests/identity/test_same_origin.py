"""A request that another site made a browser send changes nothing."""

import pytest
from fastapi import Depends, FastAPI
from fastapi.testclient import TestClient

from shared.database.pool import Database
from shared.identity.sign_in import same_origin
from tests.identity.building import application

pytestmark = pytest.mark.postgres

COOKIE = {"cookie": "redress_session=riverside.token"}


@pytest.fixture
def client(workflow: Database) -> TestClient:
    """An application with one form and one API route that change something."""
    app: FastAPI = application(workflow)

    @app.api_route("/form", methods=["GET", "POST"], dependencies=[Depends(same_origin)])
    @app.post("/api/v1/change", dependencies=[Depends(same_origin)])
    def change() -> dict[str, str]:
        return {}

    return TestClient(app)


@pytest.mark.parametrize(
    ("path", "headers", "status"),
    [
        ("/form", {"sec-fetch-site": "same-origin"}, 200),
        ("/form", {"sec-fetch-site": "none"}, 200),
        ("/form", {"sec-fetch-site": "same-site"}, 403),
        ("/form", {"sec-fetch-site": "cross-site"}, 403),
        ("/form", {"sec-fetch-site": "cross-site", "origin": "http://testserver"}, 403),
        ("/form", {"origin": "http://testserver"}, 200),
        ("/form", {"origin": "http://127.0.0.1:8000"}, 200),  # the public address
        ("/form", {"origin": "http://example.org"}, 403),
        ("/form", {"origin": "http://testserver.example.org"}, 403),
        ("/form", {"origin": "null"}, 403),
        ("/form", {}, 403),
        ("/form", {"authorization": "Bearer riverside.token"}, 200),
        ("/api/v1/change", {}, 200),
        ("/api/v1/change", COOKIE, 403),
        ("/api/v1/change", COOKIE | {"sec-fetch-site": "same-origin"}, 200),
        ("/api/v1/change", {"authorization": "Bearer riverside.token"}, 200),
        ("/api/v1/change", {"sec-fetch-site": "cross-site"}, 403),
    ],
)
def test_a_change_is_taken_from_our_own_pages_and_from_programs_alone(
    client: TestClient, path: str, headers: dict[str, str], status: int
) -> None:
    assert client.post(path, headers=headers).status_code == status


def test_reading_needs_no_origin(client: TestClient) -> None:
    assert client.get("/form", headers={"sec-fetch-site": "cross-site"}).status_code == 200

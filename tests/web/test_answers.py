"""Errors in one form, security headers on everything, and a limit on what is read."""

import re
from collections.abc import Iterator

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from pydantic import BaseModel

from shared.web.problems import Problem
from shared.web.security_headers import CONTENT_SECURITY_POLICY, LARGEST_BODY
from shared.web.site import install_web
from tests.identity.building import settings

SECRET = "a boiler that has been broken since March"


class Body(BaseModel):
    """What the test route takes."""

    organisation: str
    issues: list[dict[str, int]]


def site(environment: str = "demonstration") -> FastAPI:
    """An application with one route for each kind of end."""
    app = FastAPI(docs_url=None, redoc_url=None)
    install_web(app, settings=settings(environment), services={})

    @app.post("/api/take")
    def take(body: Body) -> dict[str, str]:
        return {"organisation": body.organisation}

    @app.get("/api/refused")
    @app.get("/refused")
    def refused() -> None:
        raise Problem(
            409, "Refused", "Too late.", rule="Ten days.", clause="Code 6.3", way_out="Close"
        )

    @app.get("/api/broken")
    @app.get("/broken")
    def broken() -> None:
        raise RuntimeError(SECRET)

    return app


@pytest.fixture
def client() -> TestClient:
    """A client that sees the answer to a surprise, as a browser does."""
    return TestClient(site(), raise_server_exceptions=False)


def test_a_refusal_is_a_problem_document_with_rule_and_clause(client: TestClient) -> None:
    answer = client.get("/api/refused")
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json() == {
        "type": "about:blank",
        "title": "Refused",
        "status": 409,
        "detail": "Too late.",
        "rule": "Ten days.",
        "clause": "Code 6.3",
        "way_out": "Close",
    }


def test_a_browser_gets_the_same_words_as_a_page(client: TestClient) -> None:
    answer = client.get("/refused", headers={"accept": "text/html"})
    assert answer.status_code == 409
    assert answer.headers["content-type"].startswith("text/html")
    for words in ("Refused", "Too late.", "Ten days.", "Code 6.3"):
        assert words in answer.text


def test_invalid_values_are_named_by_pointer_and_never_repeated(client: TestClient) -> None:
    answer = client.post(
        "/api/take", json={"organisation": {"text": SECRET}, "issues": [{"a": "x"}]}
    )
    assert answer.status_code == 422
    assert [error["pointer"] for error in answer.json()["errors"]] == [
        "#/organisation",
        "#/issues/0/a",
    ]
    assert SECRET not in answer.text


def test_a_body_that_is_no_json_is_400(client: TestClient) -> None:
    answer = client.post("/api/take", content="{", headers={"content-type": "application/json"})
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("path", "method", "status"), [("/api/none", "GET", 404), ("/api/take", "GET", 405)]
)
def test_what_is_not_there_is_a_problem_too(
    client: TestClient, path: str, method: str, status: int
) -> None:
    answer = client.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["status"] == status


@pytest.mark.parametrize("path", ["/api/broken", "/broken"])
def test_a_surprise_tells_nothing_of_the_inside(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 500
    assert SECRET not in answer.text
    assert "RuntimeError" not in answer.text
    assert answer.headers["content-security-policy"] == CONTENT_SECURITY_POLICY


def test_a_body_over_the_limit_is_refused(client: TestClient) -> None:
    answer = client.post("/api/take", content=b"x" * (LARGEST_BODY + 1))
    assert answer.status_code == 413
    assert answer.headers["content-type"] == "application/problem+json"


def test_a_body_that_does_not_say_its_length_is_limited_too(client: TestClient) -> None:
    def endless() -> Iterator[bytes]:
        for _ in range(17):
            yield b"x" * (LARGEST_BODY // 16)

    assert client.post("/api/take", content=endless()).status_code == 413


@pytest.mark.parametrize(
    "path", ["/api/refused", "/refused", "/api/none", "/none", "/assets/style.css", "/assets/none"]
)
def test_every_answer_carries_the_security_headers(client: TestClient, path: str) -> None:
    headers = client.get(path).headers
    assert headers["content-security-policy"] == CONTENT_SECURITY_POLICY
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "strict-transport-security" not in headers


def test_pages_stay_out_of_caches_and_the_style_sheet_does_not(client: TestClient) -> None:
    assert client.get("/refused").headers["cache-control"] == "no-store"
    assert "max-age" in client.get("/assets/style.css").headers["cache-control"]


def test_production_asks_for_https_from_then_on() -> None:
    headers = TestClient(site("production")).get("/api/none").headers
    assert headers["strict-transport-security"] == "max-age=31536000; includeSubDomains"


def test_style_and_scripts_are_small_and_ask_for_nothing_of_other_sites(client: TestClient) -> None:
    for name in ("style.css", "site.js", "start.js"):
        sent = client.get(f"/assets/{name}", headers={"accept-encoding": "gzip"})
        assert sent.headers["content-encoding"] == "gzip"
        assert int(sent.headers["content-length"]) < 35_000
        assert not re.search(r"url\([\"']?(?:https?:|//)|@import|sourceMappingURL", sent.text)


def test_the_style_carries_nothing_of_the_brand_of_others(client: TestClient) -> None:
    style = client.get("/assets/style.css").text
    assert not re.search("crown|crest|GDS Transport|moj-logotype", style, re.IGNORECASE)


def test_an_asset_asked_for_by_its_version_may_be_kept_for_ever(client: TestClient) -> None:
    page = client.get("/refused").text
    address = re.findall(r'href="(/assets/style\.css\?v=[0-9a-f]{12})"', page)[0]
    assert "immutable" in client.get(address).headers["cache-control"]
    assert "immutable" not in client.get("/assets/style.css?v=old").headers["cache-control"]

"""How often the JSON API may be called: by a token, by an address without one, in one process or in several."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from fastapi.testclient import TestClient

from shared.allowances.sweeping import AllowanceSweeper
from shared.identity.sessions import credential
from shared.registry.subscribers import add_subscriber
from shared.runtime.metrics import API_REFUSALS
from tests.allowances.conftest import BY_ADDRESS, BY_TOKEN, Installed
from tests.chaos.deployment import LANDLORD, ORGANISATION, TOKEN

pytestmark = pytest.mark.postgres

SUBSCRIBER = "s" * 43
COMPLAINT = {
    "organisation": ORGANISATION,
    "complainant": {"name": "Jo Bloggs", "email": "jo@example.org"},
    "complaint": "The boiler has failed again.",
}


def complain(client: TestClient, key: int) -> Any:
    return client.post(
        "/api/v1/complaints", json=COMPLAINT, headers={"Idempotency-Key": f"key-{key}"}
    )


def refused(call: Callable[[], Any], *, after: int) -> Any:
    """Calls as often as it may, and once more; the refusal."""
    answers = [call() for _ in range(after)]
    assert 429 not in {answer.status_code for answer in answers}
    answer = call()
    assert answer.status_code == 429, answer.text
    return answer


def test_who_calls_too_often_is_told_how_long_to_wait_and_then_goes_on(
    installed: Installed,
) -> None:
    client, headers = installed.process("projections"), installed.session()
    answer = refused(lambda: client.get("/api/v1/counts", headers=headers), after=BY_TOKEN)
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.headers["retry-after"] == "600"
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.json()["title"] == "Too many requests"
    assert "One token may make 6 requests an hour" in answer.json()["detail"]
    assert "again in 600 seconds" in answer.json()["detail"]
    installed.clock.advance(timedelta(seconds=599))
    assert client.get("/api/v1/counts", headers=headers).status_code == 429
    installed.clock.advance(timedelta(seconds=1))
    assert client.get("/api/v1/counts", headers=headers).status_code == 200


def test_a_complaint_over_the_limit_is_not_stored_and_may_be_sent_again(
    installed: Installed,
) -> None:
    client, keys = installed.process("intake"), iter(range(9))
    answer = refused(lambda: complain(client, next(keys)), after=BY_ADDRESS)
    assert "One address may make 3 requests an hour" in answer.json()["detail"]
    with installed.owner.transaction(LANDLORD) as cursor:
        stored = cursor.execute("SELECT count(*) AS many FROM intake.submission").fetchone()
    assert stored == {"many": BY_ADDRESS}
    installed.clock.advance(timedelta(seconds=int(answer.headers["retry-after"])))
    assert complain(client, BY_ADDRESS).status_code == 201


def test_one_token_has_one_allowance_in_every_process_and_another_has_its_own(
    installed: Installed,
) -> None:
    board, cases = installed.process("projections"), installed.process("workflow")
    headers = installed.session()
    for _ in range(BY_TOKEN // 2):
        assert board.get("/api/v1/board", headers=headers).status_code == 200
        assert cases.get("/api/v1/complaints/NG-2026-000001", headers=headers).status_code == 404
    assert board.get("/api/v1/board", headers=headers).status_code == 429
    assert cases.get("/api/v1/complaints/NG-2026-000001", headers=headers).status_code == 429
    other = installed.session("another-token-0123456789")
    assert board.get("/api/v1/board", headers=other).status_code == 200


def test_tokens_that_somebody_makes_up_share_the_allowance_of_their_address(
    installed: Installed,
) -> None:
    client, tokens = installed.process("projections"), iter(range(99))

    def invented() -> Any:
        headers = {"Authorization": f"Bearer {credential(LANDLORD, f'made-up-{next(tokens)}')}"}
        return client.get("/api/v1/board", headers=headers)

    refused(invented, after=BY_ADDRESS)
    # Whoever has a token is not held up by strangers behind the same address.
    assert client.get("/api/v1/board", headers=installed.session()).status_code == 200
    elsewhere = {"Authorization": f"Bearer {credential('nowhere', 'made-up-0')}"}
    assert client.get("/api/v1/board", headers=elsewhere).status_code == 429


def test_a_long_poll_of_the_feed_counts_once_and_by_its_subscriber(installed: Installed) -> None:
    with installed.owner.transaction(LANDLORD) as cursor:
        add_subscriber(
            cursor,
            landlord=LANDLORD,
            subscriber="warehouse",
            token=SUBSCRIBER,
            by="operator",
            now=installed.clock.now(),
        )
    client = installed.process("workflow")
    headers = {"Authorization": f"Bearer {credential(LANDLORD, SUBSCRIBER)}"}
    head = int(
        client.get(f"/api/v1/feeds/{LANDLORD}", headers=headers).headers["redress-feed-head"]
    )
    address = f"/api/v1/feeds/{LANDLORD}?after={head}&wait=1"  # looked for three times
    answer = refused(lambda: client.get(address, headers=headers), after=BY_TOKEN - 1)
    assert "One token" in answer.json()["detail"]


def test_pages_and_health_are_not_counted(installed: Installed) -> None:
    client = installed.process("projections")
    for path in ("/board", "/health/live", "/", "/assets/icon.svg") * (BY_TOKEN + 1):
        assert client.get(path, headers=installed.session()).status_code != 429
    assert installed.buckets() == []


def test_a_database_that_cannot_count_refuses_nobody(installed: Installed) -> None:
    client, headers = installed.process("projections"), installed.session()
    with installed.owner.directory() as cursor:
        cursor.execute("REVOKE ALL ON registry.allowance FROM redress_projections")
    for _ in range(BY_TOKEN + 1):
        assert client.get("/api/v1/counts", headers=headers).status_code == 200


def test_neither_token_nor_address_is_kept_and_full_buckets_are_swept(installed: Installed) -> None:
    client = installed.process("projections")
    client.get("/api/v1/board", headers=installed.session())
    client.get("/api/v1/board")
    rows = installed.buckets()
    assert {row["what"] for row in rows} == {"api by token", "api by address"}
    vault = installed.parts.vault
    assert {row["client"] for row in rows} == {
        vault.hashed(LANDLORD, f"token {TOKEN}"),
        vault.hashed(LANDLORD, "client testclient"),
    }
    sweeper = AllowanceSweeper(
        installed.parts.database("redress_workflow"), installed.clock, LANDLORD
    )
    sweeper.sweep()
    assert len(installed.buckets()) == 2
    installed.clock.advance(timedelta(hours=1, seconds=1))
    sweeper.sweep()
    assert installed.buckets() == []


def test_refusals_are_counted_by_what_was_over_its_limit_and_by_nothing_else(
    installed: Installed,
) -> None:
    def counted(limit: str) -> float:
        samples = [each for family in API_REFUSALS.collect() for each in family.samples]
        return sum(
            each.value
            for each in samples
            if each.labels == {"limit": limit} and each.name.endswith("_total")
        )

    before = counted("token"), counted("address")
    client, headers = installed.process("projections"), installed.session()
    refused(lambda: client.get("/api/v1/counts", headers=headers), after=BY_TOKEN)
    assert (counted("token"), counted("address")) == (before[0] + 1, before[1])
    refused(lambda: client.get("/api/v1/counts"), after=BY_ADDRESS)
    assert (counted("token"), counted("address")) == (before[0] + 1, before[1] + 1)

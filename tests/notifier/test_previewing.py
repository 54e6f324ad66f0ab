"""The letter before it is sent: the same words as the letter that goes out, for those who may see the case."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.notifier.previewing import MOST_FACTS, router
from shared.complaints.events import (
    AccessRestricted,
    ComplaintAcknowledged,
    ComplaintEvent,
    ContactAttempted,
    DeadlineMet,
    HoldingResponseSent,
)
from shared.complaints.values import Channel, WordsReference
from shared.eventstore.codec import encode_event, name_of
from tests.intake.setting import Setting
from tests.notifier.feeding import COMPLAINANT, REFERENCE, Feed, deadline, opened
from tests.notifier.test_sending import files, read, sender

ADDRESS = f"/complaints/{REFERENCE}/letters/preview"
DUE = deadline("acknowledge", date(2026, 3, 4)), deadline("respond", date(2026, 3, 16))
ACKNOWLEDGED = (
    ComplaintAcknowledged(1, Channel.LETTER),
    DeadlineMet("acknowledge", 1, date(2026, 3, 4), date(2026, 3, 2), 0),
    deadline("respond", date(2026, 3, 18), generation=2),
)


@pytest.fixture
def feed(setting: Setting, tmp_path: Path) -> Feed:
    return Feed(setting, tmp_path)


@pytest.fixture
def client(setting: Setting, tmp_path: Path) -> TestClient:
    app = FastAPI()
    app.include_router(
        router(
            database=setting.database("redress_notifier"),
            sender=sender(setting, tmp_path / "outbox"),
            clock=setting.clock,
        )
    )
    return setting.client(app)


def form(events: Sequence[ComplaintEvent]) -> dict[str, str]:
    facts = [{"name": name_of(event), "data": encode_event(event)} for event in events]
    return {"facts": orjson.dumps(facts).decode()}


def look(client: TestClient, who: dict[str, str], data: Any, site: str = "same-origin") -> Any:
    return client.post(ADDRESS, data=data, headers=who | {"Sec-Fetch-Site": site})


def test_the_preview_says_what_the_letter_will_say_and_sends_nothing(
    feed: Feed, client: TestClient, setting: Setting, tmp_path: Path
) -> None:
    feed.name_the_complainant(name="Jo Bloggs", email="jo@example.org")
    feed.follow(opened(), *DUE)
    page = look(client, setting.signed_in("team-homes"), form(ACKNOWLEDGED))
    assert page.status_code == 200
    assert "Dear Jo Bloggs" in page.text
    assert "Wednesday 18 March 2026" in page.text
    assert "Monday 16 March 2026" not in page.text
    assert setting.rows("SELECT letter FROM notifier.letter") == []
    feed.follow(*ACKNOWLEDGED)
    asyncio.run(sender(setting, tmp_path / "outbox").send_due())
    (sent,) = files(tmp_path / "outbox")
    for line in filter(None, read(sent).get_content().splitlines()):
        assert line.strip() in page.text.replace("&#39;", "'"), line


def test_where_no_letter_follows_the_page_says_so(
    feed: Feed, client: TestClient, setting: Setting
) -> None:
    feed.follow(opened())
    who = setting.signed_in("team-homes")
    page = look(client, who, form([ContactAttempted(1, Channel.PHONE)]))
    assert "No letter follows from this." in page.text
    nameless = look(client, who, form(ACKNOWLEDGED))
    assert "No letter would go out: no name on record." in nameless.text
    assert str(COMPLAINANT) not in nameless.text


def test_only_those_who_may_see_the_case_see_its_letter(
    feed: Feed, client: TestClient, setting: Setting
) -> None:
    feed.follow(opened())
    team, council, manager, mill = (
        setting.signed_in(officer)
        for officer in ("team-homes", "team-council", "manager-homes", "manager-mill")
    )
    seen = [look(client, who, form(ACKNOWLEDGED)).status_code for who in (team, council, mill)]
    assert seen == [200, 200, 404]
    feed.follow(AccessRestricted(1, "board_conduct", ("manager",), ()))
    assert look(client, team, form(ACKNOWLEDGED)).status_code == 404
    assert look(client, manager, form(ACKNOWLEDGED)).status_code == 200
    assert look(client, manager, form(ACKNOWLEDGED), "cross-site").status_code == 403


def test_the_preview_of_a_letter_says_what_was_typed_and_not_yet_sealed(
    feed: Feed, client: TestClient, setting: Setting
) -> None:
    feed.name_the_complainant(name="Jo Bloggs", email="jo@example.org")
    feed.follow(opened(), *DUE)
    unwritten = WordsReference("00000000-0000-0000-0000-000000000000", "0" * 64)
    late = form([HoldingResponseSent(1, unwritten, date(2026, 3, 20), send_letter=True)])
    who = setting.signed_in("team-homes")
    page = look(client, who, late | {"words": "The <flue> must be looked at."})
    assert "The &lt;flue&gt; must be looked at." in page.text
    assert "Friday 20 March 2026" in page.text
    assert "[What you write goes here.]" in look(client, who, late).text
    told = form([HoldingResponseSent(1, unwritten, date(2026, 3, 20))])
    assert "No letter follows from this." in look(client, who, told).text


@pytest.mark.parametrize(
    "facts",
    [
        None,
        "",
        "{",
        "[]",
        "{}",
        "[1]",
        '[{"name": "complaint.made-up.v1", "data": {}}]',
        '[{"name": "complaint.acknowledged.v1", "data": {"stage": "one"}}]',
        "[" + "1," * MOST_FACTS + "1]",
    ],
)
def test_a_form_that_holds_no_facts_is_refused(
    feed: Feed, client: TestClient, setting: Setting, facts: str | None
) -> None:
    feed.follow(opened())
    answer = look(
        client, setting.signed_in("team-homes"), {} if facts is None else {"facts": facts}
    )
    assert answer.status_code == 400
    assert "Open the form of the action again" in answer.text


def test_a_letter_whose_policy_is_not_stored_is_said_not_to_be_writable(
    feed: Feed, client: TestClient, setting: Setting
) -> None:
    feed.name_the_complainant(name="Jo Bloggs", email="jo@example.org")
    feed.follow(replace(opened(), policy_hash="0" * 64))
    page = look(client, setting.signed_in("team-homes"), form(ACKNOWLEDGED))
    assert page.status_code == 200
    assert "The letter cannot be written now: PolicyNotAdopted." in page.text

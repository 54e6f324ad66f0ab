"""The correspondence of a case: what was sent, for those who may see it; printed, and sent again where it failed."""

from __future__ import annotations

import asyncio
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.notifier.correspondence_pages import router
from shared.complaints.events import AccessRestricted, ComplaintAcknowledged
from shared.letters.kept import Kept
from shared.letters.printing import printed
from tests.intake.setting import Setting
from tests.notifier.feeding import COMPLAINANT, REFERENCE, Feed, opened
from tests.notifier.golden_letters import golden
from tests.notifier.test_sending import files, one_letter, sender

ADDRESS = f"/complaints/{REFERENCE}/correspondence"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture
def feed(setting: Setting, tmp_path: Path) -> Feed:
    return Feed(setting, tmp_path)


@pytest.fixture
def client(setting: Setting) -> TestClient:
    app = FastAPI()
    app.include_router(
        router(
            database=setting.database("redress_notifier"),
            vault=setting.vault,
            clock=setting.clock,
        )
    )
    return setting.client(app)


def send(setting: Setting, folder: Path) -> None:
    asyncio.run(sender(setting, folder).send_due())


def test_a_case_shows_its_letters_with_their_text_and_prints_them(
    feed: Feed, client: TestClient, setting: Setting, tmp_path: Path
) -> None:
    feed.name_the_complainant(name="Jo <b>Bloggs</b>", email="jo@example.org")
    feed.follow(opened(), ComplaintAcknowledged(1))
    who = setting.signed_in("team-homes")
    assert "Waiting to be sent" in client.get(ADDRESS, headers=who).text
    send(setting, tmp_path / "outbox")
    listed = client.get(ADDRESS, headers=who).text
    letter = one_letter(setting)["letter"]
    assert f'href="{ADDRESS}/{letter}"' in listed
    assert "On paper" in listed
    page = client.get(f"{ADDRESS}/{letter}", headers=who).text
    assert "Dear Jo &lt;b&gt;Bloggs&lt;/b&gt;" in page
    assert "The built-in one" in page
    answer = client.get(f"{ADDRESS}/{letter}/print", headers=who)
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.content.startswith(b"%PDF")
    assert client.post(f"{ADDRESS}/{letter}/send-again", headers=who | SAME_SITE).status_code == 409


def test_what_was_erased_is_said_to_be_and_not_shown(
    feed: Feed, client: TestClient, setting: Setting, tmp_path: Path
) -> None:
    feed.name_the_complainant(email="jo@example.org")
    feed.follow(opened(), ComplaintAcknowledged(1))
    send(setting, tmp_path / "outbox")
    with setting.owner.transaction("riverside") as cursor:
        now = setting.clock.now()
        setting.vault.destroy_subject_key(cursor, "riverside", subject=COMPLAINANT, now=now)
    who = setting.signed_in("team-homes")
    address = f"{ADDRESS}/{one_letter(setting)['letter']}"
    page = client.get(address, headers=who).text
    assert "The words of this letter were erased" in page
    assert "Canaryname" not in page
    assert client.get(f"{address}/print", headers=who).status_code == 404


def test_a_letter_that_could_not_be_delivered_is_sent_again_by_an_officer_and_that_stays_on_record(
    feed: Feed, client: TestClient, setting: Setting, tmp_path: Path
) -> None:
    feed.follow(opened(), ComplaintAcknowledged(1))
    send(setting, tmp_path / "outbox")
    who = setting.signed_in("team-homes")
    address = f"{ADDRESS}/{one_letter(setting)['letter']}"
    assert "Send it again" in client.get(address, headers=who).text
    cross = who | {"Sec-Fetch-Site": "cross-site"}
    assert client.post(f"{address}/send-again", headers=cross).status_code == 403
    feed.name_the_complainant(email="jo@example.org")
    assert client.post(f"{address}/send-again", headers=who | SAME_SITE).status_code == 303
    page = client.get(address, headers=who).text
    assert "by Ben Marsh, after: no name on record" in page
    send(setting, tmp_path / "outbox")
    assert len(files(tmp_path / "outbox")) == 1
    assert one_letter(setting)["state"] == "sent"


def test_only_those_who_may_see_the_case_see_its_letters(
    feed: Feed, client: TestClient, setting: Setting
) -> None:
    feed.follow(opened(), ComplaintAcknowledged(1))
    letter = one_letter(setting)["letter"]
    stranger = setting.signed_in("manager-mill")
    for end in ("", f"/{letter}", f"/{letter}/print"):
        assert client.get(ADDRESS + end, headers=stranger).status_code == 404
    feed.follow(AccessRestricted(1, "board_conduct", ("manager",), ()))
    team = setting.signed_in("team-homes")
    assert client.get(ADDRESS, headers=team).status_code == 404
    again = client.post(f"{ADDRESS}/{letter}/send-again", headers=team | SAME_SITE)
    assert again.status_code == 404
    assert client.get(ADDRESS, headers=setting.signed_in("manager-homes")).status_code == 200
    elsewhere = f"/complaints/RC-2026-000009/correspondence/{letter}"
    assert client.get(elsewhere, headers=team).status_code == 404


def test_a_print_is_the_same_twice_tagged_and_takes_every_word_as_text() -> None:
    letter = Kept(
        "Jo", "Our #answer", golden("response") + "\n#panic() $x$ *no* @here", in_large_print=False
    )
    first, again = (printed(letter, sender="Riverside", on=date(2026, 3, 2)) for _ in range(2))
    assert first == again
    assert b"/StructTreeRoot" in first
    assert b"/MarkInfo" in first

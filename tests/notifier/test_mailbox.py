"""The mailbox pages: what became of each letter, in the demonstration, for those who may see it."""

from __future__ import annotations

import asyncio
import re
from datetime import date
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.notifier.api import PAGE, router
from services.notifier.gateways import OutboxFolder
from shared.complaints.events import AccessRestricted, ComplaintAcknowledged, DeadlineMissed
from tests.intake.setting import Setting
from tests.notifier.feeding import REFERENCE, Feed, opened
from tests.notifier.test_sending import sender

MISSED = DeadlineMissed("respond", 1, date(2026, 3, 16))


@pytest.fixture
def feed(setting: Setting, tmp_path: Path) -> Feed:
    return Feed(setting, tmp_path)


def mailbox(setting: Setting, folder: Path, *, is_demonstration: bool = True) -> TestClient:
    app = FastAPI()
    app.include_router(
        router(
            database=setting.database("redress_notifier"),
            outbox=OutboxFolder(folder),
            is_demonstration=is_demonstration,
        )
    )
    return setting.client(app)


def test_the_mailbox_shows_what_went_into_the_outbox_folder(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    feed.name_the_complainant(name="Jo <b>Bloggs</b>", email="jo@example.org")
    feed.follow(opened(), ComplaintAcknowledged(stage=1), MISSED)
    asyncio.run(sender(setting, tmp_path).send_due())
    client, officer = mailbox(setting, tmp_path), setting.signed_in("team-homes")
    page = client.get("/mailbox", headers=officer)
    assert page.status_code == 200
    assert "Deadline missed" in page.text
    assert "Ben Marsh" in page.text
    addresses = re.findall(r'href="(/mailbox/[0-9a-f-]+)"', page.text)
    assert len(addresses) == 2
    shown = "".join(client.get(address, headers=officer).text for address in addresses)
    assert f"We have received your complaint ({REFERENCE})" in shown
    assert "Dear Jo &lt;b&gt;Bloggs&lt;/b&gt;" in shown
    assert not re.search(r"<script(?![^>]* src=)", shown)


def test_a_letter_that_was_not_sent_shows_its_state(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    feed.follow(opened(), MISSED)
    client, officer = mailbox(setting, tmp_path), setting.signed_in("team-homes")
    page = client.get("/mailbox", headers=officer).text
    assert "Waiting to be sent" in page
    (address,) = re.findall(r'href="(/mailbox/[0-9a-f-]+)"', page)
    assert "There is no letter to show" in client.get(address, headers=officer).text


def test_the_mailbox_is_paged_newest_first(feed: Feed, setting: Setting, tmp_path: Path) -> None:
    for number in range(PAGE + 5):
        feed.append(opened(), MISSED, stream=f"RC-2026-{number:06}")
    feed.follower().catch_up("riverside")
    client, officer = mailbox(setting, tmp_path), setting.signed_in("team-homes")
    first = client.get("/mailbox", headers=officer).text
    (older,) = re.findall(r'href="(/mailbox\?before=[^"]+)"', first)
    second = client.get(older, headers=officer).text
    both = [re.findall(r'href="(/mailbox/[0-9a-f-]+)"', page) for page in (first, second)]
    assert [len(page) for page in both] == [PAGE, 5]
    assert len({*both[0], *both[1]}) == PAGE + 5
    assert "Older letters" not in second


def test_an_officer_sees_the_letters_of_the_own_organisation_and_the_council_all(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    feed.follow(opened(), MISSED)
    client = mailbox(setting, tmp_path)
    (letter,) = setting.rows("SELECT letter FROM notifier.letter")
    address = f"/mailbox/{letter['letter']}"
    for officer, status in (("manager-mill", 404), ("team-homes", 200), ("team-council", 200)):
        headers = setting.signed_in(officer)
        assert client.get(address, headers=headers).status_code == status
        assert (address in client.get("/mailbox", headers=headers).text) == (status == 200)


def test_the_mailbox_needs_a_signed_in_officer(setting: Setting, tmp_path: Path) -> None:
    answer = mailbox(setting, tmp_path).get("/mailbox")
    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_in_production_there_is_no_mailbox(setting: Setting, tmp_path: Path) -> None:
    client = mailbox(setting, tmp_path, is_demonstration=False)
    officer = setting.signed_in("team-homes")
    assert client.get("/mailbox", headers=officer).status_code == 404
    assert client.get(f"/mailbox/{'0' * 8}-0000-0000-0000-{'0' * 12}").status_code == 404


def test_a_letter_of_a_marked_case_is_not_there_for_other_roles(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    feed.follow(opened(), MISSED)
    client, officer = mailbox(setting, tmp_path), setting.signed_in("team-homes")
    (address,) = re.findall(
        r'href="(/mailbox/[0-9a-f-]+)"', client.get("/mailbox", headers=officer).text
    )
    feed.follow(AccessRestricted(1, "board_conduct", ("director",), ()))
    assert "/mailbox/" not in client.get("/mailbox", headers=officer).text
    assert client.get(address, headers=officer).status_code == 404

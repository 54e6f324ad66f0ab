"""The wording of letters as pages: looked at before it is in force, kept in versions, and named by each letter."""

from __future__ import annotations

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from services.notifier.letter_facts import LetterKind
from services.notifier.wording_desk import WordingDesk
from services.notifier.wording_pages import router
from services.notifier.wordings import built_in
from services.notifier.writing import Writer
from shared.complaints.events import AccessRestricted, ComplaintAcknowledged
from shared.registry.officers import Officer, register_officer
from tests.intake.setting import Setting
from tests.notifier.feeding import REFERENCE, Feed, opened
from tests.notifier.test_sending import files, letters, read, sender

ADDRESS = "/administration/letters/acknowledgement"
OURS = built_in(LetterKind.ACKNOWLEDGEMENT).text.replace(
    "Thank you for your", "Canary thanks for your"
)


@pytest.fixture
def feed(setting: Setting, tmp_path: Path) -> Feed:
    feed = Feed(setting, tmp_path)
    feed.name_the_complainant(name="Jo Canaryname", email="jo@example.org")
    return feed


@pytest.fixture
def administrator(setting: Setting) -> dict[str, str]:
    with setting.owner.transaction("riverside") as cursor:
        officer = Officer(
            "riverside", "admin", "riverside", "Eve Stone", "eve@example.org", "administrator"
        )
        register_officer(cursor, officer)
    return setting.signed_in("admin")


@pytest.fixture
def client(setting: Setting, tmp_path: Path) -> TestClient:
    app = FastAPI()
    writer = Writer(sender_address="c@riverside.example", public_url="https://redress.example")
    desk = WordingDesk(
        setting.database("redress_notifier"),
        sender(setting, tmp_path / "outbox"),
        writer,
        setting.clock,
    )
    app.include_router(router(desk))
    return setting.client(app)


def send(
    client: TestClient, who: dict[str, str], step: str, *, site: str = "same-origin", **more: str
) -> Any:
    form = {"text": OURS, "since": "2026-03-02", "reference": "", "after": "0", "step": step} | more
    return client.post(ADDRESS, data=form, headers=who | {"Sec-Fetch-Site": site})


def acknowledged(feed: Feed, setting: Setting, folder: Path, stream: str) -> str:
    """The text of the letter to a new case."""
    before = set(files(folder))
    feed.follow(opened(), ComplaintAcknowledged(1), stream=stream)
    asyncio.run(sender(setting, folder).send_due())
    (path,) = set(files(folder)) - before
    return str(read(path).get_content())


def test_a_wording_is_looked_at_put_in_force_named_by_its_letters_and_taken_back(
    feed: Feed, client: TestClient, setting: Setting, administrator: dict[str, str], tmp_path: Path
) -> None:
    looked = send(client, administrator, "look")
    assert looked.status_code == 200
    assert "Canary thanks for your" in looked.text
    assert "Dear Sam Example" in looked.text
    assert setting.rows("SELECT version FROM notifier.wording") == []
    assert send(client, administrator, "save").status_code == 303
    folder = tmp_path / "outbox"
    assert "Canary thanks" in acknowledged(feed, setting, folder, "RC-2026-000001")
    assert send(client, administrator, "built-in", after="1").status_code == 303
    assert "Canary thanks" not in acknowledged(feed, setting, folder, "RC-2026-000002")
    assert {row["reference"][-1]: row["wording_version"] for row in letters(setting)} == {
        "1": 1,
        "2": None,
    }
    page = client.get(ADDRESS, headers=administrator).text
    assert "In force today: the built-in wording" in page
    assert page.count('class="app-note">Eve Stone') == 2
    assert "Canary thanks" in client.get(f"{ADDRESS}?version=1", headers=administrator).text
    assert client.get(f"{ADDRESS}?version=9", headers=administrator).status_code == 404


def test_a_wording_for_a_later_day_writes_letters_from_that_day_on(
    feed: Feed, client: TestClient, setting: Setting, administrator: dict[str, str], tmp_path: Path
) -> None:
    assert send(client, administrator, "save", since="2026-03-04").status_code == 303
    folder = tmp_path / "outbox"
    assert "Canary thanks" not in acknowledged(feed, setting, folder, "RC-2026-000001")
    setting.clock.advance(timedelta(days=2))
    assert "Canary thanks" in acknowledged(feed, setting, folder, "RC-2026-000002")


def test_what_cannot_be_put_in_force_comes_back_with_everything_typed(
    client: TestClient, setting: Setting, administrator: dict[str, str]
) -> None:
    lost = OURS.replace("{{ ombudsman }}", "Typed and kept.")
    for more, told in (
        ({"text": lost}, "(Code 3.7)"),
        ({"text": OURS + "{{ name.__class__ }}"}, f"Line {len(OURS.splitlines()) + 1}: "),
        ({"since": "2026-03-01"}, "The day has gone by"),
        ({"since": "soon"}, "Give the day"),
    ):
        answer = send(client, administrator, "save", **more)
        assert answer.status_code == 422
        assert told in answer.text
        assert "Canary thanks" in answer.text
    assert setting.rows("SELECT version FROM notifier.wording") == []


def test_of_two_who_write_at_once_the_second_is_told_and_loses_nothing(
    client: TestClient, setting: Setting, administrator: dict[str, str]
) -> None:
    assert send(client, administrator, "save").status_code == 303
    second = send(client, administrator, "save")
    assert second.status_code == 422
    assert "Somebody else put another version in force" in second.text
    assert len(setting.rows("SELECT version FROM notifier.wording")) == 1


def test_a_wording_is_looked_at_in_a_real_letter_of_a_case_that_the_reader_may_see(
    feed: Feed, client: TestClient, setting: Setting, administrator: dict[str, str]
) -> None:
    none = send(client, administrator, "look", reference=REFERENCE)
    assert "There is no such complaint" in none.text
    feed.follow(opened())
    assert (
        "has no letter of this kind"
        in send(client, administrator, "look", reference=REFERENCE).text
    )
    feed.follow(ComplaintAcknowledged(1))
    real = send(client, administrator, "look", reference=REFERENCE.lower())
    assert "Dear Jo Canaryname" in real.text
    assert "Canary thanks" in real.text
    assert [letter["state"] for letter in letters(setting)] == ["waiting"]
    feed.follow(AccessRestricted(1, "board_conduct", ("director",), ()))
    hidden = send(client, administrator, "look", reference=REFERENCE)
    assert "Dear Jo Canaryname" not in hidden.text


def test_administrators_write_overseers_read_and_others_see_nothing(
    client: TestClient, setting: Setting, administrator: dict[str, str]
) -> None:
    manager, team = setting.signed_in("manager-homes"), setting.signed_in("team-homes")
    assert "Put it in force" in client.get(ADDRESS, headers=administrator).text
    read_only = client.get(ADDRESS, headers=manager)
    assert read_only.status_code == 200
    assert "Put it in force" not in read_only.text
    assert send(client, manager, "save").status_code == 403
    assert client.get(ADDRESS, headers=team).status_code == 403
    assert client.get("/administration/letters", headers=team).status_code == 403
    assert send(client, administrator, "save", site="cross-site").status_code == 403
    assert client.get("/administration/letters/nothing", headers=administrator).status_code == 404
    assert setting.rows("SELECT version FROM notifier.wording") == []


def test_no_landlord_sees_anothers_wording(
    client: TestClient, setting: Setting, administrator: dict[str, str]
) -> None:
    assert send(client, administrator, "save").status_code == 303
    with setting.database("redress_notifier").transaction("hillside") as cursor:
        assert cursor.execute("SELECT version FROM notifier.wording").fetchall() == []

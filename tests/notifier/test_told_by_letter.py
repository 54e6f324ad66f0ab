"""What the complainant is told by letter: the words of each kind, once for each fact, and to whom consent allows."""

from __future__ import annotations

import asyncio
from pathlib import Path
from uuid import UUID, uuid5

import pytest

from services.notifier.composing import compose
from services.notifier.correspondence import letter_to, letters_to
from services.notifier.in_hand import reached_at
from services.notifier.letter_words import Person
from services.notifier.wording_kinds import LETTER_KINDS
from shared.complaints.events import (
    ConsentGiven,
    ConsentWithdrawn,
    RepresentativeNamed,
    ResponseIssued,
    SharedWithRepresentative,
)
from shared.complaints.values import Channel, IssueOutcome, Outcome, WordsReference
from shared.eventstore.feed import read_feed
from shared.eventstore.record import IMPORT
from shared.letters.kept import kept
from tests.intake.setting import Setting
from tests.notifier.feeding import COMPLAINANT, REFERENCE, Feed, opened
from tests.notifier.golden_letters import CASES, FOLDER, golden, letter_of
from tests.notifier.test_sending import files, letters, one_letter, read, sender

FOUND = (IssueOutcome(1, Outcome.UPHELD),)
FROM_A_FORM = """Sam Okoro
Email: sam@example.org
Telephone: 07700 900123
Address: 2 High Street
London
Consent: given.
Signed at home, with her daughter"""


@pytest.fixture
def feed(setting: Setting, tmp_path: Path) -> Feed:
    feed = Feed(setting, tmp_path)
    feed.name_the_complainant(name="Jo Canaryname", email="jo@example.org")
    return feed


@pytest.mark.parametrize("name", sorted(CASES))
def test_each_letter_says_what_was_reviewed(name: str) -> None:
    path = FOLDER / f"{name}.txt"
    afresh = "run `python -m tests.notifier.golden_letters`, and read the difference"
    assert path.read_text(encoding="utf-8") == golden(name), afresh


def test_every_kind_of_letter_was_reviewed() -> None:
    assert {letter_of(facts).kind for facts in CASES.values()} == LETTER_KINDS


def said(setting: Setting, text: str) -> WordsReference:
    """Words of an officer in the vault, as workflow puts them there."""
    with setting.database("redress_workflow").transaction("riverside") as cursor:
        return setting.vault.write(
            cursor,
            landlord="riverside",
            subject=COMPLAINANT,
            words=uuid5(COMPLAINANT, text),
            kind="letter",
            text=text,
            now=setting.clock.now(),
        )


def answered(setting: Setting, channel: Channel = Channel.EMAIL) -> ResponseIssued:
    words = said(setting, "Nobody came: canary answer.")
    return ResponseIssued(1, Outcome.UPHELD, FOUND, words, channel, send_letter=True)


def send(setting: Setting, folder: Path) -> None:
    asyncio.run(sender(setting, folder).send_due())


def test_a_response_is_sent_once_however_often_its_fact_comes(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    feed.follow(opened())
    feed.follow(answered(setting))
    with setting.database("redress_notifier").transaction("riverside") as cursor:
        for event in read_feed(cursor, "riverside", after=0, limit=10):
            compose(cursor, event)
    send(setting, tmp_path / "outbox")
    send(setting, tmp_path / "outbox")
    (path,) = files(tmp_path / "outbox")
    assert "canary answer" in read(path).get_content()
    assert one_letter(setting)["kind"] == "response"


def test_an_imported_response_and_one_told_in_another_way_send_nothing(
    feed: Feed, setting: Setting
) -> None:
    feed.append(opened(), answered(setting), origin=IMPORT)
    feed.follow(ResponseIssued(1, Outcome.UPHELD, FOUND, said(setting, "By hand."), Channel.LETTER))
    assert letters(setting) == []


def test_a_letter_chosen_as_a_letter_goes_on_paper_whatever_else_is_known(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    feed.follow(opened(), answered(setting, Channel.LETTER))
    send(setting, tmp_path / "outbox")
    (path,) = files(tmp_path / "outbox")
    assert str(read(path)["To"]).startswith("By post")


def test_what_was_sent_is_kept_with_its_wording_until_the_person_is_erased(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    feed.follow(opened(), answered(setting))
    send(setting, tmp_path / "outbox")
    (path,) = files(tmp_path / "outbox")
    letter = one_letter(setting)
    assert (letter["wording_version"], len(letter["wording_hash"])) == (None, 64)
    stored = setting.rows("SELECT sealed FROM vault.words WHERE kind = 'sent_letter'")
    assert b"canary" not in b"".join(bytes(row["sealed"]) for row in stored)
    database = setting.database("redress_notifier")
    with database.transaction("riverside") as cursor:
        found = kept(setting.vault, cursor, "riverside", letter["words"])
    assert found is not None
    assert found.text.split() == read(path).get_content().split()
    assert found.to == "Jo Canaryname <jo@example.org>"
    with setting.owner.transaction("riverside") as cursor:
        now = setting.clock.now()
        setting.vault.destroy_subject_key(cursor, "riverside", subject=COMPLAINANT, now=now)
    with database.transaction("riverside") as cursor:
        assert kept(setting.vault, cursor, "riverside", letter["words"]) is None


def test_a_resident_sees_the_own_letters_that_went_out_and_no_others(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    feed.follow(opened(), answered(setting))
    database, somebody = setting.database("redress_notifier"), UUID(int=7)
    with database.transaction("riverside") as cursor:
        assert letters_to(cursor, "riverside", REFERENCE, complainant=COMPLAINANT) == ()
    send(setting, tmp_path / "outbox")
    with database.transaction("riverside") as cursor:
        (listed,) = letters_to(cursor, "riverside", REFERENCE, complainant=COMPLAINANT)
        assert (listed.title, listed.is_readable) == ("Response of a stage", True)
        assert letters_to(cursor, "riverside", REFERENCE, complainant=somebody) == ()
        for who, case, is_there in (
            (COMPLAINANT, REFERENCE, True),
            (somebody, REFERENCE, False),
            (COMPLAINANT, "RC-2026-000009", False),
        ):
            found = letter_to(
                cursor, setting.vault, "riverside", case, complainant=who, letter=listed.letter
            )
            assert (found is not None) == is_there


def shared(setting: Setting, feed: Feed) -> None:
    """What an advocate was told, by a letter from Redress."""
    who = said(setting, "Sam Okoro\nAdvice Centre\n2 High Street")
    feed.follow(
        opened(), RepresentativeNamed(1, 1, "advocate", who), ConsentGiven(1, 1, "response")
    )
    copy = said(setting, "The complaint was upheld.")
    feed.follow(SharedWithRepresentative(1, 1, "response", copy, send_letter=True))


def test_a_representative_gets_a_copy_on_paper_at_the_address_on_record(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    shared(setting, feed)
    send(setting, tmp_path / "outbox")
    text = read(files(tmp_path / "outbox")[0]).get_content()
    assert text.startswith("Sam Okoro\nAdvice Centre\n2 High Street\n\nDear Sam Okoro")
    assert "The complaint was upheld." in text
    assert "Canaryname" not in text


def test_a_copy_is_not_sent_once_the_consent_was_taken_back(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    shared(setting, feed)
    feed.follow(ConsentWithdrawn(1, 1))
    send(setting, tmp_path / "outbox")
    assert files(tmp_path / "outbox") == []
    assert one_letter(setting)["trouble"] == "the consent has ended"


def test_a_copy_for_somebody_who_is_not_on_record_is_seen_not_to_go_out(
    feed: Feed, setting: Setting, tmp_path: Path
) -> None:
    copy = said(setting, "The complaint was upheld.")
    feed.follow(opened(), SharedWithRepresentative(1, 7, "response", copy, send_letter=True))
    send(setting, tmp_path / "outbox")
    assert one_letter(setting)["state"] == "undeliverable"
    assert "not on record here" in one_letter(setting)["trouble"]


@pytest.mark.parametrize(
    ("said", "name", "address", "email"),
    [
        ("Sam Okoro\n2 High Street\nLondon", "Sam Okoro", "2 High Street\nLondon", None),
        ("Sam Okoro, 2 High Street, London", "Sam Okoro", "2 High Street\nLondon", None),
        ("Sam Okoro\nsam@example.org\n07700 900123", "Sam Okoro", None, "sam@example.org"),
        (
            FROM_A_FORM,
            "Sam Okoro",
            "2 High Street\nLondon",
            None,
        ),
        (
            "Sam Okoro\nEmail: sam@example.org\nConsent: given.",
            "Sam Okoro",
            None,
            "sam@example.org",
        ),
    ],
)
def test_a_representative_is_reached_by_what_was_written_of_them_and_no_note_is_printed(
    said: str, name: str, address: str | None, email: str | None
) -> None:
    assert reached_at(said) == Person(name, email=email, address=address)


@pytest.mark.parametrize("said", ["", "Sam Okoro", "Sam Okoro\nTelephone: 07700 900123", "\n\n"])
def test_a_representative_without_an_address_is_reached_by_no_letter(said: str) -> None:
    assert reached_at(said) is None

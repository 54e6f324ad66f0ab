"""The evidence of a case holds its letters as they were sent, and says of what colleagues wrote that it is internal."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import timedelta
from typing import Any
from uuid import UUID

import orjson
import pytest

from services.projections.evidence import ERASED, INTERNAL, LEFT_OUT, NOT_KEPT, gather
from services.projections.evidence_pack import evidence_pack
from services.projections.reading import Reading
from shared.complaints.events import ComplaintAcknowledged, ContactMade, NoteAdded
from shared.complaints.values import Channel, WordsReference
from shared.database.pool import Database
from shared.documents.shelf import Shelf
from shared.letters.kept import KIND
from shared.messaging.follower import FeedFollower
from shared.vault.vault import Vault, store_words
from tests.identity.building import AMARA, RIVERSIDE, THU_9_APR_2026
from tests.projections.building import DAMP, append, mon_2_mar, opened, wed_4_mar
from tests.projections.test_evidence_pack import reader

pytestmark = pytest.mark.postgres

PERSON = UUID(int=7)
TEXT = "Dear Wilhelmina $Marchbanks$,\n\nWe have your complaint about\nthe leak.\n\n- One\n- Two\n"
SAID = {
    "to": "Wilhelmina Marchbanks <w@example.org>",
    "subject": "Your complaint #set RC-2026-000001",
    "text": TEXT,
    "in_large_print": False,
}
NOTE, CONTACT = "Looks like a leak from above.", "She was told that a surveyor comes."


@pytest.fixture
def case(owner: Database, workflow: Database, follower: FeedFollower, vault: Vault) -> None:
    """A case with a note and a contact, both with words."""
    with owner.transaction(RIVERSIDE) as cursor:
        written: list[WordsReference] = [
            vault.write(
                cursor,
                landlord=RIVERSIDE,
                subject=PERSON,
                words=UUID(int=number),
                kind="note",
                text=text,
                now=THU_9_APR_2026,
            )
            for number, text in enumerate((NOTE, CONTACT), 1)
        ]
    facts = (
        (mon_2_mar, opened(DAMP, mon_2_mar, complainant=str(PERSON))),
        (wed_4_mar, ComplaintAcknowledged(stage=1, channel=Channel.EMAIL)),
        (wed_4_mar, NoteAdded(1, written[0])),
        (wed_4_mar, ContactMade(1, Channel.PHONE, written[1])),
    )
    append(workflow, facts, reference=DAMP)
    follower.catch_up(RIVERSIDE)


@pytest.fixture
def letters(case: None, owner: Database, vault: Vault) -> None:
    """What the notifier keeps: one letter that was sent, one from before words were kept, one that could not go, one
    that waits, a reminder to an officer, and a code.
    """
    kept = UUID(int=100)
    with owner.transaction(RIVERSIDE) as cursor:
        key = vault.subject_key(cursor, landlord=RIVERSIDE, subject=PERSON, now=THU_9_APR_2026)
        sealed = vault.seal(key, words=kept, kind=KIND, text=orjson.dumps(SAID).decode())
        store_words(cursor, landlord=RIVERSIDE, words=(sealed,), now=THU_9_APR_2026)
        to = f"complainant:{PERSON}"
        for number, (recipient, kind, state, words) in enumerate(
            (
                (to, "acknowledgement", "sent", kept),
                (f"representative:{PERSON}:1", "copy", "sent", None),
                (to, "holding_response", "undeliverable", None),
                (to, "response", "waiting", None),
                ("officer:amara", "deadline_approaching", "sent", None),
                (to, "sign_in_code", "sent", None),
            ),
            1,
        ):
            cursor.execute(
                "INSERT INTO notifier.letter (landlord, letter, event_id, recipient, reference, organisation, kind,"
                " facts, caused_at, state, sent_by, ended_at, next_attempt_at, words)"
                " VALUES (%s, %s, %s, %s, %s, 'riverside', %s, '{}', %s, %s, %s, %s, %s, %s)",
                (
                    *(RIVERSIDE, UUID(int=number), UUID(int=number), recipient, DAMP, kind),
                    *(THU_9_APR_2026, state, "email" if state == "sent" else None),
                    None if state == "waiting" else THU_9_APR_2026 + timedelta(minutes=number),
                    *(THU_9_APR_2026, words),
                ),
            )


def packed(
    owner: Database, reading: Reading, shelf: Shelf, *, words: bool = True
) -> tuple[dict[str, Any], dict[str, bytes]]:
    """The case as data, and every member by its name."""
    file = io.BytesIO()
    evidence_pack(gather(reading, reader(owner, AMARA), DAMP, words=words, shelf=shelf), file)
    with zipfile.ZipFile(file) as archive:
        members = {name.removeprefix(f"{DAMP}/"): archive.read(name) for name in archive.namelist()}
    return json.loads(members["case.json"]), members


def test_each_letter_stands_there_as_it_was_sent_and_as_a_file_to_print(
    letters: None, owner: Database, reading: Reading, shelf: Shelf
) -> None:
    shown, members = packed(owner, reading, shelf)
    first = shown["letters"][0]
    assert first["text"] == TEXT.strip()
    assert (first["to"], first["subject"]) == (SAID["to"], SAID["subject"])
    assert first["ended"].startswith("Sent by email, Thursday 9 April 2026 at ")
    assert first["where"] == "letters/001-acknowledgement.pdf"
    assert members[first["where"]].startswith(b"%PDF-")
    assert first["where"] in json.loads(members["manifest.json"])


def test_a_letter_that_was_not_kept_or_not_sent_says_so_and_those_to_officers_are_left_out(
    letters: None, owner: Database, reading: Reading, shelf: Shelf
) -> None:
    shown, members = packed(owner, reading, shelf)
    told = [(each["kind"], each["where"]) for each in shown["letters"]]
    assert told == [
        ("Acknowledgement", "letters/001-acknowledgement.pdf"),
        ("Copy", NOT_KEPT),
        ("Holding response", ""),
    ]
    assert shown["letters"][2]["ended"].startswith("Not sent, ")
    assert [name for name in members if name.startswith("letters/")] == [
        "letters/001-acknowledgement.pdf"
    ]


def test_a_copy_without_words_tells_of_letters_and_holds_none(
    letters: None, owner: Database, reading: Reading, shelf: Shelf
) -> None:
    shown, members = packed(owner, reading, shelf, words=False)
    assert shown["letters"][0]["where"] == LEFT_OUT
    assert b"Marchbanks" not in b"".join(members.values())
    assert not any(name.startswith("letters/") for name in members)


def test_after_an_erasure_no_letter_can_be_read(
    letters: None, owner: Database, reading: Reading, shelf: Shelf, vault: Vault
) -> None:
    with owner.transaction(RIVERSIDE) as cursor:
        vault.destroy_subject_key(cursor, RIVERSIDE, PERSON, THU_9_APR_2026)
    shown, members = packed(owner, reading, shelf)
    assert shown["letters"][0]["where"] == ERASED
    assert not any(name.startswith("letters/") for name in members)


def test_an_internal_note_says_that_the_complainant_did_not_see_it(
    case: None, owner: Database, reading: Reading, shelf: Shelf
) -> None:
    shown, _ = packed(owner, reading, shelf)
    by_words = {fact["words"]: fact["internal"] for fact in shown["timeline"] if fact["words"]}
    assert by_words == {NOTE: INTERNAL, CONTACT: ""}
    assert INTERNAL == "Internal, not seen by the complainant"

"""The evidence of a case in one file: complete, the same bytes each time, checkable without us, and
with or without the words of people.
"""

import hashlib
import io
import json
import zipfile
from datetime import datetime
from uuid import UUID

import pytest

from services.projections.evidence import gather
from services.projections.evidence_pack import evidence_pack
from services.projections.reading import Reading
from services.projections.visibility import CaseUnknown
from shared.database.pool import Database
from shared.documents.shelf import Shelf
from shared.identity.sessions import SignedIn, acting_as
from shared.messaging.follower import FeedFollower
from shared.registry.officers import Officer
from shared.vault.vault import Vault
from tests.identity.building import AMARA, CERYS, RIVERSIDE, THU_9_APR_2026
from tests.projections.building import DAMP, DAMP_CASE, append, mon_2_mar, opened

pytestmark = pytest.mark.postgres

NAME = "Wilhelmina #set Marchbanks"
WORDS = "Black mould & a $leak$, [since] *November*"


@pytest.fixture
def damp(owner: Database, workflow: Database, follower: FeedFollower, vault: Vault) -> None:
    """A case with a complainant whose words would be markup if anybody let them."""
    with owner.transaction(RIVERSIDE) as cursor:
        written = {
            kind: vault.write(
                cursor,
                landlord=RIVERSIDE,
                subject=UUID(int=7),
                words=UUID(int=number),
                kind=kind,
                text=text,
                now=THU_9_APR_2026,
            )
            for number, (kind, text) in enumerate({"name": NAME, "complaint": WORDS}.items(), 1)
        }
    damp = opened(DAMP, mon_2_mar, complainant=str(UUID(int=7)), words=written["complaint"])
    append(workflow, ((mon_2_mar, damp), *DAMP_CASE[1:]), reference=DAMP)
    follower.catch_up(RIVERSIDE)


def reader(owner: Database, officer: Officer, now: datetime = THU_9_APR_2026) -> SignedIn:
    """That officer as one who reads."""
    with owner.transaction(RIVERSIDE) as cursor:
        who = acting_as(cursor, landlord=RIVERSIDE, officer=officer.officer, until=now)
    assert who is not None
    return who


def packed(reading: Reading, who: SignedIn, shelf: Shelf, *, words: bool = True) -> bytes:
    """The file."""
    file = io.BytesIO()
    evidence_pack(gather(reading, who, DAMP, words=words, shelf=shelf), file)
    return file.getvalue()


def unpacked(packed: bytes) -> dict[str, bytes]:
    """The members by name, without the folder that they share."""
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        assert archive.testzip() is None
        return {name.removeprefix(f"{DAMP}/"): archive.read(name) for name in archive.namelist()}


def test_it_can_be_checked_as_its_own_instructions_say(
    damp: None, owner: Database, reading: Reading, shelf: Shelf
) -> None:
    found = unpacked(packed(reading, reader(owner, AMARA), shelf))
    manifest = json.loads(found.pop("manifest.json"))
    assert manifest == {name: hashlib.sha256(held).hexdigest() for name, held in found.items()}
    lines = found["events.jsonl"].decode().splitlines()
    chain = json.loads(found["chain.json"])
    assert len(lines) == len(chain) == len(DAMP_CASE)
    for line, link in zip(lines, chain, strict=True):
        hashed = bytes.fromhex(link["previous_hash"]) + link["seq"].to_bytes(8, "big")
        assert hashlib.sha256(hashed + line.encode()).hexdigest() == link["hash"]


def test_it_holds_the_words_and_a_readable_tagged_document(
    damp: None, owner: Database, reading: Reading, shelf: Shelf
) -> None:
    found = unpacked(packed(reading, reader(owner, AMARA), shelf))
    assert NAME in found["case.json"].decode()
    assert WORDS in found["case.json"].decode()
    assert found["case.pdf"].startswith(b"%PDF-")
    assert b"StructTreeRoot" in found["case.pdf"]
    assert "Wednesday 18 March 2026" in found["case.json"].decode()


def test_a_copy_without_words_holds_none_of_them(
    damp: None, owner: Database, reading: Reading, shelf: Shelf
) -> None:
    found = unpacked(packed(reading, reader(owner, AMARA), shelf, words=False))
    everything = b"".join(found.values())
    assert b"Marchbanks" not in everything
    assert b"mould" not in everything
    assert "Left out of this copy" in found["case.json"].decode()


def test_the_same_facts_give_the_same_bytes(
    damp: None, owner: Database, reading: Reading, shelf: Shelf
) -> None:
    who = reader(owner, AMARA)
    once = packed(reading, who, shelf)
    assert packed(reading, who, shelf) == once


def test_who_may_not_see_the_case_gets_no_evidence_of_it(
    damp: None, owner: Database, reading: Reading, shelf: Shelf
) -> None:
    with pytest.raises(CaseUnknown):
        gather(reading, reader(owner, CERYS), DAMP, words=False, shelf=shelf)

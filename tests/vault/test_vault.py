"""The vault gives words back until the key of their subject is destroyed, and never again after."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import UUID, uuid4

import psycopg
import pytest

from shared.complaints.events import NoteAdded
from shared.complaints.values import WordsReference
from shared.database.pool import Database
from shared.eventstore.chain import verify_feed
from shared.eventstore.recorder import FeedRecorder
from shared.vault.sealing import LandlordKeys, SealBroken
from shared.vault.vault import SubjectErased, Vault, WordsUnknown
from tests.eventstore.building import HILLTOP, RIVERSIDE, WED_11_MAR_2026, append_of, fact

VAULT = Vault(LandlordKeys(bytes(range(32))))
NEXT_DAY = WED_11_MAR_2026 + timedelta(days=1)


def write(
    database: Database,
    text: str,
    *,
    subject: UUID,
    kind: str = "name",
    landlord: str = RIVERSIDE,
    late: bool = False,
) -> WordsReference:
    """Store words of a subject."""
    with database.transaction(landlord) as cursor:
        return VAULT.write(
            cursor,
            landlord=landlord,
            subject=subject,
            words=uuid4(),
            kind=kind,
            text=text,
            now=NEXT_DAY if late else WED_11_MAR_2026,
        )


def erase(owner: Database, subject: UUID) -> bool:
    """Destroy the key of a subject."""
    with owner.transaction(RIVERSIDE) as cursor:
        return VAULT.destroy_subject_key(cursor, RIVERSIDE, subject, NEXT_DAY)


def test_written_words_are_read_back_and_verify(intake: Database) -> None:
    subject = uuid4()
    reference = write(intake, "Amal Haddad", subject=subject)
    with intake.transaction(RIVERSIDE) as cursor:
        assert VAULT.read(cursor, RIVERSIDE, UUID(reference.words)) == "Amal Haddad"
        assert VAULT.verify(cursor, RIVERSIDE, reference) is True
        other = WordsReference(reference.words, "0" * 64)
        assert VAULT.verify(cursor, RIVERSIDE, other) is False


def test_of_several_words_of_a_kind_the_latest_counts(intake: Database) -> None:
    subject = uuid4()
    write(intake, "4 Mill Lane", subject=subject, kind="address", late=True)
    write(intake, "12 Orchard Park", subject=subject, kind="address")
    with intake.transaction(RIVERSIDE) as cursor:
        assert VAULT.read_kind(cursor, RIVERSIDE, subject, "address") == "4 Mill Lane"
        assert VAULT.read_kind(cursor, RIVERSIDE, subject, "email") is None
        assert VAULT.read_kind(cursor, RIVERSIDE, uuid4(), "address") is None


def test_no_column_of_the_vault_holds_a_word_in_clear(owner: Database, intake: Database) -> None:
    write(intake, "CANARY-Haddad", subject=uuid4())
    with owner.transaction(RIVERSIDE) as cursor:
        for table in (b"vault.words", b"vault.subject_key"):
            rows = cursor.execute(b"SELECT * FROM " + table).fetchall()
            assert rows
            for row in rows:
                assert "CANARY" not in str(row)
                assert not any(b"CANARY" in v for v in row.values() if isinstance(v, bytes))


def test_a_destroyed_key_makes_every_word_of_its_subject_unreadable(
    owner: Database, intake: Database
) -> None:
    subject, somebody_else = uuid4(), uuid4()
    name = write(intake, "Amal Haddad", subject=subject)
    other = write(intake, "Joan Price", subject=somebody_else)

    assert erase(owner, subject) is True
    assert erase(owner, subject) is False

    with intake.transaction(RIVERSIDE) as cursor:
        assert VAULT.read(cursor, RIVERSIDE, UUID(name.words)) is None
        assert VAULT.read_kind(cursor, RIVERSIDE, subject, "name") is None
        assert VAULT.verify(cursor, RIVERSIDE, name) is None
        assert VAULT.read(cursor, RIVERSIDE, UUID(other.words)) == "Joan Price"
    with pytest.raises(SubjectErased):
        write(intake, "Amal Haddad", subject=subject)


def test_the_log_verifies_and_keeps_its_commitment_after_an_erasure(
    owner: Database, intake: Database
) -> None:
    subject = uuid4()
    reference = write(intake, "The boiler is out.", subject=subject, kind="note")
    with Database(owner.conninfo, role="redress_workflow") as workflow:
        recorder = FeedRecorder(workflow, environment={})
        recorder.append(append_of(fact(NoteAdded(stage=1, words=reference))))
        before = recorder.load(RIVERSIDE, "RC-2026-000001")
        erase(owner, subject)
        assert recorder.load(RIVERSIDE, "RC-2026-000001") == before
    assert before[0].event == NoteAdded(stage=1, words=reference)
    with owner.transaction(RIVERSIDE) as cursor:
        report = verify_feed(cursor, RIVERSIDE)
    assert (report.verified_through, report.broken) == (1, None)


def test_only_the_owner_destroys_a_key(intake: Database) -> None:
    subject = uuid4()
    write(intake, "Amal Haddad", subject=subject)
    with pytest.raises(psycopg.errors.InsufficientPrivilege):
        erase(intake, subject)


def test_words_of_another_landlord_are_unknown(intake: Database) -> None:
    subject = uuid4()
    reference = write(intake, "Amal Haddad", subject=subject)
    with intake.transaction(HILLTOP) as cursor:
        for landlord in (HILLTOP, RIVERSIDE):
            with pytest.raises(WordsUnknown):
                VAULT.read(cursor, landlord, UUID(reference.words))
            assert VAULT.read_kind(cursor, landlord, subject, "name") is None


def test_words_moved_to_another_subject_do_not_open(owner: Database, intake: Database) -> None:
    first, second = uuid4(), uuid4()
    reference = write(intake, "Amal Haddad", subject=first)
    write(intake, "Joan Price", subject=second)
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute(
            "UPDATE vault.words SET subject = %s WHERE words = %s", (second, reference.words)
        )
        with pytest.raises(SealBroken):
            VAULT.read(cursor, RIVERSIDE, UUID(reference.words))


def test_two_who_write_for_a_new_subject_at_once_use_one_key(intake: Database) -> None:
    subject = uuid4()
    with ThreadPoolExecutor(8) as pool:
        written = [pool.submit(write, intake, f"text {n}", subject=subject) for n in range(8)]
    with intake.transaction(RIVERSIDE) as cursor:
        texts = {VAULT.read(cursor, RIVERSIDE, UUID(one.result().words)) for one in written}
    assert texts == {f"text {n}" for n in range(8)}

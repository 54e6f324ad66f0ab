"""Every kind of tampering with the log behind the program's back is found, at the place where it
was done.
"""

from collections.abc import Iterator

import pytest
from psycopg import Cursor

from shared.database.pool import Database, Row
from shared.eventstore.chain import (
    FIRST_PREVIOUS_HASH,
    BrokenLink,
    ChainReport,
    next_hash,
    verify_feed,
)
from shared.eventstore.feed import read_feed
from shared.eventstore.recorder import FeedRecorder
from tests.eventstore.building import DAMP, HILLTOP, RIVERSIDE, append_of, fact


@pytest.fixture
def ten_facts(recorder: FeedRecorder) -> None:
    """A feed of ten facts about two complaints."""
    recorder.append(append_of(*[fact() for _ in range(6)]))
    recorder.append(append_of(*[fact() for _ in range(4)], stream=DAMP))


@pytest.fixture
def intruder(owner: Database, ten_facts: None) -> Iterator[Cursor[Row]]:
    """Somebody who can do anything to the database, and undid the guard of the log."""
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute("ALTER TABLE workflow.event DISABLE TRIGGER append_only")
        yield cursor
        cursor.execute("ALTER TABLE workflow.event ENABLE TRIGGER append_only")


def verdict(cursor: Cursor[Row]) -> BrokenLink | None:
    """What the check of the whole feed finds."""
    return verify_feed(cursor, RIVERSIDE).broken


def test_an_untouched_feed_verifies_to_its_head(workflow: Database, ten_facts: None) -> None:
    with workflow.transaction(RIVERSIDE) as cursor:
        last = read_feed(cursor, RIVERSIDE, after=9, limit=1)[0]
        assert verify_feed(cursor, RIVERSIDE) == ChainReport(10, last.hash)
    with workflow.transaction(HILLTOP) as cursor:
        assert verify_feed(cursor, HILLTOP) == ChainReport(0, FIRST_PREVIOUS_HASH)


def test_the_database_and_the_program_compute_the_same_hash(
    recorder: FeedRecorder, workflow: Database, ten_facts: None
) -> None:
    with workflow.transaction(RIVERSIDE) as cursor:
        rows = cursor.execute("SELECT * FROM workflow.event ORDER BY seq").fetchall()
    assert len(rows) == 10
    previous = FIRST_PREVIOUS_HASH
    for row in rows:
        previous = next_hash(previous, row["seq"], row["record"])
        assert row["hash"] == previous


def test_an_edited_record_is_found(intruder: Cursor[Row]) -> None:
    intruder.execute(
        "UPDATE workflow.event SET record = replace(record, 'officer-1', 'officer-2') WHERE seq = 4"
    )
    assert verdict(intruder) == BrokenLink(4, "its text does not have its hash")


@pytest.mark.parametrize(
    "edit",
    [
        "UPDATE workflow.event SET name = 'complaint.closed.v1' WHERE seq = 4",
        "UPDATE workflow.event SET stream = 'RC-2026-000009' WHERE seq = 4",
        "UPDATE workflow.event SET version = 40 WHERE seq = 4",
        "UPDATE workflow.event SET event_id = gen_random_uuid() WHERE seq = 4",
        "UPDATE workflow.event SET recorded_at = recorded_at - interval '1 day' WHERE seq = 4",
    ],
)
def test_an_edited_column_is_found(intruder: Cursor[Row], edit: str) -> None:
    intruder.execute(edit.encode())
    broken = verdict(intruder)
    assert broken is not None
    assert broken.seq == 4
    assert "is not what its text says" in broken.reason


def test_an_edit_with_its_own_hash_made_anew_is_found_at_the_next_fact(
    intruder: Cursor[Row],
) -> None:
    intruder.execute(
        """
        UPDATE workflow.event SET record = replace(record, 'officer-1', 'officer-2'),
            hash = sha256(previous_hash || int8send(seq)
                || convert_to(replace(record, 'officer-1', 'officer-2'), 'UTF8'))
        WHERE seq = 4
        """
    )
    assert verdict(intruder) == BrokenLink(5, "does not name the fact before it")


@pytest.mark.parametrize("seq", [1, 4])
def test_a_removed_fact_is_found(intruder: Cursor[Row], seq: int) -> None:
    intruder.execute("DELETE FROM workflow.event WHERE seq = %s", (seq,))
    assert verdict(intruder) == BrokenLink(seq, f"expected number {seq}, found {seq + 1}")


def test_a_removed_last_fact_is_found_by_the_head(intruder: Cursor[Row]) -> None:
    intruder.execute("DELETE FROM workflow.event WHERE seq = 10")
    assert verdict(intruder) == BrokenLink(10, "the feed ends at 9, its head says 10")


def test_swapped_facts_are_found(intruder: Cursor[Row]) -> None:
    intruder.execute("UPDATE workflow.event SET seq = 1000 WHERE seq = 4")
    intruder.execute("UPDATE workflow.event SET seq = 4 WHERE seq = 5")
    intruder.execute("UPDATE workflow.event SET seq = 5 WHERE seq = 1000")
    assert verdict(intruder) == BrokenLink(4, "does not name the fact before it")


def test_an_inserted_fact_is_found(intruder: Cursor[Row]) -> None:
    intruder.execute(
        """
        INSERT INTO workflow.event
        SELECT landlord, 11, 'RC-2026-000009', 1, gen_random_uuid(), name, record, recorded_at,
               hash, sha256(hash || int8send(11) || convert_to(record, 'UTF8'))
        FROM workflow.event WHERE seq = 10
        """
    )
    broken = verdict(intruder)
    assert broken is not None
    assert broken.seq == 11


def test_a_properly_linked_fact_behind_the_head_is_found(intruder: Cursor[Row]) -> None:
    intruder.execute(
        "UPDATE workflow.feed_head SET seq = 9, hash = (SELECT previous_hash "
        "FROM workflow.event WHERE seq = 10) WHERE landlord = 'riverside'"
    )
    assert verdict(intruder) == BrokenLink(
        10, "the last fact, 10, is not the one its head names, 9"
    )

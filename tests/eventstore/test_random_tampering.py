"""A thousand random edits of the stored rows, each undone before the next: the check of the feed finds every one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from typing import Any
from uuid import UUID

import pytest
from psycopg import Cursor

from shared.database.pool import Database, Row
from shared.eventstore.chain import verify_feed
from shared.eventstore.recorder import FeedRecorder
from tests.eventstore.building import DAMP, RIVERSIDE, append_of, fact

EDITS = 1_000
FACTS = 12
SEED = 20261102

Tampering = Callable[[Cursor[Row], Random], str]


@pytest.fixture
def intruder(owner: Database, recorder: FeedRecorder) -> Iterator[Cursor[Row]]:
    """Somebody who can do anything to a feed of twelve facts about two complaints."""
    recorder.append(append_of(*[fact() for _ in range(7)]))
    recorder.append(append_of(*[fact() for _ in range(FACTS - 7)], stream=DAMP))
    with owner.transaction(RIVERSIDE) as cursor:
        cursor.execute("ALTER TABLE workflow.event DISABLE TRIGGER append_only")
        yield cursor
        cursor.connection.rollback()


def test_each_of_a_thousand_random_edits_is_found(intruder: Cursor[Row]) -> None:
    chance = Random(SEED)
    assert verify_feed(intruder, RIVERSIDE).broken is None
    missed = []
    for number in range(EDITS):
        tampering = chance.choice(TAMPERINGS)
        intruder.execute("SAVEPOINT before")
        told = tampering(intruder, chance)
        if verify_feed(intruder, RIVERSIDE).broken is None:
            missed.append(f"edit {number}: {told}")
        intruder.execute("ROLLBACK TO SAVEPOINT before")
    assert not missed
    assert verify_feed(intruder, RIVERSIDE).broken is None


def flip_a_bit_of_the_record(cursor: Cursor[Row], chance: Random) -> str:
    seq, record = _of(cursor, chance, "record")
    place = chance.randrange(len(record))
    flipped = chr(ord(record[place]) ^ (1 << chance.randrange(6)))
    _set(cursor, seq, "record", record[:place] + flipped + record[place + 1 :])
    return f"a bit of character {place} of record {seq}"


def flip_a_bit_of_a_hash(cursor: Cursor[Row], chance: Random) -> str:
    column = chance.choice(("hash", "previous_hash"))
    seq, value = _of(cursor, chance, column)
    place = chance.randrange(len(value))
    flipped = bytes([value[place] ^ (1 << chance.randrange(8))])
    _set(cursor, seq, column, value[:place] + flipped + value[place + 1 :])
    return f"a bit of byte {place} of the {column} of {seq}"


def edit_a_column(cursor: Cursor[Row], chance: Random) -> str:
    column, value = chance.choice(
        (
            ("name", "complaint.closed.v1"),
            ("stream", f"RC-2026-{chance.randrange(900000, 999999)}"),
            ("version", chance.randrange(1_000, 2_000)),
            ("event_id", UUID(int=chance.getrandbits(128))),
            ("recorded_at", f"2024-01-{chance.randrange(1, 28):02}T10:00:00Z"),
        )
    )
    seq = chance.randint(1, FACTS)
    _set(cursor, seq, column, value)
    return f"the {column} of {seq}"


def remove_a_fact(cursor: Cursor[Row], chance: Random) -> str:
    seq = chance.randint(1, FACTS)
    cursor.execute("DELETE FROM workflow.event WHERE seq = %s", (seq,))
    return f"{seq} removed"


def remove_a_fact_and_close_the_gap(cursor: Cursor[Row], chance: Random) -> str:
    seq = chance.randint(1, FACTS - 1)
    cursor.execute("DELETE FROM workflow.event WHERE seq = %s", (seq,))
    # Out of the way first: a number may not stand twice even for a moment.
    cursor.execute("UPDATE workflow.event SET seq = seq + 1000 WHERE seq > %s", (seq,))
    cursor.execute("UPDATE workflow.event SET seq = seq - 1001 WHERE seq > 1000")
    return f"{seq} removed, those behind it moved up"


def insert_a_copy(cursor: Cursor[Row], chance: Random) -> str:
    of, at = chance.randint(1, FACTS), FACTS + 1
    cursor.execute(
        """
        INSERT INTO workflow.event
        SELECT landlord, %s, stream, version + 500, gen_random_uuid(), name, record, recorded_at,
            previous_hash, hash
        FROM workflow.event WHERE seq = %s
        """,
        (at, of),
    )
    return f"a copy of {of} at {at}"


def swap_two_facts(cursor: Cursor[Row], chance: Random) -> str:
    one, other = chance.sample(range(1, FACTS + 1), 2)
    for old, new in ((one, 1000), (other, one), (1000, other)):
        cursor.execute("UPDATE workflow.event SET seq = %s WHERE seq = %s", (new, old))
    return f"{one} and {other} swapped"


def write_a_fact_anew_with_its_hash(cursor: Cursor[Row], chance: Random) -> str:
    """The last but one at most: who also writes the rest anew is found by the hash that was written down outside."""
    seq = chance.randint(1, FACTS - 1)
    cursor.execute(
        """
        UPDATE workflow.event SET record = changed.text,
            hash = sha256(previous_hash || int8send(seq) || convert_to(changed.text, 'UTF8'))
        FROM (SELECT replace(record, 'officer-1', 'officer-2') AS text
              FROM workflow.event WHERE seq = %s) AS changed
        WHERE seq = %s
        """,
        (seq, seq),
    )
    return f"{seq} written anew with its hash"


def move_the_head(cursor: Cursor[Row], chance: Random) -> str:
    seq = chance.randint(1, FACTS - 1)
    cursor.execute(
        "UPDATE workflow.feed_head SET seq = %s, hash = (SELECT hash FROM workflow.event WHERE seq = %s)",
        (seq, seq),
    )
    return f"the head moved back to {seq}"


TAMPERINGS: tuple[Tampering, ...] = (
    flip_a_bit_of_the_record,
    flip_a_bit_of_a_hash,
    edit_a_column,
    remove_a_fact,
    remove_a_fact_and_close_the_gap,
    insert_a_copy,
    swap_two_facts,
    write_a_fact_anew_with_its_hash,
    move_the_head,
)


def _of(cursor: Cursor[Row], chance: Random, column: str) -> tuple[int, Any]:
    seq = chance.randint(1, FACTS)
    row = cursor.execute("SELECT * FROM workflow.event WHERE seq = %s", (seq,)).fetchone()
    assert row is not None
    return seq, row[column]


def _set(cursor: Cursor[Row], seq: int, column: str, value: object) -> None:
    statement = {
        "record": "UPDATE workflow.event SET record = %s WHERE seq = %s",
        "hash": "UPDATE workflow.event SET hash = %s WHERE seq = %s",
        "previous_hash": "UPDATE workflow.event SET previous_hash = %s WHERE seq = %s",
        "name": "UPDATE workflow.event SET name = %s WHERE seq = %s",
        "stream": "UPDATE workflow.event SET stream = %s WHERE seq = %s",
        "version": "UPDATE workflow.event SET version = %s WHERE seq = %s",
        "event_id": "UPDATE workflow.event SET event_id = %s WHERE seq = %s",
        "recorded_at": "UPDATE workflow.event SET recorded_at = %s WHERE seq = %s",
    }[column]
    cursor.execute(statement, (value, seq))

"""The facts of one case exactly as the log keeps them, each with the check of its own links: for
auditors, who believe bytes and hashes rather than pages.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from psycopg import Cursor

from shared.eventstore.chain import FIRST_PREVIOUS_HASH, next_hash

MOST_RECORDS = 5_000  # of one case; the longest history on record has some hundred facts


@dataclass(frozen=True, slots=True)
class StoredRecord:
    """A fact as it is stored. `hash_holds`: its hash is that of its text and place. `link_holds`:
    the hash it was chained to is that of the fact before it in the landlord's feed.
    """

    seq: int
    version: int
    name: str
    recorded_at: datetime
    record: str
    previous_hash: str
    hash: str
    hash_holds: bool
    link_holds: bool

    @property
    def sound(self) -> bool:
        """Whether both hold."""
        return self.hash_holds and self.link_holds

    @property
    def readable(self) -> str:
        """The record with a field on each line; the hash is over `record`, not over this."""
        return orjson.dumps(orjson.loads(self.record), option=orjson.OPT_INDENT_2).decode()


_RECORDS = """
    SELECT event.seq, event.version, event.name, event.recorded_at, event.record,
        event.previous_hash, event.hash, before.hash AS hash_before
    FROM workflow.event
    LEFT JOIN workflow.event AS before
        ON before.landlord = event.landlord AND before.seq = event.seq - 1
    WHERE event.landlord = %s AND event.stream = %s
    ORDER BY event.version LIMIT %s
"""


def stored_records(
    cursor: Cursor[dict[str, Any]], *, landlord: str, reference: str
) -> list[StoredRecord]:
    """All of them in order, at most MOST_RECORDS."""
    rows = cursor.execute(_RECORDS, (landlord, reference, MOST_RECORDS)).fetchall()
    return [_checked(row) for row in rows]


def _checked(row: dict[str, Any]) -> StoredRecord:
    previous, own = bytes(row["previous_hash"]), bytes(row["hash"])
    before = FIRST_PREVIOUS_HASH if row["seq"] == 1 else row["hash_before"]
    return StoredRecord(
        seq=row["seq"],
        version=row["version"],
        name=row["name"],
        recorded_at=row["recorded_at"],
        record=row["record"],
        previous_hash=previous.hex(),
        hash=own.hex(),
        hash_holds=next_hash(previous, row["seq"], row["record"]) == own,
        link_holds=before is not None and bytes(before) == previous,
    )

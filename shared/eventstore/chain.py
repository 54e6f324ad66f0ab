"""The hash chain of a feed: one SHA-256 per fact, over the one before, its place and its text.

Whoever edits, removes, inserts or swaps facts behind the program's back breaks a link that this
module finds. It cannot find a chain that was computed anew to its end; for that, the head must be
known to somebody outside.
"""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor

from shared.eventstore.codec import UndecodableRecord, read_envelope

FIRST_PREVIOUS_HASH = bytes(32)
# Rows per statement while verifying: a few hundred kilobytes.
PAGE_ROWS = 1_000


@dataclass(frozen=True, slots=True)
class BrokenLink:
    """The first place where the chain does not hold, and why."""

    seq: int
    reason: str


@dataclass(frozen=True, slots=True)
class ChainReport:
    """How far the chain holds: the last good place with its hash, and what broke after it, if
    anything did.
    """

    verified_through: int
    last_hash: bytes
    broken: BrokenLink | None = None


def next_hash(previous: bytes, seq: int, record: str) -> bytes:
    """Return the hash of the fact at `seq`; `workflow.append` computes the same in the database."""
    return hashlib.sha256(previous + seq.to_bytes(8, "big") + record.encode()).digest()


def verify_chain(
    rows: Iterable[Mapping[str, Any]],
    *,
    after: int = 0,
    previous_hash: bytes = FIRST_PREVIOUS_HASH,
) -> ChainReport:
    """Check the rows of `workflow.event` that follow place `after`, in order, up to the first that
    does not fit.
    """
    for row in rows:
        reason = _why_broken(row, seq=after + 1, previous_hash=previous_hash)
        if reason is not None:
            return ChainReport(after, previous_hash, BrokenLink(after + 1, reason))
        after, previous_hash = row["seq"], row["hash"]
    return ChainReport(after, previous_hash)


def verify_feed(cursor: Cursor[dict[str, Any]], landlord: str) -> ChainReport:
    """Check a landlord's whole feed, and that it ends where its head says."""
    head = cursor.execute(
        "SELECT seq, hash FROM workflow.feed_head WHERE landlord = %s", (landlord,)
    ).fetchone()
    if head is None:
        return ChainReport(0, FIRST_PREVIOUS_HASH, BrokenLink(0, "the feed has no head"))
    report = ChainReport(0, FIRST_PREVIOUS_HASH)
    # One row beyond the head is asked for, so that a fact slipped in behind it shows.
    while report.broken is None:
        rows = cursor.execute(
            """
            SELECT landlord, seq, stream, version, event_id, name, record, recorded_at,
                   previous_hash, hash
            FROM workflow.event WHERE landlord = %s AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s
            """,
            (landlord, report.verified_through, head["seq"] + 1, PAGE_ROWS),
        ).fetchall()
        if not rows:
            break
        report = verify_chain(rows, after=report.verified_through, previous_hash=report.last_hash)
    return _against_head(report, seq=head["seq"], hash_=head["hash"])


def _against_head(report: ChainReport, *, seq: int, hash_: bytes) -> ChainReport:
    if report.broken is not None:
        return report
    through, last_hash = report.verified_through, report.last_hash
    if through < seq:
        reason = f"the feed ends at {through}, its head says {seq}"
        return ChainReport(through, last_hash, BrokenLink(through + 1, reason))
    if through > seq or last_hash != hash_:
        reason = f"the last fact, {through}, is not the one its head names, {seq}"
        return ChainReport(through, last_hash, BrokenLink(through, reason))
    return report


def _why_broken(row: Mapping[str, Any], *, seq: int, previous_hash: bytes) -> str | None:
    if row["seq"] != seq:
        return f"expected number {seq}, found {row['seq']}"
    if row["previous_hash"] != previous_hash:
        return "does not name the fact before it"
    if row["hash"] != next_hash(previous_hash, seq, row["record"]):
        return "its text does not have its hash"
    try:
        envelope = read_envelope(row["record"])
    except UndecodableRecord as error:
        return f"its text is no record: {error}"
    for column in ("landlord", "stream", "version", "event_id", "name", "recorded_at"):
        if row[column] != envelope[column]:
            return f"its column {column} is not what its text says"
    return None

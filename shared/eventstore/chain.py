"""The hash chain of a feed: one SHA-256 per fact, over the one before, its place and its text.

Whoever edits, removes, inserts or swaps facts behind the program's back breaks a link that this
module finds. It cannot find a chain that was computed anew to its end; for that, the head must be
known to somebody outside.
"""

import hashlib
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from psycopg import Cursor
from psycopg.rows import tuple_row

from shared.eventstore.codec import UndecodableRecord, instant_text, read_envelope

FIRST_PREVIOUS_HASH = bytes(32)
# Rows per statement while verifying: about a megabyte.
PAGE_ROWS = 2_000

# A place with its text and hashes, and the columns that repeat what the text says, as text too.
_Link = tuple[int, str, bytes, bytes, str, str, str, str, str, str]
_COLUMNS = ("event_id", "landlord", "name", "recorded_at", "stream", "version")
# How canonical text ends: whatever fits needs no decoding to be compared with the columns.
_ENVELOPE_AFTER_DATA = re.compile(
    r'\},"event_id":"([0-9a-f-]{36})"'
    r',"happened_at":(?:null|"[0-9T:.-]{26}Z"),"happened_on":"[0-9-]{10}"'
    r',"known_at":(?:null|"[0-9T:.-]{26}Z"),"landlord":"([^"\\]*)","name":"([^"\\]*)"'
    r',"origin":"(?:live|import)","recorded_at":"([0-9T:.-]{26}Z)","stream":"([^"\\]*)"'
    r',"version":([1-9][0-9]*)\}'
)


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
    """Return the hash of the fact at `seq`; the database computes the same when it appends."""
    return hashlib.sha256(previous + seq.to_bytes(8, "big") + record.encode()).digest()


def verify_feed(
    cursor: Cursor[dict[str, Any]],
    landlord: str,
    *,
    on_progress: Callable[[int, int], None] = lambda _done, _of: None,
) -> ChainReport:
    """Check a landlord's whole feed, and that it ends where its head says, also while it grows."""
    head = _head(cursor, landlord)
    if head is None:
        return ChainReport(0, FIRST_PREVIOUS_HASH, BrokenLink(0, "the feed has no head"))
    report = ChainReport(0, FIRST_PREVIOUS_HASH)
    with cursor.connection.cursor(row_factory=tuple_row) as pages:
        while report.broken is None:
            links = _page(pages, landlord, after=report.verified_through, head=head["seq"])
            if not links:
                break
            report = _verified(links, report)
            on_progress(report.verified_through, max(head["seq"], report.verified_through))
            if report.verified_through > head["seq"]:
                # Somebody appended since, or slipped a fact in; then the head stays behind it.
                head = _head(cursor, landlord) or head
    return _against_head(report, seq=head["seq"], hash_=head["hash"])


def _head(cursor: Cursor[dict[str, Any]], landlord: str) -> dict[str, Any] | None:
    return cursor.execute(
        "SELECT seq, hash FROM workflow.feed_head WHERE landlord = %s", (landlord,)
    ).fetchone()


def _page(cursor: Cursor[Any], landlord: str, *, after: int, head: int) -> list[_Link]:
    # One row beyond the head is asked for, so that a fact slipped in behind it shows.
    return cursor.execute(
        """
        SELECT seq, record, previous_hash, hash, event_id::text, landlord, name,
               to_char(recorded_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
               stream, version::text
        FROM workflow.event WHERE landlord = %s AND seq > %s AND seq <= %s ORDER BY seq LIMIT %s
        """,
        (landlord, after, head + 1, PAGE_ROWS),
        binary=True,
    ).fetchall()


def _verified(links: Iterable[_Link], before: ChainReport) -> ChainReport:
    through, last_hash = before.verified_through, before.last_hash
    for link in links:
        seq, record, previous_hash, hash_ = link[:4]
        if (
            seq != through + 1
            or previous_hash != last_hash
            or hash_ != next_hash(last_hash, seq, record)
            or not _says_its_columns(record, link[4:])
        ):
            reason = _why_broken(link, seq=through + 1, previous_hash=last_hash)
            if reason is not None:
                return ChainReport(through, last_hash, BrokenLink(through + 1, reason))
        through, last_hash = seq, hash_
    return ChainReport(through, last_hash)


def _says_its_columns(record: str, columns: tuple[str, ...]) -> bool:
    envelope = _ENVELOPE_AFTER_DATA.fullmatch(record, max(record.rfind('},"event_id":"'), 0))
    return envelope is not None and envelope.groups() == columns


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


def _why_broken(link: _Link, *, seq: int, previous_hash: bytes) -> str | None:
    found, record, names_before, hash_, *columns = link
    if found != seq:
        return f"expected number {seq}, found {found}"
    if names_before != previous_hash:
        return "does not name the fact before it"
    if hash_ != next_hash(previous_hash, seq, record):
        return "its text does not have its hash"
    try:
        envelope = read_envelope(record)
    except UndecodableRecord as error:
        return f"its text is no record: {error}"
    envelope["recorded_at"] = instant_text(envelope["recorded_at"])
    for name, value in zip(_COLUMNS, columns, strict=True):
        if value != str(envelope[name]):
            return f"its column {name} is not what its text says"
    return None

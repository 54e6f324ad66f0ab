"""Notes in one statement that an officer opened a page of a case, and finds again who did; at most one row a minute."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor

Row = dict[str, Any]

# What can be opened, as pages say it.
OVERVIEW, TIMELINE, PAST, CHANGES, AUDIT = "overview", "timeline", "past", "changes", "audit"
EVIDENCE, EVIDENCE_WITH_WORDS = "evidence", "evidence_with_words"
HISTORY, ACTIONS, DRAFT, LETTER = "history", "actions", "draft", "letter"
CORRESPONDENCE, SEARCH = "correspondence", "search"
DOCUMENTS, DOCUMENT = "documents", "document"
PAGES = {
    OVERVIEW: "The case",
    TIMELINE: "Its timeline",
    PAST: "As it stood",
    CHANGES: "What changed",
    AUDIT: "Its audit",
    EVIDENCE: "Evidence pack without words",
    EVIDENCE_WITH_WORDS: "Evidence pack with words",
    HISTORY: "Its history, as data",
    ACTIONS: "What can be done",
    DRAFT: "A draft that waits for its check",
    LETTER: "A letter before it is sent",
    CORRESPONDENCE: "Its letters",
    SEARCH: "Found by a search",
    DOCUMENTS: "Its documents",
    DOCUMENT: "A document, downloaded",
}
# How long reads are kept where the landlord has not said; the least and the most it may say.
KEPT_DAYS, LEAST_KEPT_DAYS, MOST_KEPT_DAYS = 730, 90, 3_660
SWEPT_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True)
class Read:
    """An officer opened a page of a case; to the minute, or to the moment where not everybody may see the case."""

    reference: str
    officer: str
    page: str
    seen_at: datetime

    @property
    def what(self) -> str:
        """The page in words."""
        return PAGES.get(self.page, self.page)


def note_read(
    cursor: Cursor[Row],
    *,
    landlord: str,
    officer: str,
    references: Sequence[str],
    page: str,
    now: datetime,
    exactly: bool = False,
) -> None:
    """Notes it, in the transaction that reads; `exactly` for restricted cases, where each time counts."""
    seen_at = now if exactly else now.replace(second=0, microsecond=0)
    cursor.execute(
        "INSERT INTO access.read (landlord, reference, officer, page, seen_at)"
        " SELECT %s, reference, %s, %s, %s FROM unnest(%s::text[]) AS reference"
        " ON CONFLICT DO NOTHING",
        (landlord, officer, page, seen_at, list(references)),
    )


def reads_of_case(
    cursor: Cursor[Row], *, landlord: str, reference: str, limit: int
) -> tuple[Read, ...]:
    """Who looked at a case, the latest first."""
    rows = cursor.execute(
        "SELECT reference, officer, page, seen_at FROM access.read"
        " WHERE landlord = %s AND reference = %s"
        " ORDER BY seen_at DESC, officer, page LIMIT %s",
        (landlord, reference, limit),
    )
    return tuple([Read(**row) for row in rows])


def reads_of_officer(
    cursor: Cursor[Row], *, landlord: str, officer: str, before: datetime, limit: int
) -> tuple[Read, ...]:
    """What an officer looked at before a moment, the latest first."""
    rows = cursor.execute(
        "SELECT reference, officer, page, seen_at FROM access.read"
        " WHERE landlord = %s AND officer = %s AND seen_at < %s"
        " ORDER BY seen_at DESC, reference, page LIMIT %s",
        (landlord, officer, before, limit),
    )
    return tuple([Read(**row) for row in rows])


def reads_by_officer(
    cursor: Cursor[Row], *, landlord: str, since: datetime
) -> dict[str, tuple[int, int]]:
    """How many pages of how many cases each officer opened since then."""
    rows = cursor.execute(
        "SELECT officer, count(*) AS pages, count(DISTINCT reference) AS cases"
        " FROM access.read WHERE landlord = %s AND seen_at >= %s GROUP BY officer",
        (landlord, since),
    )
    return {row["officer"]: (row["pages"], row["cases"]) for row in rows}


def kept_days(cursor: Cursor[Row], landlord: str) -> int:
    """How long the landlord keeps reads."""
    row = cursor.execute(
        "SELECT kept_days FROM access.retention WHERE landlord = %s", (landlord,)
    ).fetchone()
    return KEPT_DAYS if row is None else int(row["kept_days"])


def sweep(cursor: Cursor[Row], landlord: str, *, now: datetime) -> int:
    """Deletes reads that are older than the landlord keeps them, at most SWEPT_AT_ONCE; returns how many."""
    row = cursor.execute("SELECT access.sweep(%s, %s) AS swept", (landlord, now)).fetchone()
    return 0 if row is None else int(row["swept"])

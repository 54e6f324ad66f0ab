"""Finds complaints by their reference, or the one that another system gave them, and by the hashes of words that the
vault keeps of them.
"""

import re
from collections.abc import Sequence
from typing import Any

from psycopg import Cursor

MOST_FOUND = 50
LONGEST_QUERY = 100  # characters

_FOUND = """
    SELECT reference, source_reference, organisation, stage, standing, received_on, complainant
    FROM projections.complaint
    WHERE landlord = %(landlord)s
        AND (reference ILIKE %(pattern)s OR source_reference ILIKE %(pattern)s)
        AND (%(confined_to)s::text IS NULL OR organisation = %(confined_to)s
            OR %(confined_to)s = ANY (referred_to))
        AND reference <> ALL (%(hidden)s)
    ORDER BY upper(%(typed)s) IN (upper(reference), COALESCE(upper(source_reference), '')) DESC,
        received_on DESC, reference DESC
    LIMIT %(limit)s
"""


def cases_like(
    cursor: Cursor[dict[str, Any]],
    *,
    landlord: str,
    typed: str,
    confined_to: str | None,
    hidden: frozenset[str],
) -> list[dict[str, Any]]:
    """The complaints with what was typed in a reference, in either case: the very one first, then the newest.

    One more than MOST_FOUND at most, which says that there are more.
    """
    return cursor.execute(
        _FOUND,
        {
            "landlord": landlord,
            "typed": typed,
            "pattern": f"%{_literally(typed)}%",
            "confined_to": confined_to,
            "hidden": sorted(hidden),
            "limit": MOST_FOUND + 1,
        },
    ).fetchall()


def _literally(typed: str) -> str:
    """What was typed, with nothing in it that LIKE would take for a pattern."""
    return re.sub(r"([\\%_])", r"\\\1", typed)


# Every case has a person of its own in the vault, under whose key all words of the case are sealed.
_BY_WORDS = """
    WITH hit AS MATERIALIZED (
        SELECT asked.place, search_hash.subject::text AS complainant, search_hash.kind
        FROM unnest(%(places)s::integer[], %(hashes)s::bigint[]) AS asked (place, hash)
        JOIN vault.search_hash ON search_hash.hash = asked.hash
        WHERE search_hash.landlord = %(landlord)s
    ), matched AS MATERIALIZED (
        SELECT complainant, array_agg(DISTINCT kind ORDER BY kind) AS kinds
        FROM hit GROUP BY complainant HAVING count(DISTINCT place) = %(asked)s
    )
    SELECT complaint.reference, complaint.source_reference, complaint.organisation, complaint.stage,
        complaint.standing, complaint.received_on, complaint.complainant, matched.kinds
    FROM matched JOIN projections.complaint USING (complainant)
    WHERE complaint.landlord = %(landlord)s
        AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s
            OR %(confined_to)s = ANY (complaint.referred_to))
        AND complaint.reference <> ALL (%(hidden)s)
    ORDER BY complaint.received_on DESC, complaint.reference DESC
    LIMIT %(limit)s
"""


def cases_with_words(
    cursor: Cursor[dict[str, Any]],
    *,
    landlord: str,
    asked: Sequence[frozenset[int]],
    confined_to: str | None,
    hidden: frozenset[str],
) -> list[dict[str, Any]]:
    """The complaints in which every word stands that was asked for, each given by the hashes it may have; the newest
    first, with the kinds of words in which they stand. One more than MOST_FOUND at most.
    """
    given = [(place, each) for place, hashes in enumerate(asked) for each in sorted(hashes)]
    return cursor.execute(
        _BY_WORDS,
        {
            "landlord": landlord,
            "places": [place for place, _ in given],
            "hashes": [each for _, each in given],
            "asked": len(asked),
            "confined_to": confined_to,
            "hidden": sorted(hidden),
            "limit": MOST_FOUND + 1,
        },
    ).fetchall()

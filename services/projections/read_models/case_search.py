"""Finds complaints by what is not personal: their reference, or the one that another system gave them."""

import re
from typing import Any

from psycopg import Cursor

MOST_FOUND = 50
LONGEST_QUERY = 60  # characters

_FOUND = """
    SELECT reference, source_reference, organisation, stage, standing, received_on
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

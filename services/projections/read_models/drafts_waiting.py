"""The drafts that wait for their check, and those that were sent back to whoever drafted them: of which case, and due
when; the soonest due first.
"""

from dataclasses import dataclass
from typing import Any

from psycopg import Cursor

from services.projections.read_models.deadlines_board import ABOUT_DRAFTS, SUBMITTED
from shared.complaints.events import DraftReturned
from shared.eventstore.codec import NAMES

RETURNED = NAMES[DraftReturned]
MOST_WAITING = 200  # a page that a person can still read

_DRAFTS = """
    SELECT complaint.reference, complaint.organisation, complaint.route, complaint.stage,
        complaint.policy_hash, complaint.received_on, complaint.complainant,
        latest.version, latest.actor AS last_by, latest.happened_on, latest.happened_at,
        handed_in.actor AS drafted_by, (latest.data ->> 'draft')::integer AS draft,
        owed.due_on, owed.due_at, owed.missed
    FROM projections.complaint
    JOIN LATERAL (
        SELECT fact.* FROM projections.fact
        WHERE (fact.landlord, fact.reference) = (complaint.landlord, complaint.reference)
            AND fact.name = ANY (%(about_drafts)s)
        ORDER BY fact.version DESC LIMIT 1
    ) AS latest
        ON (latest.name, (latest.data ->> 'stage')::integer) = (%(latest)s, complaint.stage)
    JOIN LATERAL (
        SELECT fact.actor FROM projections.fact
        WHERE (fact.landlord, fact.reference) = (complaint.landlord, complaint.reference)
            AND fact.name = %(submitted)s AND fact.version <= latest.version
        ORDER BY fact.version DESC LIMIT 1
    ) AS handed_in ON true
    -- The earlier date, where the response is owed under two policies.
    LEFT JOIN LATERAL (
        SELECT deadline.due_on, deadline.due_at, deadline.missed FROM projections.deadline
        WHERE (deadline.landlord, deadline.reference, deadline.stage, deadline.duty)
                = (complaint.landlord, complaint.reference, complaint.stage, 'respond')
            AND deadline.standing = 'open'
        ORDER BY deadline.due_on, deadline.due_at LIMIT 1
    ) AS owed ON true
    WHERE complaint.landlord = %(landlord)s AND complaint.standing = 'open'
        AND (%(reference)s::text IS NULL OR complaint.reference = %(reference)s)
        AND (%(drafted_by)s::text IS NULL OR handed_in.actor = %(drafted_by)s)
        AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s
            OR %(confined_to)s = ANY (complaint.referred_to))
        AND complaint.reference <> ALL (%(hidden)s)
    ORDER BY owed.due_on NULLS LAST, latest.recorded_at, complaint.reference
    LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class Seen:
    """The cases that a reader may see: of one organisation (None: of all), without those that are hidden from them."""

    landlord: str
    confined_to: str | None
    hidden: frozenset[str]


def drafts_waiting(
    cursor: Cursor[dict[str, Any]], seen: Seen, *, reference: str | None = None
) -> list[dict[str, Any]]:
    """Those that a reader may see, or the one of a case; one more than MOST_WAITING at most, which says that there
    are more.
    """
    return _drafts(cursor, seen, latest=SUBMITTED, reference=reference)


def drafts_sent_back(
    cursor: Cursor[dict[str, Any]], seen: Seen, *, to: str
) -> list[dict[str, Any]]:
    """Those that this officer drafted and has not handed in again; one more than MOST_WAITING at most."""
    return _drafts(cursor, seen, latest=RETURNED, drafted_by=to)


def _drafts(
    cursor: Cursor[dict[str, Any]],
    seen: Seen,
    *,
    latest: str,
    reference: str | None = None,
    drafted_by: str | None = None,
) -> list[dict[str, Any]]:
    return cursor.execute(
        _DRAFTS,
        {
            "landlord": seen.landlord,
            "confined_to": seen.confined_to,
            "hidden": sorted(seen.hidden),
            "reference": reference,
            "drafted_by": drafted_by,
            "about_drafts": ABOUT_DRAFTS,
            "latest": latest,
            "submitted": SUBMITTED,
            "limit": MOST_WAITING + 1,
        },
    ).fetchall()

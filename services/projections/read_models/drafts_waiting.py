"""The drafts that wait for their check: of which case, handed in by whom, and due when; the soonest due first."""

from typing import Any

from psycopg import Cursor

from services.projections.read_models.deadlines_board import ABOUT_DRAFTS, SUBMITTED

MOST_WAITING = 200  # a page that a person can still read

_WAITING = """
    SELECT complaint.reference, complaint.organisation, complaint.route, complaint.stage,
        complaint.policy_hash, complaint.received_on, complaint.complainant,
        latest.version, latest.actor AS drafted_by, latest.happened_on, latest.happened_at,
        (latest.data ->> 'draft')::integer AS draft,
        owed.due_on, owed.due_at, owed.missed
    FROM projections.complaint
    JOIN LATERAL (
        SELECT fact.* FROM projections.fact
        WHERE (fact.landlord, fact.reference) = (complaint.landlord, complaint.reference)
            AND fact.name = ANY (%(about_drafts)s)
        ORDER BY fact.version DESC LIMIT 1
    ) AS latest
        ON (latest.name, (latest.data ->> 'stage')::integer) = (%(submitted)s, complaint.stage)
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
        AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s
            OR %(confined_to)s = ANY (complaint.referred_to))
        AND complaint.reference <> ALL (%(hidden)s)
    ORDER BY owed.due_on NULLS LAST, latest.recorded_at, complaint.reference
    LIMIT %(limit)s
"""


def drafts_waiting(
    cursor: Cursor[dict[str, Any]],
    *,
    landlord: str,
    confined_to: str | None,
    hidden: frozenset[str],
    reference: str | None = None,
) -> list[dict[str, Any]]:
    """Those that a reader may see, or the one of a case; one more than MOST_WAITING at most, which says that there
    are more.
    """
    return cursor.execute(
        _WAITING,
        {
            "landlord": landlord,
            "confined_to": confined_to,
            "hidden": sorted(hidden),
            "reference": reference,
            "about_drafts": ABOUT_DRAFTS,
            "submitted": SUBMITTED,
            "limit": MOST_WAITING + 1,
        },
    ).fetchall()

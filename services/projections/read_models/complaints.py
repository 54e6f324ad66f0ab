"""One row per complaint: what it is about, under which policy it runs, and where it stands."""

from typing import Any

import orjson
from psycopg import Cursor

from shared.complaints.events import (
    ComplaintClosed,
    ComplaintEscalated,
    ComplaintOpened,
    ComplaintRefused,
    ComplaintReopened,
    ComplaintWithdrawn,
    IssueAdded,
    IssueSplitOff,
    RouteChanged,
)
from shared.eventstore.record import RecordedEvent

TABLE = "complaint"


def fold(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent) -> None:
    """Opens the row, moves its stage, and notes how the case ended."""
    match recorded.event:
        case ComplaintOpened() as opened:
            _open(cursor, recorded, opened)
        case ComplaintEscalated(to_stage=stage):
            _stand(cursor, recorded, standing="open", stage=stage)
        case ComplaintReopened(stage=stage):
            _stand(cursor, recorded, standing="open", stage=stage)
        case ComplaintClosed(because=because):
            _end(cursor, recorded, standing="closed", because=because)
        case ComplaintRefused(exclusion=exclusion):
            _end(cursor, recorded, standing="refused", because=exclusion)
        case ComplaintWithdrawn():
            _end(cursor, recorded, standing="withdrawn", because=None)
        case RouteChanged(to_route=route):
            cursor.execute(
                "UPDATE projections.complaint SET route = %s WHERE landlord = %s AND reference = %s",
                (route.value, recorded.landlord, recorded.stream),
            )
        case IssueAdded(issue=issue):
            _without_issue(cursor, recorded, issue.number)
            cursor.execute(
                "UPDATE projections.complaint SET issues = issues || %s::jsonb"
                " WHERE landlord = %s AND reference = %s",
                (orjson.dumps([issue]).decode(), recorded.landlord, recorded.stream),
            )
        case IssueSplitOff(number=number):
            _without_issue(cursor, recorded, number)
        case _:
            pass  # other facts do not change where a case stands


def complaint(
    cursor: Cursor[dict[str, Any]], *, landlord: str, reference: str, confined_to: str | None
) -> dict[str, Any] | None:
    """The complaint's row; None when there is none or it belongs to an organisation the reader may
    not see.
    """
    return cursor.execute(
        """
        SELECT * FROM projections.complaint
        WHERE landlord = %(landlord)s AND reference = %(reference)s
            AND (%(confined_to)s::text IS NULL OR organisation = %(confined_to)s)
        """,
        {"landlord": landlord, "reference": reference, "confined_to": confined_to},
    ).fetchone()


def _open(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, opened: ComplaintOpened) -> None:
    cursor.execute(
        """
        INSERT INTO projections.complaint (landlord, reference, organisation, route, channel,
            policy, policy_hash, received_on, received_at, source_reference, complainant, words,
            issues, stage, standing)
        VALUES (%(landlord)s, %(reference)s, %(organisation)s, %(route)s, %(channel)s,
            %(policy)s, %(policy_hash)s, %(received_on)s, %(received_at)s, %(source_reference)s,
            %(complainant)s, %(words)s, %(issues)s::jsonb, 1, 'open')
        ON CONFLICT (landlord, reference) DO NOTHING
        """,
        {
            "landlord": recorded.landlord,
            "reference": recorded.stream,
            "organisation": opened.organisation,
            "route": opened.route.value,
            "channel": opened.channel.value,
            "policy": opened.policy,
            "policy_hash": opened.policy_hash,
            "received_on": opened.received_on,
            "received_at": opened.received_at,
            "source_reference": opened.source_reference,
            "complainant": opened.complainant,
            "words": opened.words.words if opened.words else None,
            "issues": orjson.dumps(opened.issues).decode(),
        },
    )


def _without_issue(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, number: int) -> None:
    cursor.execute(
        """
        UPDATE projections.complaint SET issues = (
            SELECT COALESCE(jsonb_agg(issue ORDER BY place), '[]')
            FROM jsonb_array_elements(issues) WITH ORDINALITY AS each(issue, place)
            WHERE (issue ->> 'number')::integer <> %s)
        WHERE landlord = %s AND reference = %s
        """,
        (number, recorded.landlord, recorded.stream),
    )


def _stand(
    cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, *, standing: str, stage: int
) -> None:
    cursor.execute(
        "UPDATE projections.complaint SET standing = %s, stage = %s, because = NULL"
        " WHERE landlord = %s AND reference = %s",
        (standing, stage, recorded.landlord, recorded.stream),
    )


def _end(
    cursor: Cursor[dict[str, Any]], recorded: RecordedEvent, *, standing: str, because: str | None
) -> None:
    """A refused or withdrawn case stays so when it is closed afterwards; the first ending says
    more.
    """
    cursor.execute(
        "UPDATE projections.complaint SET standing = %s, because = %s"
        " WHERE landlord = %s AND reference = %s AND standing = 'open'",
        (standing, because, recorded.landlord, recorded.stream),
    )

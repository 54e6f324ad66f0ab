"""The caseload: open cases by organisation and by the officers who handle them, with the next date
due.
"""

from datetime import date
from typing import Any

from psycopg import Cursor

from services.projections.case_folds import CaseFold, Fact, Rows
from shared.complaints.events import ComplaintAllocated
from shared.eventstore.record import RecordedEvent

TABLE = "handler"
MOST_HANDLED = 50  # shown of one officer, as many as are allocated at once


def fold(cursor: Cursor[dict[str, Any]], recorded: RecordedEvent) -> None:
    """Gives a stage to its handlers, and takes it from those who had it before."""
    if not isinstance(recorded.event, ComplaintAllocated):
        return
    allocated = recorded.event
    cursor.execute(
        "DELETE FROM projections.handler WHERE landlord = %s AND reference = %s AND stage = %s",
        (recorded.landlord, recorded.stream, allocated.stage),
    )
    for officer in allocated.handlers:
        cursor.execute(
            "INSERT INTO projections.handler (landlord, reference, stage, officer)"
            " VALUES (%s, %s, %s, %s) ON CONFLICT DO NOTHING",
            (recorded.landlord, recorded.stream, allocated.stage, officer),
        )


def caseload(
    cursor: Cursor[dict[str, Any]], *, landlord: str, confined_to: str | None, today: date
) -> list[dict[str, Any]]:
    """Per organisation and handler of the present stage (None: nobody yet): open cases, overdue
    ones, next date.
    """
    return cursor.execute(
        """
        SELECT complaint.organisation, handler.officer AS handler, count(*) AS open_cases,
            count(*) FILTER (WHERE next.due_on < %(today)s) AS overdue_cases,
            min(next.due_on) AS next_due_on
        FROM projections.complaint
        LEFT JOIN projections.handler USING (landlord, reference, stage)
        LEFT JOIN LATERAL (
            SELECT min(due_on) AS due_on FROM projections.deadline
            WHERE deadline.landlord = complaint.landlord
                AND deadline.reference = complaint.reference AND deadline.standing = 'open'
        ) AS next ON true
        WHERE landlord = %(landlord)s AND complaint.standing = 'open'
            AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s)
        GROUP BY complaint.organisation, handler.officer
        ORDER BY complaint.organisation, next_due_on NULLS LAST, handler.officer NULLS FIRST
        """,
        {"landlord": landlord, "confined_to": confined_to, "today": today},
    ).fetchall()


def handlers_of(
    cursor: Cursor[dict[str, Any]], *, landlord: str, reference: str, stage: int
) -> list[str]:
    """Who handles a stage of a case."""
    rows = cursor.execute(
        "SELECT officer FROM projections.handler"
        " WHERE landlord = %s AND reference = %s AND stage = %s ORDER BY officer",
        (landlord, reference, stage),
    ).fetchall()
    return [row["officer"] for row in rows]


def handled_by(
    cursor: Cursor[dict[str, Any]],
    *,
    landlord: str,
    officer: str,
    confined_to: str | None,
    hidden: frozenset[str],
) -> list[dict[str, Any]]:
    """The open cases whose present stage an officer handles, what is due soonest first.

    One more than MOST_HANDLED at most, which says that there are more.
    """
    return cursor.execute(
        """
        SELECT complaint.reference, complaint.organisation, complaint.stage, next.due_on AS next_due_on
        FROM projections.handler
        JOIN projections.complaint USING (landlord, reference, stage)
        LEFT JOIN LATERAL (
            SELECT min(due_on) AS due_on FROM projections.deadline
            WHERE deadline.landlord = complaint.landlord
                AND deadline.reference = complaint.reference AND deadline.standing = 'open'
        ) AS next ON true
        WHERE landlord = %(landlord)s AND handler.officer = %(officer)s
            AND complaint.standing = 'open'
            AND (%(confined_to)s::text IS NULL OR complaint.organisation = %(confined_to)s
                OR %(confined_to)s = ANY (complaint.referred_to))
            AND reference <> ALL (%(hidden)s)
        ORDER BY next.due_on NULLS LAST, reference
        LIMIT %(limit)s
        """,
        {
            "landlord": landlord,
            "officer": officer,
            "confined_to": confined_to,
            "hidden": sorted(hidden),
            "limit": MOST_HANDLED + 1,
        },
    ).fetchall()


def _allocate(rows: Rows, fact: Fact, allocated: ComplaintAllocated) -> None:
    for key in [key for key in rows if key[0] == allocated.stage]:
        del rows[key]
    for officer in allocated.handlers:
        rows[allocated.stage, officer] = {
            "landlord": fact.landlord,
            "reference": fact.stream,
            "stage": allocated.stage,
            "officer": officer,
        }


CASE_FOLD = CaseFold(
    "caseload",
    TABLE,
    {ComplaintAllocated: _allocate},
)

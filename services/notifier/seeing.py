"""Which cases a reader of letters may see: those of their organisation and those referred to it, unless marked for
others only.
"""

from datetime import datetime
from typing import Any

from psycopg import Cursor

from services.notifier.case_facts import ComplaintFacts
from services.notifier.composing import COMPLAINT_FACTS
from shared.access.log import note_read
from shared.identity.sessions import SignedIn
from shared.web.problems import Problem

Row = dict[str, Any]


def visible_case(cursor: Cursor[Row], who: SignedIn, reference: str) -> ComplaintFacts:
    """What is known of the case; Problem 404 where there is none, or none for this officer."""
    row = cursor.execute(
        "SELECT facts::text FROM notifier.complaint WHERE landlord = %s AND reference = %s",
        (who.officer.landlord, reference),
    ).fetchone()
    complaint = None if row is None else COMPLAINT_FACTS.validate_json(row["facts"])
    if (
        complaint is None
        or who.confined_to not in (None, complaint.organisation, *complaint.referred_to)
        or who.officer.officer in complaint.kept_from
        or (complaint.seen_by is not None and who.officer.role not in complaint.seen_by)
    ):
        raise Problem(404, "Not found", "There is no such complaint, or it is not yours to see.")
    return complaint


def opened_case(
    cursor: Cursor[Row], who: SignedIn, reference: str, *, page: str, now: datetime
) -> ComplaintFacts:
    """The same, for an officer who opens a page of the case, which is noted."""
    complaint = visible_case(cursor, who, reference)
    note_read(
        cursor,
        landlord=who.officer.landlord,
        officer=who.officer.officer,
        references=[reference],
        page=page,
        now=now,
        exactly=complaint.seen_by is not None,
    )
    return complaint

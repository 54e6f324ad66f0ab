"""The mailbox, in the demonstration only: what became of every letter, and what it says."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from psycopg import Cursor

from services.notifier.correspondence import STATES
from services.notifier.gateways import OutboxFolder
from services.notifier.writing import letter_name
from shared.database.pool import Database
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.web.pages import render
from shared.web.problems import Problem

Row = dict[str, Any]

PAGE = 50

Staff = Annotated[SignedIn, Depends(signed_in)]


def router(*, database: Database, outbox: OutboxFolder, is_demonstration: bool) -> APIRouter:
    """`/mailbox` and `/mailbox/{letter}`; no page at all in production."""
    pages = APIRouter(include_in_schema=False)
    if not is_demonstration:
        return pages

    @pages.get("/mailbox")
    def mailbox(request: Request, who: Staff, before: UUID | None = None) -> Response:
        with database.transaction(who.officer.landlord) as cursor:
            rows = _newest(cursor, who, before=before)
        return render(
            request,
            "notifier/mailbox.html",
            letters=rows[:PAGE],
            states=STATES,
            next=rows[PAGE - 1]["letter"] if len(rows) > PAGE else None,
        )

    @pages.get("/mailbox/{letter}")
    def one_letter(request: Request, who: Staff, letter: UUID) -> Response:
        with database.transaction(who.officer.landlord) as cursor:
            row = _one(cursor, who, letter=letter)
        if row is None:
            raise Problem(404, "Not found", "There is no such letter, or it is not yours to see.")
        name = letter_name(event_id=row["event_id"], recipient=row["recipient"])
        path = outbox.path(landlord=row["landlord"], name=name)
        message = None
        if row["sent_by"] == outbox.sent_by and path.is_file():
            message = message_from_bytes(path.read_bytes(), policy=default)
        return render(
            request,
            "notifier/mailbox_letter.html",
            letter=row,
            states=STATES,
            headings={} if message is None else _headings(message.items()),
            text=None if message is None else _plain_text(message),
        )

    return pages


def _plain_text(message: EmailMessage) -> str:
    """The words of a letter, without the large print that may come with them."""
    plain = message.get_body(("plain",))
    return "" if plain is None else plain.get_content()


def _newest(cursor: Cursor[Row], who: SignedIn, *, before: UUID | None) -> list[Row]:
    return cursor.execute(
        """
        SELECT letter.*, officer.name AS officer_name FROM notifier.letter
        LEFT JOIN registry.officer
            ON officer.landlord = letter.landlord
            AND letter.recipient = 'officer:' || officer.officer
        WHERE letter.landlord = %(landlord)s
            AND (%(only)s::text IS NULL OR letter.organisation = %(only)s)
            AND NOT EXISTS (SELECT FROM notifier.complaint
                WHERE complaint.landlord = letter.landlord
                    AND complaint.reference = letter.reference
                    AND jsonb_typeof(complaint.facts -> 'seen_by') = 'array'
                    AND NOT (complaint.facts -> 'seen_by' ? %(role)s
                        AND NOT complaint.facts -> 'kept_from' ? %(officer)s))
            AND (%(before)s::uuid IS NULL OR (letter.caused_at, letter.letter) < (
                SELECT last.caused_at, last.letter FROM notifier.letter AS last
                WHERE last.landlord = %(landlord)s AND last.letter = %(before)s))
        ORDER BY letter.caused_at DESC, letter.letter DESC LIMIT %(limit)s
        """,
        {
            "landlord": who.officer.landlord,
            "only": who.confined_to,
            "officer": who.officer.officer,
            "role": who.officer.role,
            "before": before,
            "limit": PAGE + 1,
        },
    ).fetchall()


def _one(cursor: Cursor[Row], who: SignedIn, *, letter: UUID) -> Row | None:
    return cursor.execute(
        """
        SELECT * FROM notifier.letter WHERE landlord = %(landlord)s AND letter = %(letter)s
            AND (%(only)s::text IS NULL OR organisation = %(only)s)
            AND NOT EXISTS (SELECT FROM notifier.complaint
                WHERE complaint.landlord = letter.landlord
                    AND complaint.reference = letter.reference
                    AND jsonb_typeof(complaint.facts -> 'seen_by') = 'array'
                    AND NOT (complaint.facts -> 'seen_by' ? %(role)s
                        AND NOT complaint.facts -> 'kept_from' ? %(officer)s))
        """,
        {
            "landlord": who.officer.landlord,
            "letter": letter,
            "only": who.confined_to,
            "officer": who.officer.officer,
            "role": who.officer.role,
        },
    ).fetchone()


def _headings(items: list[tuple[str, str]]) -> dict[str, str]:
    shown = {"From", "To", "Subject", "Date"}
    return {name: str(value) for name, value in items if name in shown}

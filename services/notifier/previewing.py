"""Shows the letter that would go to the complainant, before the command that causes it is given.

The page of an action knows the facts that its command would record; it sends them here, where they are folded onto
what the notifier knows of the case, in memory alone, and written by the same hand that writes what is sent.
"""

from typing import Annotated, Any
from urllib.parse import parse_qs
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Request
from psycopg import Cursor
from starlette.responses import Response

from services.notifier.composing import COMPLAINT_FACTS, LETTER_FACTS
from services.notifier.letters import ComplaintFacts, Letter, Staff, fold, letters_for
from services.notifier.sending import Sender, Undeliverable
from shared.complaints.events import ComplaintEvent
from shared.database.pool import Database
from shared.eventstore.codec import UndecodableRecord, UnknownEvent, decode_event
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.registry.adoptions import PolicyNotAdopted
from shared.runtime.clock import Clock
from shared.vault.sealing import VaultError
from shared.web.pages import render
from shared.web.problems import Problem

Row = dict[str, Any]

MOST_FACTS = 100  # more than any command appends
MOST_FIELDS = 400
Reference = Annotated[str, Path(pattern=r"^[A-Z]{2,6}-[0-9]{4}-[0-9]{6}$")]
OfficerSignedIn = Annotated[SignedIn, Depends(signed_in)]


async def raw_body(request: Request) -> bytes:
    """The form as it was sent."""
    return await request.body()


def router(*, database: Database, sender: Sender, clock: Clock) -> APIRouter:
    """`POST /complaints/{reference}/letters/preview`; it stores nothing."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/complaints/{reference}/letters/preview", dependencies=[Depends(same_origin)])
    def preview(
        request: Request,
        reference: Reference,
        who: OfficerSignedIn,
        raw: Annotated[bytes, Depends(raw_body)],
    ) -> Response:
        facts = _facts(raw)
        landlord = who.officer.landlord
        with database.transaction(landlord) as cursor:
            complaint = _visible(cursor, who, reference)
            letter = _letter(complaint, facts)
            text, heading, trouble = None, "", "No letter follows from this."
            if letter is not None:
                row = {
                    "landlord": landlord,
                    "organisation": complaint.organisation,
                    "letter": UUID(int=0),
                    "reference": reference,
                    "recipient": letter.recipient,
                    "kind": letter.kind.value,
                    "facts": LETTER_FACTS.dump_json(letter.facts).decode(),
                }
                try:
                    message, _ = sender.write(cursor, row, now=clock.now())
                except Undeliverable as nobody:
                    trouble = f"No letter would go out: {nobody}."
                except (PolicyNotAdopted, VaultError) as broken:
                    trouble = f"The letter cannot be written now: {type(broken).__name__}."
                else:
                    body = message.get_body(("plain",))
                    text = "" if body is None else body.get_content()
                    heading = str(message["Subject"])
        return render(
            request,
            "notifier/letter_preview.html",
            reference=reference,
            heading=heading,
            text=text,
            trouble=trouble,
        )

    return routes


def _facts(raw: bytes) -> tuple[ComplaintEvent, ...]:
    """The facts of the form; raises Problem 400 where they are none."""
    broken = Problem(
        400, "Form incomplete", "Open the form of the action again, and look from there."
    )
    try:
        typed = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
        given = orjson.loads(typed["facts"][0])
        if not isinstance(given, list) or not 1 <= len(given) <= MOST_FACTS:
            raise broken
        return tuple(decode_event(str(each["name"]), each["data"]) for each in given)
    except (ValueError, KeyError, TypeError, UnknownEvent, UndecodableRecord):
        raise broken from None


def _visible(cursor: Cursor[Row], who: SignedIn, reference: str) -> ComplaintFacts:
    """What is known of the case; Problem 404 where there is none, or none for this officer."""
    row = cursor.execute(
        "SELECT facts::text FROM notifier.complaint WHERE landlord = %s AND reference = %s",
        (who.officer.landlord, reference),
    ).fetchone()
    complaint = None if row is None else COMPLAINT_FACTS.validate_json(row["facts"])
    if (
        complaint is None
        or who.confined_to not in (None, complaint.organisation)
        or who.officer.officer in complaint.kept_from
        or (complaint.seen_by is not None and who.officer.role not in complaint.seen_by)
    ):
        raise Problem(404, "Not found", "There is no such complaint, or it is not yours to see.")
    return complaint


def _letter(complaint: ComplaintFacts, facts: tuple[ComplaintEvent, ...]) -> Letter | None:
    """The first letter to the complainant, told as all the facts leave the case."""
    after = complaint
    for event in facts:
        after = fold(after, event)
    nobody = Staff(frozenset(), {})
    every = (letter for event in facts for letter in letters_for(event, after, nobody))
    return next((one for one in every if one.recipient.startswith("complainant:")), None)

"""Shows the letter that would go to the complainant, before the command that causes it is given.

The page of an action knows the facts that its command would record; it sends them here, where they are folded onto
what the notifier knows of the case, in memory alone, and written by the same hand that writes what is sent.
"""

from typing import Annotated
from urllib.parse import parse_qs
from uuid import UUID

import orjson
from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import Response

from services.notifier.case_facts import ComplaintFacts, fold
from services.notifier.composing import LETTER_FACTS
from services.notifier.in_hand import Undeliverable
from services.notifier.letter_facts import Letter
from services.notifier.letters import Staff, letters_for
from services.notifier.seeing import opened_case
from services.notifier.sending import Sender
from services.notifier.wording_kinds import LETTER_KINDS
from shared.access.log import LETTER
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

MOST_FACTS = 100  # more than any command appends
MOST_FIELDS = 400
NOT_TYPED = "[What you write goes here.]"
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
        form = _form(raw)
        facts = _facts(form)
        typed = next(iter(form.get("words", ())), "").strip() or NOT_TYPED
        landlord = who.officer.landlord
        with database.transaction(landlord) as cursor:
            complaint = opened_case(cursor, who, reference, page=LETTER, now=clock.now())
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
                    written = sender.write(cursor, row, now=clock.now(), typed=typed)
                except Undeliverable as nobody:
                    trouble = f"No letter would go out: {nobody}."
                except (PolicyNotAdopted, VaultError) as broken:
                    trouble = f"The letter cannot be written now: {type(broken).__name__}."
                else:
                    text, heading = written.text, written.subject
        return render(
            request,
            "notifier/letter_preview.html",
            reference=reference,
            heading=heading,
            text=text,
            trouble=trouble,
        )

    return routes


def _broken() -> Problem:
    return Problem(
        400, "Form incomplete", "Open the form of the action again, and look from there."
    )


def _form(raw: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise _broken() from None


def _facts(typed: dict[str, list[str]]) -> tuple[ComplaintEvent, ...]:
    """The facts of the form; raises Problem 400 where they are none."""
    try:
        given = orjson.loads(typed["facts"][0])
        if not isinstance(given, list) or not 1 <= len(given) <= MOST_FACTS:
            raise _broken()
        return tuple(decode_event(str(each["name"]), each["data"]) for each in given)
    except (ValueError, KeyError, TypeError, UnknownEvent, UndecodableRecord):
        raise _broken() from None


def _letter(complaint: ComplaintFacts, facts: tuple[ComplaintEvent, ...]) -> Letter | None:
    """The first letter that is no reminder, told as all the facts leave the case."""
    after = complaint
    for event in facts:
        after = fold(after, event)
    nobody = Staff(frozenset(), {})
    every = (letter for event in facts for letter in letters_for(event, after, nobody))
    return next((one for one in every if one.kind in LETTER_KINDS), None)

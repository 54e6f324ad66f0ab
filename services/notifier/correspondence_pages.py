"""The correspondence of a case as pages: every letter with its state, its text and a print; a failed one sent again."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Path, Request
from psycopg import Cursor
from starlette.responses import RedirectResponse, Response

from services.notifier import correspondence
from services.notifier.case_facts import LARGE_PRINT
from services.notifier.composing import LETTER_FACTS
from services.notifier.correspondence import STATES, WAYS
from services.notifier.seeing import opened_case
from shared.access.log import CORRESPONDENCE
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.letters.kept import kept
from shared.letters.printing import PDF, printed
from shared.runtime.clock import Clock
from shared.vault.vault import Vault
from shared.web.downloads import download
from shared.web.pages import render
from shared.web.problems import Problem

Row = dict[str, Any]
Reference = Annotated[str, Path(pattern=r"^[A-Z]{2,6}-[0-9]{4}-[0-9]{6}$")]
Reader = Annotated[SignedIn, Depends(signed_in)]
# Who looks at cases and does not act on them.
READS_ONLY = frozenset({"auditor", "administrator"})


def router(*, database: Database, vault: Vault, clock: Clock) -> APIRouter:
    """`/complaints/{reference}/correspondence` and what is below it."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/complaints/{reference}/correspondence")
    def letters(
        request: Request, reference: Reference, who: Reader, before: UUID | None = None
    ) -> Response:
        landlord = who.officer.landlord
        with database.transaction(landlord) as cursor:
            opened_case(cursor, who, reference, page=CORRESPONDENCE, now=clock.now())
            rows, after = correspondence.letters_of_case(cursor, landlord, reference, before=before)
        return render(
            request,
            "notifier/correspondence.html",
            reference=reference,
            letters=[row | _told(row) for row in rows],
            next=after,
        )

    @routes.get("/complaints/{reference}/correspondence/{letter}")
    def one(request: Request, reference: Reference, letter: UUID, who: Reader) -> Response:
        landlord = who.officer.landlord
        with database.transaction(landlord) as cursor:
            row = _letter(cursor, who, reference, letter, now=clock.now())
            said = kept(vault, cursor, landlord, row["words"])
            asked = correspondence.attempts_asked_for(cursor, landlord, letter)
        return render(
            request,
            "notifier/correspondence_letter.html",
            reference=reference,
            letter=row | _told(row),
            said=said,
            asked=asked,
            may_send_again=correspondence.can_be_sent_again(row)
            and who.officer.role not in READS_ONLY,
        )

    @routes.get("/complaints/{reference}/correspondence/{letter}/print")
    def as_pdf(reference: Reference, letter: UUID, who: Reader) -> Response:
        landlord = who.officer.landlord
        with database.transaction(landlord) as cursor:
            row = _letter(cursor, who, reference, letter, now=clock.now())
            said = kept(vault, cursor, landlord, row["words"])
        if said is None:
            raise Problem(404, "Not found", "The words of this letter are not kept, or erased.")
        document = printed(said, sender=who.landlord_name, on=london_day(row["ended_at"]))
        return download(document, PDF, f"{reference}-{row['kind'].replace('_', '-')}.pdf")

    _add_send_again(routes, database, clock)
    return routes


def _add_send_again(routes: APIRouter, database: Database, clock: Clock) -> None:
    @routes.post(
        "/complaints/{reference}/correspondence/{letter}/send-again",
        dependencies=[Depends(same_origin)],
    )
    def send_again(reference: Reference, letter: UUID, who: Reader) -> Response:
        if who.officer.role in READS_ONLY:
            raise Problem(403, "Not for your role", "Ask an officer who works on cases to do it.")
        landlord = who.officer.landlord
        with database.transaction(landlord) as cursor:
            _letter(cursor, who, reference, letter, now=clock.now())
            is_done = correspondence.send_again(
                cursor, landlord, reference, letter, by=who.officer.officer, now=clock.now()
            )
        if not is_done:
            raise Problem(
                409,
                "Nothing to send again",
                "It waits already, went out meanwhile, or nobody can be written to: look at its state again.",
            )
        where = f"/complaints/{reference}/correspondence/{letter}"
        return RedirectResponse(where, status_code=303)


def _letter(
    cursor: Cursor[Row], who: SignedIn, reference: str, letter: UUID, *, now: datetime
) -> Row:
    opened_case(cursor, who, reference, page=CORRESPONDENCE, now=now)
    row = correspondence.letter_of_case(cursor, who.officer.landlord, reference, letter)
    if row is None:
        raise Problem(404, "Not found", "There is no such letter on this case.")
    return row


def _told(row: Row) -> dict[str, Any]:
    """What a page says of a letter, in words."""
    kind, _, of = row["recipient"].partition(":")
    to = {
        "complainant": "The complainant",
        "representative": f"Representative {of.rpartition(':')[2]}",
        "officer": row.get("officer_name") or f"Officer {of}",
    }.get(kind, "Nobody")
    facts = row["facts"]
    parsed = LETTER_FACTS.validate_json(facts) if isinstance(facts, str) else None
    return {
        "title": correspondence.title_of(row["kind"]),
        "to": to,
        "is_reminder": kind not in {"complainant", "representative"},
        "way": WAYS.get(row["sent_by"] or "", ""),
        "state_told": STATES[row["state"]],
        "large_print": parsed is not None
        and any(need.kind == LARGE_PRINT for need in parsed.needs),
        "stage": row["stage"] if parsed is None else parsed.stage,
    }

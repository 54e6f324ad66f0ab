"""The letters that a resident was sent about the case they follow: as a list, to read and to download."""

from uuid import UUID

from fastapi import APIRouter, Request
from psycopg import Cursor
from starlette.responses import Response

from services.notifier import correspondence
from services.notifier.letter_facts import LetterKind
from shared.complaints.events import ComplaintOpened
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.eventstore.feed import consume_stream
from shared.identity.following import Follower, Following
from shared.letters.kept import Kept
from shared.letters.printing import PDF, printed
from shared.vault.vault import Vault
from shared.web.downloads import download
from shared.web.pages import render
from shared.web.problems import Problem

# A code that was mailed is no letter about the case, and no longer works.
NO_LETTERS = frozenset({correspondence.title_of(LetterKind.SIGN_IN_CODE)})


def router(*, database: Database, vault: Vault) -> APIRouter:
    """`/track/{reference}/letters` and each letter below it."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/track/{reference}/letters")
    def letters(request: Request, follower: Following) -> Response:
        _refuse_without_permission(follower)
        with database.transaction(follower.landlord) as cursor:
            sent = correspondence.letters_to(
                cursor,
                follower.landlord,
                follower.reference,
                complainant=_complainant(cursor, follower),
            )
        return render(
            request,
            "notifier/track_letters.html",
            follower=follower,
            reference=follower.reference,
            letters=[one for one in sent if one.title not in NO_LETTERS],
        )

    @pages.get("/track/{reference}/letters/{letter}")
    def read(request: Request, follower: Following, letter: UUID) -> Response:
        row, said = _letter(database, vault, follower, letter)
        return render(
            request,
            "notifier/track_letter.html",
            follower=follower,
            reference=follower.reference,
            letter=row,
            said=said,
        )

    @pages.get("/track/{reference}/letters/{letter}/print")
    def as_pdf(follower: Following, letter: UUID) -> Response:
        row, said = _letter(database, vault, follower, letter)
        document = printed(said, sender=follower.landlord_name, on=london_day(row["ended_at"]))
        name = str(row["kind"]).replace("_", "-")
        return download(document, PDF, f"{follower.reference}-{name}.pdf")

    return pages


def _letter(
    database: Database, vault: Vault, follower: Follower, letter: UUID
) -> tuple[correspondence.Row, Kept]:
    _refuse_without_permission(follower)
    with database.transaction(follower.landlord) as cursor:
        found = correspondence.letter_to(
            cursor,
            vault,
            follower.landlord,
            follower.reference,
            complainant=_complainant(cursor, follower),
            letter=letter,
        )
    if found is None:
        raise Problem(404, "Not found", "There is no such letter, or its words were not kept.")
    return found


def _complainant(cursor: Cursor[correspondence.Row], follower: Follower) -> UUID:
    opening = consume_stream(cursor, follower.landlord, follower.reference)[0].event
    if not isinstance(opening, ComplaintOpened) or opening.complainant is None:
        raise Problem(404, "Not found", "No letters are kept for this complaint.")
    return UUID(opening.complainant)


def _refuse_without_permission(follower: Follower) -> None:
    if not follower.sees_everything:
        raise Problem(
            403,
            "Not within the permission",
            "The permission of the complainant is for how the complaint stands. Ask them for more.",
        )

"""What the pages of intake have in common: what was posted, the landlord and its organisations, the confirmation."""

from collections.abc import Mapping
from typing import Annotated

from fastapi import Depends, Request
from fastapi.responses import Response

from services.intake.form_fields import FormError
from services.intake.submissions import Taken
from shared.database.pool import Database
from shared.registry.landlords import Landlord, all_landlords, organisations
from shared.web.pages import render
from shared.web.problems import Problem

MOST_FORM_FIELDS = 60
# People do not see this field; programs that fill in every field do not know that.
TRAPPED = FormError("website", "Leave the last field empty: programs fill it in, people do not")
# The policy's rules speak to staff; these say the same to the complainant.
PROMISES: Mapping[str, str] = {
    "acknowledge": "we will tell you that we have received it.",
    "contact": "we will contact you, to understand what happened and what you want.",
    "respond": "we will answer you in writing.",
}


async def form_values(request: Request) -> dict[str, object]:
    """What was posted, as text; files are not taken."""
    async with request.form(max_fields=MOST_FORM_FIELDS, max_files=0) as form:
        return dict(form)


Form = Annotated[dict[str, object], Depends(form_values)]


def text_of(form: Mapping[str, object], field: str) -> str:
    """One field, as it was posted; empty where it was not."""
    value = form.get(field, "")
    return value if isinstance(value, str) else ""


def not_found() -> Problem:
    """The answer for what is not there, or not for who asks."""
    return Problem(404, "Not found", "There is nothing at this address, or it is not yours to see.")


def confirmation(request: Request, taken: Taken | None, *, by_staff: bool = False) -> Response:
    """The page with the reference and the dates."""
    if taken is None:
        raise not_found()
    return render(request, "intake/sent.html", taken=taken, by_staff=by_staff, promises=PROMISES)


def landlord_named(database: Database, wanted: str) -> Landlord:
    """The landlord with this slug."""
    with database.directory() as cursor:
        for known in all_landlords(cursor):
            if known.landlord == wanted:
                return known
    raise Problem(404, "Landlord not known", "This landlord does not take complaints here.")


def homes_of(database: Database, landlord: str, *, only: str | None = None) -> dict[str, str]:
    """Who manages homes of the landlord: name by slug."""
    with database.transaction(landlord) as cursor:
        return {
            choice.organisation: choice.name
            for choice in organisations(cursor, landlord)
            if only in {None, choice.organisation}
        }

"""Finds a complaint by its reference, or by the one that another system gave it; without a script."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Query, Request
from starlette.responses import RedirectResponse, Response

from services.projections.api import Reader
from services.projections.read_models.case_search import LONGEST_QUERY, MOST_FOUND, cases_like
from services.projections.reading import Reading
from services.projections.visibility import hidden_from
from shared.web.pages import render
from shared.web.parameters import STORABLE


def router(reading: Reading) -> APIRouter:
    """`/find`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/find")
    def find(
        request: Request,
        who: Reader,
        reference: Annotated[str | None, Query(max_length=1_000, pattern=STORABLE)] = None,
    ) -> Response:
        typed = (reference or "").strip()
        wrong = _wrong(typed) if reference is not None else ""
        found = []
        if typed and not wrong:
            landlord = who.officer.landlord
            with reading.database.transaction(landlord) as cursor:
                found = cases_like(
                    cursor,
                    landlord=landlord,
                    typed=typed,
                    confined_to=who.confined_to,
                    hidden=hidden_from(cursor, who),
                )
        if len(found) == 1:
            only = quote(found[0]["reference"], safe="")
            return RedirectResponse(f"/complaints/{only}", status_code=303)
        return render(
            request,
            "projections/find.html",
            422 if wrong else 200,
            found=found[:MOST_FOUND],
            more=len(found) > MOST_FOUND,
            asked=bool(typed) and not wrong,
            values={"reference": reference or ""},
            errors=[{"field": "reference", "message": wrong}] if wrong else [],
            longest=LONGEST_QUERY,
        )

    return routes


def _wrong(typed: str) -> str:
    if not typed:
        return "Enter a reference, or a part of one"
    if len(typed) > LONGEST_QUERY:
        return f"A reference has at most {LONGEST_QUERY} characters"
    return ""

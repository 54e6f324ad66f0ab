"""Finds complaints: by their reference, and for those whose work it is by people and words; without a script."""

from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from services.projections.api import Reader
from services.projections.finding import (
    found_by_reference,
    found_by_words,
    looks_for_people,
    too_many,
)
from services.projections.read_models.case_search import LONGEST_QUERY, MOST_FOUND
from services.projections.reading import Reading, Row
from services.projections.reads import note_found
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.vault.search_words import MOST_ASKED
from shared.web.pages import render
from shared.web.parameters import STORABLE

LONGEST_TAKEN = 1_000  # characters; beyond them nobody means it


def router(reading: Reading) -> APIRouter:
    """`/find`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/find")
    def find_reference(
        request: Request,
        who: Reader,
        reference: Annotated[str | None, Query(max_length=LONGEST_TAKEN, pattern=STORABLE)] = None,
    ) -> Response:
        if reference is None:
            return _page(request, who, "", [], asked=False)
        return _found(request, reading, who, reference, by_words=False)

    # Sent, not asked for: an address with a name in it would stay in logs and in the history of the browser.
    @routes.post("/find", dependencies=[Depends(same_origin)])
    def find(
        request: Request,
        who: Reader,
        q: Annotated[str, Form(max_length=LONGEST_TAKEN, pattern=STORABLE)] = "",
    ) -> Response:
        return _found(request, reading, who, q, by_words=looks_for_people(who))

    return routes


def _found(
    request: Request, reading: Reading, who: SignedIn, given: str, *, by_words: bool
) -> Response:
    typed = given.strip()
    if wrong := _wrong(typed, by_words=by_words):
        return _page(request, who, given, [], asked=False, wrong=wrong)
    found = found_by_reference(reading, who, typed)
    if len(found) == 1:
        only = quote(found[0]["reference"], safe="")
        return RedirectResponse(f"/complaints/{only}", status_code=303)
    if by_words:
        known = {case["reference"] for case in found}
        found += [
            case for case in found_by_words(reading, who, typed) if case["reference"] not in known
        ]
    shown = [case["reference"] for case in found[:MOST_FOUND] if case["name"] is not None]
    if shown:
        with reading.database.transaction(who.officer.landlord) as cursor:
            note_found(cursor, who, shown, now=reading.clock.now())
    return _page(request, who, given, found, asked=True)


def _page(
    request: Request, who: SignedIn, given: str, found: list[Row], *, asked: bool, wrong: str = ""
) -> Response:
    return render(
        request,
        "projections/find.html",
        422 if wrong else 200,
        found=found[:MOST_FOUND],
        more=len(found) > MOST_FOUND,
        asked=asked,
        people=looks_for_people(who),
        values={"q": given},
        errors=[{"field": "q", "message": wrong}] if wrong else [],
        longest=LONGEST_QUERY,
    )


def _wrong(typed: str, *, by_words: bool) -> str:
    if not typed:
        return (
            "Enter a reference, a name or words"
            if by_words
            else "Enter a reference, or a part of one"
        )
    if len(typed) > LONGEST_QUERY:
        return f"Enter at most {LONGEST_QUERY} characters"
    if by_words and too_many(typed):
        return f"Enter at most {MOST_ASKED} words"
    return ""

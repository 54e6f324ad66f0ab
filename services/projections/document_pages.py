"""The documents of a case as a page, and each as a file to download, for those who may see the case."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.projections.api import Reader, Reference
from services.projections.case_documents import documents_of
from services.projections.reading import Reading
from shared.access.log import DOCUMENT, DOCUMENTS
from shared.documents.shelf import Shelf
from shared.web.downloads import strangers_file
from shared.web.pages import render
from shared.web.problems import Problem

Number = Annotated[int, Path(ge=1, le=1_000)]


def router(reading: Reading, shelf: Shelf) -> APIRouter:
    """`/complaints/{reference}/documents`, and below it each document by its number."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/complaints/{reference}/documents")
    def documents(request: Request, who: Reader, reference: Reference) -> Response:
        found = reading.case(who, reference, page=DOCUMENTS)
        return render(
            request,
            "projections/case_documents.html",
            reference=reference,
            complaint=found["complaint"],
            documents=documents_of(found["timeline"], shelf, landlord=who.officer.landlord),
            is_scanned=shelf.scanner.checks,
        )

    @routes.get("/complaints/{reference}/documents/{number}")
    def document(who: Reader, reference: Reference, number: Number) -> Response:
        landlord = who.officer.landlord
        found = reading.case(who, reference, page=DOCUMENT)
        held = {
            each.number: each for each in documents_of(found["timeline"], shelf, landlord=landlord)
        }
        wanted = held.get(number)
        if wanted is None:
            raise Problem(404, "No such document", f"{reference} has no document {number}.")
        if wanted.withheld:
            raise Problem(409, "This document cannot be downloaded", f"{wanted.withheld}.")
        kept = shelf.standing(landlord, [wanted.document]).get(wanted.document)
        contents = None if kept is None else shelf.contents(kept)
        if contents is None or wanted.name is None:
            raise Problem(
                409,
                "This document cannot be downloaded",
                "Its contents were erased, removed or are not there; tell the administrator if they should be.",
            )
        return strangers_file(contents, wanted.media_type, wanted.name)

    return routes

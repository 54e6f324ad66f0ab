"""Saves and deletes an officer's views of the board; without a script."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from services.projections.api import Reader
from services.projections.board_filters import LONGEST_QUERY, Filters
from services.projections.board_page import board_page
from services.projections.reading import Reading
from services.projections.saved_views import ViewRefused, delete_view, save_view
from shared.identity.same_origin import same_origin
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

Name = Annotated[str, Form(max_length=200, pattern=STORABLE)]
Query = Annotated[str, Form(max_length=LONGEST_QUERY, pattern=STORABLE)]


def router(reading: Reading) -> APIRouter:
    """`/board/views`, which only takes forms of the board."""
    routes = APIRouter(include_in_schema=False)

    @routes.post("/board/views", dependencies=[Depends(same_origin)])
    def save(
        *,
        request: Request,
        who: Reader,
        name: Name = "",
        query: Query = "",
        share: Annotated[str, Form(max_length=3)] = "",
    ) -> Response:
        filters = Filters.parse(query)
        try:
            with reading.database.transaction(who.officer.landlord) as cursor:
                save_view(
                    cursor,
                    who.officer,
                    name=name.strip(),
                    query=filters.query(),
                    is_shared=share == "yes",
                    now=reading.clock.now(),
                )
        except ViewRefused as refused:
            return board_page(
                request, reading, who, filters, wrong=str(refused), typed=name, share=share
            )
        return RedirectResponse(filters.address(), status_code=303)

    @routes.post("/board/views/delete", dependencies=[Depends(same_origin)])
    def delete(who: Reader, name: Name, query: Query = "") -> Response:
        with reading.database.transaction(who.officer.landlord) as cursor:
            if not delete_view(cursor, who.officer, name):
                raise Problem(404, "No such view", "You have no view of that name any more.")
        return RedirectResponse(Filters.parse(query).address(), status_code=303)

    return routes

"""`/administration`: the way to every page of administration that this officer may open."""

from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.web.administration import ADDRESS, entries_for
from shared.web.pages import render
from shared.web.problems import Problem

Who = Annotated[SignedIn, Depends(signed_in)]


def router() -> APIRouter:
    """The index."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(ADDRESS)
    def index(request: Request, who: Who) -> Response:
        found = entries_for(who.officer.role, is_confined=who.confined_to is not None)
        if not found:
            raise Problem(
                403, "Not for your role", "Ask an administrator of your landlord for what you need."
            )
        return render(request, "workflow/administration.html", found=found)

    return routes

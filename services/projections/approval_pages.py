"""The approvals queue, and the page on which one draft is read, compared and decided; the decision itself is given
to the workflow, whose forms these are.
"""

import secrets
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.projections.api import Reader, Reference
from services.projections.approvals import draft_of, queue
from services.projections.reading import Reading
from shared.web.pages import render


def router(reading: Reading) -> APIRouter:
    """`/approvals` and `/approvals/{reference}`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/approvals")
    def approvals(request: Request, who: Reader) -> Response:
        return render(request, "projections/approvals.html", **queue(reading, who))

    @routes.get("/approvals/{reference}")
    def approval(
        request: Request,
        who: Reader,
        reference: Reference,
        against: Annotated[int | None, Query(ge=1, le=1_000)] = None,
    ) -> Response:
        return render(
            request,
            "projections/approval.html",
            reference=reference,
            # One for each form: what is sent twice is done once.
            approval_key=secrets.token_urlsafe(18),
            return_key=secrets.token_urlsafe(18),
            **draft_of(reading, who, reference, against=against),
        )

    return routes

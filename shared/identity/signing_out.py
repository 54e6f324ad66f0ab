"""Signing out, however somebody came in: the session ends at once, everywhere."""

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from shared.database.pool import Database
from shared.identity.credentials import drop_session_cookie, request_credential, session_cookie
from shared.identity.same_origin import same_origin
from shared.identity.sessions import end_session, parse_credential
from shared.runtime.settings import Settings


def sign_out_router(*, settings: Settings, database: Database) -> APIRouter:
    """`/sign-out`; the database role must be able to write registry.session."""
    router = APIRouter(include_in_schema=False)
    # Production has no page to sign in on yet: there the front page is what comes next.
    afterwards = "/sign-in" if settings.is_demonstration else "/"

    @router.post("/sign-out", dependencies=[Depends(same_origin)])
    def sign_out(request: Request) -> Response:
        value = request_credential(request, settings) or session_cookie(request)
        parsed = parse_credential(value) if value else None
        if parsed is not None:
            landlord, token = parsed
            with database.transaction(landlord) as cursor:
                end_session(cursor, landlord=landlord, token=token)
        response = RedirectResponse(afterwards, status_code=303)
        drop_session_cookie(response, request=request, settings=settings)
        return response

    return router

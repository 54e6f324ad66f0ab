"""Signing in as an invented person with one click: for the demonstration alone, and refused in
production.
"""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Form, Request
from starlette.responses import RedirectResponse, Response

from shared.database.pool import Database
from shared.identity.credentials import (
    set_session_cookie,
)
from shared.identity.same_origin import same_origin
from shared.identity.sessions import (
    SESSION_LENGTH,
    begin_session,
    credential,
)
from shared.identity.sign_in import local_path
from shared.registry.landlords import all_landlords, organisations
from shared.registry.officers import officer as find_officer
from shared.registry.officers import working_officers
from shared.runtime.clock import Clock
from shared.runtime.settings import Settings
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

TOKEN_BYTES = 32


class PersonaSignInRefused(RuntimeError):
    """Somebody tried to switch persona sign-in on in production, where it would let anybody be
    anybody.
    """


def refuse_persona_sign_in_in_production(settings: Settings) -> None:
    """Raises PersonaSignInRefused unless the environment is the demonstration; called before the
    pages exist.
    """
    if settings.environment != "demonstration":
        raise PersonaSignInRefused(
            "sign-in as a persona is for the demonstration only, and the environment is"
            f" {settings.environment}: leave it out, or set REDRESS_ENVIRONMENT=demonstration"
        )


def persona_router(*, settings: Settings, database: Database, clock: Clock) -> APIRouter:
    """`/sign-in`; the database role must be able to write registry.session."""
    refuse_persona_sign_in_in_production(settings)
    router = APIRouter(include_in_schema=False)

    @router.get("/sign-in")
    def sign_in_page(request: Request, next: str | None = None) -> Response:  # noqa: A002 - the parameter's public name
        return render(
            request, "identity/sign_in.html", landlords=_personas(database), next=local_path(next)
        )

    @router.post("/sign-in", dependencies=[Depends(same_origin)])
    def sign_in(
        request: Request,
        landlord: Annotated[str, Form(max_length=60, pattern=STORABLE)],
        officer: Annotated[str, Form(max_length=100, pattern=STORABLE)],
        next: Annotated[str | None, Form(max_length=2000)] = None,  # noqa: A002 - the parameter's public name
    ) -> Response:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with database.transaction(landlord) as cursor:
            persona = find_officer(cursor, landlord, officer)
            if persona is None or not persona.is_working:
                raise Problem(
                    404, "Not found", "There is no such officer; choose one from the sign-in page."
                )
            begin_session(
                cursor, landlord=landlord, officer=persona.officer, token=token, now=clock.now()
            )
        response = RedirectResponse(local_path(next), status_code=303)
        set_session_cookie(
            response,
            credential(landlord, token),
            request=request,
            settings=settings,
            seconds=int(SESSION_LENGTH.total_seconds()),
        )
        return response

    return router


def _personas(database: Database) -> list[dict[str, Any]]:
    """Every landlord with its organisations and their officers."""
    with database.directory() as cursor:
        landlords = all_landlords(cursor)
    listed = []
    for landlord in landlords:
        with database.transaction(landlord.landlord) as cursor:
            staff = working_officers(cursor, landlord.landlord)
            homes = [
                {
                    "organisation": organisation,
                    "officers": [
                        one for one in staff if one.organisation == organisation.organisation
                    ],
                }
                for organisation in organisations(cursor, landlord.landlord)
            ]
        if staff:
            listed.append({"landlord": landlord, "organisations": homes})
    return listed

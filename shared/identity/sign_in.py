"""Who is asking: FastAPI dependencies that turn a session cookie or a bearer credential into an
officer.

    @router.get("/board")
    def board(officer: Annotated[Officer, Depends(signed_in_officer)]) -> HTMLResponse: ...

An API request without a session gets 401; a page sends the browser to the sign-in page and back
again afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, cast
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from starlette.responses import RedirectResponse, Response

from shared.database.pool import Database
from shared.identity.credentials import request_credential
from shared.identity.following import ResidentSignInNeeded, ask_resident_to_sign_in
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn, find_session, parse_credential
from shared.registry.officers import Officer
from shared.runtime.clock import Clock
from shared.runtime.settings import Settings
from shared.web.problems import Problem, problem_response, wants_page

__all__ = [
    "Identity",
    "SignInNeeded",
    "install_identity",
    "local_path",
    "require_roles",
    "same_origin",
    "signed_in",
    "signed_in_officer",
]


@dataclass(frozen=True, slots=True)
class Identity:
    """What the dependencies need; one per application, under `app.state.identity`."""

    database: Database
    clock: Clock
    settings: Settings


class SignInNeeded(Problem):
    """The request carries no running session."""

    def __init__(self) -> None:
        super().__init__(
            401,
            "Sign in needed",
            "Sign in, or send the credential of a running session as Authorization: Bearer.",
            headers={"www-authenticate": "Bearer"},
        )


def install_identity(app: FastAPI, *, database: Database, clock: Clock, settings: Settings) -> None:
    """Makes the dependencies of this module work in `app`; the database role needs to read schema
    registry.
    """
    app.state.identity = Identity(database=database, clock=clock, settings=settings)
    app.add_exception_handler(SignInNeeded, _ask_to_sign_in)
    app.add_exception_handler(ResidentSignInNeeded, ask_resident_to_sign_in)


def signed_in(request: Request) -> SignedIn:
    """Dependency: the officer of this request with landlord and organisation; SignInNeeded when
    there is none.
    """
    already = getattr(request.state, "signed_in", None)
    if already is not None:
        return cast(SignedIn, already)
    identity: Identity = request.app.state.identity
    value = request_credential(request, identity.settings)
    parsed = parse_credential(value) if value else None
    if parsed is None:
        raise SignInNeeded
    landlord, token = parsed
    with identity.database.transaction(landlord) as cursor:
        found = find_session(cursor, landlord=landlord, token=token, now=identity.clock.now())
    if found is None:
        raise SignInNeeded
    request.state.signed_in = found  # the layout shows who is signed in
    return found


def signed_in_officer(who: Annotated[SignedIn, Depends(signed_in)]) -> Officer:
    """Dependency: the officer of this request."""
    return who.officer


def require_roles(*roles: str) -> Callable[[Officer], Officer]:
    """Dependency: the officer of this request, who must have one of these roles (403 otherwise)."""

    def officer_with_role(officer: Annotated[Officer, Depends(signed_in_officer)]) -> Officer:
        if officer.role not in roles:
            raise Problem(
                403,
                "Not for your role",
                f"This is for the roles {', '.join(sorted(roles))}; yours is {officer.role}.",
            )
        return officer

    return officer_with_role


def local_path(path: str | None, *, otherwise: str = "/board") -> str:
    """`path` when it leads to a page of this service, else `otherwise`: nobody is sent to another
    site.
    """
    if path is None or not path.startswith("/") or path.startswith("//") or "\\" in path:
        return otherwise
    if not path.isprintable():
        return otherwise
    return path


def _ask_to_sign_in(request: Request, needed: Exception) -> Response:
    identity: Identity = request.app.state.identity
    if not wants_page(request) or not identity.settings.is_demonstration:
        return problem_response(request, cast(SignInNeeded, needed))
    here = request.url.path
    if request.method != "GET":
        here = "/board"
    elif request.url.query:
        here = f"{here}?{request.url.query}"
    return RedirectResponse(f"/sign-in?{urlencode({'next': here})}", status_code=303)

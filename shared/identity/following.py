"""Whose case a resident follows: the cookie of their session, and the dependency that turns it into a case.

    @router.get("/track/{reference}")
    def course(follower: Annotated[Follower, Depends(follower_of_case)]) -> Response: ...

A session opens the one case it was begun for. Without one, the browser is sent to `/track` and asked to sign in.
"""

from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, cast
from urllib.parse import urlencode
from uuid import UUID

from fastapi import Depends, Path, Request
from psycopg import Cursor
from starlette.responses import RedirectResponse, Response

from shared.complaints.events import ComplaintOpened
from shared.complaints.working_days import london_day
from shared.eventstore.feed import consume_stream
from shared.eventstore.record import RecordedEvent
from shared.identity.credentials import is_secure
from shared.identity.resident_sessions import ResidentSession, find_resident_session
from shared.identity.sessions import parse_credential
from shared.identity.spokespeople import EVERYTHING, extent_of
from shared.registry.landlords import all_landlords
from shared.runtime.settings import Settings
from shared.web.problems import Problem

COOKIE = "redress_resident"
# Browsers keep a `__Host-` cookie to this host alone, and take it over https only.
SECURE_COOKIE = "__Host-redress_resident"
REFERENCE_PATTERN = r"^[A-Z]{2,6}-[0-9]{4}-[0-9]{6,9}$"
CaseReference = Annotated[str, Path(pattern=REFERENCE_PATTERN)]


@dataclass(frozen=True, slots=True)
class Follower:
    """Who follows a case, and how much of it: everything, or its progress alone."""

    landlord: str
    landlord_name: str
    reference: str
    holder: str
    extent: str

    @property
    def sees_everything(self) -> bool:
        """Whether they may read letters and words, and act for the complainant."""
        return self.extent == EVERYTHING


class ResidentSignInNeeded(Problem):
    """The request carries no running session of this case."""

    def __init__(self, reference: str) -> None:
        super().__init__(401, "Sign in needed", "Sign in with the reference of your complaint.")
        self.reference = reference


def follower_of_case(request: Request, reference: CaseReference) -> Follower:
    """Dependency: who follows the case of this address; ResidentSignInNeeded without a session of it."""
    identity = request.app.state.identity
    credential = resident_credential(request, identity.settings)
    if credential is None:
        raise ResidentSignInNeeded(reference)
    landlord, token = credential
    with identity.database.transaction(landlord) as cursor:
        now = identity.clock.now()
        session = find_resident_session(cursor, landlord=landlord, token=token, now=now)
        if session is None or session.reference != reference:
            raise ResidentSignInNeeded(reference)
        extent = extent_now(
            cursor, landlord, reference, holder=session.holder, today=london_day(now)
        )
        if extent is None:
            raise ResidentSignInNeeded(reference)
        return _follower(cursor, session, extent)


def extent_now(
    cursor: Cursor[dict[str, Any]], landlord: str, reference: str, *, holder: str, today: date
) -> str | None:
    """How much of the case its holder may follow: nothing of one that is not there, whose complainant
    was erased, or for whose representative no consent stands.
    """
    history = consume_stream(cursor, landlord, reference)
    if not history or _is_erased(cursor, history[0]):
        return None
    return extent_of(holder, (recorded.event for recorded in history), today=today)


def resident_credential(request: Request, settings: Settings) -> tuple[str, str] | None:
    """Landlord and token of the cookie, under the name that is right for this connection."""
    name = SECURE_COOKIE if is_secure(request, settings) else COOKIE
    value = request.cookies.get(name)
    return parse_credential(value) if value else None


def set_resident_cookie(
    response: Response, value: str, *, request: Request, settings: Settings
) -> None:
    """Hands the credential to the browser for as long as it runs, or takes it away where it is empty."""
    secure = is_secure(request, settings)
    response.set_cookie(
        SECURE_COOKIE if secure else COOKIE,
        value,
        max_age=None if value else 0,
        path="/",
        secure=secure,
        httponly=True,
        samesite="lax",
    )


def _is_erased(cursor: Cursor[dict[str, Any]], opening: RecordedEvent) -> bool:
    event = opening.event
    if not isinstance(event, ComplaintOpened) or event.complainant is None:
        return True
    row = cursor.execute(
        "SELECT destroyed_at FROM vault.subject_key WHERE landlord = %s AND subject = %s",
        (opening.landlord, UUID(event.complainant)),
    ).fetchone()
    return row is not None and row["destroyed_at"] is not None


def _follower(cursor: Cursor[dict[str, Any]], session: ResidentSession, extent: str) -> Follower:
    names = {known.landlord: known.name for known in all_landlords(cursor)}
    return Follower(
        landlord=session.landlord,
        landlord_name=names.get(session.landlord, ""),
        reference=session.reference,
        holder=session.holder,
        extent=extent,
    )


Following = Annotated[Follower, Depends(follower_of_case)]


async def ask_resident_to_sign_in(request: Request, needed: Exception) -> Response:
    """Sends the browser of whoever needs to sign in to the page for it."""
    reference = cast(ResidentSignInNeeded, needed).reference
    ended = "&ended=yes" if request.method != "GET" else ""
    return RedirectResponse(f"/track?{urlencode({'reference': reference})}{ended}", status_code=303)

"""The calendar of an officer's deadlines: the page that makes and revokes its address, and the feed itself."""

import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request
from starlette.responses import RedirectResponse, Response

from services.projections.api import Reader
from services.projections.calendar_addresses import (
    made_at,
    make_address,
    officer_at,
    revoke_address,
)
from services.projections.calendar_feed import MOST_EVENTS, calendar_feed
from services.projections.read_models.deadlines_board import BoardFilter
from services.projections.reading import Reading
from services.projections.whole_board import whole_board
from shared.identity.same_origin import same_origin
from shared.identity.sessions import (
    LONGEST_CREDENTIAL,
    SignedIn,
    acting_as,
    credential,
    parse_credential,
)
from shared.web.pages import render
from shared.web.problems import Problem

TOKEN_BYTES = 32


def router(reading: Reading) -> APIRouter:
    """`/board/calendar` for the officer, `/calendar/{secret}.ics` for their calendar program."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/board/calendar")
    def show(request: Request, who: Reader) -> Response:
        return _page(request, reading, who, address="")

    @routes.post("/board/calendar", dependencies=[Depends(same_origin)])
    def make(request: Request, who: Reader) -> Response:
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with reading.database.transaction(who.officer.landlord) as cursor:
            make_address(cursor, who.officer, token=token, now=reading.clock.now())
        secret = credential(who.officer.landlord, token)
        return _page(request, reading, who, address=f"{_public(request)}/calendar/{secret}.ics")

    @routes.post("/board/calendar/revoke", dependencies=[Depends(same_origin)])
    def revoke(who: Reader) -> Response:
        with reading.database.transaction(who.officer.landlord) as cursor:
            revoke_address(cursor, who.officer)
        return RedirectResponse("/board/calendar", status_code=303)

    @routes.get("/calendar/{secret}.ics")
    def feed(
        request: Request, secret: Annotated[str, Path(max_length=LONGEST_CREDENTIAL)]
    ) -> Response:
        who = _holder(reading, secret)
        wanted = BoardFilter(confined_to=who.confined_to, handler=who.officer.officer)
        content = calendar_feed(
            whole_board(reading, who, wanted, most=MOST_EVENTS),
            landlord=who.officer.landlord,
            public_url=_public(request),
            now=reading.clock.now(),
        )
        return Response(content, media_type="text/calendar; charset=utf-8")

    return routes


def _page(request: Request, reading: Reading, who: SignedIn, *, address: str) -> Response:
    with reading.database.transaction(who.officer.landlord) as cursor:
        since = made_at(cursor, who.officer)
    return render(request, "projections/calendar.html", address=address, since=since)


def _holder(reading: Reading, secret: str) -> SignedIn:
    """Whose calendar it is; 404 for an address that never was, or was revoked."""
    parsed = parse_credential(secret)
    if parsed is not None:
        landlord, token = parsed
        with reading.database.transaction(landlord) as cursor:
            officer = officer_at(cursor, landlord, token)
            if officer is not None:
                now = reading.clock.now()
                who = acting_as(cursor, landlord=landlord, officer=officer, until=now)
                if who is not None:
                    return who
    raise Problem(
        404, "No such calendar", "This address was revoked, or never was: make a new one."
    )


def _public(request: Request) -> str:
    """The address of this service as people reach it."""
    return str(request.app.state.identity.settings.public_url).rstrip("/")

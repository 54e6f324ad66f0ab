"""The page of notices: what is told at the top of all pages, to whom and until when."""

from dataclasses import asdict
from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from services.administration.acting import errors_of
from services.administration.changes import NOTICE, changes_of
from services.administration.desk import Office, WholeLandlord
from services.administration.notices import (
    AUDIENCES,
    LONGEST_MESSAGE,
    NoticeRefused,
    Typed,
    every_notice,
    put_up,
    take_down,
)
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.registry.officers import officer_names
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

HERE = "/administration/notices"

Words = Annotated[str, Form(max_length=10 * LONGEST_MESSAGE, pattern=STORABLE)]
Text = Annotated[str, Form(max_length=40, pattern=STORABLE)]


def router(office: Office) -> APIRouter:
    """`/administration/notices` and what lies below it."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(HERE)
    def show(
        request: Request, who: WholeLandlord, done: Annotated[str, Query(max_length=10)] = ""
    ) -> Response:
        return _page(request, office, who, Typed(), done=done)

    @routes.post(HERE, dependencies=[Depends(same_origin)])
    def send(
        *,
        request: Request,
        who: WholeLandlord,
        message: Words = "",
        audience: Text = "",
        from_on: Text = "",
        from_time: Text = "",
        until_on: Text = "",
        until_time: Text = "",
    ) -> Response:
        typed = Typed(message, audience, from_on, from_time, until_on, until_time)
        try:
            with office.database.transaction(who.officer.landlord) as cursor:
                put_up(cursor, office.desk(who), typed)
        except NoticeRefused as refused:
            return _page(request, office, who, typed, refused=refused)
        request.app.state.showing.forget(who.officer.landlord)
        return RedirectResponse(f"{HERE}?done=up", status_code=303)

    @routes.post(f"{HERE}/{{notice}}/down", dependencies=[Depends(same_origin)])
    def down(
        request: Request,
        who: WholeLandlord,
        notice: Annotated[int, Path(ge=1, le=2**62)],
    ) -> Response:
        with office.database.transaction(who.officer.landlord) as cursor:
            if not take_down(cursor, office.desk(who), notice):
                raise Problem(404, "No such notice", "It is down already, or never was up.")
        request.app.state.showing.forget(who.officer.landlord)
        return RedirectResponse(f"{HERE}?done=down", status_code=303)

    return routes


def _page(
    request: Request,
    office: Office,
    who: SignedIn,
    typed: Typed,
    *,
    done: str = "",
    refused: NoticeRefused | None = None,
) -> Response:
    landlord = who.officer.landlord
    with office.database.transaction(landlord) as cursor:
        notices = every_notice(cursor, landlord)
        names = officer_names(cursor, landlord)
        changes = changes_of(cursor, landlord=landlord, kind=NOTICE)
    now = office.clock.now()
    standing = [one for one in notices if one.taken_down_at is None and one.shown_until > now]
    return render(
        request,
        "administration/notices.html",
        422 if refused else 200,
        standing=standing,
        past=[one for one in notices if one not in standing],
        now=now,
        audiences=AUDIENCES,
        choices=[(value, label, "") for value, label in AUDIENCES.items()],
        values=asdict(typed),
        errors=errors_of(refused),
        done=done if done in {"up", "down"} else "",
        changes=changes,
        names=names,
        longest=LONGEST_MESSAGE,
    )

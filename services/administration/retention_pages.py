"""The page on which a landlord says how long it keeps who looked at what."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from services.administration.changes import RETENTION, changes_of, record_change
from services.administration.desk import Office, WholeLandlord
from shared.access.log import LEAST_KEPT_DAYS, MOST_KEPT_DAYS, kept_days
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.registry.officers import officer_names
from shared.web.pages import render
from shared.web.parameters import STORABLE

HERE = "/administration/retention"


def router(office: Office) -> APIRouter:
    """`/administration/retention`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(HERE)
    def show(
        request: Request, who: WholeLandlord, done: Annotated[str, Query(max_length=3)] = ""
    ) -> Response:
        return _page(request, office, who, done=done == "yes")

    @routes.post(HERE, dependencies=[Depends(same_origin)])
    def send(
        request: Request,
        who: WholeLandlord,
        days: Annotated[str, Form(max_length=40, pattern=STORABLE)] = "",
    ) -> Response:
        typed = days.strip()
        is_number = typed.isascii() and typed.isdecimal() and len(typed) <= 5
        if not is_number or not LEAST_KEPT_DAYS <= int(typed) <= MOST_KEPT_DAYS:
            wrong = f"Enter a number of days from {LEAST_KEPT_DAYS} to {MOST_KEPT_DAYS:,}"
            return _page(request, office, who, typed=days, wrong=wrong)
        _keep(office, who, int(typed))
        return RedirectResponse(f"{HERE}?done=yes", status_code=303)

    return routes


def _keep(office: Office, who: SignedIn, days: int) -> None:
    desk = office.desk(who)
    with office.database.transaction(desk.landlord) as cursor:
        was = kept_days(cursor, desk.landlord)
        cursor.execute(
            "INSERT INTO access.retention (landlord, kept_days, changed_at) VALUES (%s, %s, %s)"
            " ON CONFLICT (landlord) DO UPDATE"
            " SET kept_days = excluded.kept_days, changed_at = excluded.changed_at",
            (desk.landlord, days, desk.now),
        )
        if was != days:
            record_change(
                cursor,
                desk,
                kind=RETENTION,
                subject=desk.landlord,
                did="changed",
                details={"days": [str(was), str(days)]},
            )


def _page(
    request: Request,
    office: Office,
    who: SignedIn,
    *,
    done: bool = False,
    typed: str | None = None,
    wrong: str = "",
) -> Response:
    landlord = who.officer.landlord
    with office.database.transaction(landlord) as cursor:
        kept = kept_days(cursor, landlord)
        names = officer_names(cursor, landlord)
        changes = changes_of(cursor, landlord=landlord, kind=RETENTION)
    return render(
        request,
        "administration/retention.html",
        422 if wrong else 200,
        values={"days": str(kept) if typed is None else typed},
        errors=[{"field": "days", "message": wrong}] if wrong else [],
        done=done,
        kept=kept,
        least=LEAST_KEPT_DAYS,
        most=MOST_KEPT_DAYS,
        changes=changes,
        names=names,
    )

"""The page on which a landlord's name, colour and font are chosen, looked at before they are kept, and put back."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from services.administration.changes import BRAND, changes_of, record_change
from services.administration.desk import Office, WholeLandlord
from shared.branding.brand import FONTS, LONGEST_NAME, Brand, BrandRefused, brand_of, checked
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.registry.officers import officer_names
from shared.web.pages import render
from shared.web.parameters import STORABLE

HERE = "/administration/brand"
PREVIEW = "preview"

Text = Annotated[str, Form(max_length=1_000, pattern=STORABLE)]


def router(office: Office) -> APIRouter:
    """`/administration/brand`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(HERE)
    def show(
        request: Request, who: WholeLandlord, done: Annotated[str, Query(max_length=3)] = ""
    ) -> Response:
        return _page(request, office, who, done=done == "yes")

    @routes.post(HERE, dependencies=[Depends(same_origin)])
    def send(
        *,
        request: Request,
        who: WholeLandlord,
        shown_name: Text = "",
        colour: Text = "",
        font: Text = "",
        step: Annotated[str, Form(max_length=10)] = "",
    ) -> Response:
        typed = {"shown_name": shown_name, "colour": colour, "font": font}
        try:
            chosen = checked(**typed)
        except BrandRefused as refused:
            return _page(request, office, who, typed=typed, refused=refused)
        if step == PREVIEW:
            request.state.brand = chosen
            return _page(request, office, who, typed=typed, is_preview=True)
        keep_brand(office, who, chosen)
        request.app.state.showing.forget(who.officer.landlord)
        return RedirectResponse(f"{HERE}?done=yes", status_code=303)

    return routes


def keep_brand(office: Office, who: SignedIn, chosen: Brand) -> None:
    """From now on the landlord's pages look like this; nothing happens where they do already."""
    desk = office.desk(who)
    with office.database.transaction(desk.landlord) as cursor:
        was = brand_of(cursor, desk.landlord)
        if chosen == was:
            return
        cursor.execute(
            "INSERT INTO administration.brand (landlord, shown_name, colour, font, changed_at)"
            " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (landlord) DO UPDATE SET"
            " shown_name = excluded.shown_name, colour = excluded.colour, font = excluded.font,"
            " changed_at = excluded.changed_at",
            (desk.landlord, chosen.shown_name, chosen.colour, chosen.font, desk.now),
        )
        record_change(
            cursor,
            desk,
            kind=BRAND,
            subject=desk.landlord,
            did="changed",
            details={
                name: [getattr(was, name) or None, getattr(chosen, name) or None]
                for name in ("shown_name", "colour", "font")
                if getattr(was, name) != getattr(chosen, name)
            },
        )


def _page(
    request: Request,
    office: Office,
    who: SignedIn,
    *,
    done: bool = False,
    typed: dict[str, str] | None = None,
    refused: BrandRefused | None = None,
    is_preview: bool = False,
) -> Response:
    landlord = who.officer.landlord
    with office.database.transaction(landlord) as cursor:
        brand = brand_of(cursor, landlord)
        names = officer_names(cursor, landlord)
        changes = changes_of(cursor, landlord=landlord, kind=BRAND)
    kept = {
        "shown_name": brand.shown_name,
        "colour": f"#{brand.colour}",
        "font": brand.font,
    }
    return render(
        request,
        "administration/brand.html",
        422 if refused else 200,
        values=typed or kept,
        errors=[{"field": refused.field, "message": str(refused)}] if refused else [],
        fonts=[(name, font.label, "") for name, font in FONTS.items()],
        is_preview=is_preview,
        done=done,
        changes=changes,
        names=names,
        longest=LONGEST_NAME,
    )

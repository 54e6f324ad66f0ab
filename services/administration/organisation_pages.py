"""The page of the landlord's organisations: names and kinds, a new one, and what was changed."""

from typing import Annotated

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from services.administration.acting import errors_of
from services.administration.changes import ORGANISATION, changes_of
from services.administration.desk import Office, WholeLandlord
from services.administration.organisations import (
    KINDS,
    LONGEST_ID,
    LONGEST_NAME,
    OrganisationRefused,
    add_organisation,
    change_organisation,
)
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.registry.landlords import Organisation, organisations
from shared.registry.officers import officer_names, officers
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

HERE = "/administration/organisations"

Text = Annotated[str, Form(max_length=1_000, pattern=STORABLE)]
Id = Annotated[str, Path(max_length=100, pattern=STORABLE)]
BLANK = {"organisation": "", "name": "", "kind": ""}


def router(office: Office) -> APIRouter:
    """`/administration/organisations` and what lies below it."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(HERE)
    def show(
        request: Request, who: WholeLandlord, done: Annotated[str, Query(max_length=20)] = ""
    ) -> Response:
        return _page(request, office, who, done=done)

    @routes.post(HERE, dependencies=[Depends(same_origin)])
    def add(
        *,
        request: Request,
        who: WholeLandlord,
        organisation: Text = "",
        name: Text = "",
        kind: Text = "",
    ) -> Response:
        new = Organisation(who.officer.landlord, organisation.strip(), name.strip(), kind)
        try:
            with office.database.transaction(who.officer.landlord) as cursor:
                add_organisation(cursor, office.desk(who), new)
        except OrganisationRefused as refused:
            typed = {"organisation": organisation, "name": name, "kind": kind}
            return _page(request, office, who, typed=typed, refused=refused)
        return RedirectResponse(f"{HERE}?done=added", status_code=303)

    _add_one(routes, office)
    return routes


def _add_one(routes: APIRouter, office: Office) -> None:
    @routes.get(f"{HERE}/{{organisation}}")
    def one(request: Request, who: WholeLandlord, organisation: Id) -> Response:
        return _one(request, office, who, organisation)

    @routes.post(f"{HERE}/{{organisation}}", dependencies=[Depends(same_origin)])
    def change(
        *,
        request: Request,
        who: WholeLandlord,
        organisation: Id,
        name: Text = "",
        kind: Text = "",
    ) -> Response:
        new = Organisation(who.officer.landlord, organisation, name.strip(), kind)
        try:
            with office.database.transaction(who.officer.landlord) as cursor:
                change_organisation(cursor, office.desk(who), new)
        except OrganisationRefused as refused:
            typed = {"name": name, "kind": kind}
            return _one(request, office, who, organisation, typed=typed, refused=refused)
        return RedirectResponse(f"{HERE}?done=changed", status_code=303)


def _page(
    request: Request,
    office: Office,
    who: SignedIn,
    *,
    done: str = "",
    typed: dict[str, str] | None = None,
    refused: OrganisationRefused | None = None,
) -> Response:
    landlord = who.officer.landlord
    with office.database.transaction(landlord) as cursor:
        homes = organisations(cursor, landlord)
        staff = officers(cursor, landlord)
    working = [one.organisation for one in staff if one.is_working]
    return render(
        request,
        "administration/organisations.html",
        422 if refused else 200,
        homes=homes,
        working={home.organisation: working.count(home.organisation) for home in homes},
        kinds=KINDS,
        done=done if done in {"added", "changed"} and not refused else "",
        values=typed or BLANK,
        errors=errors_of(refused),
        longest={"name": LONGEST_NAME, "organisation": LONGEST_ID},
    )


def _one(
    request: Request,
    office: Office,
    who: SignedIn,
    organisation: str,
    *,
    typed: dict[str, str] | None = None,
    refused: OrganisationRefused | None = None,
) -> Response:
    landlord = who.officer.landlord
    with office.database.transaction(landlord) as cursor:
        known = {home.organisation: home for home in organisations(cursor, landlord)}
        names = officer_names(cursor, landlord)
        changes = changes_of(cursor, landlord=landlord, kind=ORGANISATION, subject=organisation)
    home = known.get(organisation)
    if home is None:
        raise Problem(404, "No such organisation", "There is no such organisation here.")
    return render(
        request,
        "administration/organisation.html",
        422 if refused else 200,
        home=home,
        kinds=KINDS,
        values=typed or {"name": home.name, "kind": home.kind},
        errors=errors_of(refused),
        changes=changes,
        names=names,
        longest=LONGEST_NAME,
    )

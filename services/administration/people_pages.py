"""The pages of the people who work here: who there is, somebody new, one person with what was changed about them."""

import secrets
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Form, Path, Query, Request
from starlette.responses import RedirectResponse, Response

from services.administration.acting import errors_of
from services.administration.changes import OFFICER, changes_of
from services.administration.desk import Administrator, Office
from services.administration.people import (
    LONGEST_EMAIL,
    LONGEST_ID,
    LONGEST_NAME,
    PeopleRefused,
    add_officer,
    change_officer,
    end_officer,
    take_back,
    within_reach,
)
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.registry.landlords import Organisation, organisations
from shared.registry.officers import ROLES, Officer, officer_names, officers
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem
from shared.web.wording import sentence_case

HERE = "/administration/people"
SHOWN = 100  # of one page
ROLE_CHOICES = [(role, sentence_case(role)) for role in sorted(ROLES)]

Text = Annotated[str, Form(max_length=1_000, pattern=STORABLE)]
Id = Annotated[str, Path(max_length=100, pattern=STORABLE)]
Asked = Annotated[str, Query(max_length=200, pattern=STORABLE)]
FIELDS = ("name", "email", "organisation", "role")


def router(office: Office) -> APIRouter:
    """`/administration/people` and what lies below it."""
    routes = APIRouter(include_in_schema=False)
    _add_list(routes, office)
    _add_new(routes, office)
    _add_one(routes, office)
    _add_ending(routes, office)
    return routes


def _add_list(routes: APIRouter, office: Office) -> None:
    @routes.get(HERE)
    def people(
        *,
        request: Request,
        who: Administrator,
        name: Asked = "",
        organisation: Asked = "",
        left: Annotated[str, Query(max_length=3)] = "",
        page: Annotated[int, Query(ge=1, le=1_000)] = 1,
    ) -> Response:
        landlord = who.officer.landlord
        with office.database.transaction(landlord) as cursor:
            everyone = officers(cursor, landlord)
            homes = _homes(who, organisations(cursor, landlord))
        names = {home.organisation: home.name for home in homes}
        found = [
            one
            for one in everyone
            if one.organisation in names
            and organisation in ("", one.organisation)
            and (one.is_working or left == "yes")
            and name.strip().casefold() in one.name.casefold()
        ]
        found.sort(key=lambda one: (names[one.organisation], one.name.casefold()))
        start = (page - 1) * SHOWN
        chosen = {"name": name, "organisation": organisation, "left": left}
        return render(
            request,
            "administration/people.html",
            people=found[start : start + SHOWN],
            count=len(found),
            names=names,
            values=chosen,
            homes=[(home.organisation, home.name) for home in homes],
            before=_page(chosen, page - 1) if page > 1 else "",
            after=_page(chosen, page + 1) if start + SHOWN < len(found) else "",
        )


def _add_new(routes: APIRouter, office: Office) -> None:
    @routes.get(f"{HERE}/new")
    def blank(request: Request, who: Administrator) -> Response:
        only = who.confined_to or ""
        values = dict.fromkeys((*FIELDS, "officer"), "") | {"organisation": only}
        return _new_form(request, office, who, values)

    @routes.post(f"{HERE}/new", dependencies=[Depends(same_origin)])
    def add(
        *,
        request: Request,
        who: Administrator,
        officer: Text = "",
        name: Text = "",
        email: Text = "",
        organisation: Text = "",
        role: Text = "",
    ) -> Response:
        landlord = who.officer.landlord
        chosen = officer.strip() or _made_id()
        new = Officer(landlord, chosen, organisation, name, email, role)
        try:
            with office.database.transaction(landlord) as cursor:
                added = add_officer(cursor, office.desk(who), new)
        except PeopleRefused as refused:
            values = {
                "officer": officer,
                "name": name,
                "email": email,
                "organisation": organisation,
                "role": role,
            }
            return _new_form(request, office, who, values, refused)
        return RedirectResponse(f"{HERE}/{added.officer}?done=added", status_code=303)


def _add_one(routes: APIRouter, office: Office) -> None:
    @routes.get(f"{HERE}/{{officer}}")
    def person(
        request: Request,
        who: Administrator,
        officer: Id,
        done: Annotated[str, Query(max_length=20)] = "",
    ) -> Response:
        return _person(request, office, who, officer, done=done)

    @routes.post(f"{HERE}/{{officer}}", dependencies=[Depends(same_origin)])
    def change(
        *,
        request: Request,
        who: Administrator,
        officer: Id,
        name: Text = "",
        email: Text = "",
        organisation: Text = "",
        role: Text = "",
    ) -> Response:
        typed = {"name": name, "email": email, "organisation": organisation, "role": role}
        try:
            with office.database.transaction(who.officer.landlord) as cursor:
                change_officer(cursor, office.desk(who), officer, typed)
        except PeopleRefused as refused:
            return _person(request, office, who, officer, typed=typed, refused=refused)
        return RedirectResponse(f"{HERE}/{officer}?done=changed", status_code=303)


def _add_ending(routes: APIRouter, office: Office) -> None:
    @routes.post(f"{HERE}/{{officer}}/end", dependencies=[Depends(same_origin)])
    def end(
        request: Request,
        who: Administrator,
        officer: Id,
        sure: Annotated[str, Form(max_length=3)] = "",
    ) -> Response:
        try:
            if sure != "yes":
                raise PeopleRefused("sure", "Tick that they leave")
            with office.database.transaction(who.officer.landlord) as cursor:
                end_officer(cursor, office.desk(who), officer)
        except PeopleRefused as refused:
            return _person(request, office, who, officer, refused=refused)
        return RedirectResponse(f"{HERE}/{officer}?done=ended", status_code=303)

    @routes.post(f"{HERE}/{{officer}}/back", dependencies=[Depends(same_origin)])
    def back(request: Request, who: Administrator, officer: Id) -> Response:
        try:
            with office.database.transaction(who.officer.landlord) as cursor:
                take_back(cursor, office.desk(who), officer)
        except PeopleRefused as refused:
            return _person(request, office, who, officer, refused=refused)
        return RedirectResponse(f"{HERE}/{officer}?done=back", status_code=303)


def _new_form(
    request: Request,
    office: Office,
    who: SignedIn,
    values: dict[str, str],
    refused: PeopleRefused | None = None,
) -> Response:
    landlord = who.officer.landlord
    with office.database.transaction(landlord) as cursor:
        homes = _homes(who, organisations(cursor, landlord))
    return render(
        request,
        "administration/new_person.html",
        422 if refused else 200,
        values=values,
        errors=errors_of(refused),
        homes=[(home.organisation, home.name) for home in homes],
        roles=ROLE_CHOICES,
        longest={"name": LONGEST_NAME, "email": LONGEST_EMAIL, "officer": LONGEST_ID},
    )


def _person(
    request: Request,
    office: Office,
    who: SignedIn,
    officer: str,
    *,
    done: str = "",
    typed: dict[str, str] | None = None,
    refused: PeopleRefused | None = None,
) -> Response:
    landlord = who.officer.landlord
    with office.database.transaction(landlord) as cursor:
        try:
            found = within_reach(cursor, office.desk(who), officer)
        except PeopleRefused as unknown:
            raise Problem(404, "No such officer", f"{unknown}.") from None
        homes = _homes(who, organisations(cursor, landlord))
        names = officer_names(cursor, landlord)
        changes = changes_of(cursor, landlord=landlord, kind=OFFICER, subject=officer)
    return render(
        request,
        "administration/person.html",
        422 if refused else 200,
        person=found,
        done=done if done in {"added", "changed", "ended", "back"} and not refused else "",
        values=typed or {name: getattr(found, name) for name in FIELDS},
        # Of somebody who left there is no form to mend it in.
        errors=errors_of(
            refused if found.is_working else refused and PeopleRefused("officer", str(refused))
        ),
        homes=[(home.organisation, home.name) for home in homes],
        home_names={home.organisation: home.name for home in homes},
        roles=ROLE_CHOICES,
        changes=changes,
        names=names,
        longest={"name": LONGEST_NAME, "email": LONGEST_EMAIL},
    )


def _homes(who: SignedIn, every: tuple[Organisation, ...]) -> list[Organisation]:
    return [home for home in every if who.confined_to in (None, home.organisation)]


def _made_id() -> str:
    """An id that says nothing about the person, for it stays on the log when they are gone."""
    return f"officer-{secrets.token_hex(4)}"


def _page(chosen: dict[str, str], page: int) -> str:
    kept = {name: value for name, value in chosen.items() if value}
    return f"{HERE}?{urlencode(kept | {'page': str(page)})}"

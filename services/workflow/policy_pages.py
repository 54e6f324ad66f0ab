"""The pages on which policies are read, compared and checked; nothing is stored by any of them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import Annotated, Any

from fastapi import APIRouter, Depends, File, Query, Request, UploadFile
from psycopg import Cursor
from starlette.responses import Response

from services.workflow.adoption_desk import AdoptionDesk
from shared.calendars.england import england_calendar_document, load_calendar
from shared.complaints.working_days import WorkingDayCalendar, london_day
from shared.identity.administration_rights import AdministrationReader, may_change
from shared.identity.same_origin import same_origin
from shared.policies.comparing import Departure, departures
from shared.policies.describing import described
from shared.policies.differing import differences
from shared.policies.policy import Policy
from shared.policy_packs.loader import Fault
from shared.policy_packs.packs import Pack, checked
from shared.registry.adoptions import Adoption, adoptions
from shared.registry.landlords import organisations
from shared.registry.officers import officer_names
from shared.registry.remembering import Remembered
from shared.registry.shelf import Shelved, from_shelf, options_of, shelf
from shared.web.pack_uploads import uploaded
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

POLICIES = "/administration/policies"
MOST_FAULTS = 50  # shown of one file; nobody mends more at once
Key = Annotated[str, Query(max_length=100, pattern=STORABLE)]

# One comparison counts every day of a year under both: it is kept, and never changes.
_DEPARTURES: Remembered[tuple[str, str, int], tuple[Departure, ...]] = Remembered(limit=64)


@cache
def compared_by() -> WorkingDayCalendar:
    """England's bank holidays, by which two policies are compared wherever they are in force."""
    return load_calendar(england_calendar_document())


@dataclass(frozen=True, slots=True)
class InForce:
    """An adoption, and whether it binds today, from a later day, or no more."""

    adoption: Adoption
    organisation_name: str
    key: str  # of its pack on the shelf
    version: str
    adopted_by: str
    standing: str  # in force, to come, over


def router(desk: AdoptionDesk) -> APIRouter:
    """`/administration/policies`, the packs, the comparison and the check."""
    routes = APIRouter(prefix=POLICIES, include_in_schema=False)

    @routes.get("")
    def overview(
        request: Request,
        who: AdministrationReader,
        adopted: Annotated[str, Query(max_length=1)] = "",
    ) -> Response:
        landlord, today = who.officer.landlord, london_day(desk.clock.now())
        with desk.database.transaction(landlord) as cursor:
            packs = shelf(cursor, landlord)
            homes = {home.organisation: home.name for home in organisations(cursor, landlord)}
            found = adoptions(cursor, landlord)
            names = officer_names(cursor, landlord)
        return render(
            request,
            "workflow/policies.html",
            adoptions=standing_of(found, packs, homes, names, today=today),
            packs=packs,
            may_adopt=may_change(who),
            just_adopted=bool(adopted),
        )

    @routes.get("/packs/{key}")
    def read(request: Request, who: AdministrationReader, key: str) -> Response:
        with desk.database.transaction(who.officer.landlord) as cursor:
            found = from_shelf(cursor, who.officer.landlord, key)
            codes = _run_beside(cursor, who.officer.landlord)
        if found is None:
            raise Problem(404, "No such policy", "There is no policy pack of that name here.")
        return render(
            request,
            "workflow/policy.html",
            policy=found.read,
            key=key,
            sections=described(found.read),
            codes=[code for code in codes if code.key != key],
            may_adopt=may_change(who),
        )

    _add_compare(routes, desk)
    _add_check(routes)
    return routes


def _run_beside(cursor: Cursor[dict[str, Any]], landlord: str) -> list[Shelved]:
    """The codes that the landlord adopted to run beside its own policies: what those are held against."""
    beside = {each.policy_hash for each in adoptions(cursor, landlord) if each.overlay}
    return [each for each in shelf(cursor, landlord) if each.policy.policy_hash in beside]


def standing_of(
    found: Sequence[Adoption],
    packs: Sequence[Shelved],
    homes: dict[str, str],
    names: dict[str, str],
    *,
    today: date,
) -> list[InForce]:
    """Each adoption with how it stands today: of those whose time it is, the one that began last binds."""
    keys = {each.policy.policy_hash: each for each in packs}
    bound: dict[tuple[str, bool], Adoption] = {}
    for each in sorted(found, key=lambda one: (one.effective_from, one.adopted_at)):
        if each.effective_from <= today and (each.until is None or each.until >= today):
            bound[each.organisation, each.overlay] = each
    told = []
    for each in found:
        binds = bound.get((each.organisation, each.overlay)) is each
        standing = "in force" if binds else "to come" if each.effective_from > today else "over"
        pack = keys[each.policy_hash]
        told.append(
            InForce(
                adoption=each,
                organisation_name=homes[each.organisation],
                key=pack.key,
                version=pack.policy.version,
                adopted_by=names.get(each.adopted_by, each.adopted_by),
                standing=standing,
            )
        )
    return told


def _add_compare(routes: APIRouter, desk: AdoptionDesk) -> None:
    @routes.get("/compare")
    def compare(
        request: Request, who: AdministrationReader, own: Key = "", other: Key = ""
    ) -> Response:
        landlord = who.officer.landlord
        with desk.database.transaction(landlord) as cursor:
            packs = shelf(cursor, landlord)
            chosen = [from_shelf(cursor, landlord, key) if key else None for key in (own, other)]
        errors = [
            {"field": field, "message": f"Choose {which}"}
            for field, which, key, pack in (
                ("own", "the policy to compare", own, chosen[0]),
                ("other", "what to hold it against", other, chosen[1]),
            )
            if pack is None and (key or own or other)
        ]
        one, two = chosen
        year = comparable_year(london_day(desk.clock.now()).year)
        return render(
            request,
            "workflow/policy_compare.html",
            422 if errors else 200,
            options=options_of(packs),
            values={"own": own, "other": other},
            errors=errors,
            own=one.read if one and two else None,
            other=two.read if one and two else None,
            year=year,
            departures=departures_of(one.read, two.read, year) if one and two else (),
            differences=list(differences(one.read, two.read)) if one and two else [],
        )


def departures_of(own: Policy, code: Policy, year: int) -> tuple[Departure, ...]:
    """In what the one is later or looser than the other, counted on every day of the year."""
    return _DEPARTURES.get(
        (own.policy_hash, code.policy_hash, year),
        lambda: departures(own, code, compared_by(), year=year),
    )


def comparable_year(year: int) -> int:
    """The year, or the nearest that the calendar knows with the one after it."""
    calendar = compared_by()
    return max(calendar.first_day.year, min(year, calendar.last_day.year - 1))


def _add_check(routes: APIRouter) -> None:
    @routes.get("/check")
    def form(request: Request, who: AdministrationReader) -> Response:
        return _checked(request, None, (), "", may_adopt=may_change(who))

    @routes.post("/check", dependencies=[Depends(same_origin)])
    def check(
        request: Request,
        who: AdministrationReader,
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        may_adopt = may_change(who)
        try:
            name, document = uploaded(file)
        except ValueError as refused:
            wrong = [{"field": "file", "message": str(refused)}]
            return _checked(request, None, (), "", may_adopt=may_adopt, errors=wrong)
        policy, faults = checked(document, source=name)
        pack = Pack(document, policy) if policy is not None and not faults else None
        return _checked(request, pack, faults, name, may_adopt=may_adopt)


def _checked(
    request: Request,
    pack: Pack | None,
    faults: Sequence[Fault],
    name: str,
    *,
    may_adopt: bool,
    errors: Sequence[dict[str, str]] = (),
) -> Response:
    told = errors or (
        [{"field": "faults", "message": f"{name} cannot be adopted: see what is wrong in it"}]
        if faults
        else []
    )
    return render(
        request,
        "workflow/policy_check.html",
        422 if told else 200,
        pack=pack,
        sections=described(pack.read) if pack else (),
        faults=faults[:MOST_FAULTS],
        more=max(0, len(faults) - MOST_FAULTS),
        file_name=name,
        errors=told,
        may_adopt=may_adopt,
    )

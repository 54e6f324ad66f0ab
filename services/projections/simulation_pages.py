"""Pages of simulations: what to judge again under which policy, how far that came, what it found, in which cases."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, File, Form, Path, Query, Request, UploadFile
from starlette.responses import RedirectResponse, Response

from services.projections.figures_asking import sees_cases
from services.projections.reading import Reading
from services.projections.simulation import Scope
from services.projections.simulation_jobs import (
    LONGEST_DAYS,
    MOST_CASES,
    Simulation,
    SimulationRefused,
    begin,
    cancel,
    changed,
    counts,
    resume,
    simulation,
    simulations,
)
from services.projections.simulation_tables import CHANGES, COLUMNS, DUTIES, tables
from shared.complaints.working_days import london_day
from shared.identity.administration_rights import AdministrationReader
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.policy_packs.loader import PolicyPackInvalid, load_policy
from shared.policy_packs.packs import Pack
from shared.registry.officers import officer_names
from shared.registry.shelf import from_shelf, options_of, shelf
from shared.web.pack_uploads import uploaded
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem
from shared.web.wrong_fields import WrongFields

SIMULATIONS = "/administration/simulations"
Short = Annotated[str, Form(max_length=100, pattern=STORABLE)]
Which = Annotated[UUID, Path()]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form, without the file."""

    pack: str
    organisation: str
    from_on: str
    to_on: str

    @property
    def values(self) -> dict[str, str]:
        """For the form to show again."""
        return {
            "pack": self.pack,
            "organisation": self.organisation,
            "from_on": self.from_on,
            "to_on": self.to_on,
        }


def router(reading: Reading) -> APIRouter:
    """`/administration/simulations` and one of them."""
    routes = APIRouter(prefix=SIMULATIONS, include_in_schema=False)

    @routes.get("")
    def overview(
        request: Request,
        who: AdministrationReader,
        pack: Annotated[str, Query(max_length=100, pattern=STORABLE)] = "",
    ) -> Response:
        last_year = london_day(reading.clock.now()).year - 1
        typed = Typed(pack, "", f"{last_year}-01-01", f"{last_year}-12-31")
        return _overview(request, reading, who, typed, {})

    @routes.post("", dependencies=[Depends(same_origin)])
    def ask(
        *,
        request: Request,
        who: AdministrationReader,
        pack: Short = "",
        organisation: Short = "",
        from_on: Short = "",
        to_on: Short = "",
        file: Annotated[UploadFile | None, File()] = None,
    ) -> Response:
        typed = Typed(pack, organisation, from_on.strip(), to_on.strip())
        which = uuid4()
        try:
            scope, chosen = _asked(reading, who, typed, file)
            with reading.database.transaction(scope.landlord) as cursor:
                begin(cursor, scope, chosen, simulation=which, asked_by=who.officer.officer)
        except WrongFields as wrong:
            return _overview(request, reading, who, typed, wrong.fields)
        except SimulationRefused as refused:
            return _overview(request, reading, who, typed, {"pack": str(refused)})
        return RedirectResponse(f"{SIMULATIONS}/{which}", status_code=303)

    _add_one(routes, reading)
    return routes


def _asked(
    reading: Reading, who: SignedIn, typed: Typed, file: UploadFile | None
) -> tuple[Scope, Pack]:
    """What the form asks for; raises WrongFields with every field that cannot be."""
    landlord, wrong = who.officer.landlord, dict[str, str]()
    homes = {home.organisation for home in reading.choices(who)["organisations"]}
    if typed.organisation and typed.organisation not in homes:
        wrong["organisation"] = "Choose one of the organisations that you may see"
    chosen: Pack | None = None
    try:
        if file is not None and file.filename:
            name, document = uploaded(file)
            chosen = Pack(document, load_policy(document, source=name))
    except PolicyPackInvalid:
        wrong["file"] = "This pack has faults: check it first, that names each with its line"
    except ValueError as refused:
        wrong["file"] = str(refused)
    if chosen is None and "file" not in wrong:
        with reading.database.transaction(landlord) as cursor:
            chosen = from_shelf(cursor, landlord, typed.pack)
        if chosen is None:
            wrong["pack"] = "Choose a policy, or a file of your own"
    first, last = (_day(wrong, field, getattr(typed, field)) for field in ("from_on", "to_on"))
    if first and last and not 0 <= (last - first).days < LONGEST_DAYS:
        wrong["to_on"] = "The last day must be on or after the first, within five years"
    if wrong or chosen is None or first is None or last is None:
        raise WrongFields(wrong)
    organisation = who.confined_to or typed.organisation or None
    return Scope(landlord, organisation, first, last, reading.clock.now()), chosen


def _day(wrong: dict[str, str], field: str, text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        wrong[field] = "Enter a day, like 2025-01-01"
        return None


def _overview(
    request: Request, reading: Reading, who: SignedIn, typed: Typed, wrong: Mapping[str, str]
) -> Response:
    landlord = who.officer.landlord
    with reading.database.transaction(landlord) as cursor:
        packs = options_of(shelf(cursor, landlord))
        found = simulations(cursor, who)
        names = officer_names(cursor, landlord)
    return render(
        request,
        "projections/simulations.html",
        422 if wrong else 200,
        titles=reading.titles(who),
        packs=packs,
        organisations=[
            (home.organisation, home.name) for home in reading.choices(who)["organisations"]
        ],
        simulations=found,
        names=names,
        values=typed.values,
        errors=[{"field": field, "message": said} for field, said in wrong.items()],
    )


def _add_one(routes: APIRouter, reading: Reading) -> None:
    @routes.get("/{which}")
    def one(request: Request, who: AdministrationReader, which: Which) -> Response:
        found = _one(reading, who, which)
        with reading.database.transaction(who.officer.landlord) as cursor:
            counted = counts(cursor, who.officer.landlord, which)
        return render(
            request,
            "projections/simulation.html",
            titles=reading.titles(who),
            found=found,
            address=f"{SIMULATIONS}/{which}",
            organisation_name=_named(reading, who, found.organisation),
            tables=tables(counted, withhold=not sees_cases(who)),
            columns=COLUMNS,
            changes=CHANGES,
            columns_of_changes=dict(enumerate(CHANGES, start=len(COLUMNS) - len(CHANGES))),
            sees_cases=sees_cases(who),
        )

    @routes.post("/{which}/cancel", dependencies=[Depends(same_origin)])
    def stop(who: AdministrationReader, which: Which) -> Response:
        _one(reading, who, which)
        with reading.database.transaction(who.officer.landlord) as cursor:
            cancel(cursor, who.officer.landlord, which)
        return RedirectResponse(f"{SIMULATIONS}/{which}", status_code=303)

    @routes.post("/{which}/resume", dependencies=[Depends(same_origin)])
    def go_on(who: AdministrationReader, which: Which) -> Response:
        _one(reading, who, which)
        with reading.database.transaction(who.officer.landlord) as cursor:
            resume(cursor, who.officer.landlord, which)
        return RedirectResponse(f"{SIMULATIONS}/{which}", status_code=303)

    _add_cases(routes, reading)


def _add_cases(routes: APIRouter, reading: Reading) -> None:
    @routes.get("/{which}/cases")
    def cases(
        *,
        request: Request,
        who: AdministrationReader,
        which: Which,
        change: Annotated[str, Query(max_length=20)],
        duty: Annotated[str, Query(max_length=20)],
        stage: Annotated[int, Query(ge=1, le=9)],
    ) -> Response:
        if not sees_cases(who):
            raise Problem(403, "Figures only", "Your role sees figures, not the cases behind them.")
        found = _one(reading, who, which)
        if change not in CHANGES or duty not in DUTIES:
            raise Problem(404, "Not found", "There are no such cases; go back and choose again.")
        landlord = who.officer.landlord
        with reading.database.transaction(landlord) as cursor:
            rows = changed(cursor, landlord, which, change=change, duty=duty, stage=stage)
        shown = rows[:MOST_CASES]
        visible = set(reading.visible(who, [row["reference"] for row in shown]))
        return render(
            request,
            "projections/simulation_cases.html",
            titles=reading.titles(who),
            found=found,
            address=f"{SIMULATIONS}/{which}",
            heading=f"{CHANGES[change]}: {DUTIES[duty].lower()} at stage {stage}",
            rows=[row for row in shown if row["reference"] in visible],
            hidden=len(shown) - len(visible),
            more=len(rows) > MOST_CASES,
            most=MOST_CASES,
        )


def _one(reading: Reading, who: SignedIn, which: UUID) -> Simulation:
    with reading.database.transaction(who.officer.landlord) as cursor:
        found = simulation(cursor, who, which)
    if found is None:
        raise Problem(404, "Not found", "There is no such simulation, or it is not yours to see.")
    return found


def _named(reading: Reading, who: SignedIn, organisation: str | None) -> str:
    homes = {home.organisation: home.name for home in reading.choices(who)["organisations"]}
    return "all organisations" if organisation is None else homes.get(organisation, organisation)

"""The figures for managers and boards: tables with charts and definitions, as at a day and as known by a day, as CSV
and as a PDF for a meeting; and what differs between two such looks.
"""

import csv
import io
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.projections.api import Reader
from services.projections.board_pack import board_pack
from services.projections.figures_asking import (
    Asked,
    Chosen,
    Day,
    NoSuchDay,
    address_of,
    asked,
    figures_asked,
    figures_of,
    sees_cases,
)
from services.projections.figures_compared import compared
from services.projections.figures_keeping import AsAtDays, FiguresKeeper
from services.projections.performance import Performance, Table
from services.projections.reading import Reading
from shared.complaints.working_days import london_day
from shared.identity.sessions import SignedIn
from shared.web.charts import bars
from shared.web.downloads import CSV, download
from shared.web.pages import render
from shared.web.problems import Problem

WITHHELD = "withheld"
Given = Annotated[Asked, Depends(asked)]


def router(reading: Reading, keeper: FiguresKeeper) -> APIRouter:
    """`/figures`, `/figures/changes`, `/figures.csv`, `/figures.pdf` and the cases behind a number."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/figures")
    def figures(request: Request, who: Reader, given: Given) -> Response:
        wrong = None
        today = london_day(reading.clock.now())
        try:
            days = given.days(today)
        except NoSuchDay as refused:
            wrong, days = refused, AsAtDays(today, today)
        found = figures_of(reading, keeper, who, days, given.organisation)
        return render(
            request,
            "projections/figures.html",
            422 if wrong else 200,
            found=found,
            charts=_charts(found),
            values={
                "as_at": given.as_at or days.happened.isoformat(),
                "known_by": given.known_by or days.recorded.isoformat(),
                "organisation": found.organisation or "",
            },
            errors=_errors(wrong),
            organisations=_organisations(reading, who),
            query=address_of(found),
            sees_cases=sees_cases(who),
        )

    _add_changes(routes, reading, keeper)
    _add_files(routes, reading, keeper)
    _add_cases(routes, reading, keeper)
    return routes


def _add_changes(routes: APIRouter, reading: Reading, keeper: FiguresKeeper) -> None:
    @routes.get("/figures/changes")
    def changes(
        *,
        request: Request,
        who: Reader,
        from_as_at: Day = "",
        from_known_by: Day = "",
        to_as_at: Day = "",
        to_known_by: Day = "",
        organisation: Chosen = "",
    ) -> Response:
        today = london_day(reading.clock.now())
        wrong, found = None, None
        before, after = Asked(from_as_at, from_known_by), Asked(to_as_at, to_known_by)
        try:
            if from_as_at:
                earlier = before.days(today, prefix="from_")
                later = after.days(today, prefix="to_")
                one = figures_of(reading, keeper, who, earlier, organisation)
                other = figures_of(reading, keeper, who, later, organisation)
                found = {"before": one, "after": other, "tables": compared(one, other)}
        except NoSuchDay as refused:
            wrong = refused
        return render(
            request,
            "projections/figures_changes.html",
            422 if wrong else 200,
            found=found,
            values={
                "from_as_at": from_as_at,
                "from_known_by": from_known_by,
                "to_as_at": to_as_at or today.isoformat(),
                "to_known_by": to_known_by,
                "organisation": organisation,
            },
            errors=_errors(wrong),
            organisations=_organisations(reading, who),
            visible=_visible(reading, who, found),
        )


def _add_cases(routes: APIRouter, reading: Reading, keeper: FiguresKeeper) -> None:
    @routes.get("/figures/{key}/{row}")
    def cases(request: Request, who: Reader, key: str, row: int, given: Given) -> Response:
        if not sees_cases(who):
            raise Problem(403, "Figures only", "Your role sees figures, not the cases behind them.")
        found = figures_asked(reading, keeper, who, given)
        table: Table | None = next((one for one in found.tables if one.key == key), None)
        if table is None or not 0 <= row < len(table.rows):
            raise Problem(404, "Not found", "There are no such figures; go back and choose again.")
        return render(
            request,
            "projections/figures_cases.html",
            table=table,
            row=table.rows[row],
            visible=reading.visible(who, table.rows[row].references),
            found=found,
            query=address_of(found),
        )


def _add_files(routes: APIRouter, reading: Reading, keeper: FiguresKeeper) -> None:
    @routes.get("/figures.csv")
    def as_csv(who: Reader, given: Given) -> Response:
        found = figures_asked(reading, keeper, who, given)
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow(["table", "row", "column", "count", "as at", "known by"])
        days = [found.as_at.isoformat(), found.known_by.isoformat()]
        for table in found.tables:
            for row in table.rows:
                for column, cell in zip(table.columns, row.cells, strict=True):
                    count = WITHHELD if cell is None else cell
                    writer.writerow([table.title, row.name, column, count, *days])
        return download(written.getvalue().encode("utf-8-sig"), CSV, _named(found, "csv"))

    @routes.get("/figures.pdf")
    def as_pdf(who: Reader, given: Given) -> Response:
        found = figures_asked(reading, keeper, who, given)
        packed = board_pack(found, landlord_name=who.landlord_name)
        return download(packed, "application/pdf", _named(found, "pdf"))


def _charts(found: Performance) -> dict[str, str]:
    return {
        table.key: bars(
            table.key,
            table.title,
            rows=[(row.name, row.cells) for row in table.rows],
            columns=table.columns,
            stacked=table.stacked,
        )
        for table in found.tables
        if not table.is_empty
    }


def _visible(reading: Reading, who: SignedIn, found: dict[str, Any] | None) -> frozenset[str]:
    """The cases that came or went and that the reader may see."""
    if found is None or not sees_cases(who):
        return frozenset()
    behind = [
        reference
        for table in found["tables"]
        for count in table.counts
        for reference in (*count.came, *count.went)
    ]
    return frozenset(reading.visible(who, behind))


def _organisations(reading: Reading, who: SignedIn) -> list[tuple[str, str]]:
    return [(home.organisation, home.name) for home in reading.choices(who)["organisations"]]


def _errors(wrong: NoSuchDay | None) -> list[dict[str, str]]:
    return [{"field": wrong.field, "message": str(wrong)}] if wrong else []


def _named(found: Performance, ending: str) -> str:
    known = "" if found.known_by == found.as_at else f"-known-{found.known_by.isoformat()}"
    return f"figures-{found.as_at.isoformat()}{known}.{ending}"

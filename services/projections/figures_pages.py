"""The figures for managers and boards: tables with charts and definitions, as at a day, as CSV and as
a PDF for a meeting.
"""

import csv
import io
from datetime import date
from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.projections.api import Reader
from services.projections.board_pack import board_pack
from services.projections.figures_keeping import FiguresKeeper
from services.projections.performance import Performance, Table, performance
from services.projections.reading import Reading
from shared.complaints.working_days import london_day
from shared.identity.sessions import SignedIn
from shared.web.charts import bars
from shared.web.downloads import CSV, download
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

SEES_NO_CASES = frozenset({"board_member", "independent_member"})
WITHHELD = "withheld"
Day = Annotated[str, Query(max_length=10)]
Chosen = Annotated[str, Query(max_length=100, pattern=STORABLE)]


def router(reading: Reading, keeper: FiguresKeeper) -> APIRouter:
    """`/figures`, `/figures.csv`, `/figures.pdf` and the cases behind a number."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/figures")
    def figures(
        *, request: Request, who: Reader, as_at: Day = "", organisation: Chosen = ""
    ) -> Response:
        wrong = ""
        try:
            day = _day(as_at, reading)
        except ValueError as refused:
            wrong, day = str(refused), london_day(reading.clock.now())
        found = _performance(reading, keeper, who, day, organisation)
        return render(
            request,
            "projections/figures.html",
            422 if wrong else 200,
            found=found,
            charts={
                table.key: bars(
                    table.key,
                    table.title,
                    rows=[(row.name, row.cells) for row in table.rows],
                    columns=table.columns,
                    stacked=table.stacked,
                )
                for table in found.tables
                if not table.is_empty
            },
            values={"as_at": as_at or day.isoformat(), "organisation": found.organisation or ""},
            errors=[{"field": "as_at", "message": wrong}] if wrong else [],
            organisations=[
                (home.organisation, home.name) for home in reading.choices(who)["organisations"]
            ],
            sees_cases=_sees_cases(who),
        )

    _add_files(routes, reading, keeper)
    _add_cases(routes, reading, keeper)
    return routes


def _add_cases(routes: APIRouter, reading: Reading, keeper: FiguresKeeper) -> None:
    @routes.get("/figures/{key}/{row}")
    def cases(
        *,
        request: Request,
        who: Reader,
        key: str,
        row: int,
        as_at: Day = "",
        organisation: Chosen = "",
    ) -> Response:
        if not _sees_cases(who):
            raise Problem(403, "Figures only", "Your role sees figures, not the cases behind them.")
        found = _performance(reading, keeper, who, _asked_day(as_at, reading), organisation)
        table: Table | None = next((one for one in found.tables if one.key == key), None)
        if table is None or not 0 <= row < len(table.rows):
            raise Problem(404, "Not found", "There are no such figures; go back and choose again.")
        return render(
            request,
            "projections/figures_cases.html",
            table=table,
            row=table.rows[row],
            visible=reading.visible(who, table.rows[row].references),
            as_at=found.as_at,
        )


def _add_files(routes: APIRouter, reading: Reading, keeper: FiguresKeeper) -> None:
    @routes.get("/figures.csv")
    def as_csv(*, who: Reader, as_at: Day = "", organisation: Chosen = "") -> Response:
        found = _performance(reading, keeper, who, _asked_day(as_at, reading), organisation)
        written = io.StringIO()
        writer = csv.writer(written)
        writer.writerow(["table", "row", "column", "count", "as at"])
        for table in found.tables:
            for row in table.rows:
                for column, cell in zip(table.columns, row.cells, strict=True):
                    count = WITHHELD if cell is None else cell
                    writer.writerow([table.title, row.name, column, count, found.as_at.isoformat()])
        return download(written.getvalue().encode("utf-8-sig"), CSV, _named(found, "csv"))

    @routes.get("/figures.pdf")
    def as_pdf(*, who: Reader, as_at: Day = "", organisation: Chosen = "") -> Response:
        found = _performance(reading, keeper, who, _asked_day(as_at, reading), organisation)
        packed = board_pack(found, landlord_name=who.landlord_name)
        return download(packed, "application/pdf", _named(found, "pdf"))


def _sees_cases(who: SignedIn) -> bool:
    return who.officer.role not in SEES_NO_CASES


def _performance(
    reading: Reading, keeper: FiguresKeeper, who: SignedIn, day: date, organisation: str
) -> Performance:
    """The figures this reader may see: of their own organisation only, where they are confined to
    it; with small numbers withheld where they see no cases.
    """
    landlord = who.officer.landlord
    today = london_day(reading.clock.now())
    known = {home.organisation for home in reading.choices(who)["organisations"]}
    with keeper.as_at(landlord, None if day >= today else day) as figures:
        return performance(
            figures,
            as_at=day,
            organisation=who.confined_to or (organisation if organisation in known else None),
            withhold=not _sees_cases(who),
        )


def _day(text: str, reading: Reading) -> date:
    today = london_day(reading.clock.now())
    if not text:
        return today
    try:
        day = date.fromisoformat(text)
    except ValueError:
        raise ValueError("Enter a day, like 2026-03-27") from None
    if day > today:
        raise ValueError("Choose today or a day before it")
    return day


def _asked_day(text: str, reading: Reading) -> date:
    try:
        return _day(text, reading)
    except ValueError as wrong:
        raise Problem(422, "No such day", f"as_at: {wrong}.") from None


def _named(found: Performance, ending: str) -> str:
    return f"figures-{found.as_at.isoformat()}.{ending}"

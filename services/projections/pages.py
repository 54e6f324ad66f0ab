"""The pages of the board and of a case: plain HTML in which everything works without a script."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.projections.api import Reader, Reference
from services.projections.board_files import MOST_ROWS, as_csv, as_xlsx, board_rows
from services.projections.board_filters import Filtered
from services.projections.board_page import board_page
from services.projections.fact_kinds import DONE, READINGS, Stretch, counted, read
from services.projections.past import AsAt
from services.projections.reading import Reading, Row
from services.projections.whole_board import whole_board
from shared.access.log import TIMELINE
from shared.web.downloads import CSV, download
from shared.web.pages import render
from shared.web.parameters import STORABLE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LATEST = 6  # what was done last, on the first page of a case


def router(reading: Reading) -> APIRouter:
    """`/board`, as a page and as a file, and `/complaints/{reference}`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/board")
    def board(
        *,
        request: Request,
        who: Reader,
        filters: Filtered,
        after: Annotated[str, Query(max_length=200, pattern=STORABLE)] = "",
    ) -> Response:
        return board_page(request, reading, who, filters, after=after)

    @routes.get("/board.csv")
    def board_csv(who: Reader, filters: Filtered) -> Response:
        rows = board_rows(whole_board(reading, who, filters.wanted(who), most=MOST_ROWS))
        return download(as_csv(rows), CSV, "board.csv")

    @routes.get("/board.xlsx")
    def board_xlsx(who: Reader, filters: Filtered) -> Response:
        rows = board_rows(whole_board(reading, who, filters.wanted(who), most=MOST_ROWS))
        return download(as_xlsx(rows), XLSX, "board.xlsx")

    @routes.get("/complaints/{reference}")
    def case(request: Request, who: Reader, reference: Reference) -> Response:
        return render(
            request,
            "projections/case.html",
            reference=reference,
            **overview(reading.case(who, reference), as_at=None),
        )

    _add_timeline(routes, reading)
    return routes


def _add_timeline(routes: APIRouter, reading: Reading) -> None:
    @routes.get("/complaints/{reference}/timeline")
    def timeline(
        request: Request,
        who: Reader,
        reference: Reference,
        kind: Annotated[str, Query(max_length=20, pattern=STORABLE)] = DONE,
    ) -> Response:
        chosen = kind if kind in READINGS else DONE
        found = reading.case(who, reference, page=TIMELINE)
        return render(
            request,
            "projections/case_timeline.html",
            reference=reference,
            kind=chosen,
            readings=READINGS,
            counts=counted(found["timeline"]),
            stretches=read(found["timeline"], chosen),
            **found,
        )


def overview(found: Row, *, as_at: AsAt | None) -> Row:
    """What the first page of a case shows, now (None) or as it stood; of now only what was done last."""
    last = [row for row in found["timeline"] if row["actor"] != "system" and not row["may_fold"]]
    return found | {
        "as_at": as_at,
        "stretches": read(found["timeline"], DONE)
        if as_at
        else [Stretch((row,), folded=False) for row in last[:LATEST]],
        "clocks": _clocks(found),
    }


def _clocks(found: Row) -> list[Row]:
    """The complaint's own clock, then the one that judges it beside that; each with what is owed."""
    policies = [("", found["complaint"]["policy"])]
    if found["beside"]:
        policies.append((found["beside"], found["beside"]))
    return [
        {
            "policy": policy,
            "is_own": not overlay,
            "owed": [
                row
                for row in found["deadlines"]
                if (row["overlay"] or "") == overlay and row["standing"] == "open"
            ],
        }
        for overlay, policy in policies
    ]

"""The pages of the board and of a case: plain HTML in which everything works without a script."""

from collections.abc import Iterator
from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from services.projections.api import Reader, Reference, place_after
from services.projections.board_files import MOST_ROWS, as_csv, as_xlsx, board_rows
from services.projections.fact_kinds import DONE, READINGS, Stretch, counted, read
from services.projections.past import AsAt
from services.projections.read_models.deadlines_board import (
    PAGE,
    STATUSES,
    BoardFilter,
    Place,
)
from services.projections.reading import Reading, Row
from shared.identity.sessions import SignedIn
from shared.web.pages import render
from shared.web.parameters import STORABLE

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
LATEST = 6  # what was done last, on the first page of a case
Chosen = Annotated[str, Query(max_length=100, pattern=STORABLE)]


class Filters:
    """What a link or a form chose; what it left empty, or made up, is no filter."""

    def __init__(
        self,
        status: Chosen = "",
        organisation: Chosen = "",
        stage: Chosen = "",
        handler: Chosen = "",
    ) -> None:
        self.chosen = {
            "status": status if status in STATUSES else "",
            "organisation": organisation,
            "stage": stage if stage.isdecimal() and len(stage) == 1 else "",
            "handler": handler,
        }

    def query(self, **more: str) -> str:
        """The end of an address that keeps the filters, with `more`; empty when there is none."""
        kept = {name: value for name, value in (self.chosen | more).items() if value}
        return f"?{urlencode(kept)}" if kept else ""

    def wanted(self, who: SignedIn) -> BoardFilter:
        """As the read model takes it, for this reader."""
        chosen = self.chosen
        return BoardFilter(
            confined_to=who.confined_to,
            status=chosen["status"] or None,
            organisation=chosen["organisation"] or None,
            stage=int(chosen["stage"]) if chosen["stage"] else None,
            handler=chosen["handler"] or None,
        )


Filtered = Annotated[Filters, Depends()]


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
        found = reading.board(who, filters.wanted(who), after=place_after(after), limit=PAGE)
        return render(
            request,
            "projections/board.html",
            board=found,
            chosen=filters.chosen,
            choices=_choices(reading.choices(who)),
            query=filters.query(),
            next_page=filters.query(after=found["next"]) if found["next"] else "",
        )

    @routes.get("/board.csv")
    def board_csv(who: Reader, filters: Filtered) -> Response:
        rows = board_rows(_whole_board(reading, who, filters))
        return _file(as_csv(rows), "text/csv; charset=utf-8", "board.csv")

    @routes.get("/board.xlsx")
    def board_xlsx(who: Reader, filters: Filtered) -> Response:
        rows = board_rows(_whole_board(reading, who, filters))
        return _file(as_xlsx(rows), XLSX, "board.xlsx")

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
        found = reading.case(who, reference)
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


def _whole_board(reading: Reading, who: SignedIn, filters: Filters) -> Iterator[Row]:
    """Every line, page by page; at most MOST_ROWS."""
    after: Place | None = None
    for _ in range(MOST_ROWS // PAGE):
        found = reading.board(who, filters.wanted(who), after=after, limit=PAGE)
        yield from found["deadlines"]
        if found["next"] is None:
            return
        after = Place.parse(found["next"])


def _file(content: bytes, media_type: str, name: str) -> Response:
    disposition = f'attachment; filename="{name}"'
    return Response(content, media_type=media_type, headers={"content-disposition": disposition})


def _choices(offered: Row) -> Row:
    """What the filters offer, as value and label."""
    return {
        "organisations": [(home.organisation, home.name) for home in offered["organisations"]],
        "stages": [(str(stage), f"Stage {stage}") for stage in offered["stages"]],
        "handlers": [(officer.officer, officer.name) for officer in offered["handlers"]],
    }

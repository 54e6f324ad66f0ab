"""The pages of the board and of a case: plain HTML in which everything works without a script."""

from typing import Annotated
from urllib.parse import urlencode

from fastapi import APIRouter, Query, Request
from starlette.responses import Response

from services.projections.api import Reader, Reference, place_after
from services.projections.read_models.deadlines_board import PAGE, STATUSES, BoardFilter
from services.projections.reading import Reading, Row
from shared.web.pages import render
from shared.web.parameters import STORABLE

Chosen = Annotated[str, Query(max_length=100, pattern=STORABLE)]


def router(reading: Reading) -> APIRouter:
    """`/board` and `/complaints/{reference}`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/board")
    def board(
        *,
        request: Request,
        who: Reader,
        status: Chosen = "",
        organisation: Chosen = "",
        stage: Chosen = "",
        handler: Chosen = "",
        after: Annotated[str, Query(max_length=200, pattern=STORABLE)] = "",
    ) -> Response:
        """What a link or a form left empty, or made up, is no filter."""
        chosen = {
            "status": status if status in STATUSES else "",
            "organisation": organisation,
            "stage": stage if stage.isdecimal() and len(stage) == 1 else "",
            "handler": handler,
        }
        wanted = BoardFilter(
            confined_to=who.confined_to,
            status=chosen["status"] or None,
            organisation=chosen["organisation"] or None,
            stage=int(chosen["stage"]) if chosen["stage"] else None,
            handler=chosen["handler"] or None,
        )
        found = reading.board(who, wanted, after=place_after(after), limit=PAGE)
        following = {name: value for name, value in chosen.items() if value}
        return render(
            request,
            "projections/board.html",
            board=found,
            chosen=chosen,
            choices=_choices(reading.choices(who)),
            next_page="?" + urlencode(following | {"after": found["next"]})
            if found["next"]
            else "",
        )

    @routes.get("/complaints/{reference}")
    def case(request: Request, who: Reader, reference: Reference) -> Response:
        return render(
            request,
            "projections/case.html",
            reference=reference,
            **reading.case(who, reference),
        )

    return routes


def _choices(offered: Row) -> Row:
    """What the filters offer, as value and label."""
    return {
        "organisations": [(home.organisation, home.name) for home in offered["organisations"]],
        "stages": [(str(stage), f"Stage {stage}") for stage in offered["stages"]],
        "handlers": [(officer.officer, officer.name) for officer in offered["handlers"]],
    }

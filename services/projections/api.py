"""The query API: board, history of a case, caseload and counts as JSON, for a signed-in officer."""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query

from services.projections.read_models.deadlines_board import PAGE, BoardFilter, Place
from services.projections.reading import Reading
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

Reader = Annotated[SignedIn, Depends(signed_in)]
Slug = Annotated[str | None, Query(max_length=100, pattern=STORABLE)]
Reference = Annotated[str, Path(max_length=60, pattern=STORABLE)]
Status = Literal["overdue", "today", "soon", "week", "approval", "missed"]


def router(reading: Reading) -> APIRouter:
    """The routes below /api/v1."""
    routes = APIRouter(prefix="/api/v1", tags=["projections"])

    @routes.get("/board")
    def board(
        *,
        who: Reader,
        status: Status | None = None,
        organisation: Slug = None,
        stage: Annotated[int | None, Query(ge=1, le=9)] = None,
        handler: Slug = None,
        duty: Slug = None,
        after: Annotated[str | None, Query(max_length=200, pattern=STORABLE)] = None,
        limit: Annotated[int, Query(ge=1, le=PAGE)] = PAGE,
    ) -> dict[str, Any]:
        wanted = BoardFilter(
            confined_to=who.confined_to,
            status=status,
            organisation=organisation,
            stage=stage,
            handler=handler,
            duty=duty,
        )
        return reading.board(who, wanted, after=place_after(after), limit=limit)

    @routes.get("/complaints/{reference}/history")
    def history(who: Reader, reference: Reference) -> dict[str, Any]:
        return reading.history(who, reference)

    @routes.get("/caseload")
    def caseload(who: Reader) -> dict[str, Any]:
        return reading.caseload(who)

    @routes.get("/counts")
    def counts(who: Reader) -> dict[str, Any]:
        return reading.counts(who)

    return routes


def place_after(text: str | None) -> Place | None:
    """Where the page before ended; 400 when the text is not one of ours."""
    if not text:
        return None
    try:
        return Place.parse(text)
    except ValueError as error:
        raise Problem(
            400,
            "No such page",
            "`after` must be the `next` of the page before; leave it out to begin at the start.",
        ) from error

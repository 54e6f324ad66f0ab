"""The page of the board: its figures, filters and saved views as links, and its lines."""

from typing import Any

from fastapi import Request
from starlette.responses import Response

from services.projections.api import place_after
from services.projections.approvals import sent_back_to
from services.projections.board_changes import place_of
from services.projections.board_filters import COMPACT, LABELS, Filters, choices_of
from services.projections.read_models.deadlines_board import PAGE
from services.projections.reading import Reading
from services.projections.saved_views import LONGEST_NAME, SavedView, views_of
from shared.identity.sessions import SignedIn
from shared.web.pages import render

# Who looks at cases, or keeps the system, and allocates none.
LOOKS_ON = frozenset({"auditor", "administrator", "board_member", "independent_member"})


def board_page(
    request: Request,
    reading: Reading,
    who: SignedIn,
    filters: Filters,
    *,
    after: str = "",
    wrong: str = "",
    typed: str = "",
    share: str = "",
) -> Response:
    """The board under these filters; with `wrong` the form that saves a view comes back with what was typed."""
    # Before the lines are read: what changes meanwhile is announced, rather than missed.
    place = place_of(reading, who.officer.landlord)
    found = reading.board(who, filters.wanted(who), after=place_after(after), limit=PAGE)
    choices = choices_of(reading.choices(who))
    with reading.database.transaction(who.officer.landlord) as cursor:
        saved = views_of(cursor, who.officer)
    dense = filters.chosen["density"] == COMPACT
    return render(
        request,
        "projections/board.html",
        422 if wrong else 200,
        board=found,
        chosen=filters.chosen,
        choices=choices,
        statuses=list(LABELS.items()),
        figures=[
            {
                "status": status,
                "words": words,
                "count": found["figures"][status],
                "address": filters.address(status=status),
            }
            for status, words in LABELS.items()
        ],
        tags=filters.tags(choices),
        without_filters=Filters(density=filters.chosen["density"]).address(),
        views=_offered(who, saved, filters),
        sent_back=sent_back_to(reading, who),
        titles=reading.titles(who),
        own_views=[view for view in saved if view.officer == who.officer.officer],
        dense=dense,
        allocates=who.officer.role not in LOOKS_ON,
        other_density=filters.address(density="" if dense else COMPACT, after=after),
        query=filters.query(),
        here=filters.address(after=after),
        next_page=filters.address(after=found["next"]) if found["next"] else "",
        changes=f"/api/v1/board/changes{filters.query(after=str(place))}",
        values={"name": typed},
        shared=[share] if share else [],
        errors=[{"field": "name", "message": wrong}] if wrong else [],
        longest_name=LONGEST_NAME,
    )


def _offered(who: SignedIn, saved: list[SavedView], filters: Filters) -> list[dict[str, Any]]:
    """The reader's own cases first, then what they and others saved."""
    mine = Filters(handler=who.officer.officer).address()
    here = filters.address()
    offered = [{"words": "My cases", "by": "", "address": mine}]
    for view in saved:
        by = "" if view.officer == who.officer.officer else view.officer_name
        address = Filters.parse(view.query).address()
        offered.append({"words": view.name, "by": by, "address": address})
    return [view | {"current": view["address"] == here} for view in offered]

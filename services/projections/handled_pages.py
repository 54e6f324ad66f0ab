"""The open cases that an officer handles, to be handed on together: when somebody leaves, is away or has too many."""

from typing import Annotated

from fastapi import APIRouter, Path, Request
from starlette.responses import Response

from services.projections.api import Reader
from services.projections.read_models.caseload import MOST_HANDLED, handled_by
from services.projections.reading import Reading
from services.projections.visibility import hidden_from
from shared.registry.officers import officer as find_officer
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

# Who looks at cases and hands none on.
LOOKS_ON = frozenset({"auditor", "board_member", "independent_member"})


def router(reading: Reading) -> APIRouter:
    """`/handled-by/{officer}`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/handled-by/{officer}")
    def handled(
        request: Request,
        who: Reader,
        officer: Annotated[str, Path(max_length=100, pattern=STORABLE)],
    ) -> Response:
        landlord = who.officer.landlord
        with reading.database.transaction(landlord) as cursor:
            found = find_officer(cursor, landlord, officer)
            if found is None:
                raise Problem(404, "No such officer", "There is no such officer here.")
            cases = handled_by(
                cursor,
                landlord=landlord,
                officer=officer,
                confined_to=who.confined_to,
                hidden=hidden_from(cursor, who),
            )
        return render(
            request,
            "projections/handled.html",
            officer=found,
            cases=cases[:MOST_HANDLED],
            more=len(cases) > MOST_HANDLED,
            hands_on=who.officer.role not in LOOKS_ON,
        )

    return routes

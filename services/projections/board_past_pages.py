"""The pages of the board as it stood at an instant, and of what differs between two instants."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.projections.api import Reader
from services.projections.board_past import Seen, TooManyCases, board_as_at, moved_between
from services.projections.figures_asking import Chosen
from services.projections.moments import Typed, TypedInstant, errors_of, moment
from services.projections.past import NOW, AsAt
from services.projections.reading import Reading, Row
from services.projections.visibility import hidden_from
from shared.identity.sessions import SignedIn
from shared.registry.calendars import current_calendar
from shared.registry.officers import officer_names
from shared.web.moments import NoSuchMoment
from shared.web.pages import render

MOST_LINES = 500
FIGURES = {
    "overdue": "Overdue",
    "today": "Due that day",
    "soon": "Due in 2 working days",
    "later": "Due later",
}


def router(reading: Reading) -> APIRouter:
    """`/board/past` and `/board/past/changes`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/board/past")
    def past(
        *,
        request: Request,
        who: Reader,
        typed: Annotated[TypedInstant, Depends()],
        organisation: Chosen = "",
    ) -> Response:
        values = typed.values | {"organisation": organisation}
        wrong, lines = None, None
        as_at = NOW
        try:
            as_at = typed.as_at()
            if as_at != NOW:
                lines = _board(reading, who, as_at, organisation, field="happened_on")
        except NoSuchMoment as refused:
            wrong = refused
        return render(
            request,
            "projections/board_past.html",
            422 if wrong else 200,
            as_at=as_at,
            lines=None if lines is None else lines[:MOST_LINES],
            more=0 if lines is None else max(0, len(lines) - MOST_LINES),
            figures=[
                (words, sum(line["status"] == status for line in lines or []))
                for status, words in FIGURES.items()
            ],
            titles=reading.titles(who),
            case_query=_case_query(values),
            values=values,
            errors=errors_of(wrong),
            **_names(reading, who),
        )

    _add_changes(routes, reading)
    return routes


def _add_changes(routes: APIRouter, reading: Reading) -> None:
    @routes.get("/board/past/changes")
    def changes(
        *,
        request: Request,
        who: Reader,
        from_happened_on: Typed = "",
        from_recorded_on: Typed = "",
        to_happened_on: Typed = "",
        to_recorded_on: Typed = "",
        organisation: Chosen = "",
    ) -> Response:
        values = {
            "from_happened_on": from_happened_on,
            "from_recorded_on": from_recorded_on,
            "to_happened_on": to_happened_on,
            "to_recorded_on": to_recorded_on,
            "organisation": organisation,
        }
        wrong, found = None, None
        try:
            before, after = _days(values, "from"), _days(values, "to")
            if before != NOW:
                found = moved_between(
                    _board(reading, who, before, organisation, field="from_happened_on"),
                    _board(reading, who, after, organisation, field="to_happened_on"),
                )
        except NoSuchMoment as refused:
            wrong = refused
        return render(
            request,
            "projections/board_past_changes.html",
            422 if wrong else 200,
            found=None if found is None else found[:MOST_LINES],
            more=0 if found is None else max(0, len(found) - MOST_LINES),
            values=values,
            errors=errors_of(wrong),
            **_names(reading, who),
        )


def _days(values: dict[str, str], which: str) -> AsAt:
    """The ends of the days typed for one side of a comparison; nothing typed is now."""
    typed = {
        f"{which}_{axis}_{part}": values.get(f"{which}_{axis}_{part}", "")
        for axis in ("happened", "recorded")
        for part in ("on", "time")
    }
    return AsAt(
        happened=moment(typed, f"{which}_happened"), recorded=moment(typed, f"{which}_recorded")
    )


def _board(
    reading: Reading, who: SignedIn, as_at: AsAt, organisation: str, *, field: str
) -> list[Row]:
    landlord = who.officer.landlord
    with reading.database.transaction(landlord) as cursor:
        seen = Seen(
            landlord=landlord,
            confined_to=who.confined_to,
            organisation=organisation or None,
            hidden=hidden_from(cursor, who),
        )
        try:
            return board_as_at(
                cursor,
                seen,
                as_at,
                calendar=current_calendar(cursor, landlord),
                now=reading.clock.now(),
            )
        except TooManyCases as many:
            raise NoSuchMoment(field, f"{many} Choose one organisation") from None


def _case_query(values: dict[str, str]) -> dict[str, str]:
    """What a link to a case of the board adds, so that the case is shown at the same instant."""
    return {name: value for name, value in values.items() if value and name != "organisation"}


def _names(reading: Reading, who: SignedIn) -> dict[str, Any]:
    homes = [(home.organisation, home.name) for home in reading.choices(who)["organisations"]]
    with reading.database.transaction(who.officer.landlord) as cursor:
        known = officer_names(cursor, who.officer.landlord)
    return {"organisations": homes, "homes": dict(homes), "officers": known}

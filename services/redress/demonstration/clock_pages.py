"""The page that moves a demonstration's clock, by hours or working days.

It exists in a demonstration only. Whoever is signed in stays so: their sessions move along.
"""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Form, Request, Response
from starlette.responses import RedirectResponse

from services.redress.assembly import Installation
from services.redress.demonstration.moving_clock import MovingClock, TooFar
from shared.complaints.working_days import LONDON, CalendarDoesNotKnow, london_day
from shared.identity.resident_sessions import lengthen_resident_sessions
from shared.identity.same_origin import same_origin
from shared.identity.sessions import lengthen_sessions
from shared.registry.calendars import current_calendar
from shared.registry.landlords import all_landlords
from shared.web.pages import render
from shared.web.problems import Problem

Step = Literal["hour", "day", "1", "5", "10"]
STEPS: dict[str, str] = {
    "hour": "One hour",
    "day": "One day",
    "1": "One working day",
    "5": "Five working days",
    "10": "Ten working days",
}


def clock_router(inst: Installation, clock: MovingClock) -> APIRouter:
    """`/demonstration/clock`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/demonstration/clock")
    def show(request: Request, moved: str = "") -> Response:
        return render(
            request,
            "redress/clock.html",
            now=clock.now(),
            ahead=clock.ahead,
            steps=STEPS,
            moved=moved == "yes",
        )

    @routes.post("/demonstration/clock", dependencies=[Depends(same_origin)])
    def move(step: Annotated[Step, Form()]) -> Response:
        try:
            by = _by(inst, clock.now(), step)
            clock.move(by)
        except (TooFar, CalendarDoesNotKnow) as refused:
            raise Problem(409, "The clock was not moved", str(refused)) from None
        for landlord in _landlords(inst):
            with inst.owner.transaction(landlord) as cursor:
                lengthen_sessions(cursor, landlord=landlord, by=by)
                lengthen_resident_sessions(cursor, landlord=landlord, by=by)
        return RedirectResponse("/demonstration/clock?moved=yes", status_code=303)

    return routes


def _by(inst: Installation, now: datetime, step: str) -> timedelta:
    """The same time of day, so many working days later, as the clock in London shows it."""
    if step == "hour":
        return timedelta(hours=1)
    if step == "day":
        return timedelta(days=1)
    landlord = _landlords(inst)[0]
    with inst.owner.transaction(landlord) as cursor:
        calendar = current_calendar(cursor, landlord)
    day = calendar.working_days_after(london_day(now), int(step))
    return datetime.combine(day, now.astimezone(LONDON).time(), LONDON) - now


def _landlords(inst: Installation) -> list[str]:
    with inst.owner.directory() as cursor:
        return [landlord.landlord for landlord in all_landlords(cursor)]

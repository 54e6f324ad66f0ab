"""The pages of the calendar that a landlord counts by: its closed days, and more of them with their effect first."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from services.workflow.adoption_desk import AdoptionDesk
from services.workflow.calendar_adopting import (
    CalendarMoved,
    Change,
    adopt,
    calendar_in_use,
    preview_of,
    refuse_if_moved,
)
from services.workflow.deciding import loaded
from shared.calendars.england import (
    LONGEST_NAME,
    CalendarChangeRefused,
    load_calendar,
    revised_document,
)
from shared.complaints.working_days import SATURDAY, WorkingDayCalendar, london_day
from shared.eventstore.feed import read_streams
from shared.identity.administration_rights import AdministrationReader, Administrator, may_change
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.registry.calendars import AdoptedCalendar, adopted_calendars
from shared.registry.officers import officer_names
from shared.registry.policy_titles import PolicyTitles, policy_titles
from shared.registry.rulebook import LONGEST_REASON, AdoptionRefused
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem
from shared.web.wrong_fields import WrongFields

CALENDARS = "/administration/calendars"
AT = f"{CALENDARS}/adopt"
MOST_DATES = 200  # that would move, shown on the page; the counts are of all
MOST_REVISIONS = 50  # shown of what was adopted
LONGEST_CLOSURE_DAYS = 31  # of one form
HOLIDAY, CLOSURE, OPEN = "holiday", "closure", "open"
KINDS = (
    (
        HOLIDAY,
        "A proclaimed bank holiday",
        "No clock counts it: neither the policy’s nor the law’s.",
    ),
    (
        CLOSURE,
        "A closure of the office",
        "The landlord’s own dates pass over it; the law’s do not.",
    ),
    (OPEN, "A closed day that counts after all", "Such as a closure that was called off."),
)
CONFIRM = "This is what your days would move now: confirm once more."
Step = Literal["begin", "look", "adopt"]
Short = Annotated[str, Form(max_length=300, pattern=STORABLE)]
# Room for a reason that is too long: the form comes back with it.
Reason = Annotated[str, Form(max_length=10 * LONGEST_REASON, pattern=STORABLE)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    kind: str = CLOSURE
    day: str = ""
    last: str = ""
    name: str = ""
    reason: str = ""
    replaces: str = ""  # the revision that the effect was shown against


def for_the_landlord(who: Administrator) -> SignedIn:
    """Dependency: an administrator of the landlord as a whole, whose one calendar all its organisations count by."""
    if who.confined_to is not None:
        raise Problem(
            403,
            "Not for your organisation",
            "All organisations of the landlord count by one calendar: ask an administrator of the landlord itself.",
        )
    return who


LandlordsAdministrator = Annotated[SignedIn, Depends(for_the_landlord)]


def router(desk: AdoptionDesk) -> APIRouter:
    """`/administration/calendars`, and its form."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(CALENDARS)
    def overview(
        request: Request,
        who: AdministrationReader,
        year: Annotated[int | None, Query(ge=1990, le=2100)] = None,
        adopted: Annotated[str, Query(max_length=1)] = "",
    ) -> Response:
        landlord = who.officer.landlord
        with desk.database.transaction(landlord) as cursor:
            found = adopted_calendars(cursor, landlord)
            names = officer_names(cursor, landlord)
        if not found:
            raise Problem(404, "No calendar", "The landlord gets a calendar with its registration.")
        calendar = load_calendar(found[0].document)
        chosen = year or london_day(desk.clock.now()).year
        chosen = max(calendar.first_day.year, min(chosen, calendar.last_day.year))
        return render(
            request,
            "workflow/calendars.html",
            calendar=calendar,
            year=chosen,
            closed=[
                (day, name) for day, name in sorted(calendar.closures.items()) if day.year == chosen
            ],
            revisions=found[:MOST_REVISIONS],
            names=names,
            may_adopt=may_change(who) and who.confined_to is None,
            just_adopted=bool(adopted),
            recount=_recount(desk, landlord),
        )

    _add_adoption(routes, desk)
    return routes


def _recount(desk: AdoptionDesk, landlord: str) -> dict[str, Any] | None:
    """How far the dates have been counted again, with per cent of the cases."""
    work = desk.recounting
    done = work.progress(landlord)
    if done is None:
        return None
    left = 0 if done.finished_at else work.open_cases(landlord)
    return asdict(done) | {
        "left": left,
        "per_cent": 100 if done.finished_at else 100 * done.cases // max(1, done.cases + left),
    }


def _add_adoption(routes: APIRouter, desk: AdoptionDesk) -> None:
    @routes.get(AT)
    def begin(request: Request, _who: LandlordsAdministrator) -> Response:
        return _form(request, Typed(), {})

    @routes.post(AT, dependencies=[Depends(same_origin)])
    def go_on(
        *,
        request: Request,
        who: LandlordsAdministrator,
        step: Annotated[Step, Form()],
        kind: Short = "",
        day: Short = "",
        last: Short = "",
        name: Short = "",
        reason: Reason = "",
        replaces: Short = "",
    ) -> Response:
        typed = Typed(
            kind, day.strip(), last.strip(), name.strip(), " ".join(reason.split()), replaces
        )
        if step == "begin":
            return _form(request, typed, {})
        return _go_on(request, desk, who, typed, for_good=step == "adopt")


def _go_on(
    request: Request, desk: AdoptionDesk, who: SignedIn, typed: Typed, *, for_good: bool
) -> Response:
    """The effect, or the adoption itself; whatever cannot be comes back with all that was typed."""
    landlord, now = who.officer.landlord, desk.clock.now()
    errors: dict[str, str] = {}
    try:
        if for_good:
            errors = _adopted(desk, who, typed)
            if not errors:
                return RedirectResponse(f"{CALENDARS}?adopted=1", status_code=303)
        before = calendar_in_use(desk.database, landlord)
        document = _document(typed, before)
        preview = Change(landlord, before, document, who.officer.officer, "preview")
        answer = adopt(desk.database, preview, now=now, dry_run=True)
    except WrongFields as wrong:
        return _form(request, typed, wrong.fields)
    except (AdoptionRefused, CalendarChangeRefused) as refused:
        return _form(request, typed, {"day": _sentence(refused)})
    answer |= preview_of(desk.recounting, landlord, load_calendar(document), reason="preview")
    return render(
        request,
        "workflow/calendar_effect.html",
        422 if errors else 200,
        answer=answer,
        titles=_titles(desk, landlord),
        moved=_shown(desk, who, answer["moved"][:MOST_DATES]),
        more=max(0, answer["dates_moved"] - MOST_DATES),
        values=asdict(typed) | {"replaces": before.revision},
        longest=LONGEST_REASON,
        errors=[{"field": field, "message": said} for field, said in errors.items()],
    )


def _adopted(desk: AdoptionDesk, who: SignedIn, typed: Typed) -> dict[str, str]:
    """Adopts what was looked at, or says at which field it cannot be; raises WrongFields or CalendarChangeRefused."""
    if not typed.reason:
        return {"reason": "Say in one sentence why: every date that moves is told with it"}
    landlord = who.officer.landlord
    try:
        with desk.database.transaction(landlord) as cursor:
            refuse_if_moved(cursor, landlord, typed.replaces)
        before = calendar_in_use(desk.database, landlord)
        change = Change(
            landlord, before, _document(typed, before), who.officer.officer, typed.reason
        )
        adopt(desk.database, change, now=desk.clock.now(), dry_run=False)
    except CalendarMoved as moved:
        with desk.database.transaction(landlord) as cursor:
            names = officer_names(cursor, landlord)
        return {"reason": f"{moved.told(names)} {CONFIRM}"}
    except AdoptionRefused as refused:
        return {"reason": _sentence(refused).removeprefix("reason: ").capitalize()}
    desk.adopted(landlord)
    return {}


def _titles(desk: AdoptionDesk, landlord: str) -> PolicyTitles:
    with desk.database.transaction(landlord) as cursor:
        return policy_titles(cursor, landlord)


def _document(typed: Typed, before: AdoptedCalendar) -> str:
    """The calendar with the days of the form; raises WrongFields or CalendarChangeRefused."""
    wrong = dict[str, str]()
    if typed.kind not in {kind for kind, _, _ in KINDS}:
        wrong["kind"] = "Choose what kind of day it is"
    first = _asked(wrong, "day", lambda: _day(typed.day))
    last = _asked(wrong, "last", lambda: _day(typed.last)) if typed.last else first
    if first and last and not 0 <= (last - first).days < LONGEST_CLOSURE_DAYS:
        wrong["last"] = (
            f"The last day must be on or after the first, within {LONGEST_CLOSURE_DAYS} days"
        )
    if typed.kind != OPEN and not 0 < len(typed.name) <= LONGEST_NAME:
        wrong["name"] = f"Give it a name of at most {LONGEST_NAME} characters"
    if wrong or first is None or last is None:
        raise WrongFields(wrong)
    days = _days(first, last, load_calendar(before.document), typed.kind)
    if typed.kind == OPEN:
        return revised_document(before.document, opened=days)
    named = dict.fromkeys(days, typed.name)
    if typed.kind == HOLIDAY:
        return revised_document(before.document, holidays=named)
    return revised_document(before.document, office_closures=named)


def _days(first: date, last: date, calendar: WorkingDayCalendar, kind: str) -> list[date]:
    """The days from the first to the last that change; one day alone is taken as it is, and may be refused."""
    days = [first + timedelta(days=number) for number in range((last - first).days + 1)]
    if len(days) == 1:
        return days
    weekdays = [day for day in days if day.weekday() < SATURDAY]
    return [day for day in weekdays if (day in calendar.closures) == (kind == OPEN)] or [first]


def _asked(wrong: dict[str, str], field: str, read: Callable[[], date]) -> date | None:
    """The day of a field; what is wrong with it is noted under its name."""
    try:
        return read()
    except ValueError as refused:
        wrong[field] = str(refused)
        return None


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("Enter a day, like 2026-06-19") from None


def _sentence(refused: Exception) -> str:
    return " ".join(str(refused).split())


def _shown(desk: AdoptionDesk, who: SignedIn, moved: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The dates with the cases that this officer may see; of others no reference is told."""
    references = sorted({each["reference"] for each in moved})
    with desk.database.transaction(who.officer.landlord) as cursor:
        histories = read_streams(cursor, who.officer.landlord, references)
    seen = set()
    for reference, history in histories.items():
        case = loaded(history)
        if case is not None and case.complaint.further.may_see(
            officer=who.officer.officer, role=who.officer.role
        ):
            seen.add(reference)
    return [
        each | {"reference": each["reference"] if each["reference"] in seen else ""}
        for each in moved
    ]


def _form(request: Request, typed: Typed, wrong: Mapping[str, str]) -> Response:
    return render(
        request,
        "workflow/calendar_adopt.html",
        422 if wrong else 200,
        kinds=KINDS,
        values=asdict(typed),
        longest_name=LONGEST_NAME,
        errors=[{"field": field, "message": said} for field, said in wrong.items()],
    )

"""The pages: a form for residents, one for staff who log what came by other ways, confirmations.

They work without scripts. A random key hidden in each form makes sending it twice harmless.
"""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Annotated
from uuid import UUID, uuid4

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from services.intake.bodies import new_submission
from services.intake.form_fields import (
    CONCERNS,
    RESIDENT_FIELDS,
    STAFF_CHANNELS,
    STAFF_FIELDS,
    STAFF_ROUTES,
    FormError,
    FormRefused,
    body_of,
    received_moment,
    tidied,
)
from services.intake.submissions import (
    Intake,
    KeyReused,
    NewSubmission,
    SubmissionRefused,
    Taken,
)
from shared.complaints.working_days import london_day
from shared.database.pool import Database
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import same_origin, signed_in
from shared.registry.landlords import Landlord, all_landlords, organisations
from shared.web.pages import render
from shared.web.problems import Problem

MOST_FORM_FIELDS = 40
LONGEST_KEY = 200
SENT_BEFORE = FormError(
    "complaint",
    "This form was already sent with other words. If this is a new complaint, send it again;"
    " if you want to add to the first, tell us its reference",
)
# What the use case refuses, by the field of the form where it can be put right.
REFUSED_AT: Mapping[str, str] = {"received_at": "received_on", "organisation": "organisation"}
# The policy's rules speak to staff; these say the same to the complainant.
PROMISES: Mapping[str, str] = {
    "acknowledge": "we will tell you that we have received it.",
    "contact": "we will contact you, to understand what happened and what you want.",
    "respond": "we will answer you in writing.",
}


async def form_values(request: Request) -> dict[str, object]:
    """What was posted, as text; files are not taken."""
    async with request.form(max_fields=MOST_FORM_FIELDS, max_files=0) as form:
        return dict(form)


Form = Annotated[dict[str, object], Depends(form_values)]
Staff = Annotated[SignedIn, Depends(signed_in)]


def resident_router(intake: Intake) -> APIRouter:
    """`/complain` and the page that confirms it."""
    router = APIRouter(include_in_schema=False)

    @router.get("/complain")
    def blank_form(request: Request, landlord: str | None = None) -> Response:
        values = dict.fromkeys(RESIDENT_FIELDS, "")
        return _resident_form(request, intake, landlord=landlord, values=values)

    @router.post("/complain")
    def send(request: Request, form: Form) -> Response:
        values = tidied(form, (*RESIDENT_FIELDS, "landlord"))
        landlord = values.pop("landlord")
        home = _landlord(intake.database, landlord or intake.default_landlord)
        try:
            body = body_of(values, landlord=home.landlord)
            new = new_submission(body, default_landlord=home.landlord)
            taken = _take(intake, new=new, key=_key(form), now=intake.clock.now())
        except FormRefused as refused:
            return _resident_form(
                request, intake, landlord=landlord, values=values, key=_key(form), refused=refused
            )
        return RedirectResponse(
            f"/complain/sent/{taken.landlord}/{taken.submission}", status_code=303
        )

    @router.get("/complain/sent/{landlord}/{submission}")
    def sent(request: Request, landlord: str, submission: UUID) -> Response:
        return _confirmation(request, intake.find(landlord=landlord, submission=submission))

    return router


def staff_router(intake: Intake) -> APIRouter:
    """`/staff/complaints/new`, where staff log what came by letter, telephone and other ways."""
    router = APIRouter(include_in_schema=False)

    @router.get("/staff/complaints/new")
    def blank_form(request: Request, who: Staff) -> Response:
        values = dict.fromkeys(STAFF_FIELDS, "")
        values["received_on"] = london_day(intake.clock.now()).isoformat()
        return _staff_form(request, intake, who=who, values=values)

    @router.post("/staff/complaints/new", dependencies=[Depends(same_origin)])
    def log(request: Request, who: Staff, form: Form) -> Response:
        values = tidied(form, STAFF_FIELDS)
        try:
            taken = _log(intake, who=who, values=values, key=_key(form), now=intake.clock.now())
        except FormRefused as refused:
            return _staff_form(
                request, intake, who=who, values=values, key=_key(form), refused=refused
            )
        return RedirectResponse(f"/staff/complaints/logged/{taken.submission}", status_code=303)

    @router.get("/staff/complaints/logged/{submission}")
    def logged(request: Request, who: Staff, submission: UUID) -> Response:
        taken = intake.find(landlord=who.officer.landlord, submission=submission)
        if taken is not None and who.confined_to not in {None, taken.organisation}:
            taken = None
        return _confirmation(request, taken, by_staff=True)

    return router


def _log(
    intake: Intake, *, who: SignedIn, values: Mapping[str, str], key: str, now: datetime
) -> Taken:
    errors: list[FormError] = []
    body = received = None
    try:
        body = body_of(values, landlord=who.officer.landlord)
    except FormRefused as refused:
        errors.extend(refused.errors)
    try:
        received = received_moment(values)
    except FormRefused as refused:
        errors.extend(refused.errors)
    if values["channel"] not in STAFF_CHANNELS and "channel" not in {one.field for one in errors}:
        errors.append(FormError("channel", "Choose how it was received"))
    if body is None or received is None or errors:
        raise FormRefused(*errors)
    if who.confined_to not in {None, body.organisation}:
        raise FormRefused(FormError("organisation", "Choose your own organisation"))
    new = new_submission(
        body,
        default_landlord=who.officer.landlord,
        received=received,
        logged_by=who.officer.officer,
    )
    return _take(intake, new=new, key=key, now=now)


def _take(intake: Intake, *, new: NewSubmission, key: str, now: datetime) -> Taken:
    try:
        return intake.take(new, key=f"form {key}", submission=uuid4(), now=now)
    except KeyReused:
        raise FormRefused(SENT_BEFORE) from None
    except SubmissionRefused as refused:
        raise FormRefused(
            FormError(REFUSED_AT.get(refused.field, "organisation"), str(refused).rstrip("."))
        ) from None


def _resident_form(
    request: Request,
    intake: Intake,
    *,
    landlord: str | None,
    values: Mapping[str, str],
    key: str | None = None,
    refused: FormRefused | None = None,
) -> Response:
    home = _landlord(intake.database, landlord or intake.default_landlord)
    return render(
        request,
        "intake/complain.html",
        422 if refused else 200,
        landlord=home,
        choices=_choices(intake.database, home.landlord, only=None),
        concerns=CONCERNS,
        values=values,
        errors=refused.errors if refused else (),
        key=_next_key(key, refused),
    )


def _staff_form(
    request: Request,
    intake: Intake,
    *,
    who: SignedIn,
    values: Mapping[str, str],
    key: str | None = None,
    refused: FormRefused | None = None,
) -> Response:
    return render(
        request,
        "intake/staff_complaint.html",
        422 if refused else 200,
        choices=_choices(intake.database, who.officer.landlord, only=who.confined_to),
        channels=STAFF_CHANNELS,
        routes=STAFF_ROUTES,
        concerns=CONCERNS,
        values=values,
        errors=refused.errors if refused else (),
        key=_next_key(key, refused),
    )


def _confirmation(request: Request, taken: Taken | None, *, by_staff: bool = False) -> Response:
    if taken is None:
        raise Problem(
            404, "Not found", "There is nothing at this address, or it is not yours to see."
        )
    return render(request, "intake/sent.html", taken=taken, by_staff=by_staff, promises=PROMISES)


def _key(form: Mapping[str, object]) -> str:
    key = form.get("key")
    if isinstance(key, str) and 0 < len(key) <= LONGEST_KEY:
        return key
    return _new_key()  # a form without its key is taken as a new one


def _next_key(key: str | None, refused: FormRefused | None) -> str:
    used_up = refused is not None and SENT_BEFORE in refused.errors
    return _new_key() if key is None or used_up else key


def _new_key() -> str:
    return secrets.token_urlsafe(24)


def _landlord(database: Database, wanted: str) -> Landlord:
    with database.directory() as cursor:
        for known in all_landlords(cursor):
            if known.landlord == wanted:
                return known
    raise Problem(404, "Landlord not known", "This landlord does not take complaints here.")


def _choices(database: Database, landlord: str, *, only: str | None) -> list[tuple[str, str]]:
    with database.transaction(landlord) as cursor:
        return [
            (choice.organisation, choice.name)
            for choice in organisations(cursor, landlord)
            if only in {None, choice.organisation}
        ]

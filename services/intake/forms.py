"""The page on which staff log what came by letter, telephone and other ways, and its confirmation.

It works without scripts. A random key hidden in the form makes sending it twice harmless.
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
    STAFF_CHANNELS,
    STAFF_FIELDS,
    STAFF_ROUTES,
    TICKED_NEEDS,
    FormError,
    FormRefused,
    received_moment,
    staff_body,
    tidied,
)
from services.intake.form_pages import Form, confirmation, homes_of, text_of
from services.intake.needs import CANNOT, GIVEN, LANGUAGES, RELATIONS, SAID, SCOPES, TO_BE_ASKED
from services.intake.new_submissions import NewSubmission
from services.intake.same_person import Earlier, earlier_cases
from services.intake.submissions import Intake, KeyReused, SubmissionRefused, Taken
from shared.complaints.working_days import london_day
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import same_origin, signed_in
from shared.web.pages import render

LONGEST_KEY = 200
AS_NEW = "as-new"  # said of a complaint that is no other case of the same person
SENT_BEFORE = FormError(
    "complaint",
    "This form was already sent with other words. If this is a new complaint, send it again;"
    " if you want to add to the first, tell us its reference",
)
# What the use case refuses, by the field of the form where it can be put right.
REFUSED_AT: Mapping[str, str] = {"received_at": "received_on", "organisation": "organisation"}
STAFF_CONSENTS: Mapping[str, str] = {
    GIVEN: "We have the complainant’s consent",
    SAID: "The representative says so; to be checked with the complainant",
    TO_BE_ASKED: "The complainant is still to be asked",
    CANNOT: "The complainant cannot give it",
}
Staff = Annotated[SignedIn, Depends(signed_in)]


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
        key, now = _key(form), intake.clock.now()
        try:
            new = _checked(who, values)
            if text_of(form, "step") != AS_NEW:
                earlier = earlier_cases(intake, who, new, key=_taken_under(key), now=now)
                if earlier:
                    return _staff_form(
                        request, intake, who=who, values=values, key=key, earlier=earlier
                    )
            taken = _take(intake, new=new, key=key, now=now)
        except FormRefused as refused:
            return _staff_form(request, intake, who=who, values=values, key=key, refused=refused)
        return RedirectResponse(f"/staff/complaints/logged/{taken.submission}", status_code=303)

    @router.get("/staff/complaints/logged/{submission}")
    def logged(request: Request, who: Staff, submission: UUID) -> Response:
        taken = intake.find(landlord=who.officer.landlord, submission=submission)
        if taken is not None and who.confined_to not in {None, taken.organisation}:
            taken = None
        return confirmation(request, taken, by_staff=True)

    return router


def _checked(who: SignedIn, values: Mapping[str, str]) -> NewSubmission:
    errors: list[FormError] = []
    body = received = None
    try:
        body = staff_body(values, landlord=who.officer.landlord)
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
    return new_submission(
        body,
        default_landlord=who.officer.landlord,
        received=received,
        logged_by=who.officer.officer,
    )


def _take(intake: Intake, *, new: NewSubmission, key: str, now: datetime) -> Taken:
    try:
        return intake.take(new, key=_taken_under(key), submission=uuid4(), now=now)
    except KeyReused:
        raise FormRefused(SENT_BEFORE) from None
    except SubmissionRefused as refused:
        raise FormRefused(
            FormError(REFUSED_AT.get(refused.field, "organisation"), str(refused).rstrip("."))
        ) from None


def _staff_form(
    request: Request,
    intake: Intake,
    *,
    who: SignedIn,
    values: Mapping[str, str],
    key: str | None = None,
    refused: FormRefused | None = None,
    earlier: tuple[Earlier, ...] = (),
) -> Response:
    return render(
        request,
        "intake/staff_complaint.html",
        422 if refused else 200,
        choices=homes_of(intake.database, who.officer.landlord, only=who.confined_to).items(),
        channels=STAFF_CHANNELS,
        routes=STAFF_ROUTES,
        concerns=CONCERNS,
        relations=RELATIONS,
        consents=STAFF_CONSENTS,
        scopes=SCOPES,
        needs=TICKED_NEEDS,
        languages=LANGUAGES,
        values=values,
        errors=refused.errors if refused else (),
        key=_next_key(key, refused),
        earlier=earlier,
        as_new=AS_NEW,
    )


def _key(form: Mapping[str, object]) -> str:
    key = form.get("key")
    if isinstance(key, str) and 0 < len(key) <= LONGEST_KEY:
        return key
    return _new_key()  # a form without its key is taken as a new one


def _taken_under(key: str) -> str:
    return f"form {key}"


def _next_key(key: str | None, refused: FormRefused | None) -> str:
    used_up = refused is not None and SENT_BEFORE in refused.errors
    return _new_key() if key is None or used_up else key


def _new_key() -> str:
    return secrets.token_urlsafe(24)

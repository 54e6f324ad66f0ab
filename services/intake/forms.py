"""The page on which staff log what came by letter, telephone and other ways, and its confirmation.

It works without scripts. A random key hidden in the form makes sending it twice harmless.
"""

import secrets
from collections.abc import Mapping, Sequence
from typing import Annotated
from uuid import NAMESPACE_URL, UUID, uuid5

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
from services.intake.form_pages import confirmation, homes_of
from services.intake.needs import CANNOT, GIVEN, LANGUAGES, RELATIONS, SAID, SCOPES, TO_BE_ASKED
from services.intake.new_submissions import NewSubmission
from services.intake.same_person import Earlier, earlier_cases
from services.intake.submissions import (
    Intake,
    KeyReused,
    SubmissionRefused,
    Taken,
    complainant_of,
)
from shared.complaints.values import Channel
from shared.complaints.working_days import london_day
from shared.documents.kinds import ACCEPT, ALLOWED_IN_WORDS, LARGEST, MOST_AT_ONCE, DocumentRefused
from shared.documents.shelf import Shelf
from shared.documents.taking import Checked, Upload, all_checked, sent_as
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import same_origin, signed_in
from shared.web.pages import render
from shared.web.uploads import UploadForm, takes_uploads, upload_form

LONGEST_KEY = 200
AS_NEW = "as-new"  # said of a complaint that is no other case of the same person
FORMS = uuid5(NAMESPACE_URL, "urn:redress:forms")
FILES = "files"
FILES_HINT = (
    f"Up to {MOST_AT_ONCE}, each smaller than {LARGEST // 1024 // 1024}MB: {ALLOWED_IN_WORDS}. If the page"
    " comes back with an error, select them again."
)
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


def staff_router(intake: Intake, shelf: Shelf) -> APIRouter:
    """`/staff/complaints/new`, where staff log what came by letter, telephone and other ways."""
    router = APIRouter(include_in_schema=False)

    @router.get("/staff/complaints/new")
    def blank_form(request: Request, who: Staff) -> Response:
        values = dict.fromkeys(STAFF_FIELDS, "")
        values["received_on"] = london_day(intake.clock.now()).isoformat()
        return _staff_form(request, intake, shelf, who=who, values=values)

    @router.post("/staff/complaints/new", dependencies=[Depends(same_origin)])
    @takes_uploads()
    def log(
        request: Request, who: Staff, sent: Annotated[UploadForm, Depends(upload_form)]
    ) -> Response:
        values, key = tidied(sent.values, STAFF_FIELDS), _key(sent.values)
        documents: Sequence[Checked] = ()
        try:
            new, documents = _checked(who, values, sent.files)
            _keep(shelf, new, documents, key=key)
            if sent.values.get("step") != AS_NEW:
                now = intake.clock.now()
                earlier = earlier_cases(intake, who, new, key=_taken_under(key), now=now)
                if earlier:
                    return _staff_form(
                        request,
                        intake,
                        shelf,
                        who=who,
                        values=values,
                        key=key,
                        earlier=earlier,
                        kept=[each.name for each in documents],
                    )
            taken = _take(intake, shelf, new=new, key=key)
        except FormRefused as refused:
            return _staff_form(
                request, intake, shelf, who=who, values=values, key=key, refused=refused
            )
        return RedirectResponse(f"/staff/complaints/logged/{taken.submission}", status_code=303)

    @router.get("/staff/complaints/logged/{submission}")
    def logged(request: Request, who: Staff, submission: UUID) -> Response:
        taken = intake.find(landlord=who.officer.landlord, submission=submission)
        if taken is not None and who.confined_to not in {None, taken.organisation}:
            taken = None
        return confirmation(request, taken, by_staff=True)

    return router


def _checked(
    who: SignedIn, values: Mapping[str, str], files: Sequence[Upload]
) -> tuple[NewSubmission, Sequence[Checked]]:
    errors: list[FormError] = []
    documents: Sequence[Checked] = ()
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
    try:
        documents = all_checked(files) if files else ()
    except DocumentRefused as refused:
        errors.append(FormError(FILES, str(refused)))
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
    return new, documents


def _keep(shelf: Shelf, new: NewSubmission, documents: Sequence[Checked], *, key: str) -> None:
    """Keeps what came with the form under the submission that it will make."""
    submission = _submission(new.landlord, key)
    try:
        for one in documents:
            shelf.put(
                one,
                landlord=new.landlord,
                subject=complainant_of(submission),
                document=uuid5(submission, sent_as(one)),
                kind=_kind(one, new.channel),
                draft=submission,
            )
    except DocumentRefused as refused:
        raise FormRefused(FormError(FILES, str(refused))) from None


def _submission(landlord: str, key: str) -> UUID:
    # The same form makes the same submission, so that what is uploaded with it finds it again.
    return uuid5(FORMS, f"{landlord}/{key}")


def _take(intake: Intake, shelf: Shelf, *, new: NewSubmission, key: str) -> Taken:
    submission = _submission(new.landlord, key)
    try:
        return intake.take(
            new,
            key=_taken_under(key),
            submission=submission,
            now=intake.clock.now(),
            draft=submission,
        )
    except KeyReused:
        shelf.take_back(new.landlord, submission)
        raise FormRefused(SENT_BEFORE) from None
    except SubmissionRefused as refused:
        # The form is sent again with the files that are selected then.
        shelf.take_back(new.landlord, submission)
        raise FormRefused(
            FormError(REFUSED_AT.get(refused.field, "organisation"), str(refused).rstrip("."))
        ) from None


def _kind(document: Checked, channel: Channel) -> str:
    """What most likely came: the letter itself, where it came by letter."""
    likely = document.likely_kind
    return {Channel.LETTER: "letter", Channel.EMAIL: "email"}.get(channel, likely)


def _staff_form(
    request: Request,
    intake: Intake,
    shelf: Shelf,
    *,
    who: SignedIn,
    values: Mapping[str, str],
    key: str | None = None,
    refused: FormRefused | None = None,
    earlier: tuple[Earlier, ...] = (),
    kept: Sequence[str] = (),
) -> Response:
    return render(
        request,
        "intake/staff_complaint.html",
        422 if refused else 200,
        accept=ACCEPT,
        files_hint=FILES_HINT,
        is_scanned=shelf.scanner.checks,
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
        kept=kept,
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

"""Documents put on a case by officers: a form with files, and an address of the API that takes one file."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Annotated, Any
from uuid import UUID, uuid4, uuid5

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import BaseModel
from starlette.responses import RedirectResponse

from services.workflow.action_fields import ACTIONS
from services.workflow.api import NOT_DONE, Reference, problem_of
from services.workflow.body import BodyRefused
from services.workflow.deciding import LoadedComplaint
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.fields import HAPPENED_ON
from services.workflow.staff import (
    COMMANDS,
    LOOKS_ON,
    Asked,
    StaffDesk,
    data_subject,
    fingerprint_of,
)
from services.workflow.subjects.documents import UPLOADED, DocumentBody
from shared.complaints.events.documents import BROUGHT_BY, DOCUMENT_KINDS
from shared.documents.kinds import DocumentRefused
from shared.documents.rows import Shelved
from shared.documents.shelf import Shelf
from shared.documents.taking import Checked, all_checked, sent_as
from shared.documents.unsent import around_the_field
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.vault.vault import SubjectErased
from shared.web.navigation import READS_ONLY
from shared.web.pages import render
from shared.web.problems import Problem
from shared.web.uploads import UploadForm, takes_uploads, upload_form

Who = Annotated[SignedIn, Depends(signed_in)]
Sent = Annotated[UploadForm, Depends(upload_form)]
FILES = "files"
LONGEST_KEY = 100


class Uploaded(BaseModel):
    """A file that waits to be put on the case, by a command that names it."""

    document: UUID
    media_type: str
    size: int


@dataclass(frozen=True, slots=True)
class Typed:
    """What was typed into the form, and what is wrong with it."""

    values: dict[str, str] = field(default_factory=dict)
    errors: dict[str, str] = field(default_factory=dict)
    status: int = 200


def router(desk: StaffDesk, shelf: Shelf) -> APIRouter:
    """The page of the form, in place of the one that every other action has, and the API's uploads."""
    routes = APIRouter()
    address = f"/complaints/{{reference}}/actions/{UPLOADED}"

    @routes.get(address, include_in_schema=False)
    def form(request: Request, reference: Reference, who: Who) -> Response:
        desk.case(who, reference)
        return _page(request, shelf, reference, Typed())

    @routes.post(address, include_in_schema=False, dependencies=[Depends(same_origin)])
    @takes_uploads()
    def send(request: Request, reference: Reference, who: Who, sent: Sent) -> Response:
        found = _to_act_on(desk, who, reference)
        typed = _taken(desk, shelf, _Sending(who, reference, found, _stripped(sent)), sent)
        if typed.errors:
            return _page(request, shelf, reference, typed)
        return RedirectResponse(f"/complaints/{reference}/documents", status_code=303)

    _add_upload(routes, desk, shelf)
    return routes


def _add_upload(routes: APIRouter, desk: StaffDesk, shelf: Shelf) -> None:
    @routes.post(
        "/api/v1/complaints/{reference}/uploads",
        status_code=201,
        response_model=Uploaded,
        tags=["complaints"],
        dependencies=[Depends(same_origin)],
    )
    @takes_uploads()
    def upload(reference: Reference, who: Who, sent: Sent) -> Uploaded:
        """Takes one file as multipart/form-data. `documents` puts it on the case within 20 hours."""
        found = _to_act_on(desk, who, reference)
        try:
            if len(sent.files) != 1:
                raise DocumentRefused("Send one file at a time")
            (taken,) = all_checked(sent.files)
            kept = shelf.put(
                taken,
                landlord=who.officer.landlord,
                subject=data_subject(who.officer.landlord, reference, found),
                document=uuid4(),
                kind="other",
            )
        except DocumentRefused as refused:
            raise Problem(422, "The file is not taken", f"{refused}.") from None
        except SubjectErased as erased:
            raise problem_of(erased) from None
        return Uploaded(document=kept.document, media_type=kept.media_type, size=kept.size)


@dataclass(frozen=True, slots=True)
class _Sending:
    who: SignedIn
    reference: str
    found: LoadedComplaint
    values: dict[str, str]

    @property
    def key(self) -> str:
        key = self.values.get("form_key", "")
        if not key or len(key) > LONGEST_KEY:
            raise Problem(400, "Form incomplete", "Open the form again from the page of the case.")
        return key


def _to_act_on(desk: StaffDesk, who: SignedIn, reference: str) -> LoadedComplaint:
    """The case, for somebody who may put something on it: asked before a file is kept."""
    found = desk.case(who, reference)
    if who.officer.role in READS_ONLY:
        raise Problem(403, "Not for your role", LOOKS_ON)
    return found


def _stripped(sent: UploadForm) -> dict[str, str]:
    return {name: value.strip() for name, value in sent.values.items()}


def _taken(desk: StaffDesk, shelf: Shelf, sending: _Sending, sent: UploadForm) -> Typed:
    """Takes what was sent, or says what is wrong with it."""
    errors = _errors(sending.values)
    try:
        taken = all_checked(sent.files)
        if not errors:
            _keep(desk, shelf, sending, taken)
    except DocumentRefused as refused:
        errors = {FILES: str(refused)} | errors
    except BodyRefused as refused:
        errors = {refused.field: f"This {refused}."}
    except ComplaintRuleBroken as broken:
        errors = {FILES: f"{broken.said} {broken.way_out}"}
    except NOT_DONE as error:
        raise problem_of(error) from None
    return Typed(sending.values, errors, 422 if errors else 200)


def _keep(desk: StaffDesk, shelf: Shelf, sending: _Sending, taken: Sequence[Checked]) -> None:
    """Keeps every file, then tells of each: sent twice, the same form keeps and tells once."""
    landlord = sending.who.officer.landlord
    kept = [
        shelf.put(
            one,
            landlord=landlord,
            subject=data_subject(landlord, sending.reference, sending.found),
            # The same form may be sent again, by going back in the browser, with another file.
            document=uuid5(COMMANDS, f"{landlord}/{sending.key}/document/{sent_as(one)}"),
            kind=sending.values["kind"],
        )
        for one in taken
    ]
    for one in kept:
        desk.carry_out(_asked(sending, one))


def _asked(sending: _Sending, document: Shelved) -> Asked:
    said: dict[str, Any] = {
        "document": str(document.document),
        "kind": sending.values["kind"],
        "brought_by": sending.values["brought_by"],
    }
    if sending.values.get(HAPPENED_ON.name):
        said[HAPPENED_ON.name] = sending.values[HAPPENED_ON.name]
    sent = orjson.dumps(said, option=orjson.OPT_SORT_KEYS)
    path = f"/complaints/{sending.reference}/actions/{UPLOADED}"
    return Asked(
        who=sending.who,
        reference=sending.reference,
        body=DocumentBody.model_validate_json(sent),
        key=f"document/{document.document}",
        fingerprint=fingerprint_of(method="POST", path=path, body=sent),
        correlation_id=str(uuid.uuid4()),
    )


def _errors(values: dict[str, str]) -> dict[str, str]:
    errors: dict[str, str] = {}
    if values.get("kind") not in DOCUMENT_KINDS:
        errors["kind"] = "Choose what they are"
    if values.get("brought_by") not in BROUGHT_BY:
        errors["brought_by"] = "Choose who brought them"
    day = values.get(HAPPENED_ON.name, "")
    try:
        if day:
            date.fromisoformat(day)
    except ValueError:
        errors[HAPPENED_ON.name] = "Give a date"
    return errors


def _page(request: Request, shelf: Shelf, reference: str, typed: Typed) -> Response:
    action = ACTIONS[UPLOADED]
    names = [*(each.name for each in action.fields), HAPPENED_ON.name]
    return render(
        request,
        "workflow/documents.html",
        typed.status,
        reference=reference,
        action=action,
        happened_on=HAPPENED_ON,
        values={name: typed.values.get(name, "") for name in names},
        errors=[{"field": name, "message": said} for name, said in typed.errors.items()],
        form_key=secrets.token_urlsafe(18),
        **around_the_field(shelf),
    )

"""The page on which a resident adds to their own case: words, photos and documents, together or apart.

It works without scripts. Files that were added stay while words are written or mended, until both are sent; a random
key hidden in the form makes sending it twice harmless.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from services.workflow.api import NOT_DONE, problem_of
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.resident_files import ResidentFiles
from services.workflow.resident_pages import (
    Acting,
    FieldError,
    back_to_case,
    form_page,
    key_of,
    plain,
    wrong_words,
)
from shared.documents.kinds import MOST_AT_ONCE, DocumentRefused
from shared.documents.unsent import around_the_field
from shared.identity.following import Follower
from shared.identity.same_origin import same_origin
from shared.web.uploads import UploadForm, takes_uploads, upload_form

ADDRESS = "/track/{reference}/information"
FILES, ADDED, REMOVE = "files", "added", "remove"
SENT_BEFORE = "What you selected was sent before: it is with your complaint already"
Sent = Annotated[UploadForm, Depends(upload_form)]


@dataclass(frozen=True, slots=True)
class _Sending:
    """What came with a form: whose it is, what was typed, and the files that the page had listed."""

    follower: Follower
    values: dict[str, str]
    listed: tuple[UUID, ...]

    @property
    def text(self) -> str:
        return self.values.get("words", "")


def router(files: ResidentFiles) -> APIRouter:
    """`/track/{reference}/information`."""
    pages = APIRouter(include_in_schema=False)

    @pages.get(ADDRESS)
    def blank(request: Request, follower: Acting) -> Response:
        return _page(request, files, _Sending(follower, {}, ()))

    @pages.post(ADDRESS, dependencies=[Depends(same_origin)])
    @takes_uploads()
    def send(request: Request, follower: Acting, form: Sent) -> Response:
        sending = _Sending(follower, plain(form.values), _listed(form.values))
        try:
            return _answer(request, files, sending, form)
        except ComplaintRuleBroken as broken:
            full = FieldError(FILES, f"{broken.said} {broken.way_out}")
            return _page(request, files, sending, full)
        except NOT_DONE as error:
            raise problem_of(error) from None

    return pages


def _answer(
    request: Request, files: ResidentFiles, sending: _Sending, form: UploadForm
) -> Response:
    """Removes, adds or sends what the form says, and says what is wrong with it."""
    key = key_of(sending.values)
    if removed := sending.values.get(REMOVE):
        return _page(request, files, sending, *_taken_back(files, sending.follower, removed))
    kept, refused = files.add(sending.follower, form.files) if form.files else ((), ())
    errors = [FieldError(FILES, "; ".join(refused))] if refused else []
    if sending.values.get("then") == "add":
        if not form.files:
            errors = [FieldError(FILES, "Select a file")]
        elif not errors and set(kept) - {each.document for each in files.unsent(sending.follower)}:
            errors = [FieldError(FILES, SENT_BEFORE)]
        return _page(request, files, sending, *errors)
    documents = tuple(dict.fromkeys((*sending.listed, *kept)))
    nothing = "" if documents or errors else "Write what you want to tell us, or add a file"
    errors = [*wrong_words(sending.text, nothing=nothing), *errors]
    if not errors:
        try:
            files.send(sending.follower, text=sending.text, key=key, documents=documents)
        except DocumentRefused as lost:
            errors = [FieldError(FILES, str(lost))]
    if errors:
        return _page(request, files, sending, *errors)
    return back_to_case(sending.follower, "files" if documents else "information")


def _taken_back(files: ResidentFiles, follower: Follower, removed: str) -> tuple[FieldError, ...]:
    try:
        files.take_back(follower, UUID(removed))
    except ValueError:  # what the button holds is no id of ours
        return (FieldError(FILES, "Choose a file of the list to remove"),)
    return ()


def _listed(values: Mapping[str, str]) -> tuple[UUID, ...]:
    """The files that the page had listed: only those are sent."""
    try:
        return tuple(UUID(each) for each in values.get(ADDED, "").split()[:MOST_AT_ONCE])
    except ValueError:  # no id of ours: nothing of it is sent
        return ()


def _page(
    request: Request, files: ResidentFiles, sending: _Sending, *errors: FieldError
) -> Response:
    return form_page(
        request,
        "track_information",
        sending.follower,
        {"words": sending.text},
        *errors,
        sent=sending.values,
        kept=files.unsent(sending.follower),
        **around_the_field(files.shelf),
    )

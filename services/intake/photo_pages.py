"""The page of the journey that takes photos and documents: added and removed before the complaint is sent.

They belong to the draft, sealed already under the key of whoever will have complained, and go with it.
"""

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from typing import Annotated
from uuid import UUID, uuid5

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from services.intake import journey
from services.intake.allowances import PAGES
from services.intake.drafts import Draft
from services.intake.form_fields import FormError
from services.intake.form_pages import TRAPPED
from services.intake.journey_course import SAVE, Course, submission_of
from services.intake.submissions import complainant_of
from shared.documents.kinds import MOST_AT_ONCE, DocumentRefused
from shared.documents.shelf import Shelf
from shared.documents.taking import Checked, all_checked, sent_as
from shared.documents.unsent import Unsent, around_the_field, unsent_with
from shared.identity.same_origin import same_origin
from shared.web.uploads import UploadForm, takes_uploads, uploads_of

ADDRESS = "photos"
PAGE = f"/complain/{ADDRESS}"
FILES = "files"
MOST = MOST_AT_ONCE
TOO_MANY = f"You can only send up to {MOST} files with a complaint: select fewer, or remove one"
NOTHING = UploadForm({}, ())


@dataclass(frozen=True, slots=True)
class Posted:
    """Whose browser it is, and what was sent; nothing is read for a browser that has no draft."""

    draft: Draft | None
    form: UploadForm
    busy: Response | None = None


def photo_router(pages: Course, shelf: Shelf) -> APIRouter:
    """`/complain/photos`; comes before the other steps, which take any address."""
    router = APIRouter(include_in_schema=False)
    photos = _Photos(pages, shelf)

    @router.get(PAGE)
    def ask(request: Request, checking: str = "") -> Response:
        draft = pages.held(request)
        if draft is None or draft.submission is not None:
            return photos.elsewhere(draft)
        return photos.page(request, draft, checking=bool(checking))

    @router.post(PAGE, dependencies=[Depends(same_origin)])
    @takes_uploads()
    def answer(request: Request, sent: Annotated[Posted, Depends(photos.posted)]) -> Response:
        if sent.draft is None or sent.draft.submission is not None:
            return photos.elsewhere(sent.draft)
        return sent.busy or photos.taken(request, sent.draft, sent.form)

    return router


class _Photos:
    """What the routes of the page share."""

    def __init__(self, pages: Course, shelf: Shelf) -> None:
        self._pages = pages
        self._shelf = shelf
        self._step = journey.BY_ADDRESS[ADDRESS]

    async def posted(self, request: Request) -> AsyncIterator[Posted]:
        """What was sent, read only for a browser that may send it."""
        draft = await run_in_threadpool(self._pages.held, request)
        busy = None
        if draft is not None and draft.submission is None:
            asks = self._pages.refused
            busy = await run_in_threadpool(asks, request, {}, draft.landlord, PAGES)
        if draft is None or draft.submission is not None or busy is not None:
            yield Posted(draft, NOTHING, busy)
            return
        async with uploads_of(request) as form:
            yield Posted(draft, form)

    def elsewhere(self, draft: Draft | None) -> Response:
        """Where a browser belongs that has no draft, or sent it."""
        where = "/complain" if draft is None else self._pages.where_it_stands(draft)
        return RedirectResponse(where, status_code=303)

    def page(
        self, request: Request, draft: Draft, *, checking: bool, errors: Sequence[FormError] = ()
    ) -> Response:
        """The files so far, and the field for more."""
        beside = {"kept": _kept_with(self._shelf, draft), **around_the_field(self._shelf)}
        return self._pages.view.step(
            request, self._step, draft, checking=checking, errors=errors, beside=beside
        )

    def taken(self, request: Request, draft: Draft, form: UploadForm) -> Response:
        """Adds or removes what the form says, and leads on, or back to the page."""
        values = form.values
        checking = bool(values.get("checking"))
        error = _changed(self._shelf, draft, form)
        said = {
            "documents": "\n".join(each.name for each in _kept_with(self._shelf, draft)),
            TRAPPED.field: values.get(TRAPPED.field, ""),
        }
        draft, errors = self._pages.keep(draft, said, step=self._step, landlord=draft.landlord)
        errors = [*errors, *([error] if error else [])]
        if errors:
            return self._pages.hold(
                request, self.page(request, draft, checking=checking, errors=errors), draft
            )
        if values.get("then") == "save":
            where = SAVE
        elif values.get("then") == "add" or values.get("remove"):
            where = f"{PAGE}?checking=yes" if checking else PAGE
        else:
            where = self._pages.onwards(self._step, draft, checking=checking)
        return self._pages.hold(request, RedirectResponse(where, status_code=303), draft)


def _kept_with(shelf: Shelf, draft: Draft) -> list[Unsent]:
    return unsent_with(shelf, draft.landlord, draft.draft)


def _changed(shelf: Shelf, draft: Draft, form: UploadForm) -> FormError | None:
    """Removes or adds what the form says; says what is wrong with it."""
    try:
        if removed := form.values.get("remove"):
            shelf.take_back(draft.landlord, draft.draft, UUID(removed))
        elif form.files:
            _add(shelf, draft, all_checked(form.files))
        elif form.values.get("then") == "add":
            return FormError(FILES, "Select a file")
    except DocumentRefused as refused:
        return FormError(FILES, str(refused))
    except ValueError:  # what the button holds is no id of ours
        return FormError(FILES, "Choose a file of the list to remove")
    return None


def _add(shelf: Shelf, draft: Draft, taken: Sequence[Checked]) -> None:
    if len(_kept_with(shelf, draft)) + len(taken) > MOST:
        raise DocumentRefused(TOO_MANY)
    for one in taken:
        shelf.put(
            one,
            landlord=draft.landlord,
            subject=complainant_of(submission_of(draft)),
            # The same file twice is one document, also when the form is sent again.
            document=uuid5(draft.draft, sent_as(one)),
            kind=one.likely_kind,
            draft=draft.draft,
        )

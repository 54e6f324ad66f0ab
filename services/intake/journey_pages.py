"""The resident's pages: a start, one question on each page, check, send, confirmation; save and come back with a code.

They work without scripts: every page is a form, and leads to the next by its answer.
"""

from uuid import UUID

from fastapi import APIRouter, Depends, Request
from fastapi.responses import RedirectResponse, Response

from services.intake import journey
from services.intake.allowances import CODES, COMPLAINTS, PAGES
from services.intake.drafts import Draft
from services.intake.form_fields import FormError, FormRefused, tidied
from services.intake.form_pages import (
    TRAPPED,
    Form,
    confirmation,
    landlord_named,
    not_found,
    text_of,
)
from services.intake.journey import Step
from services.intake.journey_course import CHECK, SAVE, Course
from services.intake.photo_pages import photo_router
from services.intake.submissions import Intake
from shared.documents.shelf import Shelf
from shared.identity.same_origin import same_origin
from shared.runtime.settings import Settings

RETURN = "/complain/return"
CODE_UNKNOWN = FormError(
    "code",
    "Check the code: no saved complaint has it. A code ends 30 days after the last answer, and when"
    " another one was given",
)


def resident_router(intake: Intake, *, settings: Settings, shelf: Shelf) -> APIRouter:
    """Everything below `/complain`."""
    pages = Course(intake, settings=settings)
    router = APIRouter(include_in_schema=False)
    # What has an address of its own comes before the steps, which take any other.
    router.include_router(photo_router(pages, shelf))
    _starting(router, pages, shelf)
    _saving(router, pages)
    _sending(router, pages)
    _asking(router, pages)
    return router


def _starting(router: APIRouter, pages: Course, shelf: Shelf) -> None:
    @router.get("/complain")
    def start(request: Request, landlord: str | None = None) -> Response:
        draft = pages.held(request)
        home = landlord_named(
            pages.intake.database,
            landlord or (draft.landlord if draft else pages.intake.default_landlord),
        )
        if draft is not None and (draft.submission or draft.landlord != home.landlord):
            draft = None
        return pages.view.start(request, home, draft)

    @router.post("/complain/start", dependencies=[Depends(same_origin)])
    def begin(request: Request, form: Form) -> Response:
        landlord = pages.landlord_of(None, form)
        if (busy := pages.refused(request, form, landlord, PAGES)) is not None:
            return busy
        before = pages.held(request)
        if before is not None and _is_replaced(before, landlord):
            _discard(pages, shelf, before)
        draft = pages.drafts.begin(landlord, now=pages.intake.clock.now())
        first = RedirectResponse(f"/complain/{journey.STEPS[0].address}", status_code=303)
        return pages.hold(request, first, draft)

    @router.get("/complain/continue")
    def go_on(request: Request) -> Response:
        return RedirectResponse(_where(pages, pages.held(request)), status_code=303)

    @router.post("/complain/delete", dependencies=[Depends(same_origin)])
    def delete(request: Request) -> Response:
        draft = pages.held(request)
        if draft is not None and draft.submission is None:
            _discard(pages, shelf, draft)
        return pages.hold(request, RedirectResponse("/complain", status_code=303), None)


def _discard(pages: Course, shelf: Shelf, draft: Draft) -> None:
    # Files first: without their draft they would be swept, only later.
    shelf.take_back(draft.landlord, draft.draft)
    pages.drafts.discard(draft)


def _saving(router: APIRouter, pages: Course) -> None:
    @router.get(SAVE)
    def save(request: Request) -> Response:
        draft = pages.held(request)
        if draft is None or draft.submission is not None:
            return RedirectResponse("/complain", status_code=303)
        return pages.view.save(request, draft, code=None)

    @router.post(SAVE, dependencies=[Depends(same_origin)])
    def give_code(request: Request, form: Form) -> Response:
        draft = pages.held(request)
        if draft is None or draft.submission is not None:
            return RedirectResponse("/complain", status_code=303)
        if (busy := pages.refused(request, form, draft.landlord, PAGES)) is not None:
            return busy
        code = pages.drafts.give_code(draft, now=pages.intake.clock.now())
        return pages.view.save(request, draft, code=code)

    @router.get(RETURN)
    def come_back(request: Request, landlord: str | None = None) -> Response:
        home = landlord_named(pages.intake.database, landlord or pages.intake.default_landlord)
        return pages.view.come_back(request, home, code="", errors=())

    @router.post(RETURN, dependencies=[Depends(same_origin)])
    def open_draft(request: Request, form: Form) -> Response:
        landlord = pages.landlord_of(None, form)
        if (busy := pages.refused(request, form, landlord, CODES)) is not None:
            return busy
        code = text_of(form, "code")
        draft = pages.drafts.opened(landlord, code, now=pages.intake.clock.now())
        if draft is None:
            home = landlord_named(pages.intake.database, landlord)
            return pages.view.come_back(request, home, code=code, errors=(CODE_UNKNOWN,))
        onwards = RedirectResponse(pages.where_it_stands(draft), status_code=303)
        return onwards if draft.token is None else pages.hold(request, onwards, draft)


def _sending(router: APIRouter, pages: Course) -> None:
    @router.get(CHECK)
    def check(request: Request) -> Response:
        draft = pages.held(request)
        where = _where(pages, draft)
        if draft is None or where != CHECK:
            return RedirectResponse(where, status_code=303)
        return pages.view.check(request, draft)

    @router.post("/complain/send", dependencies=[Depends(same_origin)])
    def send(request: Request, form: Form) -> Response:
        draft = pages.held(request)
        where = _where(pages, draft)
        if draft is None or where != CHECK:
            return RedirectResponse(where, status_code=303)
        if (busy := pages.refused(request, form, draft.landlord, PAGES, COMPLAINTS)) is not None:
            return busy
        if text_of(form, TRAPPED.field):
            return pages.view.check(request, draft, errors=(TRAPPED,))
        try:
            sent = pages.send(draft)
        except FormRefused as refused:
            return pages.view.check(request, draft, errors=tuple(refused.errors))
        return RedirectResponse(sent, status_code=303)

    @router.get("/complain/sent/{landlord}/{submission}")
    def sent(request: Request, landlord: str, submission: UUID) -> Response:
        return confirmation(request, pages.intake.find(landlord=landlord, submission=submission))


def _asking(router: APIRouter, pages: Course) -> None:
    @router.get("/complain/{address}")
    def ask(request: Request, address: str, checking: str = "") -> Response:
        step, draft = _step(address), pages.held(request)
        if draft is None:
            return RedirectResponse("/complain", status_code=303)
        if draft.submission is not None:
            return RedirectResponse(pages.where_it_stands(draft), status_code=303)
        return pages.view.step(request, step, draft, checking=bool(checking))

    @router.post("/complain/{address}", dependencies=[Depends(same_origin)])
    def answer(request: Request, address: str, form: Form) -> Response:
        step, held = _step(address), pages.held(request)
        landlord = pages.landlord_of(held, form)
        if (busy := pages.refused(request, form, landlord, PAGES)) is not None:
            return busy
        draft, errors = pages.keep(held, form, step=step, landlord=landlord)
        if draft.submission is not None:
            return RedirectResponse(pages.where_it_stands(draft), status_code=303)
        checking, values = bool(text_of(form, "checking")), tidied(form, step.fields)
        is_kept = values.items() <= draft.answers.items()
        if is_kept and text_of(form, "then") == "save":
            response: Response = RedirectResponse(SAVE, status_code=303)
        elif errors:
            response = pages.view.step(
                request,
                step,
                draft,
                checking=checking,
                values=values,
                errors=errors,
            )
        else:
            onwards = pages.onwards(step, draft, checking=checking)
            response = RedirectResponse(onwards, status_code=303)
        return pages.hold(request, response, draft)


def _is_replaced(draft: Draft, landlord: str) -> bool:
    """Whether a new start at this landlord leaves nobody who could open the draft."""
    return draft.submission is None and not draft.has_code and draft.landlord == landlord


def _where(pages: Course, draft: Draft | None) -> str:
    return "/complain" if draft is None else pages.where_it_stands(draft)


def _step(address: str) -> Step:
    step = journey.BY_ADDRESS.get(address)
    if step is None or step.own_page:
        raise not_found()
    return step

"""Where a resident signs in to follow their case: the reference first, then a code from an email or a letter.

No answer tells whether there is a complaint under a reference, or whether anybody would get a code.
"""

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Annotated
from uuid import UUID, uuid4

import structlog
from fastapi import APIRouter, Depends, Form, Query, Request
from starlette.responses import RedirectResponse, Response

from services.notifier import access_codes, sign_in_codes
from services.notifier.signing_in import SignIn
from shared.identity.following import REFERENCE_PATTERN, resident_credential, set_resident_cookie
from shared.identity.same_origin import same_origin
from shared.identity.sessions import credential
from shared.registry.landlords import Landlord
from shared.web.pages import render
from shared.web.parameters import STORABLE

LONGEST_TYPED = 60
Typed = Annotated[str, Form(max_length=LONGEST_TYPED, pattern=STORABLE)]
Asked = Annotated[str, Query(max_length=LONGEST_TYPED, pattern=STORABLE)]
CODE = re.compile(rf"[0-9]{{{sign_in_codes.DIGITS}}}|[0-9A-Z]{{{access_codes.LENGTH}}}")
NO_REFERENCE = "Enter the reference as it stands in our letter, such as RB-2026-000012"
NO_LANDLORD = "Choose your landlord"
NO_CODE = "Enter the 8 figures from our email, or the 16 characters from our letter"
NOT_RIGHT = "This code is not right, was used before, or has run out. Look at it again, or ask for a new one"


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field, for the summary and beside it."""

    field: str
    message: str


@dataclass(frozen=True, slots=True)
class ReferenceForm:
    """The first page: what was typed, and what there is to say."""

    reference: str = ""
    landlord: str = ""
    choices: Sequence[Landlord] = ()  # where several landlords have such references
    errors: tuple[FieldError, ...] = ()
    status: int = 200
    ended: bool = False
    signed_out: bool = False

    def wrong(self, field: str, message: str, *, status: int = 422) -> "ReferenceForm":
        """The form as it comes back."""
        return replace(self, errors=(FieldError(field, message),), status=status)


@dataclass(frozen=True, slots=True)
class CodeForm:
    """The second page: which case, and which request of a code in an email."""

    reference: str
    asked: UUID | None = None
    landlord: str = ""
    errors: tuple[FieldError, ...] = ()
    status: int = 200

    def wrong(self, message: str, *, status: int = 422) -> "CodeForm":
        """The form as it comes back."""
        return replace(self, errors=(FieldError("code", message),), status=status)


def router(sign_in: SignIn) -> APIRouter:
    """`/track`, `/track/sign-in/code` and `/track/sign-in/end`."""
    pages = APIRouter(include_in_schema=False)

    @pages.get("/track")
    def reference_page(
        request: Request, reference: Asked = "", ended: Asked = "", out: Asked = ""
    ) -> Response:
        form = ReferenceForm(reference, ended=bool(ended), signed_out=bool(out))
        return _show_reference(request, form)

    @pages.post("/track", dependencies=[Depends(same_origin)])
    def ask(request: Request, reference: Typed = "", landlord: Typed = "") -> Response:
        return _asked(request, sign_in, ReferenceForm(reference, landlord))

    @pages.get("/track/sign-in/code")
    def code_page(
        request: Request, reference: Asked = "", asked: UUID | None = None, landlord: Asked = ""
    ) -> Response:
        return _show_code(request, CodeForm(_tidy(reference), asked, landlord))

    @pages.post("/track/sign-in/code", dependencies=[Depends(same_origin)])
    def enter(
        request: Request,
        reference: Typed = "",
        code: Typed = "",
        asked: Typed = "",
        landlord: Typed = "",
    ) -> Response:
        form = CodeForm(_tidy(reference), _request_id(asked), landlord)
        return _entered(request, sign_in, form, code)

    @pages.post("/track/sign-in/end", dependencies=[Depends(same_origin)])
    def leave(request: Request) -> Response:
        held = resident_credential(request, sign_in.settings)
        if held is not None:
            sign_in.leave(*held)
        response = RedirectResponse("/track?out=yes", status_code=303)
        set_resident_cookie(response, "", request=request, settings=sign_in.settings)
        return response

    return pages


def _asked(request: Request, sign_in: SignIn, form: ReferenceForm) -> Response:
    """Goes on to the code, whether there is such a case or not."""
    reference = _tidy(form.reference)
    if not re.match(REFERENCE_PATTERN, reference):
        return _show_reference(request, form.wrong("reference", NO_REFERENCE))
    known = sign_in.landlords(reference)
    home = _home(known, form.landlord)
    if known and home is None:
        wrong = replace(form, choices=known).wrong("landlord", NO_LANDLORD)
        return _show_reference(request, wrong)
    asked = uuid4()
    if home is not None:
        wait = sign_in.ask(home.landlord, reference, asked, address=_address(request))
        if wait is not None:
            often = f"A code was asked for too often. Wait {_minutes(wait)}, then try again"
            answer = _show_reference(request, form.wrong("reference", often, status=429))
            answer.headers["retry-after"] = str(int(wait.total_seconds()))
            return answer
    chosen = f"&landlord={home.landlord}" if home is not None and len(known) > 1 else ""
    address = f"/track/sign-in/code?reference={reference}&asked={asked}{chosen}"
    return RedirectResponse(address, status_code=303)


def _entered(request: Request, sign_in: SignIn, form: CodeForm, typed: str) -> Response:
    """Lets in whoever has the right code."""
    code = re.sub(r"[^0-9A-Za-z]", "", typed).upper()
    if not CODE.fullmatch(code):
        return _show_code(request, form.wrong(NO_CODE))
    home = _home(sign_in.landlords(form.reference), form.landlord)
    if home is None:
        return _show_code(request, form.wrong(NOT_RIGHT))
    landlord = home.landlord
    token = sign_in.enter(landlord, form.reference, form.asked, code, address=_address(request))
    structlog.get_logger().info(
        "resident_sign_in",
        landlord=landlord,
        complaint=form.reference,
        let_in=isinstance(token, str),
    )
    if token is None:
        return _show_code(request, form.wrong(NOT_RIGHT))
    if isinstance(token, timedelta):
        often = f"Codes were tried too often. Wait {_minutes(token)}, then try again"
        answer = _show_code(request, form.wrong(often, status=429))
        answer.headers["retry-after"] = str(int(token.total_seconds()))
        return answer
    response = RedirectResponse(f"/track/{form.reference}", status_code=303)
    value = credential(landlord, token)
    set_resident_cookie(response, value, request=request, settings=sign_in.settings)
    return response


def _show_reference(request: Request, form: ReferenceForm) -> Response:
    return render(
        request,
        "notifier/track_sign_in.html",
        form.status,
        form=form,
        values={"reference": form.reference, "landlord": form.landlord},
        errors=form.errors,
        choices=[(one.landlord, one.name) for one in form.choices],
        tidy=_tidy(form.reference),
    )


def _show_code(request: Request, form: CodeForm) -> Response:
    return render(
        request,
        "notifier/track_code.html",
        form.status,
        form=form,
        values={"code": ""},
        errors=form.errors,
        minutes=int(sign_in_codes.HOLDS.total_seconds() // 60),
    )


def _home(known: Sequence[Landlord], chosen: str) -> Landlord | None:
    """The one landlord whose reference it may be, or the one that was chosen among several."""
    return next((one for one in known if len(known) == 1 or one.landlord == chosen), None)


def _tidy(reference: str) -> str:
    """A reference as it is written, however it was typed."""
    return re.sub(r"\s", "", reference).upper()


def _request_id(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _address(request: Request) -> str:
    """Where the request comes from; of the newer kind of addresses the network, as one home has many."""
    host = request.client.host if request.client else ""
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return host
    return (
        host
        if address.version == 4
        else str(ipaddress.ip_network((int(address), 64), strict=False))
    )


def _minutes(wait: timedelta) -> str:
    minutes = -(-int(wait.total_seconds()) // 60)
    return "a minute" if minutes <= 1 else f"{minutes} minutes"

"""The forms of a resident who follows their case: not satisfied, how to reach them.

They work without scripts. A random key hidden in each form makes sending it twice harmless.
"""

import re
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.workflow.api import NOT_DONE, problem_of
from services.workflow.domain.subjects.following import REACHING_THEM
from services.workflow.resident_desk import LONGEST_WORDS, NotOpened, ResidentDesk
from shared.identity.following import Follower, Following
from shared.identity.same_origin import same_origin
from shared.web.pages import render
from shared.web.problems import Problem

MOST_FIELDS = 20
LONGEST_KEY = 100
LONGEST_LINE = 254
LONGEST_ADDRESS = 500
EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
REACHING_FIELDS = ("way", "email", "phone", "address", "format")
WAYS: Mapping[str, str] = {
    "email": "By email",
    "phone": "By telephone",
    "post": "By letter",
}
WAY_ROWS = tuple((value, words, "") for value, words in WAYS.items())
NOTHING_TO_SAY = Problem(
    403,
    "Not within the permission",
    "The permission of the complainant is for how the complaint stands. Ask them for more.",
)


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with a field, for the summary and beside it."""

    field: str
    message: str


async def form_values(request: Request) -> dict[str, str]:
    """What was posted, as text with plain line ends; files are not taken."""
    async with request.form(max_fields=MOST_FIELDS, max_files=0) as form:
        return plain({name: value for name, value in form.items() if isinstance(value, str)})


def plain(values: Mapping[str, str]) -> dict[str, str]:
    """What was typed, with plain line ends and nothing around it."""
    return {
        name: value.replace("\r\n", "\n").replace("\x00", "").strip()
        for name, value in values.items()
    }


def acting(follower: Following) -> Follower:
    """Dependency: who may act for the complainant; asked before anything of a form is read."""
    if not follower.sees_everything:
        raise NOTHING_TO_SAY
    return follower


Acting = Annotated[Follower, Depends(acting)]
Sent = Annotated[dict[str, str], Depends(form_values)]


def router(desk: ResidentDesk) -> APIRouter:
    """`/track/{reference}/not-satisfied` and `/reach-me`."""
    pages = APIRouter(include_in_schema=False)
    _add_not_satisfied(pages, desk)
    _add_reaching(pages, desk)
    return pages


def _add_not_satisfied(pages: APIRouter, desk: ResidentDesk) -> None:
    address = "/track/{reference}/not-satisfied"

    @pages.get(address)
    def blank(request: Request, follower: Acting) -> Response:
        standing = desk.standing(follower)
        return form_page(
            request, "track_not_satisfied", follower, {"words": ""}, standing=standing, refused=None
        )

    @pages.post(address, dependencies=[Depends(same_origin)])
    def ask(request: Request, follower: Acting, sent: Sent) -> Response:
        text = sent.get("words", "")
        errors = wrong_words(text)
        refused: NotOpened | None = None
        if not errors:
            try:
                refused = desk.ask_for_next_stage(follower, text=text, key=key_of(sent))
            except NOT_DONE as error:
                raise problem_of(error) from None
            if refused is None:
                return back_to_case(follower, "next_stage")
        return form_page(
            request,
            "track_not_satisfied",
            follower,
            {"words": text},
            *errors,
            sent=sent,
            standing=desk.standing(follower),
            refused=refused,
        )


def _add_reaching(pages: APIRouter, desk: ResidentDesk) -> None:
    address = "/track/{reference}/reach-me"

    @pages.get(address)
    def blank(request: Request, follower: Acting) -> Response:
        values = dict.fromkeys(REACHING_FIELDS, "")
        return form_page(request, "track_reach_me", follower, values, ways=WAY_ROWS)

    @pages.post(address, dependencies=[Depends(same_origin)])
    def tell(request: Request, follower: Acting, sent: Sent) -> Response:
        values = {name: sent.get(name, "") for name in REACHING_FIELDS}
        errors = _wrong_reaching(values)
        if errors:
            return form_page(
                request, "track_reach_me", follower, values, *errors, sent=sent, ways=WAY_ROWS
            )
        try:
            desk.add(follower, about=REACHING_THEM, text=_in_words(values), key=key_of(sent))
        except NOT_DONE as error:
            raise problem_of(error) from None
        return back_to_case(follower, "reaching_them")


def wrong_words(text: str, *, nothing: str = "") -> tuple[FieldError, ...]:
    """What is wrong with what was written; `nothing` says what is where there is none."""
    if not text and nothing:
        return (FieldError("words", nothing),)
    if len(text) > LONGEST_WORDS:
        over = len(text) - LONGEST_WORDS
        too_long = f"Shorten it by {over:,} characters: there is room for {LONGEST_WORDS:,}"
        return (FieldError("words", too_long),)
    return ()


def _wrong_reaching(values: Mapping[str, str]) -> tuple[FieldError, ...]:
    errors = []
    if not any(values.values()):
        errors.append(FieldError("way", "Tell us at least one thing"))
    if values["way"] and values["way"] not in WAYS:
        errors.append(FieldError("way", "Choose one of the list"))
    if values["email"] and not EMAIL.fullmatch(values["email"]):
        errors.append(FieldError("email", "Enter an email address, such as name@example.org"))
    for name, most in (
        ("email", LONGEST_LINE),
        ("phone", LONGEST_LINE),
        ("address", LONGEST_ADDRESS),
        ("format", LONGEST_ADDRESS),
    ):
        if len(values[name]) > most:
            errors.append(FieldError(name, f"Shorten it to {most} characters"))
    return tuple(errors)


def _in_words(values: Mapping[str, str]) -> str:
    """What was filled in, as lines that a person reads."""
    labels = {
        "way": "Please reach me",
        "email": "Email address",
        "phone": "Telephone number",
        "address": "Postal address",
        "format": "What I need to read or hear you",
    }
    said = {**values, "way": WAYS.get(values["way"], "").lower()}
    return "\n".join(f"{label}: {said[name]}" for name, label in labels.items() if said[name])


def key_of(sent: Mapping[str, str]) -> str:
    """The key of the form; Problem 400 without one."""
    key = sent.get("key", "")
    if not 0 < len(key) <= LONGEST_KEY:
        raise Problem(400, "Form incomplete", "Open the form again from the page of the case.")
    return key


def back_to_case(follower: Follower, done: str) -> Response:
    """Leads to how the case stands, where it is said what was done."""
    return RedirectResponse(f"/track/{follower.reference}?done={done}", status_code=303)


def form_page(
    request: Request,
    template: str,
    follower: Follower,
    values: Mapping[str, str],
    *errors: FieldError,
    sent: Mapping[str, str] | None = None,
    **more: object,
) -> Response:
    """A form as it stands, or as it came back with what is wrong with it."""
    # What comes back unsent keeps its key; a fresh form gets a fresh one.
    key = sent.get("key", "") if sent and errors else ""
    return render(
        request,
        f"workflow/{template}.html",
        422 if errors else 200,
        follower=follower,
        reference=follower.reference,
        values=values,
        errors=errors,
        key=key or secrets.token_urlsafe(18),
        longest=LONGEST_WORDS,
        **more,
    )

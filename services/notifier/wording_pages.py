"""The wording of letters as pages of administration: each kind, its text, a preview, and its versions."""

from dataclasses import dataclass, field
from datetime import date
from typing import Annotated
from urllib.parse import parse_qs

from fastapi import APIRouter, Depends, Request
from starlette.responses import RedirectResponse, Response

from services.notifier.wording_desk import CannotBeShown, WordingDesk
from services.notifier.wording_kinds import KINDS, MEANINGS, Kind
from services.notifier.wording_store import TooManyVersions
from services.notifier.wordings import LONGEST_WORDING, Wording, built_in, faults, normalised
from services.notifier.writing import WrittenLetter
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.web.administration import ADDRESS, ADMINISTRATORS, READERS
from shared.web.pages import render
from shared.web.problems import Problem

LETTERS = f"{ADDRESS}/letters"
MOST_FIELDS = 20
LONGEST_REFERENCE = 20
Who = Annotated[SignedIn, Depends(signed_in)]


@dataclass(slots=True)
class Editing:
    """A form as it stands, what is wrong with it, and the letter that is looked at."""

    typed: dict[str, str]
    status: int = 200
    errors: list[dict[str, str]] = field(default_factory=list)
    letter: WrittenLetter | None = None

    def wrong(self, at: str, message: str) -> None:
        """Something is wrong at a field."""
        self.status = 422
        self.errors.append({"field": at, "message": message})


async def raw_body(request: Request) -> bytes:
    """The form as it was sent."""
    return await request.body()


def router(desk: WordingDesk) -> APIRouter:
    """`/administration/letters`, and a page for each kind."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(LETTERS)
    def kinds(request: Request, who: Who) -> Response:
        _may_read(who)
        return render(
            request,
            "notifier/wordings.html",
            kinds=tuple(KINDS.values()),
            in_force=desk.in_force(who, tuple(KINDS)),
        )

    @routes.get(LETTERS + "/{kind}")
    def one(request: Request, who: Who, kind: str, version: int | None = None) -> Response:
        _may_read(who)
        found = _kind(kind)
        editing = Editing(_fresh(desk, who, found, version))
        return _page(request, desk, who, found, editing)

    @routes.post(LETTERS + "/{kind}", dependencies=[Depends(same_origin)])
    def write(
        request: Request, who: Who, kind: str, raw: Annotated[bytes, Depends(raw_body)]
    ) -> Response:
        _may_write(who)
        found = _kind(kind)
        editing = Editing(_typed(raw))
        step = editing.typed["step"]
        if step == "built-in":
            since, text = _since(desk, editing), None
        else:
            text = normalised(editing.typed["text"])
            since = _since(desk, editing) if step == "save" else desk.today
            _look(desk, who, found, text, editing)
        is_asked = step in {"save", "built-in"} and not editing.errors
        if is_asked and _saved(desk, who, found, editing, text=text, since=since):
            return RedirectResponse(f"{LETTERS}/{found.kind.value}", status_code=303)
        return _page(request, desk, who, found, editing)

    return routes


def _may_read(who: SignedIn) -> None:
    if who.officer.role not in READERS:
        raise Problem(403, "Not for your role", "Ask an administrator of your landlord for it.")


def _may_write(who: SignedIn) -> None:
    if who.officer.role not in ADMINISTRATORS:
        raise Problem(403, "Not for your role", "An administrator writes the wording of letters.")


def _kind(name: str) -> Kind:
    known = {kind.value: found for kind, found in KINDS.items()}
    if name not in known:
        raise Problem(404, "No such letter", "There is no letter of that kind; see the list.")
    return known[name]


def _typed(raw: bytes) -> dict[str, str]:
    names = ("text", "since", "reference", "step", "after")
    try:
        said = parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problem(400, "Form not understood", "Open the form again and repeat it.") from None
    return {name: said.get(name, [""])[0].replace("\x00", "") for name in names}


def _fresh(desk: WordingDesk, who: SignedIn, kind: Kind, version: int | None) -> dict[str, str]:
    """The form with the wording in force, or with that of a version: 0 is the built-in one."""
    found = desk.found(who, kind)
    text = found.wording.text
    if version == 0:
        text = built_in(kind.kind).text
    elif version is not None:
        chosen = next((one for one in found.versions if one.version == version), None)
        if chosen is None:
            raise Problem(404, "No such version", "There is no such version of this letter.")
        text = chosen.text or built_in(kind.kind).text
    since = desk.today.isoformat()
    return {"text": text, "since": since, "reference": "", "step": "", "after": ""}


def _since(desk: WordingDesk, editing: Editing) -> date:
    try:
        since = date.fromisoformat(editing.typed["since"].strip())
    except ValueError:
        editing.wrong("since", "Give the day from which it is in force.")
        return desk.today
    if since < desk.today:
        editing.wrong(
            "since",
            "The day has gone by: letters that were sent stay as they are. Give today or later.",
        )
    return since


def _look(desk: WordingDesk, who: SignedIn, kind: Kind, text: str, editing: Editing) -> None:
    """Checks the wording, and writes the letter in it that the reader asks to look at."""
    for fault in faults(kind, text):
        where = "" if fault.line is None else f"Line {fault.line}: "
        editing.wrong("text", f"{where}{fault.message}")
    if editing.errors:
        return
    reference = editing.typed["reference"].strip().upper()
    try:
        if reference:
            editing.letter = desk.in_a_case(
                who, kind, Wording(text), reference=reference[:LONGEST_REFERENCE]
            )
        else:
            editing.letter = desk.in_a_sample(who, kind, Wording(text))
    except CannotBeShown as why:
        editing.wrong("reference", f"There is nothing to show: {why}.")
    except Problem as hidden:
        editing.wrong("reference", hidden.detail)


def _saved(
    desk: WordingDesk,
    who: SignedIn,
    kind: Kind,
    editing: Editing,
    *,
    text: str | None,
    since: date,
) -> bool:
    after = editing.typed["after"]
    if not after.isdecimal() or len(after) > len(str(LONGEST_WORDING)):
        raise Problem(400, "Form incomplete", "Open the form again and repeat it.")
    try:
        if desk.put_in_force(who, kind, text=text, since=since, after=int(after)):
            return True
    except TooManyVersions:
        editing.wrong(
            "text", "No further version of this letter is kept; go back to an earlier one."
        )
        return False
    editing.wrong(
        "text",
        "Somebody else put another version in force meanwhile: it is listed below. What you typed is "
        "still here; send it again if it still holds.",
    )
    return False


def _page(
    request: Request, desk: WordingDesk, who: SignedIn, kind: Kind, editing: Editing
) -> Response:
    found = desk.found(who, kind)
    return render(
        request,
        "notifier/wording.html",
        editing.status,
        kind=kind,
        found=found,
        today=desk.today,
        values=editing.typed,
        errors=editing.errors,
        letter=editing.letter,
        meanings=[(name, MEANINGS[name]) for name in kind.names],
        latest=found.versions[0].version if found.versions else 0,
        longest=LONGEST_WORDING,
        may_write=who.officer.role in ADMINISTRATORS,
    )

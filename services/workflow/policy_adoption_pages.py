"""The pages on which an administrator adopts a policy: what, for whom, from when; then the effect, then the reason."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Annotated, Any, Literal, TypeVar

from fastapi import APIRouter, Depends, Form, Query, Request
from psycopg import Cursor
from starlette.responses import RedirectResponse, Response

from services.workflow.adoption_desk import AdoptionDesk
from services.workflow.policy_adopting import Wanted, adopt, sound
from services.workflow.policy_pages import POLICIES
from shared.eventstore.append import StreamMoved
from shared.identity.administration_rights import Administrator
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.policies.differing import Difference, differences
from shared.policy_packs.loader import PolicyPackInvalid, load_policy
from shared.policy_packs.packs import LARGEST_PACK_BYTES, Pack
from shared.registry.adoptions import PolicyNotAdopted, policy_in_force
from shared.registry.calendars import CalendarNotAdopted
from shared.registry.landlords import organisations
from shared.registry.rulebook import LONGEST_REASON, AdoptionRefused
from shared.registry.shelf import from_shelf, options_of, shelf
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.wrong_fields import WrongFields

AT = f"{POLICIES}/adopt"
OWN, BESIDE = "own", "beside"
OUR_PACK = "uploaded"  # stands for the document that came with the form
Found = TypeVar("Found")
MEANWHILE = (
    "Somebody adopted something for this landlord at the same moment: look at the effect once more."
)
Step = Literal["begin", "look", "adopt"]
Short = Annotated[str, Form(max_length=100, pattern=STORABLE)]
# Room for a reason that is too long: the form comes back with it.
Reason = Annotated[str, Form(max_length=10 * LONGEST_REASON, pattern=STORABLE)]
Document = Annotated[str, Form(max_length=LARGEST_PACK_BYTES, pattern=STORABLE)]


@dataclass(frozen=True, slots=True)
class Typed:
    """What stands in the form."""

    pack: str = ""
    document: str = ""
    organisation: str = ""
    kind: str = OWN
    overlay: str = ""
    effective_from: str = ""
    until: str = ""
    reason: str = ""


def router(desk: AdoptionDesk) -> APIRouter:
    """`/administration/policies/adopt`."""
    routes = APIRouter(include_in_schema=False)

    @routes.get(AT)
    def begin(
        request: Request,
        who: Administrator,
        pack: Annotated[str, Query(max_length=100, pattern=STORABLE)] = "",
    ) -> Response:
        return _form(request, desk, who, Typed(pack=pack), {})

    @routes.post(AT, dependencies=[Depends(same_origin)])
    def go_on(
        *,
        request: Request,
        who: Administrator,
        step: Annotated[Step, Form()],
        pack: Short = "",
        document: Document = "",
        organisation: Short = "",
        kind: Short = OWN,
        overlay: Short = "",
        effective_from: Short = "",
        until: Short = "",
        reason: Reason = "",
    ) -> Response:
        typed = Typed(
            pack=pack or (OUR_PACK if document else ""),
            document=document.replace("\r\n", "\n"),
            organisation=organisation,
            kind=kind,
            overlay=overlay,
            effective_from=effective_from.strip(),
            until=until.strip(),
            reason=" ".join(reason.split()),
        )
        if step == "begin":
            return _form(request, desk, who, typed, {})
        return _go_on(request, desk, who, typed, for_good=step == "adopt")

    return routes


def _go_on(
    request: Request, desk: AdoptionDesk, who: SignedIn, typed: Typed, *, for_good: bool
) -> Response:
    """The effect, or the adoption itself; whatever cannot be comes back with all that was typed."""
    now, errors = desk.clock.now(), dict[str, str]()
    try:
        wanted = _wanted(desk, who, typed)
        try:
            if for_good and not typed.reason:
                errors = {"reason": "Say in one sentence why it is adopted"}
            elif for_good:
                adopt(desk.database, wanted, now=now, dry_run=False)
                desk.adopted(who.officer.landlord)
                return RedirectResponse(f"{POLICIES}?adopted=1", status_code=303)
        except StreamMoved:
            errors = {"reason": MEANWHILE}
        except AdoptionRefused as refused:
            errors = _fields_of(refused)
            if "reason" not in errors:
                raise
        # Without the reason: what is wrong with that is no reason to hold the effect back.
        unreasoned = replace(wanted, reason=None)
        answer = adopt(desk.database, unreasoned, now=now, dry_run=True)
    except WrongFields as wrong:
        return _form(request, desk, who, typed, wrong.fields)
    except AdoptionRefused as refused:
        return _form(request, desk, who, typed, _fields_of(refused))
    except CalendarNotAdopted as refused:
        return _form(request, desk, who, typed, {"effective_from": str(refused)})
    return _effect(request, desk, who, typed=typed, wanted=wanted, answer=answer, wrong=errors)


def _wanted(desk: AdoptionDesk, who: SignedIn, typed: Typed) -> Wanted:
    """What the form asks for; raises WrongFields with every field that cannot be."""
    landlord, wrong = who.officer.landlord, dict[str, str]()
    with desk.database.transaction(landlord) as cursor:
        allowed = [value for value, _ in _homes(cursor, who)]
        pack = _asked(wrong, "pack", lambda: _pack(cursor, landlord, typed, typed.pack))
        overlay = None
        if typed.overlay and typed.kind == OWN:
            overlay = _asked(
                wrong, "overlay", lambda: _pack(cursor, landlord, typed, typed.overlay)
            )
    if typed.organisation not in allowed:
        wrong["organisation"] = "Choose the organisation that adopts it"
    if typed.kind not in {OWN, BESIDE}:
        wrong["kind"] = "Choose how it runs"
    first = _asked(wrong, "effective_from", lambda: _day(typed.effective_from))
    last = _asked(wrong, "until", lambda: _day(typed.until)) if typed.until else None
    if wrong or pack is None or first is None:
        raise WrongFields(wrong)
    return Wanted(
        landlord=landlord,
        organisation=typed.organisation,
        own=pack if typed.kind == OWN else None,
        beside=overlay if typed.kind == OWN else pack,
        effective_from=first,
        until=last,
        by=who.officer.officer,
        reason=typed.reason or None,
    )


def _asked(wrong: dict[str, str], field: str, read: Callable[[], Found]) -> Found | None:
    """What a field says; what is wrong with it is noted under its name."""
    try:
        return read()
    except ValueError as refused:
        wrong[field] = " ".join(str(refused).split())
        return None


def _pack(cursor: Cursor[dict[str, Any]], landlord: str, typed: Typed, key: str) -> Pack:
    if key == OUR_PACK and typed.document:
        try:
            found = Pack(typed.document, load_policy(typed.document, source="the pack"))
        except PolicyPackInvalid as invalid:
            raise ValueError(f"This pack cannot be adopted, check it first: {invalid}") from None
    else:
        known = from_shelf(cursor, landlord, key)
        if known is None:
            raise ValueError("Choose the policy")
        found = known
    return sound(found, asked=found.policy)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError("Enter a day, like 2026-06-01") from None


def _fields_of(refused: AdoptionRefused) -> dict[str, str]:
    """At which field of the form a refusal stands: it names the option of the command."""
    said = " ".join(str(refused).split())
    name, colon, rest = said.partition(": ")
    field = {"from": "effective_from"}.get(name.lstrip("-"), name.lstrip("-"))
    known = Typed.__dataclass_fields__.keys()
    return {field: rest[:1].upper() + rest[1:]} if colon and field in known else {"pack": said}


def _homes(cursor: Cursor[dict[str, Any]], who: SignedIn) -> list[tuple[str, str]]:
    return [
        (home.organisation, home.name)
        for home in organisations(cursor, who.officer.landlord)
        if who.confined_to in (None, home.organisation)
    ]


def _form(
    request: Request, desk: AdoptionDesk, who: SignedIn, typed: Typed, wrong: Mapping[str, str]
) -> Response:
    with desk.database.transaction(who.officer.landlord) as cursor:
        packs = options_of(shelf(cursor, who.officer.landlord))
        homes = _homes(cursor, who)
    ours = [(OUR_PACK, "The pack that you have checked")] if typed.document else []
    return render(
        request,
        "workflow/policy_adopt.html",
        422 if wrong else 200,
        packs=[*ours, *packs],
        overlays=packs,
        organisations=homes,
        values=asdict(typed),
        errors=[{"field": field, "message": said} for field, said in wrong.items()],
    )


def _effect(
    request: Request,
    desk: AdoptionDesk,
    who: SignedIn,
    *,
    typed: Typed,
    wanted: Wanted,
    answer: Mapping[str, Any],
    wrong: Mapping[str, str],
) -> Response:
    with desk.database.transaction(who.officer.landlord) as cursor:
        name = dict(_homes(cursor, who))[typed.organisation]
    return render(
        request,
        "workflow/policy_effect.html",
        422 if wrong else 200,
        answer=answer,
        organisation_name=name,
        differences=_other_words(desk, wanted),
        values=asdict(typed),
        longest=LONGEST_REASON,
        errors=[{"field": field, "message": said} for field, said in wrong.items()],
    )


def _other_words(desk: AdoptionDesk, wanted: Wanted) -> list[Difference]:
    """What the policy to be adopted says otherwise than the one that is in force until then."""
    if wanted.own is None:
        return []
    try:
        with desk.database.transaction(wanted.landlord) as cursor:
            before = policy_in_force(
                cursor, wanted.landlord, wanted.organisation, wanted.effective_from
            )
    except PolicyNotAdopted:
        return []
    return list(differences(before, wanted.own.read))

"""Gives several complaints to one officer: each by the ordinary command, with a result for each; without a script."""

import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated

import orjson
from fastapi import APIRouter, Depends, Form, Query, Request
from pydantic import ValidationError
from starlette.responses import Response

from services.workflow.api import NOT_DONE, problem_of
from services.workflow.asking import CLERKS
from services.workflow.bodies import AllocationBody
from services.workflow.body import BodyRefused
from services.workflow.domain.commands import AllocateComplaint
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.fields import labelled
from services.workflow.staff import ADDRESSES, Asked, StaffDesk, fingerprint_of
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.registry.officers import working_officers
from shared.web.pages import render
from shared.web.parameters import STORABLE
from shared.web.problems import Problem

MOST_AT_ONCE = 50  # complaints; each is a command of its own
LONGEST_REASON = 2_000  # characters
COMMAND = ADDRESSES[AllocateComplaint.__name__]

Who = Annotated[SignedIn, Depends(signed_in)]
Reference = Annotated[str, Query(max_length=60, pattern=STORABLE)]
# Room for a reason that is too long: the form comes back with it.
Text = Annotated[str, Form(max_length=10 * LONGEST_REASON, pattern=STORABLE)]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A complaint that was chosen, and why it cannot be allocated now, if so."""

    reference: str
    standing: str
    why_not: str = ""


@dataclass(frozen=True, slots=True)
class Result:
    """What became of one complaint; `way_out` says what can be done where it was refused."""

    reference: str
    said: str
    way_out: str = ""
    done: bool = False


@dataclass(frozen=True, slots=True)
class Given:
    """What the form says."""

    references: tuple[str, ...]
    handler: str
    words: str
    form_key: str

    @property
    def body(self) -> dict[str, object]:
        """As the API would take it."""
        return {"handlers": [self.handler]} | ({"words": self.words} if self.words else {})


def router(desk: StaffDesk) -> APIRouter:
    """`/allocation`: the form for the chosen complaints, and what became of them."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/allocation")
    def show(
        request: Request,
        who: Who,
        reference: Annotated[list[Reference], Query(max_length=400)] = [],  # noqa: B006 - FastAPI copies it
    ) -> Response:
        given = Given(tuple(dict.fromkeys(reference)), "", "", secrets.token_urlsafe(18))
        return _form(request, desk, who, given, {})

    @routes.post("/allocation", dependencies=[Depends(same_origin)])
    def send(
        *,
        request: Request,
        who: Who,
        reference: Annotated[list[Text], Form(max_length=400)] = [],  # noqa: B006 - FastAPI copies it
        handler: Text = "",
        words: Text = "",
        form_key: Annotated[str, Form(min_length=1, max_length=60, pattern=STORABLE)],
    ) -> Response:
        given = Given(tuple(dict.fromkeys(reference)), handler, words.strip(), form_key)
        wrong = _wrong(desk, who, given)
        if wrong:
            return _form(request, desk, who, given, wrong)
        results = [_allocate(desk, who, given, one) for one in given.references]
        return render(
            request,
            "workflow/allocated.html",
            results=results,
            done=sum(result.done for result in results),
            officer=dict(_considering(desk, who)).get(handler, handler),
        )

    return routes


def _wrong(desk: StaffDesk, who: SignedIn, given: Given) -> dict[str, str]:
    """What must be mended before anything is done, by field."""
    wrong = {}
    if not given.references:
        wrong["reference"] = "Choose at least one complaint on the board"
    elif len(given.references) > MOST_AT_ONCE:
        wrong["reference"] = f"Choose at most {MOST_AT_ONCE} complaints at once"
    if given.handler not in dict(_considering(desk, who)):
        wrong["handler"] = "Choose who considers them"
    if len(given.words) > LONGEST_REASON:
        wrong["words"] = f"The reason must be at most {LONGEST_REASON:,} characters"
    return wrong


def _form(
    request: Request, desk: StaffDesk, who: SignedIn, given: Given, wrong: dict[str, str]
) -> Response:
    shown = given.references[:MOST_AT_ONCE]
    too_many = len(given.references) > MOST_AT_ONCE
    if too_many:
        wrong = {"reference": f"Choose at most {MOST_AT_ONCE} complaints at once"} | wrong
    return render(
        request,
        "workflow/allocation.html",
        422 if wrong else 200,
        candidates=[_candidate(desk, who, one) for one in shown],
        officers=_considering(desk, who),
        values={"handler": given.handler, "words": given.words},
        form_key=given.form_key,
        errors=[{"field": place, "message": said} for place, said in wrong.items()],
        longest=LONGEST_REASON,
    )


def _candidate(desk: StaffDesk, who: SignedIn, reference: str) -> Candidate:
    try:
        found = desk.case(who, reference)
    except Problem as unknown:
        return Candidate(reference, "", unknown.detail)
    commands, policy = desk.permitted(who, found)
    judged = next(entry for entry in commands if entry.command == COMMAND)
    standing = f"Stage {found.complaint.stage}, {found.standing}, under {policy.title}"
    return Candidate(reference, standing, "" if judged.allowed else judged.why)


def _allocate(desk: StaffDesk, who: SignedIn, given: Given, reference: str) -> Result:
    """One complaint by the ordinary command; what was refused changes nothing of the others."""
    try:
        sent = orjson.dumps(given.body, option=orjson.OPT_SORT_KEYS)
        path = f"/allocation/{reference}"
        desk.carry_out(
            Asked(
                who=who,
                reference=reference,
                body=AllocationBody.model_validate_json(sent),
                # The same form sent twice, by a reload or a double click, is done once.
                key=f"allocation/{given.form_key}/{given.handler}/{reference}",
                fingerprint=fingerprint_of(method="POST", path=path, body=sent),
                correlation_id=str(uuid.uuid4()),
            )
        )
    except ComplaintRuleBroken as broken:
        return Result(reference, f"{broken.said} ({broken.clause})", broken.way_out)
    except ValidationError:
        return Result(reference, "The officer or the reason is not understood.")
    except BodyRefused as refused:
        return Result(reference, f"This {refused}.")
    except NOT_DONE as error:
        return Result(reference, problem_of(error).detail)
    except Problem as refused:
        return Result(reference, refused.detail)
    return Result(reference, "Allocated", done=True)


def _considering(desk: StaffDesk, who: SignedIn) -> Sequence[tuple[str, str]]:
    """The officers who consider complaints, as value and label."""
    landlord = who.officer.landlord
    with desk.handling.database.transaction(landlord) as cursor:
        known = working_officers(cursor, landlord)
    return [
        (one.officer, f"{one.name}, {labelled(one.role)}")
        for one in sorted(known, key=lambda one: (one.organisation, one.name))
        if one.role not in CLERKS
    ]

"""The commands of officers as plain pages: what may be done and why not, and a small form for each;
no script anywhere.
"""

import secrets
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs

import orjson
from fastapi import APIRouter, Depends, Request, Response
from pydantic import ValidationError
from starlette.responses import RedirectResponse

from services.workflow.action_fields import ACTIONS, body_of
from services.workflow.action_groups import grouped, next_steps
from services.workflow.api import NOT_DONE, Reference, problem_of, raw_body
from services.workflow.asking import conditions, people, questions
from services.workflow.bodies import BODIES
from services.workflow.body import BodyRefused, CommandBody
from services.workflow.deciding import LoadedComplaint
from services.workflow.domain.letters import parts_of_response
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.fields import (
    HAPPENED_ON,
    OUTCOMES,
    REMEDIES,
    Action,
    Choice,
)
from services.workflow.foreseeing import Foresight, foresight, since_then
from services.workflow.form_drafts import DraftPlace, FormDrafts, SavedDraft
from services.workflow.handling import Handling
from services.workflow.not_done import VersionMoved
from services.workflow.owed import open_deadlines
from services.workflow.staff import (
    Asked,
    StaffDesk,
    fingerprint_of,
    issues_of,
)
from shared.complaints.events import ComplaintEvent
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.policies.policy import Policy
from shared.registry.officers import officer_names
from shared.registry.policy_titles import policy_titles
from shared.web.pages import render
from shared.web.problems import Problem

Result = TypeVar("Result")
LOOK_AHEAD = "look"  # the button that says what would be done, and does nothing
NOT_OFFICERS = {"system": "Redress", "complainant": "the complainant"}
MOST_FIELDS = 400  # fifty issues with four fields each, and room
# Where an officer goes on who gave a command on another page than the form's own.
AFTERWARDS = {"approvals": "/approvals"}


@dataclass(frozen=True, slots=True)
class Refusal:
    """What a refused command shows."""

    sentence: str
    rule: str
    clause: str
    way_out: str


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a form comes back: errors at its fields, a refusal of the policy, or a case that moved
    on.
    """

    status: int = 200
    errors: dict[str, str] = field(default_factory=dict)
    refusal: Refusal | None = None
    moved: VersionMoved | None = None


class FirstTyped(dict[str, str]):
    """What was typed at each field; nothing where nothing was."""

    def __missing__(self, name: str) -> str:
        return ""


@dataclass(frozen=True, slots=True)
class Form:
    """One command of one case, with what was typed so far."""

    who: SignedIn
    reference: str
    action: Action
    found: LoadedComplaint
    typed: Mapping[str, Sequence[str]]
    draft: SavedDraft | None = None  # which `typed` was restored from

    @property
    def place(self) -> DraftPlace:
        """Where its draft is kept."""
        return DraftPlace(self.who, self.reference, self.action.command, self.found)

    def said(self, name: str) -> str:
        """The first value typed under that name, or nothing."""
        return next(iter(self.typed.get(name, ())), "").strip()


def router(handling: Handling) -> APIRouter:
    """The routes of this module, on one handling."""
    desk, drafts = StaffDesk(handling), FormDrafts(handling)
    routes = APIRouter(include_in_schema=False)

    @routes.get("/complaints/{reference}/actions")
    def actions(
        request: Request, reference: Reference, who: Annotated[SignedIn, Depends(signed_in)]
    ) -> Response:
        found = desk.opened(who, reference)
        commands, policy = desk.permitted(who, found)
        return render(
            request,
            "workflow/actions.html",
            reference=reference,
            standing=_standing(found, policy),
            next_steps=next_steps(open_deadlines(found.facts), commands, ACTIONS),
            possible=grouped(commands, ACTIONS, allowed=True),
            impossible=grouped(commands, ACTIONS, allowed=False),
        )

    @routes.get("/complaints/{reference}/actions/{command}")
    def show(
        request: Request,
        reference: Reference,
        command: str,
        who: Annotated[SignedIn, Depends(signed_in)],
    ) -> Response:
        form = Form(who, reference, _action(command), desk.opened(who, reference), typed={})
        draft = drafts.saved(form.place)
        if draft is not None:
            return _page(request, desk, replace(form, typed=draft.typed, draft=draft), Trouble())
        return _page(request, desk, form, Trouble(), _foreseen_unfilled(desk, form))

    @routes.post("/complaints/{reference}/actions/{command}", dependencies=[Depends(same_origin)])
    def send(
        request: Request,
        reference: Reference,
        command: str,
        who: Annotated[SignedIn, Depends(signed_in)],
        raw: Annotated[bytes, Depends(raw_body)],
    ) -> Response:
        typed = _typed(raw)
        form = Form(who, reference, _action(command), desk.case(who, reference), typed)
        if drafts.takes(form.said("step"), form.place, typed):
            return RedirectResponse(f"/complaints/{reference}/actions/{command}", status_code=303)
        if form.said("step") == LOOK_AHEAD:
            seen = _tried(form, desk.foresee)
            if isinstance(seen, Trouble):
                return _page(request, desk, form, seen)
            return _page(request, desk, form, Trouble(), _foresight(desk, form, seen))
        done = _tried(form, desk.carry_out)
        if isinstance(done, Trouble):
            return _page(request, desk, form, done)
        drafts.discard(form.place)
        next_page = AFTERWARDS.get(form.said("after"), f"/complaints/{reference}")
        return RedirectResponse(next_page, status_code=303)

    return routes


def _tried(form: Form, attempt: Callable[[Asked], Result]) -> Result | Trouble:
    """What comes of the command that the form asks for, or why the form comes back."""
    body = body_of(form.action, form.typed, [issue.number for issue in issues_of(form.found)])
    try:
        parsed: CommandBody = BODIES[form.action.command].model_validate_json(orjson.dumps(body))
        return attempt(_asked(form, parsed, body))
    except ValidationError as invalid:
        return Trouble(422, errors=_field_errors(invalid, form.action))
    except BodyRefused as refused:
        return Trouble(422, errors={refused.field: f"This {refused}."})
    except ComplaintRuleBroken as broken:
        return Trouble(
            409, refusal=Refusal(broken.said, broken.rule, broken.clause, broken.way_out)
        )
    except VersionMoved as moved:
        return Trouble(412, moved=moved)
    except NOT_DONE as error:
        raise problem_of(error) from None


def _foreseen_unfilled(desk: StaffDesk, form: Form) -> Foresight | None:
    """What an action will do whatever is said and whichever way: known before anything is typed.

    None where it hangs on what will be typed, or where the action is not possible now.
    """
    filled = {"form_key": ["unfilled"], "version": [str(form.found.version)]} | {
        question.name: ["letter" if question.name == "channel" else "words"]
        for question in form.action.fields
        if not question.optional and (question.name == "channel" or question.kind == "long_text")
    }
    filled |= {question.name: ["yes"] for question in form.action.fields if question.preset}
    try:
        seen = _tried(replace(form, typed=filled), desk.foresee)
    except Problem:
        return None
    return None if isinstance(seen, Trouble) else _foresight(desk, form, seen)


def _foresight(desk: StaffDesk, form: Form, seen: Sequence[ComplaintEvent]) -> Foresight:
    with desk.handling.database.transaction(form.who.officer.landlord) as cursor:
        titles = policy_titles(cursor, form.who.officer.landlord)
    return foresight(form.found.complaint, seen, titles)


def _asked(form: Form, body: CommandBody, sent: Mapping[str, Any]) -> Asked:
    key, version = form.said("form_key"), form.said("version")
    if not key or len(key) > 100 or not version.isdecimal() or len(version) > 9:
        raise Problem(400, "Form incomplete", "Open the form again from the page of the case.")
    path = f"/complaints/{form.reference}/actions/{form.action.command}"
    return Asked(
        who=form.who,
        reference=form.reference,
        body=body,
        key=f"form/{key}",
        fingerprint=fingerprint_of(
            method="POST", path=path, body=orjson.dumps(sent, option=orjson.OPT_SORT_KEYS)
        ),
        correlation_id=str(uuid.uuid4()),
        expected_version=int(version),
    )


def _page(
    request: Request,
    desk: StaffDesk,
    form: Form,
    trouble: Trouble,
    seen: Foresight | None = None,
) -> Response:
    found = desk.case(form.who, form.reference) if trouble.moved else form.found
    policy, _ = desk.handling.rules_for(form.who.officer.landlord, found.complaint)
    return render(
        request,
        "workflow/action.html",
        trouble.status,
        reference=form.reference,
        action=form.action,
        fields=[*questions(form.action, found.complaint, policy), HAPPENED_ON],
        conditions=conditions(form.action, found.complaint, policy),
        standing=_standing(found, policy),
        # A new key for what is sent anew: the old one stands for the command that was refused.
        form_key=secrets.token_urlsafe(18),
        version=found.version,
        after=form.said("after") if form.said("after") in AFTERWARDS else "",
        typed=form.typed,
        values=FirstTyped({name: said[0] for name, said in form.typed.items() if said}),
        errors=[{"field": place, "message": message} for place, message in trouble.errors.items()],
        refusal=trouble.refusal,
        moved=_moved(desk, form, found, trouble.moved.expected) if trouble.moved else (),
        draft=form.draft,
        since_draft=_moved(desk, form, found, form.draft.version) if form.draft else (),
        foresight=seen,
        looked_ahead=seen is not None and bool(form.typed),
        officers=_officers(desk, form, found, policy),
        exclusions=[
            Choice(rule.exclusion, f"{rule.cited.rule} ({rule.cited.clause})")
            for rule in policy.exclusions
        ],
        contents=[
            Choice(part, part[0].upper() + part[1:])
            for part in parts_of_response(found.complaint, policy)
        ],
        issues=issues_of(found),
        outcomes=[choice for choice in OUTCOMES if choice.value in policy.outcomes.allowed],
        remedies=REMEDIES,
    )


def _moved(desk: StaffDesk, form: Form, found: LoadedComplaint, version: int) -> tuple[str, ...]:
    """What happened since a form was opened, or a draft saved, at that version."""
    landlord = form.who.officer.landlord
    with desk.handling.database.transaction(landlord) as cursor:
        names = officer_names(cursor, landlord)
        titles = policy_titles(cursor, landlord)
    since = found.events[max(0, min(version, found.version)) :]
    return since_then(found, since, names=NOT_OFFICERS | names, titles=titles)


def _officers(desk: StaffDesk, form: Form, found: LoadedComplaint, policy: Policy) -> list[Choice]:
    landlord = form.who.officer.landlord
    with desk.handling.database.transaction(landlord) as cursor:
        return people(cursor, landlord, form.action, found.complaint, policy)


def _action(command: str) -> Action:
    if command not in ACTIONS:
        raise Problem(404, "No such action", "There is no such action; see the list of the case.")
    return ACTIONS[command]


def _typed(raw: bytes) -> dict[str, list[str]]:
    try:
        return parse_qs(raw.decode(), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise Problem(400, "Form not understood", "Open the form again and repeat it.") from None


def _standing(found: LoadedComplaint, policy: Policy) -> str:
    return f"Stage {found.complaint.stage}, {found.standing}, under {policy.title}."


def _field_errors(invalid: ValidationError, action: Action) -> dict[str, str]:
    """The first error of each field, under the name that the field has in the form."""
    errors: dict[str, str] = {}
    for error in invalid.errors(include_url=False, include_input=False):
        place = ".".join(str(part) for part in error["loc"])
        errors.setdefault(
            _place(error["loc"], action) or place, _sentence(error["type"], error["msg"])
        )
    return errors


def _place(location: tuple[int | str, ...], action: Action) -> str:
    if len(location) > 2 and location[0] == "issues" and isinstance(location[1], int):
        name = {"amount_pence": "pounds", "by": "by"}.get(str(location[-1]), "outcome")
        return f"issue-{location[1] + 1}-{name}"
    return str(location[0]) if location else action.fields[0].name


SENTENCES = {
    "missing": "This needs an answer",
    "too_short": "Choose at least one",
    "enum": "Choose one of the list",
    "literal_error": "Choose one of the list",
    "int_type": "Give a whole number",
    "string_too_long": "This is too long",
    "date_from_datetime_parsing": "Give a date",
    "date_parsing": "Give a date",
    "date_type": "Give a date",
}


def _sentence(kind: str, message: str) -> str:
    return SENTENCES.get(kind, message.removeprefix("Value error, "))

"""The commands of officers over HTTP, as JSON: one address per command, safe to repeat, refused
with rule and clause.
"""

import uuid
from collections.abc import Callable
from datetime import date, datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Header, Path, Request, Response
from pydantic import BaseModel, Field, ValidationError
from starlette.responses import JSONResponse

from services.workflow.bodies import BODIES
from services.workflow.body import BodyRefused, CommandBody
from services.workflow.domain.letters import parts_of_response
from services.workflow.domain.refusals import ComplaintRuleBroken
from services.workflow.handling import Handling
from services.workflow.not_done import (
    CommandIdReused,
    ComplaintUnknown,
    TooManyConflicts,
    VersionMoved,
)
from services.workflow.owed import OpenDeadline, open_deadlines
from services.workflow.staff import (
    Asked,
    CarriedOut,
    StaffDesk,
    body_errors,
    fingerprint_of,
    issues_of,
)
from shared.eventstore.record import RecordedEvent
from shared.identity.same_origin import same_origin
from shared.identity.sessions import SignedIn
from shared.identity.sign_in import signed_in
from shared.vault.vault import SubjectErased
from shared.web.problems import Problem, validation_problem

REFERENCE = r"^[A-Z]{2,6}-[0-9]{4}-[0-9]{6}$"
Reference = Annotated[str, Path(pattern=REFERENCE)]
Key = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        description="1 to 200 printable characters; the same key is the same command",
    ),
]
IfMatch = Annotated[
    str | None,
    Header(alias="If-Match", description='the version the command is meant for, as `"17"`'),
]


class Deadline(BaseModel):
    """A duty that is still owed."""

    duty: str
    stage: int
    due_on: date
    due_at: datetime | None = None


class Done(BaseModel):
    """What a command did."""

    reference: str
    version: int
    events: list[str]
    deadlines: list[Deadline]


class Permitted(BaseModel):
    """A command and whether it is possible now; why not, when it is not."""

    command: str
    allowed: bool
    why: str


class OwedDeadline(Deadline):
    """A duty that is still owed, with where it stands."""

    rule: str
    clause: str


class OtherBody(BaseModel):
    """An ombudsman or a tribunal whose subject the complaint is."""

    body: str
    name: str
    clause: str


class ComplaintStanding(BaseModel):
    """Where a complaint stands."""

    reference: str
    organisation: str
    version: int
    state: str
    stage: int
    policy: str
    deadlines: list[OwedDeadline]
    commands: list[Permitted]
    response_contains: list[str] = Field(
        description="what the response of this stage must contain, to be confirmed in `contains`"
    )
    may_go_to: list[OtherBody] = Field(
        description="where the complainant may go outside the landlord, by the subjects of the case"
    )


def router(handling: Handling) -> APIRouter:
    """The routes of this module, on one handling."""
    desk = StaffDesk(handling)
    routes = APIRouter(prefix="/api/v1/complaints", tags=["complaints"])

    @routes.get("/{reference}", response_model=ComplaintStanding)
    def standing(
        reference: Reference, response: Response, who: Annotated[SignedIn, Depends(signed_in)]
    ) -> ComplaintStanding:
        """Where the complaint stands: stage, what is owed, and what may be done now."""
        found = desk.opened(who, reference)
        commands, policy = desk.permitted(who, found)
        response.headers["ETag"] = f'"{found.version}"'
        return ComplaintStanding(
            reference=reference,
            organisation=found.complaint.organisation,
            version=found.version,
            state=found.standing,
            stage=found.complaint.stage,
            policy=policy.title,
            deadlines=[_owed(deadline) for deadline in open_deadlines(found.facts)],
            commands=[
                Permitted(command=entry.command, allowed=entry.allowed, why=entry.why)
                for entry in commands
            ],
            response_contains=list(parts_of_response(found.complaint, policy)),
            may_go_to=[
                OtherBody(body=body.body, name=body.name, clause=body.clause)
                for body in policy.bodies_for([issue.category for issue in issues_of(found)])
            ],
        )

    for name, body in BODIES.items():
        _add_command(routes, desk, name=name, body_type=body)
    return routes


def _add_command(
    routes: APIRouter, desk: StaffDesk, *, name: str, body_type: type[CommandBody]
) -> None:
    schema = schema_in_one(body_type.model_json_schema())

    def command(
        request: Request,
        reference: Reference,
        *,
        raw: Annotated[bytes, Depends(raw_body)],
        who: Annotated[SignedIn, Depends(signed_in)],
        key: Key = None,
        if_match: IfMatch = None,
    ) -> JSONResponse:
        asked = Asked(
            who=who,
            reference=reference,
            body=_parsed(body_type, raw),
            key=_checked_key(key),
            fingerprint=fingerprint_of(method=request.method, path=request.url.path, body=raw),
            correlation_id=str(uuid.uuid4()),
            expected_version=_version(if_match),
        )
        return _answer(asked, _or_problem(asked, desk.carry_out))

    command.__doc__ = body_type.__doc__
    routes.add_api_route(
        f"/{{reference}}/{name}",
        command,
        methods=["POST"],
        status_code=201,
        response_model=Done,
        name=name,
        dependencies=[Depends(same_origin)],
        openapi_extra={
            "requestBody": {"content": {"application/json": {"schema": schema}}, "required": True}
        },
    )


def schema_in_one(schema: dict[str, Any]) -> dict[str, Any]:
    """The schema with its parts where they are used: an OpenAPI document has another place for
    them.
    """
    parts = schema.pop("$defs", {})

    def filled(value: Any) -> Any:
        if isinstance(value, list):
            return [filled(each) for each in value]
        if not isinstance(value, dict):
            return value
        if "$ref" in value:
            return filled(parts[value["$ref"].removeprefix("#/$defs/")])
        return {name: filled(each) for name, each in value.items()}

    complete: dict[str, Any] = filled(schema)
    return complete


async def raw_body(request: Request) -> bytes:
    """The body as it was sent: its bytes are part of what a key stands for."""
    return await request.body()


def problem_of(error: Exception) -> Problem:
    """The answer to a command that was not carried out."""
    match error:
        case ComplaintRuleBroken():
            return Problem(
                409,
                "The policy does not allow this",
                error.said,
                rule=error.rule,
                clause=error.clause,
                way_out=error.way_out,
            )
        case VersionMoved():
            return Problem(
                412,
                "The complaint has moved on",
                f"{error}; look at what happened since, and send it again if it still holds.",
                since=[happened_since(record) for record in error.since],
                version=error.actual,
            )
        case CommandIdReused():
            return Problem(
                422,
                "Idempotency-Key used before",
                "This key was used for another command; give every command a key of its own.",
            )
        case ComplaintUnknown():
            return Problem(404, "No such complaint", "There is no such complaint here.")
        case TooManyConflicts():
            return Problem(
                503, "Too busy", f"{error}; send it again.", headers={"retry-after": "1"}
            )
        case SubjectErased():
            return Problem(
                409,
                "The personal words of this case were erased",
                "Nothing more can be written about this person; send the command without words.",
            )
    raise error


def happened_since(record: RecordedEvent) -> dict[str, str]:
    """What happened, when, and by whom: ids and names of facts, never words."""
    return {"event": record.name, "on": record.happened.on.isoformat(), "by": record.actor}


NOT_DONE = (
    ComplaintRuleBroken,
    VersionMoved,
    CommandIdReused,
    ComplaintUnknown,
    TooManyConflicts,
    SubjectErased,
)


def _or_problem(asked: Asked, carry_out: Callable[[Asked], CarriedOut]) -> CarriedOut:
    try:
        return carry_out(asked)
    except BodyRefused as refused:
        raise validation_problem(
            [{"loc": ("body", refused.field), "msg": str(refused), "type": "value_error"}]
        ) from None
    except NOT_DONE as error:
        raise problem_of(error) from None


def _answer(asked: Asked, done_now: CarriedOut) -> JSONResponse:
    handled = done_now.handled
    done = Done(
        reference=asked.reference,
        version=handled.version,
        events=list(handled.events),
        deadlines=[
            Deadline(
                duty=deadline.duty,
                stage=deadline.stage,
                due_on=deadline.due_on,
                due_at=deadline.due_at,
            )
            for deadline in done_now.owed
        ],
    )
    headers = {
        "ETag": f'"{handled.version}"',
        "Location": f"/api/v1/complaints/{asked.reference}",
    }
    if handled.replayed:
        headers["Idempotency-Replayed"] = "true"
    return JSONResponse(
        done.model_dump(mode="json", exclude_none=True),
        status_code=201 if handled.events else 200,
        headers=headers,
    )


def _owed(deadline: OpenDeadline) -> OwedDeadline:
    return OwedDeadline(
        duty=deadline.duty,
        stage=deadline.stage,
        due_on=deadline.due_on,
        due_at=deadline.due_at,
        rule=deadline.rule,
        clause=deadline.clause,
    )


def _parsed(body_type: type[CommandBody], raw: bytes) -> CommandBody:
    try:
        return body_type.model_validate_json(raw)
    except ValidationError as invalid:
        raise validation_problem(body_errors(invalid)) from None


def _checked_key(key: str | None) -> str:
    if key is None or not 1 <= len(key) <= 200 or not (key.isascii() and key.isprintable()):
        raise Problem(
            400,
            "Idempotency-Key needed",
            "Send a header Idempotency-Key of 1 to 200 printable characters, a new one for every "
            "command and the same one when you repeat it.",
        )
    return key


def _version(if_match: str | None) -> int | None:
    if if_match is None:
        return None
    digits = if_match.removeprefix('"').removesuffix('"')
    if not (digits.isdecimal() and len(digits) <= 9 and if_match == f'"{digits}"'):
        raise Problem(400, "If-Match not understood", 'Send the ETag as it was given, as in "17".')
    return int(digits)

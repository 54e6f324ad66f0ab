"""The JSON API: one strict POST with an Idempotency-Key, answered with reference and dates."""

import re
from datetime import date, datetime
from typing import Annotated, Any
from uuid import uuid4

from fastapi import APIRouter, Depends, Header
from fastapi.responses import JSONResponse
from pydantic import BaseModel

from services.intake.bodies import ComplaintBody, new_submission
from services.intake.forms import staff_router
from services.intake.journey_pages import resident_router
from services.intake.submissions import Intake, KeyReused, SubmissionRefused, Taken
from shared.documents.shelf import Shelf
from shared.runtime.settings import Settings
from shared.web.problems import Problem

_KEY = re.compile(r"(?=.*\S)[\x20-\x7e]{1,200}")


class PromisedDateAnswer(BaseModel):
    """A date the complainant can expect, with the rule and clause it comes from."""

    duty: str
    stage: int
    due_on: date
    due_at: datetime | None
    rule: str
    clause: str


class ComplaintAnswer(BaseModel):
    """What a submission is answered with."""

    reference: str
    landlord: str
    organisation: str
    received_on: date
    policy: str
    dates: list[PromisedDateAnswer]


def idempotency_key(
    value: Annotated[str | None, Header(alias="Idempotency-Key")] = None,
) -> str:
    """The caller's key, which makes it safe to send the same complaint again."""
    if value is None or not _KEY.fullmatch(value):
        raise Problem(
            400,
            "Idempotency-Key needed",
            "Send the header Idempotency-Key with 1 to 200 printable ASCII characters, new for each"
            " complaint and the same for each repetition.",
        )
    return value


def router(intake: Intake, *, settings: Settings, shelf: Shelf) -> APIRouter:
    """Everything intake answers over HTTP: the API, the resident's pages and the form for staff."""
    whole = APIRouter()
    whole.include_router(api_router(intake))
    whole.include_router(resident_router(intake, settings=settings, shelf=shelf))
    whole.include_router(staff_router(intake, shelf))
    return whole


def api_router(intake: Intake) -> APIRouter:
    """`POST /api/v1/complaints`."""
    router = APIRouter(tags=["intake"])

    @router.post("/api/v1/complaints", status_code=201, response_model=ComplaintAnswer)
    def make_complaint(
        body: ComplaintBody, key: Annotated[str, Depends(idempotency_key)]
    ) -> JSONResponse:
        """Takes a complaint. The same key with the same body gives the same answer again.

        Who speaks for the complainant (`representative`) and what is to be done differently for
        them (`adjustments`) are recorded on the case when it is opened, as if an officer had. Consent
        is recorded only where the landlord has it from the complainant (`consent`: `given`).
        """
        try:
            new = new_submission(body, default_landlord=intake.default_landlord)
            taken = intake.take(new, key=key, submission=uuid4(), now=intake.clock.now())
        except SubmissionRefused as refused:
            raise _refusal(refused) from None
        except KeyReused:
            raise Problem(
                422,
                "Idempotency-Key used before",
                "This Idempotency-Key was already used with another body. Nothing was stored: use a"
                " new key for a new complaint, or send the first body again.",
            ) from None
        headers = {"Location": f"/api/v1/complaints/{taken.reference}"}
        if taken.replayed:
            headers["Idempotency-Replayed"] = "true"
        return JSONResponse(_answer(taken), status_code=201, headers=headers)

    return router


def _refusal(refused: SubmissionRefused) -> Problem:
    return Problem(
        422,
        "Some values are not as they should be",
        str(refused),
        errors=[{"pointer": f"#/{refused.field}", "detail": str(refused)}],
    )


def _answer(taken: Taken) -> dict[str, Any]:
    return ComplaintAnswer(
        reference=taken.reference,
        landlord=taken.landlord,
        organisation=taken.organisation,
        received_on=taken.received_on,
        policy=taken.policy,
        dates=[
            PromisedDateAnswer(
                duty=promised.duty,
                stage=promised.stage,
                due_on=promised.due_on,
                due_at=promised.due_at,
                rule=promised.rule,
                clause=promised.clause,
            )
            for promised in taken.dates
        ],
    ).model_dump(mode="json")

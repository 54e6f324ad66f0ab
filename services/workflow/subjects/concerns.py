"""How a concern with a clock in law is marked, and dealt with."""

from typing import Any

from pydantic import field_validator

from services.workflow.body import FurtherBody, Given
from services.workflow.domain.subjects import concerns as ask
from services.workflow.fields import Action, Choice, Field, words_field
from services.workflow.subjects.form import Code, FurtherForm, Number, number_field
from shared.concerns.concerns import concern_named, known_concerns


class ConcernBody(FurtherBody):
    """The case holds a hazard, or misuse of personal data; its clock starts when that came in."""

    becomes = ask.MarkConcern
    concern: Code

    @field_validator("concern")
    @classmethod
    def is_known(cls, concern: str) -> str:
        """Only what has a clock can start one."""
        if concern_named(concern) is None:
            known = ", ".join(each.concern for each in known_concerns())
            raise ValueError(f"choose from: {known}")
        return concern

    def known(self, given: Given) -> dict[str, Any]:
        """The clock of the concern."""
        del given
        found = concern_named(self.concern)
        if found is None:  # refused when it was read
            raise LookupError(self.concern)
        return {"span": found.length, "cited": found.cited, "responsible": found.responsible}


class DealtWithBody(FurtherBody):
    """What a concern asks for was done."""

    becomes = ask.DealWithConcern
    number: Number


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        ConcernBody,
        Action(
            "concerns",
            "Mark a hazard or misuse of data",
            "Starts a clock in law beside the complaint’s, from when it happened or came in.",
            (
                Field(
                    "concern",
                    "What it is",
                    "choice",
                    choices=tuple(Choice(each.concern, each.title) for each in known_concerns()),
                ),
                words_field("What was said"),
            ),
        ),
    ),
    FurtherForm(
        DealtWithBody,
        Action(
            "concerns-dealt-with",
            "Record a concern as dealt with",
            "Records that what a concern asks for was done.",
            (number_field("concern"), words_field("What was done", optional=False)),
        ),
    ),
)

"""How restrictions and adjustments are made and reviewed, and how a case is kept from view."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field as BodyField
from pydantic import StringConstraints

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import restrictions as ask
from services.workflow.fields import Action, Field, choices_of, words_field
from services.workflow.subjects.form import Code, FurtherForm, Number, day_field, number_field
from shared.registry.officers import ROLES

Language = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}$")]


class RestrictionBody(FurtherBody):
    """How the complainant may reach the landlord is limited."""

    words_kind = "letter"
    becomes = ask.RestrictBehaviour
    kind: Literal["one_contact", "written_only", "set_times", "no_visits"]
    review_on: date


class RestrictionReviewBody(FurtherBody):
    """A restriction is kept until another review, or ended."""

    becomes = ask.ReviewRestriction
    number: Number
    review_on: date | None = None


class AdjustmentBody(FurtherBody):
    """Something is done differently for this person."""

    becomes = ask.MakeAdjustment
    kind: Code
    review_on: date
    language: Language | None = None


class AdjustmentReviewBody(FurtherBody):
    """An adjustment is kept until another review, or ended."""

    becomes = ask.ReviewAdjustment
    number: Number
    review_on: date | None = None


class AccessBody(FurtherBody):
    """Only some roles may see the case from now on."""

    becomes = ask.RestrictAccess
    mark: Literal["staff_conduct", "board_conduct"]
    roles: tuple[Code, ...] = BodyField(min_length=1, max_length=len(ROLES))


_NEXT = day_field("review_on", "Next review", hint="Leave it empty to end it.", optional=True)
_REVIEW = day_field("review_on", "Review on")

FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        RestrictionBody,
        Action(
            "restrictions",
            "Restrict contact",
            "Limits how the complainant may reach the landlord, with reasons, until a review.",
            (
                Field("kind", "What is limited", "choice", choices=choices_of(ask.RESTRICTIONS)),
                _REVIEW,
                words_field("The reasons given to the complainant", optional=False),
            ),
        ),
    ),
    FurtherForm(
        RestrictionReviewBody,
        Action(
            "restriction-reviews",
            "Review a restriction",
            "Keeps a restriction until another review, or ends it.",
            (number_field("restriction"), _NEXT, words_field("Why")),
        ),
    ),
    FurtherForm(
        AdjustmentBody,
        Action(
            "adjustments",
            "Make an adjustment",
            "Records what is done differently for this person, until a review.",
            (
                Field("kind", "What is done", "choice", choices=choices_of(ask.ADJUSTMENTS)),
                Field(
                    "language",
                    "Which language, of a translation or an interpreter",
                    "text",
                    hint="Its code, such as so for Somali or bn for Bengali.",
                    optional=True,
                ),
                _REVIEW,
                words_field("What was agreed"),
            ),
        ),
    ),
    FurtherForm(
        AdjustmentReviewBody,
        Action(
            "adjustment-reviews",
            "Review an adjustment",
            "Keeps an adjustment until another review, or ends it.",
            (number_field("adjustment"), _NEXT, words_field("Why")),
        ),
    ),
    FurtherForm(
        AccessBody,
        Action(
            "access",
            "Restrict who may see the case",
            "Lets only some roles see the case, and never an officer it is about.",
            (
                Field("mark", "What it is about", "choice", choices=choices_of(ask.MARKS)),
                Field(
                    "roles", "Which roles may see it", "several", choices=choices_of(sorted(ROLES))
                ),
                words_field("Why"),
            ),
        ),
    ),
)

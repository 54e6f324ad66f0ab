"""How others are asked for their part of an answer, and give it."""

from datetime import date

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import contributions as ask
from services.workflow.fields import Action, Field, words_field
from services.workflow.subjects.form import Code, FurtherForm, Number, day_field, number_field


class ContributionRequestBody(FurtherBody):
    """An area or an organisation is asked for its part, by a day."""

    becomes = ask.AskContribution
    of: Code
    due_on: date


class ContributionBody(FurtherBody):
    """What was asked for came in."""

    becomes = ask.GiveContribution
    number: Number


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        ContributionRequestBody,
        Action(
            "contribution-requests",
            "Ask for a contribution",
            "Asks another area or organisation for its part of the answer, by a day.",
            (
                Field(
                    "of",
                    "Which area or organisation",
                    "text",
                    hint="Its short name in small letters, such as repairs.",
                ),
                day_field("due_on", "By when"),
                words_field("What is wanted", optional=False),
            ),
        ),
    ),
    FurtherForm(
        ContributionBody,
        Action(
            "contributions",
            "Record a contribution",
            "Records what another area or organisation answered.",
            (number_field("request"), words_field("The answer", optional=False)),
        ),
    ),
)

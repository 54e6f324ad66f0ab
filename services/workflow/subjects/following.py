"""How what the complainant adds is recorded, and a new code to follow the case is sent."""

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import following as ask
from services.workflow.fields import Action, Choice, Field, words_field
from services.workflow.subjects.form import FurtherForm

ABOUT = (
    Choice(ask.OF_THE_CASE, "The case"),
    Choice(ask.REACHING_THEM, "How they want to be reached"),
    Choice(ask.NEXT_STAGE, "They want the next stage, and the policy does not open it"),
)


class InformationBody(FurtherBody):
    """What the complainant, or who speaks for them, added."""

    words_kind = "information"
    becomes = ask.AddInformation
    about: str = ask.OF_THE_CASE


class AccessCodeBody(FurtherBody):
    """A new access code goes to the complainant."""

    becomes = ask.IssueAccessCode


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        InformationBody,
        Action(
            "information",
            "Record information from the complainant",
            "Puts on record what the complainant adds to the case, however it came.",
            (
                Field("about", "What is it about?", "choice", choices=ABOUT),
                words_field(
                    "What they said",
                    hint="The complainant can read this on the page where they follow the case.",
                    optional=False,
                ),
            ),
        ),
    ),
    FurtherForm(
        AccessCodeBody,
        Action(
            "access-codes",
            "Send a new access code",
            "Sends the complainant a letter with a new code to follow the case. Codes sent before stop working,"
            " and whoever is signed in with one is signed out.",
            (words_field("Why, for example that the letter was lost"),),
        ),
    ),
)

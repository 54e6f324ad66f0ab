"""How a hearing that was held is recorded."""

from pydantic import Field as BodyField

from services.workflow.body import FurtherBody, OfficerId
from services.workflow.domain.subjects import hearings as ask
from services.workflow.domain.subjects.panel import MOST_SEATS
from services.workflow.domain.subjects.restrictions import ADJUSTMENTS
from services.workflow.fields import Action, Field, choices_of, words_field
from services.workflow.subjects.form import Code, FurtherForm


class HearingHeldBody(FurtherBody):
    """The panel sat."""

    becomes = ask.RecordHearing
    present: tuple[OfficerId, ...] = BodyField(min_length=1, max_length=MOST_SEATS)
    complainant: bool = False
    companion: bool = False
    adjustments: tuple[Code, ...] = BodyField(default=(), max_length=len(ADJUSTMENTS))


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        HearingHeldBody,
        Action(
            "hearings-held",
            "Record a hearing",
            "Records that the panel sat, who of it was present, and whether the complainant came.",
            (
                Field("present", "Who of the panel was present", "officers"),
                Field("complainant", "The complainant came", "tick", optional=True),
                Field("companion", "With a friend or adviser", "tick", optional=True),
                Field(
                    "adjustments",
                    "What was done so that they could take part",
                    "several",
                    choices=choices_of(ADJUSTMENTS),
                ),
                words_field("The note of the hearing"),
            ),
        ),
    ),
)

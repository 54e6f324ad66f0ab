"""How the intervals of updates are agreed, and each update is recorded."""

from pydantic import Field as BodyField

from services.workflow.body import FurtherBody, WrittenBody
from services.workflow.domain.subjects import updates as ask
from services.workflow.fields import SEND_LETTER, Action, Field, channel_field, words_field
from services.workflow.subjects.form import FurtherForm
from shared.complaints.values import Channel


class UpdateIntervalBody(FurtherBody):
    """How often the complainant hears how the case stands."""

    becomes = ask.AgreeUpdates
    every_working_days: int = BodyField(ge=1, le=ask.LONGEST_INTERVAL)
    agreed: bool = False


class UpdateBody(FurtherBody, WrittenBody):
    """The complainant was told how the case stands."""

    words_kind = "letter"
    becomes = ask.GiveUpdate
    channel: Channel


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        UpdateIntervalBody,
        Action(
            "update-intervals",
            "Agree how often to give updates",
            "Agrees how often the complainant hears how the case stands, until it is answered.",
            (
                Field("every_working_days", "Every how many working days", "number"),
                Field("agreed", "The complainant agreed to it", "tick", optional=True),
                words_field("What was agreed, or why it was not"),
            ),
        ),
    ),
    FurtherForm(
        UpdateBody,
        Action(
            "updates",
            "Give an update",
            "Records that the complainant was told how the case stands, and sets the next day.",
            (
                channel_field("How was the complainant told?"),
                words_field("What was said", optional=False),
                SEND_LETTER,
            ),
        ),
    ),
)

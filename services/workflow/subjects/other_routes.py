"""How an enquiry is forwarded, and a service request remedied."""

from pydantic import Field as BodyField

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import other_routes as ask
from services.workflow.fields import Action, Field, channel_field, choices_of, words_field
from services.workflow.subjects.form import Code, FurtherForm
from shared.complaints.values import Channel


class ForwardedBody(FurtherBody):
    """An enquiry reached the team that records it."""

    becomes = ask.ForwardEnquiry
    channel: Channel
    copied_to: tuple[Code, ...] = BodyField(default=(), max_length=len(ask.COPIES))


class RemediedBody(FurtherBody):
    """What a service request asked for was done."""

    becomes = ask.RemedyServiceRequest


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        ForwardedBody,
        Action(
            "forwarding",
            "Record that the enquiry reached the team",
            "Records when a member’s enquiry reached the team that records it, and who got a copy.",
            (
                channel_field("How did it come?"),
                Field("copied_to", "Who got a copy", "several", choices=choices_of(ask.COPIES)),
                words_field("What there is to say"),
            ),
        ),
    ),
    FurtherForm(
        RemediedBody,
        Action(
            "remedies",
            "Record that a service request was remedied",
            "Records that what the service request asked for was done, with the evidence.",
            (words_field("What was done", optional=False),),
        ),
    ),
)

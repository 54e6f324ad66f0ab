"""How mediation is offered and answered, and how a petition is marked."""

from typing import Literal

from pydantic import Field as BodyField

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import mediation as ask
from services.workflow.fields import Action, Field, choices_of, words_field
from services.workflow.subjects.form import FurtherForm, Number, number_field


class MediationOfferBody(FurtherBody):
    """Mediation is offered."""

    becomes = ask.OfferMediation


class MediationBody(FurtherBody):
    """What came of an offer of mediation."""

    becomes = ask.AnswerMediation
    number: Number
    result: Literal["declined", "settled", "not_settled"]


class PetitionBody(FurtherBody):
    """The complaint is a petition, with one nominated contact."""

    becomes = ask.MarkPetition
    signatures: int = BodyField(ge=1, le=1_000_000)


class PetitionMeetingBody(FurtherBody):
    """The petitioners were offered a meeting."""

    words_kind = "letter"
    becomes = ask.OfferPetitionMeeting


class PetitionContactBody(FurtherBody):
    """Another person speaks for the petition."""

    becomes = ask.ChangePetitionContact


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        MediationOfferBody,
        Action(
            "mediation-offers",
            "Offer mediation",
            "Records that mediation was offered; the time to answer runs on.",
            (words_field("What was offered"),),
        ),
    ),
    FurtherForm(
        MediationBody,
        Action(
            "mediation",
            "Record what came of mediation",
            "Records whether mediation was declined, or what it led to.",
            (
                number_field("offer"),
                Field("result", "What came of it", "choice", choices=choices_of(ask.RESULTS)),
                words_field("What there is to say"),
            ),
        ),
    ),
    FurtherForm(
        PetitionBody,
        Action(
            "petition",
            "Mark as a petition",
            "Marks the complaint as a petition: one case, with one nominated contact.",
            (
                Field("signatures", "How many signed it", "number"),
                words_field("Who is the contact", optional=False),
            ),
        ),
    ),
    FurtherForm(
        PetitionMeetingBody,
        Action(
            "petition-meetings",
            "Offer the petitioners a meeting",
            "Records that the petitioners were offered a meeting as a group.",
            (words_field("The offer"),),
        ),
    ),
    FurtherForm(
        PetitionContactBody,
        Action(
            "petition-contacts",
            "Change the contact of a petition",
            "Records that another person speaks for the petition from now on.",
            (words_field("Who is the contact now", optional=False),),
        ),
    ),
)

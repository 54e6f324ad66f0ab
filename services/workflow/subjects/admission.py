"""How the standing of a complainant is recorded, and how an old matter is taken all the same."""

from datetime import date
from typing import Literal

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import admission as ask
from services.workflow.fields import Action, Field, choices_of, words_field
from services.workflow.subjects.form import FurtherForm, day_field


class StandingBody(FurtherBody):
    """What ties the complainant to the landlord."""

    becomes = ask.RecordStanding
    standing: Literal[
        "applicant",
        "tenant",
        "leaseholder",
        "licensee",
        "shared_owner",
        "freeholder",
        "former_occupier",
        "household_member",
        "none",
    ]


class DiscretionBody(FurtherBody):
    """A matter older than the policy takes is taken all the same."""

    becomes = ask.UseDiscretion
    arose_on: date
    known_on: date | None = None


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        StandingBody,
        Action(
            "standing",
            "Record the complainant’s standing",
            "Records what ties the complainant to the landlord; a later stage may ask for it.",
            (
                Field(
                    "standing",
                    "What the complainant is",
                    "choice",
                    choices=choices_of(ask.STANDINGS),
                ),
                words_field("What there is to say"),
            ),
        ),
    ),
    FurtherForm(
        DiscretionBody,
        Action(
            "discretion",
            "Take an old matter",
            "Takes a matter that is older than the policy takes, for the reasons given.",
            (
                day_field("arose_on", "When the matter arose"),
                day_field("known_on", "When the complainant learnt of it, if later", optional=True),
                words_field("The reasons", optional=False),
            ),
        ),
    ),
)

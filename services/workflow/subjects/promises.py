"""How promises are made, kept and told."""

from datetime import date

from services.workflow.body import FurtherBody, LetterBody, OfficerId
from services.workflow.domain.subjects import promises as ask
from services.workflow.fields import SEND_LETTER, Action, Field, channel_field, words_field
from services.workflow.subjects.form import FurtherForm, Number, day_field, number_field
from shared.complaints.values import Channel


class PromiseBody(FurtherBody):
    """Something is promised to the complainant, by a day, with an owner."""

    becomes = ask.MakePromise
    gives_work_in = "owner"
    by: date
    owner: OfficerId


class KeptPromiseBody(FurtherBody):
    """A promise was kept; the words are the evidence."""

    becomes = ask.KeepPromise
    number: Number


class ToldPromiseBody(FurtherBody, LetterBody):
    """The complainant was told that a promise was kept."""

    becomes = ask.TellPromiseKept
    number: Number
    channel: Channel


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        PromiseBody,
        Action(
            "promises",
            "Make a promise",
            "Puts on record what was promised, who answers for it and by when; it outlives the "
            "close of the case.",
            (
                words_field("What is promised", optional=False),
                day_field("by", "By when"),
                Field("owner", "Who answers for it", "officer"),
            ),
        ),
    ),
    FurtherForm(
        KeptPromiseBody,
        Action(
            "promises-kept",
            "Record a promise as kept",
            "Records that what was promised was done, with the evidence.",
            (number_field("promise"), words_field("The evidence", optional=False)),
        ),
    ),
    FurtherForm(
        ToldPromiseBody,
        Action(
            "promises-told",
            "Record that the complainant was told of a kept promise",
            "Records that the complainant was told that a promise was kept.",
            (
                number_field("promise"),
                channel_field("How was the complainant told?"),
                words_field("What was said"),
                SEND_LETTER,
            ),
        ),
    ),
)

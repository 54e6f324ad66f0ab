"""How what the Ombudsman asks, decides and orders is put on record."""

from datetime import date
from typing import Literal

from pydantic import Field as BodyField

from services.workflow.body import FurtherBody
from services.workflow.domain.subjects import ombudsman as ask
from services.workflow.fields import Action, Field, choices_of, words_field
from services.workflow.subjects.form import Code, FurtherForm, Number, day_field, number_field

MOST_ITEMS = 20


class ReferralBody(FurtherBody):
    """The complaint reached the Ombudsman, or the body whose subject it is."""

    becomes = ask.ReferToOmbudsman
    body: Literal["housing_ombudsman", "local_government_ombudsman", "first_tier_tribunal"]


class EvidenceRequestBody(FurtherBody):
    """The Ombudsman asks for evidence, by the day of its letter."""

    words_kind = "letter"
    becomes = ask.RecordEvidenceRequest
    items: tuple[Code, ...] = BodyField(min_length=1, max_length=MOST_ITEMS)
    due_on: date


class EvidenceBody(FurtherBody):
    """Evidence went to the Ombudsman."""

    becomes = ask.SupplyEvidence
    number: Number
    items: tuple[Code, ...] = BodyField(default=(), max_length=MOST_ITEMS)
    not_held: tuple[Code, ...] = BodyField(default=(), max_length=MOST_ITEMS)


class DeterminationBody(FurtherBody):
    """The Ombudsman decided."""

    words_kind = "letter"
    becomes = ask.RecordDetermination
    finding: Code


class OrderBody(FurtherBody):
    """The Ombudsman ordered something, by the day of its decision."""

    becomes = ask.RecordOrder
    kind: Code
    due_on: date


class ComplianceBody(FurtherBody):
    """An order was complied with; the words are the evidence."""

    becomes = ask.ComplyWithOrder
    number: Number


class OverturnBody(FurtherBody):
    """The Ombudsman overturned the refusal."""

    becomes = ask.OverturnRefusal


_ITEMS = choices_of(ask.ITEMS)

FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        ReferralBody,
        Action(
            "ombudsman-referral",
            "Record that the Ombudsman has the complaint",
            "Records that the complaint reached the Ombudsman; no clock stops for it.",
            (
                Field("body", "Which body", "choice", choices=choices_of(ask.BODIES)),
                words_field("What it says"),
            ),
        ),
    ),
    FurtherForm(
        EvidenceRequestBody,
        Action(
            "evidence-requests",
            "Record a request for evidence",
            "Records what the Ombudsman asks for, and by when.",
            (
                Field("items", "What is asked for", "several", choices=_ITEMS),
                day_field("due_on", "By when, as the letter states"),
                words_field("The letter"),
            ),
        ),
    ),
    FurtherForm(
        EvidenceBody,
        Action(
            "evidence",
            "Record evidence as supplied",
            "Records what went to the Ombudsman, and what is not held.",
            (
                number_field("request"),
                Field("items", "What was supplied", "several", choices=_ITEMS, optional=True),
                Field("not_held", "What is not held", "several", choices=_ITEMS, optional=True),
                words_field("What there is to say"),
            ),
        ),
    ),
    FurtherForm(
        DeterminationBody,
        Action(
            "determinations",
            "Record the Ombudsman’s decision",
            "Records what the Ombudsman found.",
            (
                Field("finding", "What was found", "choice", choices=choices_of(ask.FINDINGS)),
                words_field("The decision"),
            ),
        ),
    ),
    FurtherForm(
        OrderBody,
        Action(
            "ombudsman-orders",
            "Record an order of the Ombudsman",
            "Records what the Ombudsman ordered, and by when.",
            (
                Field("kind", "What is ordered", "choice", choices=choices_of(ask.ORDERS)),
                day_field("due_on", "By when, as the decision states"),
                words_field("The order"),
            ),
        ),
    ),
    FurtherForm(
        ComplianceBody,
        Action(
            "compliance",
            "Record an order as complied with",
            "Records that an order was complied with, with the evidence.",
            (number_field("order"), words_field("The evidence", optional=False)),
        ),
    ),
    FurtherForm(
        OverturnBody,
        Action(
            "refusal-overturned",
            "Record that a refusal was overturned",
            "Opens a refused case again because the Ombudsman decided so.",
            (words_field("What the Ombudsman decided", optional=False),),
        ),
    ),
)

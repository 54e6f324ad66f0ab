"""How compensation is offered, approved, answered and paid."""

from typing import Any

from pydantic import Field as BodyField

from services.workflow.beside import beside
from services.workflow.body import FurtherBody, Given
from services.workflow.domain.subjects import compensation as ask
from services.workflow.fields import Action, Field, words_field
from services.workflow.subjects.form import FurtherForm, Number, number_field

MOST_PENCE = 100_000_000


class OfferBody(FurtherBody):
    """An amount is proposed for the complainant."""

    becomes = ask.OfferCompensation
    amount_pence: int = BodyField(ge=1, le=MOST_PENCE)


class OfferApprovalBody(FurtherBody):
    """An offer is approved, up to what the role may approve."""

    becomes = ask.ApproveCompensation
    number: Number

    def known(self, given: Given) -> dict[str, Any]:
        """The role of who approves, and how much that role may."""
        return {"actor_role": given.role, "limit_pence": beside().limit_of(given.role)}


class OfferAnswerBody(FurtherBody):
    """The complainant accepted an offer, or did not."""

    becomes = ask.AnswerCompensation
    number: Number
    accepted: bool


class PaymentBody(FurtherBody):
    """The money was paid."""

    becomes = ask.PayCompensation
    number: Number


FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        OfferBody,
        Action(
            "compensation-offers",
            "Offer compensation",
            "Proposes an amount, which is approved before it goes to the complainant.",
            (Field("amount_pence", "Amount in pounds", "pounds"), words_field("What it is for")),
        ),
    ),
    FurtherForm(
        OfferApprovalBody,
        Action(
            "compensation-approvals",
            "Approve compensation",
            "Approves an offer, up to what your role may approve.",
            (number_field("offer"), words_field("What there is to say")),
        ),
    ),
    FurtherForm(
        OfferAnswerBody,
        Action(
            "compensation-answers",
            "Record the answer to an offer",
            "Records that the complainant accepted an offer, or did not.",
            (
                number_field("offer"),
                Field("accepted", "The complainant accepted it", "tick", optional=True),
                words_field("What was said"),
            ),
        ),
    ),
    FurtherForm(
        PaymentBody,
        Action(
            "compensation-payments",
            "Record a payment",
            "Records that the money was paid.",
            (number_field("offer"), words_field("What there is to say")),
        ),
    ),
)

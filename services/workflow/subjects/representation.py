"""How a representative is named, and how consent is given, taken back and kept to."""

from datetime import date
from typing import Literal

from services.workflow.body import FurtherBody, WrittenBody
from services.workflow.domain.subjects import representation as ask
from services.workflow.fields import SEND_COPY, Action, Field, choices_of, words_field
from services.workflow.subjects.form import FurtherForm, Number, day_field, number_field

Scope = Literal["everything", "progress", "response"]


class RepresentativeBody(FurtherBody):
    """Somebody speaks for the complainant."""

    becomes = ask.NameRepresentative
    relation: Literal["family", "friend", "advocate", "member", "legal", "support_agency"]


class ConsentBody(FurtherBody):
    """The complainant lets a representative be told."""

    becomes = ask.GiveConsent
    number: Number
    scope: Scope
    until: date | None = None


class ConsentWithdrawalBody(FurtherBody):
    """The complainant took the consent back."""

    becomes = ask.WithdrawConsent
    number: Number


class SharingBody(FurtherBody, WrittenBody):
    """A representative was told something of the case."""

    words_kind = "letter"
    becomes = ask.ShareWithRepresentative
    number: Number
    scope: Scope
    redacted: bool = False


_SCOPE = Field("scope", "What it covers", "choice", choices=choices_of(ask.SCOPES))

FORMS: tuple[FurtherForm, ...] = (
    FurtherForm(
        RepresentativeBody,
        Action(
            "representatives",
            "Name a representative",
            "Records that somebody speaks for the complainant; the time to answer runs on, and "
            "nothing is shared without consent.",
            (
                Field(
                    "relation",
                    "Who they are to the complainant",
                    "choice",
                    choices=choices_of(ask.RELATIONS),
                ),
                words_field("Their name, and how to reach them", optional=False),
            ),
        ),
    ),
    FurtherForm(
        ConsentBody,
        Action(
            "consents",
            "Record consent",
            "Records that the complainant lets a representative be told, and what.",
            (
                number_field("representative"),
                _SCOPE,
                day_field(
                    "until", "Until", hint="Leave it empty for the life of the case.", optional=True
                ),
                words_field("How it was given"),
            ),
        ),
    ),
    FurtherForm(
        ConsentWithdrawalBody,
        Action(
            "consent-withdrawals",
            "Record that consent was taken back",
            "Records that the complainant took the consent back; nothing more is shared.",
            (number_field("representative"), words_field("What was said")),
        ),
    ),
    FurtherForm(
        SharingBody,
        Action(
            "shared",
            "Record what a representative was told",
            "Records that a representative was told something, within the consent.",
            (
                number_field("representative"),
                _SCOPE,
                Field(
                    "redacted",
                    "What is confidential was left out, as for an MP or a Councillor",
                    "tick",
                    optional=True,
                ),
                words_field("What was sent or said"),
                SEND_COPY,
            ),
        ),
    ),
)

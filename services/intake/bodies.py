"""What a caller may send: a strict body with a limit on every text, and no guessing of types."""

import re
from collections.abc import Iterable
from typing import Annotated, Any, Self

from pydantic import (
    AfterValidator,
    AwareDatetime,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from services.intake.needs import (
    ADJUSTMENTS,
    CONSENTS,
    GIVEN,
    IN_A_LANGUAGE,
    OTHER,
    RELATIONS,
    SCOPES,
    TRANSLATION,
)
from services.intake.new_submissions import NewAdjustment, NewRepresentative, NewSubmission
from shared.complaints.values import Channel, Moment, Route
from shared.complaints.working_days import london_day
from shared.concerns.concerns import concern_named, known_concerns

LONGEST_COMPLAINT = 5_000
LONGEST_OUTCOME = 2_000
LONGEST_ADDRESS = 500
LONGEST_NAME = 200
LONGEST_EMAIL = 254  # RFC 5321: a path of 256 with its brackets
LONGEST_PHONE = 40
MOST_ISSUES = 20
MOST_NAMED_OFFICERS = 20
MOST_CONCERNS = 10
MOST_ADJUSTMENTS = len(ADJUSTMENTS)
LONGEST_REMARK = 1_000

_EMAIL = re.compile(r"[^\s@<>()\[\],;:\"\\]+@[^\s@<>()\[\],;:\"\\]+\.[^\s@<>()\[\],;:\"\\]+")
_INSTANT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt][0-9]{2}:")
_PHONE = re.compile(r"[+(]?[0-9][0-9 ()+./-]{4,}(?: ?(?:ext|x)\.? ?[0-9]{1,6})?")


def _said(text: str) -> str:
    if not text.strip():
        raise ValueError("must not be blank")
    if any(ord(letter) < 32 and letter not in "\n\r\t" for letter in text):
        raise ValueError("must not contain control characters")
    return text


def _on_one_line(text: str) -> str:
    # A name goes into the headings of a letter, where a new line would begin another heading.
    if not text.isprintable():
        raise ValueError("must be one line of printable characters")
    return text


def _email(text: str) -> str:
    # Mail servers that take other letters before the @ are still rare, and a letter must arrive.
    if not text.isascii() or not _EMAIL.fullmatch(text):
        raise ValueError("must be an email address such as name@example.org")
    return text


def _phone(text: str) -> str:
    if not _PHONE.fullmatch(text):
        raise ValueError("must be a telephone number such as 020 7946 0000")
    return text


def _different(items: list[str]) -> list[str]:
    if len(set(items)) != len(items):
        raise ValueError("must name each one once")
    return items


def _concern(name: str) -> str:
    if concern_named(name) is None:
        known = ", ".join(each.concern for each in known_concerns())
        raise ValueError(f"must be one of: {known}")
    return name


def _one_of(codes: Iterable[str]) -> AfterValidator:
    known = frozenset(codes)

    def check(code: str) -> str:
        if code not in known:
            raise ValueError(f"must be one of: {', '.join(sorted(known))}")
        return code

    return AfterValidator(check)


def _rfc_3339(value: object) -> object:
    # Pydantic would also take a number of seconds, which is more often a mistake than a time.
    if not isinstance(value, str) or not _INSTANT.match(value):
        raise ValueError("must be an instant with its zone such as 2026-03-02T09:30:00Z")
    return value


def _text(longest: int) -> Any:
    return Field(min_length=1, max_length=longest)


Name = Annotated[str, _text(LONGEST_NAME), AfterValidator(_said), AfterValidator(_on_one_line)]
Address = Annotated[str, _text(LONGEST_ADDRESS), AfterValidator(_said)]
Email = Annotated[str, _text(LONGEST_EMAIL), AfterValidator(_email), AfterValidator(_on_one_line)]
Phone = Annotated[str, _text(LONGEST_PHONE), AfterValidator(_phone)]
Slug = Annotated[str, Field(min_length=1, max_length=60, pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")]
OfficerId = Annotated[
    str, Field(min_length=1, max_length=80, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")
]
# A category travels in events and messages, so it is a short code, never a sentence.
Category = Annotated[str, Field(min_length=1, max_length=40, pattern=r"^[a-z]+([_-][a-z]+)*$")]
ConcernName = Annotated[str, Field(min_length=1, max_length=40), AfterValidator(_concern)]
Remark = Annotated[str, _text(LONGEST_REMARK), AfterValidator(_said)]
Language = Annotated[str, Field(pattern=r"^[a-z]{2,3}$")]
Instant = Annotated[AwareDatetime, Field(strict=False), BeforeValidator(_rfc_3339)]


class StrictBody(BaseModel):
    """Takes exactly the fields it names, each of exactly its type; never shows their values."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, hide_input_in_errors=True)


class Complainant(StrictBody):
    """Who complains, and at least one way to answer."""

    name: Name = Field(repr=False)
    address: Address | None = Field(default=None, repr=False)
    email: Email | None = Field(default=None, repr=False)
    phone: Phone | None = Field(default=None, repr=False)

    @model_validator(mode="after")
    def _can_be_answered(self) -> Self:
        if self.address is None and self.email is None and self.phone is None:
            raise ValueError("needs an address, an email or a phone, so that we can answer")
        return self


class Representative(StrictBody):
    """Who speaks for the complainant, and how it stands with the complainant's consent."""

    name: Name = Field(repr=False, description="kept encrypted, as all words here")
    relation: Annotated[str, _one_of(RELATIONS)] = Field(
        description=f"who they are to the complainant: {', '.join(RELATIONS)}"
    )
    address: Address | None = Field(default=None, repr=False)
    email: Email | None = Field(default=None, repr=False)
    phone: Phone | None = Field(default=None, repr=False)
    consent: Annotated[str, _one_of(CONSENTS)] = Field(
        description="; ".join(f"`{code}`: {said}" for code, said in CONSENTS.items())
        + ". Only `given` is recorded as consent and lets anything be shared"
    )
    scope: Annotated[str, _one_of(SCOPES)] | None = Field(
        default=None,
        description=f"what consent that is given covers: {', '.join(SCOPES)}; everything by default",
    )
    consent_words: Remark | None = Field(
        default=None,
        repr=False,
        description="how consent was given, or why it cannot be and what lets them act",
    )

    @model_validator(mode="after")
    def _can_be_reached(self) -> Self:
        if self.address is None and self.email is None and self.phone is None:
            raise ValueError("needs an address, an email or a phone, so that they can be reached")
        if self.scope is not None and self.consent != GIVEN:
            raise ValueError("has a scope of consent only where consent is given")
        return self

    def taken(self) -> NewRepresentative:
        """As intake takes it: who it is in words for an officer, and what consent covers."""
        reached = {"Email": self.email, "Telephone": self.phone, "Address": self.address}
        lines = [self.name, *(f"{how}: {where}" for how, where in reached.items() if where)]
        consent = f"Consent: {CONSENTS[self.consent]}."
        if self.consent_words and self.consent != GIVEN:
            consent += f"\n{self.consent_words}"
        is_given = self.consent == GIVEN
        return NewRepresentative(
            relation=self.relation,
            words="\n".join([*lines, consent]),
            scope=(self.scope or "everything") if is_given else None,
            consent_words=self.consent_words if is_given else None,
        )


class Adjustment(StrictBody):
    """Something to do differently for the complainant."""

    kind: Annotated[str, _one_of(ADJUSTMENTS)] = Field(description=f"{', '.join(ADJUSTMENTS)}")
    language: Language | None = Field(
        default=None, description="ISO 639, such as so; needed for a translation"
    )
    words: Remark | None = Field(
        default=None, repr=False, description="what is needed, in the person's own words"
    )

    @model_validator(mode="after")
    def _says_what(self) -> Self:
        if self.kind == TRANSLATION and self.language is None:
            raise ValueError("needs the language of the translation")
        if self.language is not None and self.kind not in IN_A_LANGUAGE:
            raise ValueError("has a language only for a translation or an interpreter")
        if self.kind == OTHER and self.words is None:
            raise ValueError("needs words that say what is needed")
        return self


def _each_once(adjustments: list[Adjustment]) -> list[Adjustment]:
    if len({each.kind for each in adjustments}) != len(adjustments):
        raise ValueError("must name each one once")
    return adjustments


class ComplaintBody(StrictBody):
    """One complaint, query, service request or enquiry as a caller sends it."""

    organisation: Slug
    complainant: Complainant = Field(repr=False)
    complaint: Annotated[str, _text(LONGEST_COMPLAINT), AfterValidator(_said)] = Field(repr=False)
    landlord: Slug | None = None
    desired_outcome: Annotated[str, _text(LONGEST_OUTCOME), AfterValidator(_said)] | None = Field(
        default=None, repr=False
    )
    issues: Annotated[
        list[Category], Field(min_length=1, max_length=MOST_ISSUES), AfterValidator(_different)
    ] = ["general"]
    # JSON has no enumerations: these two are strict in that only their exact words pass.
    route: Route = Field(default=Route.COMPLAINT, strict=False)
    channel: Channel = Field(default=Channel.API, strict=False)
    received_at: Instant | None = None
    named_officers: Annotated[
        list[OfficerId], Field(max_length=MOST_NAMED_OFFICERS), AfterValidator(_different)
    ] = []
    concerns: Annotated[
        list[ConcernName], Field(max_length=MOST_CONCERNS), AfterValidator(_different)
    ] = Field(
        default=[], description="what has a clock in law beside the complaint's, from its receipt"
    )
    home: Address | None = Field(
        default=None,
        repr=False,
        description="the address of the home, where it is not the complainant's address above",
    )
    representative: Representative | None = Field(
        default=None, description="who speaks for the complainant", repr=False
    )
    adjustments: Annotated[
        list[Adjustment], Field(max_length=MOST_ADJUSTMENTS), AfterValidator(_each_once)
    ] = Field(default=[], description="what to do differently for the complainant, until a review")


def new_submission(
    body: ComplaintBody,
    *,
    default_landlord: str,
    received: Moment | None = None,
    logged_by: str | None = None,
) -> NewSubmission:
    """A parsed body as what intake takes; `received` where a form says more than the body can."""
    if received is None and body.received_at is not None:
        received = Moment(on=london_day(body.received_at), at=body.received_at)
    return NewSubmission(
        landlord=body.landlord or default_landlord,
        organisation=body.organisation,
        route=body.route,
        channel=body.channel,
        received=received,
        name=body.complainant.name,
        address=body.complainant.address,
        email=body.complainant.email,
        phone=body.complainant.phone,
        complaint=body.complaint,
        desired_outcome=body.desired_outcome,
        # What has a clock in law is answered as an issue of the complaint too.
        issues=tuple(dict.fromkeys((*body.issues, *body.concerns))),
        named_officers=tuple(body.named_officers),
        logged_by=logged_by,
        home=body.home,
        representative=None if body.representative is None else body.representative.taken(),
        adjustments=tuple(
            NewAdjustment(kind=each.kind, language=each.language, words=each.words)
            for each in body.adjustments
        ),
    )

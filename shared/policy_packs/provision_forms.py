"""The form of what a policy says besides its duties: time bars, standing, letters and other bodies."""

from typing import Annotated, Literal

from pydantic import Field

from shared.complaints.values import Channel, Route
from shared.policies import provisions as frozen
from shared.policy_packs.form_words import CitationForm, Count, Form, Name, Role, Sentence

Sentences = Annotated[tuple[Sentence, ...], Field(min_length=1)]
Months = Annotated[int, Field(ge=1, le=120)]
Pence = Annotated[int, Field(ge=1, le=1_000_000_000)]
Category = Annotated[str, Field(pattern=r"^[a-z]+([_-][a-z]+)*$", max_length=40)]


class DeemedReceiptForm(CitationForm):
    """When what was sent counts as received, by channel; the same day where none is named."""

    working_days: Annotated[dict[Channel, Count], Field(min_length=1)]

    def frozen_receipt(self) -> frozen.DeemedReceipt:
        return frozen.DeemedReceipt(dict(self.working_days), self.cited())


class TimeBarForm(CitationForm):
    """How old a matter may be when it is first complained of."""

    months: Months
    counted_from: Literal["event", "event_or_awareness"]
    discretion: bool
    exclusion: Name | None = None

    def frozen_bar(self) -> frozen.TimeBar:
        return frozen.TimeBar(
            self.months, self.counted_from, self.discretion, self.cited(), self.exclusion
        )


class ConversionForm(CitationForm):
    """How a contact on another route becomes a complaint."""

    route: Literal[Route.QUERY, Route.SERVICE_REQUEST, Route.MEMBERS_ENQUIRY, Route.BOARD_ENQUIRY]
    clock: Literal["conversion", "first_receipt"]

    def frozen_conversion(self) -> frozen.Conversion:
        return frozen.Conversion(self.route, self.clock, self.cited())


class StandingForm(CitationForm):
    """Who may ask for a later stage."""

    who: Annotated[tuple[Name, ...], Field(min_length=1)]

    def frozen_standing(self) -> frozen.Standing:
        return frozen.Standing(self.who, self.cited())


class MembersCopyForm(CitationForm):
    """What an MP or a Councillor is sent of a response."""

    copy_: Annotated[Literal["redacted", "none"], Field(alias="copy")]

    def frozen_copy(self) -> frozen.MembersCopy:
        return frozen.MembersCopy(self.copy_, self.cited())


class BodyForm(Form):
    """An ombudsman or a tribunal, and the subjects that go there."""

    body: Name
    name: Sentence
    subjects: Sentences
    clause: Sentence
    categories: tuple[Category, ...] = ()

    def frozen_body(self) -> frozen.Body:
        return frozen.Body(self.body, self.name, self.subjects, self.clause, self.categories)


class LetterContentsForm(Form):
    """What a letter of the policy must contain."""

    letter: Name
    contains: Sentences
    clause: Sentence

    def frozen_letter(self) -> frozen.LetterContents:
        return frozen.LetterContents(self.letter, self.contains, self.clause)


class AuthorityForm(Form):
    """How much money a role may approve."""

    role: Role
    up_to_pence: Pence

    def frozen_authority(self) -> frozen.Authority:
        return frozen.Authority(self.role, self.up_to_pence)


class CompensationForm(CitationForm):
    """Who approves compensation, and up to how much."""

    authorities: Annotated[tuple[AuthorityForm, ...], Field(min_length=1)]

    def frozen_compensation(self) -> frozen.Compensation:
        authorities = tuple(each.frozen_authority() for each in self.authorities)
        return frozen.Compensation(authorities, self.cited())


class RecurringForm(CitationForm):
    """What is owed again and again about complaints as a whole."""

    duty: Name
    every_months: Months
    responsible: Role

    def frozen_recurring(self) -> frozen.Recurring:
        return frozen.Recurring(self.duty, self.every_months, self.responsible, self.cited())


class ProvisionForm(CitationForm):
    """A rule under a name: a refusal cites it where it is about that; else people follow it."""

    provision: Name

    def frozen_provision(self) -> frozen.Provision:
        return frozen.Provision(self.provision, self.cited())

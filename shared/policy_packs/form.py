"""The strict form of a policy pack: what may stand in the file, what must, and how it becomes a
frozen `Policy`.
"""

from collections.abc import Callable
from typing import Annotated, Literal, Self, TypeVar

from pydantic import Field, model_validator

from shared.complaints.values import Outcome, Route
from shared.policies import policy as frozen
from shared.policy_packs.form_words import (
    CitationForm,
    Count,
    DutyTriggerText,
    FactTriggerText,
    Form,
    Name,
    PackName,
    Role,
    Routes,
    Sentence,
    StageNumber,
    Stages,
)
from shared.policy_packs.provision_forms import (
    BodyForm,
    CompensationForm,
    ConversionForm,
    DeemedReceiptForm,
    LetterContentsForm,
    MembersCopyForm,
    ProvisionForm,
    RecurringForm,
    StandingForm,
    TimeBarForm,
)

Read = TypeVar("Read", bound=Form)
Frozen = TypeVar("Frozen")


class LastStageForm(CitationForm):
    """What ends the procedure, and where someone still dissatisfied may go."""

    way_out: Sentence


class SpanForm(Form):
    """So many of exactly one unit."""

    working_days: Count | None = None
    calendar_days: Count | None = None
    elapsed_hours: Count | None = None
    working_day_hours: Count | None = None

    @model_validator(mode="after")
    def _has_one_unit(self) -> Self:
        if len(self.model_fields_set) != 1:
            raise ValueError(f"give exactly one of {', '.join(SpanForm.model_fields)}")
        return self

    def span(self) -> frozen.Span:
        unit = next(iter(self.model_fields_set))
        return frozen.Span(int(getattr(self, unit)), frozen.Unit(unit))


class NoticeForm(Form):
    """The reminder that comes with a duty."""

    kind: Literal["approaching", "holding_response_due", "draft_due"]
    working_days_before: Annotated[int, Field(ge=0, le=20)]
    clause: Sentence


class OtherwiseForm(Form):
    """What a count starts from while its own trigger has not happened."""

    trigger: DutyTriggerText
    rule: Sentence


class DutyForm(CitationForm):
    """What must be done, and by when."""

    duty: Name
    routes: Routes = (Route.COMPLAINT,)
    stages: Stages
    trigger: FactTriggerText | DutyTriggerText
    of: frozen.DateOf | None = None
    span: SpanForm
    met_by: Annotated[tuple[frozen.Fact, ...], Field(min_length=1)]
    firmness: Literal["must", "should", "normally", "aims_to"]
    responsible: Role | Literal["panel", "complainant"]
    otherwise: OtherwiseForm | None = None
    passing: frozen.Passing = frozen.Passing.MISSED
    notice: NoticeForm | None = None

    @model_validator(mode="after")
    def _counts_make_sense(self) -> Self:
        follows = " " in self.trigger
        if self.of is not None and not follows:
            raise ValueError("`of` belongs to a trigger that starts with before or after")
        if self.otherwise is not None and follows:
            raise ValueError("`otherwise` belongs to a trigger that is a fact")
        in_hours = self.span.elapsed_hours or self.span.working_day_hours
        if self.trigger.startswith("before ") and in_hours:
            raise ValueError("a count before another duty is in days")
        return self

    def frozen_duty(self) -> frozen.Duty:
        notice, otherwise = self.notice, self.otherwise
        return frozen.Duty(
            duty=self.duty,
            routes=self.routes,
            stages=self.stages,
            trigger=_trigger(self.trigger, self.of or frozen.DateOf.CURRENT),
            span=self.span.span(),
            met_by=self.met_by,
            cited=self.cited(),
            firmness=self.firmness,
            responsible=self.responsible,
            otherwise=None
            if otherwise is None
            else frozen.Otherwise(_duty_trigger(otherwise.trigger), otherwise.rule),
            passing=self.passing,
            notice=None
            if notice is None
            else frozen.NoticeRule(notice.kind, notice.working_days_before, notice.clause),
        )


class StageForm(Form):
    """One stage: who considers a complaint there."""

    number: StageNumber
    name: Sentence
    clause: Sentence
    considered_by: Annotated[
        tuple[Annotated[tuple[Role, ...], Field(min_length=1)], ...], Field(min_length=1)
    ]
    considered_by_clause: Sentence
    independence: CitationForm | None = None
    departure: Sentence | None = None
    organisation: Sentence | None = None

    def frozen_stage(self) -> frozen.Stage:
        return frozen.Stage(
            number=self.number,
            name=self.name,
            clause=self.clause,
            considered_by=self.considered_by,
            considered_by_clause=self.considered_by_clause,
            independence=_cited(self.independence),
            departure=self.departure,
            organisation=self.organisation,
        )


class AuthorisationForm(CitationForm):
    """Who lets something happen."""

    by: Role

    def frozen_authorisation(self) -> frozen.Authorisation:
        return frozen.Authorisation(self.by, self.cited())


class ExtensionForm(CitationForm):
    """The condition under which the date of a response may move."""

    stages: Stages
    routes: Routes = (Route.COMPLAINT,)
    kind: Literal["explain", "consult", "agree", "unstated"]
    usual_working_days: Count | None = None
    most_working_days: Count | None = None
    more_for_good_reason: bool = True
    ombudsman_details: CitationForm | None = None
    authorisation: AuthorisationForm | None = None
    ground: Literal["legal_advice"] | None = None

    def frozen_extension(self) -> frozen.Extension:
        return frozen.Extension(
            stages=self.stages,
            routes=self.routes,
            kind=self.kind,
            cited=self.cited(),
            most_working_days=self.most_working_days,
            ombudsman_details=_cited(self.ombudsman_details),
            more_for_good_reason=self.more_for_good_reason,
            usual_working_days=self.usual_working_days,
            authorisation=_given(self.authorisation, AuthorisationForm.frozen_authorisation),
            ground=self.ground,
        )


class ExclusionForm(CitationForm):
    """A matter the procedure does not take, and where it goes instead."""

    exclusion: Name
    destination: Sentence
    requires: Literal["restriction"] | None = None

    def frozen_exclusion(self) -> frozen.Exclusion:
        return frozen.Exclusion(self.exclusion, self.cited(), self.destination, self.requires)


class EarlyResolutionForm(CitationForm):
    """A lower level that may sign off what is resolved soon after receipt, needed no investigation
    and is agreed with the complainant.
    """

    within_working_days: Count
    by: Annotated[tuple[Role, ...], Field(min_length=1)]

    def frozen_early(self) -> frozen.EarlyResolution:
        return frozen.EarlyResolution(self.within_working_days, self.by, self.cited())


class ApprovalForm(CitationForm):
    """The check of a draft before it is issued; at all stages where none are named."""

    routes: Routes = (Route.COMPLAINT,)
    stages: tuple[StageNumber, ...] = ()
    by: Role
    early: EarlyResolutionForm | None = None

    def frozen_approval(self) -> frozen.Approval:
        return frozen.Approval(
            routes=self.routes,
            by=self.by,
            cited=self.cited(),
            stages=self.stages,
            early=_given(self.early, EarlyResolutionForm.frozen_early),
        )


class OutcomesForm(CitationForm):
    """Which findings the policy knows."""

    allowed: Annotated[tuple[Outcome, ...], Field(min_length=1)]


class PolicyPack(Form):
    """A written complaints policy as a data file."""

    policy: PackName
    version: Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}){0,2}$")]
    title: Sentence
    escalation: CitationForm
    last_stage: LastStageForm
    closing: CitationForm
    reopening: CitationForm
    outcomes: OutcomesForm
    approval: ApprovalForm | None = None
    stages: Annotated[tuple[StageForm, ...], Field(min_length=1)]
    duties: Annotated[tuple[DutyForm, ...], Field(min_length=1)]
    extensions: tuple[ExtensionForm, ...] = ()
    exclusion_rule: CitationForm
    exclusions: tuple[ExclusionForm, ...] = ()
    sampling: AuthorisationForm | None = None
    deemed_receipt: DeemedReceiptForm | None = None
    time_bar: TimeBarForm | None = None
    conversions: tuple[ConversionForm, ...] = ()
    standing: StandingForm | None = None
    members_copy: MembersCopyForm | None = None
    bodies: tuple[BodyForm, ...] = ()
    letters: tuple[LetterContentsForm, ...] = ()
    provisions: tuple[ProvisionForm, ...] = ()
    recurring: tuple[RecurringForm, ...] = ()
    compensation: CompensationForm | None = None
    contributions: AuthorisationForm | None = None

    def frozen_policy(self, policy_hash: str) -> frozen.Policy:
        return frozen.Policy(
            policy=self.policy,
            version=self.version,
            title=self.title,
            policy_hash=policy_hash,
            stages=tuple(stage.frozen_stage() for stage in self.stages),
            duties=tuple(duty.frozen_duty() for duty in self.duties),
            extensions=tuple(rule.frozen_extension() for rule in self.extensions),
            exclusions=tuple(rule.frozen_exclusion() for rule in self.exclusions),
            exclusion_rule=self.exclusion_rule.cited(),
            outcomes=frozen.Outcomes(self.outcomes.allowed, self.outcomes.cited()),
            approval=_given(self.approval, ApprovalForm.frozen_approval),
            escalation=self.escalation.cited(),
            last_stage=self.last_stage.cited(),
            beyond_last_stage=self.last_stage.way_out,
            closing=self.closing.cited(),
            reopening=self.reopening.cited(),
            sampling=_given(self.sampling, AuthorisationForm.frozen_authorisation),
            deemed_receipt=_given(self.deemed_receipt, DeemedReceiptForm.frozen_receipt),
            time_bar=_given(self.time_bar, TimeBarForm.frozen_bar),
            conversions=tuple(rule.frozen_conversion() for rule in self.conversions),
            standing=_given(self.standing, StandingForm.frozen_standing),
            members_copy=_given(self.members_copy, MembersCopyForm.frozen_copy),
            bodies=tuple(body.frozen_body() for body in self.bodies),
            letters=tuple(letter.frozen_letter() for letter in self.letters),
            provisions=tuple(rule.frozen_provision() for rule in self.provisions),
            recurring=tuple(rule.frozen_recurring() for rule in self.recurring),
            compensation=_given(self.compensation, CompensationForm.frozen_compensation),
            contributions=_given(self.contributions, AuthorisationForm.frozen_authorisation),
        )


def _cited(form: CitationForm | None) -> frozen.Citation | None:
    return _given(form, CitationForm.cited)


def _given(form: Read | None, freeze: Callable[[Read], Frozen]) -> Frozen | None:
    return None if form is None else freeze(form)


def _trigger(text: str, of: frozen.DateOf) -> frozen.Trigger:
    return _duty_trigger(text, of) if " " in text else frozen.FactTrigger(frozen.Fact(text))


def _duty_trigger(text: str, of: frozen.DateOf = frozen.DateOf.CURRENT) -> frozen.DutyTrigger:
    direction, duty = text.split(" ")
    return frozen.DutyTrigger(frozen.Direction(direction), duty, of)

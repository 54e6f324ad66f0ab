"""Every way in which a command of the stages is refused, under the policy that says everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime
from functools import cache
from typing import Any

from services.workflow.domain import commands as ask
from services.workflow.domain.commands import Command
from services.workflow.domain.subjects.admission import RecordStanding, UseDiscretion
from services.workflow.domain.subjects.panel import DeclareConflict
from shared.complaints.values import Channel, IssueOutcome, Moment, Outcome, Route
from shared.policies.policy import Policy
from tests.complaints import steps
from tests.complaints.steps import (
    A_LETTER,
    A_REASON,
    CHIEF,
    DAMP,
    HEAD,
    MANAGER,
    MISSED_VISIT,
    TEAM,
)
from tests.policies.reading import every_rule
from tests.support.complaint_spec import Spec, at, given

MON_2_MAR = date(2026, 3, 2)
TUE_3_MAR = date(2026, 3, 3)
WED_4_MAR = date(2026, 3, 4)
MON_9_MAR = date(2026, 3, 9)
MON_16_MAR = date(2026, 3, 16)
SUN_22_MAR = date(2026, 3, 22)
FRI_1_MAY = date(2026, 5, 1)
NAMED = "officer-complained-of"
PARTS = ("what was found", "how to go on")
TOMORROW = date(2026, 6, 30)  # on the day before, where a command says no time of day
Situation = tuple[str, Callable[[], Spec], tuple[Command, ...]]


def a_case(*, route: Route = Route.COMPLAINT, under: Policy | None = None) -> Spec:
    """A complaint of two matters, about an officer, on Monday 2 March."""
    opened = steps.opened(MON_2_MAR, issues=(DAMP, MISSED_VISIT), route=route, named=(NAMED,))
    return given(opened, under=under or every_rule())


def asked(kind: type[Any], on: date, /, *, clock: str = "12:00", **fields: Any) -> Any:
    """A command of the complaints team."""
    return kind(happened=at(on, clock), **({"actor": TEAM} | fields))


@cache
def acknowledged() -> Spec:
    return a_case().after(steps.acknowledged(TUE_3_MAR))


@cache
def drafted() -> Spec:
    return acknowledged().after(steps.drafted(WED_4_MAR))


def answer(on: date, *, clock: str = "12:00", **fields: Any) -> Command:
    found = (IssueOutcome(1, Outcome.UPHELD), IssueOutcome(2, Outcome.NOT_UPHELD))
    response: Command = asked(
        ask.IssueResponse, on, clock=clock,
        **({"issues": found, "words": A_LETTER, "actor": MANAGER} | fields),
    )  # fmt: skip
    return response


def approval(on: date, **fields: Any) -> Command:
    command: Command = asked(
        ask.ApproveDraft, on,
        **({"actor": HEAD, "actor_role": "head_of_service", "contains": PARTS} | fields),
    )  # fmt: skip
    return command


@cache
def approved() -> Spec:
    return drafted().after(approval(MON_9_MAR))


@cache
def answered() -> Spec:
    return approved().after(answer(MON_9_MAR, clock="14:00"))


@cache
def closed() -> Spec:
    return acknowledged().after(steps.closed(WED_4_MAR, words=A_REASON))


@cache
def at_stage_two() -> Spec:
    return answered().after(steps.escalated(MON_16_MAR))


def refused_as_too_old(**fields: Any) -> Command:
    given_so: dict[str, Any] = {
        "exclusion": "too_old", "words": A_LETTER, "ombudsman_told": True,
        "arose_on": date(2025, 9, 1), "discretion_considered": True,
    }  # fmt: skip
    command: Command = asked(ask.RefuseComplaint, TUE_3_MAR, **(given_so | fields))
    return command


def without(table: str) -> Policy:
    """The policy without one of its rules."""
    fields: dict[str, Any] = {table: None if table == "approval" else ()}
    return replace(every_rule(), **fields)


def instant(day: date) -> datetime:
    """Noon of a day."""
    noon = at(day).at
    assert noon is not None
    return noon


def _moments() -> tuple[Command, ...]:
    two_days = Moment(WED_4_MAR, at(TUE_3_MAR).at)
    return (
        ask.AcknowledgeComplaint(happened=two_days, actor=TEAM),
        steps.acknowledged(MON_2_MAR, "09:00"),
        ask.AcknowledgeComplaint(happened=Moment(date(2026, 3, 1)), actor=TEAM),
        ask.AcknowledgeComplaint(happened=Moment(TOMORROW), actor=TEAM),
    )


OPENING: tuple[Situation, ...] = (
    ("nothing opened", lambda: Spec(every_rule()), (steps.acknowledged(TUE_3_MAR),)),
    ("opened", a_case, (steps.opened(MON_2_MAR, "10:00"), *_moments())),
    (
        "closed",
        closed,
        (
            steps.acknowledged(MON_9_MAR),
            steps.tried(MON_9_MAR),
            steps.contacted(MON_9_MAR),
            steps.allocated(MON_9_MAR, MANAGER),
            steps.held(MON_9_MAR),
            steps.extended(MON_9_MAR, by=5),
            steps.drafted(MON_9_MAR),
            approval(MON_9_MAR),
            steps.returned(MON_9_MAR),
            answer(MON_9_MAR),
            steps.closed(MON_9_MAR),
            steps.refused(MON_9_MAR, "before_a_court"),
            steps.withdrawn(MON_9_MAR),
            steps.reopened(MON_9_MAR, words=None),
            steps.escalated(MON_9_MAR),
        ),
    ),
)  # fmt: skip
WORK: tuple[Situation, ...] = (
    ("acknowledged", acknowledged, (
        steps.acknowledged(WED_4_MAR),
        steps.reopened(WED_4_MAR),
        steps.escalated(WED_4_MAR),
        approval(WED_4_MAR),
        steps.returned(WED_4_MAR),
        answer(WED_4_MAR),
        steps.allocated(WED_4_MAR, MANAGER, HEAD),
        steps.allocated(WED_4_MAR),
        steps.closed(WED_4_MAR),
        steps.closed(WED_4_MAR, "no_reason"),
    )),
    ("at the first stage, with somebody who considers it",
     lambda: acknowledged().after(steps.allocated(TUE_3_MAR, MANAGER)),
     (steps.allocated(WED_4_MAR, HEAD),)),
    ("an officer with an interest",
     lambda: drafted().after(asked(DeclareConflict, WED_4_MAR, officer=HEAD, interest="relative")),
     (approval(WED_4_MAR), steps.returned(WED_4_MAR, by=HEAD),
      steps.drafted(MON_9_MAR, by=HEAD), steps.allocated(MON_9_MAR, HEAD))),
    ("a draft waits", drafted, (
        approval(WED_4_MAR, actor=MANAGER),
        approval(MON_9_MAR, actor_role="caseworker"),
        approval(date(2026, 3, 10), actor_role="manager"),
        approval(WED_4_MAR, contains=("how to go on",)),
        approval(WED_4_MAR, actor_role="manager"),
        approval(WED_4_MAR, actor_role="complaints_team", without_investigation=True),
        answer(MON_9_MAR),
        steps.returned(WED_4_MAR, by=MANAGER),
        steps.returned(MON_9_MAR, role="caseworker"),
        steps.returned(date(2026, 3, 10), role="manager"),
        steps.returned(MON_9_MAR, words=None),
    )),
    ("a draft was sent back", lambda: drafted().after(steps.returned(WED_4_MAR)), (
        approval(MON_9_MAR),
        steps.returned(MON_9_MAR),
        answer(MON_9_MAR),
    )),
    ("a draft, under a policy that asks for no check",
     lambda: given(steps.opened(MON_2_MAR), steps.drafted(WED_4_MAR), under=without("approval")),
     (steps.returned(MON_9_MAR, by=MANAGER), steps.returned(MON_9_MAR, words=None))),
    ("a draft is approved", approved, (
        approval(MON_9_MAR, clock="13:00"),
        steps.returned(MON_9_MAR, clock="13:00"),
        answer(MON_9_MAR, issues=()),
        answer(MON_9_MAR, issues=(IssueOutcome(1, Outcome.UPHELD),) * 2),
    )),
    ("no finding of partly upheld",
     lambda: given(
         steps.opened(MON_2_MAR), steps.acknowledged(TUE_3_MAR),
         under=replace(
             without("approval"),
             outcomes=replace(every_rule().outcomes, allowed=(Outcome.UPHELD, Outcome.NOT_UPHELD)),
         ),
     ),
     (answer(WED_4_MAR, issues=(IssueOutcome(1, Outcome.PARTLY_UPHELD),)), answer(WED_4_MAR))),
    ("answered", answered, (
        steps.held(MON_16_MAR),
        steps.extended(MON_16_MAR, by=5),
        steps.drafted(MON_16_MAR),
        approval(MON_16_MAR),
        answer(MON_16_MAR),
        steps.closed(MON_16_MAR),
        steps.refused(MON_16_MAR, "before_a_court"),
        asked(ask.EscalateComplaint, MON_16_MAR, channel=Channel.PHONE, because="whim"),
    )),
    ("closed by silence", lambda: answered().until(instant(FRI_1_MAY)),
     (steps.escalated(FRI_1_MAY), steps.held(FRI_1_MAY))),
    ("answered to somebody without standing",
     lambda: answered().after(
         asked(RecordStanding, MON_9_MAR, clock="15:00", standing="household_member")
     ),
     (steps.escalated(MON_16_MAR),)),
    ("reopened after the time to ask",
     lambda: answered().after(steps.reopened(FRI_1_MAY)), (steps.escalated(date(2027, 3, 5)),)),
    ("at stage 2", at_stage_two, (
        steps.allocated(MON_16_MAR, NAMED, CHIEF),
        steps.allocated(MON_16_MAR, MANAGER, CHIEF),
        steps.allocated(MON_16_MAR, CHIEF, CHIEF),
        steps.drafted(date(2026, 3, 17), by=MANAGER),
        answer(date(2026, 3, 17), actor=NAMED),
        steps.escalated(date(2026, 3, 17)),
        steps.acknowledged(date(2026, 3, 15)),
    )),
    ("a query", lambda: a_case(route=Route.QUERY), (steps.escalated(TUE_3_MAR),)),
    ("withdrawn",
     lambda: answered().after(steps.withdrawn(MON_16_MAR)), (steps.escalated(MON_16_MAR),)),
)  # fmt: skip
EXTENDING: tuple[Situation, ...] = (
    ("acknowledged", acknowledged, (
        steps.extended(WED_4_MAR, date(2026, 3, 20), by=5, role="head_of_service"),
        steps.extended(WED_4_MAR, date(2026, 3, 17), role="head_of_service"),
        steps.extended(WED_4_MAR, SUN_22_MAR, role="head_of_service"),
        steps.extended(WED_4_MAR, by=5, role="head_of_service"),
        steps.extended(WED_4_MAR, by=5, role="head_of_service", told_on=MON_9_MAR),
        steps.extended(WED_4_MAR, by=5, role="manager", told_on=WED_4_MAR),
        steps.extended(WED_4_MAR, by=5, role="head_of_service", told_on=WED_4_MAR, words=None),
        steps.extended(WED_4_MAR, by=5, role="head_of_service", told_on=WED_4_MAR, details=False),
        steps.extended(WED_4_MAR, by=11, role="head_of_service", told_on=WED_4_MAR),
        steps.extended(date(2026, 3, 18), by=5, role="head_of_service"),
    )),
    ("at stage 2, longer only if it is agreed", at_stage_two, (
        steps.extended(MON_16_MAR, by=5, agreed=False), steps.extended(MON_16_MAR),
    )),
    ("a Member's enquiry, longer in consultation", lambda: a_case(route=Route.MEMBERS_ENQUIRY), (
        steps.extended(WED_4_MAR, by=5, words=None), steps.extended(WED_4_MAR, by=11),
    )),
    ("a service request", lambda: a_case(route=Route.SERVICE_REQUEST),
     (steps.extended(WED_4_MAR, by=5),)),
)  # fmt: skip
KEEPING_OUT: tuple[Situation, ...] = (
    ("acknowledged", acknowledged, (
        steps.refused(WED_4_MAR, "nothing_of_the_kind"),
        asked(ask.RefuseComplaint, WED_4_MAR, exclusion="before_a_court", ombudsman_told=True),
        asked(ask.RefuseComplaint, WED_4_MAR, exclusion="before_a_court", words=A_LETTER),
        steps.refused(WED_4_MAR, "unreasonable"),
        refused_as_too_old(arose_on=None),
        refused_as_too_old(known_on=date(2025, 8, 1)),
        refused_as_too_old(arose_on=MON_9_MAR),
        refused_as_too_old(arose_on=date(2025, 9, 2)),
        refused_as_too_old(discretion_considered=False),
    )),
    ("taken in spite of its age",
     lambda: acknowledged().after(
         asked(UseDiscretion, TUE_3_MAR, clock="13:00", arose_on=date(2025, 1, 6), words=A_REASON)
     ),
     (replace(refused_as_too_old(), happened=at(WED_4_MAR)),)),
    ("a policy without grounds", lambda: a_case(under=without("exclusions")),
     (steps.refused(WED_4_MAR, "before_a_court"),)),
)  # fmt: skip
SITUATIONS = (*OPENING, *WORK, *EXTENDING, *KEEPING_OUT)

"""Every way in which a command outside the stages is refused, under the policy that says everything."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from services.workflow.domain import subjects as of
from services.workflow.domain.commands import Command, FurtherCommand
from shared.complaints.values import Channel, PanelSeat, Route
from shared.policies.policy import Citation, Policy, Span, Unit
from tests.complaints import steps
from tests.complaints.refusals_of_stages import (
    FRI_1_MAY,
    MON_2_MAR,
    MON_9_MAR,
    MON_16_MAR,
    NAMED,
    TUE_3_MAR,
    WED_4_MAR,
    Situation,
    a_case,
    acknowledged,
    answer,
    answered,
    approval,
    asked,
    at_stage_two,
    closed,
    instant,
)
from tests.complaints.steps import A_LETTER, BOARD_MEMBER, CHIEF, COUNCIL_MEMBER, MANAGER, TEAM
from tests.policies.reading import every_rule, the_other_ways
from tests.support.complaint_spec import Spec

COMMANDS = {kind.__name__: kind for kind in of.STEPS}
NO_WORDS: dict[str, Any] = {"words": None}
FRI_20_MAR = date(2026, 3, 20)
SEATS = (PanelSeat(CHIEF, "chief_executive"), PanelSeat(BOARD_MEMBER, "board_member"))
HAZARD = Citation("A hazard is made safe in a day.", "Awaab's Law")


def ask(name: str, on: date = MON_9_MAR, /, **fields: Any) -> FurtherCommand:
    """A command by its name, with words unless told otherwise."""
    command: FurtherCommand = asked(COMMANDS[name], on, **({"words": A_LETTER} | fields))
    return command


def after(*commands: Command, spec: Spec | None = None) -> Spec:
    """The acknowledged complaint, or another, after some commands more."""
    lived = spec or acknowledged()
    for command in commands:
        lived = lived.after(command)
    return lived


def _promised() -> Spec:
    return after(ask("MakePromise", TUE_3_MAR, by=FRI_1_MAY, owner=MANAGER))


def _offered() -> Spec:
    return after(ask("OfferCompensation", TUE_3_MAR, amount_pence=30001, actor=MANAGER))


def _represented(**consent: Any) -> Spec:
    named = ask("NameRepresentative", TUE_3_MAR, relation="friend")
    given = ask("GiveConsent", TUE_3_MAR, number=1, scope="progress", **consent)
    return after(named, given).with_timers_asleep()


def _councillor(policy: Policy | None = None) -> Spec:
    named = ask("NameRepresentative", TUE_3_MAR, relation="member")
    given = ask("GiveConsent", TUE_3_MAR, number=1, scope="everything")
    return after(named, given, spec=a_case(under=policy))


def _run_out() -> Spec:
    return replace(_represented(until=WED_4_MAR), timers_awake=True).until(instant(MON_9_MAR))


def _evidence_asked() -> Spec:
    referred = ask("ReferToOmbudsman", TUE_3_MAR, body="housing_ombudsman")
    items = ("policies", "photographs")
    return after(referred, ask("RecordEvidenceRequest", TUE_3_MAR, items=items, due_on=FRI_1_MAY))


def _ordered() -> Spec:
    return after(
        ask("RecordOrder", TUE_3_MAR, kind="apology", due_on=FRI_1_MAY), spec=_evidence_asked()
    )


def _panel() -> Spec:
    return after(ask("ConvenePanel", MON_16_MAR, seats=SEATS), spec=at_stage_two())


def _refused() -> Spec:
    return after(steps.refused(WED_4_MAR, "before_a_court"))


def _marked() -> Spec:
    return after(ask("MarkPetition", WED_4_MAR, signatures=40))


PEOPLE: tuple[Situation, ...] = (
    ("acknowledged", acknowledged, (
        ask("NameRepresentative", relation="neighbour"),
        ask("NameRepresentative", relation="friend", **NO_WORDS),
        ask("GiveConsent", number=1, scope="progress"),
        ask("WithdrawConsent", number=1),
        ask("ShareWithRepresentative", number=1, scope="progress"),
        ask("RecordStanding", standing="owner"),
        ask("RestrictBehaviour", kind="no_letters", review_on=FRI_1_MAY),
        ask("RestrictBehaviour", kind="no_visits", review_on=FRI_1_MAY, **NO_WORDS),
        ask("RestrictBehaviour", kind="no_visits", review_on=MON_9_MAR),
        ask("ReviewRestriction", number=1),
        ask("MakeAdjustment", kind="shouting", review_on=FRI_1_MAY),
        ask("MakeAdjustment", kind="audio", review_on=MON_2_MAR),
        ask("MakeAdjustment", kind="translation", review_on=FRI_1_MAY),
        ask("MakeAdjustment", kind="home_visit", review_on=FRI_1_MAY, language="so"),
        ask("ReviewAdjustment", number=1),
        ask("RestrictAccess", mark="secret", roles=("manager",), actor_role="manager"),
        ask("RestrictAccess", mark="staff_conduct", roles=("director",), actor_role="manager"),
        ask("RestrictAccess", mark="staff_conduct", roles=("manager",), actor_role="manager",
            actor=NAMED),
        ask("DeclareConflict", officer=MANAGER, interest="curiosity"),
        ask("WithdrawConflict", officer=MANAGER),
    )),
    ("a representative without consent any more",
     lambda: after(ask("WithdrawConsent", WED_4_MAR, number=1), spec=_represented()), (
        ask("WithdrawConsent", number=1),
        ask("ShareWithRepresentative", number=1, scope="progress"),
        ask("ShareWithRepresentative", number=2, scope="progress"),
        ask("GiveConsent", number=1, scope="secrets"),
        ask("GiveConsent", number=1, scope="progress", until=WED_4_MAR),
    )),
    ("a representative whose consent has ended", lambda: _represented(until=WED_4_MAR), (
        ask("ShareWithRepresentative", number=1, scope="progress"),
    )),
    ("a representative whose consent has run out", _run_out, (
        ask("ShareWithRepresentative", number=1, scope="progress"),
        ask("WithdrawConsent", number=1),
    )),
    ("two representatives, one with consent",
     lambda: after(ask("NameRepresentative", MON_9_MAR, relation="legal"),
                   ask("GiveConsent", MON_9_MAR, number=2, scope="everything"), spec=_run_out()), (
        ask("ShareWithRepresentative", number=1, scope="progress"),
        ask("WithdrawConsent", number=1),
    )),
    ("a Councillor with consent for everything", _councillor, (
        ask("ShareWithRepresentative", number=1, scope="response"),
        ask("ShareWithRepresentative", number=1, scope="response", redacted=True, **NO_WORDS),
    )),
    ("a Councillor, under a policy that sends no copies", lambda: _councillor(the_other_ways()), (
        ask("ShareWithRepresentative", number=1, scope="response", redacted=True),
    )),
    ("a representative with consent for progress", _represented, (
        ask("ShareWithRepresentative", number=1, scope="response"),
        ask("ShareWithRepresentative", number=1, scope="gossip"),
    )),
    ("an officer with an interest",
     lambda: after(ask("DeclareConflict", TUE_3_MAR, officer=MANAGER, interest="relative")), (
        ask("DeclareConflict", officer=MANAGER, interest="relative"),
        ask("WithdrawConflict", officer=TEAM),
        ask("WithdrawConflict", officer=MANAGER, actor=MANAGER),
        ask("WithdrawConflict", officer=MANAGER, **NO_WORDS),
        ask("RestrictAccess", mark="staff_conduct", roles=("manager",), actor_role="manager",
            actor=MANAGER),
    )),
    ("a query", lambda: a_case(route=Route.QUERY), (ask("RecordStanding", standing="tenant"),)),
)  # fmt: skip
WORK: tuple[Situation, ...] = (
    ("acknowledged", acknowledged, (
        ask("MakePromise", by=FRI_1_MAY, owner=MANAGER, **NO_WORDS),
        ask("MakePromise", by=WED_4_MAR, owner=MANAGER),
        ask("KeepPromise", number=1),
        ask("TellPromiseKept", number=1, channel=Channel.PHONE),
        ask("DefineComplaint", part="whole"),
        ask("DefineComplaint", part="complaint", **NO_WORDS),
        ask("SplitIssue", number=3, to_reference="RB-2026-000002"),
        ask("SplitIssue", number=2, to_reference="RB-2026-000001"),
        ask("ChangeRoute", to_route=Route.COMPLAINT),
        ask("ChangeRoute", to_route=Route.QUERY, **NO_WORDS),
        ask("ChangeRoute", to_route=Route.QUERY, agreed=False),
        ask("LinkCase", to_reference="RB-2026-000002", relation="cousin"),
        ask("LinkCase", to_reference="RB-2026-000001", relation="related"),
        ask("AskContribution", of="repairs", due_on=FRI_1_MAY, **NO_WORDS),
        ask("AskContribution", of="repairs", due_on=WED_4_MAR),
        ask("AskContribution", of="repairs", due_on=FRI_1_MAY, actor_role="head_of_service"),
        ask("GiveContribution", number=1),
        ask("DealWithConcern", number=1),
        ask("UseDiscretion", arose_on=date(2025, 1, 6), **NO_WORDS),
        ask("UseDiscretion", arose_on=date(2025, 9, 2)),
        ask("UseDiscretion", arose_on=FRI_1_MAY),
        ask("AgreeUpdates", every_working_days=0),
        ask("AgreeUpdates", every_working_days=61),
        ask("AgreeUpdates", every_working_days=5, agreed=False, **NO_WORDS),
        ask("GiveUpdate", channel=Channel.PHONE),
        ask("ForwardEnquiry", channel=Channel.EMAIL),
        ask("AddInformation", about="weather"),
        ask("AddInformation", **NO_WORDS),
        ask("RemedyServiceRequest"),
        ask("RecordLearning", cause="luck", action="training", owner=MANAGER, due_on=FRI_1_MAY),
        ask("RecordLearning", cause="delay", action="hope", owner=MANAGER, due_on=FRI_1_MAY),
        ask("RecordLearning", cause="delay", action="policy", owner=MANAGER, due_on=WED_4_MAR),
        ask("RecordLearning", cause="delay", action="policy", owner=MANAGER, due_on=FRI_1_MAY,
            **NO_WORDS),
        ask("CompleteLearning", number=1),
        ask("ShareLearning", number=1, audience="staff"),
    )),
    ("one issue left",
     lambda: after(ask("SplitIssue", WED_4_MAR, number=2, to_reference="RB-2026-000002")),
     (ask("SplitIssue", number=1, to_reference="RB-2026-000003"),)),
    ("taken in spite of its age",
     lambda: after(ask("UseDiscretion", TUE_3_MAR, arose_on=date(2025, 1, 6))),
     (ask("UseDiscretion", arose_on=date(2025, 1, 6)),)),
    ("a promise", _promised, (
        ask("KeepPromise", number=2),
        ask("KeepPromise", number=1, **NO_WORDS),
        ask("TellPromiseKept", number=1, channel=Channel.PHONE),
    )),
    ("a promise that was kept", lambda: after(ask("KeepPromise", number=1), spec=_promised()), (
        ask("KeepPromise", number=1),
        ask("TellPromiseKept", number=1, channel=Channel.UNKNOWN),
    )),
    ("one promise kept, one open",
     lambda: after(ask("KeepPromise", number=1),
                   ask("MakePromise", MON_9_MAR, by=FRI_1_MAY, owner=TEAM), spec=_promised()),
     (ask("KeepPromise", number=1), ask("TellPromiseKept", number=2, channel=Channel.PHONE))),
    ("a part asked for",
     lambda: after(ask("AskContribution", TUE_3_MAR, of="repairs", due_on=FRI_1_MAY)), (
        ask("GiveContribution", number=1, **NO_WORDS), ask("GiveContribution", number=2),
    )),
    ("a hazard",
     lambda: after(ask("MarkConcern", TUE_3_MAR, concern="hazard", cited=HAZARD,
                       span=Span(24, Unit.ELAPSED_HOURS), responsible="manager")),
     (ask("DealWithConcern", number=1, **NO_WORDS), ask("DealWithConcern", number=2))),
    ("updates agreed", lambda: after(ask("AgreeUpdates", TUE_3_MAR, every_working_days=5)), (
        ask("GiveUpdate", channel=Channel.UNKNOWN),
        ask("GiveUpdate", channel=Channel.PHONE, **NO_WORDS),
    )),
    ("something was learned",
     lambda: after(ask("RecordLearning", TUE_3_MAR, cause="delay", action="policy", owner=MANAGER,
                       due_on=FRI_1_MAY)),
     (ask("CompleteLearning", number=1, **NO_WORDS),
      ask("ShareLearning", number=1, audience="everybody"))),
    ("a Member's enquiry, forwarded",
     lambda: after(ask("ForwardEnquiry", TUE_3_MAR, channel=Channel.EMAIL),
                   spec=a_case(route=Route.MEMBERS_ENQUIRY)),
     (ask("ForwardEnquiry", channel=Channel.EMAIL),)),
    ("a Member's enquiry", lambda: a_case(route=Route.MEMBERS_ENQUIRY),
     (ask("ForwardEnquiry", channel=Channel.EMAIL, copied_to=("friend",)),)),
    ("a service request", lambda: a_case(route=Route.SERVICE_REQUEST),
     (ask("RemedyServiceRequest", **NO_WORDS),)),
    ("a service request, remedied",
     lambda: after(ask("RemedyServiceRequest", TUE_3_MAR),
                   spec=a_case(route=Route.SERVICE_REQUEST)),
     (ask("RemedyServiceRequest"),)),
    ("a query", lambda: a_case(route=Route.QUERY), (
        ask("AddIssue", category="damp"),
        ask("SplitIssue", number=1, to_reference="RB-2026-000002"),
        ask("MarkPetition", signatures=40),
    )),
    ("answered", answered, (
        ask("AddIssue", MON_16_MAR, category="damp"),
        ask("ChangeRoute", MON_16_MAR, to_route=Route.QUERY, agreed=True),
        ask("UseDiscretion", MON_16_MAR, arose_on=date(2025, 1, 6)),
        ask("AgreeUpdates", MON_16_MAR, every_working_days=5),
        ask("GiveUpdate", MON_16_MAR, channel=Channel.PHONE),
    )),
    ("at stage 2", at_stage_two,
     (ask("ChangeRoute", MON_16_MAR, to_route=Route.QUERY, agreed=True),)),
    ("closed", closed, (
        ask("DefineComplaint", part="complaint"),
        ask("AddIssue", category="damp"),
        ask("SplitIssue", number=1, to_reference="RB-2026-000002"),
        ask("ChangeRoute", to_route=Route.QUERY),
        ask("ConvenePanel", seats=SEATS),
        ask("ArrangeHearing", hearing_on=FRI_1_MAY),
        ask("RecordHearing", present=(CHIEF,)),
        ask("AskContribution", of="repairs", due_on=FRI_1_MAY),
        ask("OfferMediation"),
        ask("MarkPetition", signatures=40),
        ask("OfferPetitionMeeting"),
        ask("ChangePetitionContact"),
        ask("AgreeUpdates", every_working_days=5),
        ask("UseDiscretion", arose_on=date(2025, 1, 6)),
    )),
)  # fmt: skip
REDRESS: tuple[Situation, ...] = (
    ("acknowledged", acknowledged, (
        ask("OfferCompensation", amount_pence=0),
        ask("ApproveCompensation", number=1),
        ask("AnswerCompensation", number=1, accepted=True),
        ask("PayCompensation", number=1),
        ask("AnswerMediation", number=1, result="settled"),
        ask("MarkPetition", signatures=1),
        ask("MarkPetition", signatures=2, **NO_WORDS),
        ask("OfferPetitionMeeting"),
        ask("ReferToOmbudsman", body="court"),
        ask("RecordEvidenceRequest", items=("policies",), due_on=FRI_1_MAY),
        ask("RecordDetermination", finding="mediated"),
        ask("RecordOrder", kind="apology", due_on=FRI_1_MAY),
        ask("SupplyEvidence", number=1),
        ask("ComplyWithOrder", number=1),
        ask("OverturnRefusal"),
        ask("AskReferralPermission", to_organisation="mill-lane", channel=Channel.PHONE),
        ask("AskReferralPermission", to_organisation="council", channel=Channel.UNKNOWN),
        ask("AnswerReferralPermission", number=1, permitted=True, channel=Channel.PHONE),
        ask("ConvenePanel", seats=SEATS),
        ask("ArrangeHearing", hearing_on=FRI_1_MAY),
        ask("RecordHearing", present=(CHIEF,)),
        ask("SubmitPanelReport"),
    )),
    ("compensation offered", _offered, (
        ask("ApproveCompensation", number=1, actor=MANAGER, actor_role="head_of_service"),
        ask("ApproveCompensation", number=1, actor_role="manager"),
        ask("ApproveCompensation", number=1),
        ask("AnswerCompensation", number=1, accepted=True),
        ask("PayCompensation", number=1),
        ask("ApproveCompensation", number=2, actor_role="head_of_service"),
    )),
    ("mediation offered", lambda: after(ask("OfferMediation", TUE_3_MAR)),
     (ask("AnswerMediation", number=1, result="won"),)),
    ("a petition", _marked, (
        ask("MarkPetition", signatures=41), ask("ChangePetitionContact", **NO_WORDS),
    )),
    ("evidence asked for", _evidence_asked, (
        ask("RecordEvidenceRequest", items=(), due_on=FRI_1_MAY),
        ask("RecordEvidenceRequest", items=("rumours", "policies", "gossip"), due_on=FRI_1_MAY),
        ask("SupplyEvidence", number=1),
        ask("SupplyEvidence", number=1, items=("tenancy",)),
        ask("SupplyEvidence", number=1, items=("policies",), not_held=("policies",)),
        ask("RecordDetermination", finding="fault"),
        ask("RecordOrder", kind="penance", due_on=FRI_1_MAY),
    )),
    ("ordered", _ordered,
     (ask("ComplyWithOrder", number=1, **NO_WORDS), ask("ComplyWithOrder", number=2))),
    ("refused", _refused, (ask("OverturnRefusal", **NO_WORDS),)),
    ("referral asked for",
     lambda: after(ask("AskReferralPermission", TUE_3_MAR, to_organisation="council",
                       channel=Channel.PHONE)), (
        ask("AskReferralPermission", to_organisation="council", channel=Channel.PHONE),
        ask("AnswerReferralPermission", number=1, permitted=True, channel=Channel.UNKNOWN),
        ask("ReferToOrganisation", number=1),
        ask("WithdrawReferralPermission", number=1),
    )),
    ("two referrals, one permitted",
     lambda: after(*(ask("AskReferralPermission", TUE_3_MAR, to_organisation=to,
                         channel=Channel.PHONE) for to in ("council", "harbour")),
                   ask("AnswerReferralPermission", TUE_3_MAR, number=1, permitted=True,
                       channel=Channel.PHONE)), (
        ask("WithdrawReferralPermission", number=2),
        ask("AnswerReferralPermission", number=1, permitted=False, channel=Channel.PHONE),
    )),
    ("at stage 2", at_stage_two, (
        ask("ConvenePanel", MON_16_MAR, seats=SEATS[:1]),
        ask("ConvenePanel", MON_16_MAR, seats=(SEATS[0], SEATS[0])),
        ask("ConvenePanel", MON_16_MAR,
            seats=(SEATS[0], PanelSeat(COUNCIL_MEMBER, "chief_executive"))),
        ask("ConvenePanel", MON_16_MAR, seats=(SEATS[0], PanelSeat(NAMED))),
        ask("ConvenePanel", MON_16_MAR, seats=SEATS, hearing_on=MON_9_MAR),
    )),
    ("a panel", _panel, (
        ask("ArrangeHearing", MON_16_MAR, hearing_on=MON_9_MAR),
        ask("RecordHearing", MON_16_MAR, present=()),
        ask("RecordHearing", MON_16_MAR, present=(CHIEF, MANAGER, TEAM)),
        ask("RecordHearing", MON_16_MAR, present=(CHIEF,), companion=True),
        ask("RecordHearing", MON_16_MAR, present=(CHIEF,), adjustments=("shouting",)),
        ask("SubmitPanelReport", MON_16_MAR, **NO_WORDS),
    )),
    ("a panel that has answered",
     lambda: after(steps.drafted(MON_16_MAR, "13:00", by=CHIEF),
                   approval(MON_16_MAR, clock="13:30"),
                   answer(MON_16_MAR, clock="14:00", actor=CHIEF), spec=_panel()),
     (ask("ArrangeHearing", FRI_20_MAR, hearing_on=FRI_1_MAY),)),
    ("a policy that asks for nobody's standing and bars nothing for its age",
     lambda: a_case(under=replace(every_rule(), standing=None, time_bar=None)), (
        ask("RecordStanding", standing="tenant"), ask("UseDiscretion", arose_on=MON_2_MAR),
    )),
    ("closed, as a note may be written at any time", closed, (ask("AddNote", **NO_WORDS),)),
    ("a policy under which nothing is taken at discretion",
     lambda: a_case(under=the_other_ways()), (ask("UseDiscretion", arose_on=MON_2_MAR),)),
)  # fmt: skip
SITUATIONS = (*PEOPLE, *WORK, *REDRESS)

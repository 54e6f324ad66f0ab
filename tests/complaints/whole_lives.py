"""Cases from their first day to their last, under the policy that says everything."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

from services.workflow.domain.commands import Command, ConcernTerms
from services.workflow.domain.course import HistoricEvent
from services.workflow.domain.history import HistoricFact, record_history
from shared.complaints.values import (
    Channel,
    Issue,
    IssueOutcome,
    Moment,
    Outcome,
    Remedy,
    RemedyKind,
    Route,
    WordsReference,
)
from shared.policies.policy import Citation, Policy, Span, Unit
from shared.policy_packs.loader import load_policy
from tests.complaints import steps
from tests.complaints.further_courses import A_PHOTO
from tests.complaints.refusals_beside_stages import HAZARD, SEATS, ask
from tests.complaints.refusals_of_stages import (
    NAMED,
    answer,
    approval,
    instant,
    refused_as_too_old,
)
from tests.complaints.steps import A_LETTER, A_REASON, CHIEF, DAMP, MANAGER, MISSED_VISIT, TEAM
from tests.policies.reading import PACK, every_rule
from tests.support.complaint_spec import Spec, at, england, given

History = tuple[HistoricEvent, ...]
MARCH = {day: date(2026, 3, day) for day in range(1, 32)}
APRIL = {day: date(2026, 4, day) for day in range(1, 31)}
FRI_1_MAY = date(2026, 5, 1)
MON_1_JUN = date(2026, 6, 1)
HAZARD_TERMS = ConcernTerms(
    concern="hazard", span=Span(24, Unit.ELAPSED_HOURS), cited=HAZARD, responsible="manager"
)
DATA = Citation("Who asks for their data gets it in a month.", "Data protection")


def beside() -> Policy:
    """The policy whose clocks run beside."""
    pack = PACK.parents[2] / "complaints" / "packs" / "meadow-homes.toml"
    return load_policy(pack.read_text("utf-8"), source=pack.name)


def opened(route: Route = Route.COMPLAINT, **fields: Any) -> Command:
    opening = steps.opened(MARCH[2], issues=(DAMP, MISSED_VISIT), route=route, named=(NAMED,))
    return replace(opening, **({"source_reference": "CRM-77"} | fields))


def lived(*commands: Command, until: date = MON_1_JUN, alone: bool = False) -> History:
    """What is told of a case while these commands are given and the days pass."""
    spec: Spec = given(*commands, under=every_rule(), beside=None if alone else beside())
    return spec.until(instant(until)).history


def held_and_extended() -> History:
    """Every step of both stages, in time, and what is promised and paid afterwards."""
    remedies = (
        Remedy(RemedyKind.REPAIR, by=APRIL[1]),
        Remedy(RemedyKind.COMPENSATION, amount_pence=30001),
        Remedy(RemedyKind.APOLOGY),
    )
    found = (
        IssueOutcome(1, Outcome.UPHELD, remedies),
        IssueOutcome(2, Outcome.NOT_UPHELD, (Remedy(RemedyKind.TRAINING, by=FRI_1_MAY),)),
    )
    return lived(
        opened(concerns=(HAZARD_TERMS,)),
        steps.tried(MARCH[2]),
        replace(steps.acknowledged(MARCH[3]), words=A_LETTER),
        replace(steps.contacted(MARCH[3], "13:00"), words=A_LETTER),
        ask("DealWithConcern", MARCH[3], number=1),
        steps.allocated(MARCH[4], MANAGER),
        steps.allocated(MARCH[5], TEAM, words=A_REASON),
        replace(
            steps.extended(MARCH[6], by=5, role="head_of_service", told_on=MARCH[5]),
            good_reason=True,
        ),
        replace(steps.held(MARCH[24]), expected_on=MARCH[26]),
        ask("AddNote", MARCH[24], clock="15:00"),
        steps.drafted(MARCH[24], "16:00"),
        steps.returned(MARCH[24], "17:00"),
        steps.drafted(MARCH[25]),
        approval(MARCH[25], clock="13:00"),
        answer(MARCH[26], issues=found, channel=Channel.LETTER),
        ask("OfferCompensation", MARCH[26], clock="14:00", amount_pence=30001, actor=MANAGER),
        ask("ApproveCompensation", MARCH[27], number=1, actor_role="head_of_service"),
        ask("AnswerCompensation", MARCH[30], number=1, accepted=True),
        ask("PayCompensation", MARCH[31], number=1),
        ask("OfferCompensation", MARCH[31], amount_pence=100, actor=MANAGER),
        ask("ApproveCompensation", APRIL[1], number=2, actor_role="manager"),
        ask("AnswerCompensation", APRIL[1], number=2, accepted=False),
        ask("KeepPromise", APRIL[1], number=1),
        ask("TellPromiseKept", APRIL[2], number=1, channel=Channel.PHONE),
        replace(steps.escalated(APRIL[7], words=A_REASON), because="dissatisfied"),
        steps.acknowledged(APRIL[8]),
        ask("ConvenePanel", APRIL[9], seats=SEATS, hearing_on=APRIL[20]),
        ask("ArrangeHearing", APRIL[10], hearing_on=APRIL[21], companion=True),
        ask("RecordHearing", APRIL[21], present=(SEATS[1].officer, CHIEF), complainant=True,
            companion=True, adjustments=("interpreter",)),
        ask("SubmitPanelReport", APRIL[22]),
        steps.extended(APRIL[23], by=5),
        steps.drafted(APRIL[27], by=CHIEF),
        approval(APRIL[28]),
        answer(APRIL[29], actor=CHIEF, channel=Channel.EMAIL),
        steps.closed(APRIL[30], "final_response", words=A_REASON),
    )  # fmt: skip


def nothing_in_time() -> History:
    """Everything is missed, the answer comes late, and silence closes the case; then it goes on."""
    return lived(
        opened(),
        steps.drafted(APRIL[7]),
        approval(APRIL[7]),
        answer(APRIL[7], clock="14:00"),
        steps.reopened(date(2026, 5, 12)),
        replace(steps.escalated(date(2026, 5, 13), words=A_REASON), because=None),
        steps.withdrawn(date(2026, 6, 24)),
        until=date(2026, 7, 1),
    )


def late_to_the_next_stage() -> History:
    """The complainant does not wait for a late answer; a draft of the first stage is left behind."""
    return lived(
        opened(), steps.acknowledged(MARCH[3]), steps.drafted(MARCH[10]),
        steps.escalated(MARCH[23]), replace(steps.withdrawn(MARCH[24]), words=A_REASON),
    )  # fmt: skip


def kept_out() -> History:
    """Refused for its age, and taken after all when the Ombudsman says so."""
    return lived(
        opened(),
        replace(refused_as_too_old(known_on=date(2025, 9, 1)), happened=at(MARCH[3])),
        ask("ReferToOmbudsman", MARCH[9], body="housing_ombudsman"),
        ask("OverturnRefusal", MARCH[30]),
        steps.acknowledged(MARCH[31]),
        steps.closed(APRIL[1], words=A_REASON),
        alone=True,
    )


def at_the_ombudsman() -> History:
    """Evidence in two parts, a decision, an order obeyed and one that is not."""
    return lived(
        opened(), steps.acknowledged(MARCH[3]),
        ask("RecordStanding", MARCH[3], standing="tenant"),
        ask("UseDiscretion", MARCH[3], arose_on=date(2025, 1, 6), known_on=date(2025, 8, 5)),
        ask("ReferToOmbudsman", MARCH[4], body="housing_ombudsman"),
        ask("RecordEvidenceRequest", MARCH[5], items=("policies", "photographs", "tenancy"),
            due_on=MARCH[19]),
        ask("SupplyEvidence", MARCH[10], number=1, items=("policies",)),
        ask("SupplyEvidence", MARCH[20], number=1, items=("tenancy",), not_held=("photographs",)),
        ask("RecordDetermination", MARCH[23], finding="service_failure"),
        ask("RecordOrder", MARCH[23], kind="apology", due_on=MARCH[31]),
        ask("RecordOrder", MARCH[23], kind="repair", due_on=APRIL[1]),
        ask("ComplyWithOrder", MARCH[30], number=1),
        steps.closed(APRIL[2], words=A_REASON), until=APRIL[10], alone=True,
    )  # fmt: skip


def people() -> History:
    """Who speaks, who may not decide, what is done differently, and who may see the case."""
    return lived(
        opened(), steps.acknowledged(MARCH[3]),
        ask("NameRepresentative", MARCH[3], relation="advocate"),
        ask("GiveConsent", MARCH[3], number=1, scope="progress", until=MARCH[31]),
        ask("ShareWithRepresentative", MARCH[4], number=1, scope="progress"),
        ask("WithdrawConsent", MARCH[5], number=1),
        ask("GiveConsent", MARCH[6], number=1, scope="everything", until=MARCH[31]),
        ask("ShareWithRepresentative", MARCH[31], number=1, scope="response"),
        ask("NameRepresentative", MARCH[6], relation="member"),
        ask("GiveConsent", MARCH[6], number=2, scope="response"),
        ask("ShareWithRepresentative", MARCH[9], number=2, scope="response", redacted=True),
        ask("DeclareConflict", MARCH[4], officer=CHIEF, interest="relative"),
        ask("WithdrawConflict", MARCH[5], officer=CHIEF),
        ask("DeclareConflict", MARCH[5], officer=MANAGER, interest="line_manager"),
        ask("RestrictBehaviour", MARCH[5], kind="one_contact", review_on=MARCH[16]),
        ask("ReviewRestriction", MARCH[13], number=1, review_on=MARCH[30]),
        ask("ReviewRestriction", MARCH[31], number=1),
        ask("MakeAdjustment", MARCH[5], kind="interpreter", review_on=MARCH[16], language="so"),
        ask("ReviewAdjustment", MARCH[16], number=1, review_on=APRIL[1]),
        ask("MakeAdjustment", MARCH[17], kind="audio", review_on=APRIL[2]),
        ask("ReviewAdjustment", APRIL[1], number=1),
        ask("RestrictAccess", MARCH[6], mark="staff_conduct", roles=("manager", "director"),
            actor_role="director"),
        steps.withdrawn(MARCH[25]), until=APRIL[9], alone=True,
    )  # fmt: skip


def work() -> History:
    """What the complaint is, what others give to it, updates, lessons, mediation, a petition."""
    return lived(
        opened(), steps.acknowledged(MARCH[3]),
        ask("DefineComplaint", MARCH[3], part="complaint"),
        ask("DefineComplaint", MARCH[4], part="complaint", agreed=True),
        ask("DefineComplaint", MARCH[4], part="desired_outcome", agreed=True),
        ask("AddIssue", MARCH[4], category="noise"),
        ask("SplitIssue", MARCH[5], number=3, to_reference="RB-2026-000002"),
        ask("AddIssue", MARCH[5], category="heating"),
        ask("LinkCase", MARCH[5], to_reference="RB-2026-000002", relation="split_off"),
        ask("AskContribution", MARCH[5], of="repairs", due_on=MARCH[9]),
        ask("AskContribution", MARCH[5], of="council", due_on=MARCH[30]),
        ask("GiveContribution", MARCH[10], number=1),
        ask("AddDocument", MARCH[5], **A_PHOTO),
        ask("AddDocument", MARCH[5], **A_PHOTO | {"kind": "letter", "brought_by": "officer"}),
        ask("RemoveDocument", MARCH[6], number=2, reason="wrong_case"),
        ask("AgreeUpdates", MARCH[5], every_working_days=5),
        ask("GiveUpdate", MARCH[11], channel=Channel.PHONE),
        ask("AddInformation", MARCH[11], about="case"),
        ask("IssueAccessCode", MARCH[11]),
        ask("AgreeUpdates", MARCH[12], every_working_days=3, agreed=False),
        ask("RecordLearning", MARCH[12], cause="records", action="training", owner=MANAGER,
            due_on=MARCH[31]),
        ask("CompleteLearning", APRIL[1], number=1),
        ask("ShareLearning", APRIL[1], number=1, audience="staff"),
        ask("OfferMediation", MARCH[12]),
        ask("AnswerMediation", MARCH[13], number=1, result="declined"),
        ask("MarkPetition", MARCH[13], signatures=40),
        ask("OfferPetitionMeeting", MARCH[13]),
        ask("ChangePetitionContact", MARCH[13]),
        ask("MakePromise", MARCH[13], by=MARCH[30], owner=TEAM),
        ask("MarkConcern", MARCH[13], concern="data", span=Span(30, Unit.CALENDAR_DAYS),
            cited=DATA, responsible="manager"),
        ask("AskReferralPermission", MARCH[13], to_organisation="council", channel=Channel.PHONE),
        ask("AnswerReferralPermission", MARCH[13], number=1, permitted=True,
            channel=Channel.EMAIL),
        ask("ReferToOrganisation", MARCH[16], number=1),
        ask("WithdrawReferralPermission", MARCH[17], number=1),
        steps.closed(MARCH[18], words=A_REASON),
        ask("KeepPromise", MARCH[27], number=1), until=APRIL[20],
    )  # fmt: skip


def other_routes() -> History:
    """A question that becomes a complaint, an enquiry that is forwarded, a request remedied."""
    return (
        *lived(
            opened(Route.QUERY),
            ask("ChangeRoute", MARCH[4], to_route=Route.COMPLAINT, agreed=True),
            steps.acknowledged(MARCH[4], "13:00"),
            ask("ChangeRoute", MARCH[5], to_route=Route.MEMBERS_ENQUIRY, agreed=True),
            ask("ForwardEnquiry", MARCH[5], channel=Channel.EMAIL,
                copied_to=("line_manager", "chief_executive")),
            until=MARCH[9],
        ),
        *lived(
            opened(Route.SERVICE_REQUEST), ask("RemedyServiceRequest", MARCH[4]),
            steps.closed(MARCH[5], words=A_REASON), until=MARCH[9],
        ),
    )  # fmt: skip


SOME_WORDS, OTHER_WORDS = WordsReference("words-1", "aa"), WordsReference("words-2", "bb")
HISTORY: tuple[tuple[str, str, dict[str, Any]], ...] = (
    ("received", "2026-03-02", {}),
    ("contact_attempted", "2026-03-02", {"channel": Channel.PHONE, "words": SOME_WORDS}),
    ("acknowledged", "2026-03-10", {"channel": Channel.EMAIL, "words": SOME_WORDS}),
    ("contacted", "2026-03-10", {"channel": Channel.PHONE, "words": SOME_WORDS}),
    ("allocated", "2026-03-10", {"handlers": (MANAGER,)}),
    ("extension", "2026-03-11", {"to": MARCH[31], "agreed": True, "reason_words": OTHER_WORDS}),
    ("extension", "2026-03-12", {"to": MARCH[20], "words": SOME_WORDS}),
    ("holding_response", "2026-03-12", {"to": APRIL[1], "reason_words": OTHER_WORDS}),
    ("draft_submitted", "2026-03-13", {"words": SOME_WORDS}),
    ("approved", "2026-03-16", {}),
    ("extension", "2026-04-02", {"to": APRIL[10], "words": SOME_WORDS}),
    ("response", "2026-04-07", {"outcome": Outcome.UPHELD, "channel": Channel.LETTER,
                                "words": SOME_WORDS}),
    ("compensation_offered", "2026-04-07", {"amount_pence": 5000, "words": SOME_WORDS}),
    ("promise_made", "2026-04-07", {"to": APRIL[17], "words": SOME_WORDS}),
    ("promise_made", "2026-04-07", {"to": APRIL[7], "words": SOME_WORDS}),
    ("promise_made", "2026-04-07", {"to": APRIL[1], "words": SOME_WORDS}),
    ("promise_made", "2026-04-07", {"words": SOME_WORDS}),
    *(("promise_kept", "2026-04-20", {"words": SOME_WORDS}),) * 5,
    ("escalation_requested", "2026-04-20", {"channel": Channel.PHONE,
                                            "reason_words": OTHER_WORDS}),
    ("escalation_requested", "2026-04-21", {"stage": 2, "words": SOME_WORDS}),
    ("escalation_acknowledged", "2026-04-21", {"channel": Channel.LETTER, "words": SOME_WORDS}),
    ("note", "2026-04-21", {"stage": 1, "words": SOME_WORDS}),
    ("response", "2026-05-18", {"outcome": Outcome.NOT_UPHELD, "words": SOME_WORDS}),
    ("closed", "2026-05-19", {"reason_words": OTHER_WORDS}),
    ("ombudsman_referral", "2026-05-20", {"words": SOME_WORDS}),
    ("ombudsman_determination", "2026-06-19", {"to": date(2026, 6, 18), "words": SOME_WORDS}),
    ("ombudsman_determination", "2026-06-20", {"to": date(2026, 6, 20), "words": SOME_WORDS}),
    ("reopened", "2026-06-22", {"reason_words": OTHER_WORDS}),
    ("withdrawn", "2026-06-23", {"reason_words": OTHER_WORDS}),
)  # fmt: skip


def imported(
    route: Route = Route.COMPLAINT, told: tuple[tuple[str, str, dict[str, Any]], ...] = HISTORY
) -> History:
    """A history of days without times, as another system kept it."""
    opening = replace(
        steps.opened(MARCH[2], issues=(Issue(1, "repairs"),), route=route),
        happened=Moment(MARCH[2]), received=Moment(MARCH[2]), actor="officer-import",
    )  # fmt: skip
    facts = tuple(
        HistoricFact(
            what=what, moment=Moment(date.fromisoformat(on)),
            known_at=instant(date.fromisoformat(on) + timedelta(days=1)), **fields,
        )
        for what, on, fields in told
    )  # fmt: skip
    return record_history(opening, facts, every_rule(), england(), overlay=beside())


def imported_from_other_routes() -> History:
    """An enquiry that was forwarded, and a request that was remedied."""
    forwarded = ("forwarded", "2026-03-03", {"channel": Channel.EMAIL, "words": SOME_WORDS})
    remedied = ("remedied", "2026-03-03", {"words": SOME_WORDS})
    return (
        *imported(Route.MEMBERS_ENQUIRY, (forwarded,)),
        *imported(Route.SERVICE_REQUEST, (remedied,)),
    )


LIVES: dict[str, Callable[[], History]] = {
    "both stages, held and extended": held_and_extended,
    "nothing in time": nothing_in_time,
    "late to the next stage": late_to_the_next_stage,
    "kept out, and taken after all": kept_out,
    "at the Ombudsman": at_the_ombudsman,
    "people": people,
    "work": work,
    "other routes": other_routes,
    "imported": imported,
    "imported from other routes": imported_from_other_routes,
}

"""What goes on beside the stages of a case, subject by subject, each from its beginning to its end:
the courses that chance takes in one go, so that it comes to every kind of fact.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from typing import Any

from services.workflow.domain import further
from services.workflow.domain.commands import FurtherCommand, RecountDeadlines
from services.workflow.domain.subjects import (
    admission,
    compensation,
    concerns,
    contributions,
    definition,
    documents,
    following,
    hearings,
    learning,
    mediation,
    notes,
    ombudsman,
    other_routes,
    panel,
    promises,
    referrals,
    representation,
    restrictions,
    triage,
    updates,
)
from shared.complaints.values import Channel, Moment, PanelSeat, Route
from shared.policies.policy import Citation, Span, Unit
from tests.complaints.life import Life
from tests.complaints.steps import A_LETTER

OTHER_CASE = "RB-2026-000002"
EVERY_LEVEL = 10**9
A_PHOTO: dict[str, Any] = {
    "document": "0c0b7f50-5a43-4b58-9d63-5b1b7a1f6e21",
    "kind": "photo",
    "media_type": "image/jpeg",
    "size": 204_800,
    "brought_by": "complainant",
}
Step = tuple[type[FurtherCommand], dict[str, Any]]
Subject = Callable[[Life, Sequence[str]], Iterator[Step]]


def go_on_with(life: Life, subject: Subject, officers: Sequence[str]) -> None:
    """Give the commands of a subject one after the other; what is refused is left out."""
    for place, (kind, fields) in enumerate(subject(life, officers)):
        actor = officers[place % len(officers)]
        now = Moment(life.today, life.now)
        asked: dict[str, Any] = {"words": A_LETTER, "actor": actor} | fields
        life.give(kind(happened=now, **asked))


def recount(life: Life, days: int) -> None:
    """A day to come is closed, by law or by the landlord alone, and what runs is counted again."""
    life.close_a_day(life.today + timedelta(days=days), by_law=days % 2 == 0)
    now = Moment(life.today, life.now)
    life.give(RecountDeadlines(happened=now, actor="system", reason="A day is closed."))


def _latest(life: Life, kind: str) -> int:
    return len(life.state.further.of(kind))


def _in(life: Life, days: int) -> Any:
    return life.today + timedelta(days=days)


def _promise(life: Life, officers: Sequence[str]) -> Iterator[Step]:
    yield promises.MakePromise, {"by": _in(life, 5), "owner": officers[0]}
    number = _latest(life, further.PROMISE)
    if life.now.day % 2:  # else it goes late
        yield promises.KeepPromise, {"number": number}
        yield promises.TellPromiseKept, {"number": number, "channel": Channel.PHONE}


def _define(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    yield definition.DefineComplaint, {"part": "complaint", "agreed": True}
    yield definition.AddIssue, {"category": "heating"}
    yield definition.SplitIssue, {"number": max(life.state.issues), "to_reference": OTHER_CASE}
    yield triage.LinkCase, {"to_reference": OTHER_CASE, "relation": "split_off"}


def _reroute(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    route = life.state.route
    yield triage.ChangeRoute, {"to_route": Route.BOARD_ENQUIRY, "agreed": True}
    yield other_routes.ForwardEnquiry, {"channel": Channel.EMAIL}
    yield triage.ChangeRoute, {"to_route": Route.SERVICE_REQUEST, "agreed": True}
    yield other_routes.RemedyServiceRequest, {}
    yield triage.ChangeRoute, {"to_route": route, "agreed": True}


def _admit(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    yield admission.RecordStanding, {"standing": "tenant"}
    yield admission.UseDiscretion, {"arose_on": life.state.received.on - timedelta(days=500)}


def _represent(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    yield representation.NameRepresentative, {"relation": "advocate"}
    number = _latest(life, further.REPRESENTATIVE)
    asked = {"number": number, "scope": "everything"}
    yield representation.GiveConsent, asked | {"until": _in(life, 3)}
    yield representation.ShareWithRepresentative, asked
    if life.now.day % 2:  # else it ends by itself
        yield representation.WithdrawConsent, {"number": number}


def _declare(_life: Life, officers: Sequence[str]) -> Iterator[Step]:
    yield panel.DeclareConflict, {"officer": officers[0], "interest": "relative"}
    yield panel.WithdrawConflict, {"officer": officers[0]}


def sit(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    """A panel of people who took no part before: convened, heard, reported."""
    stage = life.policy.stage(life.state.stage)
    wanted = len(stage.considered_by) if stage else 1
    seats = tuple(PanelSeat(f"officer-of-the-panel-{seat}", None) for seat in range(wanted))
    yield panel.ConvenePanel, {"seats": seats, "hearing_on": _in(life, 0)}
    yield panel.ArrangeHearing, {"hearing_on": life.today, "companion": True}
    present = tuple(seat.officer for seat in seats)
    yield hearings.RecordHearing, {"present": present, "complainant": True}
    yield panel.SubmitPanelReport, {}


def _compensate(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    yield compensation.OfferCompensation, {"amount_pence": 25_000}
    number = _latest(life, further.COMPENSATION)
    approval = {"actor_role": "complaints_team", "limit_pence": EVERY_LEVEL}
    yield compensation.ApproveCompensation, approval | {"number": number}
    yield compensation.AnswerCompensation, {"number": number, "accepted": True}
    yield compensation.PayCompensation, {"number": number}


def go_to_the_ombudsman(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    """A refusal is overturned where there was one; then evidence, a decision and its order."""
    items = ("policies", "tenancy")
    yield ombudsman.OverturnRefusal, {}
    yield ombudsman.ReferToOmbudsman, {"body": "housing_ombudsman"}
    yield ombudsman.RecordEvidenceRequest, {"items": items, "due_on": _in(life, 10)}
    number = _latest(life, further.EVIDENCE)
    yield ombudsman.SupplyEvidence, {"number": number, "items": items}
    yield ombudsman.RecordDetermination, {"finding": "service_failure"}
    yield ombudsman.RecordOrder, {"kind": "apology", "due_on": _in(life, 20)}
    yield ombudsman.ComplyWithOrder, {"number": _latest(life, further.ORDER)}


def _ask_others(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    yield contributions.AskContribution, {"of": "repairs", "due_on": _in(life, 4)}
    yield contributions.GiveContribution, {"number": _latest(life, further.CONTRIBUTION)}
    yield updates.AgreeUpdates, {"every_working_days": 3, "agreed": True}
    yield updates.GiveUpdate, {"channel": Channel.PHONE}
    yield following.AddInformation, {"about": following.OF_THE_CASE}
    yield following.IssueAccessCode, {}
    yield documents.AddDocument, A_PHOTO
    removed = {"number": _latest(life, further.DOCUMENT), "reason": "wrong_case"}
    yield documents.RemoveDocument, removed


def _mediate(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    yield mediation.OfferMediation, {}
    answer = {"number": _latest(life, further.MEDIATION), "result": "declined"}
    yield mediation.AnswerMediation, answer
    yield mediation.MarkPetition, {"signatures": 12}
    yield mediation.OfferPetitionMeeting, {}
    yield mediation.ChangePetitionContact, {}


def _restrict(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    review_on = _in(life, 6)
    yield restrictions.RestrictBehaviour, {"kind": "one_contact", "review_on": review_on}
    yield restrictions.ReviewRestriction, {"number": _latest(life, further.RESTRICTION)}
    yield restrictions.MakeAdjustment, {"kind": "large_print", "review_on": review_on}
    yield restrictions.ReviewAdjustment, {"number": _latest(life, further.ADJUSTMENT)}
    marked = {"mark": "staff_conduct", "roles": ("manager",), "actor_role": "manager"}
    yield restrictions.RestrictAccess, marked


def _worry(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    clock = {
        "span": Span(24, Unit.ELAPSED_HOURS),
        "cited": Citation("A hazard is made safe within 24 hours.", "The regulations"),
        "responsible": "manager",
    }
    yield concerns.MarkConcern, {"concern": "hazard_emergency"} | clock
    yield concerns.DealWithConcern, {"number": _latest(life, further.CONCERN)}


def _learn(life: Life, officers: Sequence[str]) -> Iterator[Step]:
    learned = {"cause": "delay", "action": "training", "owner": officers[0]}
    yield learning.RecordLearning, learned | {"due_on": _in(life, 30)}
    number = _latest(life, further.LEARNING)
    yield learning.CompleteLearning, {"number": number}
    yield learning.ShareLearning, {"number": number, "audience": "staff"}


def _refer(life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    asked = {"to_organisation": "riverside", "channel": Channel.PHONE}
    yield referrals.AskReferralPermission, asked
    number = _latest(life, further.REFERRAL)
    permitted = {"number": number, "permitted": True, "channel": Channel.PHONE}
    yield referrals.AnswerReferralPermission, permitted
    yield referrals.ReferToOrganisation, {"number": number}
    yield referrals.WithdrawReferralPermission, {"number": number}


def _note(_life: Life, _officers: Sequence[str]) -> Iterator[Step]:
    yield notes.AddNote, {}


SUBJECTS: tuple[Subject, ...] = (
    _promise, _define, _reroute, _admit, _admit, _represent, _declare, sit, _compensate,
    go_to_the_ombudsman, _ask_others, _mediate, _restrict, _worry, _learn, _refer, _note,
)  # fmt: skip

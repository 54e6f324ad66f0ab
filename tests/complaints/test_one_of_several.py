"""Of several things of one kind each has its own number and standing: what was done to one is not done to it twice."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.workflow.domain import further
from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.subjects import (
    compensation,
    concerns,
    contributions,
    documents,
    learning,
    mediation,
    ombudsman,
    panel,
    promises,
    referrals,
    representation,
    restrictions,
)
from shared.complaints import events as told
from shared.complaints.values import Channel
from shared.policies.named_rules import as_stated
from shared.policies.policy import Citation, Span, Unit
from tests.complaints.further_courses import A_PHOTO
from tests.complaints.further_steps import (
    FRI_6_MAR,
    FRI_26_JUN,
    MON_9_MAR,
    MON_30_MAR,
    TUE_3_MAR,
    WED_4_MAR,
    a_case,
    ask,
)
from tests.complaints.refusals_of_stages import MON_16_MAR, at_stage_two
from tests.complaints.steps import A_LETTER, CHIEF, HEAD, MANAGER, TEAM
from tests.support.complaint_spec import Spec

LAW = Citation("Made safe in 24 hours.", "Regulations")
Asking = tuple[type[FurtherCommand], dict[str, Any]]

OFFER: Asking = (compensation.OfferCompensation, {"amount_pence": 100, "actor": MANAGER})
APPROVE: Asking = (compensation.ApproveCompensation, {"limit_pence": 100})
ACCEPT: Asking = (compensation.AnswerCompensation, {"accepted": True})
PAY: Asking = (compensation.PayCompensation, {})
MARK: Asking = (
    concerns.MarkConcern,
    {
        "concern": "hazard_emergency",
        "span": Span(24, Unit.ELAPSED_HOURS),
        "cited": LAW,
        "responsible": "manager",
    },
)
LEARN: Asking = (
    learning.RecordLearning,
    {
        "cause": learning.CAUSES[0],
        "action": learning.ACTIONS[0],
        "owner": MANAGER,
        "due_on": MON_30_MAR,
    },
)
ASK_AREA: Asking = (contributions.AskContribution, {"of": "repairs", "due_on": MON_30_MAR})
MEDIATE: Asking = (mediation.OfferMediation, {})
REFER: Asking = (ombudsman.ReferToOmbudsman, {"body": "housing_ombudsman"})
EVIDENCE: Asking = (
    ombudsman.RecordEvidenceRequest,
    {"items": ("complaint_file",), "due_on": MON_30_MAR},
)
DECIDED: Asking = (ombudsman.RecordDetermination, {"finding": "maladministration"})
ORDER: Asking = (ombudsman.RecordOrder, {"kind": "repair", "due_on": FRI_26_JUN})
MAY_WE, MAY_WE_TOO = (
    (referrals.AskReferralPermission, {"to_organisation": to, "channel": Channel.PHONE})
    for to in ("council", "almo")
)
YES: Asking = (
    referrals.AnswerReferralPermission,
    {"permitted": True, "channel": Channel.PHONE},
)
LIMIT: Asking = (
    restrictions.RestrictBehaviour,
    {"kind": "one_contact", "review_on": MON_30_MAR},
)
ADJUST: Asking = (restrictions.MakeAdjustment, {"kind": "large_print", "review_on": MON_30_MAR})
NAME: Asking = (representation.NameRepresentative, {"relation": "friend"})
PROMISE: Asking = (promises.MakePromise, {"by": MON_30_MAR, "owner": MANAGER})
KEEP: Asking = (documents.AddDocument, A_PHOTO)
TAKE_OFF: Asking = (documents.RemoveDocument, {"reason": "added_twice"})
FOR_BOTH = (1, 2)


def lived(*asked: Asking, numbered: tuple[Asking, ...] = ()) -> Spec:
    """A case after these commands, and after those which are given for its first two entries."""
    case = a_case()
    for command, fields in asked:
        case = case.after(ask(command, TUE_3_MAR, **fields))
    for command, fields in numbered:
        for number in FOR_BOTH:
            case = case.after(ask(command, WED_4_MAR, number=number, **fields))
    return case


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (further.COMPENSATION, (OFFER, OFFER)),
        (further.CONCERN, (MARK, MARK)),
        (further.LEARNING, (LEARN, LEARN)),
        (further.CONTRIBUTION, (ASK_AREA, ASK_AREA)),
        (further.MEDIATION, (MEDIATE, MEDIATE)),
        (further.EVIDENCE, (REFER, EVIDENCE, EVIDENCE)),
        (further.ORDER, (REFER, DECIDED, ORDER, ORDER)),
        (further.REFERRAL, (MAY_WE, MAY_WE_TOO)),
        (further.RESTRICTION, (LIMIT, LIMIT)),
        (further.ADJUSTMENT, (ADJUST, ADJUST)),
        (further.DOCUMENT, (KEEP, KEEP)),
    ],
)
def test_the_second_of_a_kind_has_the_next_number(kind: str, asked: tuple[Asking, ...]) -> None:
    case = lived(*asked)
    assert [entry.number for entry in case.state.further.of(kind)] == [1, 2]


@pytest.mark.parametrize(
    ("asked", "entry"),
    [
        ((OFFER,), {"kind": "compensation", "standing": "offered", "amount_pence": 100,
                    "actor": MANAGER}),
        ((NAME,), {"kind": "representative", "standing": "without consent", "about": "friend",
                   "relation": "friend"}),
        ((MARK,), {"kind": "concern", "standing": "open", "about": "hazard_emergency"}),
        ((LEARN,), {"kind": "learning", "standing": "open", "until": MON_30_MAR}),
        ((ASK_AREA,), {"kind": "contribution", "standing": "asked", "about": "repairs",
                       "until": MON_30_MAR}),
        ((MEDIATE,), {"kind": "mediation", "standing": "offered"}),
        ((REFER, EVIDENCE), {"kind": "evidence_request", "standing": "requested",
                             "until": MON_30_MAR, "items": ("complaint_file",)}),
        ((REFER, DECIDED, ORDER), {"kind": "ombudsman_order", "standing": "ordered",
                                   "about": "repair", "until": FRI_26_JUN}),
        ((MAY_WE,), {"kind": "referral", "standing": "asked", "about": "council"}),
        ((LIMIT,), {"kind": "restriction", "standing": "in force", "about": "one_contact",
                    "until": MON_30_MAR}),
        ((PROMISE,), {"kind": "promise", "standing": "made", "until": MON_30_MAR}),
    ],
    ids=lambda each: each["kind"] if isinstance(each, dict) else "",
)  # fmt: skip
def test_the_case_holds_what_it_is_about_until_when_and_how_much(
    asked: tuple[Asking, ...], entry: dict[str, Any]
) -> None:
    known: dict[str, Any] = {"number": 1, "stage": 1, "actor": TEAM}
    assert lived(*asked).state.further.entries == (further.Entry(**(known | entry)),)


@pytest.mark.parametrize(
    ("before", "done", "stands", "rule"),
    [
        (lambda: lived(OFFER, OFFER), APPROVE, "compensation 1 stands as approved",
         compensation.LEVELS),
        (lambda: lived(OFFER, OFFER, numbered=(APPROVE,)), ACCEPT,
         "compensation 1 stands as accepted", compensation.LEVELS),
        (lambda: lived(OFFER, OFFER, numbered=(APPROVE, ACCEPT)), PAY,
         "compensation 1 stands as paid", compensation.LEVELS),
        (lambda: lived(MARK, MARK), (concerns.DealWithConcern, {}),
         "concern 1 stands as dealt with", concerns.BESIDE),
        (lambda: lived(KEEP, KEEP), TAKE_OFF, "document 1 stands as removed", documents.FULL_RECORD),
        (lambda: lived(ASK_AREA, ASK_AREA), (contributions.GiveContribution, {}),
         "contribution 1 stands as given", contributions.ASKED),
        (lambda: lived(LEARN, LEARN), (learning.CompleteLearning, {}),
         "learning 1 stands as done", learning.LEARNED),
        (lambda: lived(MEDIATE, MEDIATE), (mediation.AnswerMediation, {"result": "settled"}),
         "mediation 1 stands as answered", mediation.OFFERED),
        (lambda: lived(REFER, EVIDENCE, EVIDENCE),
         (ombudsman.SupplyEvidence, {"items": ("complaint_file",)}),
         "evidence request 1 stands as supplied", ombudsman.EVIDENCE),
        (lambda: lived(REFER, DECIDED, ORDER, ORDER), (ombudsman.ComplyWithOrder, {}),
         "ombudsman order 1 stands as complied", ombudsman.ORDERED),
        (lambda: lived(MAY_WE, MAY_WE_TOO, numbered=(YES,)), (referrals.ReferToOrganisation, {}),
         "referral 1 stands as referred", referrals.REFERRAL),
        (lambda: lived(LIMIT, LIMIT), (restrictions.ReviewRestriction, {}),
         "restriction 1 stands as ended", restrictions.BEHAVIOUR),
        (lambda: lived(ADJUST, ADJUST), (restrictions.ReviewAdjustment, {}),
         "adjustment 1 stands as ended", restrictions.ADJUSTED),
    ],
    ids=lambda each: each if isinstance(each, str) else "",
)  # fmt: skip
def test_what_was_done_to_one_is_refused_a_second_time_by_the_rule_that_asks_for_it(
    before: Callable[[], Spec], done: Asking, stands: str, rule: Citation
) -> None:
    """Another one of its kind still waits, so the command as such may be given."""
    command, fields = done
    case = before().after(ask(command, FRI_6_MAR, number=1, **fields))
    stated = as_stated(rule, case.policy, case.overlay)
    again = case.when(ask(command, MON_9_MAR, number=1, **fields))
    again.then_refused(f"The {stands}.", clause=stated.clause)
    assert again.refusal is not None
    assert again.refusal.rule == stated.rule


def test_a_review_that_keeps_a_limit_moves_its_day() -> None:
    kept = ask(restrictions.ReviewRestriction, FRI_6_MAR, number=1, review_on=FRI_26_JUN)
    (entry,) = lived(LIMIT).after(kept).state.further.of(further.RESTRICTION)
    assert (entry.standing, entry.until) == ("in force", FRI_26_JUN)


def test_a_permission_that_was_not_given_stands_as_declined_and_refers_nothing() -> None:
    no = ask(
        referrals.AnswerReferralPermission,
        WED_4_MAR,
        number=1,
        permitted=False,
        channel=Channel.PHONE,
    )
    case = lived(MAY_WE, MAY_WE_TOO).after(no)
    yes = {"number": 2, "permitted": True, "channel": Channel.PHONE}
    case = case.after(ask(referrals.AnswerReferralPermission, WED_4_MAR, "13:00", **yes))
    refer = ask(referrals.ReferToOrganisation, FRI_6_MAR, number=1)
    case.when(refer).then_refused("The referral 1 stands as declined.")


class TestCompensation:
    """Who may approve how much, and what is recorded of it."""

    def test_a_penny_may_be_offered_and_nothing_may_not(self) -> None:
        a_case().when(ask(compensation.OfferCompensation, TUE_3_MAR, amount_pence=1)).then(
            told.CompensationOffered(1, 1, A_LETTER, 1)
        )
        a_case().when(ask(compensation.OfferCompensation, TUE_3_MAR, amount_pence=0)).then_refused(
            "The offer has no amount."
        )

    @pytest.mark.parametrize(
        ("role", "named"), [("complaints_team", "complaints team"), (None, "not known")]
    )
    def test_a_role_whose_limit_is_lower_is_named_in_words(
        self, role: str | None, named: str
    ) -> None:
        approve = ask(
            compensation.ApproveCompensation, WED_4_MAR, number=1, actor_role=role, limit_pence=99
        )
        lived(OFFER).when(approve).then_refused(f"The role {named} may approve up to £0.99.")

    def test_an_approval_by_a_role_that_is_not_known_says_so(self) -> None:
        approve = ask(compensation.ApproveCompensation, WED_4_MAR, number=1, limit_pence=100)
        lived(OFFER).when(approve).then(
            told.CompensationApproved(1, 1, 100, "not_recorded", A_LETTER)
        )


class TestInterest:
    """Who has an interest in a case."""

    def declared(self, *officers: str) -> Spec:
        case = a_case()
        for officer in officers:
            declare: dict[str, Any] = {"officer": officer, "interest": "relative"}
            case = case.after(ask(panel.DeclareConflict, TUE_3_MAR, **declare))
        return case

    def test_whoever_declares_one_in_a_marked_case_sees_it_no_more(self) -> None:
        roles = ("complaints_team", "manager")
        mark = ask(
            restrictions.RestrictAccess,
            TUE_3_MAR,
            mark="staff_conduct",
            roles=roles,
            actor_role="complaints_team",
        )
        marked = self.declared(HEAD).after(mark)
        declare = ask(panel.DeclareConflict, WED_4_MAR, officer=MANAGER, interest="relative")
        now = marked.after(declare).state.further
        assert marked.state.further.may_see(officer=MANAGER, role="manager")
        assert not now.may_see(officer=MANAGER, role="manager")
        assert not now.may_see(officer=HEAD, role="manager")
        assert now.may_see(officer=CHIEF, role="manager")

    def test_of_several_who_declared_one_the_way_out_names_each(self) -> None:
        withdraw = ask(panel.WithdrawConflict, WED_4_MAR, officer=CHIEF)
        self.declared(MANAGER, HEAD).when(withdraw).then_refused(
            f"Officer {CHIEF} has declared no interest.",
            way_out=f"Choose from: {HEAD}, {MANAGER}.",
        )

    def test_at_a_stage_that_the_policy_has_no_more_no_panel_is_convened(self) -> None:
        """The policy was made shorter while the case was at its second stage."""
        case = at_stage_two()
        shorter = replace(case, policy=replace(case.policy, stages=case.policy.stages[:1]))
        convene = ask(panel.ConvenePanel, MON_16_MAR, seats=())
        outcome = shorter.when(convene)
        outcome.then_refused(clause="13")
        assert str(outcome.refusal) == (
            "The policy knows no such stage. The complainant may go to an Ombudsman."
        )


class TestConsent:
    """Of two who speak for the complainant, only the one with consent is told anything."""

    def two_representatives(self, until: date | None) -> Spec:
        case = lived(NAME, NAME)
        for number in FOR_BOTH:
            consent = {"number": number, "scope": "everything"}
            until_first = until if number == 1 else None
            case = case.after(
                ask(representation.GiveConsent, TUE_3_MAR, "13:00", until=until_first, **consent)
            )
        return case

    def share(self, on: date) -> FurtherCommand:
        return ask(representation.ShareWithRepresentative, on, number=1, scope="progress")

    def test_a_consent_that_was_taken_back_is_none_and_did_not_end(self) -> None:
        back = ask(representation.WithdrawConsent, WED_4_MAR, number=1)
        outcome = self.two_representatives(until=FRI_6_MAR).after(back).when(self.share(WED_4_MAR))
        outcome.then_refused("There is no consent.")
        assert str(outcome.refusal).startswith("There is no consent. Answer the complainant")

    def test_a_consent_that_ended_is_told_with_its_day(self) -> None:
        outcome = self.two_representatives(until=FRI_6_MAR).when(self.share(MON_9_MAR))
        outcome.then_refused(f"The consent ended on {FRI_6_MAR}.")

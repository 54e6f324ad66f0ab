"""Panels, money, the Ombudsman, others who are asked, reviews, marks, clocks in law: does it, says
no, stays quiet.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.subjects import (
    compensation,
    concerns,
    contributions,
    mediation,
    ombudsman,
    panel,
    restrictions,
)
from shared.complaints import events as told
from shared.complaints.values import (
    PanelSeat,
)
from shared.policies.named_rules import NOT_STATED
from shared.policies.policy import Citation, Span, Unit
from tests.complaints.further_steps import (
    FRI_3_JUL,
    FRI_6_MAR,
    FRI_26_JUN,
    MON_2_MAR,
    MON_9_MAR,
    MON_16_MAR,
    MON_30_MAR,
    SAT_27_JUN,
    TUE_3_MAR,
    TUE_17_MAR,
    WED_4_MAR,
    a_case,
    ask,
)
from tests.complaints.steps import (
    A_LETTER,
    A_REASON,
    CHIEF,
    MANAGER,
    PANEL,
    TEAM,
    allocated,
    approved,
    checked_and_answered,
    closed,
    contacted,
    drafted,
    escalated,
    opened,
    refused,
)
from tests.support.complaint_spec import CODE, Spec, due, given

LATE_EVIDENCE = "Complaint Handling Failure Orders, type 2: delay in giving information"


class TestPanel:
    """Procedure, Stage Three; Staff guidance 6.6 and 6.7."""

    def at_stage_three(self) -> Spec:
        two = given(
            opened(MON_2_MAR), *[(each,) for each in checked_and_answered(TUE_3_MAR)],
            escalated(WED_4_MAR),
        )  # fmt: skip
        head = "officer-head-of-housing"
        for command in (*checked_and_answered(FRI_6_MAR, by=head), escalated(MON_9_MAR)):
            two = two.after(command)
        return two

    def convene(self, *seats: PanelSeat, on: date = MON_9_MAR) -> FurtherCommand:
        return ask(panel.ConvenePanel, on, "15:00", seats=seats, hearing_on=MON_30_MAR)

    def seats(self, *roles: str | None) -> tuple[PanelSeat, ...]:
        return tuple(PanelSeat(officer, role) for officer, role in zip(PANEL, roles, strict=True))

    def test_a_panel_fills_every_seat_in_any_order_and_considers_the_stage(self) -> None:
        seats = self.seats("board_member", "chief_executive", "independent_member")
        case = (
            self.at_stage_three()
            .when(self.convene(*seats))
            .then_among_others(
                told.PanelConvened(3, seats, MON_30_MAR, A_LETTER),
                told.ComplaintAllocated(3, PANEL),
            )
        )
        case = case.after(
            ask(panel.ArrangeHearing, MON_16_MAR, hearing_on=MON_30_MAR, companion=True)
        )
        case.when(ask(panel.SubmitPanelReport, MON_30_MAR)).then_among_others(
            told.PanelReported(3, A_LETTER)
        )

    def test_a_role_that_fills_no_seat_too_few_and_an_earlier_decider_are_refused(self) -> None:
        case = self.at_stage_three()
        wrong = self.seats("chief_executive", "director", "manager")
        case.when(self.convene(*wrong)).then_refused("fills a seat of their own")
        case.when(self.convene(*self.seats(None, None, None)[:2])).then_refused("2 were named")
        earlier = (PanelSeat(MANAGER), *self.seats(None, None, None)[1:])
        case.when(self.convene(*earlier)).then_refused("took part at an earlier stage")
        case.when(ask(panel.SubmitPanelReport, MON_30_MAR)).then_refused("No panel was convened")
        a_case().when(self.convene(*self.seats(None, None, None))).then_refused("not by a panel")

    def test_whoever_declares_an_interest_considers_nothing_any_more_at_any_stage(self) -> None:
        case = a_case(under="kctmo-2010").after(
            ask(panel.DeclareConflict, TUE_3_MAR, officer=MANAGER, interest="relative")
        )
        clause = NOT_STATED  # the policy does not, and none runs beside it
        case.when(allocated(WED_4_MAR, MANAGER)).then_refused("has an interest", clause=clause)
        case.when(drafted(WED_4_MAR, by=MANAGER)).then_refused("has an interest", clause=clause)
        team = case.after(ask(panel.DeclareConflict, WED_4_MAR, officer=TEAM, interest="other"))
        team.after(drafted(FRI_6_MAR, by=CHIEF)).when(approved(FRI_6_MAR)).then_refused("interest")
        case.when(allocated(WED_4_MAR, CHIEF)).then_among_others(
            told.ComplaintAllocated(1, (CHIEF,))
        )


class TestCompensation:
    """Policy 2.8; Staff guidance 2.1."""

    def offered(self) -> Spec:
        offer = ask(compensation.OfferCompensation, TUE_3_MAR, amount_pence=25_000, actor=MANAGER)
        return a_case().after(offer)

    def approve(self, limit: int, **more: object) -> FurtherCommand:
        fields: dict[str, Any] = {"actor_role": "complaints_team", "limit_pence": limit}
        return ask(compensation.ApproveCompensation, WED_4_MAR, number=1, **(fields | more))

    def test_offered_approved_accepted_paid(self) -> None:
        case = (
            self.offered()
            .when(self.approve(25_000))
            .then(told.CompensationApproved(1, 1, 25_000, "complaints_team", A_LETTER))
        )
        case = case.when(
            ask(compensation.AnswerCompensation, FRI_6_MAR, number=1, accepted=True)
        ).then_among_others(told.CompensationAnswered(1, 1, accepted=True, words=A_LETTER))
        case = case.when(ask(compensation.PayCompensation, MON_9_MAR, number=1)).then_among_others(
            told.CompensationPaid(1, 1, 25_000, A_LETTER)
        )
        case.when(ask(compensation.PayCompensation, MON_16_MAR, number=1)).then_refused("no comp")

    def test_not_beyond_the_level_not_ones_own_and_nothing_unapproved_is_paid(self) -> None:
        self.offered().when(self.approve(24_999)).then_refused("£249.99", way_out="£250.00")
        self.offered().when(self.approve(99_999, actor=MANAGER)).then_refused("their own offer")
        self.offered().when(ask(compensation.PayCompensation, WED_4_MAR, number=1)).then_refused(
            "no compensation", clause=NOT_STATED
        )
        declined = (
            self.offered()
            .after(self.approve(25_000))
            .after(ask(compensation.AnswerCompensation, FRI_6_MAR, number=1, accepted=False))
        )
        declined.when(ask(compensation.PayCompensation, MON_9_MAR, number=1)).then_refused("no")


class TestOmbudsman:
    """Code 1.9, 2.4 and 7.3."""

    def referred(self) -> Spec:
        return a_case().after(ask(ombudsman.ReferToOmbudsman, MON_9_MAR, body="housing_ombudsman"))

    def test_evidence_is_due_by_the_day_of_the_letter_and_met_once_all_of_it_went(self) -> None:
        items = ("complaint_file", "repair_history")
        case = (
            self.referred()
            .when(ask(ombudsman.RecordEvidenceRequest, MON_16_MAR, items=items, due_on=MON_30_MAR))
            .then_among_others(due("evidence_request 1", MON_30_MAR, clause=LATE_EVIDENCE))
        )
        supply = ask(ombudsman.SupplyEvidence, TUE_17_MAR, number=1, items=("complaint_file",))
        case = case.when(supply).then_among_others(
            told.EvidenceSupplied(1, 1, ("complaint_file",), (), A_LETTER)
        )
        case.when(supply).then_refused("still wanted", way_out="repair_history")
        case.when(
            ask(
                ombudsman.SupplyEvidence,
                TUE_17_MAR,
                "13:00",
                number=1,
                not_held=("repair_history",),
            )
        ).then(
            told.EvidenceSupplied(1, 1, (), ("repair_history",), A_LETTER),
            told.DeadlineMet("evidence_request 1", 1, MON_30_MAR, TUE_17_MAR, 0),
        )

    def test_an_order_goes_late_by_itself_and_is_complied_with_with_evidence(self) -> None:
        decided = self.referred().after(
            ask(ombudsman.RecordDetermination, MON_16_MAR, finding="maladministration")
        )
        case = decided.after(
            ask(ombudsman.RecordOrder, MON_16_MAR, "13:00", kind="repair", due_on=FRI_26_JUN)
        )
        case.when_time_passes_to(SAT_27_JUN).then_among_others(
            told.DeadlineMissed("ombudsman_order 1", 1, FRI_26_JUN)
        )
        comply = ask(ombudsman.ComplyWithOrder, FRI_3_JUL, number=1)
        case.when(comply).then_among_others(told.OrderComplied(1, 1, A_LETTER))
        case.when(ask(ombudsman.ComplyWithOrder, FRI_3_JUL, number=1, words=None)).then_refused(
            "no evidence of compliance"
        )

    def test_before_the_referral_the_ombudsman_asks_and_orders_nothing(self) -> None:
        a_case().when(
            ask(ombudsman.RecordOrder, MON_9_MAR, kind="repair", due_on=FRI_26_JUN)
        ).then_refused("has not reached the Ombudsman")

    def test_a_refusal_that_is_overturned_goes_on_where_it_stood(self) -> None:
        case = given(opened(MON_2_MAR), refused(TUE_3_MAR, "legal_proceedings"), under=CODE)
        after = case.when(ask(ombudsman.OverturnRefusal, MON_30_MAR)).then_among_others(
            told.RefusalOverturned(1, "legal_proceedings", A_LETTER),
            told.ComplaintReopened(1, A_LETTER),
        )
        assert after.state.ending is None
        a_case().when(ask(ombudsman.OverturnRefusal, MON_30_MAR)).then_refused("was not refused")


@pytest.mark.parametrize(("missing", "said"), [("words", "reasons"), ("ombudsman_told", "right")])
def test_a_refusal_gives_reasons_and_tells_of_the_ombudsman(missing: str, said: str) -> None:
    left_out = {missing: None if missing == "words" else False}
    command = replace(refused(TUE_3_MAR, "legal_proceedings"), **left_out)  # type: ignore[arg-type]
    a_case().when(command).then_refused(said, clause="Code 2.4")


class TestOthers:
    """Contributions, mediation, petitions, restrictions, adjustments, marks, clocks in law."""

    def test_a_contribution_is_due_given_and_ends_with_the_case(self) -> None:
        wanted: dict[str, Any] = {"of": "repairs", "due_on": FRI_6_MAR}
        case = a_case().after(ask(contributions.AskContribution, TUE_3_MAR, **wanted))
        case.when(ask(contributions.GiveContribution, WED_4_MAR, number=1)).then(
            told.ContributionGiven(1, 1, A_LETTER),
            told.DeadlineMet("contribution 1", 1, FRI_6_MAR, WED_4_MAR, 0),
        )
        case.when(closed(WED_4_MAR, words=A_REASON)).then_among_others(
            told.DeadlineLifted("contribution 1", 1, "the complaint was closed")
        )
        case.when(
            ask(contributions.GiveContribution, WED_4_MAR, number=1, words=None)
        ).then_refused("Nothing was answered")

    def test_no_clock_stops_for_mediation(self) -> None:
        case = a_case().after(ask(mediation.OfferMediation, TUE_3_MAR))
        assert case.state.deadlines == a_case().state.deadlines
        answer = ask(mediation.AnswerMediation, FRI_6_MAR, number=1, result="settled")
        case.when(answer).then_among_others(told.MediationAnswered(1, 1, "settled", A_LETTER))
        a_case().when(answer).then_refused("There is no mediation")

    def test_a_petition_is_marked_once_with_one_contact(self) -> None:
        mark = ask(mediation.MarkPetition, TUE_3_MAR, signatures=40)
        case = a_case().when(mark).then(told.PetitionMarked(1, 40, A_LETTER))
        case.when(mark).then_refused("marked as a petition")
        a_case().when(
            ask(mediation.MarkPetition, TUE_3_MAR, signatures=40, words=None)
        ).then_refused("Nobody is nominated")

    def test_a_restriction_is_reviewed_by_its_day_and_kept_or_ended(self) -> None:
        limit = ask(
            restrictions.RestrictBehaviour, TUE_3_MAR, kind="one_contact", review_on=MON_30_MAR
        )
        case = (
            a_case()
            .when(limit)
            .then_among_others(
                due("review_of_restriction 1", MON_30_MAR, clause="Code 5.14 and 5.15")
            )
        )
        kept = ask(restrictions.ReviewRestriction, MON_16_MAR, number=1, review_on=FRI_26_JUN)
        case.when(kept).then_among_others(
            told.RestrictionReviewed(1, 1, kept=True, review_on=FRI_26_JUN, words=A_LETTER),
            due("review_of_restriction 1", FRI_26_JUN, generation=2),
        )
        ended = case.after(ask(restrictions.ReviewRestriction, MON_16_MAR, number=1))
        ended.when(kept).then_refused("There is no restriction")

    def test_an_adjustment_is_made_until_its_review(self) -> None:
        make: dict[str, Any] = {"kind": "large_print", "review_on": FRI_26_JUN}
        a_case().when(ask(restrictions.MakeAdjustment, TUE_3_MAR, **make)).then_among_others(
            told.AdjustmentMade(1, 1, "large_print", FRI_26_JUN, A_LETTER)
        )
        make["review_on"] = TUE_3_MAR
        a_case().when(ask(restrictions.MakeAdjustment, TUE_3_MAR, **make)).then_refused("review")

    def test_a_marked_case_is_seen_by_its_roles_and_never_by_whom_it_is_about(self) -> None:
        case = given(opened(MON_2_MAR, named=(MANAGER,)))
        marked: dict[str, Any] = {"mark": "staff_conduct", "roles": ("complaints_team", "manager")}
        mine = ask(restrictions.RestrictAccess, TUE_3_MAR, actor_role="complaints_team", **marked)
        after = case.when(mine).then_among_others().state.further
        assert after.may_see(officer=TEAM, role="complaints_team")
        assert not after.may_see(officer=CHIEF, role="chief_executive")
        assert not after.may_see(officer=MANAGER, role="manager")
        case.when(
            ask(restrictions.RestrictAccess, TUE_3_MAR, actor_role="director", **marked)
        ).then_refused(
            "could not see it", clause="Policy 2.3 and 4.2; Staff guidance 4.4, 5.7 and 5.8"
        )

    def test_a_clock_in_law_runs_beside_the_complaints_own(self) -> None:
        cited = Citation("Made safe in 24 hours.", "Regulations")
        span = Span(24, Unit.ELAPSED_HOURS)
        emergency: dict[str, Any] = {"concern": "hazard_emergency", "span": span, "cited": cited,
                     "responsible": "manager"}  # fmt: skip
        case = (
            a_case()
            .when(ask(concerns.MarkConcern, MON_2_MAR, "10:00", **emergency))
            .then_among_others(due("hazard_emergency 1", TUE_3_MAR, clause="Regulations"))
        )
        awake = a_case().after(ask(concerns.MarkConcern, MON_2_MAR, "10:00", **emergency))
        awake.after(contacted(MON_2_MAR)).when_time_passes_to(TUE_3_MAR, "10:00").then_among_others(
            told.DeadlineMissed("hazard_emergency 1", 1, TUE_3_MAR)
        )
        case.when(ask(concerns.DealWithConcern, MON_2_MAR, number=1)).then_among_others(
            told.DeadlineMet("hazard_emergency 1", 1, TUE_3_MAR, MON_2_MAR, 0)
        )

"""Referral with permission, enquiries forwarded, service requests remedied, hearings held, interests withdrawn."""

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.workflow.domain.commands import AllocateComplaint, FurtherCommand
from services.workflow.domain.history import HistoricFact, record_history
from services.workflow.domain.subjects import (
    hearings,
    mediation,
    other_routes,
    panel,
    referrals,
    restrictions,
)
from shared.complaints import events as told
from shared.complaints.values import Channel, PanelSeat, Route, WordsReference
from shared.policies.policy import (
    Citation,
    Duty,
    Fact,
    FactTrigger,
    Passing,
    Policy,
    Span,
    Unit,
)
from tests.complaints.further_steps import (
    FRI_6_MAR,
    FRI_26_JUN,
    MON_2_MAR,
    MON_9_MAR,
    TUE_3_MAR,
    WED_4_MAR,
    a_case,
    ask,
)
from tests.complaints.steps import (
    A_LETTER,
    A_REASON,
    BOARD_MEMBER,
    CHIEF,
    HEAD,
    MANAGER,
    PANEL,
    allocated,
    checked_and_answered,
    closed,
    escalated,
    opened,
)
from tests.support.complaint_spec import KCTMO, Spec, at, due, england, given, policy_named

THU_5_MAR = date(2026, 3, 5)
COUNCIL = "riverside-homes"


class TestReferral:
    """Guidance for tenant management organisations, last paragraph."""

    def ask(self, on: date = TUE_3_MAR, **fields: Any) -> FurtherCommand:
        asked = {"to_organisation": COUNCIL, "channel": Channel.PHONE} | fields
        return ask(referrals.AskReferralPermission, on, **asked)

    def answer(self, *, permitted: bool, on: date = WED_4_MAR) -> FurtherCommand:
        fields: dict[str, Any] = {"number": 1, "permitted": permitted, "channel": Channel.PHONE}
        return ask(referrals.AnswerReferralPermission, on, **fields)

    def refer(self, on: date = THU_5_MAR) -> FurtherCommand:
        return ask(referrals.ReferToOrganisation, on, number=1)

    def permitted(self) -> Spec:
        return a_case().after(self.ask()).after(self.answer(permitted=True))

    def test_a_permitted_case_is_referred_and_seen_by_the_other_organisation(self) -> None:
        fact = told.ReferredToOrganisation(1, 1, COUNCIL, A_LETTER)
        after = self.permitted().when(self.refer()).then(fact)
        assert after.state.further.referred_to == {COUNCIL}

    def test_nothing_passes_before_the_complainant_has_answered(self) -> None:
        waiting = a_case().after(self.ask())
        waiting.when(self.refer()).then_refused("no referral that this could be about")
        assert waiting.state.further.referred_to == frozenset()

    def test_nothing_passes_against_the_complainants_will(self) -> None:
        after = a_case().after(self.ask()).after(self.answer(permitted=False))
        after.when(self.refer()).then_refused("no referral that this could be about")
        assert after.state.further.referred_to == frozenset()

    def test_a_permission_that_is_taken_back_ends_the_sight_of_the_case(self) -> None:
        referred = self.permitted().after(self.refer())
        back = ask(referrals.WithdrawReferralPermission, FRI_6_MAR, number=1)
        fact = told.ReferralPermissionWithdrawn(1, 1, COUNCIL, A_LETTER)
        after = referred.when(back).then(fact)
        assert after.state.further.referred_to == frozenset()
        again = after.after(self.ask(MON_9_MAR))
        assert [each.standing for each in again.state.further.of("referral")] == [
            "withdrawn",
            "asked",
        ]

    @pytest.mark.parametrize(
        ("fields", "said"),
        [
            ({"to_organisation": "mill-lane"}, "mill-lane has the case already."),
            ({"channel": Channel.UNKNOWN}, "how the complainant was asked"),
        ],
    )
    def test_a_referral_to_nobody_else_is_refused(self, fields: dict[str, Any], said: str) -> None:
        a_case().when(self.ask(**fields)).then_refused(said)

    def test_one_referral_at_a_time_goes_to_an_organisation(self) -> None:
        self.permitted().when(self.ask(THU_5_MAR)).then_refused("on its way already")

    def test_the_policys_own_words_are_cited(self) -> None:
        model = a_case(under="tmo-model").when(self.ask(to_organisation="mill-lane"))
        model.then_refused(clause="Guidance, last paragraph")


class TestOtherRoutes:
    """KCTMO Staff guidance 5.1; Policy 3.2."""

    def forward(self, on: date, clock: str = "09:00", **fields: Any) -> FurtherCommand:
        return ask(other_routes.ForwardEnquiry, on, clock, **{"channel": Channel.EMAIL} | fields)

    def remedy(self, on: date, **fields: Any) -> FurtherCommand:
        return ask(other_routes.RemedyServiceRequest, on, **fields)

    def enquiry(self) -> Spec:
        return given(opened(MON_2_MAR, "10:00", route=Route.BOARD_ENQUIRY))

    def request(self, under: Policy | str = KCTMO) -> Spec:
        return given(opened(MON_2_MAR, route=Route.SERVICE_REQUEST), under=under)

    def test_a_board_members_enquiry_reaches_the_team_within_24_real_hours(self) -> None:
        known = self.enquiry().state.deadline("forward")
        assert known is not None
        assert known.latest.due_at == datetime(2026, 3, 3, 10, tzinfo=UTC)
        assert known.latest.clause == "Staff guidance 5.1"
        copied = ("company_secretary",)
        self.enquiry().when(self.forward(TUE_3_MAR, copied_to=copied)).then_among_others(
            told.EnquiryForwarded(1, Channel.EMAIL, copied, A_LETTER),
            told.DeadlineMet("forward", 1, TUE_3_MAR, TUE_3_MAR, 0),
        )

    def test_an_enquiry_that_arrives_an_hour_later_is_late_for_ever(self) -> None:
        self.enquiry().when(self.forward(TUE_3_MAR, "11:00")).then(
            told.EnquiryForwarded(1, Channel.EMAIL, (), A_LETTER),
            told.DeadlineMet("forward", 1, TUE_3_MAR, TUE_3_MAR, 0),
        )
        late = self.enquiry().until(datetime(2026, 3, 3, 11, tzinfo=UTC))
        assert told.DeadlineMissed("forward", 1, TUE_3_MAR) in [
            entry.event for entry in late.history
        ]

    def test_a_history_tells_that_it_was_forwarded_or_remedied(self) -> None:
        for route, what, fact in (
            (Route.BOARD_ENQUIRY, "forwarded", told.EnquiryForwarded(1, Channel.EMAIL)),
            (Route.SERVICE_REQUEST, "remedied", told.ServiceRequestRemedied(1)),
        ):
            happened = HistoricFact(what=what, moment=at(TUE_3_MAR), channel=Channel.EMAIL)
            opening = opened(MON_2_MAR, route=route)
            history = record_history(opening, [happened], policy_named(KCTMO), england())
            assert fact in [entry.event for entry in history]

    def test_only_an_enquiry_is_forwarded_and_once(self) -> None:
        a_case().when(self.forward(TUE_3_MAR)).then_refused("Only a member's enquiry")
        once = self.enquiry().after(self.forward(TUE_3_MAR))
        once.when(self.forward(WED_4_MAR)).then_refused("reached the team already")
        stranger = self.forward(TUE_3_MAR, copied_to=("everybody",))
        self.enquiry().when(stranger).then_refused("everybody is no recipient of copies.")

    def test_a_service_request_is_remedied_without_a_date_where_the_policy_names_none(self) -> None:
        assert self.request().state.all_deadlines == ()
        remedied = told.ServiceRequestRemedied(1, A_LETTER)
        after = self.request().when(self.remedy(WED_4_MAR)).then(remedied)
        after.when(closed(WED_4_MAR)).then_among_others(
            told.ComplaintClosed(1, "resolved", after.policy.closing.clause)
        )

    def test_a_policy_beside_the_own_one_may_give_it_a_date(self) -> None:
        targets = replace(
            policy_named("hos-code-2024"),
            policy="service-standards",
            policy_hash="ab" * 32,
            duties=(REMEDY_IN_FIVE,),
        )
        beside = given(opened(MON_2_MAR, route=Route.SERVICE_REQUEST), beside=targets)
        assert [
            (known.latest.duty, known.latest.due_on) for known in beside.state.all_deadlines
        ] == [("remedy", MON_9_MAR)]
        met = beside.when(self.remedy(WED_4_MAR))
        met.then_among_others(
            told.DeadlineMet("remedy", 1, MON_9_MAR, WED_4_MAR, 0, "service-standards")
        )
        own = replace(policy_named(KCTMO), duties=(REMEDY_IN_FIVE,))
        assert due("remedy", MON_9_MAR).tells_of(self.request(own).history[-1].event)

    def test_only_a_service_request_is_remedied_once_and_with_evidence(self) -> None:
        a_case().when(self.remedy(TUE_3_MAR)).then_refused("Only a service request")
        self.request().when(self.remedy(TUE_3_MAR, words=None)).then_refused("Nothing shows")
        once = self.request().after(self.remedy(TUE_3_MAR))
        refused = once.when(self.remedy(WED_4_MAR))
        refused.then_refused("remedied already", clause="Policy 3.2; Staff guidance 4.3")


REMEDY_IN_FIVE = Duty(
    duty="remedy",
    routes=(Route.SERVICE_REQUEST,),
    stages=(1,),
    trigger=FactTrigger(Fact.RECEIVED),
    span=Span(5, Unit.WORKING_DAYS),
    met_by=(Fact.REMEDIED,),
    cited=Citation("A service request is remedied within five working days.", "Our standards, 3"),
    firmness="aims_to",
    responsible="manager",
    otherwise=None,
    passing=Passing.MISSED,
    notice=None,
)


class TestHearing:
    """Guidance, fair procedures; KCTMO Procedure, Stage Three."""

    def with_a_panel(self) -> Spec:
        case = given(opened(MON_2_MAR), *checked_and_answered(TUE_3_MAR), escalated(WED_4_MAR))
        for command in (*checked_and_answered(FRI_6_MAR, by=HEAD), escalated(MON_9_MAR)):
            case = case.after(command)
        seats = tuple(PanelSeat(officer) for officer in PANEL)
        return case.after(ask(panel.ConvenePanel, MON_9_MAR, "15:00", seats=seats))

    def held(self, *present: str, **fields: Any) -> FurtherCommand:
        return ask(hearings.RecordHearing, MON_9_MAR, "16:00", present=present, **fields)

    def test_it_says_who_of_the_panel_was_there_and_who_came(self) -> None:
        asked = {"complainant": True, "companion": True, "adjustments": ("interpreter",)}
        fact = told.HearingHeld(
            stage=3,
            present=(CHIEF, BOARD_MEMBER),
            complainant=True,
            companion=True,
            adjustments=("interpreter",),
            words=A_LETTER,
        )
        self.with_a_panel().when(self.held(CHIEF, BOARD_MEMBER, **asked)).then(fact)

    @pytest.mark.parametrize(
        ("present", "fields", "said"),
        [
            ((), {}, "nobody was there"),
            ((MANAGER,), {}, f"{MANAGER} does not sit on it"),
            ((CHIEF,), {"companion": True}, "without the complainant"),
            ((CHIEF,), {"adjustments": ("tea",)}, "tea is no adjustment."),
        ],
    )
    def test_what_cannot_have_been_is_refused(
        self, present: tuple[str, ...], fields: dict[str, Any], said: str
    ) -> None:
        self.with_a_panel().when(self.held(*present, **fields)).then_refused(said)

    def test_without_a_panel_there_is_no_hearing(self) -> None:
        a_case().when(self.held(CHIEF)).then_refused("No panel was convened.")


class TestInterest:
    """Code 5.8: an interest that was declared in error does not bar for ever."""

    def declared(self) -> Spec:
        return a_case().after(
            ask(panel.DeclareConflict, TUE_3_MAR, officer=MANAGER, interest="relative")
        )

    def withdraw(self, **fields: Any) -> FurtherCommand:
        return ask(panel.WithdrawConflict, WED_4_MAR, **{"officer": MANAGER} | fields)

    def test_a_withdrawn_interest_bars_nobody_any_more(self) -> None:
        self.declared().when(allocated(WED_4_MAR, MANAGER)).then_refused("has an interest")
        after = (
            self.declared().when(self.withdraw()).then(told.ConflictWithdrawn(1, MANAGER, A_LETTER))
        )
        after.when(allocated(WED_4_MAR, MANAGER)).then_among_others(
            told.ComplaintAllocated(1, (MANAGER,))
        )

    def test_a_colleague_decides_it_for_a_reason(self) -> None:
        self.declared().when(self.withdraw(actor=MANAGER)).then_refused("Nobody decides")
        self.declared().when(self.withdraw(words=None)).then_refused("No reason is given.")
        other = self.withdraw(officer=HEAD)
        self.declared().when(other).then_refused("declared no interest", way_out=MANAGER)
        a_case().when(self.withdraw()).then_refused("Nobody has declared")

    def test_a_marked_case_stays_hidden_from_them_until_it_is_marked_anew(self) -> None:
        mark: dict[str, Any] = {
            "mark": "staff_conduct",
            "roles": ("manager",),
            "actor_role": "manager",
        }
        marked = self.declared().after(ask(restrictions.RestrictAccess, TUE_3_MAR, **mark))
        withdrawn = marked.after(self.withdraw())
        assert not withdrawn.state.further.may_see(officer=MANAGER, role="manager")
        anew = withdrawn.after(ask(restrictions.RestrictAccess, THU_5_MAR, **mark))
        assert anew.state.further.may_see(officer=MANAGER, role="manager")


class TestHandover:
    """A stage that somebody considers goes to others only for a reason on record."""

    def to(self, *handlers: str, words: WordsReference | None = None) -> AllocateComplaint:
        return allocated(WED_4_MAR, *handlers, words=words)

    def test_the_first_allocation_and_the_same_again_need_no_reason(self) -> None:
        first = a_case().after(allocated(TUE_3_MAR, MANAGER))
        first.when(self.to(MANAGER)).then_among_others(told.ComplaintAllocated(1, (MANAGER,)))

    def test_another_officer_needs_one(self) -> None:
        first = a_case().after(allocated(TUE_3_MAR, MANAGER))
        first.when(self.to(HEAD)).then_refused(f"The stage is with {MANAGER}", way_out="reason")
        fact = told.ComplaintAllocated(1, (HEAD,), A_REASON)
        first.when(self.to(HEAD, words=A_REASON)).then(fact)

    def test_the_next_stage_begins_afresh(self) -> None:
        kctmo = given(opened(MON_2_MAR), allocated(TUE_3_MAR, MANAGER))
        for command in (*checked_and_answered(TUE_3_MAR), escalated(WED_4_MAR)):
            kctmo = kctmo.after(command)
        kctmo.when(self.to(HEAD)).then_among_others(told.ComplaintAllocated(2, (HEAD,)))


class TestPetition:
    """Tower Hamlets Homes, Petitions; Bancroft 11."""

    def petition(self) -> Spec:
        return a_case(under="thh-2022").after(ask(mediation.MarkPetition, TUE_3_MAR, signatures=40))

    def test_the_petitioners_are_offered_a_meeting_and_may_change_their_contact(self) -> None:
        meeting = ask(mediation.OfferPetitionMeeting, WED_4_MAR)
        self.petition().when(meeting).then(told.PetitionMeetingOffered(1, A_LETTER))
        contact = ask(mediation.ChangePetitionContact, WED_4_MAR)
        self.petition().when(contact).then(told.PetitionContactChanged(1, A_LETTER))
        nobody = ask(mediation.ChangePetitionContact, WED_4_MAR, words=None)
        self.petition().when(nobody).then_refused("Nobody is nominated", clause="Petitions")

    @pytest.mark.parametrize(
        "command", [mediation.OfferPetitionMeeting, mediation.ChangePetitionContact]
    )
    def test_what_is_no_petition_has_neither(self, command: type[FurtherCommand]) -> None:
        a_case().when(ask(command, TUE_3_MAR)).then_refused("not marked as a petition")


class TestAdjustment:
    """KCTMO Policy 2.2."""

    def make(self, **fields: Any) -> FurtherCommand:
        asked: dict[str, Any] = {"kind": "translation", "review_on": FRI_26_JUN} | fields
        return ask(restrictions.MakeAdjustment, TUE_3_MAR, **asked)

    def test_a_translation_names_its_language(self) -> None:
        fact = told.AdjustmentMade(1, 1, "translation", FRI_26_JUN, A_LETTER, "so")
        a_case().when(self.make(language="so")).then_among_others(fact)
        a_case().when(self.make()).then_refused("Nothing says into which language.")

    def test_a_language_goes_with_a_translation_or_an_interpreter_only(self) -> None:
        braille = self.make(kind="braille", language="so")
        a_case().when(braille).then_refused("A language says nothing about braille.")

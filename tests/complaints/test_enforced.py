"""What the packs say is asked of whoever acts: the age of a matter, standing, what a letter contains,
who authorises and who signs off.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from services.workflow.domain.admission import barred_after
from services.workflow.domain.commands import RefuseComplaint
from services.workflow.domain.subjects import (
    admission,
    compensation,
    contributions,
    representation,
    restrictions,
)
from shared.complaints.events import (
    CompensationApproved,
    ComplaintRefused,
    ContributionAsked,
    DeadlineExtended,
    DiscretionUsed,
    DraftApproved,
    ResponseIssued,
    SharedWithRepresentative,
    StandingRecorded,
)
from shared.policies.counting import months_after
from tests.complaints.further_steps import (
    FRI_26_JUN,
    MON_2_MAR,
    MON_9_MAR,
    TUE_3_MAR,
    WED_4_MAR,
    ask,
)
from tests.complaints.steps import (
    A_LETTER,
    CHIEF,
    HEAD,
    MANAGER,
    acknowledged,
    answered,
    approved,
    drafted,
    escalated,
    extended,
    opened,
    parts_of,
    refused,
    told_and_extended,
)
from tests.support.complaint_spec import CODE, KCTMO, Spec, at, due, given, policy_named

THH, BANCROFT, LGSCO = "thh-2022", "bancroft-tmc", "lgsco-code"
SIX = "Matters that cannot be dealt with under this policy: cause more than 6 months old"


def too_old(policy: str = THH, **more: Any) -> RefuseComplaint:
    ground = "older_than_twelve_months" if policy == CODE else "older_than_six_months"
    given_ = {"arose_on": date(2025, 8, 1), "discretion_considered": True} | more
    return replace(refused(TUE_3_MAR, ground), **given_)  # type: ignore[arg-type]


class TestTheAgeOfAMatter:
    """Tower Hamlets Homes and Bancroft six months, the Code twelve; both with discretion."""

    @pytest.mark.parametrize(
        ("day", "months", "last"),
        [
            (date(2025, 9, 2), 6, date(2026, 3, 2)),
            (date(2025, 8, 31), 6, date(2026, 2, 28)),
            (date(2023, 8, 31), 6, date(2024, 2, 29)),
            (date(2024, 2, 29), 12, date(2025, 2, 28)),
            (date(2025, 12, 31), 12, date(2026, 12, 31)),
            (date(2025, 12, 15), 1, date(2026, 1, 15)),
        ],
    )
    def test_months_end_on_the_same_day_or_the_last_of_a_shorter_month(
        self, day: date, months: int, last: date
    ) -> None:
        assert months_after(day, months) == last

    def test_a_matter_is_refused_for_its_age_with_its_dates(self) -> None:
        given(opened(MON_2_MAR), under=THH).when(too_old()).then_among_others(
            ComplaintRefused(
                "older_than_six_months",
                SIX,
                "The Housing Ombudsman, who may tell the landlord to take it",
                A_LETTER,
                ombudsman_told=True,
                arose_on=date(2025, 8, 1),
            )
        )

    def test_a_refusal_between_six_and_twelve_months_departs_from_the_code_beside_it(self) -> None:
        spec = given(opened(MON_2_MAR), under=THH, beside=CODE)
        (told,) = (
            event for event in spec.when(too_old()).events if isinstance(event, ComplaintRefused)
        )
        assert told.departure == "Code 2.2 and 2.3"
        older = spec.when(too_old(arose_on=date(2025, 3, 1))).events
        assert [e.departure for e in older if isinstance(e, ComplaintRefused)] == [None]
        known = spec.when(too_old(arose_on=date(2025, 3, 1), known_on=date(2025, 3, 2))).events
        assert [e.departure for e in known if isinstance(e, ComplaintRefused)] == [
            "Code 2.2 and 2.3"
        ]

    def test_what_is_not_too_old_is_taken(self) -> None:
        spec = given(opened(MON_2_MAR), under=THH)
        assert spec.when(too_old(arose_on=date(2025, 9, 1))).refusal is None
        spec.when(too_old(arose_on=date(2025, 9, 2))).then_refused(
            "within 6 months, which end on 2026-03-02", clause=SIX, way_out="Take the complaint."
        )

    def test_the_code_counts_from_awareness_and_the_other_policies_from_the_event(self) -> None:
        later = too_old(CODE, arose_on=date(2024, 1, 1), known_on=date(2025, 3, 2))
        given(opened(MON_2_MAR), under=CODE).when(later).then_refused("end on 2026-03-02")
        bar = policy_named(THH).time_bar
        assert bar is not None
        known_on = date(2026, 1, 1)
        assert barred_after(bar, arose_on=date(2025, 8, 1), known_on=known_on) == date(2026, 2, 1)

    @pytest.mark.parametrize(
        ("left_out", "said"),
        [
            ({"arose_on": None}, "Nothing says when the matter arose."),
            ({"discretion_considered": False}, "in spite of its age was considered"),
            ({"known_on": date(2025, 7, 31)}, "known of it before it happened"),
            ({"arose_on": date(2026, 3, 3)}, "after it was complained of on 2026-03-02"),
        ],
    )
    def test_the_dates_and_the_thought_of_discretion_are_on_record(
        self, left_out: dict[str, Any], said: str
    ) -> None:
        given(opened(MON_2_MAR), under=THH).when(too_old(**left_out)).then_refused(said)

    def test_an_old_matter_is_taken_for_a_reason_and_then_not_refused_for_its_age(self) -> None:
        use = ask(admission.UseDiscretion, TUE_3_MAR, arose_on=date(2025, 8, 1))
        spec = given(opened(MON_2_MAR), under=THH)
        taken = spec.when(use).then(DiscretionUsed(1, date(2025, 8, 1), None, SIX, A_LETTER))
        taken.when(too_old()).then_refused("was taken in spite of its age")
        taken.when(use).then_refused("was taken already")
        spec.when(replace(use, words=None)).then_refused("Nothing says why", clause=SIX)
        young = replace(use, arose_on=date(2025, 12, 1))  # type: ignore[call-arg]
        spec.when(young).then_refused("not too old: it could be complained of until 2026-06-01")
        given(opened(MON_2_MAR)).when(use).then_refused("knows no age", clause="Policy 4.1")


class TestStanding:
    """Tower Hamlets Homes, Who can make a complaint?; Bancroft 4.1."""

    def answered(self, policy: str = BANCROFT) -> Spec:
        spec = given(opened(MON_2_MAR), drafted(TUE_3_MAR), under=policy)
        by_head = replace(approved(TUE_3_MAR, by=HEAD), actor_role="head_of_service")
        return spec.after(by_head).after(answered(TUE_3_MAR))

    @pytest.mark.parametrize("standing", ["applicant", "tenant", "leaseholder", "licensee"])
    def test_the_review_is_open_to_a_legal_relationship(self, standing: str) -> None:
        record = ask(admission.RecordStanding, WED_4_MAR, standing=standing)
        spec = self.answered().when(record).then(StandingRecorded(1, standing, A_LETTER))
        assert spec.when(escalated(MON_9_MAR)).refusal is None

    def test_the_review_is_closed_to_whoever_has_none(self) -> None:
        spec = self.answered().after(ask(admission.RecordStanding, WED_4_MAR, standing="none"))
        spec.when(escalated(MON_9_MAR)).then_refused(
            "open to: applicant, tenant, leaseholder, licensee",
            clause="4.1",
            way_out="Ombudsman",
        )
        again = spec.after(ask(admission.RecordStanding, MON_9_MAR, standing="tenant"))
        assert again.when(escalated(MON_9_MAR)).refusal is None

    def test_whose_standing_nobody_recorded_is_not_kept_out(self) -> None:
        assert self.answered().when(escalated(MON_9_MAR)).refusal is None

    def test_where_the_policy_asks_for_no_standing_none_is_recorded(self) -> None:
        record = ask(admission.RecordStanding, WED_4_MAR, standing="tenant")
        given(opened(MON_2_MAR)).when(record).then_refused("asks for nobody's standing")
        given(opened(MON_2_MAR), under=THH).when(
            replace(record, standing="friend")  # type: ignore[call-arg]
        ).then_refused("friend is no standing", clause="Who can make a complaint?")


class TestWhatALetterContains:
    """Code 6.9 and 6.19; Tower Hamlets Homes, Stage 1, paragraph 6; Bancroft 8.8."""

    def test_a_response_without_a_part_does_not_go_out(self) -> None:
        parts = parts_of(CODE, "first_response")
        given(opened(MON_2_MAR), under=CODE).when(
            answered(TUE_3_MAR, contains=parts[1:])
        ).then_refused(
            "does not contain: the stage.", clause="Code 6.9", way_out="Put it into the response"
        )

    def test_the_check_of_a_draft_fails_with_everything_that_is_missing(self) -> None:
        spec = given(opened(MON_2_MAR), drafted(TUE_3_MAR), under=THH)
        check = replace(approved(TUE_3_MAR, by=HEAD), actor_role="head_of_service", contains=())
        spec.when(check).then_refused(
            "an assessment of the events that led to the complaint; what was agreed",
            clause="Stage 1 - Complaints Investigation, paragraph 6",
        )
        parts = parts_of(THH, "first_response")
        checked = spec.when(replace(check, contains=(*parts, "more"))).then_among_others(
            DraftApproved(1, 1, parts)
        )
        # What the check found needs no second word when the response goes out.
        assert checked.when(answered(WED_4_MAR, contains=())).refusal is None

    def test_the_last_response_has_contents_of_its_own(self) -> None:
        spec = given(opened(MON_2_MAR), answered(TUE_3_MAR), escalated(WED_4_MAR), under=CODE)
        first = parts_of(CODE, "first_response")
        spec.when(answered(MON_9_MAR, by=HEAD, contains=first)).then_refused(
            "how to go to the Ombudsman", clause="Code 6.19"
        )
        final = parts_of(CODE, "final_response")
        issued = spec.when(answered(MON_9_MAR, by=HEAD, contains=final)).events[0]
        assert isinstance(issued, ResponseIssued)
        assert issued.contains == final

    def test_a_policy_that_says_nothing_of_letters_asks_for_nothing(self) -> None:
        spec = given(opened(MON_2_MAR), acknowledged(TUE_3_MAR), under=LGSCO)
        assert spec.when(answered(WED_4_MAR, contains=())).refusal is None


class TestWhoSignsOffEarly:
    """Tower Hamlets Homes, Stage 1, paragraph 5; Bancroft 8.7."""

    @pytest.mark.parametrize(
        ("without", "agreed", "said"),
        [
            (False, True, "no investigation was needed"),
            (True, False, "has not agreed to the early resolution"),
        ],
    )
    def test_a_lower_level_signs_off_only_what_needed_no_investigation_and_is_agreed(
        self, without: bool, agreed: bool, said: str
    ) -> None:
        spec = given(opened(MON_2_MAR), drafted(TUE_3_MAR), under=BANCROFT)
        by_team = replace(approved(TUE_3_MAR), without_investigation=without, agreed=agreed)
        spec.when(by_team).then_refused(said, clause="8.7", way_out="ask the head of service")
        by_head = replace(by_team, actor=HEAD, actor_role="head_of_service")
        assert spec.when(by_head).refusal is None


class TestWhoAuthorises:
    """Tower Hamlets Homes, Stage 1, paragraph 2; Bancroft 8.4."""

    def test_the_resident_is_told_first_and_then_the_team_authorises(self) -> None:
        spec = given(opened(MON_2_MAR), under=BANCROFT)
        by_area = told_and_extended(MON_9_MAR, by=10, role="manager")
        spec.when(by_area).then_refused("authorised by the role complaints team", clause="8.4")
        untold = extended(MON_9_MAR, by=10)
        spec.when(untold).then_refused("when the complainant was told", clause="8.4")
        after = extended(MON_9_MAR, by=10, told_on=FRI_26_JUN)
        spec.when(after).then_refused("only after the extension is authorised", clause="8.4")
        told = [
            event
            for event in spec.when(extended(MON_9_MAR, by=10, told_on=WED_4_MAR)).events
            if isinstance(event, DeadlineExtended)
        ]
        assert [(each.told_on, each.authorised_by) for each in told] == [
            (WED_4_MAR, "complaints_team")
        ]

    def test_an_extension_that_names_nothing_takes_what_the_policy_usually_takes(self) -> None:
        spec = given(opened(MON_2_MAR), under=BANCROFT)
        spec.when(told_and_extended(MON_9_MAR)).then_among_others(
            due("respond", date(2026, 4, 15), generation=2)
        )

    def test_the_team_asks_the_other_areas_where_the_policy_says_so(self) -> None:
        asked = ask(
            contributions.AskContribution, TUE_3_MAR, of="repairs", due_on=MON_9_MAR,
            actor_role="manager",
        )  # fmt: skip
        given(opened(MON_2_MAR), under=THH).when(asked).then_refused(
            "by the role complaints team", clause="Stage 1 - Complaints Investigation, paragraph 2"
        )
        by_team = replace(asked, actor_role="complaints_team")  # type: ignore[call-arg]
        given(opened(MON_2_MAR), under=THH).when(by_team).then_among_others(
            ContributionAsked(1, 1, "repairs", MON_9_MAR, A_LETTER)
        )
        assert given(opened(MON_2_MAR), under=KCTMO).when(asked).refusal is None


class TestWhoApprovesMoney:
    """Policy 2.8; Staff guidance 2.1."""

    def test_the_levels_are_those_of_the_policy_and_not_of_the_product(self) -> None:
        offer = ask(compensation.OfferCompensation, TUE_3_MAR, amount_pence=60_000)
        spec = given(opened(MON_2_MAR), under=KCTMO).after(replace(offer, actor=MANAGER))
        approve = ask(
            compensation.ApproveCompensation, WED_4_MAR, number=1, actor_role="complaints_team",
            limit_pence=90_000,
        )  # fmt: skip
        spec.when(approve).then_refused(
            "£500.00", clause="Policy 2.8; Staff guidance 2.1; amounts: product default"
        )
        higher = replace(approve, actor=CHIEF, actor_role="head_of_service")  # type: ignore[call-arg]
        spec.when(higher).then(CompensationApproved(1, 1, 60_000, "head_of_service", A_LETTER))
        unknown = replace(approve, actor_role="manager")  # type: ignore[call-arg]
        spec.when(unknown).then_refused("manager may approve up to £0.00")


class TestWhatAMemberIsSent:
    """Tower Hamlets Homes, advocates, paragraph 2; Bancroft 4.3."""

    def written_to_by_a_councillor(self, policy: str) -> Spec:
        named = ask(representation.NameRepresentative, TUE_3_MAR, relation="member")
        consent = ask(representation.GiveConsent, TUE_3_MAR, number=1, scope="everything")
        return given(opened(MON_2_MAR), under=policy).after(named).after(consent)

    def test_a_councillor_is_sent_a_redacted_copy(self) -> None:
        spec = self.written_to_by_a_councillor(THH)
        copy = ask(representation.ShareWithRepresentative, WED_4_MAR, number=1, scope="response")
        clause = "Complaints through an advocate, paragraph 2"
        spec.when(copy).then_refused("is not redacted", clause=clause)
        redacted = replace(copy, redacted=True)  # type: ignore[call-arg]
        spec.when(replace(redacted, words=None)).then_refused("what the MP or Councillor was sent")
        spec.when(redacted).then(
            SharedWithRepresentative(1, 1, "response", A_LETTER, redacted=True)
        )

    def test_or_no_copy_but_may_be_told_that_the_complainant_is_answered(self) -> None:
        spec = self.written_to_by_a_councillor(BANCROFT)
        copy = ask(
            representation.ShareWithRepresentative, WED_4_MAR, number=1, scope="response",
            redacted=True,
        )  # fmt: skip
        spec.when(copy).then_refused("is sent no copy", clause="4.3", way_out="answered directly")
        assert spec.when(replace(copy, scope="progress")).refusal is None  # type: ignore[call-arg]

    def test_a_policy_that_says_nothing_leaves_it_to_the_consent(self) -> None:
        copy = ask(representation.ShareWithRepresentative, WED_4_MAR, number=1, scope="response")
        assert self.written_to_by_a_councillor(KCTMO).when(copy).refusal is None


class TestGroundsThatNeedMore:
    """Tower Hamlets Homes, vexatious complaints: one point of contact is agreed."""

    def test_a_vexatious_complaint_is_refused_only_with_a_contact_plan(self) -> None:
        vexatious = refused(WED_4_MAR, "vexatious")
        spec = given(opened(MON_2_MAR), under=THH)
        spec.when(vexatious).then_refused("No limit on how", way_out="One point of contact")
        limit = ask(
            restrictions.RestrictBehaviour, TUE_3_MAR, kind="one_contact", review_on=FRI_26_JUN
        )
        limited = spec.after(limit)
        assert limited.when(vexatious).refusal is None
        ended = limited.after(ask(restrictions.ReviewRestriction, WED_4_MAR, number=1))
        ended.when(replace(vexatious, happened=at(MON_9_MAR))).then_refused("No limit on how")


@pytest.mark.parametrize(
    ("policy", "categories", "bodies"),
    [
        (THH, ("repairs",), ["housing_ombudsman"]),
        (THH, ("right_to_buy",), ["local_government_ombudsman"]),
        (THH, ("repairs", "right_to_buy"), ["housing_ombudsman", "local_government_ombudsman"]),
        (THH, ("service_charge",), ["first_tier_tribunal"]),
        (BANCROFT, ("housing_register", "service_charge"),
            ["local_government_ombudsman", "first_tier_tribunal"]),
        (KCTMO, ("service_charge", "repairs"), ["housing_ombudsman", "first_tier_tribunal"]),
        (LGSCO, ("housing_management",), ["housing_ombudsman"]),
        (LGSCO, ("homelessness",), ["local_government_ombudsman"]),
        (CODE, (), ["housing_ombudsman"]),
    ],
)  # fmt: skip
def test_where_a_complaint_may_go_follows_from_its_subjects(
    policy: str, categories: tuple[str, ...], bodies: list[str]
) -> None:
    assert [body.body for body in policy_named(policy).bodies_for(categories)] == bodies

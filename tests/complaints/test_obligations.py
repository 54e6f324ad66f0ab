"""What is owed besides the stages keeps its own stage, its rule and its timers, whatever the case goes through."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import pytest

from services.workflow.domain.commands import Command
from services.workflow.domain.subjects.concerns import MarkConcern
from services.workflow.domain.subjects.representation import (
    GiveConsent,
    NameRepresentative,
    WithdrawConsent,
)
from services.workflow.domain.subjects.restrictions import RestrictBehaviour, ReviewRestriction
from services.workflow.domain.timers import (
    TimerSet,
    recurring_of_timer,
    timed_recurring,
    timers_after,
)
from shared.complaints import events as told
from shared.complaints.values import Route, SkippedDay
from shared.policies.policy import RESPOND, Citation, Span, Unit
from tests.complaints import steps
from tests.complaints.further_steps import FRI_6_MAR, FRI_26_JUN, MON_30_MAR, TUE_3_MAR, a_case, ask
from tests.complaints.refusals_of_stages import answer, approval
from tests.complaints.test_recounting import (
    WHY,
    proclaimed,
    recounted,
    under_the_code,
    wed_10_jun_2026,
    with_office_closed,
)
from tests.policies.reading import every_rule
from tests.support.complaint_spec import CODE, KCTMO, Outcome, Spec, due, given

MON_9_MAR, WED_11_MAR = date(2026, 3, 9), date(2026, 3, 11)
LIMIT = ask(RestrictBehaviour, TUE_3_MAR, kind="one_contact", review_on=MON_30_MAR)
THU_2_APR, WED_8_APR = date(2026, 4, 2), date(2026, 4, 8)
TUE_30_JUN = date(2026, 6, 30)
IN_TIME = "not needed: the response was in time"


class TestStage:
    """A date that is owed belongs to the stage at which it was made, also after the next one began."""

    def at_stage_two(self) -> Spec:
        case = a_case().after(LIMIT)
        findings = (steps.found(1), steps.found(2))
        for command in (
            *steps.checked_and_answered(FRI_6_MAR, *findings),
            steps.escalated(MON_9_MAR),
        ):
            case = case.after(command)
        assert case.state.stage == 2
        return case

    def test_a_review_at_stage_two_meets_what_was_owed_since_stage_one_and_owes_it_anew(
        self,
    ) -> None:
        kept = ask(ReviewRestriction, WED_11_MAR, number=1, review_on=FRI_26_JUN)
        self.at_stage_two().when(kept).then(
            told.RestrictionReviewed(1, 1, kept=True, review_on=FRI_26_JUN, words=steps.A_LETTER),
            told.DeadlineMet("review_of_restriction 1", 1, MON_30_MAR, WED_11_MAR, 0),
            due("review_of_restriction 1", FRI_26_JUN, stage=1, generation=2),
        )


def test_what_the_own_policy_does_not_say_is_cited_from_the_one_beside_it() -> None:
    case = given(steps.opened(date(2026, 3, 2)), under=KCTMO, beside=CODE)
    case.when(LIMIT).then_among_others(
        due("review_of_restriction 1", MON_30_MAR, clause="Code 5.14 and 5.15")
    )


def test_a_clock_in_law_in_working_days_names_the_holidays_that_it_passed_over() -> None:
    law = Citation("Looked into within two working days.", "Regulations")
    terms: dict[str, Any] = {
        "concern": "hazard_significant",
        "span": Span(2, Unit.WORKING_DAYS),
        "cited": law,
    }
    mark = ask(MarkConcern, THU_2_APR, responsible="manager", **terms)
    events = a_case().with_timers_asleep().when(mark).events
    (deadline,) = [each for each in events if isinstance(each, told.DeadlineSet)]
    assert deadline.due_on == WED_8_APR
    assert [type(each) for each in deadline.skipped] == [SkippedDay, SkippedDay]
    assert [each.on for each in deadline.skipped] == [date(2026, 4, 3), date(2026, 4, 6)]


class TestTimerOfAConsent:
    """The timer of a consent that has an end tells of that end, and of nothing else."""

    def consented(self) -> Spec:
        name = ask(NameRepresentative, TUE_3_MAR, relation="friend")
        give = ask(GiveConsent, TUE_3_MAR, number=1, scope="everything", until=FRI_6_MAR)
        return a_case().after(name).after(give)

    def timer(self, case: Spec) -> TimerSet:
        timers, _ = timers_after(entry.event for entry in case.history)
        (timer,) = [each for each in timers if each.kind == "consent_ends"]
        return timer

    def test_it_is_of_the_case_and_of_no_stage(self) -> None:
        midnight = datetime(2026, 3, 7, tzinfo=UTC)
        assert self.timer(self.consented()) == TimerSet("consent 1", 0, "consent_ends", 1, midnight)

    def test_it_ends_nothing_before_the_last_day_has_passed(self) -> None:
        case = self.consented()
        early = replace(self.timer(case), due_at=datetime(2026, 3, 6, 23, 59, tzinfo=UTC))
        assert case.fall(early).events_since(case) == ()

    def test_it_tells_nothing_of_a_consent_that_was_taken_back_or_given_anew(self) -> None:
        """It may fall all the same, where it was on its way when the consent was taken back."""
        case = self.consented()
        timer = self.timer(case)
        back = case.after(ask(WithdrawConsent, FRI_6_MAR, number=1))
        assert back.fall(timer).events_since(back) == ()
        anew = {"number": 1, "scope": "everything", "until": FRI_6_MAR}
        again = back.after(ask(GiveConsent, FRI_6_MAR, "13:00", **anew))
        assert again.fall(timer).events_since(again) == ()
        assert case.fall(timer).events_since(case) == (told.ConsentEnded(1, 1, FRI_6_MAR),)


def test_the_timer_of_a_recurring_duty_names_its_organisation_and_the_duty() -> None:
    assert recurring_of_timer("mill-lane/report_to_board") == ("mill-lane", "report_to_board")
    assert timed_recurring("mill-lane", "report_to_board") == "mill-lane/report_to_board"


class TestCountedAgain:
    """What is told where another calendar moves dates under two policies."""

    def both(self, spec: Spec, **by: object) -> dict[str | None, told.DeadlineRecounted]:
        _, events = recounted(spec, **by)  # type: ignore[arg-type]
        return {
            each.overlay: each
            for each in events
            if isinstance(each, told.DeadlineRecounted) and each.duty == RESPOND
        }

    def test_a_holiday_moves_both_for_the_same_reason_and_leaves_no_earlier_day_in_law(
        self,
    ) -> None:
        opened, acknowledged = steps.opened(wed_10_jun_2026), steps.acknowledged(wed_10_jun_2026)
        spec = given(opened, acknowledged, under=KCTMO, beside=CODE)
        told_of = self.both(spec, calendar=proclaimed())
        assert {each.reason for each in told_of.values()} == {WHY}
        assert [each.lawful_on for each in told_of.values()] == [None, None]
        assert set(told_of) == {None, CODE}

    def test_an_extension_stands_although_a_day_within_it_is_closed(self) -> None:
        spec = under_the_code().after(steps.told_and_extended(date(2026, 6, 12), by=5))
        named = spec.state.deadlines_at(1)[RESPOND].latest.due_on
        assert named > TUE_30_JUN
        assert self.both(spec, calendar=with_office_closed(TUE_30_JUN)) == {}
        assert self.both(spec, calendar=proclaimed({TUE_30_JUN: "Mourning"})) == {}


class TestWhoMustWait:
    """A holding response is owed under each policy by its own first date, and only if that passes."""

    def answered(self, on: date, *between: Command) -> Outcome:
        """Due by 17 March under the policy beside, and a week later under the own."""
        policy = every_rule()
        longer = tuple(
            replace(duty, span=Span(15, Unit.WORKING_DAYS))
            if duty.duty == RESPOND and duty.stages == (1,) and Route.COMPLAINT in duty.routes
            else duty
            for duty in policy.duties
        )
        extension = replace(policy.extensions[0], ombudsman_details=None)
        beside = replace(policy, policy="beside", extensions=(extension,))
        opened = steps.opened(date(2026, 3, 2), issues=(steps.DAMP, steps.MISSED_VISIT))
        case = given(opened, under=replace(policy, duties=longer), beside=beside)
        for command in (
            steps.acknowledged(TUE_3_MAR),
            *between,
            steps.drafted(MON_9_MAR),
            approval(WED_11_MAR),
        ):
            case = case.after(command)
        return case.when(answer(on))

    def test_after_the_first_date_of_one_policy_it_was_owed_under_that_one(self) -> None:
        extended = steps.told_and_extended(FRI_6_MAR, by=5, role="head_of_service")
        self.answered(date(2026, 3, 20), extended).then_among_others(
            told.DeadlineMissed("holding_response", 1, date(2026, 3, 18), "beside"),
            told.DeadlineLifted("holding_response", 1, IN_TIME, None),
        )

    def test_before_either_date_it_was_owed_under_none(self) -> None:
        self.answered(date(2026, 3, 16)).then_among_others(
            told.DeadlineLifted("holding_response", 1, IN_TIME, "beside"),
            told.DeadlineLifted("holding_response", 1, IN_TIME, None),
        )


@pytest.mark.parametrize("agreed", [True, False])
def test_the_date_of_a_policy_beside_that_asks_for_consent_moves_only_with_it(agreed: bool) -> None:
    rule = replace(every_rule().extensions[0], kind="agree", ombudsman_details=None)
    beside = replace(every_rule(), policy="beside", extensions=(rule,))
    opened, acknowledged = steps.opened(date(2026, 3, 2)), steps.acknowledged(TUE_3_MAR)
    case = given(opened, acknowledged, under=CODE, beside=beside)
    after = case.after(steps.told_and_extended(FRI_6_MAR, by=5, agreed=agreed))
    before_and_after = [
        each.state.deadlines_at(1, overlay="beside")[RESPOND].latest.due_on
        for each in (case, after)
    ]
    moved = date(2026, 3, 24) if agreed else date(2026, 3, 17)
    assert before_and_after == [date(2026, 3, 17), moved]

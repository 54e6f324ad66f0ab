"""Promises, definitions, triage and consent: does it, says no, stays quiet."""

from datetime import date
from typing import Any

from services.workflow.domain.commands import FurtherCommand
from services.workflow.domain.subjects import (
    definition,
    promises,
    representation,
    triage,
)
from shared.complaints import events as told
from shared.complaints.values import (
    Channel,
    Issue,
    IssueOutcome,
    Outcome,
    Remedy,
    RemedyKind,
    Route,
)
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
    MANAGER,
    acknowledged,
    answered,
    checked_and_answered,
    closed,
    found,
    opened,
    parts_of,
)
from tests.support.complaint_spec import CODE, Spec, at, due, given


class TestPromises:
    """Staff guidance 2.2; Code 7.3."""

    def promised(self) -> Spec:
        return a_case().after(ask(promises.MakePromise, MON_16_MAR, by=FRI_26_JUN, owner=MANAGER))

    def test_a_promise_is_owed_by_its_day(self) -> None:
        a_case().when(ask(promises.MakePromise, MON_16_MAR, by=FRI_26_JUN, owner=MANAGER)).then(
            told.PromiseMade(1, FRI_26_JUN, A_LETTER, 1, MANAGER),
            due("promise 1", FRI_26_JUN, clause="Code 7.3"),
        )

    def test_it_outlives_the_close_goes_late_and_is_kept_with_evidence_five_days_late(self) -> None:
        answer = checked_and_answered(TUE_17_MAR, found(1), found(2))
        case = self.promised().after(answer[2]).after(closed(TUE_17_MAR, words=A_REASON))
        last_day = case.until(at(FRI_26_JUN, "23:00").at)  # type: ignore[arg-type]  # it has a time
        assert not [e for e in last_day.events_since(case) if isinstance(e, told.PromiseMissed)]
        case = case.when_time_passes_to(SAT_27_JUN).then_among_others(
            told.PromiseMissed(1, 1, FRI_26_JUN), told.DeadlineMissed("promise 1", 1, FRI_26_JUN)
        )
        assert case.history[-1].moment == at(SAT_27_JUN, "00:00")
        case.when(ask(promises.KeepPromise, FRI_3_JUL, number=1)).then(
            told.PromiseKept(1, A_LETTER, 1),
            told.DeadlineMet("promise 1", 1, FRI_26_JUN, FRI_3_JUL, 5),
        ).when(
            ask(promises.TellPromiseKept, FRI_3_JUL, "15:00", number=1, channel=Channel.PHONE)
        ).then(told.PromiseTold(1, 1, Channel.PHONE, A_LETTER))

    def test_a_promise_that_is_kept_late_while_no_timer_fell_was_missed_first(self) -> None:
        self.promised().with_timers_asleep().when(
            ask(promises.KeepPromise, FRI_3_JUL, number=1)
        ).then_among_others(told.PromiseMissed(1, 1, FRI_26_JUN))

    def test_what_the_response_names_a_day_for_is_a_promise(self) -> None:
        repair = (Remedy(RemedyKind.REPAIR, by=FRI_26_JUN),)
        a_case().when(
            answered(MON_16_MAR, IssueOutcome(1, Outcome.UPHELD, repair), found(2))
        ).then_among_others(
            told.PromiseMade(1, FRI_26_JUN, None, 1, MANAGER, 1), due("promise 1", FRI_26_JUN)
        )

    def test_no_promise_without_words_none_kept_without_evidence_none_told_before(self) -> None:
        a_case().when(
            ask(promises.MakePromise, MON_16_MAR, by=FRI_26_JUN, owner=MANAGER, words=None)
        ).then_refused("Nothing says what is promised")
        a_case().when(
            ask(promises.MakePromise, MON_16_MAR, by=MON_2_MAR, owner=MANAGER)
        ).then_refused("gone by")
        self.promised().when(
            ask(promises.KeepPromise, FRI_3_JUL, number=1, words=None)
        ).then_refused("no evidence", clause="Code 7.3")
        self.promised().when(ask(promises.KeepPromise, FRI_3_JUL, number=2)).then_refused(
            "There is no promise 2", way_out="1"
        )
        self.promised().when(
            ask(promises.TellPromiseKept, FRI_3_JUL, number=1, channel=Channel.PHONE)
        ).then_refused("There is no promise")

    def test_a_kept_promise_stays_quiet(self) -> None:
        case = self.promised().after(ask(promises.KeepPromise, MON_30_MAR, number=1))
        after = case.when_time_passes_to(FRI_3_JUL)
        assert not [event for event in after.events if isinstance(event, told.PromiseMissed)]


class TestDefinition:
    """Code 5.6 and 6.8."""

    def test_each_part_has_its_own_versions(self) -> None:
        wanted = ask(definition.DefineComplaint, TUE_3_MAR, part="desired_outcome", agreed=True)
        case = a_case().after(ask(definition.DefineComplaint, TUE_3_MAR, part="complaint"))
        case.when(wanted).then(
            told.ComplaintDefined(1, "desired_outcome", 1, agreed=True, words=A_LETTER)
        )
        case.when(ask(definition.DefineComplaint, WED_4_MAR, part="complaint", agreed=True)).then(
            told.ComplaintDefined(1, "complaint", 2, agreed=True, words=A_LETTER)
        )

    def test_an_added_issue_is_answered_too_and_one_split_off_is_not(self) -> None:
        case = a_case().after(ask(definition.AddIssue, TUE_3_MAR, category="heating"))
        assert case.state.issues == (1, 2, 3)
        case.when(answered(MON_9_MAR, found(1), found(2))).then_refused("one outcome for each")
        case = case.after(
            ask(definition.SplitIssue, WED_4_MAR, number=3, to_reference="RB-2026-000002")
        )
        case.when(answered(MON_9_MAR, found(1), found(2))).then_among_others(
            told.ResponseIssued(
                1,
                Outcome.UPHELD,
                (found(1), found(2)),
                A_LETTER,
                contains=parts_of(CODE, "first_response"),
            )
        )
        again = case.when(ask(definition.AddIssue, FRI_6_MAR, category="noise"))
        again.then(told.IssueAdded(1, Issue(4, "noise"), A_LETTER))

    def test_after_the_response_an_issue_is_a_complaint_of_its_own(self) -> None:
        answered_case = a_case().after(answered(MON_9_MAR, found(1), found(2)))
        answered_case.when(ask(definition.AddIssue, MON_16_MAR, category="x")).then_refused(
            "The response of this stage is out", clause="Code 6.8", way_out="of its own"
        )

    def test_what_makes_no_sense_is_refused(self) -> None:
        a_case().when(ask(definition.DefineComplaint, TUE_3_MAR, part="mood")).then_refused("mood")
        a_case().when(
            ask(definition.SplitIssue, TUE_3_MAR, number=7, to_reference="RB-2026-000002")
        ).then_refused("no issue 7", way_out="1, 2")
        given(opened(MON_2_MAR)).when(
            ask(definition.SplitIssue, TUE_3_MAR, number=1, to_reference="RB-2026-000002")
        ).then_refused("the only issue")


class TestTriage:
    """Policy 3.1; Code 1.3."""

    def test_a_query_that_becomes_a_complaint_counts_from_then_and_keeps_its_receipt(self) -> None:
        query = a_case(route=Route.QUERY)
        case = query.when(
            ask(triage.ChangeRoute, MON_9_MAR, to_route=Route.COMPLAINT)
        ).then_among_others(
            told.RouteChanged(
                1, Route.QUERY, Route.COMPLAINT, "conversion", MON_9_MAR, at(MON_9_MAR).at,
                agreed=False, words=A_LETTER,
            ),
            due("acknowledge", MON_16_MAR),
        )  # fmt: skip
        assert case.state.route is Route.COMPLAINT
        assert case.state.received == at(MON_2_MAR, "09:30")

    def test_a_complaint_taken_for_a_service_request_counts_from_its_receipt(self) -> None:
        request = a_case(route=Route.SERVICE_REQUEST, under="kctmo-2010")
        case = request.after(ask(triage.ChangeRoute, TUE_3_MAR, to_route=Route.COMPLAINT))
        response = case.state.deadline("respond")
        assert response is not None
        assert (response.latest.trigger_on, response.latest.due_on) == (MON_2_MAR, MON_16_MAR)

    def test_back_and_forth_every_date_is_one_generation_on_and_acknowledged_anew(self) -> None:
        case = a_case(under="kctmo-2010").after(acknowledged(TUE_3_MAR))
        to = ask(triage.ChangeRoute, WED_4_MAR, to_route=Route.SERVICE_REQUEST, agreed=True)
        back = ask(triage.ChangeRoute, WED_4_MAR, "13:00", to_route=Route.COMPLAINT)
        case = case.after(to).after(back)
        known = case.state.deadline("acknowledge")
        assert known is not None
        assert known.latest.generation > 1
        assert known.is_owed
        case.when(acknowledged(WED_4_MAR, "14:00")).then_among_others(
            told.DeadlineMet("acknowledge", 1, WED_4_MAR, WED_4_MAR, 0)
        )

    def test_who_wants_to_complain_complains(self) -> None:
        change: dict[str, Any] = {"to_route": Route.SERVICE_REQUEST}
        a_case().when(ask(triage.ChangeRoute, TUE_3_MAR, **change)).then_refused(
            "has not agreed", clause="Code 1.3 and 1.4"
        )
        a_case().when(
            ask(triage.ChangeRoute, TUE_3_MAR, agreed=True, words=None, **change)
        ).then_refused("why the triage")
        a_case().after(answered(MON_9_MAR, found(1), found(2))).when(
            ask(triage.ChangeRoute, MON_16_MAR, agreed=True, **change)
        ).then_refused("already answered")

    def test_cases_are_linked(self) -> None:
        link: dict[str, Any] = {"to_reference": "RB-2026-000002", "relation": "follows"}
        a_case().when(ask(triage.LinkCase, TUE_3_MAR, **link)).then(
            told.CaseLinked(1, "RB-2026-000002", "follows", A_LETTER)
        )
        link["to_reference"] = "RB-2026-000001"
        a_case().when(ask(triage.LinkCase, TUE_3_MAR, **link)).then_refused("not linked to itself")


class TestRepresentation:
    """Policy 2.4 footnote 1."""

    def named(self) -> Spec:
        return a_case().after(
            ask(representation.NameRepresentative, TUE_3_MAR, relation="advocate")
        )

    def share(self, on: date, scope: str = "response") -> FurtherCommand:
        return ask(representation.ShareWithRepresentative, on, number=1, scope=scope)

    def test_the_clock_runs_while_consent_is_awaited(self) -> None:
        assert self.named().state.deadlines == a_case().state.deadlines

    def test_nothing_is_shared_without_consent_after_its_end_or_beyond_its_scope(self) -> None:
        self.named().when(self.share(WED_4_MAR)).then_refused("There is no representative")
        case = self.named().after(
            ask(
                representation.GiveConsent,
                TUE_3_MAR, "13:00", number=1, scope="response", until=MON_16_MAR,
            )
        )  # fmt: skip
        case.when(self.share(MON_16_MAR)).then_among_others(
            told.SharedWithRepresentative(1, 1, "response", A_LETTER)
        )
        case.when(self.share(TUE_17_MAR)).then_refused("ended on 2026-03-16")
        case.when(self.share(WED_4_MAR, "everything")).then_refused("for response only")
        back = case.after(ask(representation.WithdrawConsent, WED_4_MAR, number=1))
        back.when(self.share(FRI_6_MAR)).then_refused("There is no representative")

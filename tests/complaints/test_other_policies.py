"""What Tower Hamlets Homes and Bancroft settle their own way: extensions, who checks and considers,
the time to ask, targets that nobody is in breach of, queries.
"""

from dataclasses import replace
from datetime import date

import pytest

from shared.complaints.events import (
    ComplaintEscalated,
    DeadlineExtended,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
    DraftApproved,
    EscalationWindowClosed,
    ResponseIssued,
)
from shared.complaints.values import Channel, Outcome, Route
from tests.complaints.steps import (
    A_LETTER,
    A_REASON,
    HEAD,
    MANAGER,
    TEAM,
    acknowledged,
    allocated,
    answered,
    approved,
    closed,
    contacted,
    drafted,
    escalated,
    extended,
    found,
    opened,
    parts_of,
    refused,
    told_and_extended,
)
from tests.support.complaint_spec import CODE, KCTMO, Spec, at, due, given, policy_named
from tests.support.dates import (
    fri_19_sep_2025,
    fri_20_mar_2026,
    mon_2_mar_2026,
    mon_9_mar_2026,
    mon_16_mar_2026,
    mon_30_mar_2026,
    thu_2_apr_2026,
    thu_9_oct_2025,
    thu_11_sep_2025,
    tue_3_mar_2026,
    tue_9_sep_2025,
    tue_10_mar_2026,
    wed_4_mar_2026,
)

THH, BANCROFT, LGSCO, TMO = "thh-2022", "bancroft-tmc", "lgsco-code", "tmo-model"


def answered_under(policy: str, on: date, *, by: Channel) -> Spec:
    spec = given(opened(mon_30_mar_2026), under=policy).after(drafted(on))
    spec = spec.after(replace(approved(on, by=HEAD), actor_role="head_of_service"))
    return spec.after(replace(answered(on), channel=by))


# ---- Extensions: refused by the resident, and what each policy makes of that ----


def test_thh_moves_nothing_without_agreement_and_is_late_the_day_after() -> None:
    spec = given(opened(tue_9_sep_2025), acknowledged(thu_11_sep_2025), under=THH)
    spec.when(extended(fri_19_sep_2025, by=10, agreed=False)).then_refused(
        "has not agreed", clause="Timescales, Stage 1 Complaints"
    )
    missed = spec.when_time_passes_to(date(2025, 9, 24), "00:01").events
    assert DeadlineMissed("respond", 1, date(2025, 9, 23)) in missed


def test_thh_moves_the_date_by_ten_working_days_with_agreement_and_never_further() -> None:
    spec = given(opened(tue_9_sep_2025), under=THH)
    spec.when(told_and_extended(fri_19_sep_2025, by=10)).then(
        DeadlineExtended(
            1,
            date(2025, 9, 23),
            date(2025, 10, 7),
            "agree",
            agreed=True,
            ombudsman_details_given=True,
            words=A_REASON,
            told_on=fri_19_sep_2025,
            authorised_by="complaints_team",
        ),
        due("respond", date(2025, 10, 7), generation=2, clause="Timescales, Stage 1 Complaints"),
    )
    spec.when(told_and_extended(fri_19_sep_2025, by=11, good_reason=True)).then_refused(
        "move to 2025-10-07 at most", way_out="send a holding response"
    )


def test_bancroft_moves_the_date_in_consultation() -> None:
    spec = given(opened(tue_9_sep_2025), under=BANCROFT)
    spec.when(extended(fri_19_sep_2025, by=10, agreed=False, words=None)).then_refused(
        "reasons", clause="7, Stage 1 Complaints"
    )
    spec.when(told_and_extended(fri_19_sep_2025, by=10, agreed=False)).then_among_others(
        due("respond", date(2025, 10, 21), generation=2)
    )


def test_the_code_moves_the_date_with_reasons_and_the_ombudsmans_details() -> None:
    spec = given(opened(tue_9_sep_2025), acknowledged(thu_11_sep_2025), under=CODE)
    spec.when(extended(fri_19_sep_2025, by=10, agreed=False, details=False)).then_refused()
    spec.when(extended(fri_19_sep_2025, by=10, agreed=False)).then_among_others(
        due("respond", thu_9_oct_2025)
    )


def test_kctmo_asked_for_the_holding_response_a_day_before() -> None:
    spec = given(opened(tue_9_sep_2025), under=KCTMO)
    holding = spec.state.deadline("holding_response")
    assert holding is not None
    assert holding.latest.due_on == date(2025, 9, 18)


@pytest.mark.parametrize("policy", [THH, BANCROFT])
def test_the_council_may_take_ten_working_days_more_on_no_stated_condition(policy: str) -> None:
    spec = answered_under(policy, thu_2_apr_2026, by=Channel.EMAIL).after(
        escalated(date(2026, 4, 7))
    )
    spec.when(extended(date(2026, 4, 8), by=10, agreed=False, words=None)).then_among_others(
        due("respond", date(2026, 5, 20), stage=2, generation=2)
    )
    spec.when(extended(date(2026, 4, 8), by=11, agreed=True)).then_refused("at most")


# ---- The time to ask for stage 2 ----


@pytest.mark.parametrize(
    ("channel", "received", "closes"),
    [
        (Channel.EMAIL, date(2026, 4, 2), date(2026, 5, 5)),
        (Channel.LETTER, date(2026, 4, 8), date(2026, 5, 7)),
        (Channel.UNKNOWN, date(2026, 4, 2), date(2026, 5, 5)),
    ],
)
def test_the_time_to_ask_runs_from_receipt_of_the_response(
    channel: Channel, received: date, closes: date
) -> None:
    spec = answered_under(THH, thu_2_apr_2026, by=channel)
    window = spec.state.deadline("escalation_window")
    assert window is not None
    assert (window.latest.trigger_on, window.latest.due_on) == (received, closes)


def test_the_response_says_how_it_was_sent() -> None:
    spec = answered_under(THH, thu_2_apr_2026, by=Channel.LETTER)
    told = [entry.event for entry in spec.history if isinstance(entry.event, ResponseIssued)]
    issued = ResponseIssued(1, Outcome.UPHELD, (found(),), A_LETTER, Channel.LETTER)
    assert told == [issued]  # what it contains was checked with the draft


def test_when_the_time_is_over_the_case_stays_and_a_later_request_needs_a_reason() -> None:
    spec = answered_under(THH, thu_2_apr_2026, by=Channel.EMAIL)
    spec.when_time_passes_to(date(2026, 5, 5), "23:59").then_nothing_happens()
    after = spec.when_time_passes_to(date(2026, 5, 6), "00:00").then(
        EscalationWindowClosed(1, date(2026, 5, 5)),
        DeadlineLifted("escalation_window", 1, "the time passed in silence"),
    )
    assert after.state.ending is None
    after.when(escalated(date(2026, 5, 6))).then_refused("after the time to ask")
    after.when(escalated(date(2026, 5, 6), words=A_REASON)).then_among_others(
        ComplaintEscalated(1, 2, Channel.PHONE, "dissatisfied", None, A_REASON)
    )


def test_a_request_in_time_needs_no_reason_and_meets_the_window() -> None:
    spec = answered_under(THH, thu_2_apr_2026, by=Channel.LETTER)
    spec.when(escalated(date(2026, 5, 7))).then_among_others(
        DeadlineMet("escalation_window", 1, date(2026, 5, 7), date(2026, 5, 7), 0)
    )
    spec.when(closed(date(2026, 5, 7))).then_refused("may still ask")


def test_bancroft_sets_no_time_to_ask() -> None:
    spec = answered_under(BANCROFT, thu_2_apr_2026, by=Channel.LETTER)
    assert spec.state.deadline("escalation_window") is None
    spec.when(escalated(date(2026, 12, 1))).then_among_others(
        ComplaintEscalated(1, 2, Channel.PHONE, "dissatisfied")
    )


# ---- Who checks, and who considers ----


def test_within_five_working_days_a_manager_may_sign_off_and_then_the_head_of_service() -> None:
    spec = given(opened(mon_2_mar_2026), drafted(tue_3_mar_2026), under=THH)
    by_manager = replace(
        approved(mon_9_mar_2026, by=HEAD),
        actor_role="manager",
        without_investigation=True,
        agreed=True,
    )
    parts = parts_of(THH, "first_response")
    spec.when(by_manager).then_among_others(DraftApproved(1, 1, parts, early=True))
    too_late = replace(by_manager, happened=at(tue_10_mar_2026))
    spec.when(too_late).then_refused(
        "approved by the role head of service",
        clause=policy_named(THH).approval.cited.clause,  # type: ignore[union-attr]
    )
    by_head = replace(too_late, actor_role="head_of_service")
    assert spec.when(by_head).refusal is None
    by_team = replace(approved(mon_9_mar_2026, by=TEAM), actor_role="complaints_team")
    spec.when(by_team).then_refused("head of service or manager")


def test_the_councils_response_at_stage_two_needs_no_approval_by_the_landlord() -> None:
    spec = answered_under(THH, thu_2_apr_2026, by=Channel.EMAIL).after(escalated(date(2026, 4, 7)))
    spec = spec.after(allocated(date(2026, 4, 8), "officer-council"))
    assert spec.when(answered(date(2026, 4, 20), by="officer-council")).refusal is None
    spec.when(answered(date(2026, 4, 20), by=MANAGER)).then_refused("earlier stage")


@pytest.mark.parametrize("policy", [THH, BANCROFT])
def test_stage_two_is_considered_by_another_organisation(policy: str) -> None:
    read = policy_named(policy)
    assert [stage.organisation for stage in read.stages] == [
        None,
        "London Borough of Tower Hamlets",
    ]
    assert read.sampling is not None


def test_an_enquirer_for_somebody_else_is_sent_a_redacted_copy_or_none() -> None:
    copies = [policy_named(name).members_copy for name in (THH, BANCROFT)]
    assert [copy and copy.copy for copy in copies] == ["redacted", "none"]


# ---- Targets that nobody is in breach of ----


def test_a_target_that_is_met_says_so_and_one_that_passes_is_no_breach() -> None:
    spec = given(opened(mon_2_mar_2026), drafted(wed_4_mar_2026), under=BANCROFT)
    spec = spec.after(replace(approved(wed_4_mar_2026, by=HEAD), actor_role="head_of_service"))
    spec.when(answered(wed_4_mar_2026)).then_among_others(
        DeadlineMet("early_resolution", 1, mon_9_mar_2026, wed_4_mar_2026, 0),
        DeadlineMet("stretch_target", 1, mon_16_mar_2026, wed_4_mar_2026, 0),
        DeadlineMet("respond", 1, mon_30_mar_2026, wed_4_mar_2026, 0),
    )
    late = spec.when_time_passes_to(fri_20_mar_2026)
    assert DeadlineLifted("stretch_target", 1, "its day passed") in late.events
    told = late.after.when(answered(fri_20_mar_2026)).events
    assert [each.duty for each in told if isinstance(each, DeadlineMet)] == ["respond"]


def test_a_target_that_nobody_looked_at_is_not_met_late() -> None:
    spec = given(opened(mon_2_mar_2026), drafted(wed_4_mar_2026), under=BANCROFT)
    spec = spec.after(replace(approved(wed_4_mar_2026, by=HEAD), actor_role="head_of_service"))
    told = spec.with_timers_asleep().when(answered(fri_20_mar_2026)).events
    assert [each.duty for each in told if isinstance(each, DeadlineMet)] == ["respond"]


# ---- A late acknowledgement, a Saturday, a query, a ground ----


def test_a_late_acknowledgement_stays_visible_and_names_the_day_to_work_to() -> None:
    spec = given(opened(date(2026, 6, 1)), acknowledged(date(2026, 6, 10)), under=CODE)
    response = spec.state.deadline("respond")
    assert response is not None
    assert (response.latest.due_on, response.latest.target_on) == (
        date(2026, 6, 24),
        date(2026, 6, 22),
    )
    events = [entry.event for entry in spec.history]
    assert DeadlineMissed("acknowledge", 1, date(2026, 6, 8)) in events
    answered_in_time = spec.when(answered(date(2026, 6, 24))).events
    assert DeadlineMet("respond", 1, date(2026, 6, 24), date(2026, 6, 24), 0) in answered_in_time
    assert not any(isinstance(each, DeadlineMissed) for each in answered_in_time)


def test_a_timely_acknowledgement_names_no_other_day() -> None:
    spec = given(opened(date(2026, 6, 1)), acknowledged(date(2026, 6, 8)), under=CODE)
    assert all(
        entry.event.target_on is None
        for entry in spec.history
        if isinstance(entry.event, DeadlineSet)
    )


def test_an_extension_is_counted_from_the_date_to_the_letter_and_ends_the_target() -> None:
    spec = given(opened(date(2026, 6, 1)), acknowledged(date(2026, 6, 10)), under=CODE)
    spec = spec.after(extended(date(2026, 6, 11), by=10, agreed=False))
    response = spec.state.deadline("respond")
    assert response is not None
    assert (response.latest.due_on, response.latest.target_on) == (date(2026, 7, 8), None)


@pytest.mark.parametrize("policy", [THH, BANCROFT])
def test_a_query_is_called_about_and_answered_without_approval(policy: str) -> None:
    spec = given(opened(mon_2_mar_2026, "09:30", route=Route.QUERY), under=policy)
    spec = spec.when(contacted(wed_4_mar_2026, "09:30")).then_among_others(
        DeadlineMet("contact", 1, wed_4_mar_2026, wed_4_mar_2026, 0)
    )
    spec.when(answered(mon_9_mar_2026)).then_among_others(
        DeadlineMet("respond", 1, mon_9_mar_2026, mon_9_mar_2026, 0)
    )
    conversion = policy_named(policy).conversion(Route.QUERY)
    assert conversion is not None
    assert conversion.clock == "conversion"


@pytest.mark.parametrize(
    ("policy", "exclusion", "goes_to"),
    [
        (THH, "new_build_defect", "Housing Service Centre"),
        (THH, "traffic_order", "the Council"),
        (BANCROFT, "insurance_claim", "insurance team"),
        (TMO, "neighbour_dispute", "neighbour disputes policy"),
    ],
)
def test_a_ground_names_where_the_matter_goes(policy: str, exclusion: str, goes_to: str) -> None:
    told = given(opened(mon_2_mar_2026), under=policy).when(refused(tue_3_mar_2026, exclusion))
    assert goes_to.lower() in str(told.events[0]).lower()


def test_bancroft_does_not_know_the_ground_of_new_build_defects() -> None:
    given(opened(mon_2_mar_2026), under=BANCROFT).when(
        refused(tue_3_mar_2026, "new_build_defect")
    ).then_refused("knows no ground")


def test_the_local_government_code_lists_no_grounds() -> None:
    given(opened(mon_2_mar_2026), under=LGSCO).when(
        refused(tue_3_mar_2026, "already_considered")
    ).then_refused("knows no ground", clause="LGSCO Code 2.3", way_out="no grounds")


def test_the_time_bars_are_six_and_twelve_months_with_discretion() -> None:
    bars = {name: policy_named(name).time_bar for name in (THH, BANCROFT, CODE)}
    assert {name: bar and bar.months for name, bar in bars.items()} == {
        THH: 6,
        BANCROFT: 6,
        CODE: 12,
    }
    assert all(bar is not None and bar.discretion for bar in bars.values())


def test_the_model_for_tmos_ends_with_a_panel_of_three_which_the_code_does_not_know() -> None:
    last = policy_named(TMO).stages[-1]
    assert (last.number, len(last.considered_by)) == (3, 3)
    assert last.departure is not None
    assert last.independence is not None


def test_48_hours_on_working_days_end_at_their_minute() -> None:
    spec = given(opened(mon_2_mar_2026, "09:30"), under=THH)
    spec.when(acknowledged(wed_4_mar_2026, "09:29")).then_among_others(
        DeadlineMet("acknowledge", 1, wed_4_mar_2026, wed_4_mar_2026, 0)
    )
    late = spec.after(acknowledged(wed_4_mar_2026, "09:31"))
    assert DeadlineMissed("acknowledge", 1, wed_4_mar_2026) in [e.event for e in late.history]

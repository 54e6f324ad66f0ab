"""Two clocks: a complaint is judged by its own policy and by the code beside it, and neither moves
the other.

Received Monday 2 March 2026 under KCTMO's policy: acknowledge by Wednesday 4, respond by Monday 16.
The Code: acknowledge by Monday 9, respond ten working days after that, and no third stage.
"""

from datetime import UTC, datetime

import pytest

from services.workflow.domain import commands as ask
from services.workflow.domain.complaint import replay
from services.workflow.domain.decisions import decide
from services.workflow.domain.history import HistoricFact, record_history
from services.workflow.domain.timers import timers_after
from shared.complaints import events as told
from shared.complaints.events import (
    ComplaintOpened,
    DeadlineApproaching,
    DeadlineLifted,
    DeadlineMet,
    DeadlineMissed,
    DeadlineSet,
)
from shared.complaints.values import Moment, Route
from shared.eventstore.codec import decode_event, encode_event, name_of
from tests.complaints.steps import (
    A_REASON,
    HEAD,
    acknowledged,
    answered,
    checked_and_answered,
    closed,
    escalated,
    extended,
    fell,
    opened,
    reopened,
)
from tests.support.complaint_spec import (
    CODE,
    KCTMO,
    Outcome,
    Spec,
    at,
    due,
    england,
    given,
    policy_named,
)
from tests.support.dates import (
    fri_13_mar_2026,
    fri_20_mar_2026,
    mon_2_mar_2026,
    mon_9_mar_2026,
    mon_16_mar_2026,
    mon_23_mar_2026,
    mon_30_mar_2026,
    thu_2_apr_2026,
    thu_12_mar_2026,
    tue_3_mar_2026,
    tue_7_apr_2026,
    tue_12_may_2026,
    tue_17_mar_2026,
    tue_24_mar_2026,
    wed_4_mar_2026,
    wed_11_mar_2026,
    wed_15_apr_2026,
)

NEVER = datetime.max.replace(tzinfo=UTC)


def judged_by_both(*steps: ask.Command | tuple[ask.Command, ...]) -> Spec:
    return given(opened(mon_2_mar_2026), *steps, beside=CODE)


def under_the_code(outcome: Outcome | Spec) -> list[told.ComplaintEvent]:
    """The events that the Code's clock told."""
    events = (
        outcome.events
        if isinstance(outcome, Outcome)
        else [entry.event for entry in outcome.history]
    )
    return [event for event in events if getattr(event, "overlay", None) == CODE]


def test_both_clocks_start_with_the_receipt_and_both_policies_are_pinned() -> None:
    spec = judged_by_both()
    opening = spec.history[0].event
    assert isinstance(opening, ComplaintOpened)
    assert (opening.policy, opening.overlay_policy) == (KCTMO, CODE)
    assert opening.overlay_policy_hash == policy_named(CODE).policy_hash
    acknowledge, respond = under_the_code(spec)
    assert due("acknowledge", mon_9_mar_2026, overlay=CODE, clause="Code 6.2").tells_of(acknowledge)
    assert due("respond", mon_23_mar_2026, overlay=CODE, trigger="after acknowledge").tells_of(
        respond
    )
    own = spec.state.deadlines_at(1)
    assert own["respond"].latest.due_on == mon_16_mar_2026
    assert own["acknowledge"].latest.due_on == wed_4_mar_2026


def test_an_acknowledgement_meets_both_duties_each_by_its_own_date() -> None:
    outcome = judged_by_both().when(acknowledged(thu_12_mar_2026))
    outcome.then_among_others(
        DeadlineMet("acknowledge", 1, wed_4_mar_2026, thu_12_mar_2026, 6),
        DeadlineMet("acknowledge", 1, mon_9_mar_2026, thu_12_mar_2026, 3, CODE),
    )


def test_where_the_code_is_later_each_date_passes_on_its_own_day() -> None:
    spec = judged_by_both(acknowledged(tue_3_mar_2026))
    own = spec.when_time_passes_to(tue_17_mar_2026, "00:30")
    own.then_among_others(DeadlineMissed("respond", 1, mon_16_mar_2026))
    assert under_the_code(own) == []
    code = own.after.when_time_passes_to(tue_24_mar_2026)
    code.then_among_others(DeadlineMissed("respond", 1, tue_17_mar_2026, CODE))


def test_where_the_code_is_earlier_its_date_passes_while_the_own_one_still_runs() -> None:
    """An extension by agreement beyond the ten working days that the Code allows."""
    spec = judged_by_both(acknowledged(tue_3_mar_2026), extended(fri_13_mar_2026, thu_2_apr_2026))
    code = spec.state.deadlines_at(1, overlay=CODE)["respond"].latest
    assert code.due_on == tue_17_mar_2026
    assert spec.state.deadlines_at(1)["respond"].latest.due_on == thu_2_apr_2026
    outcome = spec.when_time_passes_to(mon_23_mar_2026)
    assert under_the_code(outcome) == [DeadlineMissed("respond", 1, tue_17_mar_2026, CODE)]
    assert spec.state.deadlines_at(1)["respond"].is_owed
    draft, approval, _ = checked_and_answered(mon_23_mar_2026)
    checked = outcome.after.after(draft).after(approval)
    checked.when(answered(mon_23_mar_2026)).then_among_others(
        DeadlineMet("respond", 1, thu_2_apr_2026, mon_23_mar_2026, 0),
        DeadlineMet("respond", 1, tue_17_mar_2026, mon_23_mar_2026, 4, CODE),
    )


def test_an_extension_that_meets_the_conditions_of_both_moves_both() -> None:
    spec = judged_by_both(acknowledged(tue_3_mar_2026))
    spec.when(extended(wed_11_mar_2026, mon_30_mar_2026)).then_among_others(
        due("respond", mon_30_mar_2026, trigger="extension"),
        due("respond", mon_30_mar_2026, trigger="extension", clause="Code 6.4", overlay=CODE),
    )


@pytest.mark.parametrize(
    "extension",
    [
        extended(wed_11_mar_2026, mon_30_mar_2026, details=False),
        extended(wed_11_mar_2026, mon_30_mar_2026, words=None),
        extended(wed_11_mar_2026, tue_17_mar_2026),  # no later than the Code's own date
        extended(wed_11_mar_2026, thu_2_apr_2026),  # twelve working days on, without good reason
    ],
    ids=["no Ombudsman details", "not explained", "not later", "beyond the cap"],
)
def test_an_extension_that_the_code_does_not_know_leaves_its_date(
    extension: ask.ExtendDeadline,
) -> None:
    spec = judged_by_both(acknowledged(tue_3_mar_2026))
    outcome = spec.when(extension)
    outcome.then_among_others(due("respond", extension.to_on or mon_2_mar_2026))
    assert under_the_code(outcome) == []


def test_good_reason_on_record_takes_the_codes_date_beyond_its_cap() -> None:
    spec = judged_by_both(acknowledged(tue_3_mar_2026))
    spec.when(extended(wed_11_mar_2026, thu_2_apr_2026, good_reason=True)).then_among_others(
        due("respond", thu_2_apr_2026, overlay=CODE)
    )


def test_a_late_acknowledgement_stays_a_breach_of_the_code_after_a_timely_answer() -> None:
    """Received Monday 1 June, due Monday 8, acknowledged Wednesday 10: the date of the answer that
    the Code's words give is Wednesday 24, ten working days on.
    """
    june = [mon_2_mar_2026.replace(month=6, day=number) for number in (1, 8, 10, 12, 24)]
    first, eighth, tenth, twelfth, twenty_fourth = june
    spec = given(opened(first), beside=CODE).after(acknowledged(tenth))
    missed = DeadlineMissed("acknowledge", 1, eighth, CODE)
    assert missed in under_the_code(spec)
    for command in checked_and_answered(twelfth):
        spec = spec.after(command)
    told_by_the_code = under_the_code(spec)
    assert DeadlineMet("acknowledge", 1, eighth, tenth, 2, CODE) in told_by_the_code
    assert DeadlineMet("respond", 1, twenty_fourth, twelfth, 0, CODE) in told_by_the_code
    assert told_by_the_code.index(missed) < len(told_by_the_code) - 1


def test_the_second_stage_runs_under_both_and_a_third_only_under_the_own_policy() -> None:
    spec = judged_by_both(acknowledged(tue_3_mar_2026), *checked_and_answered(thu_12_mar_2026))
    second = spec.when(escalated(mon_16_mar_2026))
    second.then_among_others(
        due("respond", mon_30_mar_2026, 2),
        due("acknowledge", mon_23_mar_2026, 2, overlay=CODE, clause="Code 6.11"),
        # 20 working days after Monday 23 March, with Easter between
        due("respond", wed_15_apr_2026.replace(day=22), 2, overlay=CODE, clause="Code 6.14"),
    )
    later = second.after
    for command in (
        acknowledged(tue_17_mar_2026),
        *checked_and_answered(mon_23_mar_2026, by=HEAD),
    ):
        later = later.after(command)
    third = later.when(escalated(tue_24_mar_2026))
    third.then_among_others(due("respond", tue_12_may_2026.replace(day=6), 3))
    assert under_the_code(third) == []


def test_reminders_come_from_the_own_policy_alone() -> None:
    silent = judged_by_both().when_time_passes_to(tue_7_apr_2026)
    reminded = [event for event in silent.events if isinstance(event, DeadlineApproaching)]
    assert {event.due_on for event in reminded} == {wed_4_mar_2026, mon_16_mar_2026}
    every = [entry.event for entry in silent.after.history]
    assert all(
        event.notices == () for event in every if isinstance(event, DeadlineSet) and event.overlay
    )
    assert under_the_code(silent) == [
        DeadlineMissed("acknowledge", 1, mon_9_mar_2026, CODE),
        DeadlineMissed("respond", 1, mon_23_mar_2026, CODE),
    ]


def test_a_closed_case_owes_nothing_under_either_and_a_reopened_one_under_both_again() -> None:
    spec = judged_by_both(closed(tue_3_mar_2026, words=A_REASON))
    assert not any(known.is_owed for known in spec.state.all_deadlines)
    reasons = [event for event in under_the_code(spec) if isinstance(event, DeadlineLifted)]
    assert [event.duty for event in reasons] == ["acknowledge", "respond"]
    spec.when(reopened(wed_4_mar_2026)).then_among_others(
        due("respond", mon_16_mar_2026, generation=2),
        due("respond", mon_23_mar_2026, generation=2, overlay=CODE),
    )


def test_a_complaint_under_the_code_itself_is_not_doubled() -> None:
    spec = given(opened(mon_2_mar_2026), under=CODE, beside=CODE)
    assert spec.state.overlay_policy is None
    assert [entry.event for entry in spec.history] == [
        entry.event for entry in given(opened(mon_2_mar_2026), under=CODE).history
    ]


def test_a_case_that_was_opened_without_the_code_never_gets_its_clock() -> None:
    old = given(opened(mon_2_mar_2026)).state
    with pytest.raises(ValueError, match="keeps the policies"):
        decide(
            old,
            acknowledged(tue_3_mar_2026),
            policy_named(KCTMO),
            england(),
            at(tue_3_mar_2026).at or NEVER,
            overlay=policy_named(CODE),
        )


def test_a_query_has_no_clock_under_a_code_that_knows_none() -> None:
    spec = given(opened(mon_2_mar_2026, route=Route.MEMBERS_ENQUIRY), beside=CODE)
    assert under_the_code(spec) == []
    assert spec.state.overlay_policy == CODE


def test_the_timers_of_both_clocks_have_names_of_their_own() -> None:
    timers, ended = timers_after(entry.event for entry in judged_by_both().history)
    assert {timer.duty for timer in timers if timer.duty.endswith("respond")} == {
        "respond",
        f"{CODE}/respond",
    }
    assert ended == ()
    _, ended = timers_after(judged_by_both().when(acknowledged(tue_3_mar_2026)).events)
    assert {(each.duty, each.stage) for each in ended} >= {
        ("acknowledge", 1),
        (f"{CODE}/acknowledge", 1),
        (f"{CODE}/respond", 1),
    }


def test_a_timer_speaks_for_its_own_clock_and_generation() -> None:
    spec = judged_by_both().with_timers_asleep()
    spec.when(fell(tue_24_mar_2026, f"{CODE}/respond"), now=at(tue_24_mar_2026).at).then(
        DeadlineMissed("respond", 1, mon_23_mar_2026, CODE)
    )
    spec.when(
        fell(tue_24_mar_2026, f"{CODE}/respond", generation=2), now=at(tue_24_mar_2026).at
    ).then_nothing_happens()
    spec.when(fell(tue_24_mar_2026, "another-code/respond")).then_nothing_happens()


def test_a_history_is_judged_by_both() -> None:
    facts = [
        HistoricFact(what="acknowledged", moment=Moment(thu_12_mar_2026)),
        HistoricFact(what="response", moment=Moment(mon_30_mar_2026)),
    ]
    opening = opened(mon_2_mar_2026)
    history = record_history(
        opening, facts, policy_named(KCTMO), england(), overlay=policy_named(CODE)
    )
    code = [entry for entry in history if getattr(entry.event, "overlay", None) == CODE]
    assert [entry.event for entry in code if not isinstance(entry.event, DeadlineSet)] == [
        DeadlineMissed("acknowledge", 1, mon_9_mar_2026, CODE),
        DeadlineMet("acknowledge", 1, mon_9_mar_2026, thu_12_mar_2026, 3, CODE),
        DeadlineMissed("respond", 1, mon_23_mar_2026.replace(day=26), CODE),
        DeadlineMet("respond", 1, mon_23_mar_2026.replace(day=26), mon_30_mar_2026, 2, CODE),
    ]
    again = replay(history)
    assert again is not None
    assert again.overlay_policy == CODE


def test_the_facts_of_the_own_clock_are_stored_in_the_bytes_they_always_were() -> None:
    for entry in judged_by_both(acknowledged(fri_20_mar_2026)).history:
        encoded = encode_event(entry.event)
        assert decode_event(name_of(entry.event), encoded) == entry.event
        own = getattr(entry.event, "overlay", None) is None
        assert ("overlay" in encoded) is not own
    assert "overlay_policy" not in encode_event(given(opened(mon_2_mar_2026)).history[0].event)

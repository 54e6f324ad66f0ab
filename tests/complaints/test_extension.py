"""Extension: the date of a response moves on the policy's condition, before it has passed."""

from dataclasses import replace

from shared.complaints.events import DeadlineExtended
from shared.policies.policy import Policy
from tests.complaints.steps import (
    A_REASON,
    acknowledged,
    answered,
    checked_and_answered,
    drafted,
    escalated,
    extended,
    opened,
)
from tests.support.complaint_spec import CODE, KCTMO, Spec, due, given, policy_named
from tests.support.dates import (
    fri_3_apr_2026,
    fri_7_aug_2026,
    fri_10_oct_2025,
    fri_13_mar_2026,
    fri_19_sep_2025,
    fri_20_mar_2026,
    mon_2_mar_2026,
    mon_9_mar_2026,
    mon_16_mar_2026,
    mon_18_may_2026,
    mon_23_mar_2026,
    thu_9_oct_2025,
    thu_11_sep_2025,
    thu_25_sep_2025,
    tue_9_sep_2025,
    tue_17_mar_2026,
    wed_4_mar_2026,
    wed_11_mar_2026,
)

MOVED_BY_AGREEMENT = DeadlineExtended(
    stage=1,
    from_on=mon_16_mar_2026,
    to_on=mon_23_mar_2026,
    kind="agree",
    agreed=True,
    ombudsman_details_given=True,
    words=A_REASON,
)
MOVED_BY_EXPLANATION = DeadlineExtended(
    stage=1,
    from_on=thu_25_sep_2025,
    to_on=thu_9_oct_2025,
    kind="explain",
    agreed=False,
    ombudsman_details_given=True,
    words=A_REASON,
)


def under_the_code() -> Spec:
    return given(opened(tue_9_sep_2025), acknowledged(thu_11_sep_2025), under=CODE)


def consulting() -> Policy:
    """A policy whose dates move after consultation: neither agreed nor explained by the Code."""
    policy = policy_named(KCTMO)
    consult = tuple(replace(rule, kind="consult") for rule in policy.extensions)
    return replace(policy, extensions=consult)


def test_kctmo_agrees_a_later_date_without_any_cap() -> None:
    given(opened(mon_2_mar_2026)).when(extended(mon_9_mar_2026, by=100)).then_among_others(
        due("respond", fri_7_aug_2026, generation=2, clause="Staff guidance 6.2")
    )


def test_the_draft_moves_with_the_current_date_and_nothing_else_does() -> None:
    given(opened(mon_2_mar_2026)).when(extended(mon_9_mar_2026, mon_23_mar_2026)).then(
        MOVED_BY_AGREEMENT,
        due("respond", mon_23_mar_2026, generation=2, trigger="extension"),
        due("draft", fri_20_mar_2026, generation=2, trigger="before respond"),
    )


def test_a_draft_that_is_in_stays_met_when_the_date_moves() -> None:
    given(opened(mon_2_mar_2026), drafted(wed_4_mar_2026)).when(
        extended(mon_9_mar_2026, mon_23_mar_2026)
    ).then(
        MOVED_BY_AGREEMENT,
        due("respond", mon_23_mar_2026, generation=2),
    )


def test_kctmo_moves_no_date_without_agreement() -> None:
    given(opened(tue_9_sep_2025)).when(extended(fri_19_sep_2025, by=10, agreed=False)).then_refused(
        "has not agreed", clause="Staff guidance 6.2", way_out="send a holding response"
    )


def test_on_the_due_date_it_may_still_move() -> None:
    given(opened(mon_2_mar_2026)).when(extended(mon_16_mar_2026, by=5)).then_among_others(
        due("respond", mon_23_mar_2026, generation=2)
    )


def test_after_the_due_date_the_breach_stands() -> None:
    given(opened(mon_2_mar_2026)).when(extended(tue_17_mar_2026, by=5)).then_refused(
        "due on 2026-03-16: the breach stands", way_out="Send a holding response"
    )


def test_the_code_moves_stage_1_by_ten_working_days_with_an_explanation() -> None:
    under_the_code().when(extended(fri_19_sep_2025, by=10, agreed=False)).then(
        MOVED_BY_EXPLANATION,
        due("respond", thu_9_oct_2025, generation=3, trigger="extension", clause="Code 6.4"),
    )


def test_the_code_moves_stage_1_no_further_without_good_reason() -> None:
    under_the_code().when(extended(fri_19_sep_2025, by=11)).then_refused(
        "move to 2025-10-09 at most", clause="Code 6.4", way_out="good reason"
    )


def test_the_code_counts_every_extension_from_the_original_date() -> None:
    spec = under_the_code().after(extended(fri_19_sep_2025, by=6))
    spec.when(extended(fri_19_sep_2025, by=5)).then_refused("move to 2025-10-09 at most")


def test_the_code_moves_stage_1_further_with_good_reason() -> None:
    under_the_code().when(
        extended(fri_19_sep_2025, fri_10_oct_2025, good_reason=True)
    ).then_among_others(due("respond", fri_10_oct_2025, generation=3))


def test_the_code_moves_stage_2_by_twenty_working_days() -> None:
    spec = given(opened(mon_2_mar_2026), acknowledged(mon_2_mar_2026), under=CODE)
    spec = spec.after(answered(mon_9_mar_2026)).after(escalated(wed_11_mar_2026))
    spec.when(extended(fri_13_mar_2026, by=20)).then_among_others(
        due("respond", mon_18_may_2026, stage=2, generation=2, clause="Code 6.15")
    )
    spec.when(extended(fri_13_mar_2026, by=21)).then_refused(clause="Code 6.15")


def test_the_code_asks_for_the_ombudsmans_details_on_the_letter() -> None:
    under_the_code().when(extended(fri_19_sep_2025, by=5, details=False)).then_refused(
        "contact details", clause="Code 6.5", way_out="Give them"
    )


def test_the_code_asks_for_the_reasons() -> None:
    under_the_code().when(extended(fri_19_sep_2025, by=5, words=None)).then_refused(
        "reasons", clause="Code 6.4"
    )


def test_a_consultation_needs_its_letter_and_no_agreement() -> None:
    spec = given(opened(mon_2_mar_2026), under=consulting())
    spec.when(extended(mon_9_mar_2026, by=5, agreed=False, words=None)).then_refused("reasons")
    spec.when(extended(mon_9_mar_2026, by=5, agreed=False)).then_among_others(
        due("respond", mon_23_mar_2026, generation=2)
    )


def test_an_acknowledgement_after_an_extension_leaves_the_extended_date() -> None:
    spec = given(opened(mon_2_mar_2026), extended(wed_4_mar_2026, by=5), under=CODE)
    before = spec.state.deadline("respond")
    after = spec.after(acknowledged(mon_9_mar_2026)).state.deadline("respond")
    assert before == after


def test_a_date_moves_to_a_later_working_day_only() -> None:
    spec = given(opened(mon_2_mar_2026))
    spec.when(extended(mon_9_mar_2026, mon_16_mar_2026)).then_refused("not after 2026-03-16")
    spec.when(extended(mon_9_mar_2026, fri_3_apr_2026)).then_refused("not a working day")


def test_an_extension_names_a_day_or_a_number_and_not_both() -> None:
    spec = given(opened(mon_2_mar_2026))
    spec.when(extended(mon_9_mar_2026)).then_refused("names a day, or a number")
    spec.when(extended(mon_9_mar_2026, mon_23_mar_2026, by=5)).then_refused(
        way_out="one of the two"
    )


def test_no_date_moves_once_the_response_is_out() -> None:
    given(opened(mon_2_mar_2026), checked_and_answered(mon_9_mar_2026)).when(
        extended(wed_11_mar_2026, by=5)
    ).then_refused("already answered")


def test_no_date_moves_where_the_policy_knows_no_extension() -> None:
    policy = replace(policy_named(KCTMO), extensions=())
    given(opened(mon_2_mar_2026), under=policy).when(extended(mon_9_mar_2026, by=5)).then_refused(
        "knows no extension", way_out="holding response"
    )

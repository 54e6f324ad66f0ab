"""Draft and approval: a second person checks every response before it is issued, where the policy
asks for it.
"""

from dataclasses import replace

from shared.complaints.events import (
    DeadlineMet,
    DraftApproved,
    DraftDue,
    DraftReturned,
    DraftSubmitted,
)
from shared.complaints.values import Route
from tests.complaints.steps import (
    A_LETTER,
    A_REASON,
    MANAGER,
    TEAM,
    TEAM_COLLEAGUE,
    answered,
    approved,
    checked_and_answered,
    drafted,
    opened,
    parts_of,
    returned,
)
from tests.support.complaint_spec import CODE, given
from tests.support.dates import (
    fri_13_mar_2026,
    mon_2_mar_2026,
    mon_9_mar_2026,
    mon_16_mar_2026,
    thu_12_mar_2026,
)


def test_a_draft_one_working_day_before_is_in_time() -> None:
    given(opened(mon_2_mar_2026)).when(drafted(fri_13_mar_2026)).then(
        DraftSubmitted(1, 1, A_LETTER),
        DeadlineMet("draft", 1, fri_13_mar_2026, fri_13_mar_2026, 0),
    )


def test_the_reminder_comes_on_the_day_of_the_draft() -> None:
    given(opened(mon_2_mar_2026)).when_time_passes_to(fri_13_mar_2026, "08:00").then_among_others(
        DraftDue(1, fri_13_mar_2026)
    )


def test_a_second_draft_is_counted_and_must_be_approved_itself() -> None:
    spec = given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026), approved(mon_9_mar_2026))
    spec = spec.when(drafted(thu_12_mar_2026)).then(DraftSubmitted(1, 2, A_LETTER))
    spec.when(answered(fri_13_mar_2026)).then_refused("has not been approved")
    spec.when(approved(thu_12_mar_2026)).then(DraftApproved(1, 2))


def test_nobody_approves_their_own_draft() -> None:
    given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026, by=TEAM)).when(
        approved(mon_9_mar_2026, by=TEAM)
    ).then_refused("their own draft", clause="Staff guidance 2.1", way_out="Ask a colleague")


def test_a_colleague_of_the_team_approves_it() -> None:
    given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026, by=TEAM)).when(
        approved(mon_9_mar_2026, by=TEAM_COLLEAGUE)
    ).then(DraftApproved(1, 1))


def test_only_the_team_named_by_the_policy_approves() -> None:
    by_a_manager = replace(approved(mon_9_mar_2026), actor="officer-2", actor_role="manager")
    given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026)).when(by_a_manager).then_refused(
        "by the role complaints team", way_out="Ask that team"
    )


def test_there_must_be_a_draft_to_approve() -> None:
    given(opened(mon_2_mar_2026)).when(approved(mon_9_mar_2026)).then_refused(
        "no draft waiting", way_out="Submit a draft first"
    )


def test_a_draft_is_approved_once() -> None:
    given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026), approved(mon_9_mar_2026)).when(
        approved(mon_9_mar_2026, "15:00")
    ).then_refused("no draft waiting")


def test_no_response_goes_out_unchecked() -> None:
    given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026)).when(
        answered(mon_9_mar_2026)
    ).then_refused("has not been approved", clause="Staff guidance 2.1", way_out="have it approved")


def test_no_draft_comes_after_the_response() -> None:
    given(opened(mon_2_mar_2026), checked_and_answered(mon_9_mar_2026)).when(
        drafted(thu_12_mar_2026)
    ).then_refused("already answered", clause="Staff guidance 2.2 and 6.1")


def test_the_code_lets_a_draft_be_checked_and_does_not_ask_for_it() -> None:
    spec = given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026), under=CODE)
    parts = parts_of(CODE, "first_response")
    spec.when(approved(mon_9_mar_2026)).then(DraftApproved(1, 1, parts))
    spec.when(answered(mon_16_mar_2026)).then_among_others()


def test_the_answer_to_a_councillor_is_drafted_within_nine_working_days() -> None:
    given(opened(mon_2_mar_2026, route=Route.MEMBERS_ENQUIRY)).when(
        drafted(fri_13_mar_2026, by=MANAGER)
    ).then(
        DraftSubmitted(1, 1, A_LETTER),
        DeadlineMet("draft", 1, fri_13_mar_2026, fri_13_mar_2026, 0),
    )


def test_a_draft_that_lacks_something_goes_back_with_what_is_to_be_changed() -> None:
    given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026)).when(returned(mon_9_mar_2026)).then(
        DraftReturned(1, 1, A_REASON)
    )


def test_nobody_sends_back_a_draft_without_a_word() -> None:
    given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026)).when(
        returned(mon_9_mar_2026, words=None)
    ).then_refused("what is to be changed", clause="Staff guidance 2.1", way_out="Say what")


def test_nobody_sends_back_their_own_draft() -> None:
    given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026, by=TEAM)).when(
        returned(mon_9_mar_2026, by=TEAM)
    ).then_refused("their own draft", clause="Staff guidance 2.1", way_out="Ask a colleague")


def test_only_who_may_approve_sends_back() -> None:
    spec = given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026))
    spec.when(returned(mon_9_mar_2026, role="manager")).then_refused(
        "sent back by the role complaints team", way_out="Ask that team"
    )
    spec.when(returned(mon_9_mar_2026, role="complaints_team")).then(DraftReturned(1, 1, A_REASON))


def test_what_was_sent_back_is_neither_approved_nor_issued_nor_sent_back_again() -> None:
    spec = given(
        opened(mon_2_mar_2026),
        drafted(mon_9_mar_2026),
        returned(mon_9_mar_2026),
    )
    spec.when(approved(thu_12_mar_2026)).then_refused("no draft waiting")
    spec.when(returned(thu_12_mar_2026)).then_refused("no draft waiting")
    spec.when(answered(thu_12_mar_2026)).then_refused("has not been approved")


def test_an_approved_draft_is_not_sent_back() -> None:
    given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026), approved(mon_9_mar_2026)).when(
        returned(mon_9_mar_2026, "15:00")
    ).then_refused("no draft waiting")


def test_the_next_version_is_checked_anew_and_numbered_on() -> None:
    spec = given(opened(mon_2_mar_2026), drafted(mon_9_mar_2026), returned(mon_9_mar_2026))
    spec = spec.when(drafted(thu_12_mar_2026)).then(
        DraftSubmitted(1, 2, A_LETTER),
    )
    spec.when(returned(thu_12_mar_2026)).then(DraftReturned(1, 2, A_REASON))
    spec.when(approved(thu_12_mar_2026)).then(DraftApproved(1, 2))


def test_who_sent_a_draft_back_took_part_in_the_stage() -> None:
    spec = given(
        opened(mon_2_mar_2026),
        drafted(mon_9_mar_2026),
        returned(mon_9_mar_2026, by=TEAM_COLLEAGUE),
    )
    assert TEAM_COLLEAGUE in spec.state.involved_before(2)
    assert TEAM_COLLEAGUE not in spec.state.involved_before(1)

"""The contract suites of the store, on the model: the same tests that PostgreSQL passes in tests/eventstore.

The fixtures `owner`, `workflow` and `recorder` come from this folder's conftest.py here, and from that of
tests/eventstore there; nothing else differs.
"""

from tests.eventstore.test_append import (
    test_a_command_is_carried_out_once_and_its_result_is_kept,
    test_a_command_that_changes_nothing_has_a_result_too,
    test_a_landlord_without_a_feed_cannot_be_appended_to,
    test_a_source_reference_belongs_to_one_complaint,
    test_an_append_in_the_callers_transaction_can_be_undone_alone,
    test_each_landlord_has_a_feed_of_its_own_numbered_from_one,
    test_of_two_who_decided_on_the_same_version_the_second_is_refused,
    test_what_was_appended_is_loaded_in_order_with_its_envelope,
    test_words_timers_and_result_stand_and_fall_with_the_facts,
)
from tests.eventstore.test_timers import (
    first,
    test_a_new_generation_ends_the_older_ones_of_its_duty_and_stage,
    test_a_timer_that_fired_is_not_set_again,
    test_ending_a_duty_ends_all_its_timers_and_no_others,
    test_setting_a_timer_again_moves_it_while_it_is_open,
    test_timers_fall_in_the_order_of_their_time_and_not_before,
    test_timers_of_a_complaint_that_is_being_appended_to_wait_for_the_next_round,
    test_two_workers_never_claim_the_same_timer,
    test_what_ends_is_ended_before_what_is_set_is_set,
)

__all__ = [
    "first",
    "test_a_command_is_carried_out_once_and_its_result_is_kept",
    "test_a_command_that_changes_nothing_has_a_result_too",
    "test_a_landlord_without_a_feed_cannot_be_appended_to",
    "test_a_new_generation_ends_the_older_ones_of_its_duty_and_stage",
    "test_a_source_reference_belongs_to_one_complaint",
    "test_a_timer_that_fired_is_not_set_again",
    "test_an_append_in_the_callers_transaction_can_be_undone_alone",
    "test_each_landlord_has_a_feed_of_its_own_numbered_from_one",
    "test_ending_a_duty_ends_all_its_timers_and_no_others",
    "test_of_two_who_decided_on_the_same_version_the_second_is_refused",
    "test_setting_a_timer_again_moves_it_while_it_is_open",
    "test_timers_fall_in_the_order_of_their_time_and_not_before",
    "test_timers_of_a_complaint_that_is_being_appended_to_wait_for_the_next_round",
    "test_two_workers_never_claim_the_same_timer",
    "test_what_ends_is_ended_before_what_is_set_is_set",
    "test_what_was_appended_is_loaded_in_order_with_its_envelope",
    "test_words_timers_and_result_stand_and_fall_with_the_facts",
]

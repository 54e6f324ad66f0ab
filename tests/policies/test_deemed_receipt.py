"""What is sent counts as received on the day that the policy says for its way; where it says nothing, on the same."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shared.complaints.values import Channel
from tests.policies.reading import every_rule


@pytest.mark.parametrize(("channel", "days"), [(Channel.LETTER, 2), (Channel.EMAIL, 0)])
def test_a_way_that_the_policy_names_takes_so_many_days_and_any_other_none(
    channel: Channel, days: int
) -> None:
    assert every_rule().days_to_arrive(channel) == days


@pytest.mark.parametrize("channel", Channel)
def test_a_policy_that_says_nothing_lets_everything_arrive_at_once(channel: Channel) -> None:
    assert replace(every_rule(), deemed_receipt=None).days_to_arrive(channel) == 0

"""The table of what may be done, by stage, state, role and policy, is the one that was reviewed."""

from __future__ import annotations

import pytest

from tests.complaints.permitted_table import REVIEWED


@pytest.mark.parametrize("policy", REVIEWED.parts, ids=lambda lines: lines.split("\n")[1])
def test_what_may_be_done_is_what_was_reviewed(policy: str) -> None:
    REVIEWED.check(policy)


def test_every_policy_stands_in_the_table_and_nothing_else() -> None:
    REVIEWED.check_that_nothing_else_is_there()

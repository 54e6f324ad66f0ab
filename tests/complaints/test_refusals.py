"""Every refusal is told in the sentences that were reviewed, with the rule and the clause that stand against it."""

from __future__ import annotations

import pytest

from tests.complaints.refusals import REVIEWED


@pytest.mark.parametrize("situation", REVIEWED.parts)
def test_every_refusal_says_what_was_reviewed(situation: str) -> None:
    REVIEWED.check(situation)


def test_every_situation_stands_in_the_text_and_nothing_else() -> None:
    REVIEWED.check_that_nothing_else_is_there()

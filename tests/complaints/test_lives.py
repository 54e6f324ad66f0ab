"""All that is told of whole cases, in full, is what was reviewed."""

from __future__ import annotations

import pytest

from tests.complaints.lives import REVIEWED


@pytest.mark.parametrize("life", REVIEWED.parts)
def test_everything_that_is_told_of_whole_cases_is_what_was_reviewed(life: str) -> None:
    REVIEWED.check(life)


def test_every_life_stands_in_the_text_and_nothing_else() -> None:
    REVIEWED.check_that_nothing_else_is_there()

"""All that is told of whole cases, in full, is what was reviewed."""

from __future__ import annotations

import difflib
from pathlib import Path

from tests.complaints.lives import lives

REVIEWED = Path(__file__).with_name("lives.txt")
WRITE_AFRESH = (
    "What is told of a case has changed. Look at each fact; if all are meant, write it afresh:\n"
    "python -m tests.complaints.lives > tests/complaints/lives.txt\n\n"
)


def test_everything_that_is_told_of_whole_cases_is_what_was_reviewed() -> None:
    reviewed, found = REVIEWED.read_text("utf-8").splitlines(), lives().splitlines()
    changed = list(difflib.unified_diff(reviewed, found, "reviewed", "found", n=4, lineterm=""))
    assert not changed, WRITE_AFRESH + "\n".join(changed[:200])

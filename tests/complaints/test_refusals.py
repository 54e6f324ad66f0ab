"""Every refusal is told in the sentences that were reviewed, with the rule and the clause that stand against it."""

from __future__ import annotations

import difflib
from pathlib import Path

from tests.complaints.refusals import refusals

REVIEWED = Path(__file__).with_name("refusals.txt")
WRITE_AFRESH = (
    "What is said to somebody who is refused has changed. Read each line; if all are meant, write it afresh:\n"
    "python -m tests.complaints.refusals > tests/complaints/refusals.txt\n\n"
)


def test_every_refusal_says_what_was_reviewed() -> None:
    reviewed, found = REVIEWED.read_text("utf-8").splitlines(), refusals().splitlines()
    changed = list(difflib.unified_diff(reviewed, found, "reviewed", "found", n=4, lineterm=""))
    assert not changed, WRITE_AFRESH + "\n".join(changed[:200])

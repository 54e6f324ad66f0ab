"""The table of what may be done, by stage, state, role and policy, is the one that was reviewed."""

from __future__ import annotations

import difflib
from pathlib import Path

from tests.complaints.permitted_table import table

REVIEWED = Path(__file__).with_name("permitted_table.txt")
WRITE_AFRESH = (
    "What may be done has changed. Look at each line; if all are meant, write the table afresh:\n"
    "python -m tests.complaints.permitted_table > tests/complaints/permitted_table.txt\n\n"
)


def test_what_may_be_done_is_what_was_reviewed() -> None:
    reviewed, found = REVIEWED.read_text("utf-8").splitlines(), table().splitlines()
    lines = difflib.unified_diff(reviewed, found, "reviewed", "found", n=4, lineterm="")
    changed = list(lines)
    assert not changed, WRITE_AFRESH + "\n".join(changed[:200])

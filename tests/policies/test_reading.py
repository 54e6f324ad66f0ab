"""A policy in plain English says what was reviewed, in whole sentences, each with its clause."""

from __future__ import annotations

import difflib
from pathlib import Path

from tests.policies.reading import reading

REVIEWED = Path(__file__).with_name("reading.txt")
WRITE_AFRESH = (
    "What a policy says of itself has changed. Read each line; if all are meant, write it afresh:\n"
    "python -m tests.policies.reading > tests/policies/reading.txt\n\n"
)


def test_every_rule_of_a_policy_is_told_in_the_sentences_that_were_reviewed() -> None:
    reviewed, found = REVIEWED.read_text("utf-8").splitlines(), reading().splitlines()
    changed = list(difflib.unified_diff(reviewed, found, "reviewed", "found", n=3, lineterm=""))
    assert not changed, WRITE_AFRESH + "\n".join(changed)

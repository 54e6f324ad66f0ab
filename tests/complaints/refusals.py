"""Writes down every refusal in full: what was asked, what is said, the way out, the rule and its clause.

python -m tests.complaints.refusals > tests/complaints/refusals.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from services.workflow.domain.commands import Command
from tests.complaints import refusals_beside_stages as beside_stages
from tests.complaints import refusals_of_documents as of_documents
from tests.complaints import refusals_of_stages as of_stages
from tests.complaints.refusals_of_stages import TOMORROW
from tests.complaints.reviewed import Reviewed
from tests.support.complaint_spec import Spec, at

SITUATIONS = (*of_stages.SITUATIONS, *beside_stages.SITUATIONS, *of_documents.SITUATIONS)
HEADING = """Every refusal in whole sentences: the case, the command, what is said and the way out; then the
rule that stands against it, with its clause. The policy is tests/policies/packs/every-rule.toml.
"""


def _written(title: str) -> str:
    return "".join(
        line
        for each, lived, commands in SITUATIONS
        if each == title
        for command in commands
        for line in _refused(lived(), command)
    )


def _refused(spec: Spec, command: Command) -> Iterator[str]:
    at_noon = at(TOMORROW - timedelta(days=1)).at
    outcome = replace(spec, timers_awake=False).when(command, now=command.happened.at or at_noon)
    refusal = outcome.refusal
    assert refusal is not None, f"it is not refused: {command}"
    assert str(refusal) == f"{refusal.said} {refusal.way_out}"
    yield f"  {type(command).__name__} ({type(refusal).__name__})\n"
    yield f"    {refusal.said}\n    {refusal.way_out}\n    {refusal.rule} [{refusal.clause}]\n"


REVIEWED = Reviewed(
    Path(__file__).with_name("refusals.txt"),
    HEADING,
    {title: partial(_written, title) for title, _, _ in SITUATIONS},
    "What is said to somebody who is refused has changed. Read each line; if all are meant, write it afresh:\n"
    "python -m tests.complaints.refusals > tests/complaints/refusals.txt\n\n",
)

if __name__ == "__main__":
    sys.stdout.write(REVIEWED.afresh())

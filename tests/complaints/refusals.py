"""Writes down every refusal in full: what was asked, what is said, the way out, the rule and its clause.

python -m tests.complaints.refusals > tests/complaints/refusals.txt
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

from services.workflow.domain.commands import Command
from tests.complaints import refusals_beside_stages as beside_stages
from tests.complaints import refusals_of_documents as of_documents
from tests.complaints import refusals_of_stages as of_stages
from tests.complaints.refusals_of_stages import TOMORROW
from tests.support.complaint_spec import Spec, at

SITUATIONS = (*of_stages.SITUATIONS, *beside_stages.SITUATIONS, *of_documents.SITUATIONS)
HEADING = """Every refusal in whole sentences: the case, the command, what is said and the way out; then the
rule that stands against it, with its clause. The policy is tests/policies/packs/every-rule.toml.
"""


def refusals() -> str:
    """Return them all, one after the other."""
    parts = [HEADING]
    for title, lived, commands in SITUATIONS:
        parts.append(f"\n{title}\n")
        parts += [line for command in commands for line in _refused(lived(), command)]
    return "".join(parts)


def _refused(spec: Spec, command: Command) -> Iterator[str]:
    at_noon = at(TOMORROW - timedelta(days=1)).at
    outcome = replace(spec, timers_awake=False).when(command, now=command.happened.at or at_noon)
    refusal = outcome.refusal
    assert refusal is not None, f"it is not refused: {command}"
    assert str(refusal) == f"{refusal.said} {refusal.way_out}"
    yield f"  {type(command).__name__} ({type(refusal).__name__})\n"
    yield f"    {refusal.said}\n    {refusal.way_out}\n    {refusal.rule} [{refusal.clause}]\n"


if __name__ == "__main__":
    sys.stdout.write(refusals())

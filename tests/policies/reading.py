"""Writes down what the policy of these tests says, as people read it: the text beside this file.

python -m tests.policies.reading > tests/policies/reading.txt
"""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

from shared.policies.describing import Section, described
from shared.policies.policy import Direction, DutyTrigger, Policy
from shared.policies.provisions import MembersCopy
from shared.policy_packs.loader import load_policy

PACK = Path(__file__).with_name("packs") / "every-rule.toml"


def every_rule() -> Policy:
    """The policy that says everything a policy can say."""
    return load_policy(PACK.read_text("utf-8"), source=PACK.name)


def the_other_ways() -> Policy:
    """The same, where a rule has a second way of which a policy takes one."""
    policy = every_rule()
    assert policy.approval is not None
    assert policy.members_copy is not None
    assert policy.time_bar is not None
    duties = tuple(
        replace(duty, trigger=DutyTrigger(Direction.BEFORE, "holding_response"))
        if duty.duty == "draft"
        else duty
        for duty in policy.duties
    )
    return replace(
        policy,
        duties=duties,
        approval=replace(policy.approval, stages=(), early=None),
        members_copy=MembersCopy("none", policy.members_copy.cited),
        time_bar=replace(policy.time_bar, counted_from="event", discretion=False, exclusion=None),
    )


def reading() -> str:
    """Return both, the second as far as it differs."""
    first, second = described(every_rule()), described(the_other_ways())
    differing = (
        replace(section, entries=tuple(e for e in section.entries if e not in known.entries))
        for section, known in zip(second, first, strict=True)
    )
    return "".join(_written(section) for section in (*first, *differing))


def _written(section: Section) -> str:
    if not section.entries:
        return ""
    lines = [section.title]
    for entry in section.entries:
        lines += [f"  {entry.name} [{entry.clause}]", *(f"    {said}" for said in entry.said)]
    return "\n".join(lines) + "\n\n"


if __name__ == "__main__":
    sys.stdout.write(reading())

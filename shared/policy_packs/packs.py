"""A policy pack as text and as the policy it says: a shipped one by its name, or a document that somebody brought."""

import re
from dataclasses import dataclass, field

from shared.policies.checking import findings
from shared.policies.policy import Policy
from shared.policy_packs.loader import (
    Fault,
    PolicyPackInvalid,
    load_policy,
    shipped_pack,
    shipped_policies,
)
from shared.policy_packs.places import Place, line_at, lines_of

LARGEST_PACK_BYTES = 200_000  # ten times the longest policy that is shipped


class PackNotFound(ValueError):
    """Nothing by that name is shipped, and no file has it, or the file is no pack."""


@dataclass(frozen=True, slots=True)
class Pack:
    """A policy with the text it was read from."""

    document: str = field(repr=False)
    read: Policy = field(repr=False)

    @property
    def policy(self) -> str:
        """The policy's name."""
        return self.read.policy


def shipped(name: str) -> Pack:
    """The shipped pack of that name; raises PackNotFound, which names those there are."""
    if name not in shipped_policies():
        raise PackNotFound(
            f"“{name}” is no policy pack; shipped are {', '.join(shipped_policies())}, "
            "and a pack of your own is given as the path of a file ending in .toml"
        )
    document = shipped_pack(name)
    return Pack(document, load_policy(document, source=name))


def checked(document: str, *, source: str) -> tuple[Policy | None, tuple[Fault, ...]]:
    """The policy of a document, where it has the form of one, and all that is wrong with it, line and field named."""
    try:
        policy = load_policy(document, source=source)
    except PolicyPackInvalid as invalid:
        return None, invalid.faults
    lines = lines_of(document)
    found = (
        Fault(one.where, one.said, line_at(_place(one.where, document), lines))
        for one in findings(policy)
    )
    return policy, tuple(found)


def _place(where: str, document: str) -> Place:
    """Where in the file a finding stands: `duties.3 (respond)`, `stage 2`, `exclusions (code)`."""
    if counted := re.match(r"(\w+)\.(\d+)", where):
        return (counted[1], int(counted[2]) - 1)
    if stage := re.match(r"stage (\d+)", where):
        return ("stages", int(stage[1]) - 1)
    if named := re.match(r"(\w+) \((\w+)\)", where):
        names = re.findall(rf'^(?:{named[1][:-1]}|body|route) = "(\w+)"$', document, re.MULTILINE)
        return (named[1], names.index(named[2])) if named[2] in names else (named[1],)
    return (where,)

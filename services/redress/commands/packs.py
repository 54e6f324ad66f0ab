"""Finds the policy pack a person asks for on the command line: one that is shipped, or a file of their own."""

from dataclasses import dataclass, field
from pathlib import Path

from shared.policies.policy import Policy
from shared.policy_packs.loader import (
    PolicyPackInvalid,
    load_policy,
    shipped_pack,
    shipped_policies,
)


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


def pack(asked: str) -> Pack:
    """A shipped pack by its name, or the pack in a file; raises PackNotFound."""
    path = Path(asked)
    if path.suffix != ".toml":
        return shipped(asked)
    try:
        document = path.read_text(encoding="utf-8")
        return Pack(document, load_policy(document, source=str(path)))
    except (OSError, UnicodeDecodeError, PolicyPackInvalid) as trouble:
        raise PackNotFound(f"the policy pack {path} cannot be used: {trouble}") from trouble

"""Finds the policy pack a person asks for on the command line: one that is shipped, or a file of their own."""

from pathlib import Path

from shared.policy_packs.loader import PolicyPackInvalid, load_policy
from shared.policy_packs.packs import Pack, PackNotFound, shipped

__all__ = ["Pack", "PackNotFound", "pack", "shipped"]


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

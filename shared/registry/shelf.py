"""The policy packs a landlord can choose from: those that are shipped, and every other one that it ever adopted."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from psycopg import Cursor

from shared.policies.policy import Policy
from shared.policy_packs.loader import shipped_policies
from shared.policy_packs.packs import Pack, shipped
from shared.registry.adoptions import policy_by_hash

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Shelved:
    """A pack under its key: the name of a shipped one, else the hash under which it is stored."""

    key: str
    policy: Policy


def shelf(cursor: Cursor[Row], landlord: str) -> tuple[Shelved, ...]:
    """Return every pack, by name and version; a shipped one that was adopted stands there once."""
    found = [Shelved(name, _shipped(name).read) for name in shipped_policies()]
    known = {each.policy.policy_hash for each in found}
    rows = cursor.execute(
        "SELECT policy_hash FROM registry.policy_pack WHERE landlord = %s ORDER BY stored_at",
        (landlord,),
    ).fetchall()
    found += [
        Shelved(row["policy_hash"], policy_by_hash(cursor, landlord, row["policy_hash"]))
        for row in rows
        if row["policy_hash"] not in known
    ]
    return tuple(sorted(found, key=lambda each: (each.policy.policy, each.policy.version)))


def from_shelf(cursor: Cursor[Row], landlord: str, key: str) -> Pack | None:
    """Return the pack of that key with its text; None where there is no such one."""
    if key in shipped_policies():
        return _shipped(key)
    row = cursor.execute(
        "SELECT document FROM registry.policy_pack WHERE landlord = %s AND policy_hash = %s",
        (landlord, key),
    ).fetchone()
    return None if row is None else Pack(row["document"], policy_by_hash(cursor, landlord, key))


def options_of(packs: Sequence[Shelved]) -> list[tuple[str, str]]:
    """Packs as the choices of a form."""
    return [
        (each.key, f"{each.policy.title} ({each.policy.policy}, {each.policy.version})")
        for each in packs
    ]


# What is shipped does not change while a process runs.
_shipped = cache(shipped)

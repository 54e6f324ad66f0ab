"""Which written policy an organisation adopted from which day, and the policy in force on a day."""

from datetime import date, datetime
from typing import Any

from psycopg import Cursor

from shared.policies.policy import Policy
from shared.policy_packs.loader import load_policy
from shared.registry.remembering import Remembered

Row = dict[str, Any]


class PolicyNotAdopted(LookupError):
    """No policy was in force; says what to do about it."""


class PolicyPackAltered(RuntimeError):
    """A stored pack no longer has the content it is stored under."""


# Keyed by landlord and hash: a hash never names another content. A landlord has a handful of packs.
_POLICIES: Remembered[tuple[str, str], Policy] = Remembered(limit=256)


def adopt_policy(
    cursor: Cursor[Row],
    *,
    landlord: str,
    organisation: str,
    document: str,
    effective_from: date,
    adopted_by: str,
    now: datetime,
) -> str:
    """Put a policy in force from a day on and return its hash; adopting what is in force then
    changes nothing.
    """
    policy = load_policy(document, source=f"policy of {organisation}")
    cursor.execute(
        """
        INSERT INTO registry.policy_pack (landlord, policy_hash, policy, document, stored_at)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (landlord, policy.policy_hash, policy.policy, document, now),
    )
    if _hash_in_force(cursor, landlord, organisation, effective_from) != policy.policy_hash:
        cursor.execute(
            """
            INSERT INTO registry.adoption
                (landlord, organisation, effective_from, policy_hash, adopted_at, adopted_by)
            VALUES (%s, %s, %s, %s, %s, %s)
            """,
            (landlord, organisation, effective_from, policy.policy_hash, now, adopted_by),
        )
    return policy.policy_hash


def policy_in_force(cursor: Cursor[Row], landlord: str, organisation: str, on: date) -> Policy:
    """Return the policy an organisation is bound by on a day."""
    policy_hash = _hash_in_force(cursor, landlord, organisation, on)
    if policy_hash is None:
        raise PolicyNotAdopted(
            f"{organisation} of {landlord} has no policy in force on {on.isoformat()}; "
            "adopt one that is effective from that day or earlier."
        )
    return policy_by_hash(cursor, landlord, policy_hash)


def policy_by_hash(cursor: Cursor[Row], landlord: str, policy_hash: str) -> Policy:
    """Return the policy a case was opened under, whatever was adopted since."""
    return _POLICIES.get(
        (landlord, policy_hash), lambda: _stored_policy(cursor, landlord, policy_hash)
    )


def _hash_in_force(cursor: Cursor[Row], landlord: str, organisation: str, on: date) -> str | None:
    row = cursor.execute(
        """
        SELECT policy_hash FROM registry.adoption
        WHERE landlord = %s AND organisation = %s AND effective_from <= %s
        ORDER BY effective_from DESC, adopted_at DESC LIMIT 1
        """,
        (landlord, organisation, on),
    ).fetchone()
    return None if row is None else str(row["policy_hash"])


def _stored_policy(cursor: Cursor[Row], landlord: str, policy_hash: str) -> Policy:
    row = cursor.execute(
        "SELECT document FROM registry.policy_pack WHERE landlord = %s AND policy_hash = %s",
        (landlord, policy_hash),
    ).fetchone()
    if row is None:
        raise PolicyNotAdopted(
            f"{landlord} has no policy with the hash {policy_hash}; adopt it first."
        )
    policy = load_policy(row["document"], source=f"policy {policy_hash[:12]} of {landlord}")
    if policy.policy_hash != policy_hash:
        raise PolicyPackAltered(
            f"The policy stored as {policy_hash[:12]} now has the hash {policy.policy_hash[:12]}."
        )
    return policy

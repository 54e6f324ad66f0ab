"""Which written policy an organisation adopted from which day, and the policy in force on a day.

A policy is adopted as the organisation's own or as its overlay, whose clocks run beside the own ones.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from psycopg import Cursor

from shared.complaints.events import PolicyAdopted
from shared.policies.policy import Policy
from shared.policy_packs.loader import load_policy
from shared.registry.remembering import Remembered
from shared.registry.rulebook import AdoptionRefused, refuse_bad_reason, tell

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
    until: date | None = None,
    overlay: bool = False,
    reason: str | None = None,
) -> str:
    """Put a policy in force from a day on, tell it in the rulebook, and return its hash; adopting
    what is in force then changes nothing.

    With `until`, its last day: afterwards what was in force before is so again. Raises
    `AdoptionRefused` when the days or the reason cannot be.
    """
    if until is not None and until < effective_from:
        raise AdoptionRefused(
            f"until: {until.isoformat()} lies before the first day, {effective_from.isoformat()}; "
            "give the last day on which the policy is in force."
        )
    refuse_bad_reason(reason)
    policy = load_policy(document, source=f"policy of {organisation}")
    cursor.execute(
        """
        INSERT INTO registry.policy_pack (landlord, policy_hash, policy, document, stored_at)
        VALUES (%s, %s, %s, %s, %s) ON CONFLICT DO NOTHING
        """,
        (landlord, policy.policy_hash, policy.policy, document, now),
    )
    present = _in_force(cursor, landlord, organisation, effective_from, overlay=overlay)
    if present is None or (present["policy_hash"], present["until_on"]) != (
        policy.policy_hash,
        until,
    ):
        event = PolicyAdopted(
            organisation=organisation,
            policy=policy.policy,
            policy_version=policy.version,
            policy_hash=policy.policy_hash,
            overlay=overlay,
            effective_from=effective_from,
            until=until,
            reason=reason,
        )
        version = tell(cursor, landlord=landlord, event=event, by=adopted_by, now=now)
        _enter(cursor, landlord, event, by=adopted_by, version=version, now=now)
    return policy.policy_hash


def _enter(
    cursor: Cursor[Row],
    landlord: str,
    event: PolicyAdopted,
    *,
    by: str,
    version: int,
    now: datetime,
) -> None:
    cursor.execute(
        """
        INSERT INTO registry.adoption (landlord, organisation, overlay, effective_from,
            until_on, policy_hash, adopted_at, adopted_by, reason, rulebook_version)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
        """,
        (
            landlord,
            event.organisation,
            event.overlay,
            event.effective_from,
            event.until,
            event.policy_hash,
            now,
            by,
            event.reason,
            version,
        ),
    )


@dataclass(frozen=True, slots=True)
class Adoption:
    """A policy that an organisation adopted, from its first day to its last, if it has one."""

    organisation: str
    overlay: bool
    policy: str
    policy_hash: str
    effective_from: date
    until: date | None
    adopted_at: datetime
    adopted_by: str
    reason: str | None


def adoptions(cursor: Cursor[Row], landlord: str) -> tuple[Adoption, ...]:
    """Return all adoptions of a landlord: by organisation, and in the order of their first days."""
    rows = cursor.execute(
        """
        SELECT organisation, overlay, pack.policy, policy_hash, effective_from,
            until_on AS until, adopted_at, adopted_by, reason
        FROM registry.adoption JOIN registry.policy_pack AS pack USING (landlord, policy_hash)
        WHERE landlord = %s ORDER BY organisation, overlay, effective_from, adopted_at
        """,
        (landlord,),
    )
    return tuple([Adoption(**row) for row in rows])


def policy_in_force(cursor: Cursor[Row], landlord: str, organisation: str, on: date) -> Policy:
    """Return the policy an organisation is bound by on a day."""
    found = _in_force(cursor, landlord, organisation, on, overlay=False)
    if found is None:
        raise PolicyNotAdopted(
            f"{organisation} of {landlord} has no policy in force on {on.isoformat()}; "
            "adopt one that is effective from that day or earlier."
        )
    return policy_by_hash(cursor, landlord, found["policy_hash"])


def overlay_in_force(
    cursor: Cursor[Row], landlord: str, organisation: str, on: date
) -> Policy | None:
    """Return the policy that runs beside an organisation's own on a day, where there is one."""
    found = _in_force(cursor, landlord, organisation, on, overlay=True)
    return None if found is None else policy_by_hash(cursor, landlord, found["policy_hash"])


def policies_by_hash(
    cursor: Cursor[Row], landlord: str, policy_hash: str, overlay_hash: str | None
) -> tuple[Policy, Policy | None]:
    """Return the policy a case was opened under, and the one that was to run beside it."""
    overlay = None if overlay_hash is None else policy_by_hash(cursor, landlord, overlay_hash)
    return policy_by_hash(cursor, landlord, policy_hash), overlay


def held_policies(
    landlord: str, policy_hash: str, overlay_hash: str | None
) -> tuple[Policy, Policy | None] | None:
    """Return the same without asking the database; None when this process has not read both yet."""
    policy = _POLICIES.held((landlord, policy_hash))
    overlay = None if overlay_hash is None else _POLICIES.held((landlord, overlay_hash))
    if policy is None or (overlay is None and overlay_hash is not None):
        return None
    return policy, overlay


def policies_in_force(
    cursor: Cursor[Row], landlord: str, organisation: str, on: date
) -> tuple[Policy, Policy | None]:
    """Return the policy an organisation is bound by on a day, and the one that runs beside it."""
    policy = policy_in_force(cursor, landlord, organisation, on)
    return policy, overlay_in_force(cursor, landlord, organisation, on)


def policy_by_hash(cursor: Cursor[Row], landlord: str, policy_hash: str) -> Policy:
    """Return the policy a case was opened under, whatever was adopted since."""
    return _POLICIES.get(
        (landlord, policy_hash), lambda: _stored_policy(cursor, landlord, policy_hash)
    )


def _in_force(
    cursor: Cursor[Row], landlord: str, organisation: str, on: date, *, overlay: bool
) -> Row | None:
    return cursor.execute(
        """
        SELECT policy_hash, until_on FROM registry.adoption
        WHERE landlord = %(landlord)s AND organisation = %(organisation)s
            AND overlay = %(overlay)s AND effective_from <= %(on)s
            AND (until_on IS NULL OR until_on >= %(on)s)
        ORDER BY effective_from DESC, adopted_at DESC LIMIT 1
        """,
        {"landlord": landlord, "organisation": organisation, "overlay": overlay, "on": on},
    ).fetchone()


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

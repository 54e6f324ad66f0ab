"""The server's functions that our statements call, and the stored functions of the migrations.

A stored function is written in the server's own language, so it is modelled by hand. `MODELLED` keeps the fingerprint
of the text that each was modelled after; a test fails when a migration changes one of them.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Any

import orjson
import psycopg

if TYPE_CHECKING:
    from tests.simulation.postgres.server import Session

MODELLED: dict[str, str] = {
    "workflow.append_commands": "9c345ff73bf107b2",
    "registry.next_reference": "4f9cbaccc9f0920a",
}


def _set_config(session: Session, name: str, value: str, is_local: bool) -> str:
    if name == "redress.landlord" and is_local:
        session.here.landlord = value
    return value


def _hash_of_text(_: Session, text: str, seed: int) -> int:
    digest = hashlib.blake2b(text.encode(), digest_size=8, key=str(seed).encode()).digest()
    return int.from_bytes(digest, "big", signed=True)


def _lock(session: Session, key: int) -> str:
    session.take_lock(("advisory", key))
    return ""


def _try_lock(session: Session, key: int) -> bool:
    return session.server.locks.try_take(session.here, ("advisory", key))


def _try_session_lock(session: Session, key: int) -> bool:
    return session.server.locks.try_take(session.whole, ("advisory", key))


def _unlock_all(session: Session) -> str:
    session.server.locks.release(session.whole)
    session.turns.moved()
    return ""


def _append_commands(session: Session, landlord: str, commands: Any, facts: Any) -> int:
    """As `workflow.append_commands` of the migrations does it, in its order."""
    session.here.landlord = landlord
    commands, facts = _documents(commands), _documents(facts)
    for key in sorted(
        {_hash_of_text(session, f"{landlord}/{each['stream']}", 0) for each in commands}
    ):
        _lock(session, key)
    for command in commands:
        session.run_parsed(
            "INSERT INTO workflow.command_result (landlord, command_id, stream, fingerprint,"
            " version, event_names, recorded_at) VALUES (%(landlord)s, %(command_id)s, %(stream)s,"
            " %(fingerprint)s, %(version)s, %(event_names)s, %(recorded_at)s)",
            {**command, "landlord": landlord},
        )
    head = session.run_parsed(
        "SELECT seq, hash FROM workflow.feed_head WHERE landlord = %s FOR UPDATE", (landlord,)
    )
    if not head:
        raise psycopg.errors.ForeignKeyViolation(f"landlord {landlord} has no feed")
    return _append_facts(session, landlord, facts, seq=head[0]["seq"], last=head[0]["hash"])


def _append_facts(
    session: Session, landlord: str, facts: list[dict[str, Any]], *, seq: int, last: bytes
) -> int:
    for fact in facts:
        seq += 1
        hash_ = hashlib.sha256(last + seq.to_bytes(8, "big") + fact["record"].encode()).digest()
        session.run_parsed(
            "INSERT INTO workflow.event (landlord, seq, stream, version, event_id, name, record,"
            " recorded_at, previous_hash, hash) VALUES (%(landlord)s, %(seq)s, %(stream)s,"
            " %(version)s, %(event_id)s, %(name)s, %(record)s, %(recorded_at)s, %(previous)s,"
            " %(hash)s)",
            {**fact, "landlord": landlord, "seq": seq, "previous": last, "hash": hash_},
        )
        last = hash_
    if facts:
        session.run_parsed(
            "UPDATE workflow.feed_head SET seq = %s, hash = %s WHERE landlord = %s",
            (seq, last, landlord),
        )
    return seq


def _documents(given: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = orjson.loads(given) if isinstance(given, str) else given
    return found


def _next_reference(session: Session, landlord: str, year: int) -> str | None:
    taken = session.run_parsed(
        "INSERT INTO registry.reference_counter AS counter (landlord, year, last_number)"
        " VALUES (%s, %s, 1) ON CONFLICT (landlord, year)"
        " DO UPDATE SET last_number = counter.last_number + 1 RETURNING last_number",
        (landlord, year),
    )
    prefixes = session.run_parsed(
        "SELECT reference_prefix FROM registry.landlord WHERE landlord = %s", (landlord,)
    )
    if not prefixes:
        return None
    return f"{prefixes[0]['reference_prefix']}-{year}-{taken[0]['last_number']:06}"


def _now(session: Session) -> datetime:
    return session.server.now()


FUNCTIONS: dict[str, Callable[..., Any]] = {
    "set_config": _set_config,
    "hashtextextended": _hash_of_text,
    "pg_advisory_xact_lock": _lock,
    "pg_try_advisory_xact_lock": _try_lock,
    "pg_try_advisory_lock": _try_session_lock,
    "pg_advisory_unlock_all": _unlock_all,
    "workflow.append_commands": _append_commands,
    "registry.next_reference": _next_reference,
    "now": _now,
    "length": lambda _, text: None if text is None else len(text),
    "cardinality": lambda _, array: None if array is None else len(array),
    "array_append": lambda _, array, item: [*(array or []), item],
    "lower": lambda _, text: None if text is None else text.lower(),
    "greatest": lambda _, *values: max(value for value in values if value is not None),
    "least": lambda _, *values: min(value for value in values if value is not None),
}

OVER_ROWS: dict[str, Callable[[list[Any]], Any]] = {
    "count": len,
    "min": lambda values: min(values, default=None),
    "max": lambda values: max(values, default=None),
    "sum": lambda values: sum(values) if values else None,
    "array_agg": lambda values: list(values) or None,
    "jsonb_agg": lambda values: list(values) or None,
    "bool_or": lambda values: any(values) if values else None,
}

"""Codes that go out by email: asked for by naming a reference, made when their letter is written, good for one sign-in.

Whoever names a reference gets a request of their own, and a code counts with the request alone that it was made for:
nobody can use up the tries of somebody else. What a page answers does not hang on whether there is such a case; that is
looked up later, by the worker that sends letters.
"""

import hmac
import secrets
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from psycopg import Cursor
from pydantic import TypeAdapter

from services.notifier.letter_facts import LetterFacts, LetterKind
from services.notifier.sign_in_people import Reachable, reachable
from shared.complaints.working_days import london_day
from shared.identity.spokespeople import COMPLAINANT
from shared.vault.vault import Vault

Row = dict[str, Any]

HOLDS = timedelta(minutes=10)
DIGITS = 8
MOST_TRIES = 5
KEPT = timedelta(hours=1)
LETTER_FACTS: TypeAdapter[LetterFacts] = TypeAdapter(LetterFacts)
MOST_LOOKED_UP = 50  # requests of one landlord in one round of the worker
PURPOSE = "sign-in code"


def ask_for_code(
    cursor: Cursor[Row], *, landlord: str, reference: str, request: UUID, now: datetime
) -> None:
    """Notes that somebody wants to follow this case, and clears away what is over."""
    cursor.execute(
        "DELETE FROM notifier.sign_in_request WHERE landlord = %s AND asked_at < %s",
        (landlord, now - KEPT),
    )
    cursor.execute(
        "INSERT INTO notifier.sign_in_request (landlord, request, reference, asked_at)"
        " VALUES (%s, %s, %s, %s)",
        (landlord, request, reference, now),
    )


def look_up_requests(cursor: Cursor[Row], vault: Vault, *, landlord: str, now: datetime) -> int:
    """Decides the letters with codes for what was asked for since; how many requests there were."""
    asked = cursor.execute(
        "UPDATE notifier.sign_in_request SET looked_up = true"
        " WHERE landlord = %(landlord)s AND request IN ("
        "  SELECT request FROM notifier.sign_in_request"
        "  WHERE landlord = %(landlord)s AND NOT looked_up"
        "  ORDER BY asked_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)"
        " RETURNING request, reference, asked_at",
        {"landlord": landlord, "most": MOST_LOOKED_UP},
    ).fetchall()
    for request in asked:
        if now - request["asked_at"] >= HOLDS:
            continue
        people = reachable(
            cursor,
            vault,
            landlord=landlord,
            reference=request["reference"],
            today=london_day(now),
        )
        for person in people:
            _owe(cursor, landlord=landlord, request=request, person=person)
    return len(asked)


def make_code(cursor: Cursor[Row], vault: Vault, row: Row, *, now: datetime) -> str | None:
    """The code of a letter that is about to go out; None where it would come too late.

    Each attempt to send makes another: the one in the letter that went out last is the one that counts.
    """
    if now - row["caused_at"] >= HOLDS:
        return None
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}}"
    kind, _, of = row["recipient"].partition(":")
    number = of.rpartition(":")[2]
    cursor.execute(
        "INSERT INTO notifier.sign_in_code (landlord, request, holder, code_hash, expires_at)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (landlord, request, holder)"
        " DO UPDATE SET code_hash = excluded.code_hash, expires_at = excluded.expires_at",
        (
            row["landlord"],
            row["event_id"],
            COMPLAINANT if kind == COMPLAINANT else f"{kind} {number}",
            _hash(vault, row["landlord"], request=row["event_id"], code=code),
            now + HOLDS,
        ),
    )
    return code


def holder_of_code(
    cursor: Cursor[Row],
    vault: Vault,
    *,
    landlord: str,
    reference: str,
    request: UUID,
    code: str,
    now: datetime,
) -> str | None:
    """Whose code it is, and uses it up; None where it is nobody's, ran out, or was tried too often."""
    tried = cursor.execute(
        "UPDATE notifier.sign_in_request SET attempts = attempts + 1"
        " WHERE landlord = %s AND request = %s AND reference = %s RETURNING attempts",
        (landlord, request, reference),
    ).fetchone()
    if tried is None or tried["attempts"] > MOST_TRIES:
        return None
    given = _hash(vault, landlord, request=request, code=code)
    codes = cursor.execute(
        "SELECT holder, code_hash FROM notifier.sign_in_code"
        " WHERE landlord = %s AND request = %s AND expires_at > %s ORDER BY holder",
        (landlord, request, now),
    ).fetchall()
    holders = [row["holder"] for row in codes if hmac.compare_digest(row["code_hash"], given)]
    if not holders:
        return None
    cursor.execute(
        "DELETE FROM notifier.sign_in_request WHERE landlord = %s AND request = %s",
        (landlord, request),
    )
    return str(holders[0])


def _owe(cursor: Cursor[Row], *, landlord: str, request: Row, person: Reachable) -> None:
    facts = LetterFacts(person.stage, person.route)
    cursor.execute(
        """
        INSERT INTO notifier.letter
            (landlord, letter, event_id, recipient, reference, organisation, kind, facts,
             caused_at, state, next_attempt_at)
        VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, 'waiting', %s)
        ON CONFLICT DO NOTHING
        """,
        (
            landlord,
            uuid5(request["request"], person.recipient),
            request["request"],
            person.recipient,
            request["reference"],
            person.organisation,
            LetterKind.SIGN_IN_CODE.value,
            LETTER_FACTS.dump_json(facts).decode(),
            request["asked_at"],
            request["asked_at"],
        ),
    )


def _hash(vault: Vault, landlord: str, *, request: UUID, code: str) -> bytes:
    return vault.digest_of(landlord, purpose=PURPOSE, text=f"{request} {code}")

"""Codes that go out by post, for people without email: sixteen characters in the acknowledgement, or in a letter of
their own. The newest of a case alone holds, until another is sent.
"""

import hmac
import secrets
from datetime import datetime
from typing import Any

from psycopg import Cursor

from services.notifier.letter_facts import LetterKind
from shared.identity.resident_sessions import end_sessions_of_case
from shared.identity.spokespeople import COMPLAINANT
from shared.vault.vault import Vault

Row = dict[str, Any]

LENGTH = 16
GROUP = 4
# Neither zero nor O, neither one nor I nor L: it is read from paper.
LETTERS = "ABCDEFGHJKMNPQRSTUVWXYZ23456789"
ACKNOWLEDGEMENTS = frozenset({LetterKind.ACKNOWLEDGEMENT, LetterKind.ESCALATION_ACKNOWLEDGED})
PURPOSE = "access code"
UNWRITTEN = "-".join(["····"] * (LENGTH // GROUP))  # where a letter is only looked at


def carries_code(cursor: Cursor[Row], row: Row, *, has_email: bool) -> bool:
    """Whether a letter brings a new access code: one of its own does, and the first acknowledgement to
    somebody without email, where they have none yet.
    """
    if row["kind"] == LetterKind.ACCESS_CODE:
        return True
    if row["kind"] not in ACKNOWLEDGEMENTS or has_email:
        return False
    other = cursor.execute(
        "SELECT FROM notifier.access_code WHERE landlord = %s AND reference = %s AND letter <> %s",
        (row["landlord"], row["reference"], row["letter"]),
    ).fetchone()
    return other is None


def make_access_code(cursor: Cursor[Row], vault: Vault, row: Row, *, now: datetime) -> str:
    """The code of a letter that is about to go out; the one before it ends."""
    code = "".join(secrets.choice(LETTERS) for _ in range(LENGTH))
    cursor.execute(
        "INSERT INTO notifier.access_code (landlord, reference, letter, code_hash, issued_at)"
        " VALUES (%s, %s, %s, %s, %s) ON CONFLICT (landlord, reference) DO UPDATE SET"
        " letter = excluded.letter, code_hash = excluded.code_hash, issued_at = excluded.issued_at",
        (
            row["landlord"],
            row["reference"],
            row["letter"],
            _hash(vault, row["landlord"], reference=row["reference"], code=code),
            now,
        ),
    )
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def is_access_code(
    cursor: Cursor[Row], vault: Vault, *, landlord: str, reference: str, code: str
) -> bool:
    """Whether this is the code of the case that holds now."""
    row = cursor.execute(
        "SELECT code_hash FROM notifier.access_code WHERE landlord = %s AND reference = %s",
        (landlord, reference),
    ).fetchone()
    given = _hash(vault, landlord, reference=reference, code=code)
    return row is not None and hmac.compare_digest(row["code_hash"], given)


def end_access_code(cursor: Cursor[Row], *, landlord: str, reference: str) -> None:
    """Ends the code of a case, and the sessions that the complainant has with it."""
    cursor.execute(
        "DELETE FROM notifier.access_code WHERE landlord = %s AND reference = %s",
        (landlord, reference),
    )
    end_sessions_of_case(cursor, landlord=landlord, reference=reference, holder=COMPLAINANT)


def _hash(vault: Vault, landlord: str, *, reference: str, code: str) -> bytes:
    return vault.digest_of(landlord, purpose=PURPOSE, text=f"{reference} {code}")

"""Which code a letter brings that is about to be written, if it brings one to follow the case with."""

from datetime import datetime
from typing import Any

from psycopg import Cursor

from services.notifier.access_codes import UNWRITTEN, carries_code, make_access_code
from services.notifier.in_hand import Undeliverable
from services.notifier.letter_facts import LetterKind
from services.notifier.sign_in_codes import make_code
from shared.vault.vault import Vault

Row = dict[str, Any]


def code_of_letter(
    cursor: Cursor[Row], vault: Vault, row: Row, *, has_email: bool, now: datetime, goes_out: bool
) -> str | None:
    """The code, or None; a new one is made only where the letter `goes_out`. Raises Undeliverable where
    it would come too late.
    """
    if row["kind"] == LetterKind.SIGN_IN_CODE:
        code = make_code(cursor, vault, row, now=now)
        if code is None:
            raise Undeliverable("the code would come too late")
        return code
    if not carries_code(cursor, row, has_email=has_email):
        return None
    return make_access_code(cursor, vault, row, now=now) if goes_out else UNWRITTEN

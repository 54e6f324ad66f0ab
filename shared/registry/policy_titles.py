"""What policies are called: pages say the title where facts and figures keep the code."""

import tomllib
from functools import cache
from typing import Any

from psycopg import Cursor

from shared.policy_packs.loader import shipped_pack, shipped_policies
from shared.registry.remembering import Remembered

Row = dict[str, Any]


class PolicyTitles(dict[str, str]):
    """Titles by code; a policy that nobody knows is called by its code."""

    def __missing__(self, code: str) -> str:
        return code

    def with_code(self, code: str) -> str:
        """The title, and the code for whoever checks against the facts."""
        title = self[code]
        return title if title == code else f"{title} ({code})"


def policy_titles(cursor: Cursor[Row], landlord: str) -> PolicyTitles:
    """Return the title of every shipped policy and of those the landlord ever stored: of the version stored last.

    A pack is read for its title alone, so that one that is not understood any more stops no page.
    """
    titles = PolicyTitles(_shipped_titles())
    rows = cursor.execute(
        "SELECT DISTINCT ON (policy) policy, policy_hash FROM registry.policy_pack"
        " WHERE landlord = %s ORDER BY policy, stored_at DESC, policy_hash",
        (landlord,),
    ).fetchall()
    for row in rows:
        titles[row["policy"]] = _stored_title(cursor, landlord, row["policy_hash"])
    return titles


def _stored_title(cursor: Cursor[Row], landlord: str, policy_hash: str) -> str:
    def read() -> str:
        row = cursor.execute(
            "SELECT document FROM registry.policy_pack WHERE landlord = %s AND policy_hash = %s",
            (landlord, policy_hash),
        ).fetchone()
        return _title_in(row["document"] if row else "", otherwise=policy_hash[:12])

    return _TITLES.get((landlord, policy_hash), read)


@cache
def _shipped_titles() -> dict[str, str]:
    return {code: _title_in(shipped_pack(code), otherwise=code) for code in shipped_policies()}


def _title_in(document: str, *, otherwise: str) -> str:
    return str(tomllib.loads(document).get("title", otherwise))


_TITLES: Remembered[tuple[str, str], str] = Remembered(limit=1_000)

"""Limits what one client may do on the public form: a bucket of tokens for each, full again after an hour."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any

from psycopg import Cursor

from shared.database.pool import Database
from shared.runtime.settings import Settings
from shared.vault.vault import Vault

HOUR_SECONDS = 3_600
PAGES, COMPLAINTS, CODES = "pages", "complaints", "codes"
# One household or office gets a whole network of addresses in IPv6.
IPV6_NETWORK = 64


@dataclass(frozen=True, slots=True)
class Refusal:
    """The client did this too often; after so many seconds it may again."""

    after_seconds: int


class Allowances:
    """Takes tokens from the buckets of clients; `limits` says how many a full one holds."""

    def __init__(self, *, database: Database, vault: Vault, limits: Mapping[str, int]) -> None:
        self._database = database
        self._vault = vault
        self._limits = limits

    def take(self, landlord: str, what: str, address: str, *, now: datetime) -> Refusal | None:
        """Takes one token; a Refusal where none is left."""
        most = self._limits[what]
        client = self._vault.hashed(landlord, f"client {client_of(address)}")
        with self._database.transaction(landlord) as cursor:
            row = cursor.execute(
                """
                INSERT INTO intake.allowance AS known (landlord, what, client, tokens, filled_at)
                VALUES (%(landlord)s, %(what)s, %(client)s, %(most)s - 1, %(now)s)
                ON CONFLICT (landlord, what, client) DO UPDATE SET
                    tokens = least(%(most)s, known.tokens + %(most)s / %(hour)s::double precision
                        * greatest(0, extract(epoch FROM excluded.filled_at - known.filled_at))) - 1,
                    filled_at = greatest(known.filled_at, excluded.filled_at)
                WHERE least(%(most)s, known.tokens + %(most)s / %(hour)s::double precision
                    * greatest(0, extract(epoch FROM excluded.filled_at - known.filled_at))) >= 1
                RETURNING tokens
                """,
                {
                    "landlord": landlord,
                    "what": what,
                    "client": client,
                    "most": most,
                    "now": now,
                    "hour": HOUR_SECONDS,
                },
            ).fetchone()
            if row is not None:
                return None
            left = cursor.execute(
                "SELECT tokens, filled_at FROM intake.allowance"
                " WHERE landlord = %s AND what = %s AND client = %s",
                (landlord, what, client),
            ).fetchone()
        missing = 1.0 if left is None else 1.0 - left["tokens"]
        waited = 0.0 if left is None else (now - left["filled_at"]).total_seconds()
        return Refusal(max(1, ceil(missing * HOUR_SECONDS / most - waited)))


def limits_of(settings: Settings) -> Mapping[str, int]:
    """How often in an hour, by what is done."""
    return {
        PAGES: settings.form_pages_per_hour,
        COMPLAINTS: settings.form_complaints_per_hour,
        CODES: settings.form_codes_per_hour,
    }


def client_of(address: str) -> str:
    """The address, or its network in IPv6; as it stands where it is neither."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        if found.ipv4_mapped is not None:
            return str(found.ipv4_mapped)
        return str(ipaddress.ip_network((found, IPV6_NETWORK), strict=False))
    return str(found)


def sweep(cursor: Cursor[dict[str, Any]], landlord: str, *, now: datetime, most: int) -> int:
    """Deletes buckets that are full again, at most so many; how many there were."""
    cursor.execute(
        "DELETE FROM intake.allowance WHERE ctid = ANY(ARRAY("
        "SELECT ctid FROM intake.allowance WHERE landlord = %s AND filled_at < %s LIMIT %s))",
        (landlord, now - timedelta(seconds=HOUR_SECONDS), most),
    )
    return cursor.rowcount

"""Limits what one client may do: a bucket of tokens for each, full again after an hour."""

import ipaddress
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Any, LiteralString

from psycopg import Cursor, sql

from shared.database.pool import Database
from shared.vault.vault import Vault

HOUR_SECONDS = 3_600
# One household or office gets a whole network of addresses in IPv6.
IPV6_NETWORK = 64

TABLE = "allowance"
_TAKE: LiteralString = """
INSERT INTO {} AS known (landlord, what, client, tokens, filled_at)
VALUES (%(landlord)s, %(what)s, %(client)s, %(most)s - %(count)s, %(now)s)
ON CONFLICT (landlord, what, client) DO UPDATE SET
    tokens = least(%(most)s, known.tokens + %(most)s / %(hour)s::double precision
        * greatest(0, extract(epoch FROM excluded.filled_at - known.filled_at))) - %(count)s,
    filled_at = greatest(known.filled_at, excluded.filled_at)
WHERE least(%(most)s, known.tokens + %(most)s / %(hour)s::double precision
    * greatest(0, extract(epoch FROM excluded.filled_at - known.filled_at))) >= %(count)s
RETURNING tokens
"""
_LEFT: LiteralString = (
    "SELECT tokens, filled_at FROM {} WHERE landlord = %s AND what = %s AND client = %s"
)
_SWEEP: LiteralString = (
    "DELETE FROM {0} WHERE ctid = ANY(ARRAY("
    "SELECT ctid FROM {0} WHERE landlord = %s AND filled_at < %s LIMIT %s))"
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """The client did this too often; after so many seconds it may again."""

    after_seconds: int


class Allowances:
    """Takes tokens from the buckets of clients; `limits` says how many a full one holds, and `schema`
    whose table keeps them.
    """

    def __init__(
        self, *, database: Database, vault: Vault, limits: Mapping[str, int], schema: str
    ) -> None:
        self._database = database
        self._vault = vault
        self._limits = limits
        table = sql.Identifier(schema, TABLE)
        self._take, self._left = (sql.SQL(each).format(table) for each in (_TAKE, _LEFT))

    def take(self, landlord: str, what: str, address: str, *, now: datetime) -> Refusal | None:
        """Takes one token of whoever calls from an address; a Refusal where none is left."""
        return self.take_of(landlord, what, by_address(address), now=now)

    def take_of(
        self, landlord: str, what: str, who: str, *, now: datetime, count: int = 1
    ) -> Refusal | None:
        """Takes so many tokens of a client, however it is known; only a keyed hash of `who` is kept. A bucket must
        hold at least as many when it is full.
        """
        most = self._limits[what]
        client = self._vault.hashed(landlord, who)
        with self._database.transaction(landlord) as cursor:
            row = cursor.execute(
                self._take,
                {
                    "landlord": landlord,
                    "what": what,
                    "client": client,
                    "most": most,
                    "count": count,
                    "now": now,
                    "hour": HOUR_SECONDS,
                },
            ).fetchone()
            if row is not None:
                return None
            left = cursor.execute(self._left, (landlord, what, client)).fetchone()
        missing = float(count) if left is None else count - left["tokens"]
        waited = 0.0 if left is None else (now - left["filled_at"]).total_seconds()
        return Refusal(max(1, ceil(missing * HOUR_SECONDS / most - waited)))


def by_address(address: str) -> str:
    """How a client is known that is nothing but its address."""
    return f"client {client_of(address)}"


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


def sweep(
    cursor: Cursor[dict[str, Any]], landlord: str, *, now: datetime, most: int, schema: str
) -> int:
    """Deletes buckets that are full again, at most so many; how many there were."""
    cursor.execute(
        sql.SQL(_SWEEP).format(sql.Identifier(schema, TABLE)),
        (landlord, now - timedelta(seconds=HOUR_SECONDS), most),
    )
    return cursor.rowcount

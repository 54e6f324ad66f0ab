"""Says how often somebody may try: token buckets in PostgreSQL, shared by every process that serves pages."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Cursor

from shared.vault.vault import Vault

Row = dict[str, Any]

KEPT = timedelta(days=1)  # a bucket that long untouched is full again, whatever its kind


@dataclass(frozen=True, slots=True)
class Limit:
    """A bucket holds `most` tokens and gets one more every `every`; each try takes one."""

    name: str
    most: int
    every: timedelta


# A code is a mail to somebody: no reference may be used to flood its complainant. How often a code can be
# tried is counted with the code itself.
CODES_SENT = Limit("codes sent", 3, timedelta(minutes=10))
# Of one address, which may be that of many people, such as a library's.
FROM_ADDRESS = Limit("from address", 60, timedelta(seconds=10))


def take(
    cursor: Cursor[Row], vault: Vault, limit: Limit, *, landlord: str, of: str, now: datetime
) -> timedelta | None:
    """Takes a token for one try; None when there was one, else how long until there is."""
    bucket = vault.digest_of(landlord, purpose=f"bucket of {limit.name}", text=of)
    row = cursor.execute(
        """
        INSERT INTO notifier.attempt_bucket AS held (landlord, bucket, tokens, filled_at, granted)
        VALUES (%(landlord)s, %(bucket)s, %(most)s - 1, %(now)s, true)
        ON CONFLICT (landlord, bucket) DO UPDATE SET
            (tokens, granted) = (
                SELECT CASE WHEN refilled >= 1 THEN refilled - 1 ELSE refilled END, refilled >= 1
                FROM (SELECT least(%(most)s, held.tokens + greatest(0,
                    extract(epoch FROM %(now)s - held.filled_at)) / %(every)s) AS refilled) AS now),
            filled_at = greatest(held.filled_at, %(now)s)
        RETURNING tokens, granted
        """,
        {
            "landlord": landlord,
            "bucket": bucket,
            "most": float(limit.most),
            "every": limit.every.total_seconds(),
            "now": now,
        },
    ).fetchone()
    if row is None or row["granted"]:
        return None
    missing = 1 - float(row["tokens"])
    return timedelta(seconds=math.ceil(missing * limit.every.total_seconds()))


def forget_old(cursor: Cursor[Row], *, landlord: str, now: datetime) -> None:
    """Clears away the buckets that are full again."""
    cursor.execute(
        "DELETE FROM notifier.attempt_bucket WHERE landlord = %s AND filled_at < %s",
        (landlord, now - KEPT),
    )

"""Who leads, by number: every taking of the lead has a higher one, and acts under an older one are refused.

The lock of a leader ends with its connection, and the leader may not know yet: the number, looked at in the transaction
that acts, keeps it from acting all the same.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor

Row = dict[str, Any]

RELAY = "relay"


@dataclass(frozen=True, slots=True)
class Leader:
    """One kind of leader, the number of its present lead, and since when."""

    leader: str
    epoch: int
    taken_at: datetime


def take_lead(cursor: Cursor[Row], leader: str, *, now: datetime) -> int:
    """Begins a lead; returns its number. The caller holds the lock that says it may."""
    row = cursor.execute(
        "INSERT INTO workflow.leader AS known (leader, epoch, taken_at) VALUES (%s, 1, %s)"
        " ON CONFLICT (leader) DO UPDATE SET epoch = known.epoch + 1, taken_at = EXCLUDED.taken_at"
        " RETURNING epoch",
        (leader, now),
    ).fetchone()
    return int(row["epoch"]) if row else 0


def still_leads(cursor: Cursor[Row], leader: str, *, epoch: int) -> bool:
    """Whether nobody took the lead since; stays true to the end of the transaction."""
    row = cursor.execute(
        "SELECT epoch FROM workflow.leader WHERE leader = %s FOR SHARE", (leader,)
    ).fetchone()
    return row is not None and int(row["epoch"]) == epoch


def leaders(cursor: Cursor[Row]) -> tuple[Leader, ...]:
    """All kinds of leaders."""
    rows = cursor.execute("SELECT leader, epoch, taken_at FROM workflow.leader ORDER BY leader")
    return tuple([Leader(**row) for row in rows])

"""How many timers wait, and how long those that should have fallen are overdue: the measure of the timers' health
that does not depend on a timer service running.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from psycopg import Cursor

from shared.database.pool import Database

SOON = timedelta(days=1)
# The upper edges of the histogram of overdue ages, and how a person says them.
AGES = {
    "under 1 s": timedelta(seconds=1),
    "under 10 s": timedelta(seconds=10),
    "under 1 min": timedelta(minutes=1),
    "under 10 min": timedelta(minutes=10),
    "under 1 h": timedelta(hours=1),
    "1 h or more": timedelta.max,
}


@dataclass(frozen=True, slots=True)
class TimerBacklog:
    """The open timers of a landlord: all, those of the coming day, and those overdue, by age."""

    waiting: int
    due_within_a_day: int
    overdue: int
    overdue_ages: dict[str, int]
    oldest_overdue: timedelta | None


def timer_backlog(database: Database, landlord: str, *, now: datetime) -> TimerBacklog:
    """Counts the landlord's open timers."""
    with database.transaction(landlord) as cursor:
        open_row = cursor.execute(
            "SELECT count(*) AS waiting, count(*) FILTER (WHERE due_at > %s AND due_at <= %s) AS soon,"
            " min(due_at) AS first FROM workflow.timer WHERE landlord = %s AND ended_at IS NULL",
            (now, now + SOON, landlord),
        ).fetchone()
        ages = _overdue_ages(cursor, landlord, now=now)
    counts = open_row or {"waiting": 0, "soon": 0, "first": None}
    first = counts["first"]
    return TimerBacklog(
        waiting=counts["waiting"],
        due_within_a_day=counts["soon"],
        overdue=sum(ages.values()),
        overdue_ages=ages,
        oldest_overdue=None if first is None or first > now else now - first,
    )


def _overdue_ages(
    cursor: Cursor[dict[str, Any]], landlord: str, *, now: datetime
) -> dict[str, int]:
    edges = list(AGES.values())[:-1]
    # width_bucket counts from the oldest edge, so the counts come out in the opposite order.
    rows = cursor.execute(
        "SELECT width_bucket(due_at, %s::timestamptz[]) AS bucket, count(*) AS timers FROM workflow.timer"
        " WHERE landlord = %s AND ended_at IS NULL AND due_at <= %s GROUP BY 1",
        ([now - edge for edge in reversed(edges)], landlord, now),
    )
    found = {len(edges) - int(row["bucket"]): int(row["timers"]) for row in rows}
    return {name: found.get(place, 0) for place, name in enumerate(AGES)}

"""What is told at the top of all pages for a time: to staff, to residents or to both."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from psycopg import Cursor

Row = dict[str, Any]

STAFF, RESIDENTS, BOTH = "staff", "residents", "both"
MOST_STANDING = 3  # of one landlord, shown now or to come


@dataclass(frozen=True, slots=True)
class Notice:
    """A message in plain text, and from when until when it is shown to whom."""

    notice: int
    message: str
    audience: str
    shown_from: datetime
    shown_until: datetime
    taken_down_at: datetime | None = None

    def is_shown(self, *, now: datetime, to_staff: bool) -> bool:
        """Whether it stands on pages of staff, or of residents, now."""
        audience = STAFF if to_staff else RESIDENTS
        in_time = self.shown_from <= now < self.shown_until and self.taken_down_at is None
        return in_time and self.audience in (BOTH, audience)


def standing_notices(cursor: Cursor[Row], landlord: str, *, now: datetime) -> tuple[Notice, ...]:
    """Those that are shown now or will be, the first to be shown first; at most MOST_STANDING."""
    rows = cursor.execute(
        "SELECT notice, message, audience, shown_from, shown_until, taken_down_at"
        " FROM administration.notice"
        " WHERE landlord = %s AND shown_until > %s AND taken_down_at IS NULL"
        " ORDER BY shown_from, notice LIMIT %s",
        (landlord, now, MOST_STANDING),
    )
    return tuple([Notice(**row) for row in rows])

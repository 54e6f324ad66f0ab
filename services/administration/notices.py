"""Puts up notices and takes them down."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Any

from psycopg import Cursor

from services.administration.acting import Desk, Refused
from services.administration.changes import NOTICE, record_change
from shared.branding.notices import BOTH, MOST_STANDING, RESIDENTS, STAFF, Notice
from shared.complaints.working_days import LONDON
from shared.web.moments import NoSuchMoment, typed_moment

Row = dict[str, Any]

LONGEST_MESSAGE = 500
LONGEST_SHOWN = timedelta(days=92)
FURTHEST_AHEAD = timedelta(days=366)
AUDIENCES = {STAFF: "Staff", RESIDENTS: "Residents", BOTH: "Both"}
MOST_LISTED = 30


class NoticeRefused(Refused):
    """The notice cannot be put up like this."""


@dataclass(frozen=True, slots=True)
class Typed:
    """What the form says; times are those of London."""

    message: str = ""
    audience: str = ""
    from_on: str = ""
    from_time: str = ""
    until_on: str = ""
    until_time: str = ""


def put_up(cursor: Cursor[Row], desk: Desk, typed: Typed) -> None:
    """Shows a message from one moment until another; raises NoticeRefused."""
    message = "\n".join(line.rstrip() for line in typed.message.strip().splitlines())
    if not message or len(message) > LONGEST_MESSAGE:
        raise NoticeRefused("message", f"Enter a message of at most {LONGEST_MESSAGE} characters")
    if typed.audience not in AUDIENCES:
        raise NoticeRefused("audience", "Choose who is told")
    begins = _moment(typed, "from") or desk.now
    ends = _moment(typed, "until")
    if ends is None:
        raise NoticeRefused("until_on", "Enter the day until which it is shown")
    if ends <= max(begins, desk.now):
        raise NoticeRefused("until_on", "It must end after it begins, and after now")
    if begins > desk.now + FURTHEST_AHEAD:
        raise NoticeRefused("from_on", "It can begin within a year from now")
    if ends - begins > LONGEST_SHOWN:
        raise NoticeRefused("until_on", f"It can be shown for at most {LONGEST_SHOWN.days} days")
    # Two who put one up at once are counted one after the other.
    cursor.execute(
        "SELECT pg_advisory_xact_lock(hashtextextended(%s || '/notices', 0))", (desk.landlord,)
    )
    row = cursor.execute(
        "SELECT count(*) AS standing FROM administration.notice"
        " WHERE landlord = %s AND shown_until > %s AND taken_down_at IS NULL",
        (desk.landlord, desk.now),
    ).fetchone()
    if row is not None and row["standing"] >= MOST_STANDING:
        raise NoticeRefused(
            "message",
            f"{MOST_STANDING} notices are up or to come, the most there can be: take one down",
        )
    added = cursor.execute(
        "INSERT INTO administration.notice"
        " (landlord, message, audience, shown_from, shown_until, put_up_at, put_up_by)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s) RETURNING notice",
        (desk.landlord, message, typed.audience, begins, ends, desk.now, desk.by),
    ).fetchone()
    if added is not None:
        _record(cursor, desk, added["notice"], "put up", {"audience": [None, typed.audience]})


def take_down(cursor: Cursor[Row], desk: Desk, notice: int) -> bool:
    """Ends a notice now; False where there is none that stands."""
    ended = cursor.execute(
        "UPDATE administration.notice SET taken_down_at = %s WHERE landlord = %s AND notice = %s"
        " AND taken_down_at IS NULL AND shown_until > %s",
        (desk.now, desk.landlord, notice, desk.now),
    ).rowcount
    if ended:
        _record(cursor, desk, notice, "taken down", {})
    return bool(ended)


def every_notice(cursor: Cursor[Row], landlord: str) -> tuple[Notice, ...]:
    """The notices there are and were, the newest first; at most MOST_LISTED."""
    rows = cursor.execute(
        "SELECT notice, message, audience, shown_from, shown_until, taken_down_at"
        " FROM administration.notice WHERE landlord = %s ORDER BY notice DESC LIMIT %s",
        (landlord, MOST_LISTED),
    )
    return tuple([Notice(**row) for row in rows])


def _moment(typed: Typed, which: str) -> datetime | None:
    """The moment that was typed; a day alone means its beginning, or as an end its end. None for nothing."""
    day, clock = str(getattr(typed, f"{which}_on")), str(getattr(typed, f"{which}_time"))
    try:
        found = typed_moment(which, day=day, clock=clock)
    except NoSuchMoment as wrong:
        raise NoticeRefused(wrong.field, str(wrong)) from None
    if found is None:
        return None
    on, at = found.on, found.at
    if at is None:
        at = time.min
        on += timedelta(days=which == "until")
    return datetime.combine(on, at, LONDON)


def _record(
    cursor: Cursor[Row], desk: Desk, notice: int, did: str, details: dict[str, Any]
) -> None:
    record_change(
        cursor,
        desk,
        kind=NOTICE,
        subject=str(notice),
        did=did,
        details=details,
    )

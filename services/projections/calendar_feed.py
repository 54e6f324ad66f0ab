"""Deadlines as a calendar to subscribe to (RFC 5545 and 7986): references and duties, nobody's name."""

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from icalendar import Calendar, Event

from shared.web.wording import sentence_case

REFRESH = timedelta(hours=1)
MOST_EVENTS = 1_000  # far beyond what one officer handles


def calendar_feed(
    deadlines: Iterable[Mapping[str, Any]], *, landlord: str, public_url: str, now: datetime
) -> bytes:
    """One event for each line of the board, on its day, or at its instant where it is due at one.

    The UID of a duty stays when its date moves, and SEQUENCE grows: it is the version of the case at which the date was
    set. What is done leaves the calendar with the next fetch.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Redress//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("name", "Complaints: my deadlines")
    calendar.add("x-wr-calname", "Complaints: my deadlines")
    calendar.add("refresh-interval", REFRESH, parameters={"value": "DURATION"})
    calendar.add("x-published-ttl", "PT1H")
    for row in deadlines:
        calendar.add_component(_event(row, landlord=landlord, public_url=public_url, now=now))
    return bytes(calendar.to_ical())


def _event(row: Mapping[str, Any], *, landlord: str, public_url: str, now: datetime) -> Event:
    event = Event()
    duty = "/".join(str(row[name]) for name in ("reference", "stage", "duty"))
    overlay = f"/{row['overlay']}" if row["overlay"] else ""
    event.add("uid", f"{landlord}/{duty}{overlay}")
    event.add("sequence", row["set_version"])
    event.add("dtstamp", now)
    if row["due_at"]:
        event.add("dtstart", row["due_at"])
    else:
        event.add("dtstart", row["due_on"])
        event.add("dtend", row["due_on"] + timedelta(days=1))
    late = "Overdue: " if row["status"] == "overdue" else ""
    event.add("summary", f"{late}{row['reference']}, stage {row['stage']}: {_said(row['duty'])}")
    event.add("description", f"{sentence_case(row['duty'])}, under {row['clause']}.")
    event.add("url", f"{public_url.rstrip('/')}/complaints/{row['reference']}")
    event.add("transp", "TRANSPARENT")  # a deadline does not make its day busy
    return event


def _said(duty: str) -> str:
    return duty.replace("_", " ")

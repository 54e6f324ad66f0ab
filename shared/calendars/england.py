"""England's bank holidays as a document, and any such document as a calendar.

The document is canonical JSON text, so that its hash, the revision of the calendar, is the same on
every machine with the same holidays. A landlord adopts a document of its own for a proclaimed
holiday or an office closure.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping
from datetime import date
from types import MappingProxyType
from typing import Any

import holidays

from shared.complaints.working_days import SATURDAY, WorkingDayCalendar

FIRST_YEAR = 2000
LAST_YEAR = 2040
LONGEST_NAME = 80  # of a closed day
NOTHING: Mapping[date, str] = MappingProxyType({})


class CalendarDocumentInvalid(ValueError):
    """A calendar document is not in the form that `england_calendar_document` writes."""


class CalendarChangeRefused(ValueError):
    """A day cannot be closed, or opened, like this; the message says why and the way out."""


def england_calendar_document(*, first_year: int = FIRST_YEAR, last_year: int = LAST_YEAR) -> str:
    """Return the bank holidays of England and Wales for whole years, Monday to Friday only."""
    bank_holidays = holidays.country_holidays(
        "GB", subdiv="ENG", years=range(first_year, last_year + 1), language="en_GB"
    )
    document = {
        "calendar": "england",
        "first_year": first_year,
        "last_year": last_year,
        "closures": {
            day.isoformat(): name
            for day, name in sorted(bank_holidays.items())
            if day.weekday() < SATURDAY
        },
    }
    return json.dumps(document, sort_keys=True, ensure_ascii=False, indent=1)


def load_calendar(document: str) -> WorkingDayCalendar:
    """Return the calendar that a document describes."""
    try:
        content: dict[str, Any] = json.loads(document)
        name = str(content["calendar"])
        office = _days(content.get("office_closures", {}))
        closures = _days(content["closures"]) | office
        first_day = date(int(content["first_year"]), 1, 1)
        last_day = date(int(content["last_year"]), 12, 31)
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise CalendarDocumentInvalid(
            "A calendar document is JSON with calendar, first_year, last_year, closures and, where "
            f"there are any, office_closures (day: name): {trouble}."
        ) from trouble
    digest = hashlib.sha256(document.encode()).hexdigest()[:12]
    return WorkingDayCalendar(
        revision=f"{name}-{digest}",
        first_day=first_day,
        last_day=last_day,
        closures=closures,
        office_closures=frozenset(office),
    )


def revised_document(
    document: str,
    *,
    holidays: Mapping[date, str] = NOTHING,
    office_closures: Mapping[date, str] = NOTHING,
    opened: Iterable[date] = (),
) -> str:
    """Return a calendar document with days closed, by proclamation or by the landlord, or open again.

    Raises `CalendarChangeRefused`, which names the day and the way out.
    """
    before = load_calendar(document)
    content = json.loads(document)
    closed, office = content["closures"], content.get("office_closures", {})
    for day in opened:
        if day not in before.closures:
            raise CalendarChangeRefused(f"{day}: is not closed; leave it out.")
        closed.pop(day.isoformat(), None)
        office.pop(day.isoformat(), None)
    for days, named in ((closed, holidays), (office, office_closures)):
        for day, name in named.items():
            _may_be_closed(day, name, before, opened)
            days[day.isoformat()] = name
    content |= {"closures": closed, "office_closures": office}
    if not office:
        del content["office_closures"]
    return json.dumps(content, sort_keys=True, ensure_ascii=False, indent=1)


def _may_be_closed(
    day: date, name: str, before: WorkingDayCalendar, opened: Iterable[date]
) -> None:
    if not before.first_day <= day <= before.last_day:
        raise CalendarChangeRefused(
            f"{day}: lies outside the calendar, which covers {before.first_day} to "
            f"{before.last_day}; adopt a calendar that knows the day first."
        )
    if day.weekday() >= SATURDAY:
        raise CalendarChangeRefused(f"{day}: is a Saturday or Sunday already; leave it out.")
    if day in before.closures and day not in set(opened):
        raise CalendarChangeRefused(
            f"{day}: is closed already ({before.closures[day]}); leave it out, or open it as well."
        )
    if not name.strip() or len(name) > LONGEST_NAME:
        raise CalendarChangeRefused(
            f"{day}: needs a name of at most {LONGEST_NAME} characters, such as {day}=Office closed."
        )


def _days(named: Mapping[str, Any]) -> dict[date, str]:
    return {date.fromisoformat(day): str(why) for day, why in named.items()}

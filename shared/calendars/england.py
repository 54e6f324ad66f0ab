"""England's bank holidays as a document, and any such document as a calendar.

The document is canonical JSON text, so that its hash, the revision of the calendar, is the same on
every machine with the same holidays. A landlord adopts a document of its own for a proclaimed
holiday or an office closure.
"""

import hashlib
import json
from datetime import date
from typing import Any

import holidays

from shared.complaints.working_days import SATURDAY, WorkingDayCalendar

FIRST_YEAR = 2000
LAST_YEAR = 2040


class CalendarDocumentInvalid(ValueError):
    """A calendar document is not in the form that `england_calendar_document` writes."""


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
        closures = {date.fromisoformat(day): str(why) for day, why in content["closures"].items()}
        first_day = date(int(content["first_year"]), 1, 1)
        last_day = date(int(content["last_year"]), 12, 31)
    except (ValueError, KeyError, TypeError, AttributeError) as trouble:
        raise CalendarDocumentInvalid(
            "A calendar document is JSON with calendar, first_year, last_year and closures "
            f"(day: name): {trouble}."
        ) from trouble
    digest = hashlib.sha256(document.encode()).hexdigest()[:12]
    return WorkingDayCalendar(
        revision=f"{name}-{digest}", first_day=first_day, last_day=last_day, closures=closures
    )

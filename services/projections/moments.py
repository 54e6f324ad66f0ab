"""Moments that a reader typed: a day of London, with a time or up to its end."""

from datetime import date, datetime, time
from typing import Annotated

from fastapi import Query

from shared.complaints.working_days import LONDON

Typed = Annotated[str, Query(max_length=20)]
END_OF_DAY = time(23, 59, 59)


class NoSuchMoment(ValueError):
    """What was typed is no day or no time; the message says at which field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


def moment(values: dict[str, str], which: str) -> datetime | None:
    """The end of the day `<which>_on`, or the time `<which>_time` of it, as the clock in London shows it; None when
    nothing was typed. Raises NoSuchMoment.
    """
    day, clock = values[f"{which}_on"].strip(), values[f"{which}_time"].strip()
    if not day and not clock:
        return None
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NoSuchMoment(f"{which}_on", "Enter a day, like 2026-03-27") from None
    try:
        at = time.fromisoformat(clock) if clock else END_OF_DAY
    except ValueError:
        raise NoSuchMoment(f"{which}_time", "Enter a time, like 09:30") from None
    if at.tzinfo is not None:
        raise NoSuchMoment(f"{which}_time", "Enter a time of London, like 09:30")
    return datetime.combine(on, at, LONDON)


def errors_of(wrong: NoSuchMoment | None) -> list[dict[str, str]]:
    """What is wrong, as a form shows it."""
    return [{"field": wrong.field, "message": str(wrong)}] if wrong else []

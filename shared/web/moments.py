"""Days and times as people type them into a form, by the clock in London."""

from dataclasses import dataclass
from datetime import date, time


class NoSuchMoment(ValueError):
    """What was typed is no day or no time; the message says at which field."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(message)
        self.field = field


@dataclass(frozen=True, slots=True)
class TypedMoment:
    """A day, and a time of it where one was typed."""

    on: date
    at: time | None


def typed_moment(which: str, *, day: str, clock: str) -> TypedMoment | None:
    """What the fields `<which>_on` and `<which>_time` say; None when nothing was typed. Raises NoSuchMoment."""
    day, clock = day.strip(), clock.strip()
    if not day and not clock:
        return None
    try:
        on = date.fromisoformat(day)
    except ValueError:
        raise NoSuchMoment(f"{which}_on", "Enter a day, like 2026-03-27") from None
    try:
        at = time.fromisoformat(clock) if clock else None
    except ValueError:
        raise NoSuchMoment(f"{which}_time", "Enter a time, like 09:30") from None
    if at is not None and at.tzinfo is not None:
        raise NoSuchMoment(f"{which}_time", "Enter a time of London, like 09:30")
    return TypedMoment(on, at)

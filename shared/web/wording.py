"""How pages say dates, times and counts: in full, in London time, and never by colour alone."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date, datetime
from typing import Any

from shared.complaints.working_days import LONDON


def weekday_date(day: date) -> str:
    """`Friday 4 December 2026`."""
    return f"{day:%A} {day.day} {day:%B %Y}"


def short_date(day: date) -> str:
    """`Fri 4 Dec 2026`, for tables."""
    return f"{day:%a} {day.day} {day:%b %Y}"


def london_instant(instant: datetime) -> str:
    """`Friday 4 December 2026 at 9:05am`, as the clock in London showed it."""
    local = instant.astimezone(LONDON)
    hour = local.hour % 12 or 12
    return f"{weekday_date(local.date())} at {hour}:{local:%M}{'am' if local.hour < 12 else 'pm'}"


def working_days(count: int) -> str:
    """`1 working day`, `2 working days`."""
    return f"{count} working day{'' if count == 1 else 's'}"


def lateness(count: int) -> str:
    """`2 working days late`; `in time` for 0."""
    return f"{working_days(count)} late" if count else "in time"


def sentence_case(words: str) -> str:
    """`holding_response` as `Holding response`."""
    plain = words.replace("_", " ")
    return plain[:1].upper() + plain[1:]


def file_size(size: int) -> str:
    """`2 KB`, `1.4 MB`: bytes as people read them, never nothing."""
    if size < 1_000_000:
        return f"{max(1, round(size / 1_000))} KB"
    return f"{size / 1_000_000:.1f} MB"


def pairs(choices: Iterable[Any]) -> list[tuple[str, str]]:
    """Choices of a form as value and label, as the fields of `forms.html` take them."""
    return [(choice.value, choice.label) for choice in choices]


def marked(attributes: Mapping[str, object], wrong: str) -> dict[str, object]:
    """The attributes of a field, which says so itself when what it holds is wrong."""
    return dict(attributes) | ({"aria-invalid": "true"} if wrong else {})


FILTERS: dict[str, Callable[..., Any]] = {
    "weekday_date": weekday_date,
    "short_date": short_date,
    "london_instant": london_instant,
    "working_days": working_days,
    "lateness": lateness,
    "sentence_case": sentence_case,
    "file_size": file_size,
    "pairs": pairs,
    "marked": marked,
}

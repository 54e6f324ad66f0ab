"""Moments that a reader typed: a day of London, with a time or up to its end."""

from dataclasses import asdict, dataclass
from datetime import datetime, time
from typing import Annotated

from fastapi import Query

from services.projections.past import AsAt
from shared.complaints.working_days import LONDON
from shared.web.moments import NoSuchMoment, typed_moment

Typed = Annotated[str, Query(max_length=20)]
END_OF_DAY = time(23, 59, 59)


def moment(values: dict[str, str], which: str) -> datetime | None:
    """The end of the day `<which>_on`, or the time `<which>_time` of it, as the clock in London shows it; None when
    nothing was typed. Raises NoSuchMoment.
    """
    typed = typed_moment(which, day=values[f"{which}_on"], clock=values[f"{which}_time"])
    if typed is None:
        return None
    return datetime.combine(typed.on, END_OF_DAY if typed.at is None else typed.at, LONDON)


@dataclass(frozen=True, slots=True)
class TypedInstant:
    """What a form that looks back asks for, as query parameters: `Annotated[TypedInstant, Depends()]`."""

    happened_on: Typed = ""
    happened_time: Typed = ""
    recorded_on: Typed = ""
    recorded_time: Typed = ""

    @property
    def values(self) -> dict[str, str]:
        """As it was typed, by field."""
        return asdict(self)

    def as_at(self) -> AsAt:
        """By what had happened, by what was on record, or both; nothing typed is now. Raises NoSuchMoment."""
        values = self.values
        return AsAt(happened=moment(values, "happened"), recorded=moment(values, "recorded"))


def errors_of(wrong: NoSuchMoment | None) -> list[dict[str, str]]:
    """What is wrong, as a form shows it."""
    return [{"field": wrong.field, "message": str(wrong)}] if wrong else []

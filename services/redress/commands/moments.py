"""Reads a day or a time as a person types it: without a zone it is London time, as on the wall clock."""

from datetime import UTC, date, datetime

from shared.complaints.values import Moment
from shared.complaints.working_days import LONDON, london_day


class NotAMoment(ValueError):
    """What was typed is neither a day nor a time."""


def typed_moment(text: str) -> Moment:
    """`2026-03-02`, `2026-03-02T09:30` (London) or `2026-03-02T09:30:00+00:00`; raises NotAMoment."""
    try:
        return Moment(on=date.fromisoformat(text))
    except ValueError:
        pass
    try:
        typed = datetime.fromisoformat(text)
    except ValueError:
        raise NotAMoment(
            f"“{text}” is neither a day such as 2026-03-02 nor a time such as 2026-03-02T09:30"
        ) from None
    if typed.tzinfo is None:
        local = typed.replace(tzinfo=LONDON)
        if local.astimezone(UTC).astimezone(LONDON).replace(tzinfo=None) != typed:
            raise NotAMoment(
                f"“{text}” does not exist in London: the clocks went forward over it; give the hour before or after"
            )
        typed = local
    instant = typed.astimezone(UTC)
    return Moment(on=london_day(instant), at=instant)

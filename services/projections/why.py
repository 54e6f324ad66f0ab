"""Why a date is what it is: counted again, day by day, from what stands on the fact that set it.

The days that did not count are written on the fact, so the count comes out the same for ever, also
after a bank holiday was added to the calendar.
"""

from datetime import timedelta
from typing import Any

from shared.complaints.events import DeadlineSet
from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.counting import CountedDay, counted_days

MARGIN = timedelta(days=14)  # longer than any run of closed days at either end of a count


def counted(deadline: DeadlineSet) -> tuple[CountedDay, ...]:
    """The days of the count in order; hours are not counted in days and show none."""
    start, end = sorted((deadline.trigger_on, deadline.due_on))
    then = WorkingDayCalendar(
        revision=deadline.calendar_revision,
        first_day=start - MARGIN,
        last_day=end + MARGIN,
        closures={skipped.on: skipped.name for skipped in deadline.skipped},
    )
    return counted_days(deadline, then)


def counted_as_json(deadline: DeadlineSet) -> list[dict[str, Any]]:
    """The count for machines."""
    return [
        {
            "day": counted_day.day,
            "date": counted_day.date.isoformat(),
            "skipped": [
                {"date": skipped.on.isoformat(), "name": skipped.name}
                for skipped in counted_day.skipped
            ],
        }
        for counted_day in counted(deadline)
    ]


def trigger_in_words(trigger: str) -> str:
    """What the count starts from, for people."""
    return trigger.replace("_", " ")


def span_in_words(deadline: DeadlineSet) -> str:
    """`10 working days`, `48 hours`."""
    unit = deadline.unit.replace("elapsed_", "").replace("_", " ")
    if deadline.span == 1 and unit.endswith("s"):
        unit = unit[:-1]
    return f"{deadline.span} {unit}"

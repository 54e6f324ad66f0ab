"""What all our CloudEvents have in common: specification, type names, and instants."""

from datetime import date, datetime

from shared.complaints.working_days import london_midnight
from shared.eventstore.codec import instant_text

SPECIFICATION = "1.0"
TYPE_PREFIX = "org.redress."
DATA_CONTENT_TYPE = "application/json"


def happened_time(*, on: date, at: datetime | None) -> str:
    """`time` must be an instant: where only the day is known, the beginning of it in London."""
    return instant_text(at if at is not None else london_midnight(on))

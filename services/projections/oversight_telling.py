"""Tells in plain English what a landlord's rulebook says of recurring duties, homes and yearly reports."""

from collections.abc import Callable
from typing import Any

from services.projections.further_telling import Telling
from shared.complaints import events as fact
from shared.complaints.events import oversight as told
from shared.web.wording import weekday_date


def _set(event: told.RecurringDutySet) -> Telling:
    title = f"{event.organisation}: {_plain(event.duty)} due {weekday_date(event.due_on)}"
    return Telling(
        title, f"Every {event.every_months} months, from {weekday_date(event.counted_from)}"
    )


def _done(event: told.RecurringDutyDone) -> Telling:
    title = f"{event.organisation}: {_plain(event.duty)} done on {weekday_date(event.done_on)}"
    return Telling(title, event.evidence)


def _missed(event: told.RecurringDutyMissed) -> Telling:
    title = f"{event.organisation}: {_plain(event.duty)} not done in time"
    return Telling(title, f"It was due {weekday_date(event.due_on)}")


def _homes(event: told.HomesCounted) -> Telling:
    title = f"{event.organisation}: {event.homes:,} homes on {weekday_date(event.as_at)}"
    return Telling(title, event.source or "")


def _published(event: told.AnnualReportPublished) -> Telling:
    title = f"Annual report {event.year} published on {weekday_date(event.published_on)}"
    return Telling(title, event.where)


def _responded(event: told.GoverningBodyResponded) -> Telling:
    title = f"Governing body responded to the annual report {event.year}"
    return Telling(title, f"On {weekday_date(event.responded_on)}: {event.where}")


def _plain(duty: str) -> str:
    return duty.replace("_", " ")


OVERSIGHT_TELLINGS: dict[type[fact.ComplaintEvent], Callable[[Any], Telling]] = {
    told.RecurringDutySet: _set,
    told.RecurringDutyDone: _done,
    told.RecurringDutyMissed: _missed,
    told.RecurringDutyEnded: lambda event: Telling(
        f"{event.organisation}: {_plain(event.duty)} no longer owed", event.reason
    ),
    told.HomesCounted: _homes,
    told.AnnualReportPublished: _published,
    told.GoverningBodyResponded: _responded,
}

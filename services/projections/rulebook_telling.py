"""Tells in plain English what a landlord adopted, and what moved because of it."""

from collections.abc import Callable, Sequence
from typing import Any

from services.projections.further_telling import Telling
from shared.complaints import events as fact
from shared.complaints.values import SkippedDay
from shared.web.wording import weekday_date

DAYS_TOLD = 5  # of a change of the calendar; the fact holds all


def _policy(event: fact.PolicyAdopted) -> Telling:
    beside = " beside its own policy" if event.overlay else ""
    until = f" until {weekday_date(event.until)}" if event.until else ""
    said = f"From {weekday_date(event.effective_from)}{until}, for what is received then"
    title = f"{event.organisation} adopted {event.policy} {event.policy_version}{beside}"
    return Telling(title, _with_reason(said, event.reason))


def _calendar(event: fact.CalendarAdopted) -> Telling:
    changes = [*_days("closed", event.closed), *_days("open again", event.opened)]
    said = "; ".join(changes) or f"Covers {event.first_day.year} to {event.last_day.year}"
    return Telling(f"Calendar {event.calendar_revision} adopted", _with_reason(said, event.reason))


def _recounted(event: fact.DeadlineRecounted) -> Telling:
    under = f" under {event.overlay}" if event.overlay else ""
    title = f"Stage {event.stage}: {event.duty.replace('_', ' ')}{under}: counted again"
    if event.from_on == event.to_on:
        said = f"Still due {weekday_date(event.to_on)}; the hour or the reminder moved"
    else:
        said = f"Promised for {weekday_date(event.from_on)}, now due {weekday_date(event.to_on)}"
    if event.lawful_on is not None:
        said += f"; by law it stays due {weekday_date(event.lawful_on)}"
    return Telling(title, _with_reason(said, event.reason))


def _erased(event: fact.WordsErased) -> Telling:
    said = f"{event.texts} pieces of text cannot be read any more"
    return Telling(f"The words of {event.subject} were erased", _with_reason(said, event.reason))


def _consent_ended(event: fact.ConsentEnded) -> Telling:
    title = f"Stage {event.stage}: consent for representative {event.number} ended"
    last = f"Its last day was {weekday_date(event.until)}"
    return Telling(title, f"{last}; nothing may be shared with them now")


def _days(what: str, days: Sequence[SkippedDay]) -> list[str]:
    told = [f"{weekday_date(each.on)} {what} ({each.name})" for each in days[:DAYS_TOLD]]
    more = len(days) - DAYS_TOLD
    return [*told, f"{more} more days {what}"] if more > 0 else told


def _with_reason(said: str, reason: str | None) -> str:
    return f"{said}. {reason}" if reason else said


RULEBOOK_TELLINGS: dict[type[fact.ComplaintEvent], Callable[[Any], Telling]] = {
    fact.PolicyAdopted: _policy,
    fact.CalendarAdopted: _calendar,
    fact.WordsErased: _erased,
    fact.DeadlineRecounted: _recounted,
    fact.ConsentEnded: _consent_ended,
}

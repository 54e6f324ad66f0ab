"""A policy as it runs beside a complaint's own, such as the statutory code above all of them.

It judges and does nothing else: it reminds nobody, and no time of the complainant's ends under it.
"""

from dataclasses import dataclass, replace
from datetime import date

from shared.complaints.working_days import WorkingDayCalendar
from shared.policies.deadlines import Deadline
from shared.policies.policy import Extension, Passing, Policy

_LANDLORDS = frozenset({Passing.MISSED, Passing.MISSED_IF_RESPONSE_LATE})


def as_overlay(policy: Policy) -> Policy:
    """Return what of a policy runs beside another: what the landlord owes, without reminders."""
    duties = tuple(
        replace(duty, notice=None) for duty in policy.duties if duty.passing in _LANDLORDS
    )
    return replace(policy, duties=duties)


@dataclass(frozen=True, slots=True)
class ExtensionTold:
    """An extension under the complaint's own policy: the day, and what is on record about it."""

    to_on: date
    agreed: bool
    explained: bool
    ombudsman_details_given: bool
    good_reason: bool


def extends_too(
    told: ExtensionTold, rule: Extension, response: Deadline, calendar: WorkingDayCalendar
) -> bool:
    """Say whether an extension also moves the date under this policy, whose conditions it meets."""
    if not response.is_owed or told.to_on <= response.latest.due_on:
        return False
    if told.to_on > latest_extension(rule, response, calendar) and not (
        told.good_reason and rule.more_for_good_reason
    ):
        return False
    if rule.ombudsman_details is not None and not told.ombudsman_details_given:
        return False
    return told.agreed if rule.kind == "agree" else told.explained


def latest_extension(rule: Extension, response: Deadline, calendar: WorkingDayCalendar) -> date:
    """Return the last day to which the date of a response may be moved under the cap of a rule."""
    if rule.most_working_days is None:
        return date.max
    return calendar.working_days_after(response.original.due_on, rule.most_working_days)

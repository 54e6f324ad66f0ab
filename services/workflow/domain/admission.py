"""Whether a matter may be kept out for its age, or on a ground that holds only together with
something else.
"""

from datetime import date

from services.workflow.domain import further
from services.workflow.domain.commands import RefuseComplaint
from services.workflow.domain.guards import Case
from services.workflow.domain.refusals import TRUE_RECORD, ConditionNotMet, NotNow
from shared.complaints.values import Moment
from shared.policies.counting import months_after
from shared.policies.policy import Citation, Exclusion, Policy
from shared.policies.provisions import TimeBar

DATED = Citation("A matter is known of no earlier than it arose.", TRUE_RECORD)
IN_FORCE = "in force"


def may_be_refused_as(case: Case, command: RefuseComplaint, exclusion: Exclusion) -> None:
    """A ground of age needs the dates and the thought of discretion; others what they require."""
    bar = case.policy.time_bar
    if bar is not None and bar.exclusion == exclusion.exclusion:
        _is_too_old(case, command, bar)
    if exclusion.requires == further.RESTRICTION and not any(
        each.standing == IN_FORCE for each in case.complaint.further.of(further.RESTRICTION)
    ):
        raise ConditionNotMet(
            "No limit on how the complainant may reach the landlord is in force.",
            cited=exclusion.cited,
            way_out=f"Restrict contact first, with its reasons and its review: {exclusion.destination}.",
        )


def barred_after(bar: TimeBar, *, arose_on: date, known_on: date | None) -> date:
    """Return the last day on which a matter may be complained of under a time bar."""
    counts_awareness = bar.counted_from == "event_or_awareness" and known_on is not None
    since = known_on if counts_awareness and known_on else arose_on
    return months_after(since, bar.months)


def departs_from(
    beside: Policy | None, received: Moment, *, arose_on: date | None, known_on: date | None
) -> str | None:
    """Return the clause of the policy beside the own one under which the matter had to be taken."""
    bar = None if beside is None else beside.time_bar
    if bar is None or arose_on is None:
        return None
    last = barred_after(bar, arose_on=arose_on, known_on=known_on)
    return bar.cited.clause if received.on <= last else None


def dates_make_sense(case: Case, *, arose_on: date, known_on: date | None) -> None:
    """A matter arose before it was known of, and was known of before it was complained of."""
    received = case.complaint.received.on
    if known_on is not None and known_on < arose_on:
        raise ConditionNotMet(
            "The complainant would have known of it before it happened.",
            cited=DATED,
            way_out="Give the day on which the complainant became aware, or leave it out.",
        )
    if max(arose_on, known_on or arose_on) > received:
        raise ConditionNotMet(
            f"It would have happened after it was complained of on {received.isoformat()}.",
            cited=DATED,
            way_out="Give the day on which it happened.",
        )


def _is_too_old(case: Case, command: RefuseComplaint, bar: TimeBar) -> None:
    if case.complaint.further.taken_late:
        raise NotNow(
            "The matter was taken in spite of its age.",
            cited=bar.cited,
            way_out="Answer it, or refuse it on another ground.",
        )
    if command.arose_on is None:
        raise ConditionNotMet(
            "Nothing says when the matter arose.",
            cited=bar.cited,
            way_out="Give the day on which it happened, and when the complainant learnt of it.",
        )
    dates_make_sense(case, arose_on=command.arose_on, known_on=command.known_on)
    last = barred_after(bar, arose_on=command.arose_on, known_on=command.known_on)
    if case.complaint.received.on <= last:
        raise ConditionNotMet(
            f"The matter was complained of within {bar.months} months, which end on "
            f"{last.isoformat()}.",
            cited=bar.cited,
            way_out="Take the complaint.",
        )
    if bar.discretion and not command.discretion_considered:
        raise ConditionNotMet(
            "Nothing says that taking the matter in spite of its age was considered.",
            cited=bar.cited,
            way_out="Consider it, say so, and give the reasons in the letter.",
        )

"""Puts a policy in force from a day on, or for a time, and tells so on the landlord's feed; or says what that would do.

The command and the page adopt by this one way, and see what it would do from the same rules.
"""

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, datetime, timedelta
from typing import Any

from services.workflow.domain.schedule import dates_for
from shared.complaints.values import Moment
from shared.complaints.working_days import CalendarDoesNotKnow
from shared.database.pool import Database
from shared.policies.checking import findings
from shared.policies.policy import Policy
from shared.policy_packs.packs import Pack
from shared.registry.adoptions import PolicyNotAdopted, adopt_policy, policies_in_force
from shared.registry.calendars import current_calendar
from shared.registry.landlords import organisations
from shared.registry.rulebook import AdoptionRefused


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is to be adopted."""

    landlord: str
    organisation: str
    own: Pack | None
    beside: Pack | None
    effective_from: date
    until: date | None
    by: str
    reason: str | None


@dataclass(frozen=True, slots=True)
class OpenCases:
    """How many cases in which something runs stay under the policy that was in force on their day of receipt."""

    policy: str
    cases: int
    received_since: int  # how many of them on or after the first day of what is adopted


@dataclass(frozen=True, slots=True)
class OtherDate:
    """A date that a complaint gets which is received on the first day: before the adoption, and with it."""

    duty: str
    beside: bool  # owed under the policy that runs beside the own one
    before: date | None
    then: date | None


def sound(found: Pack, *, asked: str) -> Pack:
    """The pack, where `redress policy check` finds nothing wrong in it; else AdoptionRefused."""
    wrong = [f"{each.where}: {each.said}" for each in findings(found.read)]
    if wrong:
        raise AdoptionRefused(
            f"{asked}: {'; '.join(wrong)}. Put it right: `redress policy check` says when it is."
        )
    return found


def adopt(database: Database, wanted: Wanted, *, now: datetime, dry_run: bool) -> dict[str, Any]:
    """Adopts, or in a dry run adopts and takes it back, so that both answer from the same rules.

    Raises AdoptionRefused, CalendarNotAdopted, or StreamMoved where somebody adopted at the same moment.
    """
    landlord = wanted.landlord
    # Apart from what follows, which holds the head of the feed until it ends.
    with database.transaction(landlord) as cursor:
        cases = tuple(_open_cases(cursor, wanted))
    with suppress(_TakenBack), database.transaction(landlord) as cursor:
        known = [each.organisation for each in organisations(cursor, landlord)]
        if wanted.organisation not in known:
            raise AdoptionRefused(
                f"--organisation: “{wanted.organisation}” is not one of {landlord}; "
                f"it has: {', '.join(known) or 'none'}"
            )
        before = _in_force(cursor, wanted, wanted.effective_from)
        for each, overlay in ((wanted.own, False), (wanted.beside, True)):
            if each is not None:
                adopt_policy(
                    cursor,
                    landlord=landlord,
                    organisation=wanted.organisation,
                    document=each.document,
                    effective_from=wanted.effective_from,
                    until=wanted.until,
                    overlay=overlay,
                    adopted_by=wanted.by,
                    reason=wanted.reason,
                    now=now,
                )
        then = _in_force(cursor, wanted, wanted.effective_from)
        after = None
        if wanted.until is not None:
            after = _in_force(cursor, wanted, wanted.until + timedelta(days=1))
        dates = tuple(_other_dates(cursor, wanted, before, then))
        if dry_run:
            raise _TakenBack
    return {
        "dry_run": dry_run,
        "landlord": landlord,
        "organisation": wanted.organisation,
        "from": wanted.effective_from,
        "until": wanted.until,
        "changed": before != then,
        "in_force_before": _names(before),
        "in_force_then": _names(then),
        "in_force_after": _names(after) if wanted.until else None,
        "open_cases_moved": 0,  # a case keeps the policy of its day of receipt, whatever is adopted
        "open_cases": [asdict(each) for each in cases],
        "dates": [asdict(each) for each in dates],
    }


class _TakenBack(Exception):
    """Rolls a dry run back."""


InForce = tuple[Policy, Policy | None] | None


def _in_force(cursor: Any, wanted: Wanted, on: date) -> InForce:
    try:
        return policies_in_force(cursor, wanted.landlord, wanted.organisation, on)
    except PolicyNotAdopted:
        return None


def _names(found: InForce) -> dict[str, str | None] | None:
    if found is None:
        return None
    own, overlay = found
    return {
        "policy": own.policy,
        "version": own.version,
        "overlay": None if overlay is None else overlay.policy,
    }


def _open_cases(cursor: Any, wanted: Wanted) -> Iterator[OpenCases]:
    rows = cursor.execute(
        """
        SELECT record::json -> 'data' ->> 'policy' AS policy, count(*) AS cases,
            count(*) FILTER (
                WHERE record::json -> 'data' ->> 'received_on' >= %(first)s) AS received_since
        FROM workflow.event
        WHERE landlord = %(landlord)s AND version = 1 AND name = 'complaint.opened.v1'
            AND record::json -> 'data' ->> 'organisation' = %(organisation)s
            AND stream IN (SELECT stream FROM workflow.timer
                WHERE landlord = %(landlord)s AND ended_at IS NULL)
        GROUP BY 1 ORDER BY 1
        """,
        {
            "landlord": wanted.landlord,
            "organisation": wanted.organisation,
            "first": wanted.effective_from.isoformat(),
        },
    )
    for row in rows:
        yield OpenCases(row["policy"], row["cases"], row["received_since"])


def _other_dates(
    cursor: Any, wanted: Wanted, before: InForce, then: InForce
) -> Iterator[OtherDate]:
    calendar = current_calendar(cursor, wanted.landlord)
    received = Moment(wanted.effective_from)

    def dates(found: InForce) -> dict[tuple[str, bool], date]:
        if found is None:
            return {}
        own, overlay = found
        duties = dates_for(own, calendar, received, overlay=overlay)
        return {(each.duty, each.overlay is not None): each.due_on for each in duties}

    try:
        old, new = dates(before), dates(then)
    except CalendarDoesNotKnow as unknown:
        raise AdoptionRefused(f"--from: {unknown}") from unknown
    for key in sorted({**old, **new}, key=lambda key: (key[1], key not in old)):
        yield OtherDate(*key, old.get(key), new.get(key))

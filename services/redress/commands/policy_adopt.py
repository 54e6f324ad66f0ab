"""`redress policy adopt`: puts a policy in force from a day on, or for a time, and tells so on the landlord's feed."""

import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date, timedelta
from typing import Annotated, Any

import typer

from services.redress.assembly import Installation, installation
from services.redress.commands.adoption_options import (
    REFUSED,
    By,
    DryRun,
    Reason,
    Whose,
    typed_day,
    who,
)
from services.redress.commands.options import AsJson, Data, known_landlord
from services.redress.commands.packs import Pack, PackNotFound, pack
from services.redress.commands.settings import settings_for
from services.workflow.domain.schedule import dates_for
from shared.complaints.values import Moment
from shared.complaints.working_days import CalendarDoesNotKnow
from shared.eventstore.append import StreamMoved
from shared.policies.checking import findings
from shared.policies.policy import Policy
from shared.registry.adoptions import PolicyNotAdopted, adopt_policy, policies_in_force
from shared.registry.calendars import CalendarNotAdopted, current_calendar
from shared.registry.landlords import organisations
from shared.registry.rulebook import AdoptionRefused
from shared.web.wording import short_date


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


def adopt_command(
    asked: Annotated[
        str, typer.Argument(metavar="PACK", help="A shipped pack by its name, or a file (.toml).")
    ],
    *,
    landlord: Whose,
    organisation: Annotated[str, typer.Option("--organisation", help="Which body adopts it.")],
    effective_from: Annotated[
        str, typer.Option("--from", help="Its first day, such as 2026-06-01.")
    ],
    until: Annotated[
        str | None,
        typer.Option("--until", help="Its last day; afterwards what was in force before is again."),
    ] = None,
    overlay: Annotated[
        str | None,
        typer.Option(
            "--overlay", help="A pack to run beside it, such as a code, for the same time."
        ),
    ] = None,
    beside: Annotated[
        bool, typer.Option("--beside", help="Adopt PACK itself to run beside the own policy.")
    ] = False,
    by: By = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Put a policy in force for what an organisation receives from a day on. No open case moves to it.

    Exit code: 0 adopted, or in a dry run adoptable; 2 refused, with the reason.
    """
    if overlay is not None and beside:
        raise typer.BadParameter("PACK runs beside already: leave one out", param_hint="--overlay")
    first = typed_day("--from", effective_from)
    last = None if until is None else typed_day("--until", until)
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        try:
            wanted = Wanted(
                landlord=landlord,
                organisation=organisation,
                own=None if beside else _sound(asked),
                beside=_sound(asked) if beside else None if overlay is None else _sound(overlay),
                effective_from=first,
                until=last,
                by=who(by),
                reason=reason,
            )
            answer = adopt(inst, wanted, dry_run=dry_run)
        except (AdoptionRefused, PackNotFound, CalendarNotAdopted, StreamMoved) as refused:
            typer.echo(" ".join(str(refused).split()), err=True)
            raise typer.Exit(REFUSED) from None
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))
    else:
        typer.echo("\n".join(told(answer)))


def _sound(asked: str) -> Pack:
    """The pack, in which `redress policy check` finds nothing wrong."""
    found = pack(asked)
    wrong = [f"{each.where}: {each.said}" for each in findings(found.read)]
    if wrong:
        raise AdoptionRefused(
            f"{asked}: {'; '.join(wrong)}. Put it right: `redress policy check` says when it is."
        )
    return found


def adopt(inst: Installation, wanted: Wanted, *, dry_run: bool) -> dict[str, Any]:
    """Adopts, or in a dry run adopts and takes it back, so that both answer from the same rules."""
    landlord = wanted.landlord
    with suppress(_TakenBack), inst.owner.transaction(landlord) as cursor:
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
                    now=inst.clock.now(),
                )
        then = _in_force(cursor, wanted, wanted.effective_from)
        after = None
        if wanted.until is not None:
            after = _in_force(cursor, wanted, wanted.until + timedelta(days=1))
        cases = tuple(_open_cases(cursor, wanted))
        dates = tuple(_other_dates(cursor, wanted, before, then))
        if dry_run:
            raise _TakenBack
    if not dry_run:
        inst.catch_up_projections(landlord)
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


def told(answer: dict[str, Any]) -> Iterator[str]:
    """The answer for people."""
    until = f" until {short_date(answer['until'])}" if answer["until"] else ""
    doing = "would be" if answer["dry_run"] else "is"
    if not answer["changed"]:
        yield f"{answer['organisation']}: that is in force already; nothing {doing} changed."
        return
    yield (
        f"{answer['organisation']}: {_said(answer['in_force_then'])} {doing} in force from "
        f"{short_date(answer['from'])}{until}; before: {_said(answer['in_force_before'])}."
    )
    if answer["until"]:
        yield f"Afterwards {_said(answer['in_force_after'])} is in force again."
    yield "No open case moves: each keeps the policy of its day of receipt."
    for each in answer["open_cases"]:
        since = (
            f", {each['received_since']} of them received since then"
            if each["received_since"]
            else ""
        )
        yield f"  {each['cases']} stay under {each['policy']}{since}"
    yield f"What is received on {short_date(answer['from'])} is due, before and then:"
    for each in answer["dates"]:
        under = " under the policy beside" if each["beside"] else ""
        days = [short_date(day) if day else "no date" for day in (each["before"], each["then"])]
        yield f"  {each['duty'].replace('_', ' ')}{under}: {' -> '.join(dict.fromkeys(days))}"


def _said(names: dict[str, str | None] | None) -> str:
    if names is None:
        return "no policy"
    beside = f" beside {names['overlay']}" if names["overlay"] else ""
    return f"{names['policy']} ({names['version']}){beside}"

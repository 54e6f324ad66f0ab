"""`redress calendar`: shows and adopts the days a landlord counts by, and counts again what another calendar moves."""

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Annotated, Any

import typer

from services.redress.assembly import WORKFLOW, Installation, installation
from services.redress.commands.adoption_options import (
    REFUSED,
    By,
    DryRun,
    Reason,
    Whose,
    typed_day,
    who,
)
from services.redress.commands.calendar_recount import recount, recounting, told_recount
from services.redress.commands.options import AsJson, Data, known_landlord
from services.redress.commands.settings import settings_for
from services.workflow import calendar_adopting
from services.workflow.calendar_adopting import Change, preview_of, refuse_if_moved
from shared.calendars.england import (
    CalendarChangeRefused,
    CalendarDocumentInvalid,
    england_calendar_document,
    load_calendar,
    revised_document,
)
from shared.complaints.working_days import london_day
from shared.registry.calendars import (
    AdoptedCalendar,
    CalendarNotAdopted,
    adopted_calendars,
)
from shared.registry.rulebook import AdoptionRefused
from shared.web.wording import short_date

LARGEST_DOCUMENT_BYTES = 1_000_000


calendar_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Show, list and adopt the calendar that a landlord counts working days by.",
)


@calendar_commands.command("show")
def show_command(
    *,
    landlord: Whose,
    year: Annotated[
        int | None, typer.Option("--year", min=1990, max=2100, help="Which year; else this one.")
    ] = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Show the calendar in use: its revision, the years it knows, and the closed days of a year."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        current = _current(inst, landlord)
        of = year or london_day(inst.clock.now()).year
        progress = recounting(inst).progress(landlord)
    calendar = load_calendar(current.document)
    closed = [
        {"on": day, "name": name, "office_closure": day in calendar.office_closures}
        for day, name in sorted(calendar.closures.items())
        if day.year == of
    ]
    answer = {
        **_adopted(current),
        "first_day": calendar.first_day,
        "last_day": calendar.last_day,
        "year": of,
        "closed": closed,
        "recount": None if progress is None else asdict(progress),
    }
    if as_json:
        _say_json(answer)
        return
    typer.echo(_told_adopted(current))
    typer.echo(f"Knows {short_date(calendar.first_day)} to {short_date(calendar.last_day)}.")
    for each in closed:
        own = ", the landlord's own closure" if each["office_closure"] else ""
        typer.echo(f"  {short_date(each['on'])}  {each['name']}{own}")  # type: ignore[arg-type]
    if progress is not None:
        left = (
            "finished" if progress.finished_at else "under way: `redress calendar replan` shows it"
        )
        typer.echo(f"Counting again what runs: {left}.")
        typer.echo("\n".join(told_recount(asdict(progress), dry_run=False)))


@calendar_commands.command("list")
def list_command(*, landlord: Whose, as_json: AsJson = False, data: Data = None) -> None:
    """List every calendar the landlord ever counted by, the current one first."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        with inst.owner.transaction(landlord) as cursor:
            found = adopted_calendars(cursor, landlord)
    if as_json:
        _say_json([_adopted(each) for each in found])
        return
    for each in found:
        typer.echo(_told_adopted(each))


@calendar_commands.command("adopt")
def adopt_command(
    *,
    landlord: Whose,
    holiday: Annotated[
        list[str] | None,
        typer.Option(help="A proclaimed holiday, as 2026-06-19=Name; may be given several times."),
    ] = None,
    closure: Annotated[
        list[str] | None,
        typer.Option(
            help="A day the landlord itself is closed, as 2026-12-29=Name; several times."
        ),
    ] = None,
    opened: Annotated[
        list[str] | None,
        typer.Option("--open", help="A closed day that counts after all, as 2026-12-29; several."),
    ] = None,
    file: Annotated[
        Path | None, typer.Option(help="Begin from this document, not from the calendar in use.")
    ] = None,
    england: Annotated[
        bool, typer.Option("--england", help="Begin from the bank holidays that Redress ships.")
    ] = False,
    replaces: Annotated[
        str | None,
        typer.Option(
            help="The revision that a dry run was shown against; refused where another came into use since."
        ),
    ] = None,
    by: By = None,
    reason: Reason = None,
    dry_run: DryRun = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Adopt another calendar, and count again what still runs: every date that moves is told with the reason.

    A clock in law, such as the Code's beside the own policy, moves for a holiday and never for a closure.
    Exit code: 0 done, or in a dry run doable; 2 refused, with the reason.
    """
    if file is not None and england:
        raise typer.BadParameter("leave one of the two out", param_hint="--file, --england")
    changes: dict[str, Any] = {
        "holidays": _named("--holiday", holiday),
        "office_closures": _named("--closure", closure),
        "opened": [typed_day("--open", each) for each in opened or ()],
    }
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        with _refusals():
            before = _looked_at(inst, landlord, replaces)
            begun = _read(file) if file else england_calendar_document() if england else None
            document = revised_document(begun or before.document, **changes)
            answer = adopt(
                inst, landlord, before, document, by=who(by), reason=reason, dry_run=dry_run
            )
    if as_json:
        _say_json(answer)
    else:
        typer.echo("\n".join(told(answer)))


@calendar_commands.command("replan")
def replan_command(
    *, landlord: Whose, dry_run: DryRun = False, as_json: AsJson = False, data: Data = None
) -> None:
    """Count again what the calendar in use moves, from where it stopped; nothing is told twice.

    The timer service does the same by itself, batch by batch: this shows it, and is there when no service runs.
    """
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        current = _current(inst, landlord)
        if dry_run:
            answer = preview_of(
                recounting(inst),
                landlord,
                load_calendar(current.document),
                reason=current.reason or "preview",
            )
        else:
            answer = recount(inst, landlord)
    if as_json:
        _say_json({"landlord": landlord, "dry_run": dry_run, **answer})
    else:
        typer.echo("\n".join(told_recount(answer, dry_run=dry_run)))


@contextmanager
def _refusals() -> Iterator[None]:
    """What cannot be adopted is told in one sentence."""
    try:
        yield
    except (
        AdoptionRefused,
        CalendarChangeRefused,
        CalendarDocumentInvalid,
        CalendarNotAdopted,
    ) as refused:
        typer.echo(" ".join(str(refused).split()), err=True)
        raise typer.Exit(REFUSED) from None


def adopt(
    inst: Installation,
    landlord: str,
    before: AdoptedCalendar,
    document: str,
    *,
    by: str,
    reason: str | None,
    dry_run: bool,
) -> dict[str, Any]:
    """Adopts the calendar and counts again, or says what that would move; raises AdoptionRefused."""
    change = Change(landlord, before, document, by, reason)
    answer = calendar_adopting.adopt(
        inst.database(WORKFLOW), change, now=inst.clock.now(), dry_run=dry_run
    )
    if not dry_run:
        return answer | recount(inst, landlord)
    calendar = load_calendar(document)
    return answer | preview_of(recounting(inst), landlord, calendar, reason=answer["reason"])


def _current(inst: Installation, landlord: str) -> AdoptedCalendar:
    with inst.owner.transaction(landlord) as cursor:
        found = adopted_calendars(cursor, landlord)
    if not found:
        raise typer.BadParameter(
            f"{landlord} has no calendar; it gets one with its registration",
            param_hint="--landlord",
        )
    return found[0]


def _looked_at(inst: Installation, landlord: str, revision: str | None) -> AdoptedCalendar:
    """The calendar in use; raises CalendarMoved where it is not the one of that revision any more."""
    if revision is not None:
        with inst.owner.transaction(landlord) as cursor:
            refuse_if_moved(cursor, landlord, revision)
    return _current(inst, landlord)


def _read(file: Path) -> str:
    try:
        if file.stat().st_size > LARGEST_DOCUMENT_BYTES:
            raise AdoptionRefused(f"--file: {file} is larger than a calendar can be")
        return file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as trouble:
        raise AdoptionRefused(f"--file: {file} cannot be read: {trouble}") from trouble


def _named(option: str, days: Sequence[str] | None) -> Mapping[date, str]:
    named: dict[date, str] = {}
    for each in days or ():
        day, equals, name = each.partition("=")
        if not equals:
            raise typer.BadParameter(
                f"“{each}” has no name; write it as 2026-06-19=Name", param_hint=option
            )
        named[typed_day(option, day)] = name.strip()
    return named


def _adopted(found: AdoptedCalendar) -> dict[str, Any]:
    told = asdict(found)
    del told["document"]
    return told


def _told_adopted(found: AdoptedCalendar) -> str:
    by = f" by {found.adopted_by}" if found.adopted_by else ""
    why = f": {found.reason}" if found.reason else ""
    return f"{found.revision}, adopted {found.adopted_at:%Y-%m-%d %H:%M} UTC{by}{why}"


def told(answer: dict[str, Any]) -> Iterator[str]:
    """The answer for people."""
    doing = "would be adopted" if answer["dry_run"] else "is adopted"
    yield f"{answer['revision']} {doing} in place of {answer['replaces']}."
    for what, days in (("closed", answer["closed"]), ("open again", answer["opened"])):
        for each in days:
            own = ", the landlord's own closure" if each["office_closure"] else ""
            yield f"  {short_date(each['on'])} {what}: {each['name']}{own}"
    yield from told_recount(answer, dry_run=answer["dry_run"])
    if answer["dry_run"]:
        yield f"Adopted with --replaces {answer['replaces']}, it is refused where somebody changes the calendar before."


def _say_json(answer: Any) -> None:
    typer.echo(json.dumps(answer, ensure_ascii=False, indent=2, default=str))

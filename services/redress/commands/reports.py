"""`redress report`: the annual report, what was learned, contacts by route, from the log; and that it was published."""

import getpass
import json
import sys
from datetime import date, datetime
from typing import Annotated, Any
from uuid import UUID

import typer

from services.projections.annual_report import AnnualReport, annual_report, year_of
from services.projections.annual_report_text import as_markdown
from services.projections.case_figures import Figures
from services.projections.route_report import RouteReport, route_report
from services.redress.assembly import Installation, installation
from services.redress.commands.options import AsJson, By, Data, known_landlord
from services.redress.commands.settings import settings_for
from shared.complaints.events.oversight import (
    AnnualReportPublished,
    GoverningBodyResponded,
    OversightEvent,
)
from shared.complaints.working_days import london_day
from shared.eventstore.feed import READ_MAX, head_with_hash, read_feed
from shared.registry.rulebook import tell

LONGEST_PLACE = 300
FIRST_YEAR, LAST_YEAR = 2000, 2099
ERASED = "(erased)"

report_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Reports of a landlord's complaints, made from its log alone.",
)

Whose = Annotated[str, typer.Option("--landlord", help="Whose complaints.")]
Year = Annotated[
    int,
    typer.Option(
        min=FIRST_YEAR, max=LAST_YEAR, help="The year that begins on 1 April of this number."
    ),
]
UpTo = Annotated[
    int | None,
    typer.Option("--up-to", min=1, help="As it was at this entry of the feed; otherwise now."),
]
Where = Annotated[str, typer.Option(help="Where it can be read, such as the address of the page.")]
OnDay = Annotated[datetime, typer.Option("--on", formats=["%Y-%m-%d"], help="On which day.")]


def figures_of(
    inst: Installation, landlord: str, *, up_to: int | None = None
) -> tuple[Figures, str]:
    """Fold the landlord's feed up to a place, and return the figures with the hash of that place."""
    figures, feed_hash, after = Figures(), "", 0
    with inst.owner.transaction(landlord) as cursor:
        head, _ = head_with_hash(cursor, landlord)
    last = head if up_to is None else min(up_to, head)
    while after < last:
        with inst.owner.transaction(landlord) as cursor:
            page = read_feed(cursor, landlord, after=after, limit=min(READ_MAX, last - after))
        for event in page:
            figures.fold(event)
        after, feed_hash = page[-1].seq, page[-1].hash.hex()
        if sys.stderr.isatty():
            typer.echo(f"\r{after:,} of {last:,} facts read", err=True, nl=after >= last)
    return figures, feed_hash


def report_of(
    inst: Installation, landlord: str, *, year: int, up_to: int | None = None
) -> AnnualReport:
    """The annual report; published and answered as far as the log says today."""
    figures, feed_hash = figures_of(inst, landlord, up_to=up_to)
    return annual_report(figures, landlord=landlord, year=year, feed_hash=feed_hash)


@report_commands.command("annual")
def annual_command(
    *, landlord: Whose, year: Year, up_to: UpTo = None, as_json: AsJson = False, data: Data = None
) -> None:
    """Print the annual complaints performance and service improvement report (Code 8.1), as Markdown."""
    with installation(settings_for(data)) as inst:
        known = known_landlord(inst, landlord)
        report = report_of(inst, landlord, year=year, up_to=up_to)
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        typer.echo(as_markdown(report, name=known.name), nl=False)


@report_commands.command("publish")
def publish_command(
    *,
    landlord: Whose,
    year: Year,
    on: OnDay,
    where: Where,
    up_to: UpTo = None,
    by: By = None,
    data: Data = None,
) -> None:
    """Record that the report of a year was published, with the hash of its figures (Code 8.2)."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        report = report_of(inst, landlord, year=year, up_to=up_to)
        event = AnnualReportPublished(
            year=year,
            published_on=on.date(),
            where=_place(where),
            report_hash=report.report_hash,
            up_to_seq=report.figures["feed"]["up_to"],
        )
        _tell(inst, landlord, event, on=on.date(), year=year, by=by)
    typer.echo(f"Published, with the figures {report.report_hash[:12]}….")


@report_commands.command("respond")
def respond_command(
    *, landlord: Whose, year: Year, on: OnDay, where: Where, by: By = None, data: Data = None
) -> None:
    """Record the governing body's response to the report of a year, published beside it (Code 8.2)."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        event = GoverningBodyResponded(year, on.date(), _place(where))
        _tell(inst, landlord, event, on=on.date(), year=year, by=by)
    typer.echo("The response is on record.")


@report_commands.command("learning")
def learning_command(
    *,
    landlord: Whose,
    year: Year,
    words: Annotated[
        bool,
        typer.Option(
            "--words", help="With what was written; for the landlord's own use, not to publish."
        ),
    ] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List what was learned in a year: from which case, what is changed, by whom, by when, done, told to whom."""
    first, last = year_of(year)
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        figures, _ = figures_of(inst, landlord)
        rows: list[dict[str, Any]] = [
            {
                "reference": case.reference,
                "number": each.number,
                "recorded_on": each.recorded_on.isoformat(),
                "cause": each.cause,
                "action": each.action,
                "owner": each.owner,
                "due_on": each.due_on.isoformat(),
                "done_on": None if each.done_on is None else each.done_on.isoformat(),
                "told": sorted(set(each.told)),
            }
            | ({"words": _read(inst, landlord, each.words)} if words else {})
            for case in sorted(figures.cases.values(), key=lambda case: case.reference)
            for each in case.learning.values()
            if first <= each.recorded_on <= last
        ]
    if as_json:
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for row in rows:
        done = f"done {row['done_on']}" if row["done_on"] else f"due {row['due_on']}"
        told_to = ", ".join(row["told"]) or "nobody yet"
        typer.echo(
            f"{row['reference']} {row['number']}: {row['cause']}, changes {row['action']} "
            f"({row['owner']}, {done}; told: {told_to})"
        )
        if words:
            typer.echo(f"  {row['words']}")
    typer.echo("" if rows else "Nothing was recorded as learned.")


@report_commands.command("routes")
def routes_command(
    *, landlord: Whose, year: Year, as_json: AsJson = False, data: Data = None
) -> None:
    """Count contacts by route and month, conversions, and service requests with those still open."""
    first, last = year_of(year)
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        figures, _ = figures_of(inst, landlord)
        report = route_report(figures, first=first, last=last, today=london_day(inst.clock.now()))
    if as_json:
        typer.echo(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        typer.echo("\n".join(_routes_told(report)))


def _routes_told(report: RouteReport) -> list[str]:
    lines = ["Received, by the route it came in on:"]
    lines += _months_told(report.received)
    lines += ["Converted:", *_months_told(report.converted)]
    ends = ", ".join(f"{what} {count}" for what, count in report.service_requests.items())
    lines.append(f"Service requests: {ends or 'none'}.")
    lines += [
        f"  open {each['days_open']} days: {each['reference']}, {each['organisation']}"
        for each in report.open_requests
    ]
    return lines


def _months_told(months: dict[str, dict[str, int]]) -> list[str]:
    return [
        f"  {month}: "
        + ", ".join(f"{what.replace('_', ' ')} {count}" for what, count in row.items())
        for month, row in months.items()
    ] or ["  none"]


def _tell(
    inst: Installation,
    landlord: str,
    event: OversightEvent,
    *,
    on: date,
    year: int,
    by: str | None,
) -> None:
    now = inst.clock.now()
    first, _ = year_of(year)
    if not first <= on <= london_day(now):
        raise typer.BadParameter(
            f"give a day from {first.isoformat()}, when the year began, up to today",
            param_hint="--on",
        )
    with inst.owner.transaction(landlord) as cursor:
        tell(cursor, landlord=landlord, event=event, by=by or getpass.getuser(), now=now)


def _place(where: str) -> str:
    if not where.strip() or "\n" in where or len(where) > LONGEST_PLACE:
        raise typer.BadParameter(
            f"one line of at most {LONGEST_PLACE} characters that names nobody",
            param_hint="--where",
        )
    return where.strip()


def _read(inst: Installation, landlord: str, words: str | None) -> str:
    if words is None:
        return ""
    with inst.owner.transaction(landlord) as cursor:
        return inst.vault.read(cursor, landlord, UUID(words)) or ERASED

"""`redress homes`: how many homes an organisation manages on a day, so that complaints can be counted against them."""

import getpass
import json
from datetime import datetime
from typing import Annotated

import typer

from services.redress.assembly import installation
from services.redress.commands.options import AsJson, By, Data, known_landlord, known_organisation
from services.redress.commands.settings import settings_for
from shared.complaints.events import RULEBOOK
from shared.complaints.events.oversight import HomesCounted
from shared.complaints.working_days import london_day
from shared.eventstore.feed import read_stream
from shared.registry.rulebook import tell

MOST_HOMES = 1_000_000
LONGEST_SOURCE = 300

homes_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="How many homes there are, with the day of the count; reports take the last one of a year.",
)

Whose = Annotated[str, typer.Option("--landlord", help="Whose homes.")]


@homes_commands.command("count")
def count_command(
    homes: Annotated[int, typer.Argument(min=0, max=MOST_HOMES, help="How many.")],
    *,
    landlord: Whose,
    organisation: Annotated[str, typer.Option(help="Which organisation manages them.")],
    as_at: Annotated[
        datetime, typer.Option("--as-at", formats=["%Y-%m-%d"], help="The day of the count.")
    ],
    source: Annotated[
        str | None, typer.Option(help="Where the number comes from, such as the yearly return.")
    ] = None,
    by: By = None,
    data: Data = None,
) -> None:
    """Record a count; an earlier one of the same day is replaced by it in every report made later."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        now, day = inst.clock.now(), as_at.date()
        if day > london_day(now):
            raise typer.BadParameter("lies in the future", param_hint="--as-at")
        if source is not None and (not source.strip() or len(source) > LONGEST_SOURCE):
            raise typer.BadParameter(
                f"one line of at most {LONGEST_SOURCE} characters", param_hint="--source"
            )
        with inst.owner.transaction(landlord) as cursor:
            known_organisation(cursor, landlord, organisation)
            counted = HomesCounted(organisation, homes, day, source)
            tell(cursor, landlord=landlord, event=counted, by=by or getpass.getuser(), now=now)
    typer.echo(f"{organisation}: {homes:,} homes on {day.isoformat()}.")


@homes_commands.command("list")
def list_command(
    *,
    landlord: Whose,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List every count, by organisation and day."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        with inst.owner.transaction(landlord) as cursor:
            rulebook = read_stream(cursor, landlord, RULEBOOK)
    counts = sorted(
        (entry.event for entry in rulebook if isinstance(entry.event, HomesCounted)),
        key=lambda each: (each.organisation, each.as_at),
    )
    if as_json:
        rows = [
            {
                "organisation": each.organisation,
                "homes": each.homes,
                "as_at": each.as_at.isoformat(),
                "source": each.source,
            }
            for each in counts
        ]
        typer.echo(json.dumps(rows, ensure_ascii=False, indent=2))
        return
    for each in counts:
        source = f" ({each.source})" if each.source else ""
        typer.echo(f"{each.as_at.isoformat()}  {each.organisation}: {each.homes:,}{source}")

"""`redress seed`: puts the demonstration's landlord, officers and a year of cases into an installation."""

import sys

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from services.redress.assembly import installation
from services.redress.commands.options import Data
from services.redress.commands.settings import settings_for
from services.redress.demonstration.people import LANDLORD
from services.redress.demonstration.seeding import seed_demonstration
from services.redress.installation import CommandInstallation
from shared.complaints.working_days import london_day

__all__ = ["seed", "seed_command", "seed_demonstration"]

SEEDED, REFUSED = 0, 2


def seed(parts: CommandInstallation) -> int:
    """Puts the demonstration in, brings the read models up to date, and returns the exit code."""
    if not parts.settings.is_demonstration:
        typer.echo(
            "seed: invented people do not belong into production; use a database of its own for the demonstration",
            err=True,
        )
        return REFUSED
    columns = (TextColumn("seeding"), BarColumn(), MofNCompleteColumn())
    console = Console(stderr=True)
    with Progress(
        *columns, console=console, transient=True, disable=not sys.stderr.isatty()
    ) as progress:
        task = progress.add_task("seeding", total=None)
        seeded = seed_demonstration(
            parts,
            today=london_day(parts.clock.now()),
            on_progress=lambda done, total: progress.update(task, completed=done, total=total),
        )
    if not seeded.cases:
        typer.echo(f"{LANDLORD.name} has cases already: nothing was changed")
        return SEEDED
    parts.catch_up_projections(seeded.landlord)
    typer.echo(f"{LANDLORD.name}: {seeded.cases} cases, {seeded.events:,} facts")
    return SEEDED


def seed_command(
    *,
    data: Data = None,
) -> None:
    """Seeds the demonstration: a council with an ALMO and two TMOs, officers, and a year of complaints in every state.

    Nobody in it is real. A second time changes nothing.
    """
    with installation(settings_for(data)) as parts:
        code = seed(parts)
    raise typer.Exit(code)

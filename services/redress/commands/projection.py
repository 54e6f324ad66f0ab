"""`redress projection`: compares read models with a fresh fold of the feed, or replaces them by one."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from services.projections.rebuilding import rebuild, verify
from services.redress.assembly import PROJECTIONS, installation
from services.redress.commands.settings import settings_for
from services.redress.up import counted
from shared.database.pool import Database
from shared.registry.landlords import all_landlords

projection_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Compare the read models with the feed, or build them afresh.",
)

Data = Annotated[
    Path | None, typer.Option("--data", help="The data directory, when it is not the usual one.")
]
Only = Annotated[str | None, typer.Option("--landlord", help="This landlord only; otherwise all.")]


@projection_commands.command("verify")
def verify_command(*, landlord: Only = None, data: Data = None) -> None:
    """Say where a read model differs from a fresh fold of the feed; exit code 1 when one does."""
    differences = 0
    with installation(settings_for(data)) as inst:
        for each in [landlord] if landlord else _landlords(inst.owner):
            for difference in verify(inst.database(PROJECTIONS), each):
                differences += 1
                typer.echo(
                    f"{each}: {difference.read_model} has {difference.only_there} rows too many and lacks "
                    f"{difference.only_rebuilt}, for example in {', '.join(difference.examples)}"
                )
    if not differences:
        typer.echo("Every read model equals a fresh fold of the feed.")
    raise typer.Exit(1 if differences else 0)


@projection_commands.command("rebuild")
def rebuild_command(*, landlord: Only = None, data: Data = None) -> None:
    """Replace the read models by a fresh fold of the feed, in one transaction for each landlord."""
    with installation(settings_for(data)) as inst:
        for each in [landlord] if landlord else _landlords(inst.owner):
            with counted(Console(), f"Read models of {each}") as on_step:
                rebuild(inst.database(PROJECTIONS), each, on_progress=on_step)


def _landlords(owner: Database) -> list[str]:
    with owner.directory() as cursor:
        return [landlord.landlord for landlord in all_landlords(cursor)]

"""`redress search`: makes anew by what sealed words are found, as after an upgrade from a version without it."""

import json
from typing import Annotated, Any
from uuid import UUID

import typer
from rich.console import Console
from rich.progress import Progress

from services.redress.assembly import Installation, installation
from services.redress.commands.options import AsJson, Data, OnlyLandlord, known_landlord
from services.redress.commands.settings import settings_for
from shared.registry.landlords import all_landlords

AT_ONCE = 500  # words opened in a transaction

search_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="By what sealed words are found: keyed hashes, which hold no word.",
)


@search_commands.command("rebuild")
def rebuild_command(
    *,
    landlord: OnlyLandlord = None,
    at_once: Annotated[
        int, typer.Option(min=1, max=5_000, help="Texts in one transaction.")
    ] = AT_ONCE,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Open every text of the vault and write anew by what it is found; needs the owner's login.

    Searches and everything else go on meanwhile. It may be broken off and begun again, and changes nothing the second
    time. Nothing is made for a person who was erased.
    """
    with installation(settings_for(data)) as inst:
        if landlord is not None:
            known_landlord(inst, landlord)
        with inst.owner.directory() as cursor:
            chosen = [
                each.landlord for each in all_landlords(cursor) if landlord in {None, each.landlord}
            ]
        done = [_rebuilt(inst, each, at_once=at_once) for each in chosen]
    if as_json:
        typer.echo(json.dumps({"landlords": done}))
        return
    for each in done:
        typer.echo(
            f"{each['landlord']}: {each['texts']:,} texts, found by {each['hashes']:,} hashes"
        )


def _rebuilt(inst: Installation, landlord: str, *, at_once: int) -> dict[str, Any]:
    after: UUID | None = UUID(int=0)
    texts = 0
    with inst.owner.transaction(landlord) as cursor:
        total = _counted(cursor.execute("SELECT count(*) AS rows FROM vault.words").fetchone())
    with Progress(console=Console(stderr=True), transient=True) as progress:
        bar = progress.add_task(landlord, total=total)
        while after is not None:
            with inst.owner.transaction(landlord) as cursor:
                after, count = inst.vault.index_anew(cursor, landlord, after=after, limit=at_once)
            texts += count
            progress.update(bar, completed=texts)
    with inst.owner.transaction(landlord) as cursor:
        row = cursor.execute("SELECT count(*) AS rows FROM vault.search_hash").fetchone()
    return {"landlord": landlord, "texts": texts, "hashes": _counted(row)}


def _counted(row: dict[str, Any] | None) -> int:
    return 0 if row is None else int(row["rows"])

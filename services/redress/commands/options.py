"""What most commands ask for alike: where the data are, JSON or not, who says so, and a landlord that is registered."""

from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg import Cursor

from services.redress.assembly import Installation
from shared.registry.landlords import Landlord, all_landlords, organisations

Data = Annotated[
    Path | None, typer.Option("--data", help="The data directory, when it is not the usual one.")
]
AsJson = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]
AsWholeJson = Annotated[bool, typer.Option("--json", help="Answer in JSON, with everything.")]
By = Annotated[
    str | None,
    typer.Option("--by", help="Who says so; otherwise the account that runs the command."),
]
OnlyLandlord = Annotated[
    str | None, typer.Option("--landlord", help="This landlord only; otherwise all.")
]


def known_landlord(inst: Installation, landlord: str) -> Landlord:
    """The landlord of that slug; refuses one that nobody registered, and names those there are."""
    with inst.owner.directory() as cursor:
        known = {each.landlord: each for each in all_landlords(cursor)}
    if landlord not in known:
        raise typer.BadParameter(
            f"“{landlord}” is not registered; there are: {', '.join(known) or 'none'}",
            param_hint="--landlord",
        )
    return known[landlord]


def known_organisation(cursor: Cursor[dict[str, Any]], landlord: str, organisation: str) -> None:
    """Refuse an organisation that is not one of the landlord's, and name those it has."""
    known = [each.organisation for each in organisations(cursor, landlord)]
    if organisation not in known:
        raise typer.BadParameter(
            f"not one of {landlord}; it has: {', '.join(known)}", param_hint="--organisation"
        )

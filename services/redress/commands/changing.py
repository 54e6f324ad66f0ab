"""What the commands that let other systems in do alike: how a system is named, and one change in one transaction."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import typer
from psycopg import Cursor

from services.redress.assembly import Installation, installation
from services.redress.commands.options import known_landlord
from services.redress.commands.settings import settings_for

REFUSED = 2
LONGEST_NAME = 60
NAME = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


def refuse_odd_name(name: str, *, argument: str) -> None:
    """Another system is named by small letters, digits and hyphens: not as people are."""
    if not NAME.fullmatch(name) or len(name) > LONGEST_NAME:
        raise typer.BadParameter("small letters, digits and hyphens", param_hint=argument)


@contextmanager
def changing(
    landlord: str, data: Path | None, *, refusal: type[Exception]
) -> Iterator[tuple[Installation, Cursor[dict[str, Any]]]]:
    """A transaction of the owner for one change; what is refused is told, with exit code 2."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        try:
            with inst.owner.transaction(landlord) as cursor:
                yield inst, cursor
        except refusal as refused:
            typer.echo(str(refused), err=True)
            raise typer.Exit(REFUSED) from None

"""`redress people`: lists a landlord's officers, adds, changes and ends them, as the pages of administrators do."""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any

import typer
from psycopg import Cursor
from rich.console import Console
from rich.table import Table

from services.administration.acting import Desk
from services.administration.people import (
    PeopleRefused,
    add_officer,
    change_officer,
    end_officer,
    take_back,
)
from services.redress.assembly import ADMINISTRATION, installation
from services.redress.commands.options import AsJson, By, Data, known_landlord
from services.redress.commands.settings import settings_for
from shared.registry.officers import Officer, officers

REFUSED = 2

people_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Look after the officers of a landlord: who signs in, for which organisation and in which role. Every change "
    "is recorded; nobody is ever deleted, because the log names them.",
)

Whose = Annotated[str, typer.Option("--landlord", help="Whose officers.")]
Id = Annotated[str, typer.Argument(help="The officer's id on the log, which should not be a name.")]
NewName = Annotated[str | None, typer.Option("--name", help="As colleagues and residents read it.")]
NewEmail = Annotated[str | None, typer.Option("--email", help="Where reminders go.")]
NewHome = Annotated[str | None, typer.Option("--organisation", help="The organisation's id.")]
NewRole = Annotated[str | None, typer.Option("--role", help="What their rights follow from.")]


@people_commands.command("list")
def list_command(
    *,
    landlord: Whose,
    everybody: Annotated[bool, typer.Option("--all", help="Those who left too.")] = False,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List the officers by organisation."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        with inst.database(ADMINISTRATION).transaction(landlord) as cursor:
            found = [one for one in officers(cursor, landlord) if everybody or one.is_working]
    if as_json:
        typer.echo(json.dumps([_told(one) for one in found], ensure_ascii=False, indent=2))
        return
    table = Table("organisation", "id", "name", "role", box=None)
    for one in found:
        left = "" if one.is_working else " (left)"
        table.add_row(one.organisation, one.officer, one.name + left, one.role)
    Console().print(table)


@people_commands.command("add")
def add_command(
    officer: Id,
    *,
    landlord: Whose,
    name: Annotated[str, typer.Option("--name", help="As colleagues and residents read it.")],
    email: Annotated[str, typer.Option("--email", help="Where reminders go.")],
    organisation: Annotated[str, typer.Option("--organisation", help="The organisation's id.")],
    role: Annotated[str, typer.Option("--role", help="What their rights follow from.")],
    by: By = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Enter somebody who may sign in from now on. Exit code 2 when refused."""
    with _changing(landlord, by, data) as (cursor, desk):
        new = Officer(landlord, officer, organisation, name, email, role)
        done = add_officer(cursor, desk, new)
    _say(done, "added", as_json=as_json)


@people_commands.command("change")
def change_command(
    officer: Id,
    *,
    landlord: Whose,
    name: NewName = None,
    email: NewEmail = None,
    organisation: NewHome = None,
    role: NewRole = None,
    by: By = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Change what is given; a new role or organisation signs them out. Exit code 2 when refused."""
    given = {"name": name, "email": email, "organisation": organisation, "role": role}
    new = {field: value for field, value in given.items() if value is not None}
    if not new:
        raise typer.BadParameter("say what changes: --name, --email, --organisation or --role")
    with _changing(landlord, by, data) as (cursor, desk):
        done = change_officer(cursor, desk, officer, new)
    _say(done, "changed", as_json=as_json)


@people_commands.command("end")
def end_command(
    officer: Id,
    *,
    landlord: Whose,
    back: Annotated[
        bool, typer.Option("--back", help="The reverse: they come back as what they were.")
    ] = False,
    by: By = None,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """End somebody's work: they are signed out and cannot sign in. Exit code 2 when refused."""
    with _changing(landlord, by, data) as (cursor, desk):
        done = (take_back if back else end_officer)(cursor, desk, officer)
    _say(done, "taken back" if back else "ended", as_json=as_json)


@contextmanager
def _changing(
    landlord: str, by: str | None, data: Path | None
) -> Iterator[tuple[Cursor[dict[str, Any]], Desk]]:
    """A transaction for one change; what is refused is told, with exit code 2."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        desk = Desk(landlord=landlord, by=by or getpass.getuser(), now=inst.clock.now())
        try:
            with inst.database(ADMINISTRATION).transaction(landlord) as cursor:
                yield cursor, desk
        except PeopleRefused as refused:
            typer.echo(f"{refused.field}: {refused}", err=True)
            raise typer.Exit(REFUSED) from None


def _say(done: Officer, what: str, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_told(done), ensure_ascii=False, indent=2))
    else:
        typer.echo(f"{done.officer} of {done.organisation}, {done.role}: {what}")


def _told(one: Officer) -> dict[str, Any]:
    return asdict(one) | {"ended_at": one.ended_at.isoformat() if one.ended_at else None}

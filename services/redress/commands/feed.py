"""`redress feed`: prints the events of a landlord's feed, as subscribers get them."""

import time
from collections.abc import Iterator
from typing import Annotated

import orjson
import typer

from services.redress.assembly import WORKFLOW, Installation, installation
from services.redress.commands.options import Data
from services.redress.commands.settings import settings_for
from services.redress.stages import landlords_of
from shared.eventstore.feed import head, read_stored
from shared.eventstore.record import StoredEvent
from shared.messaging.envelope import cloud_event

PAGE = 500
LOOK_EVERY_SECONDS = 0.5
TAIL = 10
UNKNOWN = 2

feed_commands = typer.Typer(
    no_args_is_help=True, rich_markup_mode=None, help="Look at the feed of a landlord."
)


def entries_after(inst: Installation, landlord: str, *, after: int) -> Iterator[StoredEvent]:
    """Everything in the landlord's feed after that place, up to its head."""
    while True:
        with inst.database(WORKFLOW).transaction(landlord) as cursor:
            page = read_stored(cursor, landlord, after=after, limit=PAGE)
        yield from page
        if len(page) < PAGE:
            return
        after = page[-1].seq


@feed_commands.command("tail")
def tail_command(
    *,
    landlord: Annotated[
        str | None, typer.Option("--landlord", help="Whose feed, when there are several.")
    ] = None,
    after: Annotated[
        int | None,
        typer.Option("--after", min=0, help=f"Begin after this number; else the last {TAIL}."),
    ] = None,
    follow: Annotated[
        bool, typer.Option("--follow", "-f", help="Go on with what comes, until Ctrl-C.")
    ] = False,
    data: Data = None,
) -> None:
    """Print events from the feed, one CloudEvent in JSON per line. Exit code 2 for an unknown landlord."""
    with installation(settings_for(data)) as inst:
        slug = _the_landlord(landlord, landlords_of(inst, WORKFLOW))
        place = _beginning(inst, slug) if after is None else after
        while True:
            for event in entries_after(inst, slug, after=place):
                typer.echo(orjson.dumps(cloud_event(event)))
                place = event.seq
            if not follow:
                return
            time.sleep(LOOK_EVERY_SECONDS)


def _beginning(inst: Installation, landlord: str) -> int:
    with inst.database(WORKFLOW).transaction(landlord) as cursor:
        return max(0, head(cursor, landlord) - TAIL)


def _the_landlord(asked: str | None, known: list[str]) -> str:
    if asked is None and len(known) == 1:
        return known[0]
    if asked in known:
        return str(asked)
    typer.echo(f"say --landlord, one of: {', '.join(known) or 'none is registered'}", err=True)
    raise typer.Exit(UNKNOWN)

"""`redress parked`: the events that a consumer could not take, and what an operator does about them."""

import getpass
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from typing import Annotated, Any

import typer
from psycopg import Cursor

from services.redress.assembly import Installation, installation
from services.redress.commands.options import AsWholeJson, Data, OnlyLandlord, known_landlord
from services.redress.commands.settings import settings_for
from services.redress.consumers import CONSUMERS
from services.redress.stages import landlords_of
from shared.messaging.applying import NotSkipped
from shared.messaging.follower import FeedFollower
from shared.messaging.positions import POISON, Parked, Skipped

DONE, STILL_PARKED, REFUSED = 0, 1, 2
LONGEST_REASON = 200

parked_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Look at the events that projections or notifier could not take; retry or give up. An event that fails is "
    "parked with all later events of its complaint; everything else goes on.",
)

Of = Annotated[
    str | None,
    typer.Option("--consumer", help="projections or notifier only; otherwise both."),
]
Reference = Annotated[str, typer.Argument(help="The complaint whose events are parked.")]


@dataclass(frozen=True, slots=True)
class Place:
    """One consumer's tables for one landlord."""

    consumer: str
    landlord: str
    inst: Installation

    @contextmanager
    def opened(self) -> Iterator[tuple[FeedFollower, Cursor[dict[str, Any]]]]:
        """Its follower, in a transaction."""
        consumer = CONSUMERS[self.consumer]
        with self.inst.database(consumer.role).transaction(self.landlord) as cursor:
            yield consumer.follower(self.inst), cursor

    def parked(self, reference: str | None = None) -> tuple[Parked, ...]:
        """What is kept aside here, of one complaint or of all."""
        with self.opened() as (follower, cursor):
            found = follower.parked(cursor, self.landlord)
        return tuple(each for each in found if reference in (None, each.stream))

    def skipped(self, reference: str) -> tuple[Skipped, ...]:
        """What was given up here of one complaint."""
        with self.opened() as (follower, cursor):
            found = follower.skipped(cursor, self.landlord)
        return tuple(each for each in found if each.stream == reference)


def places(inst: Installation, *, consumer: str | None, landlord: str | None) -> list[Place]:
    """Where to look; a name that is not known is refused."""
    if consumer is not None and consumer not in CONSUMERS:
        raise typer.BadParameter(f"there are {', '.join(CONSUMERS)}", param_hint="--consumer")
    if landlord is not None:
        known_landlord(inst, landlord)
    return [
        Place(name, slug, inst)
        for name, of in CONSUMERS.items()
        if consumer in (None, name)
        for slug in landlords_of(inst, of.role)
        if landlord in (None, slug)
    ]


@parked_commands.command("list")
def list_command(
    *,
    consumer: Of = None,
    landlord: OnlyLandlord = None,
    as_json: AsWholeJson = False,
    data: Data = None,
) -> None:
    """List what is parked: the event that failed, and how many of its complaint wait behind it."""
    found = []
    with installation(settings_for(data)) as inst:
        for place in places(inst, consumer=consumer, landlord=landlord):
            found += [(place, each) for each in place.parked()]
    if as_json:
        typer.echo(_as_json([_told(place, each) for place, each in found]))
        return
    for place, each in found:
        if each.reason != POISON:
            continue
        behind = sum(other.stream == each.stream for where, other in found if where == place) - 1
        typer.echo(
            f"{place.consumer} {place.landlord} {each.stream}: event {each.seq} since {each.parked_at:%Y-%m-%d %H:%M}"
            f" UTC, {behind} behind it: {each.error} ({each.failure})"
        )
    if not found:
        typer.echo("Nothing is parked.")


@parked_commands.command("show")
def show_command(
    reference: Reference,
    *,
    consumer: Of = None,
    landlord: OnlyLandlord = None,
    as_json: AsWholeJson = False,
    data: Data = None,
) -> None:
    """Show every parked and every skipped event of a complaint. Exit code 2 when there is none."""
    told = []
    with installation(settings_for(data)) as inst:
        for place in places(inst, consumer=consumer, landlord=landlord):
            told += [_told(place, each) for each in place.parked(reference)]
            told += [_told(place, each) for each in place.skipped(reference)]
    if as_json:
        typer.echo(_as_json(told))
    else:
        for each in told:
            typer.echo("\n".join(f"{name}: {value}" for name, value in each.items()) + "\n")
    if not told:
        typer.echo(f"nothing of {reference} is parked or skipped", err=True)
    raise typer.Exit(DONE if told else REFUSED)


@parked_commands.command("retry")
def retry_command(
    reference: Reference, *, consumer: Of = None, landlord: OnlyLandlord = None, data: Data = None
) -> None:
    """Apply a complaint's parked events again, in order, after their cause was mended.

    Exit code: 0 when all were applied, 1 when one fails again (it stays parked), 2 when none was parked.
    """
    code = REFUSED
    with installation(settings_for(data)) as inst:
        for place in places(inst, consumer=consumer, landlord=landlord):
            if not place.parked(reference):
                continue
            with place.opened() as (follower, cursor):
                applied = follower.retry_parked(cursor, landlord=place.landlord, stream=reference)
            left = place.parked(reference)
            typer.echo(f"{place.consumer}: {applied} applied, {len(left)} still parked")
            code = STILL_PARKED if left or code == STILL_PARKED else DONE
    if code == REFUSED:
        typer.echo(f"nothing of {reference} is parked", err=True)
    raise typer.Exit(code)


@parked_commands.command("skip")
def skip_command(
    reference: Reference,
    seq: Annotated[int, typer.Argument(help="The number of the event, as `parked list` shows it.")],
    *,
    consumer: Annotated[str, typer.Option("--consumer", help="projections or notifier.")],
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            help="Why it is given up. It is kept for ever: no names, addresses or other personal data.",
        ),
    ],
    by: Annotated[
        str | None,
        typer.Option("--by", help="Who decides; otherwise the account that runs the command."),
    ] = None,
    landlord: OnlyLandlord = None,
    data: Data = None,
) -> None:
    """Give up one event for good, and apply what waits behind it: this consumer will never have its effect.

    Who, when and why are kept, and a rebuild leaves the event out too. The event itself stays in the log. Exit code 2
    when it cannot be skipped.
    """
    if len(reason) > LONGEST_REASON or "@" in reason or not reason.isprintable():
        raise typer.BadParameter(
            f"one line of at most {LONGEST_REASON} characters, without names or addresses",
            param_hint="--reason",
        )
    with installation(settings_for(data)) as inst:
        where = [
            place
            for place in places(inst, consumer=consumer, landlord=landlord)
            if any(each.seq == seq for each in place.parked(reference))
        ]
        if len(where) != 1:
            several = "several landlords have it: say --landlord" if where else "it is not parked"
            typer.echo(f"event {seq} of {reference} is not skipped: {several}", err=True)
            raise typer.Exit(REFUSED)
        try:
            with where[0].opened() as (follower, cursor):
                applied = follower.skip_parked(
                    cursor,
                    landlord=where[0].landlord,
                    seq=seq,
                    reason=reason,
                    by=by or getpass.getuser(),
                )
        except NotSkipped as refused:
            typer.echo(str(refused), err=True)
            raise typer.Exit(REFUSED) from None
    typer.echo(f"event {seq} is given up; {applied} behind it applied")


def _told(place: Place, each: Parked | Skipped) -> dict[str, Any]:
    state = {"state": "skipped"} if isinstance(each, Skipped) else {"state": "parked"}
    failure = {"failure": each.failure} if isinstance(each, Parked) else {}
    return {"consumer": place.consumer, "landlord": place.landlord} | state | asdict(each) | failure


def _as_json(told: list[dict[str, Any]]) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2, default=str)

"""`redress subscriber`: gives outside systems a token for a landlord's feed, lists them, and takes it back."""

import getpass
import json
import secrets
from dataclasses import asdict
from typing import Annotated

import typer

from services.redress.assembly import installation
from services.redress.commands.changing import changing, refuse_odd_name
from services.redress.commands.options import AsJson, Data, known_landlord
from services.redress.commands.settings import settings_for
from shared.identity.sessions import credential
from shared.registry.subscribers import (
    SubscriberRefused,
    add_subscriber,
    revoke_subscriber,
    subscribers,
)

TOKEN_BYTES = 32

subscriber_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Let outside systems read a landlord's feed over HTTP; docs/subscribing.md tells them how.",
)

Whose = Annotated[str, typer.Option("--landlord", help="Whose feed.")]
Name = Annotated[
    str, typer.Argument(help="The system, not a person: small letters, digits and hyphens.")
]


@subscriber_commands.command("add")
def add_command(subscriber: Name, *, landlord: Whose, data: Data = None) -> None:
    """Make a token for a subscriber and print it, once: only its hash is kept."""
    refuse_odd_name(subscriber, argument="SUBSCRIBER")
    token = secrets.token_urlsafe(TOKEN_BYTES)
    with changing(landlord, data, refusal=SubscriberRefused) as (inst, cursor):
        add_subscriber(
            cursor,
            landlord=landlord,
            subscriber=subscriber,
            token=token,
            by=getpass.getuser(),
            now=inst.clock.now(),
        )
    typer.echo(credential(landlord, token))


@subscriber_commands.command("list")
def list_command(
    *,
    landlord: Whose,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """List who may read the landlord's feed, and who might."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        with inst.owner.transaction(landlord) as cursor:
            found = subscribers(cursor, landlord)
    if as_json:
        typer.echo(json.dumps([asdict(each) for each in found], indent=2, default=str))
        return
    for each in found:
        until = "" if each.revoked_at is None else f", revoked {each.revoked_at:%Y-%m-%d %H:%M} UTC"
        typer.echo(f"{each.subscriber}: since {each.added_at:%Y-%m-%d %H:%M} UTC{until}")


@subscriber_commands.command("revoke")
def revoke_command(subscriber: Name, *, landlord: Whose, data: Data = None) -> None:
    """End a subscriber's token at once."""
    with changing(landlord, data, refusal=SubscriberRefused) as (inst, cursor):
        revoke_subscriber(
            cursor,
            landlord=landlord,
            subscriber=subscriber,
            by=getpass.getuser(),
            now=inst.clock.now(),
        )
    typer.echo(f"{subscriber} may not read the feed of {landlord} any more")

"""`redress webhook`: sends a landlord's events over HTTPS to systems that do not speak AMQP."""

import getpass
import json
import secrets
from dataclasses import asdict
from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, NoReturn

import typer

from services.redress.assembly import installation
from services.redress.commands.changing import REFUSED, changing, refuse_odd_name
from services.redress.commands.options import AsJson, Data, known_landlord
from services.redress.commands.settings import settings_for
from services.redress.commands.subscriber import Whose
from services.webhooks.addresses import AddressRefused, target_of
from services.webhooks.signing import SECRET_BYTES, SecretRefused, secret_of, secret_text
from services.webhooks.table import (
    ACTIVE,
    PAUSED,
    REMOVED,
    Webhook,
    WebhookRefused,
    add_webhook,
    deliveries,
    replay_after,
    set_secret,
    set_state,
    webhook_named,
    webhooks,
)
from shared.eventstore.feed import head

SHOWN = 20
LONGEST_ROTATION_HOURS = 24 * 30

webhook_commands = typer.Typer(
    no_args_is_help=True,
    rich_markup_mode=None,
    help="Send a landlord's events to other systems over HTTPS; docs/subscribing.md tells them what comes.",
)

Name = Annotated[str, typer.Argument(help="The receiver: small letters, digits and hyphens.")]
SecretFile = Annotated[
    Path | None,
    typer.Option("--secret-file", help="The secret, whsec_…; otherwise one is made and printed."),
]


@webhook_commands.command("add")
def add_command(
    webhook: Name,
    *,
    landlord: Whose,
    url: Annotated[str, typer.Option("--url", help="Where to send: https://…")],
    secret_file: SecretFile = None,
    after: Annotated[
        int | None,
        typer.Option("--after", min=0, help="Begin after this number; 0: all; else from now on."),
    ] = None,
    data: Data = None,
) -> None:
    """Begin to send; prints the secret that signs, once, unless it came from a file."""
    refuse_odd_name(webhook, argument="WEBHOOK")
    secret = _secret(secret_file)
    with changing(landlord, data, refusal=WebhookRefused) as (inst, cursor):
        try:
            target_of(url, loopback=inst.settings.webhook_loopback)
        except AddressRefused as refused:
            raise typer.BadParameter(str(refused), param_hint="--url") from None
        last = head(cursor, landlord)
        _refuse_ahead(after, last)
        add_webhook(
            cursor,
            landlord=landlord,
            webhook=webhook,
            url=url,
            sealed=inst.webhook_seal.seal(secret, landlord=landlord, webhook=webhook),
            after=last if after is None else after,
            by=getpass.getuser(),
            now=inst.clock.now(),
        )
    if secret_file is None:
        typer.echo(secret_text(secret))


@webhook_commands.command("list")
def list_command(*, landlord: Whose, as_json: AsJson = False, data: Data = None) -> None:
    """List the landlord's webhooks, how far each has got, and what is wrong."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        with inst.owner.transaction(landlord) as cursor:
            found, last = webhooks(cursor, landlord), head(cursor, landlord)
    if as_json:
        typer.echo(_as_json([_told(each, last) for each in found]))
        return
    for each in found:
        wrong = "" if each.trouble is None else f"; {_failing(each)}"
        typer.echo(f"{each.webhook}: {each.state}, {each.seq} of {last} taken, {each.url}{wrong}")


@webhook_commands.command("show")
def show_command(
    webhook: Name,
    *,
    landlord: Whose,
    limit: Annotated[int, typer.Option("--limit", min=1, max=1000)] = SHOWN,
    as_json: AsJson = False,
    data: Data = None,
) -> None:
    """Show one webhook and the last attempts to send to it. The secret is never shown again."""
    with installation(settings_for(data)) as inst:
        known_landlord(inst, landlord)
        with inst.owner.transaction(landlord) as cursor:
            try:
                found = webhook_named(cursor, landlord, webhook)
            except WebhookRefused as refused:
                _refuse(refused)
            attempts = deliveries(cursor, landlord, webhook, limit=limit)
            last = head(cursor, landlord)
    if as_json:
        told = _told(found, last) | {"deliveries": [asdict(each) for each in attempts]}
        typer.echo(_as_json(told))
        return
    typer.echo(f"{found.webhook}: {found.state}, {found.seq} of {last} taken, {found.url}")
    if found.trouble is not None:
        typer.echo(f"  {_failing(found)}; next attempt {_utc(found.next_attempt_at)}")
    for each in attempts:
        came = each.trouble or f"taken ({each.status})"
        typer.echo(
            f"  {_utc(each.attempted_at)} event {each.seq}, attempt {each.attempt},"
            f" {each.took_milliseconds} ms: {came}"
        )


@webhook_commands.command("replay")
def replay_command(
    webhook: Name,
    *,
    landlord: Whose,
    after: Annotated[int, typer.Option("--after", min=0, help="Send again what follows this.")],
    data: Data = None,
) -> None:
    """Send everything after a number again, each event under the id that it had; a gap cannot come of it."""
    with changing(landlord, data, refusal=WebhookRefused) as (inst, cursor):
        _refuse_ahead(after, head(cursor, landlord))
        replay_after(
            cursor,
            landlord=landlord,
            webhook=webhook,
            after=after,
            by=getpass.getuser(),
            now=inst.clock.now(),
        )
    typer.echo(f"{webhook} is sent everything after {after} again")


@webhook_commands.command("pause")
def pause_command(webhook: Name, *, landlord: Whose, data: Data = None) -> None:
    """Stop sending; the position is kept."""
    _set_state(webhook, landlord, data, state=PAUSED)


@webhook_commands.command("resume")
def resume_command(webhook: Name, *, landlord: Whose, data: Data = None) -> None:
    """Send again from where it stopped, after a pause or after it was disabled."""
    _set_state(webhook, landlord, data, state=ACTIVE)


@webhook_commands.command("remove")
def remove_command(webhook: Name, *, landlord: Whose, data: Data = None) -> None:
    """Stop sending for good; its last attempts and who removed it stay on record."""
    _set_state(webhook, landlord, data, state=REMOVED)


@webhook_commands.command("rotate")
def rotate_command(
    webhook: Name,
    *,
    landlord: Whose,
    secret_file: SecretFile = None,
    hours: Annotated[
        int,
        typer.Option(
            "--hours",
            min=0,
            max=LONGEST_ROTATION_HOURS,
            help="So long the secret before it signs too, while the receiver changes over.",
        ),
    ] = 24,
    data: Data = None,
) -> None:
    """Sign with a new secret; prints it, once, unless it came from a file."""
    secret = _secret(secret_file)
    with changing(landlord, data, refusal=WebhookRefused) as (inst, cursor):
        now = inst.clock.now()
        set_secret(
            cursor,
            landlord=landlord,
            webhook=webhook,
            sealed=inst.webhook_seal.seal(secret, landlord=landlord, webhook=webhook),
            previous_until=now + timedelta(hours=hours),
            by=getpass.getuser(),
            now=now,
        )
    if secret_file is None:
        typer.echo(secret_text(secret))


def _set_state(webhook: str, landlord: str, data: Path | None, *, state: str) -> None:
    with changing(landlord, data, refusal=WebhookRefused) as (inst, cursor):
        set_state(
            cursor,
            landlord=landlord,
            webhook=webhook,
            state=state,
            by=getpass.getuser(),
            now=inst.clock.now(),
        )
    typer.echo(f"{webhook} of {landlord} is {state}")


def _secret(file: Path | None) -> bytes:
    if file is None:
        return secrets.token_bytes(SECRET_BYTES)
    try:
        return secret_of(file.read_text("ascii"))
    except (OSError, UnicodeDecodeError, SecretRefused) as trouble:
        said = str(trouble) if isinstance(trouble, SecretRefused) else type(trouble).__name__
        raise typer.BadParameter(f"{file}: {said}", param_hint="--secret-file") from None


def _refuse(refused: WebhookRefused) -> NoReturn:
    typer.echo(str(refused), err=True)
    raise typer.Exit(REFUSED) from None


def _refuse_ahead(after: int | None, last: int) -> None:
    if after is not None and after > last:
        raise typer.BadParameter(f"the feed ends at {last}", param_hint="--after")


def _told(each: Webhook, last: int) -> dict[str, Any]:
    told = asdict(each) | {"head": last}
    return {name: value for name, value in told.items() if "secret" not in name}


def _failing(each: Webhook) -> str:
    since = "" if each.failing_since is None else f" since {_utc(each.failing_since)}"
    return f"failing{since}: {each.trouble}"


def _utc(instant: datetime) -> str:
    return f"{instant:%Y-%m-%d %H:%M:%S} UTC"


def _as_json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, indent=2, default=str)

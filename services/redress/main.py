"""The `redress` command: starts everything or one service, or does one thing and ends."""

import asyncio
import sys
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from services.redress.assembly import installation
from services.redress.commands.calendar import calendar_commands
from services.redress.commands.case import case_command
from services.redress.commands.conformance import conformance_command
from services.redress.commands.dates import dates_command
from services.redress.commands.doctor import doctor
from services.redress.commands.duties import duty_commands
from services.redress.commands.erase import erase_command
from services.redress.commands.events import events_command
from services.redress.commands.feed import feed_commands
from services.redress.commands.homes import homes_commands
from services.redress.commands.importing import import_command
from services.redress.commands.migrating import migrate_database
from services.redress.commands.options import Data
from services.redress.commands.pack import pack_command
from services.redress.commands.parked import parked_commands
from services.redress.commands.people import people_commands
from services.redress.commands.policy import policy_commands
from services.redress.commands.policy_adopt import adopt_command
from services.redress.commands.policy_compare import compare_command
from services.redress.commands.policy_simulate import simulate_command
from services.redress.commands.projection import projection_commands
from services.redress.commands.reports import report_commands
from services.redress.commands.search import search_commands
from services.redress.commands.seeding import seed_command
from services.redress.commands.status import status_command
from services.redress.commands.subscriber import subscriber_commands
from services.redress.commands.verify import verify_command
from services.redress.commands.webhook import webhook_commands
from services.redress.failures import EXPECTED_FAILURES, NotConfigured, in_one_sentence
from services.redress.http_server import HttpServer, take_port
from services.redress.parts import SERVICES
from services.redress.serving import application, bus_for, serve
from services.redress.traces import traced
from services.redress.up import up
from shared.runtime.logging import configure_logging
from shared.runtime.settings import Settings

app = typer.Typer(
    name="redress",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    help="Complaints of social housing, with every date proven.\n\n"
    "`redress up` starts everything on this machine. Settings come from the environment: DATABASE_URL, "
    "RABBITMQ_URL and REDRESS_…; see deploy/README.md.",
)

Port = Annotated[
    int | None, typer.Option("--port", help="The port to serve on; 0 takes a free one.")
]
Host = Annotated[str | None, typer.Option("--host", help="The address to serve on.")]


def settings_with(**given: Any) -> Settings:
    """The environment's settings, with what was given on the command line."""
    return Settings(**{name: value for name, value in given.items() if value is not None})


@app.command("up")
def up_command(
    *,
    data: Data = None,
    port: Port = None,
    host: Host = None,
    reset: Annotated[
        bool, typer.Option("--reset", help="Delete all data first, and begin afresh.")
    ] = False,
) -> None:
    """Start everything in one process, on a private database, with a demonstration to look at.

    Data survive; Ctrl-C stops everything that was started. With DATABASE_URL or RABBITMQ_URL set, those servers are
    used instead of the private ones.
    """
    configure_logging(as_json=not sys.stderr.isatty())
    settings = settings_with(data_directory=data and data.absolute(), port=port, host=host)
    raise typer.Exit(up(settings, Console(), reset=reset))


@app.command("migrate")
def migrate_command(*, data: Data = None) -> None:
    """Bring the database's schema to the newest version; run as its owner before the services start."""
    settings = settings_with(data_directory=data and data.absolute())
    raise typer.Exit(migrate_database(settings, Console()))


@app.command("doctor")
def doctor_command(*, data: Data = None) -> None:
    """Look whether Redress can work here, and say for each fault how to mend it. Nothing is changed."""
    settings = settings_with(data_directory=data and data.absolute())
    raise typer.Exit(doctor(settings, Console()))


app.command("seed")(seed_command)
app.command("import")(import_command)
app.command("case")(case_command)
app.command("pack")(pack_command)
app.command("dates")(dates_command)
app.command("events")(events_command)
app.command("conformance")(conformance_command)
app.command("status")(status_command)
app.command("erase")(erase_command)
app.command("verify")(verify_command)
app.add_typer(report_commands, name="report")
app.add_typer(duty_commands, name="duty")
app.add_typer(homes_commands, name="homes")
app.add_typer(search_commands, name="search")
app.add_typer(people_commands, name="people")
app.add_typer(parked_commands, name="parked")
app.add_typer(feed_commands, name="feed")
app.add_typer(subscriber_commands, name="subscriber")
app.add_typer(webhook_commands, name="webhook")
policy_commands.command("compare")(compare_command)
policy_commands.command("simulate")(simulate_command)
policy_commands.command("adopt")(adopt_command)
app.add_typer(policy_commands, name="policy")
app.add_typer(calendar_commands, name="calendar")
app.add_typer(projection_commands, name="projection")


def serve_one(name: str, *, data: Path | None, port: int | None, host: str | None) -> None:
    """Runs one service in this process until it is told to stop."""
    configure_logging(as_json=not sys.stderr.isatty())
    settings = settings_with(data_directory=data and data.absolute(), port=port, host=host)
    if settings.rabbitmq_url is None:
        raise NotConfigured(
            f"redress {name} needs RABBITMQ_URL, because services in processes of their own meet at the broker; "
            "redress up runs all of them in one process without."
        )
    listening = take_port(settings.host, settings.port) if name not in WITHOUT_HTTP else None
    with traced(settings, service=name), installation(settings) as inst:
        bus = bus_for(settings)
        parts = (SERVICES[name](inst, bus),)
        http = HttpServer(application(inst, bus, parts), listening) if listening else None
        asyncio.run(serve(inst, bus, parts, http=http))


WITHOUT_HTTP = frozenset({"timers", "relay", "webhooks"})
EXPLAINED = {
    "intake": "Serve intake: the resident's form, staff entry and POST /api/v1/complaints; hand complaints over.",
    "workflow": "Serve workflow: open complaints, take officers' commands, keep the log.",
    "timers": "Turn due dates into facts: reminders, missed deadlines, closure by silence.",
    "relay": "Publish the feeds to the broker; one leads, others wait.",
    "notifier": "Write and send letters and reminders.",
    "webhooks": "Send the feeds over HTTPS to other systems that asked for them.",
    "administration": "Serve the pages of administrators: people, organisations, look, notices, operation.",
    "projections": "Keep the read models and serve board, case page and query API.",
}


def _register(name: str) -> None:
    def service(*, data: Data = None, port: Port = None, host: Host = None) -> None:
        serve_one(name, data=data, port=port, host=host)

    def worker(*, data: Data = None) -> None:
        serve_one(name, data=data, port=None, host=None)

    app.command(name, help=EXPLAINED[name])(worker if name in WITHOUT_HTTP else service)


for _name in SERVICES:
    _register(_name)


def main() -> None:
    """The entry point: failures that a person can mend are told in one sentence, exit code 1."""
    try:
        app()
    except EXPECTED_FAILURES as failure:
        typer.echo(f"redress: {in_one_sentence(failure)}", err=True)
        sys.exit(1)

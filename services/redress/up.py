"""`redress up`: prepares an installation and serves all of it in one process, showing each step on the way."""

import asyncio
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from ipaddress import ip_address

from fastapi import APIRouter
from rich.console import Console
from rich.panel import Panel
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    ProgressColumn,
    Task,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.text import Text

from services.redress.assembly import (
    CLOCK_FILE,
    Installation,
    clock_of,
    database_of,
    embedded_postgres,
)
from services.redress.commands.seeding import seed_demonstration
from services.redress.demonstration.clock_pages import clock_router
from services.redress.demonstration.moving_clock import MovingClock
from services.redress.failures import NotConfigured
from services.redress.http_server import HttpServer, address_of, take_port
from services.redress.one_instance import the_only_instance
from services.redress.parts import all_parts
from services.redress.serving import application, bus_for, serve
from services.redress.traces import traced
from shared.complaints.working_days import london_day
from shared.database.migrate import migrate
from shared.registry.landlords import all_landlords
from shared.runtime.settings import Settings

EMBEDDED_FILES = ("outbox", "parked", "vault.key", "webhooks.key", CLOCK_FILE)

OnStep = Callable[[int, int], None]


def up(settings: Settings, console: Console, *, reset: bool = False) -> int:
    """Serves until Ctrl-C; returns the exit code."""
    with (
        traced(settings, service="up"),
        the_only_instance(settings.data_directory),
        take_port(settings.host, settings.port) as listening,
    ):
        if reset:
            forget_everything(settings)
        with prepared(reached_at(settings, listening), console) as inst:
            bus = bus_for(settings)
            parts = all_parts(inst, bus)
            http = HttpServer(application(inst, bus, parts, more=own_pages(inst)), listening)
            asyncio.run(
                serve(inst, bus, parts, http=http, on_ready=lambda: announce(inst, http, console))
            )
            console.print("Stopped serving; stopping the database.")
    return 0


def reached_at(settings: Settings, listening: socket.socket) -> Settings:
    """The same, where letters lead to the address that is served unless a public one was given."""
    if "public_url" in settings.model_fields_set:
        return settings
    host, port = listening.getsockname()[:2]
    address = f"127.0.0.1:{port}" if ip_address(host).is_unspecified else address_of(listening)
    return settings.model_copy(update={"public_url": f"http://{address}"})


def own_pages(inst: Installation) -> list[APIRouter]:
    """The page that moves the clock of a demonstration, where its clock can be moved."""
    return [clock_router(inst, inst.clock)] if isinstance(inst.clock, MovingClock) else []


def forget_everything(settings: Settings) -> None:
    """Deletes the embedded database and what belongs to it; a configured server is never touched."""
    if settings.database_url is not None:
        raise NotConfigured(
            "--reset deletes the embedded database only, and DATABASE_URL names a server of its own."
        )
    embedded_postgres(settings).remove()
    for name in EMBEDDED_FILES:
        path = settings.data_directory / name
        if path.is_dir():
            shutil.rmtree(path)
        else:
            path.unlink(missing_ok=True)


@contextmanager
def prepared(settings: Settings, console: Console) -> Iterator[Installation]:
    """The database up, its schema at the newest, the demonstration seeded and its read models built."""
    began = time.monotonic()
    console.print("[dim]Starting the database …[/]")
    with database_of(settings) as conninfo:
        console.print(f"Database ready after {time.monotonic() - began:.1f} s")
        with counted(console, "Migrations") as on_step:
            migrate(conninfo, on_step=lambda _name, number, of: on_step(number, of))
        inst = Installation(settings=settings, conninfo=conninfo, clock=clock_of(settings))
        try:
            if settings.is_demonstration:
                with counted(console, "Demonstration cases") as on_step:
                    seed_demonstration(
                        inst, today=london_day(inst.clock.now()), on_progress=on_step
                    )
            with counted(console, "Read models") as on_step:
                _build_read_models(inst, on_step)
            console.print(f"Ready to serve after {time.monotonic() - began:.1f} s")
            yield inst
        finally:
            inst.close()


@contextmanager
def counted(console: Console, what: str) -> Iterator[OnStep]:
    """A progress bar on a terminal, and one line at the end elsewhere; nothing when there was nothing to do."""
    reached = [0, 0]
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        _Pace(),
        TimeElapsedColumn(),
        TextColumn("left:"),
        TimeRemainingColumn(),
    )
    began = time.monotonic()
    with Progress(
        *columns, console=console, transient=True, disable=not console.is_terminal
    ) as progress:
        task = progress.add_task(what, total=None)

        def on_step(done: int, of: int) -> None:
            reached[:] = [done, of]
            progress.update(task, completed=done, total=of)

        yield on_step
    if reached[0]:
        console.print(f"{what}: {reached[0]} in {time.monotonic() - began:.1f} s")


class _Pace(ProgressColumn):
    """How many a second, over the last few seconds."""

    def render(self, task: Task) -> Text:
        return Text(f"{task.speed:,.0f}/s" if task.speed else "")


def _build_read_models(inst: Installation, on_step: OnStep) -> None:
    with inst.owner.directory() as cursor:
        landlords = [landlord.landlord for landlord in all_landlords(cursor)]
    applied = 0
    for landlord in landlords:
        applied += inst.catch_up_projections(landlord)
        if applied:
            on_step(applied, applied)


def announce(inst: Installation, http: HttpServer, console: Console) -> None:
    """Says where everything is, once the first request can be taken."""
    settings = inst.settings
    address = f"http://{http.address}"
    lines = [f"[bold]{address}[/]", ""]
    if settings.is_demonstration:
        lines += [
            f"Sign in as an invented person with one click: {address}/sign-in",
            f"Board: {address}/board    Letters: {address}/mailbox",
            f"Make a complaint: {address}/complain",
            "",
        ]
    where = "the server of DATABASE_URL"
    if settings.database_url is None:
        where = str(settings.data_directory)
        # Started by root, the server works under an account of its own, and its files may be too.
        home = embedded_postgres(settings).home
        if not home.is_relative_to(settings.data_directory):
            where += f" and {home}"
    broker = "RabbitMQ" if settings.rabbitmq_url else "in-process bus"
    lines += [
        f"Data: {where}    Broker: {broker}",
        "Stop: Ctrl-C (the data stay)    Begin afresh: redress up --reset",
    ]
    console.print(Panel("\n".join(lines), title="Redress", expand=False))

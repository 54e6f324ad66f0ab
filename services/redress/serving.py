"""Runs parts in one process: their pages on one port, their work on one bus, until told to stop."""

import asyncio
import contextlib
import gc
import signal
from collections.abc import Callable, Sequence

from fastapi import APIRouter, FastAPI

from services.redress.assembly import INTAKE, PROJECTIONS, WORKFLOW, Installation
from services.redress.failures import NotConfigured
from services.redress.health import health_router, readiness
from services.redress.home import home_router
from services.redress.http_server import HttpServer
from services.redress.operations import operations_server
from services.redress.parts import Part
from services.redress.traces import requests_traced
from shared.allowances.api_limit import install_api_limit
from shared.branding.showing import install_showing
from shared.database.pool import refuse_dangerous_role
from shared.identity.sign_in import install_identity
from shared.messaging.bus import Bus
from shared.messaging.local_bus import LocalBus
from shared.messaging.rabbit_bus import RabbitBus
from shared.messaging.topology import queues_with
from shared.runtime.settings import Settings
from shared.runtime.worker import Worker, run_all
from shared.web.site import install_web

PAGES = {
    "administration": "services.administration",
    "intake": "services.intake",
    "workflow": "services.workflow",
    "notifier": "services.notifier",
    "projections": "services.projections",
    "redress": "services.redress",
}

# Whose processes answer the JSON API.
CALLED_BY_PROGRAMS = frozenset({INTAKE, WORKFLOW, PROJECTIONS})


def bus_for(settings: Settings) -> Bus:
    """RabbitMQ where it is configured, else the bus inside this process."""
    if settings.rabbitmq_url is not None:
        queues = queues_with(notifier_partitions=settings.notifier_partitions)
        return RabbitBus(settings.rabbitmq_url.get_secret_value(), queues=queues)
    if settings.notifier_partitions > 1:
        raise NotConfigured("REDRESS_NOTIFIER_PARTITIONS needs RABBITMQ_URL: the broker spreads.")
    if not settings.is_demonstration:
        raise NotConfigured(
            "Production needs RABBITMQ_URL: the in-process bus is for one machine and one process."
        )
    return LocalBus(settings.data_directory / "parked")


def application(
    inst: Installation, bus: Bus, parts: Sequence[Part], *, more: Sequence[APIRouter] = ()
) -> FastAPI:
    """The pages and the API of the parts, with what every page has in common."""
    app = FastAPI(
        title="Redress",
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/v1/openapi.json",
        telemetry=requests_traced(),
    )
    database = inst.database(parts[0].role)
    if parts[0].role in CALLED_BY_PROGRAMS:
        install_api_limit(
            app, database=database, clock=inst.clock, settings=inst.settings, vault=inst.vault
        )
    install_web(app, settings=inst.settings, services=PAGES)
    install_identity(app, database=database, clock=inst.clock, settings=inst.settings)
    install_showing(
        app,
        database=database,
        clock=inst.clock,
        landlord=inst.settings.landlord,
    )
    app.include_router(health_router(readiness(inst, bus, parts)))
    app.include_router(home_router())
    for router in (*more, *(router for part in parts for router in part.routers)):
        app.include_router(router)
    return app


async def serve(
    inst: Installation,
    bus: Bus,
    parts: Sequence[Part],
    *,
    http: HttpServer | None,
    on_ready: Callable[[], None] = lambda: None,
) -> None:
    """Runs until SIGINT or SIGTERM; returns when everything that was started has ended."""
    for part in parts:
        with inst.database(part.role).directory() as cursor:
            refuse_dangerous_role(cursor)
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    await bus.start()
    try:
        for part in parts:
            for queue, handler in part.subscriptions:
                await bus.subscribe(queue, handler)
        workers: list[Worker] = [worker for part in parts for worker in part.workers]
        if http is not None:
            workers.append(http)
        operations = operations_server(inst, bus, parts)
        if operations is not None:
            workers.append(operations)
        announcing = asyncio.create_task(_announce(http, on_ready))
        # What start-up made stays for the life of the process: the collector need not look at it again.
        gc.freeze()
        await run_all(workers or [_UntilStopped()], stop)
        announcing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await announcing
    finally:
        await bus.stop()


async def _announce(http: HttpServer | None, on_ready: Callable[[], None]) -> None:
    if http is not None:
        await http.serving()
    on_ready()


class _UntilStopped:
    """Keeps a process alive whose work is done by subscriptions alone."""

    name = "subscriptions"

    async def run(self, stop: asyncio.Event) -> None:
        """Waits."""
        await stop.wait()

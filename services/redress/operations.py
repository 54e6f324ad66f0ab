"""What the people who run a process ask it, on a port of their own that no resident reaches: metrics and health."""

from collections.abc import Sequence

from fastapi import FastAPI
from fastapi.responses import Response
from prometheus_client import (
    CONTENT_TYPE_LATEST,
    CollectorRegistry,
    ProcessCollector,
    generate_latest,
)
from starlette.concurrency import run_in_threadpool

from services.redress.assembly import Installation
from services.redress.health import health_router, readiness
from services.redress.http_server import HttpServer, take_port
from services.redress.metrics import WaitingCollector
from services.redress.parts import Part
from services.redress.stages import LETTERS, LETTERS_TO_TRY, WEBHOOKS_LAG, WEBHOOKS_TO_TRY
from services.redress.traces import NOT_TRACED
from shared.messaging.bus import Bus
from shared.runtime.metrics import REGISTRY


def operations_application(inst: Installation, bus: Bus, parts: Sequence[Part]) -> FastAPI:
    """`/metrics` in the format of Prometheus, `/health/live` and `/health/ready`."""
    app = FastAPI(
        title="Redress operations",
        docs_url=None,
        redoc_url=None,
        openapi_url=None,
        telemetry=NOT_TRACED,
    )
    app.include_router(health_router(readiness(inst, bus, parts)))
    waiting = CollectorRegistry(auto_describe=False)
    ProcessCollector(registry=waiting)
    waiting.register(WaitingCollector(inst, _stages(parts)))

    @app.get("/metrics")
    async def metrics() -> Response:
        measured = await run_in_threadpool(generate_latest, waiting)
        return Response(generate_latest(REGISTRY) + measured, media_type=CONTENT_TYPE_LATEST)

    return app


def operations_server(inst: Installation, bus: Bus, parts: Sequence[Part]) -> HttpServer | None:
    """Serves it where REDRESS_OPERATIONS_PORT says; None when it says nothing."""
    settings = inst.settings
    if settings.operations_port is None:
        return None
    listening = take_port(settings.operations_host, settings.operations_port)
    return HttpServer(operations_application(inst, bus, parts), listening, name="operations")


def _stages(parts: Sequence[Part]) -> list[str]:
    stages = [stage for part in parts for stage in part.stages]
    # A receiver who takes nothing is no reason for us to be not ready, but a figure to watch.
    return [*stages, *(late for tried, late in _TO_WATCH.items() if tried in stages)]


_TO_WATCH = {LETTERS_TO_TRY: LETTERS, WEBHOOKS_TO_TRY: WEBHOOKS_LAG}

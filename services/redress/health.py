"""Whether a process is alive, and whether it can do its work: each check does a little of that work."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence

import psycopg
from fastapi import APIRouter
from fastapi.responses import JSONResponse

from services.redress.assembly import Installation
from services.redress.parts import Part
from services.redress.stages import waiting_at
from shared.database.pool import Database
from shared.messaging.bus import BrokerUnavailable, Bus
from shared.registry.landlords import all_landlords

Check = Callable[[], Awaitable[str | None]]
"""Returns what is wrong, or None."""

CHECK_SECONDS = 5.0


def health_router(checks: Mapping[str, Check]) -> APIRouter:
    """`/health/live` without any work, `/health/ready` with every check; neither tells versions or addresses."""
    router = APIRouter(prefix="/health", tags=["health"])

    @router.get("/live")
    async def live() -> dict[str, str]:
        return {"status": "live"}

    @router.get("/ready")
    async def ready() -> JSONResponse:
        found = {name: await _in_time(check) for name, check in checks.items()}
        well = all(trouble is None for trouble in found.values())
        body = {
            "status": "ready" if well else "not ready",
            "checks": {name: trouble or "well" for name, trouble in found.items()},
        }
        return JSONResponse(body, status_code=200 if well else 503)

    return router


def readiness(inst: Installation, bus: Bus, parts: Sequence[Part]) -> dict[str, Check]:
    """What a process with these parts has to be able to do, each by doing a little of it."""
    return (
        {"broker": broker_answers(bus)}
        | {part.role: database_answers(inst.database(part.role)) for part in parts}
        | {stage: nothing_waits_too_long(inst, stage) for part in parts for stage in part.stages}
    )


def database_answers(database: Database) -> Check:
    """The directory of landlords can be read under the service's own role."""

    def look() -> None:
        with database.directory() as cursor:
            all_landlords(cursor)

    async def check() -> str | None:
        await asyncio.to_thread(look)
        return None

    return check


def broker_answers(bus: Bus) -> Check:
    """Messages can be published and every subscription is served."""

    async def check() -> str | None:
        return None if await bus.connected() else "the message broker is not connected"

    return check


def nothing_waits_too_long(inst: Installation, stage: str) -> Check:
    """The stage keeps up: the oldest item is younger than its alarm."""

    async def check() -> str | None:
        now = inst.clock.now()
        for waiting in await asyncio.to_thread(waiting_at, inst, stage, now=now):
            if waiting.is_alarming:
                return f"the oldest item waits longer than {waiting.alarm_after.total_seconds():.0f} seconds"
        return None

    return check


async def _in_time(check: Check) -> str | None:
    try:
        return await asyncio.wait_for(check(), CHECK_SECONDS)
    except TimeoutError:
        return f"no answer within {CHECK_SECONDS:.0f} seconds"
    except (psycopg.Error, OSError, BrokerUnavailable) as trouble:
        return type(trouble).__name__

"""What happens to one delivered message, on every transport: taken, given back, or parked."""

import asyncio
import random
from dataclasses import dataclass
from enum import Enum, auto

import structlog

from shared.messaging.bus import Handler, RejectMessage
from shared.messaging.failures import TROUBLE_AROUND, describe, failure_of
from shared.runtime.tracing import Kind, span_of
from shared.runtime.worker import rest


class Verdict(Enum):
    """How a delivery ended."""

    TAKEN = auto()
    REJECTED = auto()
    FAILED = auto()  # deliver again
    STOPPED = auto()  # the bus is stopping: give the message back


@dataclass(frozen=True, slots=True)
class Waits:
    """How long to wait after a failure: doubling from the first to the longest, with jitter."""

    first_seconds: float = 0.2
    longest_seconds: float = 5.0

    def after(self, failures: int) -> float:
        """The wait after so many failures in a row, counted from 0."""
        whole = min(self.first_seconds * 2.0 ** min(failures, 16), self.longest_seconds)
        return whole * random.uniform(0.75, 1.0)


DEFAULT_WAITS = Waits()


@dataclass(frozen=True, slots=True)
class Delivery:
    """One message on its way into a handler, after so many deliveries of it that failed."""

    queue: str
    message_id: str
    body: bytes
    failures: int
    traceparent: str | None = None


async def deliver(
    delivery: Delivery, handler: Handler, *, waits: Waits, stop: asyncio.Event
) -> Verdict:
    """Calls the handler, waits out trouble around it, and waits after a failure of its own."""
    with span_of(
        delivery.traceparent,
        f"consume {delivery.queue}",
        kind=Kind.CONSUMER,
        message_id=delivery.message_id,
        failures=delivery.failures,
    ) as span:
        verdict = await _deliver(delivery, handler, waits=waits, stop=stop)
        span.say(verdict=verdict.name.lower())
    return verdict


async def _deliver(
    delivery: Delivery, handler: Handler, *, waits: Waits, stop: asyncio.Event
) -> Verdict:
    log = structlog.get_logger().bind(queue=delivery.queue, message=delivery.message_id)
    waited = 0
    while not stop.is_set():
        try:
            await handler(delivery.body)
        except RejectMessage as rejection:
            log.error("message_parked", reason=str(rejection))
            return Verdict.REJECTED
        except TROUBLE_AROUND as trouble:
            seconds = waits.after(waited)
            log.warning(
                "handler_waits",
                failure=failure_of(trouble),
                error=describe(trouble),
                wait_seconds=seconds,
            )
            waited += 1
            await rest(stop, seconds)
        except Exception as failure:  # noqa: BLE001 - the outermost loop: the message must stay
            seconds = waits.after(delivery.failures)
            log.error(
                "handler_failed",
                failure=failure_of(failure),
                error=describe(failure),
                failures=delivery.failures + 1,
                wait_seconds=seconds,
            )
            await rest(stop, seconds)
            return Verdict.FAILED
        else:
            return Verdict.TAKEN
    return Verdict.STOPPED

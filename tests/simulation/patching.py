"""The few things that the product takes from the standard library without a port: sleep, events, chance.

Only what comes from outside the product is replaced, never code of the product's own.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, MutableMapping
from contextlib import ExitStack, contextmanager
from random import Random
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch

import structlog

from tests.simulation.scheduling import SimulatedEvent, World, present

# What the product may say only when a promise is about to be broken.
ALARMS = frozenset(
    {"timer_repaired", "timer_failed", "event_parked", "submission_refused", "message_lies_parked",
     "entry_not_in_feed", "message_parked"}
)  # fmt: skip


def _sleep(seconds: float) -> None:
    present().sleep(seconds)


class Lines:
    """The log lines of a run: all in its record, alarms apart."""

    def __init__(self, world: World) -> None:
        self.alarms: list[str] = []
        self._world = world

    def keep(self, _logger: Any, method: str, line: MutableMapping[str, Any]) -> Any:
        """A structlog processor that ends the line here."""
        said = line.get("event")
        place = self._world.here
        who = place.name if place is not None else "nobody"
        told = " ".join(f"{key}={line[key]}" for key in sorted(line) if key != "event")
        self._world.tell(f"{who} says {method} {said} {told}"[:300])
        if said in ALARMS:
            self.alarms.append(f"{who}: {said} {told}"[:300])
        raise structlog.DropEvent


@contextmanager
def patched(world: World) -> Iterator[Lines]:
    """Time, chance and log lines of the product belong to the world."""
    lines = Lines(world)
    chance = Random(world.seed ^ 0x5EED)
    own_time = SimpleNamespace(sleep=_sleep, monotonic=lambda: world.now)
    kept = structlog.get_config()
    with ExitStack() as stack:
        for name, replacement in (
            ("services.workflow.handling.time", own_time),
            ("shared.messaging.applying.time", own_time),
            ("shared.eventstore.together.Event", SimulatedEvent),
            ("eventsourcing.utils.sleep", _sleep),
            ("eventsourcing.utils.random", chance.random),
            ("shared.messaging.delivery.random", chance),
            ("shared.vault.sealing.os", SimpleNamespace(urandom=chance.randbytes)),
        ):
            stack.enter_context(patch(name, replacement))
        structlog.configure(
            processors=[lines.keep],
            wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
            logger_factory=structlog.ReturnLoggerFactory(),
            cache_logger_on_first_use=False,
        )
        try:
            yield lines
        finally:
            structlog.configure(**kept)

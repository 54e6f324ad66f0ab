"""Turns without a scheduler: real threads, one statement at a time, for the contract suites."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class DirectTurns:
    """Every statement runs while one lock is held; whoever waits gives it back meanwhile."""

    def __init__(self) -> None:
        self._one_at_a_time = threading.Condition(threading.RLock())

    def connecting(self) -> None:
        """There are always connections."""

    @contextmanager
    def round_trip(self, _session: object, *, what: str) -> Iterator[None]:  # noqa: ARG002 - the scheduler's
        """Nobody else is served meanwhile."""
        with self._one_at_a_time:
            yield

    def wait(self, until: Callable[[], bool], *, seconds: float) -> bool:
        """Let others work meanwhile."""
        return self._one_at_a_time.wait_for(until, seconds)

    def moved(self) -> None:
        """Wake all who wait."""
        with self._one_at_a_time:
            self._one_at_a_time.notify_all()

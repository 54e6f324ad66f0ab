"""Keeps the threads of a run on one core: they take turns, and a turn is handed over there in a third of the time."""

from __future__ import annotations

import fcntl
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

TAKEN = Path(tempfile.gettempdir())  # where the runs of this machine see which cores are taken


@contextmanager
def on_a_core_of_its_own(taken: Path = TAKEN) -> Iterator[None]:
    """Keep this thread, and those that it starts, on a core that no other run has; if all are taken, on any."""
    allowed = os.sched_getaffinity(0)
    for core in sorted(allowed):
        with (taken / f"redress-simulation-{os.getuid()}-{core}").open("a") as lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue
            os.sched_setaffinity(0, {core})
            try:
                yield
            finally:
                os.sched_setaffinity(0, allowed)
            return
    yield

"""The machine's folder for what root's private servers need outside of a data directory."""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

SYSTEM_HOME = Path("/var/lib/redress")


def system_home() -> Path:
    """The folder, created when it is first needed, open to the server's account."""
    if not SYSTEM_HOME.exists():
        SYSTEM_HOME.mkdir(parents=True, exist_ok=True)
        SYSTEM_HOME.chmod(0o755)  # whatever our umask: the server's account passes through
    return SYSTEM_HOME


@contextmanager
def taking_turns(lock: Path) -> Iterator[None]:
    """Only one process at a time is inside; the lock falls with the process that holds it."""
    with lock.open("a") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        yield

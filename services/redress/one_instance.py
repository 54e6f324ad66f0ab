"""Who uses a data directory: one running instance at most, and any number of one-off commands.

Locks are held by open files, so a killed process lets go of them by dying.
"""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO


class AlreadyRunning(RuntimeError):
    """Another instance runs on the same data directory."""


@contextmanager
def the_only_instance(data_directory: Path) -> Iterator[None]:
    """Holds the data directory for a serving process; raises AlreadyRunning when another holds it."""
    with _lock_file(data_directory, "instance.lock") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise AlreadyRunning(
                f"Redress is already running on {data_directory}: use it, stop it with Ctrl-C, "
                "or choose another folder with --data DIR."
            ) from None
        yield


class SharedUse:
    """Counts the processes that use the embedded database of a data directory."""

    def __init__(self, data_directory: Path) -> None:
        self._lock = _lock_file(data_directory, "database.lock")
        fcntl.flock(self._lock, fcntl.LOCK_SH)

    def leave(self) -> bool:
        """Ends this use; True when nobody else uses the database, who may then stop it."""
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        """Lets go of the lock, after the database was stopped or left running."""
        self._lock.close()


def _lock_file(data_directory: Path, name: str) -> IO[str]:
    data_directory.mkdir(parents=True, exist_ok=True)
    return (data_directory / name).open("a")

"""What the operating system knows of a running server: its process, by the file it leaves."""

from __future__ import annotations

import os
import signal
import time
from dataclasses import dataclass
from pathlib import Path

from shared.embedded.unavailable import EmbeddedPostgresUnavailable

PROCESSES = Path("/proc")
LOOK_AGAIN_SECONDS = 0.02
ORPHANS_SECONDS = 10.0  # a server's children notice its death within a second or two


@dataclass(frozen=True, slots=True)
class Postmaster:
    """The first process of a server, as its file postmaster.pid describes it."""

    pid: int
    cluster: Path
    socket_folder: Path

    def is_alive(self) -> bool:
        """Whether that process runs and is this server, not a later bearer of its number."""
        try:
            os.kill(self.pid, 0)
        except ProcessLookupError:
            return False
        except PermissionError:
            pass
        if not PROCESSES.is_dir():
            return True
        try:
            command = (PROCESSES / str(self.pid) / "cmdline").read_bytes()
        except OSError:
            return False
        return bytes(self.cluster) in command.split(b"\0")

    def end(self, *, fast_seconds: float, immediate_seconds: float) -> None:
        """A fast shutdown, and an immediate one when that takes too long."""
        if self._signal_and_wait(signal.SIGINT, fast_seconds):
            return
        if not self._signal_and_wait(signal.SIGQUIT, immediate_seconds):
            raise EmbeddedPostgresUnavailable(
                f"PostgreSQL (process {self.pid}) did not stop within "
                f"{fast_seconds + immediate_seconds:.0f} seconds."
            )

    def _signal_and_wait(self, number: signal.Signals, limit_seconds: float) -> bool:
        try:
            os.kill(self.pid, number)
        except ProcessLookupError:
            return True
        deadline = time.monotonic() + limit_seconds
        while self.is_alive():
            if time.monotonic() > deadline:
                return False
            time.sleep(LOOK_AGAIN_SECONDS)
        return True


def postmaster_of(cluster: Path) -> Postmaster | None:
    """The server of these files according to its own note, alive or not."""
    try:
        lines = (cluster / "postmaster.pid").read_text("utf-8").splitlines()
        return Postmaster(pid=int(lines[0]), cluster=cluster, socket_folder=Path(lines[4]))
    except (FileNotFoundError, IndexError, ValueError):
        return None


def clear_stale_notes(cluster: Path, *, socket_lock: Path) -> None:
    """Remove what a dead server left behind, where another process bears its number now.

    PostgreSQL would refuse to start, taking that process for the old server. The notes are also
    its guard against children of the dead server, so those are waited for first.
    """
    if not PROCESSES.is_dir():
        return
    for note in (cluster / "postmaster.pid", socket_lock):
        if _names_a_process(note):
            _wait_for_orphans(cluster)
            note.unlink()


def _names_a_process(note: Path) -> bool:
    try:
        number = int(note.read_text("utf-8").splitlines()[0])
    except (FileNotFoundError, IndexError, ValueError):
        return False
    return (PROCESSES / str(number)).exists()


def _wait_for_orphans(cluster: Path) -> None:
    deadline = time.monotonic() + ORPHANS_SECONDS
    while _works_in(cluster):
        if time.monotonic() > deadline:
            raise EmbeddedPostgresUnavailable(
                f"Processes of a dead PostgreSQL still work in {cluster}: end them first."
            )
        time.sleep(LOOK_AGAIN_SECONDS)


def _works_in(cluster: Path) -> bool:
    for process in PROCESSES.iterdir():
        if process.name.isdigit():
            try:
                if (process / "cwd").readlink() == cluster:
                    return True
            except OSError:
                continue  # ended meanwhile, or somebody else's
    return False

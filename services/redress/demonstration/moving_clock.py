"""The clock of a demonstration: the machine's, ahead of it by as much as people have moved it.

Moved by hours or working days, it lets reminders, breaches and closures happen before one's eyes.
How far it is ahead stands in a file of the data directory, so that it survives a restart and every
command of the installation tells the same time. It never goes back: what is on record has happened.
"""

import threading
from datetime import UTC, datetime, timedelta
from pathlib import Path

FARTHEST = timedelta(days=730)  # the demonstration's calendars know no more than a few years


class TooFar(ValueError):
    """The clock would go back, or farther than a demonstration may; the message says which."""


class MovingClock:
    """Tells the machine's time plus what it was moved by."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._ahead = _read(file)

    @property
    def ahead(self) -> timedelta:
        """How far it is ahead of the machine's clock."""
        return self._ahead

    def now(self) -> datetime:
        """The demonstration's present instant, aware, in UTC."""
        return datetime.now(UTC) + self._ahead

    def move(self, by: timedelta) -> None:
        """Moves on by that much elapsed time; raises TooFar and moves nothing when that cannot be."""
        with self._lock:
            ahead = self._ahead + by
            if by <= timedelta(0):
                raise TooFar("The clock only moves on: choose a later moment.")
            if ahead > FARTHEST:
                raise TooFar(
                    f"The clock can be moved by {FARTHEST.days} days in all: begin afresh with"
                    " `redress up --reset`."
                )
            fresh = self._file.with_suffix(".new")
            fresh.write_text(f"{round(ahead.total_seconds())}\n")
            fresh.replace(self._file)  # in one step, or not at all
            self._ahead = ahead


def _read(file: Path) -> timedelta:
    try:
        return timedelta(seconds=int(file.read_text()))
    except FileNotFoundError:
        return timedelta(0)

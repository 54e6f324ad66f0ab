"""The one place that reads the time, and a clock that stands still until it is told to move.

Everything that decides or stores takes the time from a `Clock`, so that tests, demonstrations and training run the
whole system on a clock of their own. All instants are aware and in UTC.
"""

from datetime import UTC, datetime, timedelta
from typing import Protocol


class Clock(Protocol):
    """Tells the time."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        """The present instant, aware, in UTC."""
        return datetime.now(UTC)


class SettableClock:
    """A clock that shows what it was last told; it never moves by itself."""

    def __init__(self, at: datetime) -> None:
        self._at = _in_utc(at)

    def now(self) -> datetime:
        """The instant it was set to."""
        return self._at

    def set(self, at: datetime) -> None:
        """Shows `at` from now on; raises ValueError for an instant without a zone."""
        self._at = _in_utc(at)

    def advance(self, by: timedelta) -> None:
        """Moves on (or back) by that much elapsed time."""
        self._at += by


def _in_utc(instant: datetime) -> datetime:
    if instant.tzinfo is None:
        raise ValueError(f"{instant.isoformat()} has no time zone: give an aware instant")
    return instant.astimezone(UTC)

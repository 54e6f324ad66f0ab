"""A clock that moves when told, and lines without personal data."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from shared.runtime.clock import SettableClock, SystemClock
from shared.runtime.logging import LONGEST_VALUE, without_personal_data

NOON_IN_JULY = datetime(2026, 7, 2, 12, 0, tzinfo=ZoneInfo("Europe/London"))


def test_a_settable_clock_stands_until_it_is_moved() -> None:
    clock = SettableClock(NOON_IN_JULY)
    assert clock.now() == clock.now() == datetime(2026, 7, 2, 11, 0, tzinfo=UTC)
    clock.advance(timedelta(hours=1))
    assert clock.now() == datetime(2026, 7, 2, 12, 0, tzinfo=UTC)
    clock.set(NOON_IN_JULY)
    assert clock.now() == NOON_IN_JULY


def test_a_clock_tells_utc_and_takes_no_time_without_a_zone() -> None:
    assert SystemClock().now().tzinfo is UTC
    assert SettableClock(NOON_IN_JULY).now().tzinfo is UTC
    with pytest.raises(ValueError, match="time zone"):
        SettableClock(datetime(2026, 7, 2, 12, 0))  # noqa: DTZ001 - that is what is refused


def test_a_line_never_carries_personal_data_or_a_long_text() -> None:
    line = without_personal_data(
        None,
        "info",
        {"name": "Ada", "email": "a@example.org", "reference": "RB-1", "why": "x" * 999},
    )
    assert line["name"] == line["email"] == "[withheld]"
    assert line["reference"] == "RB-1"
    assert len(line["why"]) == LONGEST_VALUE + 1

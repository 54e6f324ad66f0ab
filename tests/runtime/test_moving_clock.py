"""A demonstration's clock: it moves on, never back, and every process of the installation tells its time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from services.redress.demonstration.moving_clock import FARTHEST, MovingClock, TooFar


def test_a_clock_nobody_moved_tells_the_machines_time(tmp_path: Path) -> None:
    before = datetime.now(UTC)
    assert before <= MovingClock(tmp_path / "clock").now() <= datetime.now(UTC)


def test_a_moved_clock_is_ahead_also_after_a_restart(tmp_path: Path) -> None:
    clock = MovingClock(tmp_path / "clock")
    clock.move(timedelta(days=3))
    clock.move(timedelta(hours=2))
    assert MovingClock(tmp_path / "clock").ahead == timedelta(days=3, hours=2)
    assert clock.now() - datetime.now(UTC) > timedelta(days=3, hours=1)


@pytest.mark.parametrize("by", [timedelta(0), timedelta(hours=-1), FARTHEST + timedelta(days=1)])
def test_it_goes_neither_back_nor_too_far(tmp_path: Path, by: timedelta) -> None:
    clock = MovingClock(tmp_path / "clock")
    with pytest.raises(TooFar):
        clock.move(by)
    assert clock.ahead == timedelta(0)
    assert not (tmp_path / "clock").exists()

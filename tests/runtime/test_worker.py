"""What keeps a worker going, and what ends it."""

from __future__ import annotations

import asyncio

import pytest

from shared.runtime.worker import repeat, rest, run_all
from tests.support.eventually import eventually_async


async def test_a_step_that_fails_is_tried_again() -> None:
    stop = asyncio.Event()
    tries: list[int] = []

    async def step() -> float:
        tries.append(len(tries))
        if len(tries) == 1:
            raise ConnectionError("the database restarts")
        stop.set()
        return 0.0

    await asyncio.wait_for(repeat("a worker", step, stop), 5)
    assert len(tries) == 2


async def test_a_resting_worker_wakes_when_it_is_called() -> None:
    stop, wake = asyncio.Event(), asyncio.Event()
    rounds = []

    async def step() -> float:
        rounds.append(1)
        return 60.0

    running = asyncio.create_task(repeat("a worker", step, stop, wake=wake))
    await eventually_async(lambda: _is(len(rounds) == 1))
    wake.set()
    await eventually_async(lambda: _is(len(rounds) == 2))
    stop.set()
    await asyncio.wait_for(running, 2)


async def test_a_rest_ends_at_once_when_the_process_stops() -> None:
    stop = asyncio.Event()
    resting = asyncio.create_task(rest(stop, 60.0))
    stop.set()
    await asyncio.wait_for(resting, 2)


async def test_when_one_worker_ends_in_an_error_the_others_are_stopped_and_the_error_is_told() -> (
    None
):
    stop = asyncio.Event()
    patient = _Patient()
    with pytest.raises(RuntimeError, match="the worker broken ended") as told:
        await asyncio.wait_for(run_all([patient, _Broken()], stop), 5)
    assert isinstance(told.value.__cause__, ZeroDivisionError)
    assert patient.ended


class _Patient:
    name = "patient"
    ended = False

    async def run(self, stop: asyncio.Event) -> None:
        await stop.wait()
        self.ended = True


class _Broken:
    name = "broken"

    async def run(self, stop: asyncio.Event) -> None:
        assert not stop.is_set()
        raise ZeroDivisionError


async def _is(condition: bool) -> bool:
    return condition

"""Waiting for a condition with a limit, in place of sleeping and hoping."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import TypeVar

Seen = TypeVar("Seen")

LOOK_AGAIN_SECONDS = 0.02


def eventually(condition: Callable[[], Seen], *, within_seconds: float = 30.0) -> Seen:
    """Ask until the answer is true, and hand it back; an AssertionError counts as "not yet"."""
    deadline = time.monotonic() + within_seconds
    while True:
        try:
            seen = condition()
        except AssertionError as not_yet:
            if time.monotonic() > deadline:
                raise _gave_up(within_seconds, not_yet) from not_yet
        else:
            if seen:
                return seen
            if time.monotonic() > deadline:
                raise _gave_up(within_seconds, seen)
        time.sleep(LOOK_AGAIN_SECONDS)


async def eventually_async(
    condition: Callable[[], Awaitable[Seen]], *, within_seconds: float = 30.0
) -> Seen:
    """The same for a condition that is awaited."""
    deadline = time.monotonic() + within_seconds
    while True:
        try:
            seen = await condition()
        except AssertionError as not_yet:
            if time.monotonic() > deadline:
                raise _gave_up(within_seconds, not_yet) from not_yet
        else:
            if seen:
                return seen
            if time.monotonic() > deadline:
                raise _gave_up(within_seconds, seen)
        await asyncio.sleep(LOOK_AGAIN_SECONDS)


def _gave_up(within_seconds: float, last: object) -> AssertionError:
    return AssertionError(f"not true within {within_seconds:g} seconds; last seen: {last!r}")

"""A plugin of pytest for mutation runs: no value that was computed before a change outlives it.

What a test takes from a cache was computed by the test before it. So the functions behind it would
count as tried by that one test alone, and a change to them would meet a value from before.
"""

from __future__ import annotations

import gc
import json
from collections.abc import Iterator
from functools import _lru_cache_wrapper
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, settings
from mutmut.mutation.trampoline import get_mutant_under_test
from mutmut.state import state

from shared.calendars.england import england_calendar_document

OUR_PACKAGES = ("services", "shared", "tests")
COLLECTING_STATISTICS = "stats"
NO_CHANGE = "none.none"  # every function runs as it stands
# Both stand in the folder of the changed sources.
CALLED_AT_IMPORT = Path("called-at-import.json")
FAILED = Path("failed-without-a-change.txt")

# The same examples for every change, and no time spent on a shorter example of a failure.
settings.register_profile(
    "mutation", phases=(Phase.explicit, Phase.generate), derandomize=True, database=None
)
settings.load_profile("mutation")


CACHES: list[_lru_cache_wrapper[Any]] = []


def forget_what_was_computed() -> None:
    """Empty every cache of ours."""
    for cache in CACHES:
        cache.cache_clear()


def pytest_collection_finish() -> None:
    """Note what ran while the tests were imported: no test can be named that calls it."""
    if get_mutant_under_test() == COLLECTING_STATISTICS:
        CALLED_AT_IMPORT.write_text(json.dumps(sorted(state()._stats)), "utf-8")
        state()._stats.clear()
    england_calendar_document()  # its library loads slowly when first asked, and none of it is ours
    CACHES[:] = _caches()
    forget_what_was_computed()


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup() -> None:
    """Where it is noted which test calls which function, each test computes what it needs."""
    if get_mutant_under_test() == COLLECTING_STATISTICS:
        forget_what_was_computed()


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    """Keep what failed although nothing was changed."""
    if report.failed and get_mutant_under_test() in {COLLECTING_STATISTICS, NO_CHANGE}:
        with FAILED.open("a", encoding="utf-8") as file:
            file.write(f"{report.nodeid}\n{report.longreprtext}\n\n")


def _caches() -> Iterator[_lru_cache_wrapper[Any]]:
    for each in gc.get_objects():
        if isinstance(each, _lru_cache_wrapper) and each.__module__.split(".")[0] in OUR_PACKAGES:
            yield each

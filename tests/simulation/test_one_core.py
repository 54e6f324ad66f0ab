"""Runs at the same time keep to cores of their own."""

import os
from contextlib import ExitStack
from pathlib import Path

from tests.simulation.one_core import on_a_core_of_its_own


def test_each_run_has_a_core_until_none_is_left_and_gives_it_back(tmp_path: Path) -> None:
    allowed = os.sched_getaffinity(0)
    had: list[frozenset[int]] = []
    for _ in range(2):
        with ExitStack() as runs:
            had.clear()
            for _ in range(len(allowed)):
                runs.enter_context(on_a_core_of_its_own(tmp_path))
                had.append(frozenset(os.sched_getaffinity(0)))
                os.sched_setaffinity(0, allowed)  # as another thread would have it
            with on_a_core_of_its_own(tmp_path):
                assert os.sched_getaffinity(0) == allowed
        assert sorted(had, key=min) == [{core} for core in sorted(allowed)]
        assert os.sched_getaffinity(0) == allowed

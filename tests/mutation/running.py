"""Tries the changes, in a copy of the project: the tests are collected once and forked for each.

Run as a program of its own by `tests.mutation`, so that the packages `tests`, `services` and
`shared` are those of the changed sources. It stands on mutmut, which makes the changes, keeps the
verdicts and knows which test calls which function; of mutmut's own ways to run the tests, one hands
each change the caches of earlier tests and the other collects all tests anew for each.
"""

from __future__ import annotations

import argparse
import gc
import json
import os
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from fnmatch import fnmatch
from pathlib import Path
from typing import NoReturn

import mutmut.__main__ as mutmut
import pytest
from mutmut.configuration import config
from mutmut.mutation.data import SourceFileMutationData
from mutmut.runners.harness import PytestRunner, TestRunner
from mutmut.state import state
from mutmut.utils.file_utils import change_cwd, walk_mutatable_files
from mutmut.utils.format_utils import mangled_name_from_mutant_name
from mutmut.workers.isolation import ForkServerRunner, MutantRunner

CHANGED_SOURCES = Path("mutants")
PLUGIN = "tests.mutation.fresh_caches"
# Written by the plugin, in that folder.
CALLED_AT_IMPORT, FAILED = "called-at-import.json", "failed-without-a-change.txt"
WHO_NOTICED = Path(
    "who-noticed"
)  # in that folder: for each function, the tests that noticed a change
ANYWHERE = "anywhere"  # the same, for all functions together
SURVIVED, NOTICED, NO_TESTS, TIMED_OUT = 0, 1, 33, 36  # verdicts, as mutmut keeps them
# No assertion is told in other words, and no traceback is made: it only matters whether one fails.
# What mutmut leaves open for the collector of garbage is no fault of a test.
QUICKLY = ["--tb=native", "--no-showlocals", "--assert=plain", "-q", "-p", "no:unraisableexception"]
# Every function runs as it stands, or (a word of mutmut's) raises.
NO_CHANGE, CHANGE_THAT_RAISES = "none.none", "fail"
CONTROL_SECONDS_MAX = 600
FRESH_RUN_SECONDS_MAX = 600
# A change noticed in another function says little, and a test without any something; starting one takes its time too.
ELSEWHERE, MANY_TESTS, SECONDS_A_TEST = 300, 1_000, 0.005
TIMES_AS_LONG, SECONDS_LONGER = 10, 10.0  # of processor time, for one test
SHARPEST = 30  # tests; enough that nearly every change is noticed by one of them


class CollectedTests(TestRunner):
    """Runs some of the tests that are collected already until one fails: those first that are likely
    to notice the change for the time they take.
    """

    def __init__(self, session: pytest.Session) -> None:
        self._items = {item.nodeid: item for item in session.items}
        self._session = session

    def run_tests(self, *, mutant_name: str | None, tests: Iterable[str]) -> int:
        """Return 1 as soon as a test notices the change, 0 when none did."""
        noticed_by = WHO_NOTICED / (mutant_name or NO_CHANGE).partition("__mutmut_")[0]
        here, anywhere = Counter(_lines(noticed_by)), Counter(_lines(WHO_NOTICED / ANYWHERE))
        duration = state().duration_by_test

        def worth(test: str) -> float:
            likely = here[test] + anywhere[test] / ELSEWHERE + 1 / MANY_TESTS
            return likely / (duration[test] + SECONDS_A_TEST)

        in_order = sorted(tests, key=worth, reverse=True)
        items = [self._items[test] for test in in_order]
        signal.signal(signal.SIGVTALRM, _ends_in_time)
        for item, following in zip(items, [*items[1:], None], strict=True):
            # A change that lets a loop run for ever shows in the test that comes to it.
            limit = duration[item.nodeid] * TIMES_AS_LONG + SECONDS_LONGER
            signal.setitimer(signal.ITIMER_VIRTUAL, limit)
            item.config.hook.pytest_runtest_protocol(item=item, nextitem=following)
            if self._session.testsfailed:
                for place in (noticed_by, WHO_NOTICED / ANYWHERE):
                    with place.open("a", encoding="utf-8") as known:
                        known.write(f"{item.nodeid}\n")
                return NOTICED
        return SURVIVED


def _ends_in_time(_signal: int, _frame: object) -> NoReturn:
    os._exit(TIMED_OUT)  # the process is there for this change alone


class ForkedAfterCollection(ForkServerRunner):
    """Forks the process that tries a change from one that has collected the tests and run none."""

    def startup(self) -> None:
        """Begin, and make sure that what tells the verdicts tells the truth."""
        super().startup()
        tests = sorted(state().duration_by_test)
        for change, expected in ((NO_CHANGE, SURVIVED), (CHANGE_THAT_RAISES, NOTICED)):
            self.submit(change, tests, CONTROL_SECONDS_MAX, 0.0)
            if self.wait_for_result().exit_code != expected:
                sys.exit(
                    f"The control {change!r} was to end with {expected}: run `make test` first."
                )

    # Both are what `startup` makes sure of, in the process that is forked for each change.
    def run_clean_tests(self, tests: Iterable[str]) -> int:
        """Leave it to the control without a change."""
        del tests
        return SURVIVED

    def run_forced_fail(self) -> int:
        """Leave it to the control that raises."""
        return NOTICED

    def _forkserver_main(self, work_fd: int, result_fd: int) -> None:
        class Serving:
            """Serves in the place where pytest would run what it collected."""

            def pytest_runtestloop(_, session: pytest.Session) -> bool:  # noqa: N805
                gc.freeze()  # what is there is passed on as it is, and never looked through again
                gc.disable()
                self.test_runner_class = CollectedTests
                self.test_runner_args = {"session": session}
                super(ForkedAfterCollection, self)._forkserver_main(work_fd, result_fd)
                return True

        selection = config().pytest_add_cli_args_test_selection
        arguments = ["--rootdir=.", *QUICKLY, *selection, *config().pytest_add_cli_args]
        with Path(os.devnull).open("w") as nowhere, change_cwd(CHANGED_SOURCES):
            WHO_NOTICED.mkdir(exist_ok=True)
            sys.stdout = sys.stderr = nowhere
            pytest.main(arguments, plugins=[Serving()])


def a_runner(max_workers: int = 1) -> MutantRunner:
    """Make what mutmut runs the tests with."""
    return ForkedAfterCollection(
        max_workers=max_workers, test_runner_class=PytestRunner, test_runner_args={}
    )


def verdicts() -> list[SourceFileMutationData]:
    """Return the changes of every module with what came of them."""
    known = []
    for path in walk_mutatable_files():
        of_module = SourceFileMutationData(path=path)
        of_module.load()
        known.append(of_module)
    return known


def forget_all_but_noticed() -> None:
    """Let a run that goes on try again what survived: there may be a test for it by now."""
    for of_module in verdicts():
        for change, verdict in of_module.exit_code_by_key.items():
            if verdict != NOTICED:
                of_module.exit_code_by_key[change] = None
        if of_module.exit_code_by_key:
            of_module.save()


def try_in_fresh_processes(names: tuple[str, ...], *, children: int) -> None:
    """Try again what survived in functions that run while modules are imported.

    What they made was made before the change was in force; only a new interpreter sees the change.
    """
    at_import = set(json.loads((CHANGED_SOURCES / CALLED_AT_IMPORT).read_text("utf-8")))
    for of_module in verdicts():
        survived = [
            change
            for change, verdict in of_module.exit_code_by_key.items()
            if verdict in {SURVIVED, NO_TESTS}
            and mangled_name_from_mutant_name(change) in at_import
            and (not names or any(fnmatch(change, name) for name in names))
        ]
        if survived and _try_afresh(NO_CHANGE) != SURVIVED:
            sys.exit(_why_not("The tests fail without any change, in a process of their own."))
        with ThreadPoolExecutor(children) as pool:
            for change, verdict in zip(survived, pool.map(_try_afresh, survived), strict=True):
                of_module.exit_code_by_key[change] = verdict
                of_module.save()


def _try_afresh(change: str) -> int:
    """Let the tests that noticed most other changes look at it first, and then all of them."""
    noticed = Counter(_lines(CHANGED_SOURCES / WHO_NOTICED / ANYWHERE))
    sharpest = [test for test, _ in noticed.most_common(SHARPEST)]
    everything = config().pytest_add_cli_args_test_selection
    for tests in (sharpest, everything) if sharpest else (everything,):
        try:
            ran = subprocess.run(
                [
                    *(sys.executable, "-m", "pytest", "--rootdir=.", "-x", *QUICKLY, *tests),
                    *config().pytest_add_cli_args,
                ],
                cwd=CHANGED_SOURCES,
                env=os.environ
                | {"MUTANT_UNDER_TEST": change, "PYTHONPATH": str(CHANGED_SOURCES.resolve())},
                capture_output=True,
                timeout=FRESH_RUN_SECONDS_MAX,
                check=False,
            )
        except subprocess.TimeoutExpired:
            return TIMED_OUT
        if ran.returncode != 0:
            return NOTICED
    return SURVIVED


def _why_not(said: str) -> str:
    return "\n".join([said, *_lines(CHANGED_SOURCES / FAILED)])


def _lines(file: Path) -> list[str]:
    return file.read_text("utf-8").splitlines() if file.exists() else []


def main() -> None:
    """Make the changes, try them all or those that are named, and keep the verdicts."""
    asked = argparse.ArgumentParser()
    asked.add_argument("names", nargs="*")
    asked.add_argument("--children", type=int, required=True)
    given = asked.parse_args()
    names = tuple(given.names)
    # Each change has a limit on its processor time; the tests' own, by the clock, would end a slow run.
    os.environ["PYTEST_ADDOPTS"] = f"-p {PLUGIN} --timeout=0"
    sys.path.insert(0, str(CHANGED_SOURCES.resolve()))
    forget_all_but_noticed()
    setattr(mutmut, "get_mutant_runner", a_runner)  # noqa: B010 - its own word for it, not exported
    mutmut._run(names, given.children)
    try_in_fresh_processes(names, children=given.children)


if __name__ == "__main__":
    main()

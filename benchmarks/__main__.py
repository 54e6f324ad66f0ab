"""Runs measurements on private servers and prints the figures; `make bench`, or some alone: `make bench ARGS=timers`.

`--table` prints them as the tables of docs/performance.md.
"""

import argparse
import logging
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

import structlog

from benchmarks import (
    appending,
    commanding,
    consuming,
    end_to_end,
    pages,
    poison,
    publishing,
    pure,
    rebuilding,
    replanning,
    timers,
    using_the_log,
)
from benchmarks.reporting import HEADING, Measured, machine
from benchmarks.servers import Servers

GROUPS: Mapping[str, Callable[[Servers], list[Measured]]] = {
    "pure": lambda _: pure.measure(),
    "append": lambda servers: appending.measure(servers.database()),
    "log": lambda servers: using_the_log.measure(servers.database()),
    "commands": commanding.measure,
    "timers": lambda servers: timers.measure(servers.database()),
    "replan": lambda servers: replanning.measure(servers.database()),
    "publish": publishing.measure,
    "consume": consuming.measure,
    "end-to-end": end_to_end.measure,
    "pages": lambda servers: pages.measure(servers.database()),
    "poison": poison.measure,
    "rebuild": lambda servers: rebuilding.measure(servers.database()),
}


def main() -> None:
    """Each group takes a minute at most, all of them some ten."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("groups", nargs="*", help=f"which of {', '.join(GROUPS)}; all without")
    parser.add_argument("--table", action="store_true", help="print rows for docs/performance.md")
    asked = parser.parse_args()
    unknown = sorted(set(asked.groups) - set(GROUPS))
    if unknown:
        parser.error(f"no such group: {', '.join(unknown)}; there are {', '.join(GROUPS)}")
    # Ended by `kill` or `timeout` it stops its servers too.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    # A line for each command belongs to a log, not between the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    print(machine(), flush=True)
    with (
        tempfile.TemporaryDirectory(prefix="redress-bench-") as folder,
        Servers(Path(folder)) as servers,
    ):
        for name in asked.groups or GROUPS:
            print(f"\n{name}" if not asked.table else f"\n### {name}\n\n{HEADING}", flush=True)
            for measured in GROUPS[name](servers):
                print(measured.row() if asked.table else "\n".join(measured.lines()), flush=True)
    print(f"\n{machine()}", file=sys.stderr if asked.table else sys.stdout)


if __name__ == "__main__":  # children of a benchmark import this module too
    main()

"""Runs every measurement on a private PostgreSQL and prints the figures; `make bench`."""

import logging
import tempfile
from pathlib import Path

import structlog

from benchmarks import appending, pure, rebuilding, using_the_log
from benchmarks.reporting import machine
from shared.embedded.postgres import EmbeddedPostgres


def main() -> None:
    """Takes about two minutes."""
    # A line for each command belongs to a log, not between the figures.
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    print(machine())
    for measured in pure.measure():
        print("\n".join(measured.lines()))
    with tempfile.TemporaryDirectory(prefix="redress-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        try:
            conninfo = server.start()
            for measured in (
                *appending.measure(conninfo),
                *using_the_log.measure(conninfo),
                *rebuilding.measure(conninfo),
            ):
                print("\n".join(measured.lines()))
        finally:
            server.remove()


main()

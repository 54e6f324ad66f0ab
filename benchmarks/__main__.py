"""Runs every measurement on a private PostgreSQL and prints the figures; `make bench`."""

import tempfile
from pathlib import Path

from benchmarks import appending, pure
from benchmarks.reporting import machine
from shared.embedded.postgres import EmbeddedPostgres


def main() -> None:
    """Takes about two minutes."""
    print(machine())
    for measured in pure.measure():
        print("\n".join(measured.lines()))
    with tempfile.TemporaryDirectory(prefix="redress-bench-") as folder:
        server = EmbeddedPostgres(Path(folder) / "postgres")
        try:
            for measured in appending.measure(server.start()):
                print("\n".join(measured.lines()))
        finally:
            server.remove()


main()

"""`make chaos MINUTES=10 SEED=1`: faults under load for so long, a table, and an exit code."""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.chaos.running import run

WELL, NOT_WELL = 0, 1


def main() -> int:
    """0 when nothing was lost, doubled or reordered; 1 otherwise."""
    parser = argparse.ArgumentParser(prog="python -m tests.chaos", description=__doc__)
    parser.add_argument("--minutes", type=float, default=10.0, help="how long faults happen")
    parser.add_argument("--seed", type=int, help="the order of the faults; otherwise a new one")
    parser.add_argument("--keep", type=Path, help="keep the processes' logs in this folder")
    given = parser.parse_args()
    if given.minutes <= 0:
        parser.error("--minutes must be more than 0")
    seed = int(time.time()) if given.seed is None else given.seed
    print(f"faults of seed {seed} for {given.minutes:g} minutes", flush=True)
    with tempfile.TemporaryDirectory(prefix="redress-chaos-") as passing:
        folder = Path(passing)
        folder.chmod(0o711)  # PostgreSQL runs as another account where we are root
        try:
            outcome = run(
                folder,
                seconds=given.minutes * 60,
                seed=seed,
                say=lambda line: print(line, flush=True),
            )
        finally:
            if given.keep:
                given.keep.mkdir(parents=True, exist_ok=True)
                for log in folder.glob("*.log"):
                    log.rename(given.keep / log.name)
    print("\n".join(outcome.table()))
    return WELL if outcome.is_well else NOT_WELL


if __name__ == "__main__":
    sys.exit(main())

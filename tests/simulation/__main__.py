"""Runs seeds one after the other, on all cores: `python -m tests.simulation --seeds 50000 --first 1`.

`make simulate SEEDS=50000` for a night, `make simulate SEEDS=1 FIRST=4711` to see one run again. Stops at a broken
promise unless `--go-on` is given; the exit code is 1 then.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import sys
import time

from tests.simulation.running import Outcome, simulate

SHOW_EVERY_SECONDS = 5.0


def main() -> int:
    """Run what is asked for, and say how it goes."""
    asked = _arguments()
    began, shown, done, broken = time.monotonic(), 0.0, 0, 0
    seeds = range(asked.first, asked.first + asked.seeds)
    workers = min(asked.workers or os.cpu_count() or 1, asked.seeds)
    # A worker begins anew after some runs, so that its memory is bounded.
    with multiprocessing.Pool(workers, maxtasksperchild=50) as pool:
        for outcome in pool.imap_unordered(simulate, seeds):
            done += 1
            if outcome.broken:
                broken += 1
                print(outcome.told(), flush=True)
            elif asked.seeds == 1:
                print(_summary(outcome))
            if time.monotonic() - shown > SHOW_EVERY_SECONDS or done == asked.seeds:
                shown = time.monotonic()
                print(_progress(done, asked.seeds, broken, time.monotonic() - began), flush=True)
            if broken and not asked.go_on:
                pool.terminate()
                return 1
    return 1 if broken else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seeds", type=int, default=300, help="how many runs")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--workers", type=int, default=0, help="processes; all cores if not given")
    parser.add_argument("--go-on", action="store_true", help="do not stop at a broken promise")
    asked = parser.parse_args()
    if asked.seeds < 1 or asked.first < 0 or asked.workers < 0:
        parser.error("seeds must be at least 1, first and workers at least 0")
    return asked


def _progress(done: int, of: int, broken: int, seconds: float) -> str:
    rate = done / max(seconds, 0.001)
    left = (of - done) / max(rate, 0.001)
    return f"{done} of {of} seeds, {broken} broken, {rate:.1f} a second, {left / 60:.0f} min left"


def _summary(outcome: Outcome) -> str:
    return "\n".join(
        [
            f"seed {outcome.seed} kept every promise; fingerprint {outcome.fingerprint}",
            (
                f"{outcome.days:.0f} days, {outcome.events} events, {outcome.timers} timers, "
                f"{outcome.letters} letters, {outcome.commits} commits, {outcome.steps} steps, "
                f"{outcome.starts} starts of processes"
            ),
            f"rates: {outcome.rates}",
            *(f"  {fault}" for fault in outcome.faults),
        ]
    )


if __name__ == "__main__":
    sys.exit(main())

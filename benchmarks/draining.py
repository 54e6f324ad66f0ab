"""Drains one landlord's due timers in a process of its own: says `ready`, waits for a line, and says the pace."""

import logging
import sys
import time

import structlog

from benchmarks.setting import WORKING
from services.workflow.timers import TimerService
from shared.database.pool import Database
from shared.eventstore.recorder import FeedRecorder
from shared.runtime.clock import SystemClock


def main() -> None:
    """Until nothing is due any more."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.CRITICAL))
    with Database(sys.argv[1], role="redress_workflow") as database:
        timers = TimerService(
            recorder=FeedRecorder(database), database=database, clock=SystemClock()
        )
        print("ready", flush=True)
        sys.stdin.readline()
        fired, began = 0, time.perf_counter()
        while claimed := timers.fire_due(WORKING):
            fired += claimed
        print(fired / (time.perf_counter() - began), flush=True)


if __name__ == "__main__":
    main()

"""Work that falls due at a steady rate whether or not the one before has ended, and how long each took from then on."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

Step = Callable[[int], object]


def at_rate(step: Step, *, per_second: float, seconds: float, workers: int = 8) -> list[float]:
    """Seconds from the moment at which each was due to its end: waiting for a free worker counts."""
    took: list[float] = []
    lock = Lock()

    def run(number: int, due: float) -> None:
        step(number)
        ended = time.perf_counter()
        with lock:
            took.append(ended - due)

    began = time.perf_counter()
    with ThreadPoolExecutor(workers) as pool:
        waiting = []
        for number in range(int(per_second * seconds)):
            due = began + number / per_second
            time.sleep(max(0.0, due - time.perf_counter()))
            waiting.append(pool.submit(run, number, due))
    for one in waiting:
        one.result()
    return took

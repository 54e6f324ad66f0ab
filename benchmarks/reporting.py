"""Figures as ratios: what was measured, its floor in the same run, and the machine it ran on."""

import os
import platform
import statistics
from collections.abc import Callable, Mapping
from dataclasses import dataclass

RUNS = 3


@dataclass(frozen=True)
class Measured:
    """One figure of ours, and those it is compared with; `higher_is_better` unless it is a time."""

    what: str
    ours: float
    unit: str
    others: Mapping[str, float]
    higher_is_better: bool = True

    def lines(self) -> list[str]:
        """For people: the figure, then a ratio for each comparison, above 1 when ours is better."""
        told = [f"{self.what}: {self.ours:,.0f} {self.unit}"]
        for name, other in self.others.items():
            ratio = self.ours / other if self.higher_is_better else other / self.ours
            told.append(f"    {ratio:6.2f} of {name} ({other:,.0f} {self.unit})")
        return told


def median_of_runs(run: Callable[[], float]) -> float:
    """The median of three runs."""
    return statistics.median(run() for _ in range(RUNS))


def machine() -> str:
    """What it ran on."""
    system = f"{platform.system()} {platform.machine()}"
    return f"Python {platform.python_version()}, {os.cpu_count()} cores, {system}"

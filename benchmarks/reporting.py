"""Figures as ratios: what was measured, its floor in the same run, the aim, and the machine it ran on."""

import os
import platform
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

RUNS = 3
HEADING = "| what | measured | beside it in the same run | ratio | aim |\n|---|---|---|---|---|"


@dataclass(frozen=True)
class Measured:
    """One figure of ours, and those it is compared with; `higher_is_better` unless it is a time.

    `aim` is what was promised, in words.
    """

    what: str
    ours: float
    unit: str
    others: Mapping[str, float] = field(default_factory=dict)
    higher_is_better: bool = True
    aim: str = ""

    def lines(self) -> list[str]:
        """For people: the figure, then a ratio for each comparison, above 1 when ours is better."""
        aim = f"  (aim: {self.aim})" if self.aim else ""
        told = [f"{self.what}: {number(self.ours)} {self.unit}{aim}"]
        for name, other in self.others.items():
            told.append(f"    {self.ratio(other):6.2f} of {name} ({number(other)} {self.unit})")
        return told

    def row(self) -> str:
        """The same as a row of the tables in docs/performance.md."""
        beside = "; ".join(
            f"{name} {number(other)} {self.unit}" for name, other in self.others.items()
        )
        ratios = ", ".join(f"{self.ratio(other):.2f}" for other in self.others.values())
        ours = f"{number(self.ours)} {self.unit}"
        return f"| {self.what} | {ours} | {beside} | {ratios} | {self.aim} |"

    def ratio(self, other: float) -> float:
        """Above 1 when ours is better."""
        better, worse = (self.ours, other) if self.higher_is_better else (other, self.ours)
        return better / worse if worse else float("inf")


def number(value: float) -> str:
    """Three digits that mean something."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def median_of_runs(run: Callable[[], float]) -> float:
    """The median of three runs."""
    return statistics.median(run() for _ in range(RUNS))


def percentile(values: Sequence[float], share: float) -> float:
    """The value below which `share` of all lie: 0.99 for p99."""
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def milliseconds(
    what: str,
    seconds: Sequence[float],
    *,
    beside: Mapping[str, Sequence[float]] | None = None,
    aims: tuple[str, str] = ("", ""),
) -> list[Measured]:
    """The median and p99 of latencies, each beside the same of others."""
    return [
        Measured(
            f"{what}, {name}",
            percentile(seconds, share) * 1000,
            "ms",
            {other: percentile(values, share) * 1000 for other, values in (beside or {}).items()},
            higher_is_better=False,
            aim=aim,
        )
        for (name, share), aim in zip((("p50", 0.5), ("p99", 0.99)), aims, strict=True)
    ]


def machine() -> str:
    """What it ran on, and what else there was to do."""
    system = f"{platform.system()} {platform.machine()}"
    load = os.getloadavg()[0]
    cores = os.cpu_count()
    return f"Python {platform.python_version()}, {cores} cores, {system}, load average {load:.1f}"

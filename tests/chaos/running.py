"""Lets faults happen under load, lets everything go through, and judges."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from threading import Event

from tests.chaos.deployment import SERVING_WITHIN_SECONDS, deployed
from tests.chaos.faults import FAULTS, KILLS, OTHERS, Scene
from tests.chaos.load import Users
from tests.chaos.outside import Outside
from tests.chaos.verdict import CHECKS, Evidence, waiting
from tests.support.eventually import eventually

SETTLED_WITHIN_SECONDS = 300.0
# Three faults in four are kills.
KILLS_IN = (3, 4)
Say = Callable[[str], None]


@dataclass
class Outcome:
    """What was done, and what is wrong after it."""

    faults: Counter[str] = field(default_factory=Counter)
    complaints: int = 0
    commands: int = 0
    facts: int = 0
    wrong: dict[str, list[str]] = field(default_factory=dict)

    @property
    def kills(self) -> int:
        """How many processes were killed."""
        return sum(count for fault, count in self.faults.items() if fault in KILLS)

    @property
    def is_well(self) -> bool:
        """Whether nothing is wrong."""
        return not any(self.wrong.values())

    def table(self) -> Iterator[str]:
        """For a person to read."""
        yield "faults"
        yield from (f"  {self.faults[fault]:6}  {fault}" for fault in FAULTS)
        yield f"  {self.faults.total():6}  in all, {self.kills} of them kills"
        yield "under load"
        yield f"  {self.complaints:6}  complaints accepted"
        yield f"  {self.commands:6}  commands answered"
        yield f"  {self.facts:6}  facts on the log"
        yield "found wrong"
        yield from (f"  {len(wrong):6}  {check}" for check, wrong in self.wrong.items())
        yield from (f"          {each}" for wrong in self.wrong.values() for each in wrong[:10])
        yield "WELL" if self.is_well else "NOT WELL"


@dataclass(frozen=True)
class Pace:
    """How hard it is: users at once, seconds between faults and the longest a fault lasts."""

    users: int = 6
    shortest_pause_seconds: float = 0.5
    longest_pause_seconds: float = 3.0
    longest_fault_seconds: float = 4.0


def random_faults(chance: Random) -> Iterator[str]:
    """Without an end: three kills in four, and each of the others as often as any other."""
    kills, others = list(KILLS), list(OTHERS)
    while True:
        yield chance.choice(kills if chance.randrange(KILLS_IN[1]) < KILLS_IN[0] else others)


def run(
    folder: Path,
    *,
    faults: Sequence[str] | None = None,
    seconds: float = float("inf"),
    seed: int = 1,
    pace: Pace = Pace(),
    say: Say = lambda _: None,
) -> Outcome:
    """Let these faults happen once each, or random ones of this seed for so long; then judge."""
    # What happens must not depend on how the draws within a fault went.
    order, chance = random_faults(Random(seed)), Random(seed + 1)
    outcome = Outcome()
    with deployed(folder) as deployment:
        outside = Outside(deployment.broker.url())
        scene = Scene(deployment, chance, pace.longest_fault_seconds)
        began = time.monotonic()
        with Users(deployment, users=pace.users) as users:
            eventually(users.are_busy, within_seconds=SERVING_WITHIN_SECONDS)
            for fault in faults or order:
                if time.monotonic() - began > seconds:
                    break
                Event().wait(
                    chance.uniform(pace.shortest_pause_seconds, pace.longest_pause_seconds)
                )
                say(f"{time.monotonic() - began:6.0f} s  {fault}")
                FAULTS[fault](scene)
                outcome.faults[fault] += 1
            eventually(deployment.serves, within_seconds=SERVING_WITHIN_SECONDS)
            outcome.wrong["not answered"] = users.leave()
        say(f"{time.monotonic() - began:6.0f} s  no more faults; everything goes through")
        evidence = Evidence(users.history, outside, deployment)
        outcome.wrong["not gone through"] = _left_after_settling(evidence)
        outcome.complaints = len(users.history.complaints)
        outcome.commands = len(users.history.commands)
        outcome.facts = deployment.scalar("SELECT seq FROM workflow.feed_head")
        outcome.wrong |= {name: list(check(evidence)) for name, check in CHECKS.items()}
    return outcome


def _left_after_settling(evidence: Evidence) -> list[str]:
    def left() -> dict[str, int]:
        accepted = len(evidence.history.complaints)
        return waiting(evidence.deployment.scalar, accepted=accepted)

    waited_for: Counter[str] = Counter()  # looks that found something there

    def has_gone_through() -> bool:
        found = left()
        waited_for.update(found.keys())
        return not found

    with suppress(AssertionError):
        eventually(has_gone_through, within_seconds=SETTLED_WITHIN_SECONDS)
    still = [f"{count} at {stage}" for stage, count in left().items()]
    # What holds up the rest is where most looks found something, and not what the last one finds.
    looks = (f"{count} looks at {stage}" for stage, count in waited_for.most_common())
    return [*still, f"waited for: {', '.join(looks)}"] if still else []

"""The clauses that a subscriber is judged by, and the faults that try each: pure, from a seed."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from random import Random

LOST_SHARE = (
    0.05  # of the deliveries: more would be found by anybody, less would not be met in a short run
)
LATE_SHARE = 0.1
WINDOW = 5  # deliveries that are shuffled among one another


class Clause(StrEnum):
    """What docs/subscribing.md asks, by the name that the verdict uses."""

    START = "start"
    ORDER = "order"
    ONCE = "once"
    GAP = "gap"
    HEARTBEAT = "heartbeat"
    UNKNOWN = "unknown"
    TROUBLE = "trouble"
    TAKEN = "taken"


MEANINGS: Mapping[Clause, str] = {
    Clause.START: "what stood in the feed before it began to consume is applied, without any message",
    Clause.ORDER: "everything is applied in the order of the feed, and nothing that is not in it",
    Clause.ONCE: "a duplicate, an event that came late or one that was pulled before has no second effect",
    Clause.GAP: "what was lost before a delivery is pulled from the feed",
    Clause.HEARTBEAT: "the loss of the very last event is found with the next heartbeat",
    Clause.UNKNOWN: "an unknown type, field or attribute is passed over, and the position moves over it",
    Clause.TROUBLE: "a feed that answers 503 is asked again until it answers",
    Clause.TAKEN: "one consumer, and every message is taken from the queue and acknowledged",
}


class Act(StrEnum):
    """One thing that the kit does."""

    RECORD = "record"  # the next event stands in the feed
    DELIVER = "deliver"  # an event of this phase, by its place in it, goes to the queue
    BEAT = "beat"  # a heartbeat with the head of the feed


@dataclass(frozen=True, slots=True)
class Step:
    """An act, and for a delivery the place of the event within its phase, from 0."""

    act: Act
    place: int = -1


@dataclass(frozen=True, slots=True)
class Phase:
    """A stretch of the feed with one kind of fault; `clause` is broken when an event of it is never applied."""

    name: str
    clause: Clause
    steps: Callable[[int, Random], tuple[Step, ...]]
    has_unknown: bool = False
    feed_is_down: bool = False


def _grown(count: int, _chance: Random) -> tuple[Step, ...]:
    return (Step(Act.RECORD),) * count


def _in_order(count: int, _chance: Random) -> tuple[Step, ...]:
    return _delivered(count, [[place] for place in range(count)])


def _doubled(count: int, chance: Random) -> tuple[Step, ...]:
    deliveries = []
    for place in range(count):
        again = chance.randrange(place + 1)
        deliveries.append([place, place] if chance.random() < 0.5 else [place, again])
    return _delivered(count, deliveries)


def _with_losses(count: int, chance: Random) -> tuple[Step, ...]:
    # The last one arrives: so the losses before it show at once.
    lost = set(chance.sample(range(count - 1), max(2, round(count * LOST_SHARE))))
    return _delivered(count, [[] if place in lost else [place] for place in range(count)])


def _shuffled(count: int, chance: Random) -> tuple[Step, ...]:
    steps: list[Step] = []
    for first in range(0, count, WINDOW):
        window = list(range(first, min(first + WINDOW, count)))
        steps += [Step(Act.RECORD)] * len(window)
        if len(window) > 1:
            while window == sorted(window):
                chance.shuffle(window)
        steps += [Step(Act.DELIVER, place) for place in window]
    return tuple(steps)


def _late(count: int, chance: Random) -> tuple[Step, ...]:
    late = sorted(chance.sample(range(count - 1), max(2, round(count * LATE_SHARE))))
    steps = _delivered(count, [[] if place in late else [place] for place in range(count)])
    return (*steps, *(Step(Act.DELIVER, place) for place in late))


def _without_the_last(count: int, _chance: Random) -> tuple[Step, ...]:
    deliveries = [[place] for place in range(count - 1)]
    return (*_delivered(count, [*deliveries, []]), Step(Act.BEAT))


def _delivered(count: int, deliveries: list[list[int]]) -> tuple[Step, ...]:
    """Each event is recorded, and then the deliveries that follow it are made."""
    steps: list[Step] = []
    for place in range(count):
        steps.append(Step(Act.RECORD))
        steps += [Step(Act.DELIVER, each) for each in deliveries[place]]
    return tuple(steps)


START = Phase("before it consumes", Clause.START, _grown)
PHASES = (
    Phase("in order", Clause.GAP, _in_order),
    Phase("doubled deliveries", Clause.GAP, _doubled),
    Phase("lost deliveries", Clause.GAP, _with_losses),
    Phase("shuffled deliveries", Clause.GAP, _shuffled),
    Phase("late deliveries", Clause.GAP, _late),
    Phase("unknown types and fields", Clause.UNKNOWN, _in_order, has_unknown=True),
    Phase("losses while the feed is down", Clause.TROUBLE, _with_losses, feed_is_down=True),
    Phase("the last delivery lost", Clause.HEARTBEAT, _without_the_last),
)

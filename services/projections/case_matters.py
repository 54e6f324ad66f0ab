"""What a case holds besides its stages, gathered from its facts: promises, contributions asked of others, and the
cases it is linked with.

Pure: the shown rows of a timeline in, what stands about each matter out.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

from shared.complaints import events as fact
from shared.eventstore.codec import decode_event

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Promised:
    """One promise, with the version of the fact that made it; days are those of London."""

    number: int | None
    version: int
    words: str | None
    by: date | None
    owner: str | None
    kept_on: date | None = None
    told: bool = False
    missed: bool = False


@dataclass(frozen=True, slots=True)
class Contribution:
    """What somebody else was asked for, by a day, and the day it came in."""

    number: int
    version: int
    of: str
    words: str | None
    due_on: date
    given_on: date | None = None


@dataclass(frozen=True, slots=True)
class Linked:
    """Another case, and what it has to do with this one."""

    reference: str
    relation: str


@dataclass(frozen=True, slots=True)
class Matters:
    """Everything of these kinds that a case holds, in the order in which it came about."""

    promises: tuple[Promised, ...]
    contributions: tuple[Contribution, ...]
    linked: tuple[Linked, ...]


def matters_of(timeline: Iterable[Row], names: Mapping[str, str]) -> Matters:
    """From the rows of a timeline in any order; `names` are those of the officers."""
    promises: list[Promised] = []
    contributions: dict[int, Contribution] = {}
    linked: dict[str, Linked] = {}
    for row in sorted(timeline, key=lambda each: int(each["version"])):
        event = decode_event(row["name"], row["data"])
        match event:
            case fact.PromiseMade():
                owner = names.get(event.owner, event.owner) if event.owner else None
                promises.append(
                    Promised(event.number, row["version"], row["words"], event.by, owner)
                )
            case fact.PromiseKept() | fact.PromiseMissed() | fact.PromiseTold():
                place = _place(promises, event)
                if place is not None:
                    promises[place] = _after(promises[place], event, row["happened_on"])
            case fact.ContributionAsked():
                contributions[event.number] = Contribution(
                    event.number, row["version"], event.of, row["words"], event.due_on
                )
            case fact.ContributionGiven() if event.number in contributions:
                asked = contributions[event.number]
                contributions[event.number] = replace(asked, given_on=row["happened_on"])
            case fact.CaseLinked():
                linked[event.to_reference] = Linked(event.to_reference, event.relation)
            case fact.IssueSplitOff():
                linked[event.to_reference] = Linked(event.to_reference, "split off from this one")
    return Matters(tuple(promises), tuple(contributions.values()), tuple(linked.values()))


def _place(
    promises: list[Promised], event: fact.PromiseKept | fact.PromiseMissed | fact.PromiseTold
) -> int | None:
    """Which promise is meant; an imported history has no numbers: then the oldest not yet kept."""
    for place, promise in enumerate(promises):
        if promise.number == event.number and (event.number is not None or not promise.kept_on):
            return place
    return None


def _after(
    promise: Promised, event: fact.PromiseKept | fact.PromiseMissed | fact.PromiseTold, on: date
) -> Promised:
    match event:
        case fact.PromiseKept():
            return replace(promise, kept_on=on)
        case fact.PromiseMissed():
            return replace(promise, missed=True)
        case fact.PromiseTold():
            return replace(promise, told=True)

"""Reads facts that were stored under a retired name: each such name has one step to the name that took its place.

A stored fact is never rewritten: its text is hashed. When the shape of a fact has to change in a way that its name does
not allow, the changed fact gets a name with the next version, its class takes the place of the old one in EVENT_NAMES,
and the old name gets a step here. Replay, projections, letters and the consumers of messages then meet the new fact
alone; the feed goes on handing out the old one as it was stored, because subscribers were promised that.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from shared.complaints.events import EVENT_NAMES

Data = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Upcaster:
    """The way from a retired name to its successor: `change` makes the successor's data from the stored data.

    It is pure, never fails for data that were once written, and says nothing that the stored data did not say.
    """

    to: str
    change: Callable[[Data], dict[str, Any]]


# By retired name. No name was retired so far; tests/eventstore/test_upcasting.py retires one for itself.
UPCASTERS: dict[str, Upcaster] = {}


def upcast(name: str, data: Any) -> tuple[str, Any]:
    """Return name and data in today's language; those of today and those of nobody come back as they are."""
    for _ in range(len(UPCASTERS)):
        step = UPCASTERS.get(name)
        if step is None or name in EVENT_NAMES or not isinstance(data, Mapping):
            break
        name, data = step.to, step.change(data)
    return name, data


def faults() -> tuple[str, ...]:
    """What is wrong with the steps: each must lead to a name of today, and start from none."""
    found = [f"{name}: is a name of today too" for name in UPCASTERS if name in EVENT_NAMES]
    for name in UPCASTERS:
        met = {name}
        last = name
        while (step := UPCASTERS.get(last)) is not None and step.to not in met:
            last = step.to
            met.add(last)
        if last not in EVENT_NAMES:
            found.append(f"{name}: its steps end at {last}, which is no name of today")
    return tuple(found)
